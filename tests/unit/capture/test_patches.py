"""What was replaced in a library is put back, wherever it was."""

import functools
import pickle
import sys
from types import ModuleType

import pytest

from aitia.capture.patches import Patches


@pytest.fixture
def library():
    home, inner = ModuleType("aitia_some"), ModuleType("aitia_some.inner")
    exec("def learn(x):\n    return x", home.__dict__)
    home.learn.__module__ = "aitia_some"
    inner.learn = home.learn
    sys.modules.update({"aitia_some": home, "aitia_some.inner": inner})
    yield home
    del sys.modules["aitia_some"], sys.modules["aitia_some.inner"]


def test_a_function_is_replaced_wherever_its_library_holds_it_and_put_back(library) -> None:
    original, inner = library.learn, sys.modules["aitia_some.inner"]
    patches = Patches()
    patches.function("aitia_some", "learn", lambda f: functools.wraps(f)(lambda x: f(x)))
    assert library.learn is inner.learn is not original
    assert pickle.loads(pickle.dumps(library.learn)) is library.learn
    patches.undo()
    assert library.learn is inner.learn is original


def test_a_method_is_replaced_in_the_class_that_defines_it(library) -> None:
    class Base:
        def fit(self) -> str:
            return "base"

    class Derived(Base):
        pass

    patches, original = Patches(), Base.fit
    patches.method(Derived, "fit", lambda f: lambda self: f(self) + "!")
    patches.method(Derived, "missing", lambda f: f)
    assert "fit" not in vars(Derived)
    assert Derived().fit() == "base!"
    patches.undo()
    assert Base.fit is original


def test_what_a_class_or_module_has_is_replaced_by_name_and_put_back(library) -> None:
    original = library.learn
    patches = Patches()
    patches.replace(library, "learn", len)
    patches.replace(library, "learn", str)
    assert library.learn is str
    patches.undo()
    assert library.learn is original
