import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedModel, Trainer  # noqa: E402
from transformers.tokenization_utils_base import PreTrainedTokenizerBase  # noqa: E402

from aitia.capture.model import adapted  # noqa: E402
from aitia.capture.model.transformers import TransformersAdapter  # noqa: E402
from aitia.capture.scopes import CurrentScope  # noqa: E402
from aitia.records import Derived, Entity, Ref, Setting  # noqa: E402

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]


def small() -> GPT2LMHeadModel:
    return GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=4, vocab_size=8, n_positions=4))


def test_a_model_that_is_read_is_what_was_written(observe, tmp_path) -> None:
    with observe(TransformersAdapter()) as observed:
        net = small()
        scope = CurrentScope()
        here = scope.mint()
        scope.bind(net, here)
        net.save_pretrained(tmp_path)
        again = GPT2LMHeadModel.from_pretrained(tmp_path)
        read = observed.run.refer(again)
        assert isinstance(read, Ref)
        adapted.tell_base(scope, again, read.id)
    assert [(d.derived, d.source) for d in observed.records.of(Derived)] == [(read.id, here)]
    told = {s.name: s.value for s in observed.records.of(Setting) if s.subject == read.id}
    assert (told["architecture"], told["vocab_size"]) == ("GPT2LMHeadModel", 8)
    kinds = {e.type for e in observed.records.of(Entity) if e.id == read.id}
    assert kinds == {"aitia:Model", "aitia:FoundationModel"}


def test_what_loads_and_says_what_it_could_not_use_is_seen_too(observe, tmp_path) -> None:
    small().save_pretrained(tmp_path)
    with observe(TransformersAdapter()) as observed:
        found, told = GPT2LMHeadModel.from_pretrained(tmp_path, output_loading_info=True)
        assert isinstance(observed.run.refer(found), Ref)
        assert isinstance(told, dict)


def test_everything_is_put_back(observe) -> None:
    def now() -> tuple:
        return (
            *(Trainer.train, Trainer.evaluate, Trainer.log, Trainer._save_checkpoint),
            *(vars(PreTrainedModel)["from_pretrained"], PreTrainedModel.save_pretrained),
            vars(PreTrainedTokenizerBase)["from_pretrained"],
            PreTrainedTokenizerBase.save_pretrained,
        )

    before = now()
    with observe(TransformersAdapter()):
        assert all(a is not b for a, b in zip(before, now(), strict=True))
        assert isinstance(vars(PreTrainedModel)["from_pretrained"], classmethod)
    assert now() == before
