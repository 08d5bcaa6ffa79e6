"""The executions of a graph as the actions of a Process Run Crate, with all that they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aitia.export.crate_files import Copied, file_entity
from aitia.export.facts import Facts
from aitia.vocabulary.iris import content_iri, slug
from aitia.vocabulary.terms import NAMESPACES

_STATUS = {
    "Completed": "CompletedActionStatus",
    "Failed": "FailedActionStatus",
    "Cancelled": "FailedActionStatus",
    "Interrupted": "FailedActionStatus",
    "Running": "ActiveActionStatus",
    "Queued": "PotentialActionStatus",
}
_TOLD = ("aitia:TrainingRun", "aitia:EvaluationRun", "aitia:Inference")
_SOFTWARE = ("aitia:Software", "aitia:ContainerImage", "aitia:SourceRevision")

Entity = dict[str, Any]


def is_data(facts: Facts, thing: str) -> bool:
    """Say whether a thing is data: an artifact, and no software."""
    return facts.is_a(thing, "aitia:Artifact") and not facts.is_a(thing, *_SOFTWARE)


def actions(facts: Facts) -> list[str]:
    """Return the executions to tell of: runs, trainings, and tasks that used or generated data."""
    found = []
    for thing in facts.subjects():
        if not facts.is_a(thing, "aitia:Execution") or not facts.one(thing, "prov:startedAtTime"):
            continue
        touched = (*used(facts, thing), *made(facts, thing))
        if (
            is_run(thing)
            or facts.is_a(thing, *_TOLD)
            or any(is_data(facts, item) for item in touched)
        ):
            found.append(thing)
    return sorted(found)


def is_run(action: str) -> bool:
    """Say whether an execution is a run, not a task of one."""
    return "#" not in action


def used(facts: Facts, action: str) -> list[str]:
    """Return what an execution used; of a run, also what its tasks used and did not make."""
    inside = _inside(facts, action)
    found = {item for part in inside for item in facts.all(part, "prov:used")}
    if is_run(action):
        found -= {item for part in inside for item in _made(facts, part)}
    return sorted(found)


def made(facts: Facts, action: str) -> list[str]:
    """Return what an execution generated; of a run, also what its tasks did."""
    return sorted({item for part in _inside(facts, action) for item in _made(facts, part)})


def _inside(facts: Facts, action: str) -> list[str]:
    """Return an execution, and the tasks of a run whose data are data of the run."""
    return [action, *facts.within(action)] if is_run(action) else [action]


def _made(facts: Facts, action: str) -> list[str]:
    return [*facts.back(action, "prov:wasGeneratedBy"), *facts.all(action, "prov:generated")]


class CrateGraph:
    """Builds the contextual and data entities of a crate, each once.

    Parameters
    ----------
    facts:
        The graph.
    copied:
        The files in the crate, by the IRI of the thing that they are.
    """

    def __init__(self, facts: Facts, copied: Mapping[str, Copied]) -> None:
        self.facts = facts
        self.copied = copied
        self.entities: dict[str, Entity] = {}
        self._revisions = {
            revision
            for thing in facts.subjects()
            for revision in facts.all(thing, "aitia:ranRevision")
        }

    def action(self, iri: str) -> Entity:
        """Add the action of an execution, and return it."""
        facts = self.facts
        inputs = [*self._data(used(facts, iri)), *self._settings(iri)]
        outputs = [*self._data(made(facts, iri)), *self._outputs(iri)]
        found: Entity = {
            "@id": iri,
            "@type": "CreateAction" if outputs else "ActivateAction",
            "name": facts.label(iri),
            "instrument": self._instrument(iri),
            "startTime": _moment(facts.one(iri, "prov:startedAtTime")),
            "endTime": _moment(facts.one(iri, "prov:endedAtTime")),
            "description": facts.one(iri, "aitia:commandLine") or self._told(iri),
            "agent": self._agents(iri),
            "object": inputs,
            "result": outputs,
            **self._outcome(iri),
        }
        kept = {key: _single(value) for key, value in found.items()}
        return self._add({key: value for key, value in kept.items() if value is not None})

    def _told(self, iri: str) -> str:
        """Return one sentence about an execution whose command is not known."""
        facts = self.facts
        kind = (facts.one(iri, "rdf:type") or "").rpartition("#")[2] or "Execution"
        run = iri.partition("#")[0]
        return kind if is_run(iri) else f"{kind} inside {facts.label(run)}"

    def _add(self, entity: Entity) -> Entity:
        return self.entities.setdefault(entity["@id"], entity)

    def _outcome(self, iri: str) -> Entity:
        status = (self.facts.one(iri, "aitia:status") or "").removeprefix(NAMESPACES["aitia"])
        known = _STATUS.get(status)
        if known is None:
            return {}
        found: Entity = {"actionStatus": f"http://schema.org/{known}"}
        if known == "FailedActionStatus":
            found["error"] = self.facts.one(iri, "aitia:errorMessage") or status.lower()
        return found

    def _data(self, things: Iterable[str]) -> list[Entity]:
        return [self._datum(thing) for thing in things if is_data(self.facts, thing)]

    def _datum(self, thing: str) -> Entity:
        """Add a thing that is data: as a file when it is in the crate, else as a creative work."""
        facts = self.facts
        digest = facts.one(thing, "aitia:sha256")
        more: Entity = {"sha256": digest, "identifier": content_iri(digest)} if digest else {}
        kind = facts.one(thing, "rdf:type") or ""
        more["additionalType"] = kind
        name = facts.label(thing)
        if thing in self.copied:
            entity = file_entity(self.copied[thing], name, more)
        else:
            size = facts.one(thing, "aitia:byteSize")
            entity = {
                "@id": thing,
                "@type": "CreativeWork",
                "name": name,
                "description": f"{kind.rpartition('#')[2]} that is not part of this crate",
                **({"contentSize": size} if size else {}),
                **more,
            }
        return {"@id": self._add(entity)["@id"]}

    def _settings(self, iri: str) -> list[Entity]:
        facts = self.facts
        owners = (iri, *facts.all(iri, "aitia:configuredBy"))
        found = []
        for setting in sorted(
            {s for owner in owners for s in facts.all(owner, "aitia:hasSetting")}
        ):
            name = facts.one(setting, "aitia:settingName")
            value = facts.one(setting, "aitia:settingValue")
            if name is not None and value is not None:
                found.append(self._value(setting, name, value))
        return found

    def _outputs(self, iri: str) -> list[Entity]:
        """Return the values that an execution returned, its measurements, and its curves' ends."""
        facts = self.facts
        found = []
        for thing in _made(facts, iri):
            value = facts.one(thing, "prov:value")
            if value is not None:
                found.append(self._value(thing, facts.label(thing), value))
        for thing in facts.back(iri, "aitia:aboutSubject"):
            quantity = facts.one(thing, "aitia:measuresQuantity")
            final = "aitia:lastValue" if facts.is_a(thing, "aitia:LearningCurve") else None
            final = "aitia:numericValue" if facts.is_a(thing, "aitia:Measurement") else final
            value = facts.one(thing, final) if final else None
            if quantity is not None and value is not None:
                found.append(self._value(thing, facts.label(quantity), value))
        return sorted(found, key=lambda entity: str(entity["@id"]))

    def _value(self, iri: str, name: str, value: str) -> Entity:
        entity = {"@id": iri, "@type": "PropertyValue", "name": name, "value": value}
        return {"@id": self._add(entity)["@id"]}

    def _agents(self, iri: str) -> list[Entity]:
        facts = self.facts
        found = []
        for agent in facts.all(iri, "prov:wasAssociatedWith"):
            for kind, name in (("prov:Person", "Person"), ("prov:Organization", "Organization")):
                if facts.is_a(agent, kind):
                    entity = {"@id": agent, "@type": name, "name": facts.label(agent)}
                    found.append({"@id": self._add(entity)["@id"]})
        return found

    def _instrument(self, iri: str) -> Entity:
        """Add the tool of an action: the revision that a run ran, else a tool of the same name."""
        facts = self.facts
        run = iri.partition("#")[0]
        revision = next(iter(facts.all(run, "aitia:ranRevision")), None)
        commit = facts.one(revision, "aitia:commitHash") if revision else None
        if revision is not None and is_run(iri):
            entity: Entity = {
                "@id": revision,
                "@type": "SoftwareSourceCode",
                "name": f"source code at {facts.label(revision)}",
                "version": commit,
                "codeRepository": facts.one(revision, "aitia:locator"),
                "url": facts.one(revision, "aitia:locator"),
            }
        else:
            name = facts.label(iri)
            entity = {
                "@id": f"#tool-{slug(name)}",
                "@type": "SoftwareApplication",
                "name": name,
                # A tool is known by its name, so it has a version only where all runs agree.
                "softwareVersion": commit if len(self._revisions) == 1 else None,
            }
        entity = {key: value for key, value in entity.items() if value is not None}
        frameworks = self._frameworks(run)
        if frameworks:
            entity["softwareRequirements"] = _single(frameworks)
        return {"@id": self._add(entity)["@id"]}

    def _frameworks(self, run: str) -> list[Entity]:
        facts = self.facts
        found = []
        for environment in facts.all(run, "aitia:usedEnvironment"):
            for package in sorted(facts.all(environment, "prov:hadMember")):
                if facts.is_a(package, "aitia:MLFramework"):
                    entity = {
                        "@id": package,
                        "@type": "SoftwareApplication",
                        "name": facts.label(package),
                        "softwareVersion": facts.one(package, "aitia:versionLabel") or "",
                    }
                    found.append({"@id": self._add(entity)["@id"]})
        return found


def _single(value: Any) -> Any:
    """Return a list of one as its item and an empty one as None: RO-Crate is compact JSON-LD."""
    if isinstance(value, list):
        return value if len(value) > 1 else value[0] if value else None
    return None if value == "" else value


def _moment(lexical: str | None) -> str | None:
    """Return an ``xsd:dateTime`` in milliseconds with a numeric offset, as validators want it."""
    if lexical is None:
        return None
    whole, _, fraction = lexical.removesuffix("Z").partition(".")
    return f"{whole}.{fraction[:3]:0<3}+00:00"
