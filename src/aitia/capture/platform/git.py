"""The git revision of the code that runs, read from the repository's files.

A commit is named by its Software Heritage identifier (``swh:1:rev:…``, ISO/IEC 18670), so it is the
same node in every lab. What ran is a checkout of it: the same code when nothing was changed, else
code that was derived from it.
"""

from __future__ import annotations

import os
import re
import sys
from typing import NamedTuple

from aitia.capture.identity import Pseudonyms
from aitia.capture.redaction import Redactor
from aitia.records.ports import Scope
from aitia.records.prov import Derived, Entity, Specialised, Used
from aitia.records.secrets import without_credentials
from aitia.records.values import Value
from aitia.vocabulary.iris import content_iri
from aitia.vocabulary.terms import AITIA

STATUS_SECONDS = 0.5
"""Longest wait for ``git status``; in a repository too large for it the flag stays unknown."""

_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SCP = re.compile(r"(?P<user>[\w.+-]+@)?(?P<host>[\w.-]{2,}):(?!//|\\)(?P<path>.+)")
_MAX_FILE = 16 << 20


class Checkout(NamedTuple):
    """A work tree and what is checked out there.

    ``changed`` says whether tracked files differ from the commit; None when that is not known,
    for the reason in ``blind``.
    """

    commit: str
    branch: str | None
    remote: str | None
    changed: bool | None
    blind: str = ""


def find_repository(start: str) -> tuple[str, str] | None:
    """Return the work tree around ``start`` and its git directory, or None outside of any."""
    folder = os.path.abspath(start)
    while True:
        mark = os.path.join(folder, ".git")
        if os.path.isdir(mark):
            return folder, mark
        if os.path.isfile(mark):
            pointer = _text(mark).strip().removeprefix("gitdir:").strip()
            return folder, os.path.normpath(os.path.join(folder, pointer))
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def read(start: str, *, seconds: float = STATUS_SECONDS) -> Checkout | None:
    """Return the checkout around the folder ``start``; None without a repository or a commit."""
    found = find_repository(start)
    if found is None:
        return None
    tree, git = found
    common = os.path.normpath(os.path.join(git, _text(os.path.join(git, "commondir")).strip()))
    head = _text(os.path.join(git, "HEAD")).strip()
    reference = head.removeprefix("ref:").strip() if head.startswith("ref:") else ""
    if reference == "refs/heads/.invalid":
        # The repository keeps its references in tables, which only git itself reads.
        head, reference = _asked(tree, seconds)
    commit = _resolve(git, common, reference) if reference and not _HASH.fullmatch(head) else head
    if not _HASH.fullmatch(commit):
        return None
    changed, blind = _changed(tree, seconds)
    branch = reference.removeprefix("refs/heads/") or None
    return Checkout(commit, branch, _remote(common), changed, blind)


def _resolve(git: str, common: str, reference: str) -> str:
    """Return the commit that a reference names, loose or packed."""
    for base in (git, common):
        commit = _text(os.path.join(base, reference)).strip()
        if commit:
            return commit
    for line in _text(os.path.join(common, "packed-refs")).splitlines():
        commit, _, name = line.partition(" ")
        if name == reference:
            return commit
    return ""


def _asked(tree: str, seconds: float) -> tuple[str, str]:
    commit = _git(tree, seconds, "rev-parse", "--verify", "-q", "HEAD")
    branch = _git(tree, seconds, "symbolic-ref", "-q", "HEAD")
    return (commit or "").strip(), (branch or "").strip()


def _remote(common: str) -> str | None:
    """Return the address of the remote ``origin``, or of the first remote."""
    section = ""
    found: dict[str, str] = {}
    for line in _text(os.path.join(common, "config")).splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif section.startswith("remote "):
            name, equals, value = line.partition("=")
            if equals and name.strip().lower() == "url":
                found.setdefault(section[7:].strip('"'), value.strip().strip('"'))
    return found.get("origin") or next(iter(found.values()), None)


def _changed(tree: str, seconds: float) -> tuple[bool | None, str]:
    status = _git(tree, seconds, "status", "--porcelain", "--untracked-files=no")
    if status is None:
        return None, "git did not tell in time whether tracked files were changed"
    return bool(status.strip()), ""


def _git(tree: str, seconds: float, *arguments: str) -> str | None:
    """Return what git prints, or None when it is absent, fails or takes too long.

    The repository's own file monitor is switched off, since git would start a program that the
    repository names.
    """
    import subprocess

    command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            env=environment | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _text(path: str) -> str:
    try:
        with open(path, "rb") as handle:
            return handle.read(_MAX_FILE).decode("utf-8", "replace")
    except OSError:
        return ""


def public_address(remote: str) -> str:
    """Return a remote as a URL without user name, password and tokens.

    >>> public_address("git@github.com:org/code.git")
    'ssh://github.com/org/code.git'
    >>> public_address("https://alice:ghp_x@github.com/org/code.git")
    'https://github.com/org/code.git'
    """
    found = _SCP.fullmatch(remote)
    if found is not None and "://" not in remote:
        return without_credentials(f"ssh://{found['host']}/{found['path'].lstrip('/')}")
    return without_credentials(remote)


def revision_iri(commit: str) -> str:
    """Return the IRI of a commit: its Software Heritage id, or ``ni`` for a SHA-256 commit."""
    return f"swh:1:rev:{commit}" if len(commit) == 40 else content_iri(commit)


def code_folder() -> str:
    """Return the folder of the program that runs: its main script's, else the working directory.

    A script that was installed with the interpreter, such as a launcher or a test runner, is a
    tool, and its environment may lie in a repository of something else.
    """
    path = getattr(sys.modules.get("__main__"), "__file__", None)
    folder = os.path.dirname(os.path.abspath(path)) if isinstance(path, str) else ""
    installed = f"{folder}{os.sep}".startswith(os.path.join(sys.prefix, ""))
    if folder and not installed and find_repository(folder) is not None:
        return folder
    try:
        return os.getcwd()
    except OSError:
        return folder or "/"


class GitAdapter:
    """Records the revision of the code that runs.

    Parameters
    ----------
    pseudonyms:
        Names the checkout.
    redactor:
        Cleans branch names and addresses.
    folder:
        Where the code is; found from the main script when not given.
    """

    name = "git"

    def __init__(
        self, pseudonyms: Pseudonyms, redactor: Redactor, folder: str | None = None
    ) -> None:
        self._pseudonyms = pseudonyms
        self._redactor = redactor
        self._folder = folder
        self._found: Checkout | None = None
        self._iri: str | None = None

    def start(self, scope: Scope) -> None:
        """Record the checkout as it is now; a run inside another links the same one."""
        if self._iri is None or not scope.nested:
            self._look(scope.run)
        found, iri = self._found, self._iri
        if found is None or iri is None:
            if not scope.nested:
                scope.note("git", "the code is in no git repository with a commit")
            return
        attributes = self._attributes(found)
        scope.emit(Entity(iri, AITIA.SourceRevision, self._label(found), attributes=attributes))
        scope.emit(Used("", iri, relation=AITIA.ranRevision))
        if not scope.nested:
            self._revision(scope, iri, found)
            if found.blind:
                scope.note("git", found.blind)

    def stop(self, scope: Scope) -> None:
        """Do nothing: what is edited after the start is not what ran."""

    def _look(self, run: str) -> None:
        found = self._found = read(self._folder or code_folder())
        if found is None:
            self._iri = None
            return
        # Two changed trees of one commit need not be equal, so each run has its own.
        owner = () if found.changed is False else (run,)
        self._iri = self._pseudonyms.iri("checkout", *found[:3], *owner)

    def _label(self, found: Checkout) -> str:
        where = f" on {self._redactor.names(found.branch)}" if found.branch else ""
        state = {True: ", changed", False: "", None: ", perhaps changed"}[found.changed]
        return f"{found.commit[:10]}{where}{state}"

    def _attributes(self, found: Checkout) -> dict[str, Value | list[Value]]:
        attributes: dict[str, Value | list[Value]] = {AITIA.commitHash: found.commit}
        if found.changed is not None:
            attributes[AITIA.hasUncommittedChanges] = found.changed
        if found.branch is not None:
            attributes[AITIA.branchName] = self._redactor.names(found.branch)
        if found.remote:
            attributes[AITIA.locator] = self._redactor.names(public_address(found.remote))
        return attributes

    def _revision(self, scope: Scope, iri: str, found: Checkout) -> None:
        revision = revision_iri(found.commit)
        facts: dict[str, Value | list[Value]] = {
            AITIA.commitHash: found.commit,
            AITIA.hasUncommittedChanges: False,
        }
        label = found.commit[:10]
        scope.emit(Entity(revision, AITIA.SourceRevision, label, attributes=facts))
        if found.changed is False:
            scope.emit(Specialised(iri, revision))
        else:
            scope.emit(Derived(iri, revision))
