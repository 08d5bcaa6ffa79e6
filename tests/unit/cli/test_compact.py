import os


def test_the_store_is_rewritten_and_says_the_same(aitia):
    before = aitia.json("ls")
    told = aitia.json("compact")
    assert told["before"] > 0
    assert told["after"] > 0
    assert os.path.join(aitia.at, "store") in aitia("compact").stdout
    assert aitia.json("ls") == before
    assert aitia("fsck", "--deep").exit_code == 0


def test_nothing_was_recorded(nowhere):
    assert "nothing was recorded" in nowhere.refused("compact")
