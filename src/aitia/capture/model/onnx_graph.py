"""The architecture of an ONNX model: its operators in order, and what feeds into what.

Nothing here imports onnx: the graph is read by the fields of its messages. A graph of operators of
networks is a neural architecture; one of trees, of linear terms or of kernels is of that kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aitia.capture.model.architecture import Architecture, Layer
from aitia.records.prov import NOTHING
from aitia.records.values import Value, text

MAX_NODES = 2000
"""Most operators that are told one by one."""

_KINDS = {
    "Conv": "aitia:ConvolutionLayer",
    "ConvTranspose": "aitia:ConvolutionLayer",
    "Gemm": "aitia:DenseLayer",
    "MatMul": "aitia:DenseLayer",
    "MaxPool": "aitia:PoolingLayer",
    "AveragePool": "aitia:PoolingLayer",
    "GlobalAveragePool": "aitia:PoolingLayer",
    "GlobalMaxPool": "aitia:PoolingLayer",
    "BatchNormalization": "aitia:NormalizationLayer",
    "LayerNormalization": "aitia:NormalizationLayer",
    "InstanceNormalization": "aitia:NormalizationLayer",
    "GroupNormalization": "aitia:NormalizationLayer",
    "Dropout": "aitia:RegularizationLayer",
    "LSTM": "aitia:RecurrentLayer",
    "GRU": "aitia:RecurrentLayer",
    "RNN": "aitia:RecurrentLayer",
    "Attention": "aitia:AttentionLayer",
    "MultiHeadAttention": "aitia:AttentionLayer",
}
_ACTIVATIONS = frozenset(
    {"Relu", "Sigmoid", "Tanh", "Softmax", "LogSoftmax", "Elu", "Selu", "Gelu", "LeakyRelu"}
    | {"PRelu", "HardSigmoid", "HardSwish", "Softplus", "Softsign", "Mish", "Celu", "Swish"}
)
_METHODS = {
    "TreeEnsembleClassifier": "aitia:TreeEnsembleArchitecture",
    "TreeEnsembleRegressor": "aitia:TreeEnsembleArchitecture",
    "TreeEnsemble": "aitia:TreeEnsembleArchitecture",
    "LinearClassifier": "aitia:LinearArchitecture",
    "LinearRegressor": "aitia:LinearArchitecture",
    "SVMClassifier": "aitia:KernelArchitecture",
    "SVMRegressor": "aitia:KernelArchitecture",
}
_ATTRIBUTES = {"kernel_shape": "kernelSize", "strides": "stride", "pads": "padding"}
_INTEGER, _INTEGERS, _FLOAT, _TEXT = 2, 7, 1, 3


def architecture_of(model: Any) -> Architecture:
    """Return the architecture of a model, an ONNX ``ModelProto``."""
    graph = model.graph
    nodes = [node for node in graph.node if node.op_type != "Constant"]
    shapes = {item.name: list(map(int, item.dims)) for item in graph.initializer}
    total = sum(_size(shape) for shape in shapes.values())
    names = [node.op_type for node in nodes]
    method = next((_METHODS[name] for name in names if name in _METHODS), None)
    if method is not None:
        return _method(method, nodes, names)
    is_neural = any(name in _KINDS for name in names)
    if not is_neural or len(nodes) > MAX_NODES:
        kind = "aitia:NeuralArchitecture" if is_neural else "aitia:Architecture"
        told = {"operators": names[: MAX_NODES // 10], "operator_count": len(names)}
        return Architecture(kind, _label(names), "ONNX", (), {"parameterCount": total}, told)
    feeds = _feeds(nodes)
    layers = tuple(
        _layer(node, shapes)._replace(feeds=feeds.get(i, ())) for i, node in enumerate(nodes)
    )
    kind = "aitia:NeuralArchitecture"
    return Architecture(kind, _label(names), "ONNX", layers, {"parameterCount": total})


def _label(names: list[str]) -> str:
    return f"ONNX of {len(names)} operators"


def _method(kind: str, nodes: list[Any], names: list[str]) -> Architecture:
    attributes: dict[str, Any] = {}
    for node in nodes:
        found = {item.name: item for item in node.attribute}
        if "nodes_treeids" in found:
            attributes["treeCount"] = len(set(found["nodes_treeids"].ints))
    label = f"ONNX {' → '.join(names[:8])}"
    return Architecture(kind, label, "ONNX", (), attributes, {"operators": names})


def _layer(node: Any, shapes: Mapping[str, list[int]]) -> Layer:
    kind = "aitia:ActivationLayer" if node.op_type in _ACTIVATIONS else _KINDS.get(node.op_type)
    learnt = [shapes[name] for name in node.input if name in shapes]
    if node.op_type == "MatMul" and not learnt:
        # Of two things that were computed, it is no layer with weights.
        kind = None
    attributes: dict[str, Any] = {"parameterCount": sum(map(_size, learnt))}
    settings: dict[str, Any] = {}
    for item in node.attribute:
        value = _value(item)
        if value is None:
            continue
        local = _ATTRIBUTES.get(item.name) if kind is not None else None
        (attributes if local else settings)[local or item.name] = value
    if kind == "aitia:ActivationLayer":
        attributes["activationFunction"] = node.op_type.lower()
    units = _units(node, learnt)
    if units:
        attributes["unitCount"] = units
    return Layer(kind or "aitia:Layer", node.op_type, attributes, settings)


def _units(node: Any, learnt: list[list[int]]) -> int | None:
    if not learnt:
        return None
    if node.op_type == "Conv":
        return learnt[0][0]
    if node.op_type == "MatMul" and len(learnt[0]) == 2:
        return learnt[0][1]
    if node.op_type == "Gemm" and len(learnt[0]) == 2:
        turned = any(item.name == "transB" and item.i for item in node.attribute)
        return learnt[0][0 if turned else 1]
    return None


def _value(item: Any) -> Any:
    if item.type == _INTEGER:
        return int(item.i)
    if item.type == _FLOAT:
        return float(item.f)
    if item.type == _TEXT:
        return text(item.s.decode("utf-8", "replace"))
    if item.type == _INTEGERS:
        numbers = [int(number) for number in item.ints[:64]]
        return numbers[0] if numbers and len(set(numbers)) == 1 else numbers
    return None


def _feeds(nodes: list[Any]) -> dict[int, tuple[int, ...]]:
    made = {name: i for i, node in enumerate(nodes) for name in node.output}
    feeds: dict[int, set[int]] = {}
    for i, node in enumerate(nodes):
        for name in node.input:
            if made.get(name, i) < i:
                feeds.setdefault(made[name], set()).add(i)
    return {source: tuple(sorted(targets)) for source, targets in feeds.items()}


def _size(shape: Iterable[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def settings_of(model: Any) -> dict[str, Value]:
    """Return what an ONNX model says of itself: its maker, its versions, and its metadata."""
    told: dict[str, Value] = {}
    for name in ("producer_name", "producer_version", "domain", "model_version", "ir_version"):
        value = getattr(model, name, None)
        if value:
            told[f"onnx.{name}"] = value if isinstance(value, int) else text(str(value))
    for opset in model.opset_import:
        told[f"onnx.opset {opset.domain or 'ai.onnx'}"] = int(opset.version)
    for item in list(model.metadata_props)[:64]:
        told[f"onnx.metadata {text(item.key)}"] = text(item.value)
    return told or dict(NOTHING)
