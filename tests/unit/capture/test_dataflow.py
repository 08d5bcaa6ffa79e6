"""Objects are followed from the task that made them to those that use them, and never wrongly."""

import gc
import os
import threading

import aitia
from aitia.capture import describe
from aitia.capture.dataflow import links
from aitia.capture.describe import Description
from aitia.capture.run import Run
from aitia.records import Derived, Ended, Entity, Json, Ref, RunStarted, Started, Typed
from aitia.testing.memory import MemoryRecorder


class Thing:
    def __init__(self, value=0):
        self.value = value


class Slotted:
    __slots__ = ("value",)


class Stamped(Thing):
    pass


@aitia.task
def build(n=0):
    return Thing(n)


@aitia.task
def use(thing):
    return 1


@aitia.task
def change(thing):
    return thing


def test_what_one_task_returns_and_another_takes_is_one_entity(told):
    use(build())
    assert told(Ended)[0].generated["result"] == told(Started)[1].used["thing"]
    [entity] = told(Entity)
    assert (entity.type, entity.label) == ("aitia:Artifact", f"{__name__}.Thing")


def test_what_comes_from_outside_is_an_input_that_nothing_made(told):
    thing = Thing()
    use(thing)
    use(thing)
    first, second = told(Started)
    assert first.used == second.used
    assert len(told(Entity)) == 1


def test_what_a_task_returns_again_is_a_new_version(told):
    thing = build()
    assert change(thing) is thing
    use(thing)
    made, changed = told(Ended)[0].generated["result"], told(Ended)[1].generated["result"]
    assert told(Derived) == [Derived(changed.id, made.id, told(Ended)[1].id)]
    assert told(Started)[2].used["thing"] == changed


def test_an_unchanged_object_with_a_stamp_is_not_made_again(told):
    name = f"{Stamped.__module__}.{Stamped.__qualname__}"
    describe.register(
        name,
        lambda obj: Description("aitia:Dataset", "stamped", stamp=obj.value),
        stamp=lambda obj: obj.value,
    )
    thing = Stamped()
    change(thing)
    assert dict(told(Ended)[0].generated) == {}
    thing.value = 1
    use(thing)
    first, second = told(Started)
    assert first.used != second.used

    @aitia.task
    def inside(thing):
        thing.value = 2
        return thing

    inside(thing)
    assert [d.source for d in told(Derived)] == [second.used["thing"].id]


def test_a_digest_names_the_entity_by_its_content(told):
    name = f"{Slotless.__module__}.{Slotless.__qualname__}"
    describe.register(name, lambda obj: Description("aitia:Dataset", "d", "ab" * 32))
    use(Slotless())
    [entity] = told(Entity)
    assert entity.id.startswith("ni:///sha-256;")
    assert entity.digest == "ab" * 32


class Slotless(Thing):
    pass


def test_what_a_part_of_a_task_made_is_the_parts(told):
    @aitia.task
    def whole():
        return build()

    use(whole())
    part, outer, _ = told(Ended)
    assert set(part.generated) == {"result"}
    assert dict(outer.generated) == {}
    assert told(Started)[2].used["thing"] == part.generated["result"]


def test_what_a_task_made_itself_and_only_passed_on_is_its_own(told):
    @aitia.task
    def whole():
        thing = Thing()
        use(thing)
        return thing

    whole()
    outer = told(Ended)[1]
    assert outer.generated["result"] == told(Started)[1].used["thing"]


def test_containers_are_looked_into_one_level(told):
    @aitia.task
    def split():
        return Thing(1), Thing(2)

    @aitia.task
    def join(parts, config):
        return {"joined": Thing(3), "count": 2}

    made = split()
    join(list(made), {"lr": 0.1, "model": made[0], "deep": [made[1]]})
    outputs = told(Ended)[0].generated
    assert set(outputs) == {"result[0]", "result[1]"}
    used = told(Started)[1].used
    assert used["parts[0]"] == outputs["result[0]"] == used["config[model]"]
    assert used["config[lr]"] == 0.1
    assert used["config[deep]"] == Json([f"<{__name__}.Thing>"])
    assert set(told(Ended)[1].generated) == {"joined", "count"}


def test_large_containers_are_told_by_their_length(told):
    use([list(range(100))] * 100)
    assert told(Started)[0].used["thing"] == Json({"length": 100, "first": []})
    use(list(range(1000)))
    assert told(Started)[1].used["thing"] == Json({"length": 1000, "first": list(range(8))})


def test_a_cycle_ends(told):
    cycle = []
    cycle.append(cycle)
    use(cycle)
    assert isinstance(told(Started)[0].used["thing"], Json)


def test_an_id_that_is_used_again_makes_no_edge(told):
    # CPython gives the freed memory, and with it the id, to the next object of that size.
    seen = set()
    for n in range(200):
        thing = build(n)
        seen.add(id(thing))
        del thing
    held = []
    while id(fresh := Thing()) not in seen:
        # Other memory of that size was free as well; it is not any more.
        held.append(fresh)
    use(fresh)
    made = {
        e.generated["result"].id for e in told(Ended) if "result" in e.generated and e.id != "201"
    }
    assert told(Started)[-1].used["thing"].id not in made


def test_links_do_not_keep_objects_alive(told):
    # What earlier tests left in cycles must not be collected between the counts.
    gc.collect()
    before = len(links)
    things = [build(n) for n in range(50)]
    assert len(links) == before + 50
    things.clear()
    gc.collect()
    assert len(links) == before


def test_what_cannot_be_followed_is_counted(recorder):
    with Run(recorder, "slots"):
        use(Slotted())
        use(Slotted())
    records = recorder.records
    assert [r.used["thing"] for r in records if isinstance(r, Started)] == [
        Typed(f"{__name__}.Slotted", "aitia:PythonType")
    ] * 2
    [note] = [r for r in records if getattr(r, "kind", "") == "unlinked"]
    assert note.occurrences == 2


class Hostile:
    def __repr__(self):
        raise RuntimeError("no repr")

    def __str__(self):
        raise RuntimeError("no str")

    def __eq__(self, other):
        raise RuntimeError("no eq")

    def __bool__(self):
        raise RuntimeError("no bool")

    __hash__ = None


def test_hostile_objects_are_recorded_without_being_asked(told):
    assert change(Hostile()) is not None
    assert use([Hostile()]) == 1
    assert all(entity.label == f"{__name__}.Hostile" for entity in told(Entity))


class Surly:
    def __getattr__(self, name):
        raise RuntimeError("no attributes")


def test_a_fault_of_an_object_costs_its_value_not_the_task(told, monkeypatch):
    monkeypatch.delenv("AITIA_TEST_RAISE")
    use(Surly())
    assert isinstance(told(Started)[0].used["thing"], Ref)
    assert told(Ended)[0].status == "Completed"


def test_a_nested_run_refers_to_the_entity_of_the_outer_one():
    recorder = MemoryRecorder()
    with Run(recorder, "outer") as outer:
        thing = build()
        with Run(recorder, "inner"):
            use(thing)
    made = next(r for r in recorder.records if isinstance(r, Ended) and r.generated)
    used = [r for r in recorder.records if isinstance(r, Started)][-1].used["thing"]
    assert used.id == f"urn:uuid:{outer.id}#{made.generated['result'].id}"
    inner = [r for r in recorder.records if isinstance(r, RunStarted)][-1]
    described = [r.id for r in recorder.sinks[inner.id].records if isinstance(r, Entity)]
    assert described == [used.id]


def test_a_forked_child_names_what_its_parent_made(told, run):
    with aitia.task("outer"):
        thing = build()
        made = told(Ended)[0].generated["result"].id
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            use(thing)
            lines = b"".join(run._sink.lines)
            os.write(writer, lines)
            os._exit(0)
        os.waitpid(pid, 0)
    os.close(writer)
    with open(reader, "rb") as handle:
        text = handle.read().decode()
    assert f'"thing":{{"@id":"urn:uuid:{run.id}#{made}"}}' in text
    assert f'"in":"urn:uuid:{run.id}#1"' in text


def test_threads_do_not_disturb_the_links(told):
    def work():
        for n in range(100):
            use(build(n))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [e.generated["result"] for e in told(Ended) if isinstance(e.generated["result"], Ref)]
    used = [s.used["thing"] for s in told(Started) if "thing" in s.used]
    assert len(set(made)) == len(made) == 800
    assert sorted(made) == sorted(used)
