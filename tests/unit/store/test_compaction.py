"""Compaction gives way to what else the process does."""

import os
import sys

import pytest

from aitia.store import compaction
from aitia.store.oxigraph import OxigraphStore

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have names on Linux only")


def niceness(thread):
    return os.getpriority(os.PRIO_PROCESS, thread)


def test_threads_that_merge_files_are_nice_and_others_are_not(tmp_path):
    before = niceness(os.getpid())
    store = OxigraphStore(tmp_path / "store")

    merging = compaction.threads()
    assert merging
    assert all(niceness(thread) >= compaction.NICENESS for thread in merging)
    assert niceness(os.getpid()) == before
    others = {int(thread) for thread in os.listdir("/proc/self/task")} - set(merging)
    assert any(niceness(thread) == before for thread in others)
    store.close()


def test_niceness_is_not_taken_back(tmp_path):
    store = OxigraphStore(tmp_path / "store")
    for thread in compaction.threads():
        os.setpriority(os.PRIO_PROCESS, thread, compaction.NICENESS + 2)
    compaction.give_way()
    assert {niceness(thread) for thread in compaction.threads()} == {compaction.NICENESS + 2}
    store.close()
