"""The inferences and constraints of PROV-CONSTRAINTS, as queries in ``shapes/prov-constraints``."""

from __future__ import annotations

import os
from functools import cache
from typing import NamedTuple

import yaml

from aitia import resources

FOLDER = "shapes/prov-constraints"
INFERENCE, UNIQUENESS, ORDERING, IMPOSSIBILITY = (
    "inference",
    "uniqueness",
    "ordering",
    "impossibility",
)
SPECIFICATION = "https://www.w3.org/TR/prov-constraints/#"
_ELSEWHERE = {
    "unique-mention": "https://www.w3.org/TR/prov-links/#unique-mention",
    "well-formed": "https://www.w3.org/TR/prov-dm/",
    "bundle-names": "https://www.w3.org/TR/prov-constraints/#bundle-constraints",
}


class Rule(NamedTuple):
    """One rule: its number in the Recommendation (its name, where it is from elsewhere).

    ``is_beyond`` says that no specification has it, so that it holds only where it is asked for.
    """

    family: str
    number: str
    name: str
    says: str
    text: str
    is_strict: bool = False
    is_beyond: bool = False

    @property
    def iri(self) -> str:
        """Return where the rule is defined, or the name of one that no specification has."""
        if self.number.isdigit():
            return SPECIFICATION + self.name
        return _ELSEWHERE.get(self.name, f"urn:aitia:prov-constraints:{self.name}")

    @property
    def title(self) -> str:
        """Return number and name in words."""
        if not self.number.isdigit():
            return self.name
        kind = "Inference" if self.family == INFERENCE else "Constraint"
        return f"{kind} {self.number} ({self.name})"


@cache
def load() -> tuple[Rule, ...]:
    """Return all rules, by number."""
    found = []
    for path in resources.files(FOLDER, ".rq"):
        with open(path, encoding="utf-8") as handle:
            text = handle.read()
        head = "\n".join(line[2:] for line in text.splitlines() if line.startswith("#+"))
        about = yaml.safe_load(head)
        found.append(
            Rule(
                family=os.path.basename(os.path.dirname(path)),
                number=str(about["number"]),
                name=about["name"],
                says=about["says"],
                text=text,
                is_strict=bool(about.get("strict")),
                is_beyond=bool(about.get("beyond")),
            )
        )
    return tuple(sorted(found, key=lambda rule: (not rule.number.isdigit(), rule.number.zfill(2))))


def of_family(family: str) -> tuple[Rule, ...]:
    """Return the rules of one family, by number."""
    return tuple(rule for rule in load() if rule.family == family)
