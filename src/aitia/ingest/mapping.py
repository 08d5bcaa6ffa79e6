"""From records to triples: the rules of ``docs/reference/graph.md``, without IO.

Invariants: the same records in any order give the same triples; no blank node is made; every
triple is traced to the record, or the records, that it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from aitia.errors import RecordError
from aitia.ingest import chain, curves
from aitia.ingest.activities import Activities
from aitia.ingest.dataflow import Dataflow
from aitia.ingest.energy import Energy
from aitia.ingest.lexicon import ONTOLOGY, Lexicon
from aitia.ingest.placement import NODE, RAN_ON, Origin, Placement
from aitia.ingest.qualified import Relation, qualified
from aitia.ingest.series import SeriesBuilder, SeriesFiles
from aitia.ingest.settings import SettingValues, Told
from aitia.ingest.triples import (
    LABEL,
    A,
    Names,
    Triple,
    below,
    natural,
    node,
    note,
    objects,
    term,
)
from aitia.records import prov
from aitia.records.prov import Record
from aitia.records.values import Ref, Value
from aitia.store.graphs import bundle
from aitia.vocabulary import literals
from aitia.vocabulary.terms import INDIVIDUALS

RECORDER = "https://w3id.org/aitia/recorder/"


class Settled(NamedTuple):
    """What follows about one activity, and the records that each derived node rests on."""

    triples: list[Triple]
    sources: dict[str, list[int]]


class Mapper:
    """Maps the records of one run by one recorder.

    Parameters
    ----------
    run:
        The run's UUID.
    origin:
        The recorder, whose bundle the triples lie in.
    files:
        Where long series go; None keeps them in the graph.
    words:
        The terms that records may use.
    """

    def __init__(
        self,
        run: str,
        origin: Origin,
        files: SeriesFiles | None = None,
        words: Lexicon = ONTOLOGY,
    ) -> None:
        self.words = words
        self.run = run
        self.origin = origin
        self.graph = bundle(run, origin.recorder)
        self.root = node(f"urn:uuid:{run}")
        self.agent = node(f"{RECORDER}{origin.recorder}#{origin.version}")
        self.series = SeriesBuilder(files)
        self.dataflow = Dataflow()
        self.energy = Energy()
        self.placement = Placement(origin.hosts)
        self.activities = Activities()
        self.settings = SettingValues()
        self._classified = False
        self._current = -1

    def map(self, record: Record, scope: str, index: int) -> list[Triple]:
        """Return the triples of one record; ``index`` names it, ``scope`` its process.

        Raises
        ------
        RecordError
            When the record uses a term that the ontology lacks, or a value that cannot be.
        """
        self._current = index
        rule = _RULES.get(type(record))
        if rule is None:
            raise RecordError(f"no rule for a {type(record).__name__}")
        return list(rule(self, record, Names.of(self.run, scope)))

    def finish(self, *, alive: bool) -> list[Triple]:
        """Return what follows from all records together: series, durations, statuses, dataflow.

        Parameters
        ----------
        alive:
            Whether a process that writes this run still lives; if not, what has not ended was
            interrupted, and the graph says that this was inferred.
        """
        found: list[Triple] = []
        for here in self.activities:
            found += self.activities.unended(here, alive=alive)
            found += self.settle(here).triples
        found += self.series.rest(self._classifier_node)
        found += self.dataflow.rest()
        found += self.energy.triples(self.root, self.series.began)
        for here in self.settings.subjects():
            found += self._valued(here, used=here == self.root)
        found += self.classifier(found)
        return found

    def settle(self, here: str) -> Settled:
        """Return what follows about an activity that all has been told of, and forget it."""
        found = self.follows(here)
        for held in (self.activities, self.series, self.dataflow, self.settings, self.placement):
            held.forget(here)
        return found

    def follows(self, here: str) -> Settled:
        """Return what follows about an activity, or about anything with settings or series."""
        found = [*self.activities.settle(here)]
        trained = self._is(self.activities.kind(here), "aitia:TrainingRun")
        curves_of, sources = self.series.settle(here, self._classifier_node, trained=trained)
        self._classified |= any(subject == self._classifier_node for subject, _, _ in curves_of)
        found += curves_of
        found += self.dataflow.settle(here, trained=trained)
        sources.update(self.settings.sources(here))
        found += self._valued(here, used=here in self.activities or here == self.root)
        # Who imports records is not where they came to be.
        if self.origin.recorder == "aitia":
            found += self.placement.settle(here)
        return Settled(found, sources)

    def classifier(self, found: list[Triple]) -> Iterator[Triple]:
        """Yield what names the types of curves, if one was named before or in ``found``."""
        here = self._classifier_node
        if self._classified or any(subject == here for subject, _, _ in found):
            yield from curves.classifier(here, self.agent)

    @property
    def _classifier_node(self) -> str:
        return below(self.root, "curve-classifier")

    def _is(self, kind: str, wanted: str) -> bool:
        return self.words.is_a(kind, wanted)

    def describe(self, digest: str) -> Iterator[Triple]:
        """Yield the statements about the bundle itself and its recorder."""
        yield from chain.bundle(node(self.graph), self.root, self.origin.recorder, digest)
        yield from chain.recorder(self.agent, self.origin.recorder, self.origin.version)
        yield node(self.graph), term("prov:wasAttributedTo"), self.agent

    def sources(self, subject: str) -> list[int]:
        """Return the records that a derived node (series, measurement, value) rests on."""
        return self.settings.records_of(subject) or self.series.records_of(subject)

    def _run_started(self, record: prov.RunStarted, names: Names) -> Iterator[Triple]:
        here = self.root
        self.series.began = record.time
        yield from self._began_activity(here, record.type, record.name, record.time)
        for link, other in (("partOfExecution", record.parent), ("enacts", record.plan)):
            if other is not None:
                yield here, term(f"aitia:{link}"), names(other)
        if record.agent is not None:
            yield here, term("prov:wasAssociatedWith"), names(record.agent)
        yield from self._attributes(here, record.attributes, names)

    def _began_activity(self, here: str, kind: str, name: str, time: int) -> Iterator[Triple]:
        kind_term = self.words.class_term(kind)
        self.activities.began(here, kind, time)
        yield here, A, kind_term
        yield here, LABEL, literals.quote(name)
        yield here, term("prov:startedAtTime"), literals.date_time(time)

    def _run_ended(self, record: prov.RunEnded, names: Names) -> Iterator[Triple]:
        yield from self._end(self.root, record, names)

    def _end(self, here: str, record: prov.RunEnded | prov.Ended, names: Names) -> Iterator[Triple]:
        status = f"aitia:{record.status}"
        if status not in INDIVIDUALS:
            raise RecordError(f"status {record.status!r}", expected="one of aitia:ExecutionStatus")
        self.activities.ended(here, record.time)
        if record.time is not None:
            yield here, term("prov:endedAtTime"), literals.date_time(record.time)
        yield here, term("aitia:status"), term(status)
        if record.error:
            yield here, term("aitia:errorMessage"), literals.quote(record.error)
        yield from self._attributes(here, record.attributes, names)

    def _started(self, record: prov.Started, names: Names) -> Iterator[Triple]:
        here = names(record.id)
        yield from self._began_activity(here, record.type, record.name, record.time)
        self.placement.began(here, names.scope)
        self.energy.began(here, record.type, record.time, names(record.parent))
        yield here, term("aitia:partOfExecution"), names(record.parent)
        for name, value in record.used.items():
            if isinstance(value, Ref):
                self.dataflow.used(here, names(value.id), argument=True)
                yield from self._usage(here, names(value.id), name, None)
            else:
                yield from self._set(here, name, value, names)

    def _task_ended(self, record: prov.Ended, names: Names) -> Iterator[Triple]:
        here = names(record.id)
        yield from self._end(here, record, names)
        self.energy.ended(here, record.time)
        for name, value in record.generated.items():
            if isinstance(value, Ref):
                self.dataflow.generated(here, names(value.id), returned=True)
                yield from self._generation(names(value.id), here, name, None)
                continue
            output = below(here, "out", name)
            yield output, A, term("prov:Entity")
            yield output, LABEL, literals.quote(name)
            yield output, term("prov:value"), natural(value, names)
            yield output, term("prov:wasGeneratedBy"), here

    def _attributes(self, here: str, attributes: Any, names: Names) -> Iterator[Triple]:
        for prop, value in attributes.items():
            predicates = self.words.implied(prop)
            relation = prop if prop in self.words.relations else ""
            kind = self.words.ranges.get(prop, "")
            for text in objects(value, names, relation=relation, kind=kind):
                yield from ((here, predicate, text) for predicate in predicates)

    def _entity(self, record: prov.Entity, names: Names) -> Iterator[Triple]:
        here = names(record.id)
        yield here, A, self.words.class_term(record.type)
        if self._is(record.type, NODE):
            self.placement.node(here, record.label)
        if record.label is not None:
            yield here, LABEL, literals.quote(record.label)
        if record.digest is not None:
            yield here, term("aitia:sha256"), literals.quote(record.digest)
        yield from self._attributes(here, record.attributes, names)

    def _used(self, record: prov.Used, names: Names) -> Iterator[Triple]:
        here, entity = names(record.activity), names(record.entity)
        if self._is(record.relation, RAN_ON):
            self.placement.ran_on(here, entity, names.scope, self.root)
        if record.relation != "prov:used":
            yield from self._related(here, record.relation, entity)
            if "prov:used" not in self.words.ancestors.get(record.relation, ()):
                return
        # aitia:trainedOn and its like say that the outputs rest on the input; aitia:ranOn does not.
        argument = bool(self.words.modules(record.relation) & {"model", "application"})
        self.dataflow.used(here, entity, argument=argument)
        yield from self._usage(here, entity, record.role, record.time)

    def _related(self, here: str, relation: str, other: str) -> Iterator[Triple]:
        self.words.relation_term(relation)
        return ((here, predicate, other) for predicate in self.words.implied(relation))

    def _usage(
        self, here: str, entity: str, role: str | None, time: int | None
    ) -> Iterator[Triple]:
        yield here, term("prov:used"), entity
        if role is not None or time is not None:
            yield from self._qualified(here, "Usage", (entity,), role, time)

    def _generated(self, record: prov.Generated, names: Names) -> Iterator[Triple]:
        here, entity = names(record.activity), names(record.entity)
        if record.relation != "prov:generated":
            yield from self._related(here, record.relation, entity)
        self.dataflow.generated(here, entity, returned=False)
        yield from self._generation(entity, here, record.role, record.time)

    def _generation(
        self, entity: str, activity: str, role: str | None, time: int | None
    ) -> Iterator[Triple]:
        yield entity, term("prov:wasGeneratedBy"), activity
        if role is not None or time is not None:
            yield from self._qualified(entity, "Generation", (activity,), role, time)

    def _qualified(
        self, here: str, kind: str, targets: tuple[str, ...], role: str | None, time: int | None
    ) -> Iterator[Triple]:
        return qualified(self.root, Relation(here, kind, targets, role, time))

    def _invalidated(self, record: prov.Invalidated, names: Names) -> Iterator[Triple]:
        entity, activity = names(record.entity), names(record.activity)
        yield entity, term("prov:wasInvalidatedBy"), activity
        if record.time is not None:
            yield from self._qualified(entity, "Invalidation", (activity,), None, record.time)

    def _derived(self, record: prov.Derived, names: Names) -> Iterator[Triple]:
        here, source = names(record.derived), names(record.source)
        yield here, term("prov:wasDerivedFrom"), source
        if record.relation != "prov:wasDerivedFrom":
            yield from self._related(here, record.relation, source)
        if record.activity is not None:
            targets = (source, names(record.activity))
            yield from self._qualified(here, "Derivation", targets, None, None)

    def _attributed(self, record: prov.Attributed, names: Names) -> Iterator[Triple]:
        here, agent = names(record.entity), names(record.agent)
        yield here, term("prov:wasAttributedTo"), agent
        if record.role is not None:
            yield from self._qualified(here, "Attribution", (agent,), record.role, None)

    def _associated(self, record: prov.Associated, names: Names) -> Iterator[Triple]:
        here, agent = names(record.activity), names(record.agent)
        yield here, term("prov:wasAssociatedWith"), agent
        if record.role is not None or record.plan is not None:
            plan = () if record.plan is None else (names(record.plan),)
            yield from self._qualified(here, "Association", (agent, *plan), record.role, None)

    def _delegated(self, record: prov.Delegated, names: Names) -> Iterator[Triple]:
        here, boss = names(record.delegate), names(record.responsible)
        yield here, term("prov:actedOnBehalfOf"), boss
        if record.activity is not None:
            targets = (boss, names(record.activity))
            yield from self._qualified(here, "Delegation", targets, None, None)

    def _specialised(self, record: prov.Specialised, names: Names) -> Iterator[Triple]:
        yield names(record.specific), term("prov:specializationOf"), names(record.general)

    def _member(self, record: prov.Member, names: Names) -> Iterator[Triple]:
        yield names(record.collection), term("prov:hadMember"), names(record.entity)

    def _informed(self, record: prov.Informed, names: Names) -> Iterator[Triple]:
        yield names(record.informed), term("prov:wasInformedBy"), names(record.informant)

    def _setting(self, record: prov.Setting, names: Names) -> Iterator[Triple]:
        here = names(record.subject)
        yield from self._set(here, record.name, record.value, names)
        if record.unit is not None:
            setting = below(here, "setting", record.name)
            yield setting, term("aitia:unitCode"), literals.quote(record.unit)

    def _set(self, here: str, name: str, value: Value, names: Names) -> Iterator[Triple]:
        setting = below(here, "setting", name)
        yield here, term("aitia:hasSetting"), setting
        yield setting, A, term("aitia:ParameterSetting")
        yield setting, term("aitia:settingName"), literals.quote(name)
        self.settings.tell(here, setting, Told(self._current, natural(value, names)))

    def _valued(self, here: str, *, used: bool) -> Iterator[Triple]:
        """Yield the values of the settings of a subject, with a note on those that changed."""
        for triples, said, count in self.settings.settle(here, used=used):
            yield from triples
            if said:
                yield from self._remark("setting-changed", said, count, self.root)

    def _point(self, record: prov.Point, names: Names) -> Iterator[Triple]:
        self.series.add_point(names(record.subject), record, self._current)
        return iter(())

    def _points(self, record: prov.Points, names: Names) -> Iterator[Triple]:
        self.energy.metered(record, names.scope)
        self.series.add_points(names(record.subject), record, self._current)
        return iter(())

    def _note(self, record: prov.Note, names: Names) -> Iterator[Triple]:
        subject = names(record.subject)
        return self._remark(record.kind, record.text, record.occurrences, subject, names.scope)

    def _remark(
        self, kind: str, text: str, count: int, subject: str, scope: str = ""
    ) -> Iterator[Triple]:
        facts = "|".join((kind, text, str(count), subject, scope))
        key = sha256(facts.encode("utf-8", "replace")).hexdigest()[:12]
        here = below(self.root, "note", key)
        yield from note(here, kind, (text, count), subject)
        yield here, term("prov:wasAttributedTo"), self.agent


_RULES: dict[type[Any], Callable[..., Iterator[Triple]]] = {
    prov.RunStarted: Mapper._run_started,
    prov.RunEnded: Mapper._run_ended,
    prov.Started: Mapper._started,
    prov.Ended: Mapper._task_ended,
    prov.Entity: Mapper._entity,
    prov.Used: Mapper._used,
    prov.Generated: Mapper._generated,
    prov.Invalidated: Mapper._invalidated,
    prov.Derived: Mapper._derived,
    prov.Attributed: Mapper._attributed,
    prov.Associated: Mapper._associated,
    prov.Delegated: Mapper._delegated,
    prov.Specialised: Mapper._specialised,
    prov.Member: Mapper._member,
    prov.Informed: Mapper._informed,
    prov.Setting: Mapper._setting,
    prov.Point: Mapper._point,
    prov.Points: Mapper._points,
    prov.Note: Mapper._note,
}
