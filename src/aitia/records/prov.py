"""The records themselves: frozen, typed, without behaviour.

Times are UTC nanoseconds since the Unix epoch. Types and relations are CURIEs of the vocabulary
(``aitia:TrainingRun``, ``prov:used``). A thing is named by

- an absolute IRI (``ni:///sha-256;…`` for content, ``urn:uuid:…`` for another run), or
- a local id, which the mapping resolves against the run: ``""`` is the run itself, ``"12"`` its
  task 12, ``"e3"`` its third minted entity, all as ``urn:uuid:<run>#<id>``. Ids of processes that
  joined the run later carry the scope of their journal: ``urn:uuid:<run>#<scope>.<id>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from aitia.records.values import Value

Attributes = Mapping[str, Value | list[Value]]

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""The empty mapping that stands for a field left out."""


class RunStarted(NamedTuple):
    """A run began: PROV Activity, with its Association and Plan (PROV-DM §5.1.1, §5.3.3).

    ``id`` is the run's UUID; ``parent`` the IRI or local id of the activity it is part of;
    ``plan`` and ``agent`` name entities and agents; ``attributes`` are properties of the run.
    """

    id: str
    name: str
    time: int
    type: str = "aitia:WorkflowRun"
    parent: str | None = None
    plan: str | None = None
    agent: str | None = None
    attributes: Attributes = NOTHING


class RunEnded(NamedTuple):
    """The run ended, with one of the statuses of ``aitia:ExecutionStatus`` and its error.

    ``time`` is None when an imported record says how it ended, but not when.
    """

    time: int | None
    status: str = "Completed"
    error: str | None = None
    attributes: Attributes = NOTHING


class Started(NamedTuple):
    """A task began inside the run (PROV-DM §5.1.1 Activity); ``used`` holds its inputs by name.

    A plain value among the inputs is a parameter setting of the task; a ``Ref`` is a usage.
    """

    id: str
    name: str
    time: int
    type: str = "aitia:TaskRun"
    parent: str = ""
    used: Mapping[str, Value] = NOTHING


class Ended(NamedTuple):
    """A task ended; ``generated`` holds its outputs by name (a value, or a ``Ref``).

    ``time`` is None when an imported record says how it ended, but not when.
    """

    id: str
    time: int | None
    status: str = "Completed"
    error: str | None = None
    generated: Mapping[str, Value] = NOTHING
    attributes: Attributes = NOTHING


class Entity(NamedTuple):
    """A thing: an entity, agent or plan (PROV-DM §5.1.2, §5.3.1).

    ``digest`` is the SHA-256 of its content in hexadecimal; ``attributes`` maps CURIEs of
    properties to values, or to lists of values.
    """

    id: str
    type: str
    label: str | None = None
    digest: str | None = None
    attributes: Attributes = NOTHING


class Used(NamedTuple):
    """An activity used an entity (PROV-DM §5.1.4); ``relation`` may be a sub-property."""

    activity: str
    entity: str
    role: str | None = None
    time: int | None = None
    relation: str = "prov:used"


class Generated(NamedTuple):
    """An activity generated an entity (PROV-DM §5.1.3); ``relation`` may be a sub-property."""

    entity: str
    activity: str
    role: str | None = None
    time: int | None = None
    relation: str = "prov:generated"


class Invalidated(NamedTuple):
    """An activity invalidated an entity (PROV-DM §5.1.8)."""

    entity: str
    activity: str
    time: int | None = None


class Derived(NamedTuple):
    """An entity was derived from another (PROV-DM §5.2.1); ``relation`` may be a sub-property."""

    derived: str
    source: str
    activity: str | None = None
    relation: str = "prov:wasDerivedFrom"


class Attributed(NamedTuple):
    """An entity is ascribed to an agent (PROV-DM §5.3.2)."""

    entity: str
    agent: str
    role: str | None = None


class Associated(NamedTuple):
    """An agent was responsible for an activity, perhaps by a plan (PROV-DM §5.3.3)."""

    activity: str
    agent: str
    plan: str | None = None
    role: str | None = None


class Delegated(NamedTuple):
    """An agent acted on behalf of another (PROV-DM §5.3.4)."""

    delegate: str
    responsible: str
    activity: str | None = None


class Specialised(NamedTuple):
    """An entity is a more specific view of another (PROV-DM §5.5.1)."""

    specific: str
    general: str


class Member(NamedTuple):
    """An entity is a member of a collection (PROV-DM §5.6.1)."""

    collection: str
    entity: str


class Informed(NamedTuple):
    """An activity was informed by another (PROV-DM §5.1.5)."""

    informed: str
    informant: str


class Setting(NamedTuple):
    """A named value that configured an activity or a specification (aitia:ParameterSetting)."""

    subject: str
    name: str
    value: Value
    unit: str | None = None


class Point(NamedTuple):
    """Values of one or more quantities for a subject, at one step and time.

    ``step`` is None for a value that is given once, such as a final test accuracy.
    """

    subject: str
    time: int
    values: Mapping[str, Value]
    step: float | None = None


class Points(NamedTuple):
    """Many values of one quantity for a subject, by column.

    ``steps`` and ``times`` (seconds since the run began) are as long as ``values`` or empty;
    ``kind`` is ``metric`` or ``telemetry``; ``probe`` names the software sensor that measured.
    """

    subject: str
    quantity: str
    values: Sequence[Value]
    steps: Sequence[float] = ()
    times: Sequence[float] = ()
    unit: str | None = None
    kind: str = "metric"
    probe: str | None = None


class Note(NamedTuple):
    """What the recorder could not see, could not follow or had to drop, with the count."""

    kind: str
    text: str
    occurrences: int = 1
    subject: str = ""


Record = (
    RunStarted
    | RunEnded
    | Started
    | Ended
    | Entity
    | Used
    | Generated
    | Invalidated
    | Derived
    | Attributed
    | Associated
    | Delegated
    | Specialised
    | Member
    | Informed
    | Setting
    | Point
    | Points
    | Note
)
