"""Canonical JSON: one value has one text, so that one text has one hash.

This is the JSON Canonicalization Scheme (RFC 8785) over the values that records are made of:
objects, arrays, strings, whole numbers, true, false and null. Numbers with a fraction are refused,
so that no two programs can disagree about how to write one.

- UTF-8, without a byte order mark and without any white space between tokens;
- the members of an object in the order of their names, compared as UTF-16 (RFC 8785, 3.2.3);
- in strings only what must be escaped is: quotation mark, reverse solidus and the control
  characters, these as \\b \\t \\n \\f \\r or \\u00xx in lower case (3.2.2.2);
- whole numbers in decimal, at most 2^53 − 1 in magnitude (I-JSON, RFC 7493, 2.2).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

LARGEST: Final = 2**53 - 1


def canonical(value: Any) -> bytes:
    """Return the canonical text; raise ValueError for what has none."""
    try:
        return _ordered_text(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("a string holds half of a surrogate pair") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def parse(text: bytes) -> Any:
    """Return the value of a canonical text; raise ValueError for any other text.

    A text that says the same in other bytes is refused as well: it was not written by us.
    """
    try:
        value = json.loads(text.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if canonical(value) != text:
        raise ValueError("not in canonical form")
    return value


def _ordered_text(value: Any) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            if abs(value) > LARGEST:
                raise ValueError("a number is too large")
            return str(int(value))
        case list() | tuple():
            return f"[{','.join(_ordered_text(item) for item in value)}]"
        case Mapping():
            return f"{{{','.join(_members(value))}}}"
    raise ValueError(f"{type(value).__name__} has no canonical form")


def _members(value: Mapping[Any, Any]) -> list[str]:
    if not all(isinstance(name, str) for name in value):
        raise ValueError("a member's name is no string")
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return [
        f"{json.dumps(name, ensure_ascii=False)}:{_ordered_text(value[name])}" for name in names
    ]
