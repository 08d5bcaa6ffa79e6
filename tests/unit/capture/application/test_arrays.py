import numpy as np
import pytest
from scipy import sparse

from aitia.capture.application import arrays
from aitia.capture.describe import describe, stamp_of
from aitia.records.values import Json


@pytest.fixture(autouse=True)
def _registered() -> None:
    arrays.register()


def test_an_array_is_a_dataset_with_shape_type_and_digest() -> None:
    found = describe(np.zeros((3, 4), "f4"))
    assert found.type == "aitia:Dataset"
    assert found.label == "array 3×4 float32"
    assert found.digest is not None
    assert found.attributes == {
        "aitia:arrayShape": Json([3, 4]),
        "aitia:elementType": "float32",
        "aitia:byteSize": 48,
    }


def test_a_large_array_has_no_digest_but_is_described() -> None:
    found = arrays.describe_array(np.zeros(1000), cap=100)
    assert found.digest is None
    assert found.attributes["aitia:arrayShape"] == Json([1000])


def test_subclasses_are_arrays(tmp_path) -> None:
    mapped = np.memmap(tmp_path / "m.dat", dtype="i4", mode="w+", shape=(5,))
    assert describe(mapped).digest == describe(np.zeros(5, "i4")).digest


def test_the_stamp_changes_with_the_content() -> None:
    array = np.zeros(100)
    before = stamp_of(array)
    assert stamp_of(array) == before
    array[57] = 1
    assert stamp_of(array) != before


def test_the_stamp_of_a_large_array_sees_a_change_of_all_elements() -> None:
    array = np.zeros((1000, 1000))
    before = stamp_of(array)
    array += 1
    assert stamp_of(array) != before
    assert stamp_of(array[:, ::2]) == stamp_of(array[:, ::2].copy())


def test_the_stamp_of_an_array_of_objects_follows_the_objects() -> None:
    array = np.array(["a", None], dtype=object)
    before = stamp_of(array)
    array[1] = "b"
    assert stamp_of(array) != before


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
def test_the_storage_of_a_sparse_matrix_does_not_matter(form: str) -> None:
    dense = np.array([[0, 1.0, 0], [2.0, 0, 3.0]])
    expected = describe(sparse.csr_array(dense))
    found = describe(sparse.coo_matrix(dense).asformat(form))
    assert found.digest == expected.digest
    assert found.digest is not None
    assert found.label == "sparse matrix 2×3 float64"


def test_another_sparse_matrix_has_another_digest_and_stamp() -> None:
    matrix = sparse.csr_matrix(np.eye(3))
    before, stamp = describe(matrix).digest, stamp_of(matrix)
    matrix.data[1] = 2
    assert describe(matrix).digest != before
    assert stamp_of(matrix) != stamp
