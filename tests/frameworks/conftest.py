"""A script is run under ``aitia run`` as a user would, and the graph that it made is judged.

``observe(text, *arguments)`` returns what was recorded; it is checked against all shapes when the
test has ended. A test names its library by ``pytest.importorskip`` before anything else, so that
what is not installed is skipped by name.
"""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import aitia

PREFIXES = """
    PREFIX aitia: <https://w3id.org/aitia/ns#>
    PREFIX prov: <http://www.w3.org/ns/prov#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX dcterms: <http://purl.org/dc/terms/>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""


class Recorded:
    """The graph that a script made, and what the script printed."""

    def __init__(self, folder, output: str) -> None:
        self.graph = aitia.open(folder)
        self.output = output

    def rows(self, pattern: str, columns: str = "*") -> list[tuple]:
        """Return the answer to a SELECT over a pattern."""
        answer = self.graph.sparql(f"{PREFIXES} SELECT {columns} WHERE {{ {pattern} }}")
        return [tuple(row) for row in answer.rows]

    def notes(self, kind: str) -> list[str]:
        """Return the texts of the notes of one kind."""
        pattern = f'?n a aitia:CaptureNote ; aitia:noteKind "{kind}" ; rdfs:comment ?text'
        return [text for (text,) in self.rows(pattern, "?text")]

    def judge(self) -> None:
        """Assert that no shape is violated, and that capture had no fault."""
        for bundle, report in self.graph.validate().items():
            broken = [result for result in report.results if result.severity == "must"]
            assert not broken, f"{bundle}: {report.text()}"
        assert not self.notes("fault")
        assert not self.rows("?r a aitia:QuarantinedRecord", "?r")


@pytest.fixture
def observe(tmp_path):
    """Run a script under ``aitia run`` and return what was recorded."""
    opened = []

    def run(
        text: str, *arguments: str, command=(sys.executable,), returns: int = 0, **environ: str
    ) -> Recorded:
        script = tmp_path / "script.py"
        script.write_text(textwrap.dedent(text))
        folder = tmp_path / ".aitia"
        ended = subprocess.run(
            [sys.executable, "-m", "aitia.cli", "run", *command, str(script), *arguments],
            cwd=tmp_path,
            env={**os.environ, "AITIA_DIR": str(folder), **environ},
            capture_output=True,
            text=True,
            timeout=110,
        )
        assert ended.returncode == returns, ended.stderr
        opened.append(Recorded(folder, ended.stdout))
        return opened[-1]

    yield run
    for recorded in opened:
        recorded.judge()
        recorded.graph.close()


@pytest.fixture(scope="session")
def models():
    """The address of a local server that speaks the HTTP APIs of services with models."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("model_server.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    server.communicate(timeout=20)
