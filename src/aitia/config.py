"""Settings, and where each of them comes from.

In order: a flag, an environment variable ``AITIA_*``, ``[tool.aitia]`` of the nearest
``pyproject.toml`` or the nearest ``aitia.toml``, the user's file
(``$XDG_CONFIG_HOME/aitia/config.toml``), the default. ``AITIA=off`` turns capture off.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from aitia.errors import ConfigError

_TRUE = frozenset({"1", "on", "true", "yes"})
_FALSE = frozenset({"0", "off", "false", "no"})


_SERVICES = (
    "telemetry_host",
    "telemetry_accelerator",
    "telemetry_energy",
    "telemetry_storage",
)


class Settings(NamedTuple):
    """The settings of one process; ``origins`` says for each of the others where it is from.

    Parameters
    ----------
    directory:
        Where journals and store lie, absolute.
    enabled:
        Whether anything is captured.
    durability:
        ``process`` survives a kill, ``machine`` a power cut.
    telemetry_period:
        Seconds between two samples of the services of telemetry that are not set themselves; 0
        takes none.
    telemetry_host, telemetry_accelerator, telemetry_energy, telemetry_storage:
        The same for one service (``[telemetry] host`` and so on).
    telemetry_core_watts:
        What a busy core is taken to draw where no counter of energy can be read; 0: no estimate.
    telemetry_grid_intensity:
        Grams of CO2 equivalent for a kilowatt-hour of the grid; 0 for no emissions.
    telemetry_flush:
        Seconds after which samples are written to the journal.
    digest_limit:
        Largest file or array whose content is hashed, in bytes.
    adapters:
        Whether frameworks, files and the environment are observed.
    agent:
        Who runs the experiments, as they want to be named; empty for nobody.
    node_label:
        What to call this host in place of its pseudonym; empty for the pseudonym.
    spool:
        A folder on this machine where journals are written first, absolute; empty for none.
    prompts:
        Whether the texts of prompts and answers of models are kept, without secrets; else digests.
    prices:
        A file with the prices of models, absolute; empty for none.
    extensions:
        Files of one's own modules of the ontology, absolute (``[ontology] extensions``).
    """

    directory: str
    enabled: bool = True
    durability: str = "process"
    telemetry_period: float = 1.0
    telemetry_host: float = 1.0
    telemetry_accelerator: float = 1.0
    telemetry_energy: float = 1.0
    telemetry_storage: float = 5.0
    telemetry_core_watts: float = 10.0
    telemetry_grid_intensity: float = 0.0
    telemetry_flush: float = 5.0
    digest_limit: int = 256 << 20
    adapters: bool = True
    agent: str = ""
    node_label: str = ""
    spool: str = ""
    prompts: bool = False
    prices: str = ""
    extensions: tuple[str, ...] = ()
    origins: Mapping[str, str] = {}


def load(start: str | os.PathLike[str] | None = None, **flags: object) -> Settings:
    """Return the settings for the folder ``start`` (the current one by default).

    ``flags`` are settings given on the command line; those that are None are passed over.

    Raises
    ------
    ConfigError
        When a value cannot be used, or a configuration file cannot be read.
    """
    folder = os.path.abspath(os.fspath(start)) if start is not None else _here()
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for origin, found in _sources(folder, flags):
        for name, value in found.items():
            if name not in _PARSERS:
                known = ", ".join(sorted(_PARSERS))
                raise ConfigError(f"the setting {name!r} in {origin}", expected=f"one of {known}")
            if name not in values:
                values[name] = _parse(name, value, origin)
                origins[name] = origin
    for name in _SERVICES:
        if "telemetry_period" in values and name not in values:
            values[name] = values["telemetry_period"]
            origins[name] = origins["telemetry_period"]
    directory = values.pop("directory", ".aitia")
    base = _base(origins.get("directory", "default"), folder)
    for name in _PARSERS:
        origins.setdefault(name, "default")
    path = os.path.abspath(os.path.join(base, os.path.expanduser(directory)))
    values["extensions"] = tuple(
        _beside(origins["extensions"], folder, one) for one in values.get("extensions", ())
    )
    for name in ("prices", "spool"):
        if values.get(name):
            values[name] = _beside(origins[name], folder, values[name])
    return Settings(directory=path, origins=origins, **values)


def is_off() -> bool:
    """Return whether ``AITIA=off`` turns everything off."""
    return os.environ.get("AITIA", "").strip().lower() in _FALSE


def is_data_directory(folder: str | os.PathLike[str]) -> bool:
    """Return whether a folder is one for records: empty yet, or with journals or a store in it.

    Any other is not to be written to, though someone may have named it by mistake.
    """
    try:
        names = set(os.listdir(folder))
    except OSError:
        return False
    return not names or bool(names & {"journal", "store"})


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        # The current folder was removed; the root is always there.
        return os.path.abspath(os.sep)


def _base(origin: str, folder: str) -> str:
    """Return what a relative data directory is relative to: its file's folder, or ``folder``."""
    path = origin.partition(" ")[0]
    return os.path.dirname(path) if os.path.isabs(path) else folder


def _beside(origin: str, folder: str, path: str) -> str:
    """Return a path that a setting names, absolute: it is relative to where the setting is from."""
    return os.path.abspath(os.path.join(_base(origin, folder), os.path.expanduser(path)))


def _sources(
    folder: str, flags: Mapping[str, object]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    yield "flag", {name: value for name, value in flags.items() if value is not None}
    for name, variable in _VARIABLES.items():
        if os.environ.get(variable):
            yield variable, {name: os.environ[variable]}
    if os.environ.get("AITIA"):
        yield "AITIA", {"enabled": os.environ["AITIA"]}
    path, project = _project(folder)
    if project:
        yield path, project
    user = os.path.join(_config_home(), "aitia", "config.toml")
    if os.path.isfile(user):
        yield user, _flat(_read(user))


def _config_home() -> str:
    return os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")


def _project(folder: str) -> tuple[str, Mapping[str, object]]:
    """Return the nearest project configuration at or above ``folder``, and its name."""
    while True:
        path = os.path.join(folder, "aitia.toml")
        if os.path.isfile(path):
            return path, _flat(_read(path))
        path = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(path):
            table = _read(path, saying=b"aitia").get("tool", {})
            if isinstance(table, dict) and "aitia" in table:
                return f"{path} [tool.aitia]", _flat(table["aitia"])
        parent = os.path.dirname(folder)
        if parent == folder:
            return "", {}
        folder = parent


def unread(folder: str | None = None) -> tuple[str, str] | None:
    """Return the nearest ``pyproject.toml`` if it is not TOML, and why; None when it is.

    One that does not name aitia is no fault where settings are wanted, so they are read past it.
    """
    folder = _here() if folder is None else folder
    while not os.path.isfile(path := os.path.join(folder, "pyproject.toml")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    try:
        _read(path)
    except ConfigError as error:
        return path, error.got
    return None


def _flat(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings of a file with those of its tables beside the others."""
    found = dict(table)
    ontology = table.get("ontology")
    if isinstance(ontology, dict):
        del found["ontology"]
        for name, value in ontology.items():
            found[name if name == "extensions" else f"ontology.{name}"] = value
    telemetry = table.get("telemetry")
    if isinstance(telemetry, dict):
        del found["telemetry"]
        found |= {f"telemetry_{name}": value for name, value in telemetry.items()}
    return found


def _read(path: str, saying: bytes = b"") -> dict[str, Any]:
    """Return what a file says; nothing where the bytes ``saying`` are not in it."""
    try:
        with open(path, "rb") as handle:
            data = handle.read()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    if saying not in data:
        return {}
    import tomllib

    try:
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error


def _parse(name: str, value: object, origin: str) -> object:
    try:
        return _PARSERS[name](value)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"{name} = {value!r} from {origin}",
            expected=str(error),
            next_step=f"change it there, or unset it; aitia doctor shows where {name} is from",
        ) from None


def _text(value: object) -> str:
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError("text")
    return os.fspath(value)


def _paths(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise TypeError('a list of files such as ["lab.ttl"]')
    return tuple(value)


def _flag(value: object) -> bool:
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("on or off")


def _durability(value: object) -> str:
    if value not in ("process", "machine"):
        raise ValueError("process or machine")
    return str(value)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError("a number of seconds")
    try:
        number = float(value)
    except ValueError:
        raise ValueError("a number of seconds") from None
    if not 0 <= number < 86_400:
        raise ValueError("a number of seconds from 0 to a day")
    return number


def _amount(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError("a number")
    try:
        number = float(value)
    except ValueError:
        raise ValueError("a number") from None
    if not 0 <= number < 1e6:
        raise ValueError("a number from 0 to a million")
    return number


def _bytes(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError("a number of bytes")
    word = str(value).strip().lower().removesuffix("b").removesuffix("i")
    shift = {"k": 10, "m": 20, "g": 30}.get(word[-1:], 0)
    try:
        number = int(word[:-1] if shift else word) << shift
    except ValueError:
        raise ValueError("a number of bytes such as 1048576 or 256MiB") from None
    if number < 0:
        raise ValueError("a number of bytes from 0 up")
    return number


_PARSERS: dict[str, Callable[[object], object]] = {
    "directory": _text,
    "enabled": _flag,
    "durability": _durability,
    "telemetry_period": _seconds,
    "telemetry_flush": _seconds,
    **dict.fromkeys(_SERVICES, _seconds),
    "telemetry_core_watts": _amount,
    "telemetry_grid_intensity": _amount,
    "digest_limit": _bytes,
    "adapters": _flag,
    "agent": _text,
    "node_label": _text,
    "spool": _text,
    "prompts": _flag,
    "prices": _text,
    "extensions": _paths,
}

_VARIABLES = {
    "directory": "AITIA_DIR",
    "durability": "AITIA_DURABILITY",
    "telemetry_period": "AITIA_TELEMETRY_PERIOD",
    "telemetry_flush": "AITIA_TELEMETRY_FLUSH",
    "telemetry_host": "AITIA_TELEMETRY_HOST",
    "telemetry_accelerator": "AITIA_TELEMETRY_ACCELERATOR",
    "telemetry_energy": "AITIA_TELEMETRY_ENERGY",
    "telemetry_storage": "AITIA_TELEMETRY_STORAGE",
    "telemetry_core_watts": "AITIA_TELEMETRY_CORE_WATTS",
    "telemetry_grid_intensity": "AITIA_TELEMETRY_GRID_INTENSITY",
    "digest_limit": "AITIA_DIGEST_LIMIT",
    "adapters": "AITIA_ADAPTERS",
    "agent": "AITIA_AGENT",
    "node_label": "AITIA_NODE_LABEL",
    "spool": "AITIA_SPOOL",
    "prompts": "AITIA_PROMPTS",
    "prices": "AITIA_PRICES",
}
