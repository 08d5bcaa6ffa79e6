import inspect

import pytest

pytest.importorskip("openai")
pytest.importorskip("anthropic")

import anthropic._base_client
import openai._base_client

from aitia.capture.application.clients import AnthropicAdapter, OpenAIAdapter

pytestmark = pytest.mark.frameworks

BOTH = pytest.mark.parametrize(
    ("adapter", "base"),
    [(OpenAIAdapter, openai._base_client), (AnthropicAdapter, anthropic._base_client)],
)


def methods(base):
    return [
        (base.SyncAPIClient, "request"),
        (base.AsyncAPIClient, "request"),
        (base.BaseClient, "_calculate_retry_timeout"),
        (base.Stream, "__stream__"),
        (base.AsyncStream, "__stream__"),
    ]


@BOTH
def test_wrappers_look_like_what_they_wrap_and_are_taken_away(observe, adapter, base) -> None:
    before = [getattr(owner, name) for owner, name in methods(base)]
    with observe(adapter()):
        for (owner, name), original in zip(methods(base), before, strict=True):
            wrapper = getattr(owner, name)
            assert wrapper.__wrapped__ is original
            assert inspect.signature(wrapper) == inspect.signature(original)
            assert inspect.iscoroutinefunction(wrapper) == inspect.iscoroutinefunction(original)
    assert [getattr(owner, name) for owner, name in methods(base)] == before


@BOTH
def test_a_wrapper_of_others_stays_and_ours_below_it_rests(observe, adapter, base) -> None:
    owner = base.SyncAPIClient
    original = owner.request
    try:
        with observe(adapter()):
            ours = owner.request
            owner.request = lambda *args, **kwargs: ours(*args, **kwargs)
            theirs = owner.request
        assert owner.request is theirs
    finally:
        owner.request = original
