"""A large run mapped and judged in windows, in memory that does not grow with its tasks.

Tasks are by far the most of a large run. All that is said of a task is held until a while after
its end, then judged together with what follows from it (``Mapper.settle``), written, and forgotten.
What is not about a task (things, agents, the run itself) is held to the end and judged as a whole.

A window is judged without the rest of the graph; the classes of what it points at are known, and
beside it. Of tasks that the shapes cannot tell apart (``validation.likeness``) one is judged. What
does not conform there is judged once more at the end, with the rest. A run that speaks of a task
long after its end cannot be mapped so: ``Irregular`` says that.

Of a task of which no more is told than its start and its end, the records are held, not triples:
when it is settled, a template of its form (``forms``) says what the mapper would. Of those that
differ in nothing that a shape looks at, one is in the window for all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from aitia.errors import RecordError, VocabularyError
from aitia.ingest.activities import ABOUT
from aitia.ingest.forms import Brief, Forms
from aitia.ingest.gate import Item, Mapped, Refusals, refuse
from aitia.ingest.mapping import Mapper
from aitia.ingest.settled import PLAIN, Settled
from aitia.ingest.triples import A, Names, Triple
from aitia.ingest.window import Alike, Chosen, Held, Like, Surroundings, Window
from aitia.records import prov
from aitia.records.prov import Record
from aitia.validation.likeness import Likeness
from aitia.validation.report import Report, Result

WINDOW = 30_000
"""Triples of settled tasks that are judged together."""

LAG = 2_000
"""Records after its end at which a task is settled: what is said of it later is rare."""

MAX_RESULTS = 1_000
"""Most results kept that are no *must*, of all windows together."""

Begin = Callable[[list[Triple]], Callable[[], Report]]
"""Begins to judge triples, and returns what waits for the report."""

Write = Callable[[list[Triple]], None]

_ABOUT = {**ABOUT, prov.Associated: "activity", prov.Informed: "informed"}


class Irregular(NamedTuple):
    """A record that speaks of a task which was settled already."""

    index: int  # type: ignore[assignment]  # hides tuple.index, on purpose
    task: str


class Stream:
    """One pass over the records of a run.

    Parameters
    ----------
    mapper:
        A fresh mapper of the run.
    begin:
        Begins to judge triples by the shapes.
    write:
        Takes the triples that came through.
    refusals:
        The records that earlier passes refused; those of this one are added.
    likeness:
        What the shapes look at: of tasks that they cannot tell apart, one is judged.
    """

    def __init__(
        self,
        mapper: Mapper,
        begin: Begin,
        write: Write,
        refusals: Refusals,
        likeness: Likeness,
    ) -> None:
        self.mapper = mapper
        self._begin = begin
        self._write = write
        self.refusals = refusals
        self._open: dict[str, Held] = {}
        self._ended: deque[tuple[int, str]] = deque()
        self._settled = Settled()
        self._types: dict[str, set[str]] = {}
        self._rest = Mapped(mapper)
        self._window = Window()
        self._likeness = likeness
        self._alike = Alike()
        self._waiting: deque[_Waiting] = deque()
        self.ahead = 0
        """Most windows whose judgement is waited for while others are mapped."""
        self._shared: set[Triple] = set()
        self._described: dict[str, list[Triple]] = {}
        self.results: list[Result] = []
        self.again = False
        """Whether records were refused, so that another pass is needed without them."""
        self._briefs: dict[str, Brief] = {}
        self._forms = Forms(mapper)
        self.put: Callable[[bytes], None] | None = None
        """Takes N-Quads that are written by template; None maps each task by itself."""

    def run(self, items: Iterable[Item], *, alive: bool) -> Irregular | None:
        """Map and judge all records; None, or why they cannot be in this way."""
        for index, item in enumerate(items):
            if index in self.refusals.why:
                continue
            about = self._about(item.record, item.scope)
            if about in self._settled and not self._adds(item.record, about):
                return Irregular(index, about)
            if not self._hold(index, about, item.record, item.scope):
                self._map(index, about, item.record, item.scope)
            while self._ended and self._ended[0][0] + LAG <= index:
                self._settle(self._ended.popleft()[1])
        while self._ended:
            self._settle(self._ended.popleft()[1])
        self._finish(alive=alive)
        return None

    def _hold(self, index: int, about: str, record: Record, scope: str) -> bool:
        """Hold the record of a task that may have a template; return whether it is held."""
        brief = self._briefs.get(about)
        if type(record) is prov.Started and brief is None:
            kind = self._forms.begins(record) if self.put is not None else ""
            if not kind or about in self._open:
                return False
            parent = Names.of(self.mapper.run, scope)(record.parent)
            if parent in self._briefs:
                self._unhold(parent)
            self._briefs[about] = Brief(about, scope, record, None, (index, index))
            self._types.setdefault(about, set()).add(kind)
            self.mapper.energy.began(about, record.type, record.time, parent)
            return True
        if brief is None:
            return False
        first = brief.ended is None and scope == brief.scope
        if type(record) is prov.Ended and first and self._forms.ends(record):
            self._briefs[about] = brief._replace(ended=record, at=(brief.at[0], index))
            self.mapper.energy.ended(about, record.time)
            self._ended.append((index, about))
            return True
        self._unhold(about)
        return False

    def _unhold(self, task: str) -> None:
        """Map the records of a task by themselves after all."""
        brief = self._briefs.pop(task)
        for index, record in zip(brief.at, (brief.begun, brief.ended), strict=True):
            if record is not None:
                self._map(index, task, record, brief.scope)

    def _map(self, index: int, about: str, record: Record, scope: str) -> None:
        try:
            triples = self.mapper.map(record, scope, index)
        except (RecordError, VocabularyError) as error:
            self.refusals.add(index, str(error))
            return
        if self._briefs:
            # What is pointed at may be judged by that.
            for _, _, value in triples:
                if value in self._briefs:
                    self._unhold(value)
        self._keep(index, about, record, triples)

    def _adds(self, record: Record, task: str) -> bool:
        """Return whether a record adds to what was said of a settled task, and changes nothing.

        Files are often told of at the end of their process, when they have been hashed.
        """
        if type(record) is prov.Used:
            return record.relation == "prov:used"
        if type(record) is prov.Informed:
            return True
        made = type(record) is prov.Generated and record.relation == "prov:generated"
        return made and self._settled.types(task) == PLAIN

    def _about(self, record: Record, scope: str) -> str:
        """Return the node of the activity that a record tells of, or ``""``."""
        field = _ABOUT.get(type(record))
        if field is None:
            return ""
        return Names.of(self.mapper.run, scope)(getattr(record, field))

    def _keep(self, index: int, about: str, record: Record, triples: list[Triple]) -> None:
        if type(record) is prov.Started:
            self._open.setdefault(about, Held([], []))
        task = self._open.get(about)
        below = f"{about[:-1]}/"
        for triple in triples:
            subject, predicate, value = triple
            if predicate == A:
                self._types.setdefault(subject, set()).add(value)
            if task is not None and (subject == about or subject.startswith(below)):
                task.told.append((index, triple))
                continue
            if task is not None and value == about and predicate in self._likeness.inverse:
                task.pointing.append(triple)
            if triple not in self._shared or type(record) is prov.Entity:
                # What tasks share, such as roles, is told with each of them.
                if triple not in self._shared:
                    self._shared.add(triple)
                    self._described.setdefault(subject, []).append(triple)
                self._rest.subjects.setdefault(index, triples[0][0])
                self._rest.add(index, (triple,))
        if type(record) is prov.Ended and task is not None:
            self._ended.append((index, about))

    def _settle_briefly(self, task: str) -> bool:
        """Settle a task by the template of its form; return whether there is one."""
        brief = self._briefs[task]
        texts = self._forms.texts(brief)
        form = self._forms.of(brief, texts)
        where = self.mapper.placement.of(brief.scope)
        group = form.group(texts, where, self._likeness) if form is not None else None
        if group is None:
            self._unhold(task)
            return False
        del self._briefs[task]
        self._settled.add(task, self._types.pop(task, set()))
        self._window.join(group, Like(texts, brief.at))
        return True

    def _settle(self, task: str) -> None:
        if task in self._briefs and self._settle_briefly(task):
            if len(self._window) >= WINDOW:
                self._judge_window()
            return
        held = self._open.pop(task, None)
        if held is None:
            return
        self._settled.add(task, self._types.pop(task, set()))
        found = self.mapper.settle(task)
        below = f"{task[:-1]}/"
        own: list[Triple] = []
        for triple in found.triples:
            inside = triple[0] == task or triple[0].startswith(below)
            (own if inside else self._rest.triples).append(triple)
        self._window.add(task, held, own, found.sources)
        for _, (subject, predicate, _) in held.told:
            if predicate == A and subject != task:
                self._types.pop(subject, None)
        if len(self._window) >= WINDOW:
            self._judge_window()

    def _judge_window(self) -> None:
        window, self._window = self._window, Window()
        beside = window.outside() | {subject for subject, _, _ in window.pointing}
        context = {thing: list(self._context(thing)) for thing in beside}
        around = Surroundings(window, context, self._likeness)
        chosen = self._alike.choose(around)
        self._waiting.append(_Waiting(around, chosen, self._ask(around, chosen.judged)))
        while len(self._waiting) > self.ahead:
            self._collect(self._waiting.popleft())

    def _ask(self, around: Surroundings, tasks: Iterable[str]) -> Callable[[], Report]:
        """Begin to judge some tasks of a window."""
        chosen = list(tasks)
        return self._begin(around.statements(chosen)) if chosen else _nothing

    def _collect(self, waiting: _Waiting) -> None:
        """Write what came through of a window; what did not is judged at the end."""
        around, chosen, wait = waiting
        window, doubtful = around.window, self._weigh(around, chosen.judged, wait())
        # What is like a task that does not conform is judged itself, so that the report has it.
        rest: dict[str, bytes | None] = {
            task: key for task, key in chosen.alike.items() if not self._alike.conforms(key)
        }
        keys = {**chosen.judged, **chosen.alike}
        parted = window.part(lambda task: not self._alike.conforms(keys[task]))
        if parted:
            around = Surroundings(window, around.context, self._likeness)
            rest |= {task: keys[first] for task, first in parted.items()}
        if rest:
            doubtful |= self._weigh(around, rest, self._ask(around, rest)())
        self._write(window.without(doubtful))
        if self.put is not None:
            for said in window.nquads():
                self.put(said)
        for task in doubtful:
            window.hand_over(task, self._rest)

    def _weigh(
        self, around: Surroundings, judged: Mapping[str, bytes | None], report: Report
    ) -> set[str]:
        """Take note of the results of some tasks; return those to be judged again at the end."""
        window = around.window
        doubtful: set[str] = set()
        faulty: set[str] = set()
        for result in report.results:
            focus = _node(result.focus)
            task = window.task_of.get(focus, "")
            if focus in around.near or (task and task not in judged):
                continue
            faulty.add(task)
            if task and (result.severity == "must" or window.points_at_unknown(task, self._known)):
                doubtful.add(task)
            elif len(self.results) < MAX_RESULTS:
                self.results.append(result)
        # What is found about none of the tasks may have to do with any of them.
        self._alike.add(judged, judged if "" in faulty else faulty)
        return doubtful

    def _context(self, thing: str) -> Iterator[Triple]:
        """Yield what is known of a thing that a window points at."""
        yield from self._described.get(thing, ())
        yield from self.mapper.series.quantity(thing)
        for kind in self._known(thing):
            yield thing, A, kind

    def _known(self, thing: str) -> set[str]:
        return self._types.get(thing) or self._settled.types(thing)

    def _finish(self, *, alive: bool) -> None:
        if len(self._window):
            self._judge_window()
        while self._waiting:
            self._collect(self._waiting.popleft())
        for task in list(self._briefs):
            self._unhold(task)
        for held in self._open.values():
            for index, triple in held.told:
                self._rest.add(index, (triple,))
        self._rest.triples += self.mapper.finish(alive=alive)
        things = {
            node for s, _, o in self._rest.triples for node in (s, o)
        } - self._rest.declared.keys()
        context = [(thing, A, kind) for thing in things for kind in self._settled.types(thing)]
        report = self._begin([*set(self._rest.triples), *context])()
        near = {subject for subject, _, _ in context}
        kept = [result for result in report.results if _node(result.focus) not in near]
        self.again = refuse(self._rest, kept, self.refusals)
        self.results += kept
        self._write(self._rest.triples)


class _Waiting(NamedTuple):
    """A window of which some tasks are being judged, and what waits for the report."""

    around: Surroundings
    chosen: Chosen
    wait: Callable[[], Report]


def _nothing() -> Report:
    return Report(())


def _node(focus: str) -> str:
    return focus if focus.startswith(("<", "_:")) else f"<{focus}>"
