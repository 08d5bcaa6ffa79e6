from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from aitia.capture.identity import Pseudonyms
from aitia.capture.platform import git
from aitia.capture.platform.git import GitAdapter
from aitia.capture.redaction import Redactor
from aitia.records import Derived, Entity, Specialised, Used
from aitia.testing.scope import RecordingScope

SECRET = "ghp_0123456789abcdefABCDEF0123456789abcd"


def run(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=T", "-c", "user.email=t@example", *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    run(folder, "init", "-q", "-b", "main")
    (folder / "train.py").write_text("print(1)\n")
    run(folder, "add", ".")
    run(folder, "commit", "-q", "-m", "first")
    run(folder, "remote", "add", "origin", f"https://ada:{SECRET}@git.example/lab/code.git")
    return folder


def test_clean_checkout(repository: Path) -> None:
    (repository / "deep/er").mkdir(parents=True)
    found = git.read(str(repository / "deep/er"), seconds=30)
    assert found is not None
    assert found.commit == run(repository, "rev-parse", "HEAD")
    assert (found.branch, found.changed, found.blind) == ("main", False, "")


def test_changed_file_makes_it_dirty_and_an_untracked_one_does_not(repository: Path) -> None:
    (repository / "output.txt").write_text("x")
    found = git.read(str(repository), seconds=30)
    assert found is not None
    assert found.changed is False
    (repository / "train.py").write_text("print(2)\n")
    found = git.read(str(repository), seconds=30)
    assert found is not None
    assert found.changed is True


def test_reading_leaves_the_repository_as_it_was(repository: Path) -> None:
    os.utime(repository / "train.py", (1, 1))
    before = (repository / ".git/index").stat().st_mtime_ns
    git.read(str(repository), seconds=30)
    assert (repository / ".git/index").stat().st_mtime_ns == before
    assert not (repository / ".git/index.lock").exists()


@pytest.mark.parametrize(
    ("arguments", "branch"),
    [
        (["checkout", "-q", "-b", "feature/x"], "feature/x"),
        (["checkout", "-q", "--detach"], None),
        (["pack-refs", "--all"], "main"),
    ],
)
def test_ways_to_stand_on_a_commit(
    repository: Path, arguments: list[str], branch: str | None
) -> None:
    run(repository, *arguments)
    found = git.read(str(repository), seconds=30)
    assert found is not None
    assert (found.commit, found.branch) == (run(repository, "rev-parse", "HEAD"), branch)


def test_worktree_and_submodule_have_their_own_head(repository: Path, tmp_path: Path) -> None:
    run(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    found = git.read(str(tmp_path / "side"), seconds=30)
    assert found is not None
    assert found.branch == "side"
    assert found.remote is not None
    outer = tmp_path / "outer"
    outer.mkdir()
    run(outer, "init", "-q", "-b", "main")
    run(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repository), "m")
    inner = git.read(str(outer / "m"), seconds=30)
    assert inner is not None
    assert inner.commit == found.commit


def test_references_in_tables_are_asked_of_git(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    try:
        run(folder, "init", "-q", "-b", "main", "--ref-format=reftable")
    except subprocess.CalledProcessError:
        pytest.skip("this git is older than reference tables")
    run(folder, "commit", "-q", "--allow-empty", "-m", "x")
    found = git.read(str(folder), seconds=30)
    assert found is not None
    assert (found.commit, found.branch) == (run(folder, "rev-parse", "HEAD"), "main")


def test_git_is_asked_for_what_files_do_not_tell(repository: Path) -> None:
    commit = run(repository, "rev-parse", "HEAD")
    assert git._asked(str(repository), 30) == (commit, "refs/heads/main")
    run(repository, "checkout", "-q", "--detach")
    assert git._asked(str(repository), 30) == (commit, "")


def test_no_repository_no_commit_and_a_damaged_one(repository: Path, tmp_path: Path) -> None:
    assert git.read("/") is None
    empty = tmp_path / "empty"
    empty.mkdir()
    run(empty, "init", "-q")
    assert git.read(str(empty)) is None
    (repository / ".git/HEAD").write_text("nonsense\n")
    assert git.read(str(repository)) is None


def test_without_git_the_commit_is_read_but_changes_are_not_known(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = run(repository, "rev-parse", "HEAD")
    monkeypatch.setenv("PATH", "/none")
    found = git.read(str(repository))
    assert found is not None
    assert (found.commit, found.changed) == (commit, None)
    assert found.blind


def test_git_that_hangs_is_not_waited_for(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "bin/git"
    slow.parent.mkdir()
    slow.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    slow.chmod(slow.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(slow.parent))
    found = git.read(str(repository), seconds=0.2)
    assert found is not None
    assert found.changed is None


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        (f"https://ada:{SECRET}@git.example/lab/code.git", "https://git.example/lab/code.git"),
        (f"https://{SECRET}@git.example/code.git", "https://git.example/code.git"),
        ("git@git.example:lab/code.git", "ssh://git.example/lab/code.git"),
        ("ada@git.example:/srv/code.git", "ssh://git.example/srv/code.git"),
        ("ssh://ada@git.example:2222/code.git", "ssh://git.example:2222/code.git"),
        ("/srv/git/code.git", "/srv/git/code.git"),
        ("C:\\repos\\code", "C:\\repos\\code"),
    ],
)
def test_remote_loses_its_credentials(remote: str, expected: str) -> None:
    assert git.public_address(remote) == expected


def test_commit_of_sha256_is_its_own_content_id() -> None:
    assert git.revision_iri("ab" * 32).startswith("ni:///sha-256;")
    assert git.revision_iri("ab" * 20) == "swh:1:rev:" + "ab" * 20


def start(adapter: GitAdapter, *, nested: bool = False) -> RecordingScope:
    scope = RecordingScope(nested=nested)
    adapter.start(scope)
    adapter.stop(scope)
    return scope


@pytest.fixture
def adapter(
    repository: Path,
    pseudonyms: Pseudonyms,
    redactor: Redactor,
    monkeypatch: pytest.MonkeyPatch,
) -> GitAdapter:
    monkeypatch.setattr(git, "STATUS_SECONDS", 30.0)
    return GitAdapter(pseudonyms, redactor, str(repository))


def revisions(scope: RecordingScope) -> list[Entity]:
    return [r for r in scope.records if isinstance(r, Entity)]


def test_run_ran_a_clean_checkout_of_a_revision(adapter: GitAdapter, repository: Path) -> None:
    scope = start(adapter)
    checkout, revision = revisions(scope)
    commit = run(repository, "rev-parse", "HEAD")
    assert checkout.attributes == {
        "aitia:commitHash": commit,
        "aitia:hasUncommittedChanges": False,
        "aitia:branchName": "main",
        "aitia:locator": "https://git.example/lab/code.git",
    }
    assert checkout.label == f"{commit[:10]} on main"
    assert Used("", checkout.id, relation="aitia:ranRevision") in scope.records
    assert revision.id == f"swh:1:rev:{commit}"
    assert Specialised(checkout.id, revision.id) in scope.records
    assert SECRET.encode() not in b"".join(scope.lines)


def test_equal_clean_checkouts_are_one_node(adapter: GitAdapter) -> None:
    assert revisions(start(adapter)) == revisions(start(adapter))


def test_changed_tree_is_derived_from_the_revision_and_is_itself_alone(
    adapter: GitAdapter, repository: Path, pseudonyms: Pseudonyms, redactor: Redactor
) -> None:
    (repository / "train.py").write_text("print(2)\n")
    scope = start(adapter)
    checkout, revision = revisions(scope)
    assert checkout.attributes["aitia:hasUncommittedChanges"] is True
    assert Derived(checkout.id, revision.id) in scope.records
    assert checkout.label is not None
    assert checkout.label.endswith(", changed")
    assert revisions(start(adapter))[0].id != checkout.id
    # Another process of the same run, on the other hand, ran the same tree.
    joined = RecordingScope()
    joined.run = scope.run
    GitAdapter(pseudonyms, redactor, str(repository)).start(joined)
    assert revisions(joined)[0].id == checkout.id


def test_nested_run_links_the_same_checkout_without_looking_again(
    adapter: GitAdapter, repository: Path
) -> None:
    (repository / "train.py").write_text("print(2)\n")
    outer = revisions(start(adapter))[0]
    shutil.rmtree(repository)
    inner = start(adapter, nested=True)
    assert [type(r) for r in inner.records] == [Entity, Used]
    assert revisions(inner)[0] == outer


def test_later_run_sees_what_was_committed_meanwhile(adapter: GitAdapter, repository: Path) -> None:
    first = revisions(start(adapter))[0]
    run(repository, "commit", "-q", "--allow-empty", "-m", "second")
    assert revisions(start(adapter))[0].id != first.id


def test_code_outside_of_git_is_noted(pseudonyms: Pseudonyms, redactor: Redactor) -> None:
    adapter = GitAdapter(pseudonyms, redactor, "/")
    scope = start(adapter)
    assert (scope.lines, [kind for kind, _, _ in scope.notes]) == ([], ["git"])
    assert start(adapter, nested=True).notes == []


def test_code_is_where_the_main_script_is(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = ModuleType("__main__")
    main.__file__ = str(repository / "train.py")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.chdir(tmp_path)
    assert git.code_folder() == str(repository)
    main.__file__ = str(tmp_path / "loose.py")
    assert git.code_folder() == str(tmp_path)


def test_code_is_not_where_an_installed_tool_is(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = ModuleType("__main__")
    main.__file__ = str(repository / ".venv/bin/torchrun")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setattr(sys, "prefix", str(repository / ".venv"))
    monkeypatch.chdir(tmp_path)
    assert git.code_folder() == str(tmp_path)
