"""The digest of the weights of a PyTorch module."""

from __future__ import annotations

import sys
from typing import Any

from aitia.capture.model.distributed import is_sharded
from aitia.capture.model.fitted import ModelHasher
from aitia.errors import ValueNotRecordableError

_DEVICE_CAP = 64 << 20
"""Most bytes of weights that are copied from an accelerator for their digest."""


def weights_digest(root: Any, cap: int) -> str | None:
    """Return the SHA-256 of the parameters and buffers of a module; None where there is none.

    Weights on an accelerator are copied for it, up to 64 MiB.
    """
    if is_sharded(root):
        # All processes would have to gather them at once.
        return None
    hasher = ModelHasher(cap)
    tensors = list(root.state_dict().items())
    away = sum(t.numel() * t.element_size() for _, t in tensors if t.device.type != "cpu")
    if away > min(cap, _DEVICE_CAP):
        return None
    try:
        for name, tensor in tensors:
            hasher.part("tensor", name.encode("utf-8", "surrogatepass"))
            hasher.part("type", str(tensor.dtype).encode())
            hasher.array(_bits(tensor.detach().cpu().contiguous()))
    except (ValueNotRecordableError, RuntimeError, TypeError):
        # PyTorch refuses to read some: sparse, quantised, without storage.
        return None
    return hasher.hexdigest()


def _bits(tensor: Any) -> Any:
    """Return a tensor as an array; of a type that numpy lacks, its bits."""
    if str(tensor.dtype) in ("torch.bfloat16", "torch.float8_e4m3fn", "torch.float8_e5m2"):
        return tensor.view(sys.modules["torch"].uint8).numpy()
    return tensor.numpy()
