"""Strategies of choosing settings, by what libraries and people call their samplers.

The names are those of the concepts of ``ontology/taxonomies/sampling-strategy.ttl``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

SCHEME = "scheme:sampling-strategy#"

NAMES = ("random", "sobol", "grid", "bayesian", "evolution", "hyperband", "reinforce", "manual")
"""A name for each strategy, for messages."""


class Strategy(NamedTuple):
    """How settings are chosen.

    Attributes
    ----------
    name:
        Local name of the concept.
    words:
        The same in words.
    independent:
        Whether earlier results have no part in it, and each setting is chosen regardless of others.
    """

    name: str
    words: str
    independent: bool

    @property
    def concept(self) -> str:
        """The concept as a CURIE."""
        return SCHEME + self.name


_KNOWN = tuple(
    (re.compile(pattern), Strategy(name, words, independent))
    for pattern, name, words, independent in (
        (
            r"hyperband|bohb|\basha\b|halving|bandit|stop(s|ping)? early|early stopping",
            "EarlyStoppingSearch",
            "a search that stops early",
            False,
        ),
        (
            r"\bcma|nsga|genetic|evolution|\bneat\b|\bnas\b|population|\bpbt\b",
            "EvolutionarySearch",
            "evolutionary search",
            False,
        ),
        (
            r"bayes|\btpe\b|gaussian ?process|\bgp\b|\bsmac\b",
            "BayesianOptimisation",
            "Bayesian optimisation",
            False,
        ),
        (r"reinforce", "ReinforcementLearnedSearch", "a learned policy", False),
        (r"manual|by hand|hand ?tuned", "ChosenByHand", "hand", False),
        (
            r"annealing|adaptive|^dependent ?on ?results$",
            "DependentOnResults",
            "a search that looks at results",
            False,
        ),
        (
            r"^(quasi ?random|sobol|halton|qmc|latin ?hypercube)( ?(search|sampler))?$",
            "QuasiRandom",
            "quasi-random search",
            True,
        ),
        (
            r"^(full ?)?(grid|factorial|brute ?force)( ?(search|sampler|design))?( ?cv)?$",
            "Factorial",
            "a factorial design",
            True,
        ),
        (
            r"^(random(ised|ized)?|uniform|independent random draws)( ?(search|sampler))?( ?cv)?$",
            "RandomSearch",
            "random search",
            True,
        ),
    )
)


def strategy(name: str) -> Strategy | None:
    """Return the strategy that goes by a name, such as that of a library's class; None of unknown.

    >>> strategy("TPESampler").name, strategy("grid_search").name, strategy("dice")
    ('BayesianOptimisation', 'Factorial', None)
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    plain = re.sub(r"[\s_-]+", " ", words).lower().strip()
    return next((found for pattern, found in _KNOWN if pattern.search(plain)), None)
