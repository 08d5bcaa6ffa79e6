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


def test_no_such_term(nowhere):
    told = nowhere.refused("terms", "flux-capacitor")
    assert "no term matches 'flux-capacitor'" in told
    assert "next: aitia terms" in told
