"""Arguments by name, for every shape of a signature."""

import functools
import inspect

import pytest

from aitia.capture.binding import MAX_EXTRA, are_plain, binder


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
    assert binder(function, {})(*args, **kwargs) == (expected, True)


def test_a_call_that_does_not_fit_is_refused():
    with pytest.raises(TypeError):
        binder(plain, {})()


def test_extras_come_first_and_give_way_to_arguments():
    bound = binder(plain, {"x": 9, "a": 8})(1)[0]
    assert list(bound.items()) == [("x", 9), ("a", 1), ("b", 2)]


def test_defaults_are_the_objects_themselves():
    default = object()

    def function(a=default):
        pass

    assert binder(function, {})()[0]["a"] is default


def test_what_has_no_code_is_bound_by_position():
    assert binder(len, {})("abc") == ({"arg0": "abc"}, True)
    assert binder(functools.partial(plain, 1), {"x": 1})(b=2) == ({"x": 1, "b": 2}, True)


def test_very_many_arguments_are_cut():
    assert len(binder(variable, {})(*range(1000))[0]) == MAX_EXTRA + 2


def test_a_closure_named_self_is_no_method():
    def function(self):
        pass

    assert binder(function, {})(5) == ({"self": 5}, True)


class Text(str):
    pass


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, True),
        (1.5, True),
        ("x", True),
        (False, True),
        (None, False),
        (float("nan"), False),
        (float("inf"), False),
        (Text("x"), False),
        ([], False),
        (b"", False),
    ],
)
def test_what_is_not_plain_is_told_wherever_it_stands(value, expected):
    assert are_plain([1, value]) is expected
    assert binder(plain, {})(value)[1] is expected
    assert binder(plain, {})(1, value)[1] is expected
    assert binder(nothing, {"x": value})()[1] is expected
    assert binder(variable, {})(1, 2, value)[1] is expected
    assert binder(variable, {})(1, z=value)[1] is expected
    assert binder(len, {})(value)[1] is expected


def test_arguments_may_have_the_names_of_what_tests_them():
    def function(type, float):
        pass

    assert binder(function, {})(1, 2.0) == ({"type": 1, "float": 2.0}, True)
