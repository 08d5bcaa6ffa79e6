def test_runs_are_listed_newest_first(aitia):
    lines = aitia("ls").stdout.splitlines()
    assert lines[0].split("\t") == ["run", "name", "status", "began (UTC)", "took", "best values"]
    assert [line.split("\t")[1] for line in lines[1:]] == ["broken", "fast", "slow"]
    assert [line.split("\t")[2] for line in lines[1:]] == ["Failed", "Completed", "Completed"]
    assert lines[2].endswith("accuracy 0.8876, loss 0.125")


def test_json_holds_the_best_values(aitia):
    runs = aitia.json("ls")
    assert [run["name"] for run in runs] == ["broken", "fast", "slow"]
    assert runs[2]["best"] == {"accuracy": 1 - 1 / 8.1, "loss": 0.125}
    assert runs[0]["status"] == "Failed"
    assert not runs[0]["inferred"]


def test_filters(aitia):
    assert [run["name"] for run in aitia.json("ls", "--status", "failed")] == ["broken"]
    assert [run["name"] for run in aitia.json("ls", "--name", "LO")] == ["slow"]
    done = aitia("ls", "-n", "1")
    assert len(done.stdout.splitlines()) == 2
    assert done.stderr == "2 more: aitia ls -n 3\n"


def test_no_run_like_that(aitia):
    done = aitia("ls", "--name", "zz")
    assert done.stdout == ""
    assert done.stderr == "no run like that; see: aitia ls\n"
    assert aitia.json("ls", "--name", "zz") == []


def test_a_run_that_was_just_recorded_is_there(aitia):
    assert len(aitia.json("ls")) == 3
    aitia.record(0.2, "again")
    assert aitia.json("ls")[0]["name"] == "again"


def test_runs_that_were_pruned_are_shown_when_asked_for(aitia):
    slow = next(run["id"] for run in aitia.json("ls") if run["name"] == "slow")
    aitia("prune", "--run", "slow", "--yes")
    done = aitia("ls")
    assert "slow" not in done.stdout
    assert done.stderr == "1 pruned: aitia ls --pruned\n"
    (pruned,) = aitia.json("ls", "--pruned")
    assert (pruned["name"], pruned["pruned"]) == ("slow", True)
    assert "Completed, pruned" in aitia("ls", "--pruned").stdout
    everything = {run["name"]: run["pruned"] for run in aitia.json("ls", "--all")}
    assert everything == {"prune": False, "slow": True, "fast": False, "broken": False}
    told = aitia("show", slow).stdout
    assert "Completed, pruned" in told
    assert "only its tombstone is left" in told
    assert aitia("ls", "--name", "slow").stderr == (
        "no run like that; see: aitia ls\n1 pruned: aitia ls --pruned\n"
    )
