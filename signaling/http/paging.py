"""Lists in pages: a cursor says behind which entry the next page begins.

The cursor holds the place of the last entry in the order of the list, not a number of entries: what
is added or removed meanwhile neither repeats nor hides any other.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

from pydantic import Field

from scheduler.errors import Invalid
from signaling.http.models import Input, Span

LARGEST: Final = 200
T = TypeVar("T")


class Page(Input):
    """Which page: at most `limit` entries behind `cursor`."""

    cursor: Annotated[str | None, Field(max_length=400)] = None
    limit: Annotated[int, Field(ge=1, le=LARGEST)] = LARGEST


class PagedSpan(Span, Page):
    """A page of what is in a span of time."""


def page_of(
    entries: Sequence[T], place: Callable[[T], tuple[str, ...]], page: Page
) -> tuple[Sequence[T], str | None]:
    """Return a page of entries that are in the order of `place`, and the cursor of the next page.

    Raise Invalid("cursor_malformed").
    """
    behind = _read(page.cursor) if page.cursor else None
    rest = [one for one in entries if behind is None or place(one) > behind]
    shown = rest[: page.limit]
    more = len(rest) > len(shown)
    return shown, _write(place(shown[-1])) if more else None


def _write(place: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode("\n".join(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, ...]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return tuple(base64.b64decode(padded, altchars=b"-_", validate=True).decode().split("\n"))
    except (binascii.Error, UnicodeError) as error:
        raise Invalid("cursor_malformed") from error


def cursor_of(place: tuple[str, ...]) -> str:
    """Return the cursor of a place, for lists that the store reads page by page."""
    return _write(place)


def place_of(cursor: str, parts: int) -> tuple[str, ...]:
    """Return the place of a cursor; raise Invalid("cursor_malformed")."""
    place = _read(cursor)
    if len(place) != parts:
        raise Invalid("cursor_malformed")
    return place
