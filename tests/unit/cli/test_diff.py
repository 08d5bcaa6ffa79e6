def test_only_what_differs_is_shown(aitia):
    lines = [line.split("\t") for line in aitia("diff", "slow", "fast").stdout.splitlines()]
    assert lines[0][:2] == ["section", "what"]
    told = {(line[0], line[1]): line[2:] for line in lines[1:]}
    assert told["settings", "lr"] == ["0.1", "0.9"]
    assert ("settings", "sampler") not in told
    assert not any(section == "software" for section, _ in told)
    assert told["results", "accuracy"] == ["0.8765", "0.8876"]


def test_all_shows_also_what_is_shared(aitia):
    found = aitia.json("diff", "slow", "fast", "--all")["differences"]
    shared = {(d["section"], d["name"]) for d in found if d["left"] == d["right"]}
    assert ("settings", "sampler") in shared
    assert ("data", "data.csv") in shared
    assert ("software", "orjson") in shared


def test_other_data_differ(aitia):
    (aitia.folder / "data.csv").write_text("0.5\n", encoding="utf-8")
    aitia.record(0.1, "other-data")
    found = aitia.json("diff", "slow")["differences"]
    data = [d for d in found if d["section"] == "data"]
    assert [d["name"] for d in data] == ["data.csv"]
    assert data[0]["left"] != data[0]["right"]


def test_a_status_and_an_error_differ(aitia):
    found = {d["name"]: d for d in aitia.json("diff", "slow", "broken")["differences"]}
    assert (found["status"]["left"], found["status"]["right"]) == (
        "aitia:Completed",
        "aitia:Failed",
    )
    assert found["error message"]["left"] is None


def test_a_run_does_not_differ_from_itself(aitia):
    done = aitia("diff", "slow", "slow")
    assert done.stdout == ""
    assert "do not differ" in done.stderr


def test_an_unknown_run(aitia):
    assert "no run 'zz'" in aitia.refused("diff", "slow", "zz")
