import math

from aitia.query.gathering import FEW, gathered
from aitia.query.metrics import Metric


def _single(subject: str, value: float, quantity: str = "accuracy") -> Metric:
    return Metric(
        iri=f"u:{subject}",
        subject=subject,
        quantity=quantity,
        kind="aitia:Measurement",
        last=value,
        best=None,
        least=None,
        most=None,
        points=1,
        unit=None,
        curve=None,
        values=(),
    )


def test_many_single_values_are_told_as_one_in_order():
    metrics = [_single(f"epoch [{i}]", i / 10) for i in range(5)]
    (found,) = gathered(metrics)
    assert found.subject == "epoch × 5"
    assert found.values == (0.0, 0.1, 0.2, 0.3, 0.4)
    assert (found.last, found.least, found.most, found.points) == (0.4, 0.0, 0.4, 5)


def test_few_values_other_quantities_and_series_stay_as_they_are():
    few = [_single(f"fit [{i}]", 0.5) for i in range(FEW)]
    loss = [_single("epoch [1]", 1.0, "loss")]
    series = [_single("epoch [2]", 1.0)._replace(points=9, values=(1.0,) * 9)]
    metrics = [*few, *loss, *series]
    assert gathered(metrics) == metrics


def test_what_is_not_finite_is_kept_but_does_not_count():
    values = [0.1, math.nan, 0.3, math.inf]
    (found,) = gathered([_single(f"epoch [{i}]", v) for i, v in enumerate(values)])
    assert (found.least, found.most) == (0.1, 0.3)
    assert len(found.values) == 4
