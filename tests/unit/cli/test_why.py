import json
import shutil

import click


def test_a_file_is_traced_to_the_run_that_made_it(aitia):
    lines = aitia("why", "model.json").stdout.splitlines()
    assert lines[0].startswith("model.json  model")
    assert any("made by broken  workflow run" in line for line in lines)
    assert any("used data.csv" in line for line in lines)


def test_a_copy_under_another_name_is_known_by_its_content(aitia):
    shutil.copy("data.csv", "renamed.bin")
    assert aitia("why", "renamed.bin").stdout.startswith("data.csv  dataset")


def test_down_shows_what_rests_on_a_file(aitia):
    shown = aitia("why", "data.csv", "--down").stdout
    assert shown.count("used by load as training") == 3


def test_json_is_a_tree(aitia):
    root = aitia.json("why", "model.json")
    assert root["type"] == "aitia:Model"
    assert root["children"][0]["relation"] == "wasGeneratedBy"


def test_a_picture_is_drawn(aitia):
    done = aitia("why", "model.json", "--svg", "why.svg")
    assert done.stderr == "drawn in why.svg\n"
    svg = (aitia.folder / "why.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "model.json" in svg


def test_a_picture_that_cannot_be_written(aitia):
    told = aitia.refused("why", "model.json", "--svg", "nowhere/why.svg")
    assert "nowhere/why.svg cannot be written (No such file or directory)" in told


def test_a_file_that_was_changed_since(aitia):
    aitia.record(0.2, "here")
    (aitia.folder / "data.csv").write_text("1\n", encoding="utf-8")
    told = aitia.refused("why", "data.csv")
    assert "what data.csv holds now was never recorded" in told
    assert "next: aitia why ni:" in told


def test_a_file_that_was_never_recorded(aitia):
    (aitia.folder / "other.txt").write_text("x", encoding="utf-8")
    told = aitia.refused("why", "other.txt")
    assert "other.txt was never recorded" in told
    assert "next: record it: aitia.use('other.txt')" in told


def test_nothing_of_that_name(aitia):
    told = aitia.refused("why", "no-such-thing")
    assert "nothing was recorded of 'no-such-thing'" in told


def test_depth_cuts_and_says_so(aitia):
    shown = aitia("why", "data.csv", "--down", "--depth", "1").stdout
    assert shown.count("… more with a greater --depth") == 3
    assert "greater --depth" not in aitia("why", "data.csv", "--down").stdout


def test_the_answer_is_the_same_as_in_python(aitia):
    import aitia as public

    with public.open(aitia.at) as graph:
        node = graph.why("model.json")
    assert json.loads(aitia("why", "model.json", "--json").stdout)["id"] == node.id


def test_many_ends_of_one_name_share_a_line():
    from aitia.cli.why import branch
    from aitia.query.lineage import Node

    ends = [Node(f"u:{i}", "entity", "aitia:Dataset", "part", relation="used") for i in range(9)]
    other = Node("u:x", "entity", "aitia:Dataset", "whole", relation="used")
    made = branch(Node("u:r", "activity", "aitia:TaskRun", "join", children=(*ends, other)))
    assert [click.unstyle(child.text) for child in made.children] == [
        "used part  dataset, 9 of them",
        "used whole  dataset",
    ]
