import pytest

from aitia.query.form import form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * WHERE { ?s ?p ?o }", "select"),
        ("select(1 as ?x){}", "select"),
        ("# ASK\n  BASE <http://x/> PREFIX : <http://select/> CONSTRUCT WHERE {}", "construct"),
        ("PREFIX insert: <http://x#>\nDESCRIBE insert:a", "describe"),
        ("prefix p.q-r: <u:>ASK{}", "ask"),
        ("INSERT DATA { <a:b> <a:c> 'select' }", "update"),
        ("WITH <g:g> DELETE {} WHERE {}", "update"),
        ("hello SELECT", ""),
        ("", ""),
        ("# only a comment", ""),
    ],
)
def test_form(text, expected):
    assert form(text) == expected
