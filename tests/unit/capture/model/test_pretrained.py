import pytest

tokenizers = pytest.importorskip("tokenizers")
transformers = pytest.importorskip("transformers")

from aitia.capture.model.observer import Observer  # noqa: E402
from aitia.capture.model.pretrained import chosen, model_loaded, told_tokenizer, weights  # noqa: E402
from aitia.capture.scopes import CurrentScope  # noqa: E402
from aitia.records import Entity, Json, Setting  # noqa: E402

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]


def tokenizer(*words: str):
    vocabulary = {word: i for i, word in enumerate(("[UNK]", *words))}
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]")


class Quantised:
    """A model, of which only the configuration is read."""

    def __init__(self) -> None:
        self.config = transformers.PretrainedConfig(architectures=["Net"])
        self.config.quantization_config = {"load_in_4bit": True, "quant_method": "bitsandbytes"}
        self.config._commit_hash = "abc"


def test_a_tokenizer_is_its_vocabulary(observe) -> None:
    with observe() as observed:
        observer = Observer(CurrentScope())
        one = told_tokenizer(observer, tokenizer("a", "b"))
        same = told_tokenizer(observer, tokenizer("a", "b"))
        other = told_tokenizer(observer, tokenizer("a", "c", "d"))
    assert one == same != other
    told = [(e.type, e.attributes) for e in observed.records.of(Entity)]
    assert told == [
        ("aitia:Tokenizer", {"aitia:vocabularySize": 3}),
        ("aitia:Tokenizer", {"aitia:vocabularySize": 4}),
    ]


def test_a_model_that_is_named_is_a_foundation_model_with_its_quantisation(observe) -> None:
    with observe() as observed:
        model_loaded(Observer(CurrentScope()), Quantised(), "someone/some-model")
    (model,) = observed.records.of(Entity)
    assert (model.type, model.label) == ("aitia:FoundationModel", "someone/some-model")
    assert model.attributes == {"aitia:versionLabel": "abc"}
    told = {s.name: s.value for s in observed.records.of(Setting)}
    assert told["architecture"] == "Net"
    assert told["quantization_config"] == Json(
        {"load_in_4bit": "True", "quant_method": "bitsandbytes"}
    )
    assert "quantization_config" in chosen(Quantised())


def test_only_files_that_are_there_are_weights(tmp_path) -> None:
    (tmp_path / "adapter_model.bin").write_bytes(b"x")
    assert list(weights(tmp_path)) == [str(tmp_path / "adapter_model.bin")]
    assert list(weights("nowhere")) == list(weights(None)) == []
