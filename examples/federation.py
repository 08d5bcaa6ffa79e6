"""Two laboratories ask one question: where does the data come from that the other's model used?

Each serves its own graph. What both handled has the same name in both, made of its content, so that
a SERVICE clause joins their lineages without any agreement beforehand. Needs aitia[server].

python examples/federation.py
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from aitia.store.oxigraph import OxigraphStore

MAKES = "open('measured.csv', 'w').write('dose,response\\n' + '1,2\\n2,4\\n3,6\\n')"
LEARNS = "n = open('measured.csv').read().count('\\n'); open('model.txt', 'w').write(str(n))"
QUESTION = """
SELECT DISTINCT ?model ?data ?made_by ?at WHERE {
  SERVICE <%(a)s> {
    ?learning prov:used ?data .
    ?file prov:wasGeneratedBy ?learning ; rdfs:label ?model
  }
  SERVICE <%(b)s> { ?data prov:wasGeneratedBy ?making . ?making prov:startedAtTime ?at .
    ?making rdfs:label ?made_by }
}
"""


def record(laboratory: str, name: str, script: str) -> None:
    """Run a script that knows nothing of Aitia, and record it."""
    environ = {**os.environ, "AITIA_DIR": os.path.join(laboratory, ".aitia")}
    command = [sys.executable, "-m", "aitia.cli", "run", "--name", name, sys.executable, name]
    with open(os.path.join(laboratory, name), "w", encoding="utf-8") as handle:
        handle.write(script)
    subprocess.run(command, cwd=laboratory, env=environ, check=True)


@contextmanager
def served(laboratory: str) -> Iterator[str]:
    """Serve what a laboratory recorded; give the URL of its SPARQL service."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    at, url = os.path.join(laboratory, ".aitia"), f"http://127.0.0.1:{port}/sparql"
    command = [sys.executable, "-m", "aitia.cli", "--at", at, "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(300):
            try:
                urlopen(f"{url}?query=ASK%20%7B%7D", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
        server.terminate()


def main() -> None:
    with TemporaryDirectory() as a, TemporaryDirectory() as b:
        record(b, "measure.py", MAKES)
        os.link(os.path.join(b, "measured.csv"), os.path.join(a, "measured.csv"))
        record(a, "learn.py", LEARNS)
        with served(a) as model_laboratory, served(b) as data_laboratory:
            store = OxigraphStore(federation=True)
            question = QUESTION % {"a": model_laboratory, "b": data_laboratory}
            for row in store.select(question).rows:
                print(" | ".join(term.value if term else "" for term in row))


if __name__ == "__main__":
    main()
