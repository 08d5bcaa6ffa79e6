"""Hooks are called when the user imports a library, and leave no trace in it."""

import importlib
import sys

import pytest

from aitia.capture import guard, imports


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Plants a package ``made_up`` with a module, and forgets it afterwards."""
    folder = tmp_path / "made_up"
    folder.mkdir()
    (folder / "__init__.py").write_text("value = 1\n")
    (folder / "part.py").write_text("value = 2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "made_up"
    for name in [name for name in sys.modules if name.startswith("made_up")]:
        del sys.modules[name]


def test_a_hook_is_called_after_the_module_has_run(library):
    seen = []
    imports.when_imported(library, lambda module: seen.append(module.value))
    imports.when_imported(f"{library}.part", lambda module: seen.append(module.value))
    assert seen == []
    importlib.import_module(f"{library}.part")
    assert seen == [1, 2]
    assert not any(type(finder).__module__ == imports.__name__ for finder in sys.meta_path)


def test_a_hook_for_what_is_imported_is_called_at_once(library):
    importlib.import_module(library)
    seen = []
    imports.when_imported(library, seen.append)
    assert seen == [sys.modules[library]]


def test_the_module_keeps_its_own_loader(library):
    imports.when_imported(library, lambda module: None)
    module = importlib.import_module(library)
    assert module.__spec__.loader is module.__loader__
    assert type(module.__loader__).__name__ == "SourceFileLoader"


def test_a_fault_of_a_hook_does_not_disturb_the_import(library, monkeypatch):
    monkeypatch.delenv("AITIA_TEST_RAISE")
    imports.when_imported(library, lambda module: 1 / 0)
    assert importlib.import_module(library).value == 1
    assert f"import of {library}" in guard.drain()


def test_a_forgotten_hook_is_not_called(library):
    seen = []
    hook = seen.append
    imports.when_imported(library, hook)
    imports.forget(hook)
    importlib.import_module(library)
    assert seen == []


def test_a_library_that_is_not_there_is_missed_as_before():
    imports.when_imported("no_such_library", lambda module: None)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_library")
    imports._FINDER.hooks.clear()


def test_a_method_that_was_forgotten_is_not_called(library):
    class Adapter:
        seen = 0

        def hook(self, module):
            self.seen += 1

    adapter = Adapter()
    imports.when_imported(library, adapter.hook)
    imports.forget(adapter.hook)
    importlib.import_module(library)
    assert adapter.seen == 0
