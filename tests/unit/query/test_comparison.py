from aitia.query.comparison import SECTIONS, compare
from aitia.query.runs import resolve

ONE = "r_0b9c1f0e_1111_4222_8333_444455556666"
TWO = "r_1c9c1f0e_2222_4222_8333_444455556666"


def _compare(keep, one, two, **options):
    store = keep(**{ONE: {"name": "one", **one}, TWO: {"name": "two", **two}})
    return compare(store, resolve(store, "one"), resolve(store, "two"), **options)


def _told(found):
    return {(d.section, d.name): (d.left, d.right) for d in found}


def test_only_what_differs_is_told(keep):
    told = _told(_compare(keep, {}, {"seed": 8}))
    assert told.pop(("settings", "seed")) == (7, 8)
    assert not told


def test_versions_of_packages(keep):
    told = _told(_compare(keep, {}, {"version": "2.0"}))
    assert told["software", "numpy"] == ("1.0", "2.0")


def test_what_only_one_has(keep):
    told = _told(_compare(keep, {"fits": 1}, {"fits": 2}))
    assert told["results", "fit 1: accuracy"] == (None, 0.9)


def test_all_tells_also_what_is_shared(keep):
    found = _compare(keep, {}, {}, everything=True)
    told = _told(found)
    assert told["data", "digits.npz"][0] == told["data", "digits.npz"][1]
    assert told["machine", "compute node core count"] == (2, 2)
    assert told["code", "command line"] == ("python train.py", "python train.py")
    sections = [d.section for d in found]
    assert sections == sorted(sections, key=SECTIONS.index)


def test_nan_does_not_differ_from_nan(keep):
    assert not _told(_compare(keep, {}, {}))
