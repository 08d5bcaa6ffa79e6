import pytest

pytest.importorskip("langchain_core")

from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.tracers import context

from aitia.capture.application.langchain import LangChainAdapter
from aitia.records import Started

pytestmark = pytest.mark.frameworks


@pytest.fixture(autouse=True)
def _settings(tmp_path, monkeypatch):
    monkeypatch.setenv("AITIA_DIR", str(tmp_path))


def test_the_handler_comes_and_goes_with_the_adapter(observe) -> None:
    before = list(context._configure_hooks)
    model = GenericFakeChatModel(messages=iter([AIMessage("a"), AIMessage("b")]))
    with observe(LangChainAdapter()) as observed:
        assert len(context._configure_hooks) == len(before) + 1
        model.invoke("tea")
    assert context._configure_hooks == before
    model.invoke("tea")
    assert [r.type for r in observed.records.of(Started)] == ["aitia:Inference"]
