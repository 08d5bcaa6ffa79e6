"""What arrays are: numpy arrays, scipy's sparse matrices and PyTorch tensors as data sets.

Nothing is imported: the libraries are met through objects of the user's.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable
from functools import partial
from typing import Any, cast
from zlib import crc32

from aitia.capture import describe
from aitia.capture.describe import Description
from aitia.capture.digests import CAP, ContentHasher, chunks, content_digest, is_array
from aitia.errors import ValueNotRecordableError
from aitia.records.values import Json, Value

_STAMPED = 1 << 18
"""Bytes of an array that are summed to see whether it was changed; of larger ones, a sample."""

_SPARSE_FORMATS = ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
_SPARSE = tuple(
    f"scipy.sparse._{form}.{form}_{kind}"
    for form in _SPARSE_FORMATS
    for kind in ("matrix", "array")
)


def describe_array(obj: object, cap: int = CAP) -> Description:
    """Describe a numpy array: shape, element type, digest of its elements."""
    array = cast("Any", obj)
    return Description(
        "aitia:Dataset",
        _label("array", array.shape, str(array.dtype)),
        content_digest(array, cap),
        _attributes(array.shape, str(array.dtype), int(array.nbytes)),
        stamp_array(array),
    )


def stamp_array(obj: object) -> Hashable:
    """Return a checksum that changes when the array does.

    Arrays of more than 256 KiB are sampled at regular distances, so that a change of a few
    elements in place can go unseen there.
    """
    array = cast("Any", obj)
    head = (array.shape, array.dtype.str)
    if array.dtype.hasobject or array.dtype.kind == "T":
        return (*head, hash(tuple(map(id, array.reshape(-1)[:1024].tolist()))))
    if array.nbytes > _STAMPED:
        flat = array.reshape(-1) if array.flags.c_contiguous else array.flat
        step = max(1, array.size // (_STAMPED // max(1, array.dtype.itemsize)))
        array = sys.modules["numpy"].ascontiguousarray(flat[::step])
    total = 0
    for chunk in chunks(array):
        total = crc32(chunk, total)
    return (*head, total)


def describe_sparse(obj: object, cap: int = CAP) -> Description:
    """Describe a scipy sparse matrix: its digest is that of its entries in row order."""
    matrix = cast("Any", obj)
    kind = str(matrix.dtype)
    shape = tuple(map(int, matrix.shape))
    return Description(
        "aitia:Dataset",
        _label("sparse matrix", shape, kind),
        _sparse_digest(matrix, shape, cap),
        {
            "aitia:arrayShape": Json(list(shape)),
            "aitia:elementType": kind,
        },
        stamp_sparse(matrix),
    )


def stamp_sparse(obj: object) -> Hashable:
    """Return a checksum that changes when the entries of a sparse matrix do."""
    matrix = cast("Any", obj)
    data = getattr(matrix, "data", None)
    entries = stamp_array(data) if is_array(data) else None
    return (tuple(matrix.shape), int(matrix.nnz), entries)


def _sparse_digest(matrix: Any, shape: tuple[int, ...], cap: int) -> str | None:
    # Canonical compressed rows, so that the storage format and the order of entries do not matter.
    if len(shape) != 2 or matrix.nnz * 16 > cap:
        return None
    rows = matrix.tocsr(copy=True)
    rows.sum_duplicates()
    hasher = ContentHasher(cap)
    try:
        hasher.part("sparse", repr(shape).encode())
        hasher.array(rows.indptr.astype("i8"))
        hasher.array(rows.indices.astype("i8"))
        hasher.array(rows.data)
    except ValueNotRecordableError:
        return None
    return hasher.hexdigest()


def describe_tensor(obj: object, cap: int = CAP) -> Description:
    """Describe a PyTorch tensor; one in the memory of the host has the digest of its elements."""
    tensor = cast("Any", obj)
    kind = str(tensor.dtype).removeprefix("torch.")
    shape = tuple(map(int, tensor.shape))
    size = int(tensor.numel() * tensor.element_size())
    digest = None
    if tensor.device.type == "cpu" and str(tensor.layout) == "torch.strided" and size <= cap:
        digest = _tensor_digest(tensor, cap)
    return Description(
        "aitia:Dataset",
        _label("tensor", shape, kind),
        digest,
        _attributes(shape, kind, size),
        _tensor_stamp(tensor),
    )


def _tensor_digest(tensor: Any, cap: int) -> str | None:
    if str(tensor.dtype) == "torch.bfloat16" or tensor.is_quantized:
        return None
    return content_digest(tensor.detach().resolve_conj().resolve_neg().numpy(), cap)


def _tensor_stamp(obj: object) -> Hashable:
    # PyTorch counts the changes made in place to each tensor, save those of inference mode.
    tensor = cast("Any", obj)
    return None if tensor.is_inference() else int(tensor._version)


def _attributes(shape: tuple[int, ...], kind: str, size: int) -> dict[str, Value | list[Value]]:
    return {
        "aitia:arrayShape": Json(list(shape)),
        "aitia:elementType": kind,
        "aitia:byteSize": size,
    }


def _label(noun: str, shape: tuple[int, ...], kind: str) -> str:
    return f"{noun} {'×'.join(map(str, shape)) or 'scalar'} {kind}"


def register(cap: int = CAP) -> None:
    """Register the describers of arrays; ``cap`` is the most bytes hashed for one of them."""
    describe.register("numpy.ndarray", partial(describe_array, cap=cap), stamp=stamp_array)
    describe.register("torch.Tensor", partial(describe_tensor, cap=cap), stamp=_tensor_stamp)
    for name in _SPARSE:
        describe.register(name, partial(describe_sparse, cap=cap), stamp=stamp_sparse)
