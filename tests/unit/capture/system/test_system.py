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
    names = [probe.name for probe in system.probes(os.getpid())]
    assert names[0] == "psutil process tree"
    assert names[-1] == "NVML"
