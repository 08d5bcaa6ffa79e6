"""Arguments by name, for every shape of a signature."""

import functools
import inspect

import pytest

from aitia.capture.binding import MAX_EXTRA, binder


def plain(a, b=2):
    pass


def positional(a, b, /, c, d=4):
    pass


def keyword(a, *, b, c=3):
    pass


def variable(a, *args, b=2, **kwargs):
    pass


def everything(a, b=1, /, c=2, *args, d, e=5, **kwargs):
    pass


def nothing():
    pass


CALLS = [
    (plain, (1,), {}),
    (plain, (1, 3), {}),
    (plain, (), {"b": 1, "a": 2}),
    (positional, (1, 2, 3), {}),
    (positional, (1, 2), {"c": 5}),
    (keyword, (1,), {"b": 2}),
    (variable, (1, 2, 3), {"z": 4}),
    (everything, (1, 2, 3, 4, 5), {"d": 6, "a": 7}),
    (everything, (1,), {"d": 2}),
    (nothing, (), {}),
]


@pytest.mark.parametrize(("function", "args", "kwargs"), CALLS)
def test_arguments_are_bound_as_inspect_binds_them(function, args, kwargs):
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    expected = {}
    for name, item in bound.arguments.items():
        kind = inspect.signature(function).parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            expected.update({f"{name}[{i}]": part for i, part in enumerate(item)})
        elif kind is inspect.Parameter.VAR_KEYWORD:
            expected.update(item)
        else:
            expected[name] = item
    assert binder(function, {})(*args, **kwargs) == expected


def test_a_call_that_does_not_fit_is_refused():
    with pytest.raises(TypeError):
        binder(plain, {})()


def test_extras_come_first_and_give_way_to_arguments():
    assert list(binder(plain, {"x": 9, "a": 8})(1).items()) == [("x", 9), ("a", 1), ("b", 2)]


def test_defaults_are_the_objects_themselves():
    default = object()

    def function(a=default):
        pass

    assert binder(function, {})()["a"] is default


def test_what_has_no_code_is_bound_by_position():
    assert binder(len, {})("abc") == {"arg0": "abc"}
    assert binder(functools.partial(plain, 1), {"x": 1})(b=2) == {"x": 1, "b": 2}


def test_very_many_arguments_are_cut():
    assert len(binder(variable, {})(*range(1000))) == MAX_EXTRA + 2


def test_a_closure_named_self_is_no_method():
    def function(self):
        pass

    assert binder(function, {})(5) == {"self": 5}
