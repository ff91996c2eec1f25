"""Canonical JSON: the vectors of RFC 8785 that fit, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.records.canonical import LARGEST, canonical, parse

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=20,
)


def test_members_are_ordered_by_their_names_as_utf_16() -> None:
    """The example of RFC 8785, 3.2.3: a name outside the basic plane stands before U+FB33."""
    names = ["€", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "ö"]
    text = canonical(dict.fromkeys(names, 0)).decode()
    assert text == ('{"\\r":0,"1":0,"\u0080":0,"ö":0,"€":0,"\U0001f600":0,"\ufb33":0}')


def test_strings_are_escaped_as_little_as_possible() -> None:
    """The string of RFC 8785, 3.2.2."""
    value = {"string": '€$\u000f\nA\'B"\\\\"/', "literals": [None, True, False]}
    assert canonical(value).decode() == (
        '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert parse(canonical(value)) == value


@pytest.mark.parametrize("value", [1.5, float("nan"), LARGEST + 1, "\ud800", {1: 2}, b"", [set()]])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


@pytest.mark.parametrize(
    "text",
    [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'"\\u0041"', b"1.0", b"\xff", b"[" * 9999],
)
def test_other_ways_to_write_the_same_are_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)
