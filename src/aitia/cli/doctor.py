"""``aitia doctor``: what is set and by whom, what is stored, what can be seen here."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version

import click

from aitia import __version__
from aitia.cli import present
from aitia.cli.opening import is_url, place
from aitia.errors import AitiaError, ConfigError
from aitia.query.wording import size

OK, GONE, WARN = "ok", "absent", "look"


@click.command("doctor")
@present.json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Say what is configured and from where, what is stored, what can be seen, what is missing.

    Ends with exit code 1 when something is broken.
    """
    if is_url(place()):
        raise ConfigError(f"{place()} is an endpoint", expected="a data directory of this machine")
    found = findings()
    if as_json:
        present.emit_json(found)
    else:
        for section, lines in found.items():
            present.heading(section)
            width = max((len(name) for name in lines), default=0)
            for name, (state, text) in lines.items():
                mark = {OK: " ", GONE: "-", WARN: "!"}[state]
                present.echo(f"{mark} {name.ljust(width)}  {text}")
            present.echo()
    if any(state == WARN for lines in found.values() for state, _ in lines.values()):
        ctx.exit(1)


Lines = Mapping[str, tuple[str, str]]


def findings() -> dict[str, Lines]:
    """Return what is found, by section and name: a state (ok, absent, look) and a text."""
    settings, where = _settings()
    return {
        "settings": settings,
        "versions": dict(_versions()),
        "data": dict(_data(where)),
        "seen here": dict(_sight()),
        "extras": dict(_extras()),
    }


def _settings() -> tuple[Lines, str]:
    from aitia.config import load, unread

    at = place()
    loaded = load(directory=None if at is None else os.path.abspath(at))
    lines = {
        name: (OK, f"{_shown(getattr(loaded, name))}  ({loaded.origins.get(name, 'default')})")
        for name in loaded._fields
        if name != "origins"
    }
    broken = unread()
    if broken is not None:
        lines["pyproject.toml"] = WARN, f"{broken[1]}; it was passed over"
    return lines, loaded.directory


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if value != "" else "(none)"


def _versions() -> Iterator[tuple[str, tuple[str, str]]]:
    yield "aitia", (OK, f"{__version__}, {os.path.dirname(os.path.dirname(__file__))}")
    yield "python", (OK, f"{platform.python_version()}, {sys.executable}")
    for name in ("pyoxigraph", "orjson", "click", "rich", "psutil"):
        yield name, _version(name)


def _version(name: str) -> tuple[str, str]:
    try:
        return OK, version(name)
    except PackageNotFoundError:
        return WARN, "missing, though aitia needs it: pip install --force-reinstall aitia"


def _data(where: str) -> Iterator[tuple[str, tuple[str, str]]]:
    if not os.path.isdir(where):
        yield "directory", (GONE, f"{where} is not there yet; it is made by the first run")
        return
    writable = os.access(where, os.W_OK)
    state = OK if writable else WARN
    yield "directory", (state, where + ("" if writable else ", which this user cannot write to"))
    yield from _journals(where)
    yield "store", _store(where)


def _journals(where: str) -> Iterator[tuple[str, tuple[str, str]]]:
    from aitia.ingest.clocks import told
    from aitia.journal.reader import segments

    folder = os.path.join(where, "journal")
    if not os.path.isdir(folder):
        yield "journals", (GONE, "none")
        return
    try:
        found = segments(folder)
    except AitiaError as error:
        yield "journals", (WARN, error.diagnosis())
        return
    runs = len({segment.run for segment in found})
    sealed = sum(segment.sealed for segment in found)
    total = size(sum(segment.size for segment in found))
    yield "journals", (OK, f"{runs} runs, {len(found)} segments ({sealed} sealed), {total}")
    many, most = told(found)
    if many:
        runs_of = "the nodes of 1 run" if many == 1 else f"nodes within {many} runs"
        text = f"those of {runs_of} differ, by {most / 1e9:.1f} s or more"
        yield "clocks", (OK, f"{text}: aitia query blind-spots")


def _store(where: str) -> tuple[str, str]:
    from aitia.config import load as settings
    from aitia.ingest.pipeline import pending
    from aitia.reader import STORE
    from aitia.store import owner
    from aitia.store.oxigraph import OxigraphStore
    from aitia.validation.extensions import load as load_extensions

    path = os.path.join(where, STORE)
    if not os.path.isdir(path):
        return GONE, "not made yet; the first command that reads makes it"
    holder = owner.read(path)
    if holder is not None and holder.is_here():
        at = f" and answers at {holder.url}" if holder.url else ""
        return OK, f"held by process {holder.pid}{at} ({holder.command})"
    try:
        store = OxigraphStore(path)
        try:
            waiting = pending(where, store, load_extensions(settings().extensions))
            graphs = len(store.graphs())
        finally:
            store.close()
    except AitiaError as error:
        return WARN, error.diagnosis()
    behind = f"{size(waiting)} of journals to ingest" if waiting else "up to date"
    return OK, f"{graphs} graphs, {behind}"


def _sight() -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield what capture can see on this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield "processor", (OK, f"{cores} usable cores, {platform.machine()}")
    yield "GPU", _gpu()
    energy = "/sys/class/powercap/intel-rapl:0/energy_uj"
    yield "energy of the processor", _readable(energy, "RAPL")
    job = os.environ.get("SLURM_JOB_ID")
    yield "Slurm", (OK, f"job {job}") if job else (GONE, "not in a job")
    yield "clock", _clock()
    yield "git", _git()


def _clock() -> tuple[str, str]:
    from aitia.journal.clocks import kernel_sync

    found = kernel_sync()
    if found is None:
        return GONE, "the kernel does not say whether something keeps it in step"
    if not found.kept:
        return GONE, "the kernel does not say that something keeps it in step"
    return OK, f"kept in step, to {found.error / 1e6:.3f} s at worst"


def _readable(path: str, what: str) -> tuple[str, str]:
    if os.access(path, os.R_OK):
        return OK, what
    there = os.path.exists(path)
    return GONE, f"{what} is not readable by this user" if there else f"no {what} here"


def _gpu() -> tuple[str, str]:
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return GONE, f"no NVIDIA driver ({error})"
    try:
        count = pynvml.nvmlDeviceGetCount()
        names = [
            pynvml.nvmlDeviceGetName(pynvml.nvmlDeviceGetHandleByIndex(i)) for i in range(count)
        ]
    except pynvml.NVMLError as error:
        return WARN, f"the NVIDIA driver answers with an error ({error})"
    finally:
        pynvml.nvmlShutdown()
    return OK, ", ".join(names) or "none"


def _git() -> tuple[str, str]:
    from shutil import which

    folder = os.getcwd()
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return GONE, "this folder is in no repository"
        folder = parent
    if which("git") is None:
        return GONE, f"{folder}, but no git command"
    return OK, folder


def _extras() -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the optional features and what they lack, as the package's own metadata has them."""
    needed: dict[str, list[str]] = {}
    for line in requires("aitia") or ():
        requirement, _, marker = line.partition(";")
        extra = marker.partition("extra ==")[2].strip().strip("\"'")
        if extra and extra not in ("all", "dev"):
            needed.setdefault(extra, []).append(_name(requirement))
    for extra, names in sorted(needed.items()):
        lacking = [name for name in names if _absent(name)]
        if lacking:
            yield extra, (GONE, f"lacks {', '.join(lacking)}: pip install 'aitia[{extra}]'")
        else:
            yield extra, (OK, ", ".join(names))


def _name(requirement: str) -> str:
    import re

    return re.split(r"[\s<>=!~\[(]", requirement.strip(), maxsplit=1)[0]


def _absent(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return True
    return False
