import pytest

from aitia.errors import ValidationError
from aitia.validation.prov.documents import of_json, read
from aitia.validation.prov.statements import Statement

EX = "http://example.org/"
XML = """<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://example.org/">
 <prov:plan prov:id="ex:p"/>
 <prov:hadMember><prov:collection prov:ref="ex:c"/><prov:entity prov:ref="ex:e"/>
   <prov:entity prov:ref="ex:f"/></prov:hadMember>
 <prov:bundleContent prov:id="ex:b"><prov:agent prov:id="ex:a"/></prov:bundleContent>
</prov:document>"""
PROVN = """document
prefix ex <http://example.org/>
entity(ex:e)
activity(ex:a, 2026-01-01T00:00:00, -)
wasGeneratedBy(ex:g; ex:e, ex:a, -)
endDocument
"""


def test_prov_xml(tmp_path):
    path = tmp_path / "d.provx"
    path.write_text(XML, encoding="utf-8")
    top, bundle = read(str(path))
    members = [one.values["entity"] for one in top.statements if one.kind == "hadMember"]
    assert members == [EX + "e", EX + "f"]
    assert top.statements[0] == Statement(
        "entity", EX + "p", {}, ("http://www.w3.org/ns/prov#Plan",)
    )
    assert (bundle.name, bundle.statements) == (EX + "b", (Statement("agent", EX + "a", {}),))


def test_prov_json():
    (top,) = of_json(
        {
            "prefix": {"ex": EX},
            "used": {"_:u": {"prov:activity": "ex:a", "prov:entity": {"$": "ex:e"}}},
        }
    )
    assert top.statements == (Statement("used", "_:u", {"activity": EX + "a", "entity": EX + "e"}),)


def test_prov_n(tmp_path):
    pytest.importorskip("prov")
    path = tmp_path / "d.provn"
    path.write_text(PROVN, encoding="utf-8")
    (top,) = read(str(path))
    assert {one.kind for one in top.statements} == {"entity", "activity", "wasGeneratedBy"}
    path.write_text("document\nentity(", encoding="utf-8")
    with pytest.raises(ValidationError, match="cannot be read"):
        read(str(path))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("d.json", "{"),
        ("d.json", '{"wasSeenBy": {}}'),
        ("d.json", "[1]"),
        ("d.xml", "<a/>"),
        ("d.xml", "<a"),
        ("d.ttl", "no turtle"),
        ("d.csv", ""),
    ],
)
def test_what_is_no_document_is_refused(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError):
        read(str(path))
