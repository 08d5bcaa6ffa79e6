import json

import pyoxigraph as ox
import pytest

FORMATS = {
    "turtle": ("x.ttl", ox.RdfFormat.TURTLE),
    "trig": ("x.trig", ox.RdfFormat.TRIG),
    "n-quads": ("x.nq", ox.RdfFormat.N_QUADS),
}


@pytest.mark.parametrize("name", FORMATS)
def test_linked_data_can_be_read_back(aitia, name):
    target, form = FORMATS[name]
    done = aitia("export", name, target)
    assert done.stderr.startswith(f"{target}: 3 runs, ")
    count = int(done.stderr.split(",", 1)[1].split()[0].replace(",", ""))
    assert len(list(ox.parse(path=target, format=form))) == count > 100


def test_the_format_is_told_from_the_name(aitia):
    aitia("export", "x.jsonld")
    assert json.loads((aitia.folder / "x.jsonld").read_text(encoding="utf-8"))
    aitia("export", "x.prov.json")
    assert "entity" in json.loads((aitia.folder / "x.prov.json").read_text(encoding="utf-8"))


def test_one_run_to_the_standard_output(aitia):
    done = aitia("export", "nquads", "-", "--run", "fast")
    run = aitia.json("ls", "--name", "fast")[0]["id"]
    graphs = {
        q.graph_name.value for q in ox.parse(done.stdout.encode(), format=ox.RdfFormat.N_QUADS)
    }
    assert graphs == {f"urn:uuid:{run}#bundle"}


def test_a_crate(aitia):
    licence = "https://spdx.org/licenses/CC-BY-4.0"
    aitia("export", "ro-crate", "crate", "--run", "slow", "--licence", licence)
    text = (aitia.folder / "crate" / "ro-crate-metadata.json").read_text(encoding="utf-8")
    assert licence in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("xml", "x.xml"), "there is no format 'xml'"),
        (("x.xyz",), "'x.xyz' ends like no format"),
        (("turtle", "nowhere/x.ttl"), "there is no folder"),
        (("a", "b", "c"), "3 words"),
        (("x.ttl", "--run", "zz"), "no run 'zz'"),
        (("ro-crate", "c", "--published", "soon"), "--published 'soon'"),
    ],
)
def test_what_cannot_be_exported(aitia, words, told):
    assert told in aitia.refused("export", *words)


def test_what_matters_to_some_readers(aitia):
    counts = {}
    for reader in ("auditor", "HPC-operator", "affected"):
        aitia("export", "x.nq", "--for", reader)
        quads = list(ox.parse(path=aitia.folder / "x.nq", format=ox.RdfFormat.N_QUADS))
        counts[reader] = len(quads)
        predicates = {quad.predicate.value.rpartition("#")[2] for quad in quads}
        assert ("settingName" in predicates) == (reader == "auditor")
    aitia("export", "x.nq")
    whole = sum(1 for _ in ox.parse(path=aitia.folder / "x.nq", format=ox.RdfFormat.N_QUADS))
    assert 0 < counts["affected"] < counts["auditor"] < whole
    assert "no stakeholder 'nobody'" in aitia.refused("export", "y.nq", "--for", "nobody")
