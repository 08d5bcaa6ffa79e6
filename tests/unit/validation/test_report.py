from __future__ import annotations

from aitia.validation.report import Report, Result, merged, ordered, short


def result(severity: str = "must", focus: str = "urn:a", value: str | None = None) -> Result:
    return Result(
        focus=focus,
        path="https://w3id.org/aitia/ns#sha256",
        value=value,
        message=f"It is {severity}.",
        severity=severity,
        shape="https://w3id.org/aitia/shapes#Mine",
        name="mine",
        fix="Mend it.",
        component="MinCountConstraintComponent",
    )


def test_only_a_must_breaks_conformance() -> None:
    assert Report(()).conforms
    assert Report((result("should"), result("may"))).conforms
    assert not Report((result("must"),)).conforms
    assert not Report((result("https://example.org/Fatal"),)).conforms


def test_results_are_ordered_by_severity() -> None:
    found = ordered([result("may"), result("must"), result("should")])
    assert [one.severity for one in found] == ["must", "should", "may"]


def test_by_severity_and_by_shape() -> None:
    report = Report((result(), result("may")))
    assert report.by_severity("may") == (result("may"),)
    assert report.by_shape() == {"https://w3id.org/aitia/shapes#Mine": report.results}


def test_the_summary_counts_in_words() -> None:
    report = Report((result(), result("should"), result("should", "urn:b"), result("may")))
    assert report.summary() == "1 thing is wrong, 2 things could be more useful, 1 hint."
    assert Report(()).summary() == "The graph keeps all rules."


def test_a_place_is_named_once_whatever_broke_there() -> None:
    twice = result()._replace(component="DatatypeConstraintComponent")
    text = Report((result(), twice)).text()
    assert text.count("at urn:a aitia:sha256") == 1
    assert text.startswith("1 thing is wrong.")


def test_values_are_shown_with_their_datatype_and_cut() -> None:
    double = '"abc"^^<http://www.w3.org/2001/XMLSchema#double>'
    long = '"' + "x" * 200 + '"^^<urn:x:long>'
    text = Report((result(value=double), result(value=long), result(value='"plain"'))).text()
    assert '"abc" (xsd:double)' in text
    assert "x" * 100 not in text
    assert '"plain"' in text


def test_long_paths_are_shown_with_prefixes_and_cut() -> None:
    prov = "http://www.w3.org/ns/prov#"
    several = "(" + "|".join(f"<urn:x:{n}>" for n in range(9)) + ")"
    paths = (f"(<{prov}used>|^(<{prov}generated>))", several)
    text = Report(tuple(result()._replace(path=path) for path in paths)).text()
    assert "(prov:used|^(prov:generated))" in text
    assert "urn:x:0 or 8 others" in text


def test_notes_are_said() -> None:
    assert (
        Report((), ("judged by pyshacl: urn:s",))
        .text()
        .endswith("note: judged by pyshacl: urn:s\n")
    )


def test_reports_merge() -> None:
    report = merged([Report((result("may"),), ("a",)), Report((result(),), ("a", "b"))])
    assert [one.severity for one in report.results] == ["must", "may"]
    assert report.notes == ("a", "b")


def test_short_names() -> None:
    assert short("https://w3id.org/aitia/shapes#Mine") == "shape:Mine"
    assert short("http://www.w3.org/ns/prov#used") == "prov:used"
    assert short("urn:a") == "urn:a"
