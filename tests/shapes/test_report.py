"""The report in words, as a user reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aitia.validation.engine import validate
from aitia.validation.profiles import Profile

GOLDEN = Path(__file__).parents[1] / "golden" / "validation_report.txt"
CHANGES = (
    'DELETE { ?c aitia:learningRate ?old } INSERT { ?c aitia:learningRate "fast"^^xsd:double } '
    "WHERE { ?c aitia:learningRate ?old }",
    "DELETE WHERE { ex:training aitia:trainedOn ?data }",
    "DELETE WHERE { ?run prov:wasAssociatedWith ex:agent }",
    "DELETE { ?layer aitia:layerIndex ?index } "
    "WHERE { ex:network aitia:hasLayer ?layer . ?layer aitia:layerIndex ?index }",
    "INSERT DATA { ex:run aitia:learningRatio 0.1e0 }",
)


def test_report_text(mutate: Callable[..., bytes], profile: Profile) -> None:
    report = validate(mutate(*CHANGES), profile)
    assert report.text(limit=2) == GOLDEN.read_text(encoding="utf-8")
