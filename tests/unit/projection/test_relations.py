from __future__ import annotations

import pytest

from aitia.projection.relations import BUNDLES, UNITS, joined, needed, optional

SETTINGS = """\
    GRAPH ?recorded {
      ?unit aitia:configuredBy ?about .
      ?about a ?type ; aitia:hasSetting ?setting .
      ?setting aitia:settingName ?name ;
        aitia:settingValue ?value ; rdfs:label ?called .
    }
    OPTIONAL { GRAPH ?recorded { ?setting aitia:unitCode ?unitCode } }
"""


def test_what_is_said_of_many_is_scanned_and_labels_are_looked_up() -> None:
    assert joined(SETTINGS) == (
        f"{{ SELECT * WHERE {{ {UNITS} GRAPH ?recorded {{ ?unit aitia:configuredBy ?about"
        " . ?about a ?type . ?about aitia:hasSetting ?setting } } }\n"
        f"{{ SELECT * WHERE {{ {BUNDLES} GRAPH ?recorded"
        " { ?setting aitia:settingName ?name } } }\n"
        f"{{ SELECT * WHERE {{ {BUNDLES} GRAPH ?recorded"
        " { ?setting aitia:settingValue ?value } } }\n"
        "LATERAL { GRAPH ?recorded { ?setting rdfs:label ?called } }\n"
        "    OPTIONAL { GRAPH ?recorded { ?setting aitia:unitCode ?unitCode } }\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        "    GRAPH ?recorded { ?unit aitia:configuredBy ?about . ?about ?term ?raw }\n",
        '    GRAPH ?recorded { ?unit aitia:hasSetting ?s . ?s aitia:settingName "width" }\n',
        "    GRAPH ?recorded { ?unit aitia:hasSetting/aitia:settingName ?name }\n",
        "    ?unit aitia:hasSetting ?setting . ?setting aitia:settingName ?name .\n",
    ],
)
def test_what_is_of_one_thing_or_is_no_plain_pattern_stays(body: str) -> None:
    assert joined(body) is None


def test_relations_without_which_a_family_is_empty_are_known() -> None:
    first = {"aitia:configuredBy", "aitia:hasSetting", "aitia:settingName", "aitia:settingValue"}
    assert needed(SETTINGS) == first
    assert optional(SETTINGS) == {"aitia:unitCode"}
    bare = "    ?unit aitia:partOfExecution* ?o .\n    ?o aitia:samplingStrategy ?value .\n"
    assert needed(bare) == {"aitia:samplingStrategy"}
    assert needed("    { ?o aitia:a ?x } UNION {\n      ?o aitia:b ?value .\n    }\n") == set()
