"""The architecture of a PyTorch module: its leaves in the order in which they were registered.

PyTorch is not imported here: layers are told apart by the names of their classes and read by their
attributes. What the code of a module does between its layers cannot be seen in the tree, so the
code of each ``forward`` of the user's own classes is part of the canonical form, as a digest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aitia.capture.model.architecture import Architecture, Layer, chain
from aitia.capture.model.shapes import Trace, observed

MAX_LAYERS = 10_000

_WRAPPERS = ("torch.", "deepspeed.")

_WHOLE = ("MultiheadAttention",)
"""Modules that have children but are one layer."""

_EMPTY = ("Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict")
_KINDS = (
    ("MultiheadAttention", "aitia:AttentionLayer"),
    ("Conv", "aitia:ConvolutionLayer"),
    ("Pool", "aitia:PoolingLayer"),
    ("Norm", "aitia:NormalizationLayer"),
    ("Dropout", "aitia:RegularizationLayer"),
    ("Embedding", "aitia:EmbeddingLayer"),
    ("RNN", "aitia:RecurrentLayer"),
    ("LSTM", "aitia:RecurrentLayer"),
    ("GRU", "aitia:RecurrentLayer"),
    ("Linear", "aitia:DenseLayer"),
)
_UNITS = ("out_channels", "out_features", "hidden_size", "embed_dim", "embedding_dim")
_ATTRIBUTES = {
    "kernel_size": "kernelSize",
    "stride": "stride",
    "padding": "padding",
    "num_heads": "attentionHeads",
}
_SETTINGS = (
    *("in_channels", "in_features", "input_size", "num_embeddings", "num_features"),
    *("dilation", "groups", "padding_mode", "output_padding", "output_size", "ceil_mode"),
    *("num_layers", "bidirectional", "batch_first", "nonlinearity", "proj_size"),
    *("eps", "momentum", "affine", "normalized_shape", "num_groups", "elementwise_affine"),
    *("negative_slope", "approximate", "dim", "start_dim", "end_dim", "scale_factor", "mode"),
    *("padding_idx", "max_norm", "alpha", "beta", "threshold", "upscale_factor", "kdim", "vdim"),
)


def architecture_of(root: Any, trace: Trace | None = None) -> Architecture:
    """Return the architecture of a module.

    Parameters
    ----------
    root:
        The outermost module.
    trace:
        What was seen of its layers while data passed; None when nothing was.
    """
    leaves = list(leaves_of(root))
    layers = [_layer(module) for module in leaves]
    if trace is not None:
        layers = observed(layers, leaves, trace)
    name = type(unwrapped(root)).__name__
    total = sum(int(item.numel()) for item in root.parameters())
    return Architecture(
        "aitia:NeuralArchitecture",
        f"{name} of {len(layers)} layers",
        layers=tuple(layers) if trace is not None else chain(layers),
        attributes={"parameterCount": total},
        settings=dict(_codes(root)),
    )


def leaves_of(root: Any) -> Iterator[Any]:
    """Yield the modules that are layers, in the order of registration, each once."""
    seen: set[int] = set()
    inside: tuple[str, ...] = ()
    for path, module in root.named_modules():
        name = type(module).__name__
        if (inside and path.startswith(inside)) or id(module) in seen:
            continue
        if name in _WHOLE:
            inside = (*inside, f"{path}.")
        elif any(True for _ in module.children()) or name in _EMPTY or _is_loss(module):
            continue
        seen.add(id(module))
        yield module
        if len(seen) >= MAX_LAYERS:
            return


def kind_of(module: Any) -> str:
    """Return the class of the ontology that a layer belongs to."""
    cls = type(module)
    for base in cls.__mro__:
        if base.__module__.startswith("torch.nn.modules"):
            for mark, kind in _KINDS:
                if mark in base.__name__:
                    return kind
            if base.__module__ == "torch.nn.modules.activation":
                return "aitia:ActivationLayer"
    return "aitia:Layer"


def _layer(module: Any) -> Layer:
    kind = kind_of(module)
    attributes: dict[str, Any] = {}
    for name in _UNITS:
        if _is_count(getattr(module, name, None)):
            attributes["unitCount"] = int(getattr(module, name))
            break
    for name, local in _ATTRIBUTES.items():
        item = _plain(getattr(module, name, None))
        if item is not None and kind != "aitia:Layer":
            attributes[local] = item
    rate = getattr(module, "p", getattr(module, "dropout", None))
    if isinstance(rate, (int, float)) and kind != "aitia:Layer":
        attributes["dropoutRate"] = float(rate)
    if kind == "aitia:ActivationLayer":
        attributes["activationFunction"] = type(module).__name__.lower()
    attributes["parameterCount"] = sum(int(item.numel()) for item in module.parameters())
    settings = {name: _plain(getattr(module, name, None)) for name in _SETTINGS}
    kept = {name: item for name, item in settings.items() if item is not None}
    if kind not in ("aitia:ActivationLayer", "aitia:PoolingLayer", "aitia:Layer"):
        bias = getattr(module, "bias", None)
        kept["bias"] = bias is not None and bias is not False
    return Layer(kind, type(module).__name__, attributes, kept)


def _plain(item: Any) -> Any:
    """Return a number, text, truth value or list of these; a list of equal numbers as one."""
    if isinstance(item, (tuple, list)) and all(isinstance(part, (int, float)) for part in item):
        return item[0] if item and len(set(item)) == 1 else list(item)
    return item if isinstance(item, (bool, int, float, str)) else None


def _is_count(item: Any) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and item > 0


def _is_loss(module: Any) -> bool:
    return type(module).__module__ == "torch.nn.modules.loss"


def unwrapped(root: Any) -> Any:
    """Return the user's module inside those of compilation and data parallelism."""
    if type(root).__module__.startswith(_WRAPPERS):
        for name in ("_orig_mod", "module"):
            inner = getattr(root, name, None)
            if inner is not None and hasattr(inner, "named_modules"):
                return unwrapped(inner)
    return root


def _codes(root: Any) -> Iterator[tuple[str, str]]:
    """Yield a digest of the code of each ``forward`` that PyTorch did not write."""
    seen: set[type] = set()
    for module in root.modules():
        cls = type(module)
        if cls not in seen and not cls.__module__.startswith(("torch.", "torch._")):
            seen.add(cls)
            yield f"forward of {cls.__name__}", code_digest(cls, "forward")


def code_digest(cls: Any, method: str) -> str:
    """Return a digest of the tokens of a method, comments and layout left out."""
    from hashlib import sha256

    function = getattr(cls, method, None)
    try:
        tokens = " ".join(_tokens(function))
    except (OSError, TypeError, SyntaxError):
        code = getattr(function, "__code__", None)
        tokens = "" if code is None else f"{code.co_code.hex()} {code.co_names} {code.co_varnames}"
    return sha256(tokens.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _tokens(function: Any) -> Iterator[str]:
    import inspect
    import io
    import token
    import tokenize

    source = inspect.getsource(function)
    layout = (token.INDENT, token.DEDENT, token.NEWLINE, token.NL, token.COMMENT, token.ENDMARKER)
    depth = 0
    lines = io.StringIO(inspect.cleandoc("\n" + source) + "\n").readline
    for found in tokenize.generate_tokens(lines):
        depth += (found.type == token.INDENT) - (found.type == token.DEDENT)
        if found.type == token.NEWLINE:
            yield f";{depth}"
        elif found.type not in layout:
            yield found.string
