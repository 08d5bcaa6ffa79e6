"""Realistic run graphs, seeded: records of many kinds of run, as capture would write them.

Campaigns of training runs with configurations, architectures, layers, curves and telemetry;
workflows of tasks, of which some fail and are tried again; agents that call tools; systems in use,
with predictions, reviews and decisions. Datasets, environments, nodes, people and architectures
are shared by their IRIs, as content addressing makes them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from aitia.records import (
    Associated,
    Attributed,
    Delegated,
    Derived,
    Ended,
    Entity,
    Generated,
    Informed,
    Invalidated,
    Member,
    Note,
    Points,
    Record,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Used,
)
from aitia.records.prov import Point
from aitia.records.values import Ref
from aitia.vocabulary.iris import content_iri

T0 = 1_790_000_000_000_000_000
SECOND = 10**9
ERRORS = ("RuntimeError: device lost", "ValueError: NaN in the input", "MemoryError")
TASKS = ("clean", "split", "encode", "join", "score", "plot", "export")


class World(NamedTuple):
    """What many runs share; all by seeded draws, so that equal seeds give equal graphs."""

    datasets: tuple[str, ...]
    records: tuple[str, ...]
    environments: tuple[tuple[str, tuple[str, ...]], ...]
    nodes: tuple[str, ...]
    people: tuple[str, ...]
    commits: tuple[str, ...]
    campaigns: tuple[str, ...]
    foundation: str
    systems: tuple[str, ...]


def world(seed: int = 7) -> World:
    """Return what the runs of one laboratory share."""
    rng = random.Random(seed)
    packages = [f"pkg:pypi/package-{i}@{i % 4}.{i % 9}.0" for i in range(120)]
    return World(
        datasets=tuple(digest(rng) for _ in range(40)),
        records=tuple(urn(rng) for _ in range(60)),
        environments=tuple(
            (digest(rng), tuple(sorted(rng.sample(packages, 40)))) for _ in range(12)
        ),
        nodes=tuple(urn(rng) for _ in range(24)),
        people=tuple(urn(rng) for _ in range(20)),
        commits=tuple(f"{rng.getrandbits(160):040x}" for _ in range(50)),
        campaigns=tuple(urn(rng) for _ in range(15)),
        foundation=digest(rng),
        systems=tuple(urn(rng) for _ in range(6)),
    )


def digest(rng: random.Random) -> str:
    """Return the IRI of some content."""
    return content_iri(f"{rng.getrandbits(256):064x}")


def urn(rng: random.Random) -> str:
    """Return the IRI of some thing."""
    text = f"{rng.getrandbits(128):032x}"
    return f"urn:uuid:{text[:8]}-{text[8:12]}-8{text[13:16]}-8{text[17:20]}-{text[20:]}"


def opening(run: str, name: str, world_: World, rng: random.Random) -> Iterator[Record]:
    """Yield what every run begins with: where it ran, on what software, from which revision."""
    campaign, node = rng.choice(world_.campaigns), rng.choice(world_.nodes)
    environment, packages = rng.choice(world_.environments)
    yield Entity(campaign, "aitia:Campaign", f"campaign {campaign[9:13]}")
    yield RunStarted(run, name, T0, parent=campaign)
    about = {"aitia:operatingSystem": "Debian 12", "aitia:coreCount": 32}
    yield Entity(node, "aitia:ComputeNode", f"node-{node[9:13]}", attributes=about)
    yield Used("", node, relation="aitia:ranOn")
    for i in range(2):
        gpu = f"{node}#gpu-{i}"
        part = {"aitia:componentOf": Ref(node), "aitia:modelName": "H100"}
        yield Entity(gpu, "aitia:GPU", f"GPU {i}", attributes=part)
        yield Used("", gpu, relation="aitia:ranOn")
    yield Entity(environment, "aitia:SoftwareEnvironment", "40 packages for CPython 3.11.7")
    yield Used("", environment, relation="aitia:usedEnvironment")
    for package in packages:
        label, _, version = package[9:].partition("@")
        facts = {"aitia:packageUrl": package, "aitia:versionLabel": version}
        yield Entity(package, "aitia:SoftwarePackage", label, attributes=facts)
        yield Member(environment, package)
    commit = rng.choice(world_.commits)
    revision = f"urn:commit:{commit}"
    facts = {"aitia:commitHash": commit, "aitia:hasUncommittedChanges": rng.random() < 0.2}
    yield Entity(revision, "aitia:SourceRevision", commit[:8], attributes=facts)
    yield Used("", revision, relation="aitia:ranRevision")
    person = rng.choice(world_.people)
    yield Entity(person, "prov:Person", f"user-{person[9:13]}")
    yield Associated("", person)
    job = {"aitia:jobIdentifier": str(rng.randrange(10**6)), "aitia:queueWaitSeconds": 60.0}
    yield Entity("ejob", "aitia:JobAllocation", attributes=job)
    yield Used("", "ejob", relation="aitia:underAllocation")
    yield from telemetry(rng)


def telemetry(rng: random.Random) -> Iterator[Record]:
    """Yield what is sampled beside every run."""
    yield Started("t1", "telemetry: host", T0 + 1, type="aitia:TelemetryCollection")
    yield Entity("eprobe", "aitia:TelemetryProbe", "psutil host")
    yield Associated("t1", "eprobe")
    for quantity, most in (
        ("gpu_memory_bytes", 8e10),
        ("gpu_temperature_celsius", 95.0),
        ("host_memory_bytes", 2e11),
        ("cpu_percent", 100.0),
    ):
        values = [rng.random() * most for _ in range(20)]
        times = [float(i) for i in range(20)]
        yield Points("", quantity, values, times=times, kind="telemetry", probe="psutil host")
    if rng.random() < 0.3:
        yield Note("telemetry", "some samples were missed", 3)


def data(of: World, rng: random.Random) -> Iterator[Record]:
    """Yield one of the shared datasets; the last item says which."""
    name = rng.choice(of.datasets)
    number = of.datasets.index(name)
    facts = {"aitia:byteSize": 1 << 20, "aitia:locator": f"file:data-{number}.csv"}
    if number % 8 == 0:
        facts["aitia:knownBias"] = "few records of the young"
    yield Entity(name, "aitia:Dataset", f"data-{number}.csv", attributes=facts)
    for record in of.records[number : number + 2]:
        yield Entity(record, "aitia:DataRecord", f"record {record[9:13]}")
        yield Member(name, record)


def training(run: str, of: World, rng: random.Random) -> Iterator[Record]:
    """Yield a run that trains, evaluates and keeps a model."""
    failed = rng.random() < 0.07
    yield from opening(run, "train", of, rng)
    given = list(data(of, rng))
    yield from given
    dataset = given[0].id  # type: ignore[union-attr]
    config, model, file = (digest(rng) for _ in range(3))
    yield Started("1", "Net.fit", T0 + SECOND, type="aitia:TrainingRun")
    facts = {"aitia:learningRate": 0.1 / (1 + rng.randrange(100)), "aitia:batchSize": 32}
    facts["aitia:usesOptimizer"] = Ref("scheme:optimizer#Adam")
    facts["aitia:usesLoss"] = Ref("scheme:loss-function#CrossEntropy")
    yield Entity(config, "aitia:TrainingConfiguration", "Net configuration", attributes=facts)
    for i in range(15):
        yield Setting(config, f"setting_{i}", rng.choice((0.1, 1, "relu", True)))
    yield Setting("", "seed", rng.randrange(10))
    yield Used("1", config, relation="aitia:configuredBy")
    yield Used("1", dataset, role="training", relation="aitia:trainedOn")
    steps = [float(i) for i in range(1, 31)]
    for quantity in ("loss", "val_loss", "val_accuracy"):
        values = [2.0 / i + rng.random() for i in range(1, 31)]
        yield Points("1", quantity, values, steps=steps)
    yield from network(of, rng, model)
    for step in (10, 20):
        kept = digest(rng)
        facts = {"aitia:checkpointStep": step}
        yield Entity(kept, "aitia:Checkpoint", f"net-{step}.pt", attributes=facts)
        yield Generated(kept, "1", role="checkpoint")
    yield Generated(model, "1", role="model")
    if failed:
        yield Ended("1", T0 + 900 * SECOND, "Failed", rng.choice(ERRORS))
        yield RunEnded(T0 + 901 * SECOND, "Failed", rng.choice(ERRORS))
        return
    yield Ended("1", T0 + 900 * SECOND, generated={"model": Ref(model), "n_iter": 30})
    yield Entity(file, "aitia:Model", "net.npz", attributes={"aitia:byteSize": 1 << 16})
    yield Derived(file, model)
    yield Generated(file, "", role="model")
    yield Started("2", "Net.score", T0 + 901 * SECOND, type="aitia:EvaluationRun")
    yield Used("2", model, role="model")
    yield Used("2", rng.choice(of.datasets), role="test", relation="aitia:evaluatedOn")
    yield Point("2", T0 + 905 * SECOND, {"accuracy": rng.random()})
    yield Ended("2", T0 + 906 * SECOND)
    yield Point("", T0 + 907 * SECOND, {"accuracy": rng.random(), "test_accuracy": rng.random()})
    cost = {"aitia:energyJoules": 1e5 * rng.random(), "aitia:cpuSeconds": 900.0}
    yield RunEnded(T0 + 910 * SECOND, attributes=cost)


def network(of: World, rng: random.Random, model: str) -> Iterator[Record]:
    """Yield a model with one of a hundred architectures, and now and then what it adapts."""
    shape = random.Random(rng.randrange(100))
    architecture, layers = digest(shape), shape.randrange(3, 9)
    names = [f"{architecture}/layer/{i}" for i in range(layers)]
    facts = {"aitia:layerCount": layers, "aitia:parameterCount": layers * 1000}
    facts["aitia:hasLayer"] = [Ref(name) for name in names]
    yield Entity(architecture, "aitia:NeuralArchitecture", f"MLP {layers}", attributes=facts)
    for i, name in enumerate(names):
        facts = {"aitia:layerIndex": i, "aitia:unitCount": shape.randrange(4, 256)}
        facts["aitia:activationFunction"] = "relu"
        if i + 1 < layers:
            facts["aitia:feedsInto"] = [Ref(names[i + 1])]
        yield Entity(name, "aitia:DenseLayer", f"{i} Dense", attributes=facts)
    has = {"aitia:hasArchitecture": Ref(architecture)}
    if rng.random() < 0.15:
        yield Entity(of.foundation, "aitia:FoundationModel", "LM 7B")
        has["aitia:adaptedFrom"] = Ref(of.foundation)
        yield Entity(model, "aitia:AdaptedModel", "Net", attributes=has)
        yield Derived(model, of.foundation, "1")
    else:
        yield Entity(model, "aitia:Model", "Net", attributes=has)


def workflow(run: str, of: World, rng: random.Random) -> Iterator[Record]:
    """Yield a run of many tasks in chains; some fail and are tried again."""
    yield from opening(run, "pipeline", of, rng)
    given = list(data(of, rng))
    yield from given
    last = given[0].id  # type: ignore[union-attr]
    clock = T0 + SECOND
    for i in range(1, 41):
        clock += SECOND
        name = rng.choice(TASKS)
        kind = "aitia:DataTransformation" if name in ("clean", "split", "join") else "aitia:TaskRun"
        used = {"source": Ref(last), "part": i, "threshold": rng.random()}
        yield Started(str(i), name, clock, type=kind, used=used)
        if rng.random() < 0.04:
            yield Ended(str(i), clock + SECOND // 2, "Failed", rng.choice(ERRORS))
            continue
        made = digest(rng)
        yield Entity(made, "aitia:Artifact", f"{name}-{i}.parquet")
        generated = {"rows": rng.randrange(10**6), "score": rng.random(), "file": Ref(made)}
        yield Ended(str(i), clock + SECOND // 2, generated=generated)
        last = made
    yield RunEnded(clock + SECOND, attributes={"aitia:cpuSeconds": 40.0})


def agents(run: str, of: World, rng: random.Random) -> Iterator[Record]:
    """Yield a run of an agent that plans, calls tools, and whose decisions people review."""
    yield from opening(run, "assistant", of, rng)
    person, organisation = rng.choice(of.people), of.people[0]
    system, bot = rng.choice(of.systems), "ebot"
    yield Entity(bot, "aitia:AIAgent", "assistant")
    yield Entity(organisation, "prov:Organization", "Laboratory")
    yield Entity(person, "prov:Person", f"user-{person[9:13]}")
    yield Delegated(bot, person)
    facts = {"aitia:versionLabel": "1.0", "aitia:intendedPurpose": "find what is wrong"}
    yield Entity(system, "aitia:AISystem", "Finder", attributes=facts)
    yield Attributed(system, organisation, role="provider")
    yield Used("", system)
    clock = T0 + SECOND
    for i in range(6):
        yield from turn(str(i), clock := clock + 100 * SECOND, bot, person, system)
    yield RunEnded(clock + 200 * SECOND)


def turn(i: str, at: int, bot: str, person: str, system: str) -> Iterator[Record]:
    """Yield one prompt, its answer, the tool that it led to, and the decision on it."""
    ask, call, look = f"a{i}", f"b{i}", f"c{i}"
    prompt, answer, found, said = (f"e{word}{i}" for word in ("p", "a", "f", "s"))
    yield Entity(prompt, "aitia:Prompt", "request", attributes={"prov:value": f"find {i}"})
    yield Started(ask, "plan", at, type="aitia:Inference")
    yield Used(ask, prompt, relation="aitia:usedPrompt")
    yield Used(ask, system)
    yield Associated(ask, bot)
    about = {"prov:value": "no", "aitia:confidence": 0.7}
    yield Entity(answer, "aitia:Prediction", "answer", attributes=about)
    yield Generated(answer, ask)
    yield Ended(ask, at + SECOND)
    yield Started(call, "archive search", at + 2 * SECOND, type="aitia:ToolInvocation")
    yield Associated(call, bot)
    yield Used(call, answer)
    yield Informed(call, ask)
    yield Entity(found, "aitia:Artifact", "what was found")
    yield Generated(found, call)
    yield Ended(call, at + 3 * SECOND)
    yield Started(look, "second look", at + 4 * SECOND, type="aitia:HumanReview")
    yield Used(look, answer)
    yield Associated(look, person)
    about = {"prov:value": "yes", "aitia:basedOnPrediction": Ref(answer)}
    yield Entity(f"ed{i}", "aitia:Decision", f"decision {i}", attributes=about)
    yield Generated(f"ed{i}", look)
    yield Derived(f"ed{i}", answer)
    yield Attributed(f"ed{i}", person, role="operator")
    about = {"prov:value": "wrong", "aitia:feedbackOn": Ref(answer)}
    yield Entity(said, "aitia:Feedback", "missed", attributes=about)
    yield Generated(said, look)
    yield Ended(look, at + 5 * SECOND)
    if i == "3":
        yield Invalidated(found, look, at + 6 * SECOND)


KINDS: tuple[tuple[Callable[[str, World, random.Random], Iterator[Record]], int], ...] = (
    (training, 13),
    (workflow, 4),
    (agents, 3),
)
"""Kinds of run, and how many of twenty are of each."""


def runs(count: int, seed: int = 7) -> Iterator[tuple[str, list[Record]]]:
    """Yield ``count`` runs: a UUID and its records."""
    # Not the draws of the world: what a run makes would be named as what all share.
    rng, shared = random.Random(f"runs {seed}"), world(seed)
    kinds = [kind for kind, share in KINDS for _ in range(share)]
    for number in range(count):
        run = urn(rng)[9:]
        kind = kinds[number * 7 % len(kinds)]
        yield run, list(kind(run, shared, rng))
