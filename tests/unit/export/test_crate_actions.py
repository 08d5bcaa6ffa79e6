"""Executions as actions: which are told of, with what, by whom, with which outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aitia.export.crate_actions import CrateGraph, actions, made, used
from aitia.export.facts import Facts
from aitia.export.selection import select
from aitia.records import (
    Associated,
    Ended,
    Entity,
    Generated,
    Member,
    Points,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Used,
)
from aitia.store.oxigraph import OxigraphStore

RUN = "urn:uuid:8e077096-e943-4091-9833-1649ddf057c8"
T0 = 1_790_000_000_000_000_000
TASKS = [
    Started("1", "prepare", T0 + 1, used={"raw": Ref("raw")}),
    Ended("1", T0 + 1_500_000_000, generated={"clean": Ref("clean"), "rows": 150}),
    Started("2", "train", T0 + 2, type="aitia:TrainingRun", used={"data": Ref("clean"), "lr": 0.1}),
    Points("2", "accuracy", [0.5, 0.9], steps=[0, 1]),
    Generated("model", "2"),
    Ended("2", None, "Failed", "boom"),
    Started("3", "log", T0 + 3),
    Ended("3", T0 + 4),
]
THINGS = [
    Entity("raw", "aitia:Dataset", "raw.csv", digest="ab" * 32),
    Entity("clean", "aitia:Dataset", "clean"),
    Entity("model", "aitia:Model", "model"),
]


@pytest.fixture
def graph(store: OxigraphStore, keep: Callable[..., str]) -> Callable[..., CrateGraph]:
    def of(*more: Any, status: str = "Completed") -> CrateGraph:
        start = RunStarted(RUN.removeprefix("urn:uuid:"), "sweep", T0)
        keep([start, *TASKS, *THINGS, *more, RunEnded(T0 + 10**9, status)])
        return CrateGraph(Facts(select(store).union()), {})

    return of


def names(found: list[str]) -> list[str]:
    return [iri.removeprefix(RUN) for iri in found]


def test_runs_and_tasks_with_data_are_told_of(graph: Callable[..., CrateGraph]) -> None:
    assert names(actions(graph().facts)) == ["", "#1", "#2"]


def test_a_run_used_what_it_did_not_make_and_made_what_its_tasks_made(
    graph: Callable[..., CrateGraph],
) -> None:
    facts = graph().facts
    data = {"#raw", "#clean", "#model"}
    assert data & set(names(used(facts, RUN))) == {"#raw"}
    assert data & set(names(made(facts, RUN))) == {"#clean", "#model"}
    assert data & set(names(used(facts, f"{RUN}#2"))) == {"#clean"}


def test_a_task_with_its_inputs_values_and_outcome(graph: Callable[..., CrateGraph]) -> None:
    found = graph()
    action = found.action(f"{RUN}#2")
    assert action == {
        "@id": f"{RUN}#2",
        "@type": "CreateAction",
        "name": "train",
        "description": "TrainingRun inside sweep",
        "instrument": {"@id": "#tool-train"},
        "startTime": "2026-09-21T14:13:20.000+00:00",
        "object": [{"@id": f"{RUN}#clean"}, {"@id": f"{RUN}#2/setting/lr"}],
        "result": [{"@id": f"{RUN}#model"}, {"@id": f"{RUN}#2/series/accuracy"}],
        "actionStatus": "http://schema.org/FailedActionStatus",
        "error": "boom",
    }
    assert found.entities["#tool-train"]["@type"] == "SoftwareApplication"
    value = found.entities[f"{RUN}#2/series/accuracy"]
    assert (value["@type"], value["name"], value["value"]) == ("PropertyValue", "accuracy", "0.9")
    assert found.entities[f"{RUN}#2/setting/lr"]["value"] == "0.1"


def test_values_that_a_task_returned_are_results(graph: Callable[..., CrateGraph]) -> None:
    found = graph()
    action = found.action(f"{RUN}#1")
    assert action["endTime"] == "2026-09-21T14:13:21.500+00:00"
    assert {"@id": f"{RUN}#1/out/rows"} in action["result"]
    assert found.entities[f"{RUN}#1/out/rows"]["value"] == "150"


def test_data_that_is_not_in_the_crate_is_named_by_its_digest(
    graph: Callable[..., CrateGraph],
) -> None:
    found = graph()
    found.action(f"{RUN}#1")
    raw = found.entities[f"{RUN}#raw"]
    assert (raw["@type"], raw["name"], raw["sha256"]) == ("CreativeWork", "raw.csv", "ab" * 32)
    assert raw["identifier"].startswith("ni:///sha-256;")
    assert raw["additionalType"] == "https://w3id.org/aitia/ns#Dataset"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Completed", {"actionStatus": "http://schema.org/CompletedActionStatus"}),
        (
            "Interrupted",
            {"actionStatus": "http://schema.org/FailedActionStatus", "error": "interrupted"},
        ),
        ("Queued", {"actionStatus": "http://schema.org/PotentialActionStatus"}),
    ],
)
def test_outcomes(graph: Callable[..., CrateGraph], status: str, expected: dict[str, str]) -> None:
    action = graph(status=status).action(RUN)
    assert {k: v for k, v in action.items() if k in ("actionStatus", "error")} == expected


def test_people_are_agents_and_programs_are_not(graph: Callable[..., CrateGraph]) -> None:
    found = graph(
        Entity("p", "prov:Person", "user-1"),
        Entity("s", "aitia:WorkflowEngine", "flowcept"),
        Associated("", "p"),
        Associated("", "s"),
    )
    assert found.action(RUN)["agent"] == {"@id": f"{RUN}#p"}
    assert found.entities[f"{RUN}#p"] == {"@id": f"{RUN}#p", "@type": "Person", "name": "user-1"}


def test_the_instrument_of_a_run_is_the_revision_that_it_ran(
    graph: Callable[..., CrateGraph],
) -> None:
    place = {"aitia:commitHash": "abc", "aitia:locator": "https://host/x"}
    found = graph(
        Entity("rev", "aitia:SourceRevision", "abc on main", attributes=place),
        Used("", "rev", relation="aitia:ranRevision"),
        Entity("env", "aitia:SoftwareEnvironment", "env"),
        Used("", "env", relation="aitia:usedEnvironment"),
        Entity("torch", "aitia:MLFramework", "torch", attributes={"aitia:versionLabel": "2.1"}),
        Entity("six", "aitia:SoftwarePackage", "six"),
        Member("env", "torch"),
        Member("env", "six"),
        Setting("", "lr", 1),
    )
    assert found.action(RUN)["instrument"] == {"@id": f"{RUN}#rev"}
    assert found.entities[f"{RUN}#rev"] == {
        "@id": f"{RUN}#rev",
        "@type": "SoftwareSourceCode",
        "name": "source code at abc on main",
        "version": "abc",
        "codeRepository": "https://host/x",
        "url": "https://host/x",
        "softwareRequirements": {"@id": f"{RUN}#torch"},
    }
    assert found.entities[f"{RUN}#torch"]["softwareVersion"] == "2.1"
    found.action(f"{RUN}#2")
    assert found.entities["#tool-train"]["softwareVersion"] == "abc"
