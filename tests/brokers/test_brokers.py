"""What is promised of every back end, against the real brokers."""

from __future__ import annotations

from pathlib import Path

import pytest
from journey import RUNS, files, forward, record, same, seals_hold, side, until

from aitia.ingest.transports.landing import Landing
from aitia.ingest.transports.receive import receive


@pytest.fixture(params=["redis", "kafka", "mqtt"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "redis":
        server = request.getfixturevalue("redis_server")
        return f"redis://127.0.0.1:{server.port}/journals?idle=1"
    if request.param == "mqtt":
        server = request.getfixturevalue("mosquitto")
        return f"mqtt://127.0.0.1:{server.port}/journals"
    return f"kafka://{request.getfixturevalue('kafka_cluster')}/journals"


def subscribed(url: str, folder: Path, **more: str):
    """Return a member of a group that is known to the broker before anything is sent."""
    link = side(url, **more)
    receive(link, Landing(str(folder)), 0.5)
    return link


def test_journals_arrive_as_they_are(url: str, tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    record(there)
    link = subscribed(url, here)
    forward(there, url)
    until([link], here, lambda: same(here, there))
    link.close()
    assert len(files(here)) == len(RUNS)
    assert seals_hold(here)
    assert Landing(str(here)).gaps() == []


def test_members_of_a_group_share_the_work(url: str, tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    record(there)
    more = "&" if "?" in url else "?"
    links = [subscribed(f"{url}{more}member={name}", here) for name in ("a", "b")]
    forward(there, url)
    until(links, here, lambda: same(here, there))
    for link in links:
        link.close()
    assert len(files(here)) == len(RUNS)
    assert seals_hold(here)


def test_shares_of_the_runs_go_to_directories_of_their_own(url: str, tmp_path: Path) -> None:
    there, here = tmp_path / "there", [tmp_path / "one", tmp_path / "two"]
    record(there)
    shares = ["1/2", "2/2"]
    links = [subscribed(url, h, share=s) for h, s in zip(here, shares, strict=True)]
    forward(there, url)
    for link, folder in zip(links, here, strict=True):

        def quiet(folder: Path = folder) -> bool:
            found = files(folder)
            return len(found) >= len(RUNS) / 4 and found.items() <= files(there).items()

        until([link], folder, quiet)
    until(links[:1], here[0], lambda: len(files(here[0])) + len(files(here[1])) >= len(RUNS))
    for link in links:
        link.close()
    one, two = (files(folder) for folder in here)
    assert not one.keys() & two.keys()
    assert {**one, **two} == files(there)


def test_what_was_not_acknowledged_comes_again(url: str, tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    record(there)
    link = subscribed(url, here, share="1/1")
    forward(there, url)
    # Taken, and lost with the process.
    assert link.use(lambda one: one.receive(5.0))
    link.close()
    again = side(url, share="1/1")
    until([again], here, lambda: same(here, there))
    again.close()


def test_another_group_receives_everything_too(url: str, tmp_path: Path) -> None:
    there = tmp_path / "there"
    record(there)
    links = {name: subscribed(url, tmp_path / name, group=name) for name in ("a", "b")}
    forward(there, url)
    for name, link in links.items():
        folder = tmp_path / name
        until([link], folder, lambda folder=folder: same(folder, there))
        link.close()
        assert files(folder) == files(there)
