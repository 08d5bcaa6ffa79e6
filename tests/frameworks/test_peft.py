"""PEFT: a base model, a low-rank adapter, the model that they make, and its merging."""

import pytest

pytest.importorskip("peft")

pytestmark = pytest.mark.frameworks

ADAPTATION = """
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import GPT2Config, GPT2LMHeadModel

    base = GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=2, n_embd=8, vocab_size=16, n_positions=8))
    how = LoraConfig(r=2, lora_alpha=8, target_modules=["c_attn"], fan_in_fan_out=True)
    net = get_peft_model(base, how)
    optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=0.01)
    rows = torch.randint(0, 16, (4, 8))
    for _ in range(2):
        optimizer.zero_grad()
        net(input_ids=rows, labels=rows).loss.backward()
        optimizer.step()
    net.save_pretrained("adapter")
    net.merge_and_unload()
"""


def test_an_adapted_model_comes_from_its_base_and_its_adapter(observe):
    recorded = observe(ADAPTATION, HF_HUB_OFFLINE="1")
    found = recorded.rows(
        "?m a aitia:AdaptedModel ; aitia:adaptedFrom ?base ; aitia:withAdapter ?a ;"
        " aitia:adaptationMethod ?how . ?a aitia:adapterRank ?rank ; aitia:adapterScale ?scale",
        "DISTINCT ?m ?how ?rank ?scale",
    )
    assert {(int(rank), float(scale)) for _, _, rank, scale in found} == {(2, 4.0)}
    methods = [str(how).rpartition("#")[2] for _, how, _, _ in found]
    assert sorted(set(methods)) == ["LoRA", "Merge"]
    trained = recorded.rows(
        "?t a aitia:TrainingRun . ?m prov:wasGeneratedBy ?t ; a aitia:AdaptedModel", "DISTINCT ?m"
    )
    assert len(trained) == 1
    # Its base was never trained.
    assert not recorded.rows("?b a aitia:FoundationModel", "?b")
