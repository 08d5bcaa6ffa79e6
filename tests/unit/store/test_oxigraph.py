from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from aitia.errors import QueryError, StoreError, StoreLockedError
from aitia.store import oxigraph
from aitia.store.canonical import digest
from aitia.store.graphs import CATALOGUE, ONTOLOGY, WATERMARK
from aitia.store.oxigraph import OxigraphStore
from aitia.store.port import Term
from aitia.vocabulary.literals import quote

XSD = "http://www.w3.org/2001/XMLSchema#"
ONE = {"urn:g:1": b'<urn:a> <urn:p> "one" <urn:g:1> .\n'}
TWO = {"urn:g:2": b'<urn:b> <urn:p> "two" <urn:g:2> .\n'}
ALL = "SELECT ?o WHERE { ?s <urn:p> ?o } ORDER BY ?o"


def texts(store: OxigraphStore, query: str = ALL, **options: list[str]) -> list[str]:
    return [row[0].value for row in store.select(query, **options).rows if row[0]]


def test_queries_read_the_union_of_all_graphs() -> None:
    store = OxigraphStore()
    store.replace({**ONE, **TWO})
    assert texts(store) == ["one", "two"]
    assert texts(store, graphs=["urn:g:2"]) == ["two"]
    assert store.graphs() == [CATALOGUE, ONTOLOGY, "urn:g:1", "urn:g:2"]


def test_a_query_may_name_its_own_graphs() -> None:
    store = OxigraphStore()
    store.replace({**ONE, **TWO})
    assert texts(store, "SELECT ?o FROM <urn:g:1> WHERE { ?s <urn:p> ?o }") == ["one"]
    assert texts(store, "SELECT ?o { GRAPH <urn:g:2> { ?s <urn:p> ?o } }") == ["two"]


def test_replacing_a_graph_leaves_nothing_of_the_old_one() -> None:
    store = OxigraphStore()
    store.replace({**ONE, **TWO})
    store.replace({"urn:g:1": b'<urn:a> <urn:p> "three" <urn:g:1> .\n'})
    assert texts(store) == ["three", "two"]
    store.replace({"urn:g:1": b"", "urn:g:2": b""})
    assert texts(store) == []
    assert store.graphs() == [CATALOGUE, ONTOLOGY]


def test_replacing_twice_changes_nothing(tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "store")
    store.replace(ONE)
    before = digest(store.dump("urn:g:1"))
    store.replace(ONE)
    assert digest(store.dump("urn:g:1")) == before
    store.close()


def test_large_batches_take_the_bulk_loader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oxigraph, "BULK_BYTES", 10)
    store = OxigraphStore(tmp_path / "store")
    store.replace({**ONE, **TWO})
    store.replace(ONE)
    assert texts(store) == ["one", "two"]
    store.close()


def test_what_was_kept_is_there_after_reopening(tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "store")
    store.replace(ONE)
    schema = digest(store.dump(ONTOLOGY))
    store.close()
    again = OxigraphStore(tmp_path / "store")
    assert texts(again) == ["one"]
    assert digest(again.dump(ONTOLOGY)) == schema
    again.close()


def test_an_ontology_of_another_version_is_replaced(tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "store")
    schema = digest(store.dump(ONTOLOGY))
    mark = f'<{ONTOLOGY}> <{WATERMARK}> "older" <{CATALOGUE}> .\n'
    stale = f"<urn:old> <urn:p> <urn:term> <{ONTOLOGY}> .\n"
    store.replace({CATALOGUE: mark.encode(), ONTOLOGY: stale.encode()})
    store.close()
    again = OxigraphStore(tmp_path / "store")
    assert digest(again.dump(ONTOLOGY)) == schema
    again.close()


def test_the_ontology_can_be_asked() -> None:
    query = "ASK { aitia:GPU rdfs:subClassOf+ prov:Entity }"
    assert OxigraphStore().ask(query)


def test_a_dump_is_nquads_of_that_graph() -> None:
    line = b'<urn:a> <urn:p> "a .\\n\\" <urn:x> .\\\\n" <urn:g:1> .\n'
    store = OxigraphStore()
    store.replace({"urn:g:1": line, **TWO})
    assert store.dump("urn:g:1") == line
    assert store.dump("urn:none") == b""


def test_terms_keep_their_kind_datatype_and_language() -> None:
    store = OxigraphStore()
    query = """SELECT * WHERE { VALUES (?a ?b ?c ?d ?e) {
      (<urn:x> "plain" "hallo"@de "1"^^xsd:integer UNDEF) } }"""
    (row,) = store.select(query).rows
    assert row == (
        Term("iri", "urn:x"),
        Term("literal", "plain"),
        Term("literal", "hallo", None, "de"),
        Term("literal", "1", XSD + "integer"),
        None,
    )


def test_construct_gives_ntriples() -> None:
    store = OxigraphStore()
    store.replace(ONE)
    found = store.construct("CONSTRUCT { ?s <urn:q> ?o } WHERE { ?s <urn:p> ?o }")
    assert found == b'<urn:a> <urn:q> "one" .\n'
    assert store.construct("CONSTRUCT { ?s <urn:q> ?o } WHERE { ?s <urn:none> ?o }") == b""


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("SELECT * WHERE { ?s ?p", "line 1, column 23"),
        ("SELECT ?s WHERE {\n ?s foaf:knows ?o }", "line 2"),
        ("SELECT ?s WHERE {\n ?s foaf:knows ?o }", "declare the prefix"),
        ("SELECT ?x WHERE { ?x ?p ?o } GROUP BY ?p", "GROUP BY every variable"),
        ("", "not SPARQL"),
    ],
)
def test_a_refused_query_says_where_and_why(text: str, part: str) -> None:
    with pytest.raises(QueryError) as caught:
        OxigraphStore().select(text)
    assert part in str(caught.value)
    assert len(str(caught.value)) < 500


def test_each_method_takes_its_own_form() -> None:
    store = OxigraphStore()
    with pytest.raises(QueryError, match="SELECT"):
        store.select("ASK { ?s ?p ?o }")
    with pytest.raises(QueryError, match="ASK"):
        store.ask("SELECT * { ?s ?p ?o }")
    with pytest.raises(QueryError, match="CONSTRUCT"):
        store.construct("ASK { ?s ?p ?o }")


@pytest.mark.parametrize("word", ["SERVICE", "service", r"S\u0045RVICE", "SERVICE SILENT"])
def test_no_query_makes_this_machine_ask_another(word: str) -> None:
    query = f"SELECT * {{ {word} <http://127.0.0.1:9/> {{ ?s ?p ?o }} }}"
    with pytest.raises(QueryError, match="SERVICE"):
        OxigraphStore().select(query)


def test_an_update_is_no_query() -> None:
    store = OxigraphStore()
    store.replace(ONE)
    for text in ("DROP ALL", "INSERT DATA { <urn:x> <urn:y> <urn:z> }"):
        for method in (store.select, store.ask, store.construct):
            with pytest.raises(QueryError):
                method(text)
    assert texts(store) == ["one"]


def test_bytes_that_are_not_nquads_are_named() -> None:
    store = OxigraphStore()
    store.replace(ONE)
    with pytest.raises(StoreError, match="line 2 of what was to be stored is not N-Quads"):
        store.replace({"urn:g:2": b'<urn:a> <urn:p> "x" <urn:g:2> .\nnonsense\n'})
    assert texts(store) == ["one"]


def test_a_closed_store_says_so() -> None:
    store = OxigraphStore()
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.graphs()


def test_a_second_opening_in_one_process_is_refused(tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path / "store")
    with pytest.raises(StoreLockedError, match="this process already holds"):
        OxigraphStore(tmp_path / "store")
    store.close()
    OxigraphStore(tmp_path / "store").close()


def test_a_path_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("mine")
    with pytest.raises(StoreError, match="store"):
        OxigraphStore(tmp_path / "store")
    assert (tmp_path / "store").read_text() == "mine"


def test_a_damaged_store_says_how_to_make_it_again(tmp_path: Path) -> None:
    path = tmp_path / "store"
    store = OxigraphStore(path)
    store.replace(ONE)
    store.close()
    (path / "CURRENT").write_text("junk")
    with pytest.raises(StoreError, match=r"damaged.*rm -r .* && aitia rebuild"):
        OxigraphStore(path)


def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir()
    shut.chmod(0o555)
    script = textwrap.dedent(
        """
        import os, sys
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        from aitia.errors import StoreError
        try:
            store = OxigraphStore(sys.argv[1])
        except StoreError as error:
            print(error)
        """
    )
    # Imported before the user changes, who may not be allowed to read the code.
    script = "from aitia.store.oxigraph import OxigraphStore\n" + script
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and str(parent) != "/":
            parent.chmod(parent.stat().st_mode | 0o055)
    run = subprocess.run(
        [sys.executable, "-c", script, str(shut / "store")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "cannot be written" in run.stdout, run.stderr
    assert "folder that this user may write to" in run.stdout


def test_text_that_is_not_unicode_is_refused() -> None:
    with pytest.raises(QueryError, match="not Unicode"):
        OxigraphStore().select("SELECT * { ?s ?p '\udcff' }")


SHARED = {
    "urn:g:1": b"<urn:a> <urn:p> <urn:b> <urn:g:1> .\n<urn:a> <urn:p> <urn:c> <urn:g:1> .\n",
    "urn:g:2": b"<urn:a> <urn:p> <urn:b> <urn:g:2> .\n<urn:a> <urn:p> <urn:d> <urn:g:2> .\n",
}


def test_a_triple_of_two_graphs_is_there_once() -> None:
    store = OxigraphStore()
    store.replace(SHARED)
    assert texts(store) == ["urn:b", "urn:c", "urn:d"]
    assert texts(store, "SELECT ?o { GRAPH ?g { ?s <urn:p> ?o } } ORDER BY ?o") == [
        *("urn:b", "urn:b", "urn:c", "urn:d"),
    ]


def test_dropping_a_graph_leaves_what_another_states() -> None:
    store = OxigraphStore()
    store.replace(SHARED)
    store.replace({"urn:g:1": b""})
    assert texts(store) == ["urn:b", "urn:d"]
    store.replace({"urn:g:1": SHARED["urn:g:1"], "urn:g:2": b""})
    assert texts(store) == ["urn:b", "urn:c"]
    store.replace({"urn:g:1": b"", "urn:g:2": b""})
    assert texts(store) == []


def test_nquads_may_be_spaced_in_any_way() -> None:
    store = OxigraphStore()
    store.replace({"urn:g:1": b'# by hand\n<urn:a>\t<urn:p>\t"x"\t<urn:g:1>.\n\n', **TWO})
    assert texts(store) == ["two", "x"]
    store.replace({"urn:g:1": b'<urn:a> <urn:p> "y" <urn:g:1> .', **TWO})
    assert texts(store) == ["two", "y"]


def test_a_change_takes_away_what_no_other_graph_states() -> None:
    store = OxigraphStore()
    shared = b'<urn:a> <urn:p> "shared" <urn:g:%d> .\n'
    store.replace({"urn:g:1": ONE["urn:g:1"] + shared % 1, "urn:g:2": shared % 2})
    store.change("urn:g:1", ONE["urn:g:1"] + shared % 1, b'<urn:a> <urn:p> "new" <urn:g:1> .\n')
    assert texts(store) == ["new", "shared"]
    assert texts(store, graphs=["urn:g:1"]) == ["new"]
    store.change("urn:g:1", b"", b"")
    assert texts(store) == ["new", "shared"]


@pytest.mark.parametrize(
    "text", ["".join(map(chr, range(1, 256))), '\\u0022 \\ """\' {} <urn:x> .\n\U0001f600']
)
def test_any_text_can_be_taken_away(text: str) -> None:
    store = OxigraphStore()
    odd = f"<urn:a> <urn:p> {quote(text)} <urn:g:1> .\n".encode()
    store.replace({"urn:g:1": odd})
    assert texts(store) == [text]
    store.change("urn:g:1", odd, b"")
    assert texts(store) == []
    assert "urn:g:1" not in store.graphs() or not store.dump("urn:g:1")
