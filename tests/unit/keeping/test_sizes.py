from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from aitia.journal.reader import segments
from aitia.keeping.sizes import folder_bytes, measure


def test_runs_and_kinds_add_up(laboratory: Any) -> None:
    laboratory.record(9, points=60)
    bad = Path(segments(os.path.join(laboratory.root, "journal"))[0].path)
    lines = bad.read_bytes().splitlines(keepends=True)
    bad.write_bytes(b"".join([*lines[:-1], b"nonsense\n", lines[-1]]))
    store = laboratory.store(disk=True)
    found = measure(laboratory.root, store)
    largest = found.runs[0]
    assert (largest.name, largest.refused) == ("run 9", 0)
    assert sum(run.refused for run in found.runs) == 1
    count = store.dump(f"urn:uuid:{largest.run}#bundle").count(b"\n")
    assert largest.statements == count
    assert sum(run.journal for run in found.runs) == found.journals
    store.close()
    assert found.store == folder_bytes(laboratory.path) or found.store > 0
    assert found.total == found.journals + found.store + found.series + found.other


def test_a_store_that_is_held_is_done_without(laboratory: Any) -> None:
    found = measure(laboratory.root, None)
    assert len(found.runs) == 4
    assert all(run.journal > 0 and run.statements == 0 for run in found.runs)
