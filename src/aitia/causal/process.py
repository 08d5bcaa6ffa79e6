"""A Gaussian process over settings whose kernel adds what one, two and three of them do together.

What a setting does alone is carried to where runs are lacking; what three do together fades there,
and the doubt grows. Kernel after Duvenaud, Nickisch and Rasmussen (2011), with sums of products up
to three; many runs through few inducing ones, "deterministic training conditional" of
Quiñonero-Candela and Rasmussen (2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Places = Sequence[Matrix]
"""Coordinates of points: one block of columns a setting."""

ORDERS = 3
"""Most settings whose doing together is a term of its own."""

LEARNT = 300
"""Runs, drawn at random, that the kernel is learnt from."""

INDUCING = 400
"""Runs, drawn at random, through which all are seen."""

STEPS = 25
"""Most steps of learning a kernel."""

JITTER = 1e-6


class Kernel(NamedTuple):
    """What was learnt: reach and weight of settings, weight of orders, noise (variances)."""

    reach: Matrix
    weight: Matrix
    order: Matrix
    noise: float

    def one(self, setting: int, left: Matrix, right: Matrix) -> Matrix:
        """Return the factor of one setting, between points."""
        found: Matrix = self.weight[setting] * np.exp(
            -0.5 * _apart(left, right) / self.reach[setting] ** 2
        )
        return found

    def split(self, left: Places, right: Places, skipped: int | None = None) -> tuple[Matrix, ...]:
        """Return the kernel as A + z B, where z is the factor of the skipped setting."""
        sums = [np.ones((len(left[-1]), len(right[-1])))]
        sums += [np.zeros_like(sums[0]) for _ in range(ORDERS)]
        for place in range(len(left)):
            if place == skipped:
                continue
            factor = self.one(place, left[place], right[place])
            for k in range(ORDERS, 0, -1):
                sums[k] += factor * sums[k - 1]
        alone: Matrix = np.tensordot(self.order, np.array(sums[1:]), axes=1)
        times: Matrix = np.tensordot(self.order, np.array(sums[:-1]), axes=1)
        return alone, times

    def between(self, left: Places, right: Places) -> Matrix:
        """Return the covariance of the outcomes expected at points."""
        return self.split(left, right)[0]


def _apart(left: Matrix, right: Matrix) -> Matrix:
    found: Matrix = np.zeros((len(left), len(right)))
    for one, other in zip(left.T, right.T, strict=True):
        found += (one[:, None] - other) ** 2
    return found


class Process:
    """A process that was conditioned on runs.

    Parameters
    ----------
    places:
        Coordinates of the runs.
    outcome:
        Standardised.
    rng:
        Draws the runs that the kernel is learnt from, and the inducing ones.
    """

    def __init__(self, places: Places, outcome: Matrix, rng: np.random.Generator) -> None:
        rows = len(outcome)
        chosen = rng.permutation(rows)[:LEARNT]
        self.kernel = learnt([block[chosen] for block in places], outcome[chosen])
        chosen = rng.permutation(rows)[:INDUCING]
        self._inducing = [block[chosen] for block in places]
        inner = self.kernel.between(self._inducing, self._inducing)
        inner[np.diag_indices(len(inner))] += JITTER * inner.diagonal().mean()
        self._root = np.linalg.cholesky(inner)
        self._seen = self._turned(self.kernel.between(self._inducing, places))
        self._outcome = outcome
        self._gram, self._moment = self._seen @ self._seen.T, self._seen @ outcome
        self._weights, self._posterior = self._solved(self._gram, self._moment)

    def _turned(self, columns: Matrix) -> Matrix:
        from scipy.linalg import solve_triangular

        found: Matrix = solve_triangular(self._root, columns, lower=True)
        return found

    def _solved(self, gram: Matrix, moment: Matrix) -> tuple[Matrix, Matrix]:
        from scipy.linalg import cho_solve

        root: Matrix = np.linalg.cholesky(np.eye(len(moment)) + gram / self.kernel.noise).astype(
            np.float64, copy=False
        )
        weights: Matrix = cho_solve((root, True), moment) / self.kernel.noise
        return weights, root

    def _without(self, rows: npt.NDArray[np.int64]) -> tuple[Matrix, Matrix]:
        seen = self._seen[:, rows]
        return self._solved(self._gram - seen @ seen.T, self._moment - seen @ self._outcome[rows])

    def at(self, places: Places) -> Matrix:
        """Return the expected outcome at points."""
        found: Matrix = self._turned(self.kernel.between(self._inducing, places)).T @ self._weights
        return found

    def error(self, places: Places, weights: Matrix) -> Matrix:
        """Return the variance of each weighted sum of the outcomes expected at points."""
        turned = self._turned(self.kernel.between(self._inducing, places) @ weights.T)
        prior = np.zeros(len(weights))
        for start in range(0, len(places[0]), 500):
            part = [block[start : start + 500] for block in places]
            prior += ((weights[:, start : start + 500] @ self.kernel.between(part, places))
                      * weights).sum(axis=1)  # fmt: skip
        beyond: Matrix = np.maximum(prior - (turned**2).sum(axis=0), 0)
        return beyond + self._left(turned)

    def _left(self, turned: Matrix, root: Matrix | None = None) -> Matrix:
        """Return the variance that the runs leave, of what the inducing runs tell."""
        from scipy.linalg import solve_triangular

        root = self._posterior if root is None else root
        found: Matrix = (solve_triangular(root, turned, lower=True) ** 2).sum(axis=0)
        return found

    def curve(self, people: Places, setting: int, doses: Matrix) -> tuple[Matrix, Matrix]:
        """Return what is expected of all people at each dose, and the variance of the contrasts.

        A contrast is the mean over people at a dose less the mean over all doses.
        """
        from scipy.linalg import solve_triangular

        alone, times = self.kernel.split(people, self._inducing, setting)
        factor = self.kernel.one(setting, doses, self._inducing[setting])
        weights = solve_triangular(self._root, self._weights, lower=True, trans=1)
        expected: Matrix = (alone @ weights)[None, :] + (factor * weights) @ times.T
        turned = self._turned((alone.mean(axis=0) + factor * times.mean(axis=0)).T)
        turned -= turned.mean(axis=1, keepdims=True)
        alone, times = self.kernel.split(people, people, setting)
        prior = alone.mean() + self.kernel.one(setting, doses, doses) * times.mean()
        prior = prior - prior.mean(axis=0) - prior.mean(axis=1, keepdims=True) + prior.mean()
        beyond = np.maximum(prior.diagonal() - (turned**2).sum(axis=0), 0)
        return expected, beyond + self._left(turned)

    def left_out(self, part: npt.NDArray[np.int64]) -> Matrix:
        """Return what is expected of each run by the runs of the other parts."""
        found = np.zeros(len(part))
        for k in np.unique(part):
            rows = np.flatnonzero(part == k)
            found[rows] = self._seen[:, rows].T @ self._without(rows)[0]
        return found

    def surprise(self, part: npt.NDArray[np.int64], places: Places) -> list[float]:
        """Return, for each part, how far its mean lies from what the others tell: squared, by its
        variance. About 1 where the process knows how little it knows."""
        found = []
        for k in np.unique(part):
            rows = np.flatnonzero(part == k)
            weights, root = self._without(rows)
            seen = self._seen[:, rows].mean(axis=1)
            few = rows[:200]
            block = [b[few] for b in places]
            beyond = self.kernel.between(block, block).mean()
            beyond -= float((self._seen[:, few].mean(axis=1) ** 2).sum())
            variance = max(beyond, 0.0) + float(self._left(seen[:, None], root)[0])
            variance += self.kernel.noise / len(rows)
            found.append(float((self._outcome[rows].mean() - seen @ weights) ** 2 / variance))
        return found


def learnt(places: Places, outcome: Matrix) -> Kernel:
    """Return the kernel under which the outcomes are most likely, weakly held to a smooth one."""
    from scipy.optimize import minimize

    size = len(places)
    smooth = np.concatenate(
        [np.full(size, 0.5), np.full(size, 0.4 - 0.5 * np.log(size)), np.full(ORDERS, -0.5)]
    )
    bounds = [(-2, 4)] * size + [(-6, 3)] * (size + ORDERS) + [(-5, 1)]
    apart = [_apart(block, block) for block in places]

    def loss(logs: Matrix) -> tuple[float, Matrix]:
        value, slope = _unlikely(logs, apart, outcome)
        off = logs[:-1] - smooth
        slope[:-1] += off
        return value + 0.5 * float(off @ off), slope

    start = np.append(smooth, -1.0)
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS}
    )
    return _kernel(found.x, size)


def _kernel(logs: Matrix, size: int) -> Kernel:
    return Kernel(
        np.exp(logs[:size]),
        np.exp(2 * logs[size : 2 * size]),
        np.exp(2 * logs[2 * size : -1]),
        float(np.exp(2 * logs[-1])),
    )


def _unlikely(logs: Matrix, apart: Sequence[Matrix], outcome: Matrix) -> tuple[float, Matrix]:
    """Return the negative logarithm of the likelihood, and its slope."""
    from scipy.linalg import cho_solve

    size, rows = len(apart), len(outcome)
    kernel = _kernel(logs, size)
    factors = [
        kernel.weight[i] * np.exp(-0.5 * apart[i] / kernel.reach[i] ** 2) for i in range(size)
    ]
    sums = [np.ones((rows, rows)), *(np.zeros((rows, rows)) for _ in range(ORDERS))]
    for factor in factors:
        for k in range(ORDERS, 0, -1):
            sums[k] = sums[k] + factor * sums[k - 1]
    whole = np.tensordot(kernel.order, np.array(sums[1:]), axes=1)
    whole[np.diag_indices(rows)] += kernel.noise + JITTER
    try:
        root = np.linalg.cholesky(whole)
    except np.linalg.LinAlgError:
        return 1e10, np.zeros_like(logs)
    inverse = cho_solve((root, True), np.eye(rows))
    solved = inverse @ outcome
    pull = 0.5 * (inverse - np.outer(solved, solved))
    slope = np.zeros_like(logs)
    for i in range(size):
        # Sums of products without one setting: each is the whole less the setting times the last.
        rest = sums[0]
        change = kernel.order[0] * rest
        for k in range(1, ORDERS):
            rest = sums[k] - factors[i] * rest
            change = change + kernel.order[k] * rest
        change = pull * change * factors[i]
        slope[i] = (change * apart[i]).sum() / kernel.reach[i] ** 2
        slope[size + i] = 2 * change.sum()
    for k in range(ORDERS):
        slope[2 * size + k] = 2 * kernel.order[k] * (pull * sums[k + 1]).sum()
    slope[-1] = 2 * kernel.noise * np.trace(pull)
    return float(0.5 * outcome @ solved + np.log(root.diagonal()).sum()), slope
