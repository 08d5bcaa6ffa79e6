"""Groups of statements with one key get one verdict: the shapes cannot tell them apart."""

from __future__ import annotations

import random
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from aitia.ingest.triples import A, Triple, term
from aitia.validation.engine import validate_statements
from aitia.validation.likeness import Likeness
from aitia.validation.profiles import load

PROFILE = load()
LIKENESS = Likeness(PROFILE)
RUN = "<urn:uuid:11111111-2222-4333-8444-555555555555"
ROOT = f"{RUN}>"
XSD = "<http://www.w3.org/2001/XMLSchema#"

CONTEXT = {
    ROOT: ["aitia:WorkflowRun"],
    f"{RUN}#epoch>": ["aitia:TaskRun"],
    f"{RUN}#data>": ["aitia:Dataset"],
    f"{RUN}#other>": ["aitia:Dataset"],
    f"{RUN}#model>": ["aitia:Model"],
    f"{RUN}#who>": ["prov:Person"],
}
KINDS = ["aitia:TaskRun", "aitia:TrainingRun", "aitia:TelemetryCollection", "aitia:Series"]
TIMES = [f'"2026-09-21T14:13:{s}Z"^^{XSD}dateTime>' for s in ("20", "20.5", "20.49", "21")]
NUMBERS = [
    *(f'"{n}"^^{XSD}double>' for n in ("0.5", "7.25", "-0.5", "0.0", "1.0", "NaN", "x", "-1e-9")),
    *(f'"{n}"^^{XSD}integer>' for n in ("3", "4", "0", "-1")),
    *(f'"{n}"^^{XSD}nonNegativeInteger>' for n in ("3", "4")),
]
TEXTS = ['"step"', '"other"', '"x"@en', f'"true"^^{XSD}boolean>', f'"2026"^^{XSD}dateTime>']
VALUED = [
    "aitia:durationSeconds", "aitia:energyJoules", "aitia:peakMemoryBytes", "aitia:pointCount",
    "aitia:meanPowerWatts", "aitia:peakPowerWatts", "aitia:nonFiniteCount", "aitia:errorMessage",
    "rdfs:label", "prov:startedAtTime", "prov:endedAtTime", "aitia:statusInferred",
    "aitia:minimum", "aitia:maximum", "aitia:sha256", "aitia:inlineTimes", "aitia:settingName",
]  # fmt: skip
LINKED = [
    "prov:used", "aitia:trainedOn", "aitia:partOfExecution", "aitia:status", "aitia:hasSetting",
    "prov:generated", "prov:wasGeneratedBy", "aitia:configuredBy", "aitia:aboutSubject",
    "prov:wasAssociatedWith", "prov:wasInformedBy", "aitia:measuresQuantity",
]  # fmt: skip


def task(number: int, rng: random.Random) -> list[Triple]:
    """Return what is said of one task, its setting and its output, at times with something odd."""
    here, plain = f"{RUN}#{number}>", rng.random() < 0.7
    setting, output = f"{here[:-1]}/setting/x>", f"{here[:-1]}/out/y>"
    began, ended = sorted(rng.sample(TIMES, 2))
    told = [
        (here, A, term(KINDS[0] if plain else rng.choice(KINDS))),
        (here, term("rdfs:label"), rng.choice(TEXTS[:2])),
        (here, term("prov:startedAtTime"), began),
        (here, term("aitia:partOfExecution"), ROOT if plain else f"{RUN}#epoch>"),
        (here, term("aitia:hasSetting"), setting),
        (setting, A, term("aitia:ParameterSetting")),
        (setting, term("aitia:settingName"), '"x"'),
        (setting, term("aitia:settingValue"), rng.choice(NUMBERS)),
        (here, term("prov:used"), setting),
        (here, term("prov:used"), rng.choice([f"{RUN}#data>", f"{RUN}#other>", f"{RUN}#model>"])),
        (here, term("aitia:durationSeconds"), rng.choice(NUMBERS[:2])),
        (here, term("prov:endedAtTime"), ended),
        (here, term("aitia:status"), term("aitia:Completed" if plain else "aitia:Failed")),
        (output, A, term("prov:Entity")),
        (output, term("prov:wasGeneratedBy"), here),
    ]
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
        told = changed(told, [here, setting, output], rng)
    return list(dict.fromkeys(told))


def changed(told: list[Triple], nodes: list[str], rng: random.Random) -> list[Triple]:
    """Return the statements with one of them dropped, changed, or another one beside them."""
    at = rng.randrange(len(told))
    subject, predicate, value = told[at]
    literals = NUMBERS + TIMES + TEXTS
    things = [*CONTEXT, *nodes, term("aitia:Completed"), term("aitia:Nothing")]
    what = rng.randrange(4)
    if what == 0:
        return told[:at] + told[at + 1 :]
    if what == 1:
        fresh = rng.choice(things if value[0] == "<" else literals)
        return [*told[:at], (subject, predicate, fresh), *told[at + 1 :]]
    if what == 2:
        return [*told, (rng.choice(nodes), term(rng.choice(VALUED)), rng.choice(literals))]
    return [*told, (rng.choice(nodes), term(rng.choice(LINKED)), rng.choice(things))]


def elsewhere(node: str, more: bool) -> str:
    return " ".join(CONTEXT.get(node, ()))


def verdict(node: str, told: list[Triple]) -> frozenset[tuple[str, str, str]]:
    """Return the results about a task and what is below it, by names that all tasks share."""
    around = [(thing, A, term(kind)) for thing, kinds in CONTEXT.items() for kind in kinds]
    results = validate_statements([*told, *around], PROFILE).results
    stem = node[1:-1]
    return frozenset(
        (result.focus.removeprefix(stem), result.shape, result.path or "")
        for result in results
        if result.focus == stem or result.focus.startswith(f"{stem}/")
    )


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_one_key_one_verdict(seed: int) -> None:
    rng = random.Random(seed)
    groups = {f"{RUN}#{n}>": task(n, rng) for n in range(1, 100)}
    alike: dict[bytes, list[str]] = defaultdict(list)
    for node, told in groups.items():
        key = LIKENESS.key(node, told, elsewhere)
        if key is not None:
            alike[key].append(node)

    shared = [nodes for nodes in alike.values() if len(nodes) > 1]

    assert shared
    for nodes in shared:
        verdicts = {verdict(node, groups[node]) for node in nodes[:4]}
        assert len(verdicts) == 1, [groups[node] for node in nodes[:4]]
