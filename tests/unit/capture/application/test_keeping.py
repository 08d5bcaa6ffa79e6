from pathlib import Path

import pytest

from aitia.capture.application.keeping import Price, Prices, keeping, read_prices
from aitia.errors import ConfigError


def test_a_price_is_that_of_a_million_tokens() -> None:
    prices = Prices("EUR", {"small": Price(2.0, 10.0)})
    assert prices.cost(("small-2026", "small"), 1000, 100) == pytest.approx(0.003)
    assert prices.cost(("large",), 1000, 100) is None


def test_prices_are_read_and_bad_ones_are_named(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text('currency = "EUR"\n[models."a/b"]\ninput = 1\n')
    assert read_prices(str(path)) == Prices("EUR", {"a/b": Price(1.0, 0.0)})
    for bad in ("[models]\na = 1\n", '[models.a]\ninput = "much"\n', "="):
        path.write_text(bad)
        with pytest.raises(ConfigError, match=r"prices\.toml"):
            read_prices(str(path))
    with pytest.raises(ConfigError):
        read_prices(str(tmp_path / "none.toml"))


def test_texts_are_kept_only_on_request_and_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AITIA_DIR", str(tmp_path))
    monkeypatch.delenv("AITIA_PROMPTS", raising=False)
    assert keeping("run without").text("tea") is None
    monkeypatch.setenv("AITIA_PROMPTS", "on")
    assert keeping("run without").text("tea") is None
    assert keeping("run with").text("tea, password=hunter2") == "tea, password=***"
