"""The layer as a whole, as a recorder uses it."""

from __future__ import annotations

import os
from pathlib import Path

from aitia.capture.identity import Identity, Pseudonyms
from aitia.capture.system import System
from aitia.records import Entity
from aitia.testing.gpu import FakeGpu, FakeNvml
from aitia.testing.scope import RecordingScope


def test_one_system_serves_all_runs_of_a_process(
    tmp_path: Path, pseudonyms: Pseudonyms, identity: Identity
) -> None:
    nvml = FakeNvml([FakeGpu(), FakeGpu()])
    system = System(str(tmp_path), pseudonyms, identity, nvml=nvml)
    first, inner = RecordingScope(), RecordingScope(nested=True)
    for scope in (first, inner):
        for adapter in system.adapters:
            adapter.start(scope)
        for adapter in system.adapters:
            adapter.stop(scope)
    again = [r for r in inner.records if isinstance(r, Entity)]
    assert [r.type for r in again] == ["aitia:ComputeNode", "aitia:GPU", "aitia:GPU"]
    assert all(r in first.records for r in again)
    assert inner.notes == []
    made = system.services(os.getpid(), 10.0, 381.0)
    names = {name: [probe.name for probe in make()] for name, make in made.items()}
    assert names["host"] == ["psutil process tree", "psutil host"]
    assert names["accelerator"] == ["NVML"]
    assert names["energy"][-1] == "grid intensity from the settings"
    assert names["storage"] == ["file system"]
    without = System(str(tmp_path), pseudonyms, identity, root=str(tmp_path))
    assert without.services(os.getpid())["accelerator"]() == []
    assert without.services(os.getpid())["energy"]() == []
