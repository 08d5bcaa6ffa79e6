import numpy as np
import pytest

from aitia.capture.digests import ContentHasher, chunks, content_digest
from aitia.errors import ValueNotRecordableError


def test_the_layout_in_memory_does_not_matter() -> None:
    array = np.arange(24.0).reshape(4, 6)
    same = [np.asfortranarray(array), array.T.copy().T, np.repeat(array, 2, axis=1)[:, ::2]]
    assert {content_digest(item) for item in same} == {content_digest(array)}


@pytest.mark.parametrize(
    "other",
    [
        np.arange(24.0).reshape(6, 4),
        np.arange(24.0).reshape(4, 6).astype("f4"),
        np.arange(24).reshape(4, 6),
        np.arange(24.0).reshape(4, 6) + 1e-12,
        np.ma.masked_array(np.arange(24.0).reshape(4, 6), mask=False),
    ],
)
def test_shape_type_value_and_mask_matter(other: np.ndarray) -> None:
    assert content_digest(other) != content_digest(np.arange(24.0).reshape(4, 6))


def test_a_large_strided_array_is_read_in_pieces_of_about_a_mebibyte() -> None:
    array = np.arange(3_000_000, dtype="i4").reshape(1000, 3000)
    strided = array[:, ::2]
    pieces = [len(piece) for piece in chunks(strided)]
    assert sum(pieces) == strided.nbytes
    assert max(pieces) <= 1 << 20
    assert content_digest(strided) == content_digest(strided.copy())


def test_one_row_larger_than_a_piece_is_split_further() -> None:
    array = np.arange(1_200_000, dtype="i4").reshape(2, 600_000)[:, ::2]
    assert b"".join(bytes(piece) for piece in chunks(array)) == array.tobytes()


def test_padding_of_structures_is_not_content() -> None:
    kind = np.dtype({"names": ["a", "b"], "formats": ["u1", "f8"]}, align=True)
    first, second = np.zeros(3, kind), np.frombuffer(b"\xff" * 3 * kind.itemsize, kind).copy()
    for name in kind.names or ():
        second[name] = first[name]
    assert first.tobytes() != second.tobytes()
    assert content_digest(first) == content_digest(second)


def test_texts_and_objects_in_arrays_have_digests() -> None:
    assert content_digest(np.array(["a", None, 3], dtype=object)) == content_digest(
        np.array(["a", None, 3], dtype=object)
    )
    assert content_digest(np.array(["a", "b"], dtype=object)) != content_digest(
        np.array(["ab", ""], dtype=object)
    )
    assert content_digest(np.array([], dtype="f8")) is not None
    assert content_digest(np.array(["2020-01-01"], dtype="M8[D]")) is not None


def test_what_has_no_canonical_form_has_no_digest() -> None:
    assert content_digest(object()) is None
    assert content_digest(np.array([object()])) is None
    loop: list[object] = []
    loop.append(loop)
    assert content_digest(loop) is None


def test_beyond_the_cap_there_is_no_digest() -> None:
    array = np.zeros(1000)
    assert content_digest(array, cap=8100) is not None
    assert content_digest(array, cap=7999) is None
    hasher = ContentHasher(cap=8)
    with pytest.raises(ValueNotRecordableError, match="limit"):
        hasher.part("s", b"123456789")


def test_values_are_told_apart_by_type_and_by_boundaries() -> None:
    values = [
        1,
        1.0,
        True,
        "1",
        b"1",
        None,
        [1],
        [[1]],
        {"a": 1},
        1j,
        ["a", "b"],
        ["ab"],
        ["ab", ""],
    ]
    assert len({content_digest(value) for value in values}) == len(values)
    assert content_digest({"a": 1, "b": 2}) == content_digest({"b": 2, "a": 1})
    assert content_digest(np.float64(0.5)) == content_digest(0.5)
    assert content_digest(np.int64(5)) is not None
