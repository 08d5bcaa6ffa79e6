"""Could these trainings have stopped earlier? Fitness prediction on the trails of others' networks.

aitia import examples/data/record_trails && aitia import examples/data/a4nn/search.toml
python examples/fitness_prediction.py

Three networks of doi:10.7910/DVN/ZXTCGF (CIFAR-100) and 24 of an evolutionary search (A4NN), whose
authors' own predictions stand in the table: they are set beside ours.
"""

from __future__ import annotations

import aitia
from aitia.causal.effects import effects
from aitia.errors import CausalError
from aitia.projection.prediction import predict
from aitia.reader import Graph

CURVES = """
SELECT ?training ?name ?quantity ?first ?stride ?values WHERE {
  ?training a aitia:TrainingRun ; aitia:partOfExecution ?run ; aitia:hasLearningCurve ?curve ;
            rdfs:label ?own .
  ?run rdfs:label ?campaign .
  BIND(IF(?own = "train", ?campaign, CONCAT("A4NN network ", ?own)) AS ?name)
  ?curve rdfs:label ?quantity ; aitia:inlineValues ?values ;
         aitia:indexStart ?first ; aitia:indexStride ?stride .
  FILTER(?quantity IN ("valAcc", "val_accuracy", "predicted"))
} ORDER BY ?name
"""
Curves = dict[str, tuple[list[float], list[float]]]


def curves(graph: Graph) -> dict[str, Curves]:
    """Return steps and values of each curve, by training and quantity."""
    found: dict[str, Curves] = {}
    for row in graph.sparql(CURVES):
        steps = [row.first + row.stride * i for i in range(len(row.values))]
        values = [float(str(value).replace("INF", "inf")) for value in row.values]
        found.setdefault(row.name, {})[row.quantity] = steps, values
    return found


def tell(name: str, told: Curves) -> tuple[float, float | None]:
    """Print what was predicted; return the share of the epochs saved, and how far off it was."""
    percent = "val_accuracy" in told
    steps, values = told["val_accuracy" if percent else "valAcc"]
    scale = 100.0 if percent else 1.0
    found = predict(steps, [v / scale for v in values], at=steps[-1])
    if found.converged_at is None or found.value is None:
        print(f"  {name}: the predictions never agreed, so train on; ended at {values[-1]:.4g}")
        return 0.0, None
    beside = ""
    if percent:
        theirs = told["predicted"][1][steps.index(found.converged_at)]
        beside = f"; its authors predicted {theirs:.4g} there"
    print(f"  {name}: {found.value * scale:.4g} predicted at epoch {found.converged_at:g} of "
          f"{steps[-1]:g}, ended at {values[-1]:.4g}{beside}")  # fmt: skip
    return found.saved, abs(found.value - values[-1] / scale)


def main() -> None:
    with aitia.open() as graph:
        print("Where each validation accuracy leads, by a - b ** (c - x):")
        told = [tell(name, of_one) for name, of_one in curves(graph).items()]
        off = sorted(miss for _, miss in told if miss is not None)
        share = sum(saved for saved, _ in told) / len(told)
        print(f"Saved: {share:.0%} of the epochs of {len(told)} trainings")
        print(f"Off by {off[len(off) // 2]:.3f} (median of {len(off)}), {off[-1]:.3f} at worst")
        trails = [run.run for run in graph.runs() if run.name.startswith("network 20")]
        print("Which hyperparameters act on the accuracy of the trails, all drawn at random?")
        try:
            effects(graph.features(run=trails), outcome="valAcc.last")
        except CausalError as error:
            told_why = f"{error.got.partition(';')[0]}, and it takes {error.expected}"
            print(f"  The data cannot tell: {told_why}")


if __name__ == "__main__":
    main()
