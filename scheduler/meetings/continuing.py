"""What a change of this and all following does to the meetings there are: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from scheduler.meetings.model import Occurrence, State
from scheduler.meetings.series import placed_by_table

Handed = tuple[Occurrence, date | None]
"""A meeting that is laid out, and the day of the new series it gets, None for those left over."""


@dataclass(frozen=True, kw_only=True)
class Continuation:
    """The meetings that are laid out, from one on, when their series goes on otherwise.

    Those in `follow` take the new times; `kept` were moved alone and keep their own; `cancelled`
    somebody cancelled alone, and they stay so; for `left_over` the new series has no day, and they
    are cancelled.
    """

    follow: tuple[Occurrence, ...]
    kept: tuple[Occurrence, ...]
    cancelled: tuple[Occurrence, ...]
    left_over: tuple[Occurrence, ...]


def handed(following: Sequence[Occurrence], days: Sequence[date]) -> list[Handed]:
    """Pair the following meetings with the first days of the new series, in order."""
    pairs = zip_longest(following, days[: len(following)])
    return [(one, day) for one, day in pairs if one is not None]


def keeps_its_own(one: Occurrence) -> bool:
    """Return whether somebody decided about this meeting alone: when it is, or that it is not."""
    return one.moved or not placed_by_table(one)


def continuation(following: Sequence[Occurrence], days: Sequence[date]) -> Continuation:
    """Sort the following meetings by what becomes of them."""
    pairs = handed(following, days)
    taken = [one for one, day in pairs if day is not None]
    return Continuation(
        follow=tuple(one for one in taken if not keeps_its_own(one)),
        kept=tuple(one for one in taken if one.moved and one.state is State.SCHEDULED),
        cancelled=tuple(
            one for one in taken if keeps_its_own(one) and one.state is State.CANCELLED
        ),
        left_over=tuple(one for one, day in pairs if day is None and one.state is State.SCHEDULED),
    )
