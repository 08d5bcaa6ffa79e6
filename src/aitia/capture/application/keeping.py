"""What may be kept of the texts that people and models exchange, and what a use of a model costs.

Texts are known by their digests. They are kept only where the setting ``prompts`` asks for it, and
then without secrets and identities. Costs are computed from the user's own table of prices alone::

    currency = "EUR"
    [models."small-model"]        # for a million tokens
    input = 0.15
    output = 0.60
"""

from __future__ import annotations

import os
import tomllib
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

from aitia.capture.guard import attempt
from aitia.capture.identity import Pseudonyms, identify, load
from aitia.capture.quiet import quiet
from aitia.capture.redaction import Redactor
from aitia.config import Settings
from aitia.config import load as load_settings
from aitia.errors import ConfigError
from aitia.records.values import text

_MILLION = 1_000_000
_RUNS = 32


class Price(NamedTuple):
    """What a million tokens of a model cost."""

    input: float
    output: float


class Prices(NamedTuple):
    """The user's table of prices, and the currency that it is in."""

    currency: str = ""
    models: Mapping[str, Price] = {}

    def cost(self, names: tuple[str, ...], given: int, made: int) -> float | None:
        """Return the cost of ``given`` tokens in and ``made`` tokens out; None without a price.

        ``names`` are the names of the model, the exact one first.
        """
        price = next((self.models[name] for name in names if name in self.models), None)
        if price is None:
            return None
        return (given * price.input + made * price.output) / _MILLION


class Keeping(NamedTuple):
    """What may be kept in a run, and how names are replaced in it."""

    prompts: bool
    prices: Prices
    pseudonyms: Pseudonyms
    redactor: Redactor

    def text(self, string: str) -> str | None:
        """Return a text as it may be kept; None when it may not."""
        return text(self.redactor.text(string)) if self.prompts else None


def read_prices(path: str) -> Prices:
    """Return the prices in a file.

    Raises
    ------
    ConfigError
        When the file cannot be read, or a price is no number.
    """
    try:
        with open(path, "rb") as handle:
            table = tomllib.load(handle)
        models = {
            name: Price(float(price.get("input", 0.0)), float(price.get("output", 0.0)))
            for name, price in table.get("models", {}).items()
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"the prices in {path}: {error}",
            expected='currency = "EUR", and tables [models."NAME"] with input and output',
            next_step="write prices of a million tokens, as in docs/how-to/record-agents.md",
        ) from error
    return Prices(str(table.get("currency", "")), models)


_kept: OrderedDict[str, Keeping] = OrderedDict()


def keeping(run: str) -> Keeping:
    """Return what may be kept in the run ``run``; it is decided once a run."""
    found = _kept.get(run)
    if found is None:
        with quiet:
            found = _kept[run] = _read()
        while len(_kept) > _RUNS:
            _kept.popitem(last=False)
    return found


def _read() -> Keeping:
    try:
        settings = load_settings()
    except ConfigError:
        # The recorder has said so already.
        settings = Settings(os.path.abspath(os.environ.get("AITIA_DIR") or ".aitia"))
    prices = attempt("prices", read_prices, settings.prices) if settings.prices else None
    pseudonyms = load(settings.directory)
    redactor = Redactor(identify(pseudonyms))
    return Keeping(settings.prompts, prices or Prices(), pseudonyms, redactor)
