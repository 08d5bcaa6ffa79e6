import pytest

torch = pytest.importorskip("torch")

from torch.utils.data import Dataset, IterableDataset, TensorDataset  # noqa: E402

from aitia.capture.model.loaders import Loaders, describe_dataset  # noqa: E402
from aitia.capture.model.shapes import Trace  # noqa: E402
from aitia.records import Json  # noqa: E402

pytestmark = pytest.mark.frameworks


class Iterator:
    """Stands for the iterator of a loader, of which only the data set is read."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset


def trace_of(*shape: int) -> Trace:
    trace = Trace()
    trace.add(torch.nn.Flatten(), (torch.zeros(shape),), torch.zeros(1))
    return trace


def test_a_batch_is_known_again_by_its_shape() -> None:
    loaders, data = Loaders(), TensorDataset(torch.zeros(6, 4))
    assert loaders.dataset(trace_of(3, 4)) is None
    loaders.gave(Iterator(data), {"x": torch.zeros(3, 4), "name": ["a", "b", "c"]})
    assert loaders.dataset(trace_of(3, 4)) is data
    assert loaders.dataset(trace_of(2, 4)) is None
    assert loaders.dataset(None) is None


def test_each_iterator_is_looked_at_once() -> None:
    loaders = Loaders()
    one, other = (Iterator(TensorDataset(torch.zeros(6, 4))) for _ in range(2))
    loaders.gave(one, torch.zeros(3, 4))
    loaders.gave(one, torch.zeros(2, 4))
    assert loaders.dataset(trace_of(3, 4)) is one._dataset
    loaders.gave(other, torch.zeros(5, 4))
    assert loaders.dataset(trace_of(5, 4)) is other._dataset
    loaders.gave(one, torch.zeros(3, 4))
    assert loaders.dataset(trace_of(3, 4)) is one._dataset


def test_a_data_set_of_tensors_is_known_by_its_content() -> None:
    one = describe_dataset(TensorDataset(torch.zeros(6, 4), torch.ones(6)))
    assert (one.type, one.label) == ("aitia:Dataset", "TensorDataset of 6 items")
    assert one.attributes == {"aitia:arrayShape": Json([6])}
    assert one.digest == describe_dataset(TensorDataset(torch.zeros(6, 4), torch.ones(6))).digest
    assert one.digest != describe_dataset(TensorDataset(torch.zeros(6, 4), torch.zeros(6))).digest
    assert describe_dataset(TensorDataset(torch.zeros(600)), cap=10).digest is None


def test_other_data_sets_are_told_by_their_class_and_length() -> None:
    class Own(Dataset):
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> int:
            return index

    class Endless(IterableDataset):
        def __iter__(self):
            yield 1

    assert describe_dataset(Own()).label == "Own of 3 items"
    assert describe_dataset(Own()).digest is None
    assert describe_dataset(Endless()).label == "Endless"


def test_a_list_is_data_as_long_as_its_loader_lives() -> None:
    loaders, iterator = Loaders(), Iterator([1, 2])
    loaders.gave(iterator, torch.zeros(3, 4))
    assert loaders.dataset(trace_of(3, 4)) == [1, 2]
    del iterator
    assert loaders.dataset(trace_of(3, 4)) is None
