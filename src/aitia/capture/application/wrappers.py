"""Readers and writers that open files by their own means, wrapped to tell which.

Each is replaced where its package offers it and where it is defined, so that it still pickles by
name. A wrapped function does what it did; only the path is noted before.
"""

from __future__ import annotations

import functools
import glob
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

from aitia.capture import context, imports
from aitia.capture.application import sql
from aitia.capture.application.watch import WRAPPER, FileWatch
from aitia.capture.guard import attempt
from aitia.capture.quiet import is_quiet
from aitia.records.prov import Entity, Generated, Used

_MAX_FILES = 1000

Notice = Callable[[tuple[Any, ...], dict[str, Any]], None]
"""Looks at the arguments of a call that is about to be made."""


class Opener(NamedTuple):
    """A function, or a method of a class, that opens files.

    ``place`` is the position of the path among the arguments, ``names`` what it may be called. The
    first argument of a writer is what it writes, unless that is the path. Where ``mode`` is given
    it is the position of an argument of that name, which says the direction as ``open`` has it.
    """

    name: str
    writes: bool
    place: int = 0
    names: tuple[str, ...] = (
        "source",
        "file",
        "path",
        "where",
        "dest",
        "target",
        "f",
        "filename",
        "fname",
        "name",
    )
    mode: int | None = None


def _readers(*names: str) -> tuple[Opener, ...]:
    return tuple(Opener(name, writes=False) for name in names)


def _writers(*names: str) -> tuple[Opener, ...]:
    """Return writers; of a method the path is the second argument, after the object."""
    return tuple(Opener(name, True, 1 if "." in name else 0) for name in names)


OPENERS: dict[str, tuple[Opener, ...]] = {
    "pandas": (
        *_readers("read_parquet", "read_feather", "read_orc"),
        *_writers("DataFrame.to_parquet", "DataFrame.to_feather", "DataFrame.to_orc"),
    ),
    "pyarrow.parquet": (
        *_readers("read_table", "read_pandas", "read_metadata", "read_schema"),
        Opener("ParquetFile.__init__", writes=False, place=1),
        Opener("ParquetDataset.__init__", False, 1, ("path_or_paths",)),
        Opener("write_table", writes=True, place=1),
        Opener("ParquetWriter.__init__", writes=True, place=1),
        Opener("write_to_dataset", writes=True, place=1, names=("root_path",)),
    ),
    "pyarrow.csv": (
        *_readers("read_csv", "open_csv"),
        Opener("write_csv", writes=True, place=1, names=("output_file",)),
    ),
    "pyarrow.feather": (
        *_readers("read_table", "read_feather"),
        Opener("write_feather", writes=True, place=1),
    ),
    "pyarrow.json": _readers("read_json"),
    "pyarrow.orc": (
        *_readers("read_table"),
        Opener("write_table", writes=True, place=1),
    ),
    "pyarrow.dataset": (
        *_readers("dataset"),
        Opener("write_dataset", writes=True, place=1, names=("base_dir",)),
    ),
    "pyarrow": (
        Opener("memory_map", writes=False, mode=1),
        Opener("input_stream", writes=False),
        Opener("output_stream", writes=True),
    ),
    "polars": (
        *_readers("read_csv", "read_parquet", "read_ipc", "read_ndjson", "read_json"),
        *_readers("read_avro", "read_excel", "read_ods", "read_ipc_stream", "read_csv_batched"),
        *_readers("scan_csv", "scan_parquet", "scan_ipc", "scan_ndjson"),
        *_writers("DataFrame.write_csv", "DataFrame.write_parquet", "DataFrame.write_ipc"),
        *_writers("DataFrame.write_ndjson", "DataFrame.write_json", "DataFrame.write_avro"),
        *_writers("DataFrame.write_ipc_stream", "DataFrame.write_excel"),
        *_writers("LazyFrame.sink_csv", "LazyFrame.sink_parquet", "LazyFrame.sink_ipc"),
        *_writers("LazyFrame.sink_ndjson"),
    ),
    "torch": (
        Opener("save", writes=True, place=1),
        Opener("load", writes=False),
    ),
    "keras": (
        Opener("Model.save", True, 1, ("filepath",)),
        Opener("Model.save_weights", True, 1, ("filepath",)),
    ),
    "xgboost": (
        *_writers("Booster.save_model", "XGBModel.save_model"),
        Opener("Booster.load_model", writes=False, place=1, names=("fname",)),
        Opener("DMatrix.__init__", writes=False, place=1, names=("data",)),
    ),
    "lightgbm": (
        Opener("Booster.save_model", True, 1, ("filename",)),
        Opener("Booster.__init__", False, 3, ("model_file",)),
        Opener("Dataset.__init__", False, 1, ("data",)),
    ),
    "h5py": (Opener("File.__init__", writes=False, place=1, mode=2),),
    "safetensors": (Opener("safe_open", writes=False),),
    **{
        f"safetensors.{name}": (
            Opener("load_file", writes=False),
            Opener("save_file", writes=True, place=1),
        )
        for name in ("torch", "numpy", "flax", "tensorflow", "mlx", "paddle")
    },
    # Python hears of these, but not of what they write.
    "joblib": (Opener("dump", writes=True, place=1),),
    "pickle": (Opener("dump", writes=True, place=1),),
}
"""What is wrapped, by the module that offers it."""

MODULES = (*OPENERS, "duckdb")
"""The modules that are waited for."""


class Wrappers:
    """The wrappers of this process.

    Parameters
    ----------
    watch:
        What is told which files are opened.
    """

    def __init__(self, watch: FileWatch) -> None:
        self._watch = watch
        self._patches: list[tuple[Any, str, Any]] = []
        self._hook = self._wrap

    def install(self) -> None:
        """Wrap what is imported already, and the rest when it is."""
        here = [name for name in MODULES if name in sys.modules]
        for name in MODULES:
            if name not in here:
                imports.when_imported(name, self._hook)
        for name in here:
            attempt("files", self._wrap, sys.modules[name])
        if here:
            attempt("files", self._wrap_bound)

    def remove(self) -> None:
        """Put everything back."""
        imports.forget(self._hook)
        for owner, name, original in reversed(self._patches):
            setattr(owner, name, original)
        self._patches.clear()

    def _wrap(self, module: ModuleType) -> None:
        for opener in OPENERS.get(module.__name__, ()):
            self._replace(module, opener.name, partial(_notice, self._watch, opener))
        if module.__name__ == "duckdb":
            for name, notice in sql.notices(self._watch):
                self._replace(module, name, notice)

    def _replace(self, module: ModuleType, path: str, notice: Notice) -> None:
        owner: Any = module
        holder, _, name = path.rpartition(".")
        if holder:
            owner = getattr(module, holder, None)
        original = getattr(owner, name, None)
        if callable(original):
            wrapped = _wrapped(original, notice)
            for place, called in _places(owner, name, original):
                self._patches.append((place, called, getattr(place, called)))
                setattr(place, called, wrapped)

    def _wrap_bound(self) -> None:
        """Replace what modules that were there before took by name, as ``from x import y`` does."""
        by_id = {
            id(original): (original, getattr(owner, name))
            for owner, name, original in self._patches
            if isinstance(owner, ModuleType)
        }
        for module in list(sys.modules.values()):
            if type(module) is not ModuleType:
                continue
            for name, item in list(vars(module).items()):
                found = by_id.get(id(item))
                if found is not None and found[0] is item:
                    self._patches.append((module, name, item))
                    setattr(module, name, found[1])


def _places(owner: Any, name: str, original: Any) -> Iterator[tuple[Any, str]]:
    """Yield where a function is found: where it is offered, and where it is defined."""
    yield owner, name
    home = sys.modules.get(str(getattr(original, "__module__", "")))
    defined = str(getattr(original, "__name__", name))
    is_elsewhere = isinstance(owner, ModuleType) and home is not None and home is not owner
    if is_elsewhere and getattr(home, defined, None) is original:
        yield home, defined


def _wrapped(function: Callable[..., Any], notice: Notice) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not is_quiet():
            attempt("files", notice, args, kwargs)
        return function(*args, **kwargs)

    return call


def _notice(
    watch: FileWatch, opener: Opener, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    if len(args) > opener.place:
        given = args[opener.place]
    else:
        given = next((kwargs[name] for name in opener.names if name in kwargs), None)
    reads, writes = not opener.writes, opener.writes
    if opener.mode is not None:
        mode = args[opener.mode] if len(args) > opener.mode else kwargs.get("mode", "r")
        reads, writes = mode in ("r", "r+", "a", "rb", "r+b"), mode not in ("r", "rb")
    for path in _paths(given):
        if "://" in path:
            _remote(path, writes=writes)
        else:
            watch.saw(path, reads=reads, writes=writes, mechanism=WRAPPER)
            if opener.writes and opener.place > 0:
                watch.holds(path, args[0] if args else kwargs.get("obj"))


def _paths(given: Any) -> Iterator[str]:
    """Yield the paths that an argument names: paths, patterns, open files, or a list of these."""
    if isinstance(getattr(given, "name", None), str) and hasattr(given, "write"):
        given = given.name
    if isinstance(given, (list, tuple)):
        for item in given[:_MAX_FILES]:
            yield from _paths(item)
    elif isinstance(given, (str, bytes, os.PathLike)):
        path = os.fsdecode(given)
        if glob.has_magic(path) and "://" not in path and not os.path.exists(path):
            yield from glob.glob(path, recursive=True)[:_MAX_FILES]
        else:
            yield path


def _remote(address: str, *, writes: bool) -> None:
    """Record data elsewhere, which is not read for it."""
    from aitia.records.secrets import without_credentials

    here = context.here()
    if here is None:
        return
    run, activity, _ = here
    place = without_credentials(address)
    entity = Entity(
        run.mint(),
        "aitia:Dataset",
        place.rsplit("/", 1)[-1] or place,
        attributes={"aitia:locator": place, "aitia:observedBy": WRAPPER},
    )
    run.emit(entity)
    run.emit(Generated(entity.id, activity) if writes else Used(activity, entity.id))
