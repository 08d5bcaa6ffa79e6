from __future__ import annotations

import math
from hashlib import sha256
from pathlib import Path

import pytest

from aitia.errors import QueryError
from aitia.query.binding import bind, block, place
from aitia.query.catalog import Parameter, parse
from aitia.vocabulary.iris import content_iri

XSD = "http://www.w3.org/2001/XMLSchema#"
RUN = "11111111-2222-4333-8444-555555555555"
QUESTION = parse(
    """#+ title: t
#+ question: q
#+ parameters:
#+   metric: {type: string, default: accuracy, description: d}
#+   file: {type: path, example: "urn:x", description: the file}
#+ columns: {a: x}
SELECT ?a WHERE {
  VALUES ?metric { "accuracy" }
  VALUES ?file { <urn:x> } .
  ?a ?metric ?file
}
""",
    name="question",
)


def a(type: str, default: object = None) -> Parameter:
    return Parameter("p", type, default, "d")


@pytest.mark.parametrize(
    ("type", "value", "expected"),
    [
        ("string", "a", '"a"'),
        ("string", 'a"b\\c\nd', '"a\\"b\\\\c\\nd"'),
        ("string", "\\u0041", '"\\\\\\U000000750041"'),
        ("string", "\x010041", '"\\U000000010041"'),
        ("string", ["a", "b"], '"a" "b"'),
        ("integer", 3, f'"3"^^<{XSD}integer>'),
        ("integer", "-12", f'"-12"^^<{XSD}integer>'),
        ("double", 0.5, f'"0.5"^^<{XSD}double>'),
        ("double", "1e3", f'"1000"^^<{XSD}double>'),
        ("double", math.inf, f'"INF"^^<{XSD}double>'),
        ("boolean", True, f'"true"^^<{XSD}boolean>'),
        ("boolean", "False", f'"false"^^<{XSD}boolean>'),
        ("iri", "urn:x#1", "<urn:x#1>"),
        ("run", RUN.upper(), f"<urn:uuid:{RUN}>"),
        ("run", f"urn:uuid:{RUN}", f"<urn:uuid:{RUN}>"),
        ("path", "a" * 64, f"<{content_iri('a' * 64)}>"),
        ("path", "ni:///sha-256;abc", "<ni:///sha-256;abc>"),
        ("iri", "UNDEF", "UNDEF"),
        ("string", [], ""),
    ],
)
def test_a_value_becomes_a_term(type: str, value: object, expected: str) -> None:
    assert block(a(type), value) == expected


def test_the_word_undef_is_open_only_where_the_default_is() -> None:
    assert block(a("string", "UNDEF"), "UNDEF") == "UNDEF"
    assert block(a("string", "accuracy"), "UNDEF") == '"UNDEF"'


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("string", 3),
        ("string", "\ud800"),
        ("integer", 1.5),
        ("integer", "many"),
        ("integer", True),
        ("double", "half"),
        ("boolean", "perhaps"),
        ("iri", "no scheme"),
        ("iri", "urn:x> } ?s ?p ?o . { <urn:y"),
        ("iri", "urn:x\n"),
        ("run", "short"),
        ("path", "/no/such/file"),
        ("path", 3),
        ("iri", None),
    ],
)
def test_a_value_of_another_type_is_refused(type: str, value: object) -> None:
    with pytest.raises(QueryError, match="p = "):
        block(a(type), value)


def test_a_file_is_named_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_bytes(b"a,b\n")
    digest = sha256(b"a,b\n").hexdigest()
    expected = f"<{content_iri(digest)}>"
    assert block(a("path"), file) == expected
    assert block(a("path"), str(file)) == expected


def test_a_folder_is_named_as_capture_names_it(tmp_path: Path) -> None:
    from aitia.capture.files import look

    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_bytes(b"a")
    found = look(str(tmp_path / "data"), 10)
    assert found.digest is not None
    assert block(a("path"), tmp_path / "data") == f"<{content_iri(found.digest)}>"


def test_parameters_take_the_place_of_their_defaults() -> None:
    text = bind(QUESTION, {"metric": "loss", "file": "urn:y"})
    assert '  VALUES ?metric { "loss" }\n  VALUES ?file { <urn:y> } .\n' in text
    assert bind(QUESTION, {"metric": None, "file": "urn:x"}) == QUESTION.text


def test_what_is_unknown_or_missing_is_named() -> None:
    with pytest.raises(QueryError, match=r"no parameter 'metrik'.*metric, file"):
        bind(QUESTION, {"metrik": "loss"})
    with pytest.raises(QueryError, match="needs file"):
        bind(QUESTION, {})


def test_a_text_needs_a_line_for_a_parameter() -> None:
    with pytest.raises(QueryError, match="no line"):
        place("SELECT * { VALUES ?x { 1 } }", "x", "2")


def test_every_line_of_a_parameter_is_bound() -> None:
    text = "VALUES ?x { 1 }\nVALUES ?y { 1 }\n  VALUES ?x { 1 }"
    assert place(text, "x", "2") == "VALUES ?x { 2 }\nVALUES ?y { 1 }\n  VALUES ?x { 2 }"


def test_backreferences_in_a_value_are_text() -> None:
    assert place("VALUES ?x { 1 }", "x", r'"\1 \g<0>"') == r'VALUES ?x { "\1 \g<0>" }'
