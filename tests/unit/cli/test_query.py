import csv
import io

import pytest


def test_alone_it_lists_the_library_by_family(aitia):
    lines = [line.split("\t") for line in aitia("query").stdout.splitlines()]
    assert lines[0] == ["name", "family", "question"]
    families = [line[1] for line in lines[1:]]
    assert families == sorted(families)
    assert {"lineage", "model", "system", "platform", "application", "audit"} <= set(families)
    assert aitia("query", "--list").stdout == aitia("query").stdout


def test_the_list_needs_no_data(nowhere):
    assert "best-run" in nowhere("query").stdout


def test_the_list_as_json_has_parameters_and_columns(aitia):
    found = {question["name"]: question for question in aitia.json("query")}
    assert found["best-run"]["parameters"]["metric"]["default"] == "accuracy"
    assert "value" in found["best-run"]["columns"]


def test_the_list_for_some_readers(aitia):
    everything = {question["name"] for question in aitia.json("query")}
    auditors = {question["name"] for question in aitia.json("query", "--for", "auditor")}
    assert auditors
    assert auditors < everything
    lineage = aitia.json("query", "--family", "lineage")
    assert {question["family"] for question in lineage} == {"lineage"}


def test_readers_go_by_all_their_names(aitia):
    assert aitia.json("query", "--for", "Data-Scientist") == aitia.json("query", "--for", "data")


def test_every_reader_has_questions(aitia):
    from aitia.vocabulary.stakeholders import STAKEHOLDERS

    named = {reader for question in aitia.json("query") for reader in question["audience"]}
    assert named <= set(STAKEHOLDERS)


def test_nobody_asks_that(aitia):
    told = aitia.refused("query", "--for", "astronaut")
    assert "no stakeholder 'astronaut'" in told
    assert "auditor" in told
    assert "no question of 'lineag'" in aitia.refused("query", "--family", "lineag")


def test_options_are_made_from_the_parameters(aitia):
    shown = aitia("query", "best-run", "--help").stdout
    assert "--metric TEXT" in shown
    assert "[default: accuracy]" in shown
    assert "value: its best value" in shown


def test_a_question_is_answered_with_its_parameters(aitia):
    rows = list(csv.DictReader(io.StringIO(aitia("query", "best-run", "--format", "csv").stdout)))
    assert [row["name"] for row in rows] == ["fast", "broken", "slow"]
    found = aitia.json("query", "best-run", "--metric", "loss")
    assert {row["metric"] for row in found} == {"loss"}
    assert {row["value"] for row in found} == {0.125}


def test_a_text_may_be_given_several_times(aitia):
    shown = " ".join(aitia("query", "best-run", "--help").stdout.split())
    assert "[default: accuracy]; may be repeated" in shown
    found = aitia.json("query", "best-run", "--metric", "loss", "--metric", "accuracy")
    assert {row["metric"] for row in found} == {"loss", "accuracy"}


def test_a_parameter_that_is_a_run_takes_a_name_or_last(aitia):
    by_name = aitia("query", "tasks", "--run", "broken").stdout
    assert "load" in by_name
    assert aitia("query", "tasks", "--run", "last").stdout == by_name
    assert "no run 'zz'" in aitia.refused("query", "tasks", "--run", "zz")


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json"])
def test_every_format_has_the_answer(aitia, form):
    shown = aitia("query", "runs", "--format", form).stdout
    assert "slow" in shown
    assert "status" in shown


def test_a_parameter_cannot_smuggle_sparql(aitia):
    assert aitia.json("query", "best-run", "--metric", 'x" } } INSERT {') == []


def test_an_unknown_question_is_refused_with_the_nearest(aitia):
    told = aitia.refused("query", "best-rnu")
    assert "no question 'best-rnu'" in told
    assert "best-run" in told


def test_an_unknown_option_is_refused(aitia):
    assert "No such option '--colour'" in aitia.refused("query", "runs", "--colour", "1", code=2)
