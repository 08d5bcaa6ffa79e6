"""Train a small transformer from scratch, adapt it by LoRA, and evaluate both. No downloads.

aitia run python examples/small_transformer.py && aitia query model-ancestry
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from torch.utils.data import DataLoader, TensorDataset
from transformers import GPT2Config, GPT2LMHeadModel

import aitia

DATA = Path(__file__).resolve().parent / "data"
WIDTH = 32  # characters that the model sees at once


def tokens(text: str, alphabet: str) -> torch.Tensor:
    """Return overlapping windows over a text, one token a character."""
    ids = torch.tensor([alphabet.index(character) for character in text])
    return ids.unfold(0, WIDTH, WIDTH // 2)


def train(model: torch.nn.Module, windows: torch.Tensor, rate: float, epochs: int) -> None:
    """Train what of ``model`` can be trained."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=rate)
    batches = DataLoader(TensorDataset(windows), batch_size=16, shuffle=True)
    model.train()
    for _ in range(epochs):
        for (batch,) in batches:
            optimizer.zero_grad()
            model(input_ids=batch, labels=batch).loss.backward()
            optimizer.step()


@torch.no_grad()
@aitia.task(type="aitia:EvaluationRun")
def evaluate(model: torch.nn.Module, windows: torch.Tensor) -> float:
    """Return the loss of a model, per character."""
    model.eval()
    loss = float(model(input_ids=windows, labels=windows).loss)
    aitia.log(loss=loss)
    return loss


def main(epochs: int) -> None:
    torch.manual_seed(7)
    general = (DATA / "second_inaugural.txt").read_text()
    special = (DATA / "gettysburg.txt").read_text()
    alphabet = "".join(sorted(set(general + special)))
    windows = tokens(special, alphabet)
    train_windows, test_windows = windows[:-16], windows[-16:]

    # A foundation model, if a small one: trained from scratch on general text.
    config = GPT2Config(vocab_size=len(alphabet), n_positions=WIDTH, n_embd=48, n_layer=2, n_head=2)
    config.bos_token_id = config.eos_token_id = None
    config.bos_token_id = config.eos_token_id = None
    base = GPT2LMHeadModel(config)
    train(base, tokens(general, alphabet), 3e-3, epochs)
    base.save_pretrained("base")
    before = evaluate(base, test_windows)

    # The same, adapted to a special text by matrices of low rank; its own weights stay.
    lora = LoraConfig(r=4, lora_alpha=8, target_modules=["c_attn"], fan_in_fan_out=True)
    adapted = get_peft_model(GPT2LMHeadModel.from_pretrained("base"), lora)
    train(adapted, train_windows, 1e-2, epochs)
    adapted.save_pretrained("adapter")
    print(f"loss before {before:.3f}, after {evaluate(adapted, test_windows):.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
