"""The rules of the tree that no linter holds."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "aitia"
FILES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "terms.py")
LAYERS = ("system", "platform", "model", "application")


def trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in FILES]


def test_imports_only_go_down() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-500:]


def test_files_are_short() -> None:
    long = {
        str(p.relative_to(ROOT)): n for p in FILES if (n := len(p.read_bytes().splitlines())) > 400
    }
    assert not long


def test_functions_are_short() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno >= 80
    ]
    assert not long


def test_names_say_something() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "core"}
    assert not [path for path in SOURCE.rglob("*") if path.stem in empty]


def test_one_broad_except() -> None:
    broad = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and path != SOURCE / "capture" / "guard.py"
    ]
    assert not broad


def test_the_four_layers_recur() -> None:
    for layer in LAYERS:
        assert (ROOT / "ontology" / f"{layer}.ttl").is_file()
        assert (SOURCE / "capture" / layer).is_dir()
        assert (ROOT / "queries" / layer).is_dir()
        assert list((ROOT / "shapes").rglob(f"{layer}_*.ttl"))


def test_no_package_shares_a_name_with_a_data_folder() -> None:
    packages = {path.name for path in SOURCE.iterdir()}
    assert not packages & {"ontology", "shapes", "queries"}


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    assert not [
        f"{path.relative_to(ROOT)}:{i}"
        for path in FILES
        for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marks.search(line)
    ]


def test_every_public_thing_is_documented() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', '')}"
        for path, tree in trees()
        for node in [tree, *public(tree)]
        if ast.get_docstring(node) is None
    ]
    assert not bare


def public(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    found = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if node.name.startswith("_"):
                continue
            found.append(node)
            if isinstance(node, ast.ClassDef):
                found += [
                    inner
                    for inner in node.body
                    if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef))
                    and not inner.name.startswith("_")
                ]
    return found


@pytest.mark.parametrize("name", ["ontology", "shapes", "queries"])
def test_a_checkout_finds_its_data(name: str) -> None:
    from aitia import resources

    assert Path(resources.path(name)).is_dir()
