"""Safetensors, without a change to the script: headers, and the models of Transformers in them."""

import pytest

pytest.importorskip("safetensors")
pytest.importorskip("transformers")
pytest.importorskip("torch")

pytestmark = pytest.mark.frameworks

FILES = """
    import torch
    from safetensors.torch import load_file, save_file
    from transformers import GPT2Config, GPT2LMHeadModel

    save_file({"w": torch.ones(2, 3)}, "one.safetensors", metadata={"made_by": "hand"})
    load_file("one.safetensors")
    net = GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=2, n_embd=8, vocab_size=16, n_positions=8))
    net.save_pretrained("net")
    GPT2LMHeadModel.from_pretrained("net")
"""


def test_headers_are_told_of_what_is_written_and_of_models_of_transformers(observe):
    recorded = observe(FILES, HF_HUB_OFFLINE="1")
    found = recorded.rows(
        "?m a aitia:Model ; rdfs:label ?label ; aitia:sha256 ?sha ; aitia:hasSetting ?s ."
        " ?s aitia:settingName ?name ; aitia:settingValue ?value"
        " FILTER(STRSTARTS(?name, 'safetensors.'))",
        "DISTINCT ?m ?label ?name ?value",
    )
    told = {}
    for model, label, name, value in found:
        told.setdefault((str(model), label), {})[name.removeprefix("safetensors.")] = value
    by_name = {label: facts for (_, label), facts in told.items()}
    assert len(told) == 2
    assert str(by_name["one.safetensors"]["metadata made_by"]) == "hand"
    assert int(by_name["one.safetensors"]["parameter_count"]) == 6
    assert int(by_name["model.safetensors"]["tensor_count"]) > 10
    assert str(by_name["model.safetensors"]["metadata format"]) == "pt"
