"""Joins capture to a journal: what ``aitia.run`` and ``aitia.capture`` open.

Nothing here ever raises into the user's code. Where the data directory cannot be written, records
are kept in memory and written at the end if that has become possible; a line on standard error
says so once.
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from aitia.capture import clock, context, postponed
from aitia.capture.guard import attempt
from aitia.capture.lifecycle import Lifecycle, seal_in_children
from aitia.capture.observers import Observers
from aitia.capture.quiet import quiet
from aitia.capture.run import FAILURE, WORKFLOW_RUN, Run
from aitia.capture.scopes import RunScope
from aitia.capture.search import Search
from aitia.capture.search import tell as say_search
from aitia.capture.subject import log, make, params, use
from aitia.capture.tasks import loop, task
from aitia.capture.world import World
from aitia.config import Settings, load
from aitia.errors import ConfigError, JournalError

if TYPE_CHECKING:
    from aitia.capture.sampler import Sampler
    from aitia.records.ports import Adapter, Clock, Scope, Sink

__all__ = ["capture", "launch", "log", "loop", "make", "params", "run", "task", "use"]

DESCRIBED = "AITIA_DESCRIBED"
"""Names the host and interpreter that a run around this process has described."""

SAMPLED = "AITIA_SAMPLED"
"""Set where the parent process samples the telemetry."""


def run(
    name: str | None = None,
    *,
    type: str = WORKFLOW_RUN,
    sampler: object = None,
    space: object = None,
    **settings: object,
) -> Run:
    """Open a run for the length of a ``with`` block.

    A run inside another, in this process or in one that an open run started, is part of it.

    Parameters
    ----------
    name:
        What the run is called; by default the name of the script.
    type:
        Class of the run in the ontology: ``aitia:WorkflowRun``, ``aitia:Campaign``, ….
    sampler:
        What chooses the settings of the runs inside this one, or of this one alone: ``random``,
        ``grid``, ``bayesian``, ``evolution``, ``manual``, or a sampler of a library.
    space:
        What it chooses, and from what: ``{"lr": "loguniform(1e-4, 0.1)", "width": [8, 16]}``. When
        left out, all settings of the runs are its choice.
    settings:
        Settings of the run by name, such as ``lr=1e-3``.

    Returns
    -------
    Run
        To be used with ``with``; it has ``params``, ``log``, ``use`` and ``make`` of its own.

    Examples
    --------
    >>> import aitia
    >>> with aitia.run("sweep", lr=1e-3) as run:         # doctest: +SKIP
    ...     run.log(accuracy=0.9)
    """
    made = Run(RECORDER, name or _script(), type=type, settings=settings)
    made.search = Search(sampler, space)
    return made


def capture(
    name: str | None = None,
    *,
    type: str = WORKFLOW_RUN,
    sampler: object = None,
    space: object = None,
    **settings: object,
) -> Run:
    """Record from here to the end of the process, as one run.

    In a process that a recorded run started, this joins that run. A second call returns the run
    that is open already.

    Parameters
    ----------
    name:
        What the run is called; by default the name of the script.
    type:
        Class of the run in the ontology.
    sampler, space:
        How settings are chosen, as for ``run``.
    settings:
        Settings of the run by name.
    """
    around = context.here()
    if around is not None:
        around[0].params(**settings)
        say_search(around[0], Search(sampler, space))
        return around[0]
    opened = run(name, type=type, sampler=sampler, space=space, **settings).start()
    if opened.open:
        Lifecycle(opened).install()
    return opened


def join() -> Run | None:
    """Join the run that the environment names; None when it names none."""
    name = os.environ.get("AITIA_RUN")
    if not name or not _UUID.issuperset(name):
        return None
    context.joiner = None
    joined = Run(RECORDER, _script(), joined=name).start()
    if not joined.open:
        return None
    Lifecycle(joined).install()
    return joined


def launch(command: list[str], *, name: str | None = None) -> int:
    """Run a command as a recorded run, and return its exit code as a shell would see it.

    Python processes that it starts join the run without a change to any script; what else it
    starts is seen from outside: the command, its end, and the telemetry of the process tree.

    Parameters
    ----------
    command:
        The program and its arguments.
    name:
        What the run is called; by default the script.
    """
    from aitia.capture.launch import execute, observed, runnable, script_name, tell
    from aitia.journal.leftover import collect
    from aitia.journal.reader import last_note
    from aitia.journal.writer import starting

    command = runnable(command)
    run = Run(RECORDER, name or script_name(command), layers=("system",)).start()
    if not run.open:
        return execute(command, os.environ, lambda pid: None).code
    began = time.monotonic()
    attempt("command", RECORDER.describe_command, run, command)
    folder = os.path.join(run.published["AITIA_DIR"], "journal", run.id)
    # This process samples the whole tree, so no process of it has to.
    environ = {**observed(os.environ), SAMPLED: "1", **starting()}
    ended = execute(command, environ, partial(RECORDER.sample, run))
    if not ended.launched:
        sys.stderr.write(f"aitia: {ended.error}\n")
    elif os.path.isdir(folder) and all(map(_is_own, os.listdir(folder))):
        run.note("blind", "no process of the command joined the run: it is seen from outside only")
    told = attempt("run", last_note, folder, FAILURE) if ended.code else None
    run.end(ended.status, told or ended.error)
    attempt("spool", collect, os.path.dirname(folder), RECORDER.settings().spool)
    if os.path.isdir(folder):
        tell(run.id, folder, ended, time.monotonic() - began)
    return ended.code


def _is_own(name: str) -> bool:
    """Return whether a file of a journal is of this process."""
    from aitia.journal.writer import host_name

    return name.startswith(f"{host_name()}-{os.getpid()}-")


_UUID = frozenset("0123456789abcdef-")


def _script() -> str:
    path = sys.argv[0] if sys.argv else ""
    return os.path.basename(path) or "python"


class JournalRecorder:
    """Opens a journal for each run, and starts what observes it."""

    clock: Clock = staticmethod(clock.now)

    def __init__(self) -> None:
        self.digest_limit = 0
        self.agent = ""
        self._settings: Settings | None = None
        self._said: set[str] = set()
        self._worlds: dict[str, World] = {}
        self._describing: dict[Run, list[tuple[Adapter, Scope]]] = {}
        self._samplers: dict[Run, Sampler] = {}
        self._observers = Observers()

    def __reduce__(self) -> str:
        # A worker that is handed a place writes by the recorder of its own process.
        return "RECORDER"

    def new_run_id(self) -> str:
        """Return the UUID of a new run."""
        return clock.new_run_id()

    def open(self, run: Run) -> Sink | None:
        """Return the journal of a run, or None when capture is off."""
        with quiet:
            return self._open(run)

    def _open(self, run: Run) -> Sink | None:
        from aitia.journal.writer import starting

        settings = self._settings = self.settings()
        if not settings.enabled:
            return None
        self.digest_limit, self.agent = settings.digest_limit, settings.agent
        run.digest_limit = settings.digest_limit
        run.published["AITIA_DIR"] = settings.directory
        run.published |= starting()
        run.nested = run.outer is not None
        clock.synchronise()
        return self._sink(run, settings)

    def settings(self) -> Settings:
        """Return the settings here; the defaults, with a warning, where they cannot be used."""
        try:
            return load()
        except ConfigError as error:
            self.warn("settings", f"{error}; capture goes on with the defaults")
            return Settings(os.path.abspath(os.environ.get("AITIA_DIR") or ".aitia"))

    def warn(self, kind: str, message: str) -> None:
        """Say something on standard error, once per kind and process."""
        if kind not in self._said and sys.stderr is not None:
            self._said.add(kind)
            sys.stderr.write(f"aitia: {message}\n")

    def _sink(self, run: Run, settings: Settings) -> Sink:
        from aitia.journal.memory import MemorySink
        from aitia.journal.spool import place
        from aitia.journal.writer import Durability, JournalWriter

        folder = os.path.join(settings.directory, "journal")
        durability: Durability = "machine" if settings.durability == "machine" else "process"

        near = os.path.join(place(folder, settings.spool), run.id) if settings.spool else ""

        def create() -> JournalWriter:
            made = JournalWriter.create(
                folder, run=run.id, scope=run.scope, durability=durability, near=near
            )
            made.on_slow = self._slow
            return made

        if not run.owner:
            # What joins may have nothing to say, and then leaves no file.
            made = JournalWriter(
                os.path.join(folder, run.id), run=run.id, scope=run.scope, durability=durability
            )
            made.near, made.on_slow = near, self._slow
            return made
        try:
            return create()
        except JournalError as error:
            self.warn("journal", f"{error}; until then records are kept in memory")
            return MemorySink(create)

    def _slow(self, folder: str) -> None:
        self.warn(
            "slow",
            "the data directory is slow and would hold up the run; records go to "
            f"{folder} and are forwarded when the run ends",
        )

    def for_child(self, run: Run, sink: Sink) -> Sink:
        """Return the journal of a run in a forked child."""
        # What runs in the background, and what must be stopped, stayed in the parent.
        self._samplers.clear()
        self._describing.clear()
        again = getattr(sink, "for_child", None)
        made: Sink = again(run.scope) if again is not None else sink
        return made

    def opened(self, run: Run) -> None:
        """Describe what the run is on and in, and start to observe what it does."""
        with quiet:
            self._opened(run)

    def _opened(self, run: Run) -> None:
        settings = self._settings or self.settings()
        seal_in_children()
        if not settings.adapters:
            return
        self._describe(run, settings)
        if "model" in run.layers:
            self._observers.start(settings.digest_limit)
        if run.outer is None and "model" in run.layers and SAMPLED not in os.environ:
            self.sample(run, os.getpid())
            # Workers that it starts are of its tree, and must not be counted twice.
            run.published[SAMPLED] = "1"
            context.publish()

    def closing(self, run: Run) -> None:
        """Stop observing a run that is about to end."""
        with quiet:
            self._closing(run)

    def _closing(self, run: Run) -> None:
        sampler = self._samplers.pop(run, None)
        if sampler is not None:
            attempt("telemetry", sampler.stop)
        said = clock.step()
        if said:
            run.note("clock-step", said)
        attempt("digests", postponed.settle, run)
        self._observers.leave(run)
        for adapter, scope in reversed(self._describing.pop(run, [])):
            attempt(adapter.name, adapter.stop, scope)
        if all(other is run for other in context.open_runs):
            self._observers.stop()

    def _describe(self, run: Run, settings: Settings) -> None:
        from aitia.capture.platform.mpi import is_follower

        world = self._world(settings)
        started = self._describing.setdefault(run, [])
        before = os.environ.get(DESCRIBED, "").split("|")
        described = dict.fromkeys(name for name in before if name)
        # Of the ranks on a host the first describes it; they all run the same program.
        if not run.owner and is_follower():
            before.extend(world.names.values())
        for layer, adapter in world.adapters:
            known = run.outer is not None or world.names[layer] in before
            if layer not in run.layers or (known and not run.owner):
                continue
            # A run has one command: that of the process that opened it.
            if adapter.name == "command" and not run.owner:
                continue
            scope = RunScope(run, known)
            started.append((adapter, scope))
            attempt(adapter.name, adapter.start, scope)
            described[world.names[layer]] = None
        run.published[DESCRIBED] = "|".join(described)
        context.publish()

    def _world(self, settings: Settings) -> World:
        known = self._worlds.get(settings.directory)
        if known is None:
            known = self._worlds[settings.directory] = World(settings)
        return known

    def describe_command(self, run: Run, command: list[str]) -> None:
        """Record the command that a run was launched for."""
        from aitia.capture.platform.command import CommandAdapter
        from aitia.capture.redaction import Redactor

        world = self._world(self._settings or self.settings())
        redactor = Redactor(world.who)
        adapter = CommandAdapter(world.pseudonyms, world.who, redactor, command)
        adapter.start(RunScope(run, False))

    def sample(self, run: Run, pid: int) -> None:
        """Start to sample the telemetry of the process ``pid`` and its descendants."""
        settings = self._settings or self.settings()
        if run.open and settings.adapters:
            attempt("telemetry", self._sample, run, settings, pid)

    def _sample(self, run: Run, settings: Settings, pid: int) -> None:
        from aitia.capture.sampler import Sampler, Service

        system = self._world(settings).system
        made = system.services(
            pid, settings.telemetry_core_watts, settings.telemetry_grid_intensity
        )
        services = [
            Service(name, getattr(settings, f"telemetry_{name}"), make)
            for name, make in made.items()
        ]
        if not any(service.period > 0 for service in services):
            return
        # Who waits here is not the program that is observed.
        patient = pid != os.getpid()
        sampler = Sampler(run, services, flush=settings.telemetry_flush, patient=patient)
        self._samplers[run] = sampler
        sampler.start()


RECORDER = JournalRecorder()

if "AITIA_RUN" in os.environ:
    context.joiner = join
