"""Telemetry by column, flushed while the run goes on, at a pace that the probes can bear."""

import threading
import time

import pytest

from aitia.capture import guard, sampler
from aitia.capture.run import Run
from aitia.capture.sampler import Sampler, Service
from aitia.records import Associated, Ended, Entity, Note, Points, Started, Used


class Counter:
    name = "counter"

    def __init__(self):
        self.units = {"ticks": "1", "ratio": "%"}
        self.reads = 0
        self.closed = False

    def read(self):
        self.reads += 1
        return {"ticks": float(self.reads), "ratio": 1 / 3}

    def close(self):
        self.closed = True


class Broken(Counter):
    name = "broken"

    def read(self):
        self.reads += 1
        raise OSError("sensor gone")


class Slow(Counter):
    name = "slow"

    def read(self):
        began = time.thread_time()
        while time.thread_time() - began < 0.02:
            pass
        return super().read()


def begin(run, *probes, period=60.0, **options):
    service = Service("host", period, lambda: probes)
    sampled = Sampler(run, [service], **options)
    sampled.start()
    assert sampled.sampled.wait(10)
    return sampled


def of(recorder, cls):
    return [record for record in recorder.records if isinstance(record, cls)]


def test_samples_are_columns_of_a_collection_with_its_probes(recorder):
    probe = Counter()
    with Run(recorder, "r") as run:
        sampled = begin(run, probe, period=60)
        sampled.sample()
        sampled.stop()
    [start], [end] = of(recorder, Started), of(recorder, Ended)
    assert start.type == "aitia:TelemetryCollection"
    assert end.attributes["aitia:samplingPeriodSeconds"] == 60
    assert end.attributes["aitia:missedSampleCount"] == 0
    assert start.name == "telemetry: host"
    [entity], [associated] = of(recorder, Entity), of(recorder, Associated)
    assert (entity.type, entity.label) == ("aitia:TelemetryProbe", "counter")
    assert (associated.activity, associated.agent) == (start.id, entity.id)
    ticks, ratio = of(recorder, Points)
    assert (ticks.quantity, ticks.values, ticks.unit) == ("ticks", (1, 2, 3), "1")
    assert (ticks.kind, ticks.probe, ticks.subject) == ("telemetry", "counter", "")
    assert len(ticks.times) == 3
    assert ratio.values[0] == 0.3333333
    assert probe.closed


def test_samples_are_written_while_the_run_goes_on(recorder):
    with Run(recorder, "r") as run:
        sampled = begin(run, Counter(), period=0.001, flush=0.01)
        deadline = time.monotonic() + 10
        while len(of(recorder, Points)) < 6 and time.monotonic() < deadline:
            time.sleep(0.005)
        written = len(of(recorder, Points))
        sampled.stop()
    assert written >= 6
    values = [v for p in of(recorder, Points) if p.quantity == "ticks" for v in p.values]
    assert values == list(range(1, len(values) + 1))


def test_a_probe_that_keeps_failing_is_given_up(recorder, monkeypatch):
    monkeypatch.delenv("AITIA_TEST_RAISE")
    broken, good = Broken(), Counter()
    with Run(recorder, "r") as run:
        sampled = begin(run, broken, good, period=60)
        for _ in range(5):
            sampled.sample()
        sampled.stop()
    assert broken.reads == sampler.MAX_FAULTS
    assert broken.closed
    assert good.reads == 7
    notes = [n for n in of(recorder, Note) if n.kind == "fault"]
    assert notes[0].text == "broken: OSError: sensor gone"
    assert guard.drain() == {}


def test_slow_probes_slow_the_pace(recorder):
    with Run(recorder, "r") as run:
        sampled = begin(run, Slow(), period=0.001)
        sampled.stop()
    period = of(recorder, Ended)[0].attributes["aitia:samplingPeriodSeconds"]
    assert period >= 0.02 / sampler.SHARE
    assert [n.kind for n in of(recorder, Note)] == ["telemetry"]


@pytest.mark.parametrize(
    ("number", "short"), [(3.0, 3), (1e9 + 0.5, 1000000000.0), (2.0**70, 1.180592e21), (-0.5, -0.5)]
)
def test_numbers_are_kept_short(number, short):
    assert sampler._short(number) == short


class Held(Counter):
    name = "held"
    version = "7"

    def read(self):
        self.reads += 1
        return {} if self.reads == 3 else {"ticks": 1.0}

    def tell(self, telling):
        telling.remark("gpu", "a slice")
        telling.throttled("urn:x:gpu", ["thermal", "thermal", None, "power"][self.reads - 1])


def test_a_probe_tells_of_slow_downs_and_of_what_it_lacks(recorder):
    with Run(recorder, "r") as run:
        sampled = begin(run, Held())
        for _ in range(2):
            sampled.sample()
        sampled.stop()
    tasks = [r for r in of(recorder, Started) if r.type == "aitia:ThrottlingEpisode"]
    assert [task.name for task in tasks] == ["throttled: thermal", "throttled: power"]
    assert {(u.activity, u.entity) for u in of(recorder, Used)} == {
        (task.id, "urn:x:gpu") for task in tasks
    }
    ends = {end.id: end.attributes for end in of(recorder, Ended)}
    reasons = [ends[task.id]["aitia:throttlingReason"] for task in tasks]
    assert reasons == ["thermal", "power"]
    [collection] = [r for r in of(recorder, Started) if r.type == "aitia:TelemetryCollection"]
    assert ends[collection.id]["aitia:missedSampleCount"] == 1
    notes = {note.kind: note for note in of(recorder, Note)}
    assert notes["gpu"].text == "a slice"
    assert notes["telemetry-gap"].occurrences == 1
    [agent] = of(recorder, Entity)
    assert agent.attributes == {"aitia:versionLabel": "7"}


def test_samples_that_come_late_are_counted_as_missed(recorder):
    with Run(recorder, "r") as run:
        sampled = begin(run, Counter(), period=0.5)
        [stream] = sampled._streams
        stream.due -= 2.2
        stream.read()
        sampled.stop()
    [end] = of(recorder, Ended)
    assert end.attributes["aitia:missedSampleCount"] >= 2


def test_services_have_their_own_rates_and_switches(recorder):
    fast, slow, off = Counter(), Counter(), Counter()
    slow.name = "slow"
    services = [
        Service("host", 0.01, lambda: [fast]),
        Service("storage", 60, lambda: [slow]),
        Service("energy", 0, lambda: [off]),
    ]
    with Run(recorder, "r") as run:
        sampled = Sampler(run, services)
        sampled.start()
        deadline = time.monotonic() + 10
        while fast.reads < 4 and time.monotonic() < deadline:
            time.sleep(0.01)
        sampled.stop()
    assert fast.reads >= 4
    assert slow.reads == 2
    assert off.reads == 0
    assert [r.name for r in of(recorder, Started)] == ["telemetry: host", "telemetry: storage"]


def test_a_run_that_ends_before_the_first_sample_does_not_wait_for_it(recorder):
    held = threading.Event()

    def make():
        held.wait(10)
        return [Counter()]

    with Run(recorder, "r") as run:
        sampled = Sampler(run, [Service("host", 1, make)])
        sampled.start()
        sampled.stop()
        held.set()
        sampled._thread.join(10)
    assert of(recorder, Started) == []
