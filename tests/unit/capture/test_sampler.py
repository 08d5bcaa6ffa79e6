"""Telemetry by column, flushed while the run goes on, at a pace that the probes can bear."""

import time

import pytest

from aitia.capture import guard, sampler
from aitia.capture.run import Run
from aitia.capture.sampler import Sampler
from aitia.records import Associated, Ended, Entity, Note, Points, Started


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
        time.sleep(0.02)
        return super().read()


def of(recorder, cls):
    return [record for record in recorder.records if isinstance(record, cls)]


def test_samples_are_columns_of_a_collection_with_its_probes(recorder):
    probe = Counter()
    with Run(recorder, "r") as run:
        sampled = Sampler(run, [probe], period=60)
        sampled.start()
        sampled.sample()
        sampled.stop()
    [start], [end] = of(recorder, Started), of(recorder, Ended)
    assert start.type == "aitia:TelemetryCollection"
    assert end.attributes == {"aitia:samplingPeriodSeconds": 60}
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
        sampled = Sampler(run, [Counter()], period=0.001, flush=0.01)
        sampled.start()
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
        sampled = Sampler(run, [broken, good], period=60)
        sampled.start()
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
        sampled = Sampler(run, [Slow()], period=0.001)
        sampled.start()
        sampled.stop()
    assert of(recorder, Ended)[0].attributes["aitia:samplingPeriodSeconds"] >= 0.02 / sampler.SHARE
    assert [n.kind for n in of(recorder, Note)] == ["telemetry"]


@pytest.mark.parametrize(
    ("number", "short"), [(3.0, 3), (1e9 + 0.5, 1000000000.0), (2.0**70, 1.180592e21), (-0.5, -0.5)]
)
def test_numbers_are_kept_short(number, short):
    assert sampler._short(number) == short
