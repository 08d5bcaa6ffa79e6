from __future__ import annotations

from pathlib import Path

import pytest

from aitia.errors import BrokerError
from aitia.ingest.transports.forwarded import Forwarded, Mark


def test_marks_are_kept_and_the_last_counts(tmp_path: Path) -> None:
    forwarded = Forwarded(str(tmp_path), "redis://a")
    forwarded.set({("run", "a"): Mark(1, 10), ("run", "b"): Mark(1, 5, True)})
    forwarded.set({("run", "a"): Mark(1, 20)})
    forwarded.close()
    again = Forwarded(str(tmp_path), "redis://a")
    assert again.of("run", "a") == Mark(1, 20, False)
    assert again.of("run", "b") == Mark(1, 5, True)
    assert again.of("run", "c") == Mark()
    assert len(Path(again.path).read_bytes().splitlines()) == 2
    again.close()
    other = Forwarded(str(tmp_path), "redis://b")
    assert other.of("run", "a") == Mark()
    other.close()


def test_a_line_cut_short_costs_that_line(tmp_path: Path) -> None:
    forwarded = Forwarded(str(tmp_path), "redis://a")
    forwarded.set({("run", "a"): Mark(1, 10)})
    forwarded.close()
    with open(forwarded.path, "ab") as handle:
        handle.write(b'["run","a",1,2')
    again = Forwarded(str(tmp_path), "redis://a")
    assert again.of("run", "a") == Mark(1, 10)
    again.close()


def test_one_process_at_a_time(tmp_path: Path) -> None:
    first = Forwarded(str(tmp_path), "redis://a")
    with pytest.raises(BrokerError, match="another process"):
        Forwarded(str(tmp_path), "redis://a")
    first.close()
    Forwarded(str(tmp_path), "redis://a").close()


def test_again_forgets(tmp_path: Path) -> None:
    first = Forwarded(str(tmp_path), "redis://a")
    first.set({("run", "a"): Mark(1, 10)})
    first.close()
    again = Forwarded(str(tmp_path), "redis://a", again=True)
    assert again.of("run", "a") == Mark()
    again.close()
