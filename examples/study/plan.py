"""What a study trains: which networks, in which blocks, all known before the first starts."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from examples.study.policies import GRID, Settings, habitual, randomised

BLOCK = 50
"""Networks that one run records, and that are trained again when it is cut off."""

REPEATS = 2
"""Times that each intervention is trained, with different seeds: how exact the truth is."""


class Network(NamedTuple):
    """One network to train; ``about`` says under which policy, and is recorded with it."""

    settings: Settings
    seed: int
    about: dict[str, Any]


class Block(NamedTuple):
    """Networks that are recorded as one run."""

    name: str
    networks: tuple[Network, ...]


class Plan(NamedTuple):
    """A whole study.

    Attributes
    ----------
    networks:
        How many are trained under the two policies together.
    draws:
        How many samples of the habit there are; each is analysed by itself.
    """

    networks: int
    draws: int

    @property
    def size(self) -> int:
        """Networks in each sample of the habit, and in the sample of random draws."""
        return self.networks // (self.draws + 1)

    @property
    def population(self) -> list[Settings]:
        """The configurations that effects are averaged over, and that interventions change."""
        rng = np.random.default_rng(1)
        return [randomised(rng) for _ in range(max(2, self.networks // 60))]

    def blocks(self) -> list[Block]:
        """Return all blocks: random draws, the samples of the habit, interventions."""
        rng = np.random.default_rng(2)
        about: dict[str, Any] = {"policy": "randomised", "sampler": "random"}
        found = [Network(randomised(rng), 0, about) for _ in range(self.size)]
        for draw in range(self.draws):
            about = {"policy": "habit", "draw": draw, "sampler": "by habit"}
            found += [Network(habitual(rng), 0, about) for _ in range(self.size)]
        found += self._interventions()
        seeded = [network._replace(seed=1_000 + i) for i, network in enumerate(found)]
        starts = range(0, len(seeded), BLOCK)
        return [Block(f"block-{i // BLOCK:04d}", tuple(seeded[i : i + BLOCK])) for i in starts]

    def _interventions(self) -> list[Network]:
        found = []
        for name, values in GRID.items():
            for value in values:
                for repeat in range(REPEATS):
                    about = {"policy": "intervention", "intervened": name, "repeat": repeat}
                    for place, base in enumerate(self.population):
                        changed = {**base, name: value}
                        found.append(Network(changed, 0, {**about, "base": place}))
        return found
