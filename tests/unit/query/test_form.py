import pytest

from aitia.query.form import asks_others, form


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", True),
        ("SELECT * { service silent ?s { ?s ?p ?o } }", True),
        ("SELECT * { ?service a <http://x/service> ; s:service 'SERVICE' }", False),
        ('SELECT * { ?s ?p """a " SERVICE """ } # SERVICE', False),
        ("SELECT * { ?s ?p 'it\\'s' . SERVICE <x:> {} }", True),
        ("SELECT * { ?s <http://x#a> 1 . SERVICE<x:>{} }", True),
        ("SELECT * { \\u0053ERVICE <x:> {} }", True),
        ("SELECT * { \\U00000053ERVICE <x:> {} }", True),
        ("SELECT * { ?s ?p '\\UFFFFFFFF' }", False),
        ("SELECT * { FILTER(1<2) SERVICE ?x {} FILTER(3>2) }", True),
    ],
)
def test_asks_others(text, expected):
    assert asks_others(text) is expected
