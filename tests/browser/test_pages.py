"""Pages in a real browser: they render under their own content policy, and ask nobody else."""

import os
import re
import shutil
import signal
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
RECORD = """
import aitia
with aitia.run("seen", lr=0.1):
    with open("made.txt", "w", encoding="utf-8") as handle:
        handle.write("x")
    aitia.make("made.txt", role="result")
    for step in range(20):
        aitia.log(step=step, accuracy=step / 20)
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    if not BROWSER:
        pytest.skip("no chromium; install it, or run without -m browser")
    folder = tmp_path_factory.mktemp("seen")
    env = {**os.environ, "AITIA_DIR": str(folder / ".aitia"), "AITIA_TELEMETRY_PERIOD": "0"}
    subprocess.run([sys.executable, "-c", RECORD], env=env, cwd=folder, check=True)
    server = subprocess.Popen(
        [sys.executable, "-m", "aitia.cli", "serve", "--port", "0"],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    yield server.stdout.readline().split()[0]
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=20)


def _look(url: str, folder: Path, *options: str) -> tuple[str, str]:
    """Return the page as the browser holds it, and what it complained of."""
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr")
    where = (f"--user-data-dir={folder}", "--virtual-time-budget=3000")
    done = subprocess.run(
        [BROWSER, *flags, *where, *options, url],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    complaints = re.findall(r"CONSOLE.*", done.stderr)
    return done.stdout, "\n".join(complaints)


@pytest.mark.parametrize("path", ["/", "/runs/seen", "/sparql", "/runs/nobody"])
def test_a_page_renders_without_complaint(url, tmp_path, path):
    page, complaints = _look(url + path, tmp_path, "--dump-dom")
    assert "<h1>" in page
    assert not complaints.replace("404 (Not Found)", "") or path == "/runs/nobody"


def test_the_lineage_is_drawn(url, tmp_path):
    page, _ = _look(url + "/runs/seen", tmp_path, "--dump-dom")
    assert "made.txt" in page
    assert page.count("<path") >= 2


def _first_pixel(png: bytes) -> tuple[int, ...]:
    """Return the channels of the upper left pixel, which no PNG filter changes."""
    start = png.index(b"IDAT")
    size = int.from_bytes(png[start - 4 : start])
    return tuple(zlib.decompressobj().decompress(png[start + 4 : start + 4 + size])[1:4])


@pytest.mark.parametrize(("scheme", "dark"), [("0", True), ("1", False)])
def test_a_page_follows_the_readers_scheme(url, tmp_path, scheme, dark):
    picture = tmp_path / "page.png"
    setting = f"--blink-settings=preferredColorScheme={scheme}"
    _look(f"{url}/runs/seen", tmp_path / "user", f"--screenshot={picture}", setting)
    assert (max(_first_pixel(picture.read_bytes())) < 60) == dark
