def test_without_yes_nothing_is_removed(aitia):
    done = aitia("prune", "--status", "Failed")
    assert "broken" in done.stdout
    assert "add --yes" in done.stderr
    assert aitia.json("prune", "--status", "Failed")["pruned"] is False
    assert len(aitia.json("size")["runs"]) == 3


def test_runs_go_and_their_tombstones_stay(aitia):
    done = aitia("prune", "--status", "Failed", "--reason", "of no use", "--yes")
    assert "1 run pruned" in done.stderr
    assert {run["name"] for run in aitia.json("ls")} == {"slow", "fast", "prune"}
    names = {run["name"] for run in aitia.json("ls", "--all")}
    assert names == {"slow", "fast", "broken", "prune"}
    assert aitia.json("prune", "--status", "Failed")["runs"] == []
    assert "of no use" in aitia("show", "prune", "--raw").stdout
    assert aitia("fsck", "--deep").exit_code == 0


def test_one_run_goes_by_its_name(aitia):
    gone = aitia.json("prune", "--run", "slow", "--yes")
    assert gone["pruned"] is True
    assert [run["name"] for run in gone["runs"]] == ["slow"]


def test_the_newest_stay_and_ages_are_spans(aitia):
    assert len(aitia.json("prune", "--keep", "2")["runs"]) == 1
    assert aitia.json("prune", "--older-than", "1w")["runs"] == []
    assert "no time span" in aitia("prune", "--older-than", "soon", code=2).output


def test_a_condition_is_needed(aitia):
    assert "no condition" in aitia.refused("prune", "--yes")
