"""``import aitia`` costs the import of one file, and a run never loads what reads it."""

import subprocess
import sys

import pytest

HEAVY = {
    "numpy",
    "rdflib",
    "pyoxigraph",
    "pandas",
    "rich",
    "click",
    "asyncio",
    "logging",
    "orjson",
    "psutil",
    "inspect",
    "dataclasses",
}
GRAPH = {"rdflib", "pyoxigraph", "pyshacl", "owlready2", "causallearn", "numpy", "pandas", "rich"}

LOADED = """
import sys
before = set(sys.modules)
{text}
print("\\n".join(sorted(set(sys.modules) - before)))
"""


def loaded_by(text, **environ):
    """Return the modules that ``text`` loads in a fresh interpreter beyond its own."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", LOADED.format(text=text)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", **environ},
    )
    return set(done.stdout.split())


def test_import_loads_few_modules_and_none_that_is_heavy():
    loaded = loaded_by("import aitia; aitia.__version__; dir(aitia)")
    assert len(loaded) <= 45
    assert not {name.partition(".")[0] for name in loaded} & HEAVY


def test_the_door_has_these_names_and_no_others():
    import aitia

    assert dir(aitia) == [
        "__version__",
        "agents",
        "capture",
        "log",
        "loop",
        "make",
        "open",
        "params",
        "run",
        "task",
        "use",
    ]
    with pytest.raises(AttributeError, match="no attribute 'records_of'"):
        _ = aitia.records_of
    assert aitia.agents.__doc__
    for name in dir(aitia)[2:]:
        assert callable(getattr(aitia, name))
        assert getattr(aitia, name).__doc__


def test_a_decorated_function_loads_the_encoder_and_no_adapter():
    loaded = loaded_by("import aitia\n@aitia.task\ndef work(): pass\nwork()")
    packages = {name.partition(".")[0] for name in loaded}
    assert not packages & (GRAPH | {"psutil", "click", "asyncio", "logging"})
    assert not [name for name in loaded if name.startswith("aitia.capture.system")]


def test_a_run_loads_nothing_of_the_graph(tmp_path):
    text = "import aitia\nwith aitia.run('r'): aitia.log(x=1)"
    loaded = loaded_by(text, AITIA_DIR=str(tmp_path), AITIA_TELEMETRY_PERIOD="0.01")
    assert not {name.partition(".")[0] for name in loaded} & GRAPH
    assert "aitia.reader" not in loaded


def test_capture_is_called_whatever_was_imported_before(tmp_path):
    for first in (
        "import aitia.capture.guard",
        "import aitia; aitia.task",
        "from aitia import log",
    ):
        text = f"{first}\nimport aitia\nassert aitia.capture().open"
        assert loaded_by(text, AITIA_DIR=str(tmp_path), AITIA_ADAPTERS="off")
