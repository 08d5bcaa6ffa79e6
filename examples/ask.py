"""Ask the recorded graph: the library, SPARQL, and a data frame.

python examples/first_run.py && python examples/ask.py
"""

from __future__ import annotations

import aitia


def main() -> None:
    with aitia.open() as graph:
        for run in graph.runs():
            print(run)
        table = graph.sparql(
            """
            PREFIX aitia: <https://w3id.org/aitia/ns#>
            PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
            SELECT ?quantity ?best ?at WHERE {
              ?series a aitia:LearningCurve ; rdfs:label ?quantity ;
                      aitia:bestValue ?best ; aitia:bestStep ?at .
            } ORDER BY ?quantity
            """
        )
        print(table)
        for report in graph.validate().values():
            print(report.summary())


if __name__ == "__main__":
    main()
