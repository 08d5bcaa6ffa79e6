from __future__ import annotations

import pytest

from aitia.errors import VocabularyError
from aitia.vocabulary.iris import content_iri, digest_of, expand, resolve, slug
from aitia.vocabulary.terms import AITIA, CLASSES, RANGES

RUN = "11111111-2222-4333-8444-555555555555"
# The example of RFC 6920, section 8.1: "Hello World!".
HELLO = "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069"


def test_content_has_the_uri_of_rfc_6920() -> None:
    iri = content_iri(HELLO)
    assert iri == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"
    assert digest_of(iri) == HELLO


@pytest.mark.parametrize("iri", ["urn:uuid:x", "ni:///sha-256;!!", "ni:///sha-256;AAAA"])
def test_what_names_no_content_has_no_digest(iri: str) -> None:
    assert digest_of(iri) is None


@pytest.mark.parametrize(
    ("local", "scope", "expected"),
    [
        ("", "", f"urn:uuid:{RUN}"),
        ("", "k1", f"urn:uuid:{RUN}"),
        ("12", "", f"urn:uuid:{RUN}#12"),
        ("12", "k1", f"urn:uuid:{RUN}#k1.12"),
        ("urn:uuid:a#3", "k1", "urn:uuid:a#3"),
        ("pkg:pypi/numpy@2.0", "", "pkg:pypi/numpy@2.0"),
        ("aitia:Running", "", "https://w3id.org/aitia/ns#Running"),
        ("a b:c", "", f"urn:uuid:{RUN}#a%20b%3Ac"),
    ],
)
def test_ids_resolve(local: str, scope: str, expected: str) -> None:
    assert resolve(local, RUN, scope) == expected


def test_an_unknown_prefix_is_refused() -> None:
    with pytest.raises(VocabularyError, match="expected a prefix among aitia"):
        expand("foo:bar")


def test_slugs_survive_any_text() -> None:
    assert slug("val_acc") == "val_acc"
    assert slug("é/ \udcff") == "%C3%A9%2F%20%FF"


def test_an_unknown_term_names_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean aitia:TrainingRun"):
        AITIA.TraningRun  # noqa: B018
    assert AITIA.TrainingRun in CLASSES
    assert RANGES["aitia:learningRate"] == "xsd:double"
