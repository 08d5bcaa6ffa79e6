from aitia.vocabulary.stakeholders import terms_for
from aitia.vocabulary.terms import MODULES


def test_one_term_with_definition_domain_and_range(nowhere):
    shown = nowhere("terms", "aitia:trainedOn").stdout
    for text in ("aitia:trainedOn", "module model", "below: prov:used", "range: aitia:Dataset"):
        assert text in shown


def test_the_prefix_may_be_left_out(nowhere):
    assert nowhere("terms", "trainedOn").stdout == nowhere("terms", "aitia:trainedOn").stdout


def test_many_terms_are_a_list(nowhere):
    lines = nowhere("terms", "layer").stdout.splitlines()
    assert lines[0].split("\t") == ["term", "kind", "module", "definition"]
    assert any(line.startswith("aitia:DenseLayer\tclass\tmodel") for line in lines)


def test_all_terms_of_the_vocabulary_are_known(nowhere):
    found = {term["term"]: term for term in nowhere.json("terms")}
    assert set(MODULES) <= set(found)
    assert all(found[term]["definition"] for term in MODULES)
    assert found["prov:used"]["module"] == "prov"


def test_only_one_module(nowhere):
    found = nowhere.json("terms", "--module", "system")
    assert {term["module"] for term in found} == {"system"}


def test_only_what_matters_to_some_readers(nowhere):
    found = nowhere.json("terms", "--for", "auditor")
    assert all("auditor" in term["stakeholders"] for term in found)
    assert {term["term"] for term in found} == terms_for("auditor")
    assert len(found) < len(nowhere.json("terms"))


def test_a_term_says_for_whom_it_matters(nowhere):
    shown = nowhere("terms", "aitia:Decision").stdout
    assert "auditor, domain scientist, affected person" in shown.partition("matters to: ")[2]


def test_a_term_says_what_it_is_called_elsewhere(nowhere):
    shown = nowhere("terms", "aitia:WorkflowRun").stdout
    assert "below: aitia:Execution\n" in shown
    assert "elsewhere: mls:Run (related), wfprov:WorkflowRun (above)" in shown
    assert "prov-agent:Prompt (the same, unverified)" in nowhere("terms", "aitia:Prompt").stdout
    (term,) = nowhere.json("terms", "aitia:GPU")
    assert term["elsewhere"] == ["hpc:GPU (close)"]


def test_an_unknown_reader_gets_the_names(nowhere):
    told = nowhere.refused("terms", "--for", "auditer")
    assert "no stakeholder 'auditer'" in told
    assert "expected 'auditor', perhaps; one of data scientist, HPC operator" in told
    assert "no term matches 'dropoutRate' for auditor" in nowhere.refused(
        "terms", "dropoutRate", "--for", "auditor"
    )


def test_a_typo_gets_the_nearest_term(nowhere):
    told = nowhere.refused("terms", "aitia:TrainingRn")
    assert "expected aitia:TrainingRun, perhaps" in told
    assert "perhaps" not in nowhere.refused("terms", "zzzz")


def test_no_such_term(nowhere):
    told = nowhere.refused("terms", "flux-capacitor")
    assert "no term matches 'flux-capacitor'" in told
    assert "next: aitia terms" in told
