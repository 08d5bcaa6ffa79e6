"""The public door on a real journal, in processes of their own."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from aitia.ingest.clocks import skews
from aitia.journal import reader
from aitia.records import Ended, Note, RunEnded, RunStarted, Setting, Started


class Script:
    """Runs Python text in a fresh process that records into a folder, and reads what came."""

    def __init__(self, folder):
        self.folder = folder
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("AITIA")},
            "AITIA_DIR": str(folder / "data"),
            "AITIA_ADAPTERS": "off",
            "AITIA_TEST_RAISE": "1",
        }

    def path(self, text):
        path = self.folder / "script.py"
        path.write_text(textwrap.dedent(text))
        return path

    def __call__(self, text, *, code=0, **environ):
        command = [sys.executable, str(self.path(text))]
        done = subprocess.run(
            command,
            env={**self.environ, **environ},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == code, done.stderr
        return done

    @property
    def segments(self):
        return reader.segments(self.folder / "data" / "journal")

    def records(self, cls=object):
        found = []
        for segment in self.segments:
            for line in reader.read(segment):
                assert line.error is None
                if isinstance(line.record, cls):
                    found.append(line.record)
        return found


@pytest.fixture
def script(tmp_path):
    return Script(tmp_path)


def test_a_run_is_sealed_in_a_journal(script):
    script("import aitia\nwith aitia.run('r', lr=0.1):\n    aitia.log(loss=1)\n")
    [segment] = script.segments
    assert reader.verify(segment)
    [started] = script.records(RunStarted)
    assert (started.id, started.name) == (segment.run, "r")
    assert script.records(RunEnded)[0].status == "Completed"


def test_capture_records_to_the_end_of_the_process(script):
    script("import aitia\naitia.capture(lr=0.1)\nassert aitia.capture(k=1).open\naitia.log(x=1)\n")
    assert script.records(RunStarted)[0].name == "script.py"
    assert [s.name for s in script.records(Setting)] == ["lr", "k"]
    assert script.records(RunEnded)[0].status == "Completed"


def test_the_error_that_ends_a_process_ends_the_run(script):
    text = """
        import sys, aitia
        before = sys.excepthook
        sys.excepthook = lambda *e: (sys.stderr.write("mine\\n"), before(*e))
        aitia.capture()
        raise ValueError("diverged")
    """
    done = script(text, code=1)
    assert "mine\n" in done.stderr
    assert "ValueError: diverged" in done.stderr
    assert script.records(RunEnded)[0][1:3] == ("Failed", "ValueError: diverged")


def test_sigterm_ends_the_run_and_the_process(script):
    text = """
        import os, signal, aitia
        aitia.capture()
        os.kill(os.getpid(), signal.SIGTERM)
        raise SystemExit("not reached")
    """
    script(text, code=-signal.SIGTERM)
    assert script.records(RunEnded)[0].status == "Cancelled"
    assert reader.verify(script.segments[0])


def test_a_sigterm_handler_of_the_users_is_left_alone(script):
    text = """
        import os, signal, aitia
        signal.signal(signal.SIGTERM, lambda *_: print("handled"))
        aitia.capture()
        os.kill(os.getpid(), signal.SIGTERM)
        aitia.log(after=1)
    """
    assert script(text).stdout == "handled\n"
    assert script.records(RunEnded)[0].status == "Completed"


def test_off_turns_everything_off(script):
    text = """
        import aitia
        @aitia.task
        def work(x): return x
        with aitia.run("r") as run:
            assert work(1) == 1
            assert not run.open
        aitia.capture()
    """
    script(text, AITIA="off")
    assert script.segments == []
    assert not (script.folder / "data").exists()


FORKS = """
    import os, aitia
    @aitia.task
    def work(n): return n
    with aitia.run("r"):
        work(-1)
        with aitia.task("parent"):
            for child in range(4):
                if os.fork() == 0:
                    for n in range(100): work(child * 100 + n)
                    os._exit(0)
            for _ in range(4): os.wait()
        work(-2)
"""


def test_forked_children_lose_and_repeat_nothing(script):
    script(FORKS)
    started = script.records(Started)
    numbers = [s.used["n"] for s in started if "n" in s.used]
    assert sorted(numbers) == sorted([-2, -1, *range(400)])
    assert len(script.records(Ended)) == 403
    assert len(script.records(RunStarted)) == len(script.records(RunEnded)) == 1
    assert len({s.scope for s in script.segments}) == 5
    [run] = {s.run for s in script.segments}
    parents = {s.parent for s in started if "n" in s.used and s.used["n"] >= 0}
    assert parents == {f"urn:uuid:{run}#2"}


def test_a_child_that_leaves_through_the_block_does_not_end_the_run(script):
    text = """
        import os, sys, aitia
        with aitia.run("r"):
            with aitia.task("t"):
                pid = os.fork()
                aitia.log(x=pid)
            if pid: os.waitpid(pid, 0)
    """
    script(text)
    assert len(script.records(Ended)) == 1
    assert len(script.records(RunEnded)) == 1
    assert all(s.sealed for s in script.segments)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_lose_and_repeat_nothing(script, method):
    text = f"""
        import multiprocessing, aitia
        @aitia.task
        def work(n): return n * 2
        if __name__ == "__main__":
            with aitia.run("r"):
                with multiprocessing.get_context("{method}").Pool(3) as pool:
                    assert pool.map(work, range(60), chunksize=5) == [n * 2 for n in range(60)]
                    pool.close()
                    pool.join()
    """
    script(text)
    assert all(segment.sealed for segment in script.segments)
    ends = script.records(Ended)
    assert sorted(s.used["n"] for s in script.records(Started)) == list(range(60))
    assert sorted(e.generated["result"] for e in ends) == [n * 2 for n in range(60)]
    assert len({s.run for s in script.segments}) == 1
    assert len(script.records(RunStarted)) == 1


def test_a_subprocess_joins_and_its_own_run_is_part_of_it(script):
    text = """
        import subprocess, sys, aitia
        child = (
            "import aitia\\naitia.log(joined=1)\\n"
            "with aitia.run('inner'):\\n    aitia.log(inner=1)\\n"
        )
        with aitia.run("outer"):
            subprocess.run([sys.executable, "-c", child], check=True)
    """
    script(text)
    outer, inner = sorted(script.records(RunStarted), key=lambda r: r.name, reverse=True)
    assert inner.parent == f"urn:uuid:{outer.id}"
    assert len({s.scope for s in script.segments if s.run == outer.id}) == 2


def test_processes_of_two_machines_leave_what_shows_that_their_clocks_differ(script):
    text = """
        import subprocess, sys, aitia
        other = (
            "import sys, time; now, ahead = time.time_ns, int(sys.argv[1]) * 10**9\\n"
            "time.time_ns = lambda: now() + ahead\\n"
            "from aitia.journal import writer\\n"
            "writer.host_name = lambda: sys.argv[2] * 12\\n"
            "writer.machine_name = lambda: sys.argv[2] * 8\\n"
            "import aitia; aitia.log(joined=1)"
        )
        with aitia.run("outer"):
            for ahead, name in (("90", "a"), ("-90", "b"), ("0", "c")):
                subprocess.run([sys.executable, "-c", other, ahead, name], check=True)
    """
    script(text)
    here = next(s.host for s in script.segments if not s.scope)
    found = skews(script.segments)
    assert [(skew.ahead, skew.behind) for skew in sorted(found)] == sorted(
        [("a" * 12, here), (here, "b" * 12)]
    )
    assert all(85e9 < skew.least <= 90e9 for skew in found)


def test_a_wall_clock_that_is_set_back_while_a_process_records_is_noted(script):
    text = """
        import time, aitia
        with aitia.run("outer"):
            now = time.time_ns
            time.time_ns = lambda: now() - 5 * 10**9
    """
    script(text)
    (note,) = script.records(Note)
    assert note.kind == "clock-step"
    assert "set back" in note.text


def test_a_joined_process_that_is_terminated_seals_its_journal_and_is_no_failure(script):
    text = """
        import subprocess, sys, aitia
        child = "import aitia, os, signal; aitia.log(x=1); os.kill(os.getpid(), signal.SIGTERM)"
        with aitia.run("outer"):
            assert subprocess.run([sys.executable, "-c", child]).returncode == -15
    """
    script(text)
    assert all(segment.sealed for segment in script.segments)
    assert script.records(Note) == []
    assert script.records(RunEnded)[0].status == "Completed"


def test_a_directory_that_cannot_be_written_costs_one_line(script):
    (script.folder / "data").write_text("in the way")
    text = """
        import aitia
        for _ in range(3):
            with aitia.run("r") as run:
                aitia.log(x=1)
        print("done")
    """
    done = script(text, AITIA_TEST_RAISE="0")
    assert done.stdout == "done\n"
    assert done.stderr.count("aitia:") == 1
    assert "AITIA_DIR" in done.stderr


def test_what_was_kept_in_memory_is_written_when_it_can_be(script):
    (script.folder / "data").write_text("in the way")
    text = """
        import os, aitia
        with aitia.run("r"):
            aitia.log(x=1)
            os.remove(os.environ["AITIA_DIR"])
    """
    script(text)
    assert len(script.records(RunEnded)) == 1
    assert reader.verify(script.segments[0])


def test_a_faulty_configuration_costs_one_line(script):
    (script.folder / "aitia.toml").write_text('durability = "paper"\n')
    done = script("import aitia\nwith aitia.run('r'): pass\nprint('done')\n")
    assert done.stdout == "done\n"
    assert "process or machine" in done.stderr
    assert len(script.records(RunEnded)) == 1


def test_adapters_and_telemetry_describe_the_run(script):
    text = """
        import time, aitia
        with aitia.run("outer"):
            with aitia.run("inner"):
                time.sleep(0.2)
    """
    script(text, AITIA_ADAPTERS="on", AITIA_TELEMETRY_PERIOD="0.05")
    runs = {r.name: r.id for r in script.records(RunStarted)}
    kinds = {}
    for segment in script.segments:
        records = [line.record for line in reader.read(segment)]
        kinds[segment.run] = [getattr(r, "type", getattr(r, "quantity", "")) for r in records]
    outer, inner = kinds[runs["outer"]], kinds[runs["inner"]]
    assert "aitia:ComputeNode" in outer
    assert "aitia:ComputeNode" in inner
    assert "aitia:SoftwarePackage" in outer
    assert "aitia:SoftwarePackage" not in inner
    assert "aitia:TelemetryCollection" in outer
    assert "aitia:TelemetryCollection" not in inner
    assert "memory_bytes" in outer
    assert not [n for n in script.records(Note) if n.kind == "fault"]
