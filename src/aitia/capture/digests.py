"""Content digests of arrays and plain values: streaming, capped, the same in every process.

The digest is the SHA-256 of a canonical byte form: every part is written as a tag, its length in
eight bytes and its bytes, so that no two different contents have the same form. Arrays are written
as their element type, their shape and their elements in C order; the strides, the memory and the
library that holds them do not matter.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aitia.errors import ValueNotRecordableError

CAP = 256 * 1024 * 1024
"""Most bytes that are hashed for one object unless the caller says otherwise."""

_CHUNK = 1 << 20
_MAX_DEPTH = 24


class ContentHasher:
    """A SHA-256 over the canonical form of what it is fed, within a budget of bytes.

    Parameters
    ----------
    cap:
        Most bytes to hash; beyond it every method raises ``ValueNotRecordableError``.
    """

    def __init__(self, cap: int = CAP) -> None:
        from hashlib import sha256

        self._sha = sha256()
        self._left = cap

    def hexdigest(self) -> str:
        """Return the digest of all parts so far, in hexadecimal."""
        return self._sha.hexdigest()

    def part(self, tag: str, data: bytes = b"") -> None:
        """Add one tagged part.

        Raises
        ------
        ValueNotRecordableError
            When the budget is spent.
        """
        self._left -= len(data) + 16
        if self._left < 0:
            raise ValueNotRecordableError("more content than the limit for digests")
        self._sha.update(b"%s:%d:%s" % (tag.encode(), len(data), data))

    def stream(self, tag: str, size: int, buffers: Iterable[Any]) -> None:
        """Add one tagged part of ``size`` bytes that comes in several buffers.

        Raises
        ------
        ValueNotRecordableError
            When the budget is spent.
        """
        self._left -= size + 16
        if self._left < 0:
            raise ValueNotRecordableError("more content than the limit for digests")
        self._sha.update(b"%s:%d:" % (tag.encode(), size))
        for buffer in buffers:
            self._sha.update(buffer)

    def value(self, obj: object, depth: int = 0) -> None:
        """Add a scalar, text, array, or a list or mapping of these.

        Raises
        ------
        ValueNotRecordableError
            When ``obj`` has no canonical form, is too deep or too large.
        """
        if depth > _MAX_DEPTH:
            raise ValueNotRecordableError(f"a value nested more than {_MAX_DEPTH} deep")
        if obj is None or isinstance(obj, (bool, int, float, complex)):
            self.part(_scalar_tag(obj), repr(_plain_scalar(obj)).encode())
        elif isinstance(obj, str):
            self.part("s", str(obj).encode("utf-8", "surrogatepass"))
        elif isinstance(obj, (bytes, bytearray)):
            self.part("b", bytes(obj))
        elif isinstance(obj, Mapping):
            self._mapping(obj, depth)
        elif isinstance(obj, (list, tuple)):
            self.part("l", b"%d" % len(obj))
            for item in obj:
                self.value(item, depth + 1)
        elif is_array(obj):
            self.array(obj, depth)
        elif is_numpy_scalar(obj):
            self.array(sys.modules["numpy"].asarray(obj), depth)
        else:
            self.other(obj, depth)

    def other(self, obj: object, depth: int) -> None:
        """Add an object of a kind that ``value`` does not know; subclasses widen this.

        Raises
        ------
        ValueNotRecordableError
            Always, here.
        """
        raise ValueNotRecordableError(f"an object of type {type(obj).__qualname__}")

    def _mapping(self, obj: Mapping[Any, object], depth: int) -> None:
        self.part("m", b"%d" % len(obj))
        if all(type(key) is str for key in obj):
            for key in sorted(obj):
                self.part("k", key.encode("utf-8", "surrogatepass"))
                self.value(obj[key], depth + 1)
            return
        for key in sorted(obj, key=lambda name: (type(name).__name__, str(name))):
            self.value(key, depth + 1)
            self.value(obj[key], depth + 1)

    def array(self, array: Any, depth: int = 0) -> None:
        """Add a numpy array: its type, shape and elements.

        Raises
        ------
        ValueNotRecordableError
            When its elements have no canonical form, or it is larger than what is left of the cap.
        """
        numpy = sys.modules["numpy"]
        if isinstance(array, numpy.ma.MaskedArray):
            self.part("masked")
            self.array(numpy.ma.getmaskarray(array), depth)
            array = array.filled()
        array = numpy.asarray(array)
        shape = ",".join(map(str, array.shape)).encode()
        if array.dtype.names is not None:
            self._structures(array, shape, depth)
        elif array.dtype.hasobject or array.dtype.kind == "T":
            self.part("objects", shape)
            for item in array.reshape(-1).tolist():
                self.value(item, depth + 1)
        else:
            self.part("array", array.dtype.str.encode() + b"|" + shape)
            self.stream("elements", array.nbytes, chunks(array))

    def _structures(self, array: Any, shape: bytes, depth: int) -> None:
        """Add an array of structures, without the arbitrary bytes between their fields."""
        names = array.dtype.names
        self.part("struct", ",".join(names).encode("utf-8", "surrogatepass") + b"|" + shape)
        for name in names:
            field = array[name]
            if array.nbytes < _CHUNK and field.dtype.names is None and not field.dtype.hasobject:
                self.part("field", field.dtype.str.encode())
                self.part("elements", field.tobytes())
            else:
                self.array(field, depth)


def _scalar_tag(obj: object) -> str:
    return "none" if obj is None else type(_plain_scalar(obj)).__name__


def _plain_scalar(obj: object) -> bool | int | float | complex | None:
    """Return ``obj`` as the builtin that it extends: enumerations and numpy.float64 are such."""
    if isinstance(obj, bool):
        return obj
    if isinstance(obj, int):
        return int(obj)
    if isinstance(obj, float):
        return float(obj)
    return complex(obj) if isinstance(obj, complex) else None


def is_array(obj: object) -> bool:
    """Return whether ``obj`` is a numpy array, without importing numpy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(obj, numpy.ndarray)


def is_numpy_scalar(obj: object) -> bool:
    """Return whether ``obj`` is a numpy scalar, without importing numpy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(obj, numpy.generic)


def chunks(array: Any) -> Iterator[Any]:
    """Yield the elements of a numpy array in C order, as buffers; strided ones a piece at a time.

    The dtype must be free of objects and of padding.
    """
    if array.size == 0 or array.dtype.itemsize == 0:
        return
    if array.flags.c_contiguous:
        yield array.reshape(-1).view("u1").data
    elif array.ndim == 0 or array.nbytes <= _CHUNK:
        yield array.tobytes()
    else:
        rows = max(1, _CHUNK * len(array) // array.nbytes)
        for start in range(0, len(array), rows):
            part = array[start : start + rows]
            if len(part) == 1:
                yield from chunks(part[0])
            else:
                yield part.tobytes()


def content_digest(obj: object, cap: int = CAP) -> str | None:
    """Return the SHA-256 of an array or plain value in hexadecimal, or None when it has none.

    None means that it holds something without a canonical form, or more than ``cap`` bytes.

    >>> content_digest([1, 2]) == content_digest([1, 2])
    True
    >>> content_digest([1, 2]) == content_digest([1.0, 2.0])
    False
    """
    hasher = ContentHasher(cap)
    try:
        hasher.value(obj)
    except ValueNotRecordableError:
        return None
    return hasher.hexdigest()
