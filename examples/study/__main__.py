"""Train thousands of small networks, record them, and hold what the records tell to the truth.

python -m examples.study --networks 200 --draws 1

Some settings are chosen at random, some by a habit that confounds them; then single settings are
set, and networks trained again, which is the truth. What is there already is not trained again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from examples.study.judging import MAIN, judge
from examples.study.picture import draw
from examples.study.plan import Plan
from examples.study.recording import record
from examples.study.searching import ENGINES, search
from examples.study.telling import Study, tell

import aitia
from aitia.cli.opening import Progress


def main() -> int:
    """Run the study; return the exit code."""
    parser = argparse.ArgumentParser(prog="study", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--networks", type=int, default=6000,
                        help="under the two policies together; about as many again are "
                        "trained for the truth (default 6000)")  # fmt: skip
    parser.add_argument("--draws", type=int, default=5, help="samples of the habit (default 5)")
    parser.add_argument("--out", type=Path, default=Path("aitia-study"), help="where it all goes")
    options = parser.parse_args()
    if options.draws < 1 or options.networks < 60 * (options.draws + 1):
        parser.error(f"{options.networks} networks are too few for {options.draws} samples: "
                     "there are ten settings, so let there be 60 and more in each")  # fmt: skip
    study = run(Plan(options.networks, options.draws), options.out)
    report = tell(study)
    options.out.joinpath("study.txt").write_text(report, encoding="utf-8")
    title = f"Effects on the accuracy: {study.plan.size:,} confounded runs beside the truth"
    picture = draw(study.samples[0].effects[MAIN], study.true[MAIN], title)
    options.out.joinpath("study.svg").write_text(picture, encoding="utf-8")
    print(report)
    print(
        f"written to {options.out}: study.txt, study.svg, features.csv; the graph is .aitia there"
    )
    return 0


def run(plan: Plan, folder: Path) -> Study:
    """Train, project, analyse; return what was found."""
    folder.mkdir(parents=True, exist_ok=True)
    with Progress("training", "networks") as progress:
        runs = frozenset(record(plan, folder, progress))
    with Progress("ingesting") as progress:
        graph = aitia.open(folder / ".aitia", progress=progress)
    with graph:
        print("projecting the feature table", file=sys.stderr)
        table = graph.features("training-runs")
    trained = [unit.removeprefix("urn:uuid:").partition("#")[0] for unit in table.units]
    table = table.take([place for place, run in enumerate(trained) if run in runs])
    table.to_csv(folder / "features.csv")
    with Progress("estimating", "samples") as progress:
        true, samples, experiment = judge(table, plan, progress)
    recovered = []
    with Progress("searching", "samples") as progress:
        for sample in range(plan.draws):
            recovered.append([search(table, sample, engine) for engine in ENGINES])
            progress(sample + 1, plan.draws)
    return Study(plan, table, true, samples, experiment, recovered)


if __name__ == "__main__":
    sys.exit(main())
