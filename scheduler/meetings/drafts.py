"""Reading what somebody wants of a meeting: refused with a code, or completed from the defaults."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from config.settings import Meeting
from scheduler.errors import Invalid, NotFound
from scheduler.meetings.model import (
    AdhocDraft,
    AgendaLine,
    Invitees,
    MeetingType,
    OnHoliday,
    RuleChoices,
    Rules,
    SeriesDraft,
    SignIn,
)
from scheduler.store import directory_rows

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=1)
TITLE_LENGTH = 200
MOST_INVITEES = 20_000
MOST_AGENDA_ITEMS = 50
LONGEST_ITEM_MINUTES = 24 * 60

Draft = SeriesDraft | AdhocDraft
Line = TypeVar("Line", bound=AgendaLine)


def rules(draft: RuleChoices, defaults: Meeting) -> Rules:
    """Return the thresholds chosen, completed from the defaults; raise Invalid."""
    names = [field.name for field in fields(Rules)]
    chosen = {name: getattr(draft, name) for name in names if getattr(draft, name) is not None}
    try:
        checked = Meeting.model_validate(defaults.model_dump() | chosen)
    except ValidationError as error:
        keys = sorted({str(item["loc"][0]) for item in error.errors(include_url=False)})
        raise Invalid("threshold_out_of_range", ", ".join(keys)) from error
    return Rules(**{name: getattr(checked, name) for name in names})


def check(draft: Draft) -> None:
    """Check what can be checked without the directory; raise Invalid."""
    if not draft.title.strip() or len(draft.title) > TITLE_LENGTH or "\0" in draft.title:
        raise Invalid("title_invalid", f"1 to {TITLE_LENGTH} characters")
    if draft.type not in list(MeetingType):
        raise Invalid("unknown_meeting_type", draft.type[:TITLE_LENGTH])
    if draft.sign_in not in list(SignIn):
        raise Invalid("unknown_sign_in", draft.sign_in[:TITLE_LENGTH])
    if isinstance(draft, SeriesDraft) and draft.on_holiday not in list(OnHoliday):
        raise Invalid("unknown_holiday_rule", draft.on_holiday[:TITLE_LENGTH])
    check_duration(draft.duration_s)
    _check_invitees(draft)
    agenda(draft.agenda or ())


def check_duration(duration_s: int) -> None:
    """Refuse meetings shorter than a minute or longer than a day with Invalid."""
    if not SHORTEST.total_seconds() <= duration_s <= LONGEST.total_seconds():
        raise Invalid("duration_out_of_range", f"{duration_s} s")


def agenda(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines of an agenda, trimmed; raise Invalid("agenda_item_invalid" |
    "too_many_agenda_items")."""
    if len(lines) > MOST_AGENDA_ITEMS:
        raise Invalid("too_many_agenda_items", f"at most {MOST_AGENDA_ITEMS}")
    trimmed = tuple(
        replace(line, title=line.title.strip(), speaker=(line.speaker or "").strip() or None)
        for line in lines
    )
    for line in trimmed:
        words = (line.title, line.speaker or "")
        too_long = any(len(text) > TITLE_LENGTH or "\0" in text for text in words)
        minutes = 1 if line.minutes is None else line.minutes
        if not line.title or too_long or not 1 <= minutes <= LONGEST_ITEM_MINUTES:
            raise Invalid("agenda_item_invalid", f"at most {TITLE_LENGTH} characters")
    return trimmed


def _check_invitees(invitees: Invitees) -> None:
    persons = [*invitees.persons, *invitees.non_voting]
    if len(persons) > MOST_INVITEES or len(invitees.sites) > MOST_INVITEES:
        raise Invalid("too_many_invitees", f"at most {MOST_INVITEES}")
    if len(set(persons)) != len(persons) or len(set(invitees.sites)) != len(invitees.sites):
        raise Invalid("invited_twice", ", ".join(_repeated([*persons, *invitees.sites])))
    if strangers := set(invitees.exempt) - set(invitees.persons):
        raise Invalid("exempt_not_expected", ", ".join(sorted(strangers)))


def _repeated(ids: Collection[str]) -> list[str]:
    return sorted(one for one, times in Counter(ids).items() if times > 1)


async def check_known(connection: AsyncConnection, draft: Draft, today: date) -> None:
    """Refuse units, persons and sites that the directory does not know with NotFound."""
    officers = [one for one in (draft.host, draft.recorder) if one is not None]
    persons = {*draft.persons, *draft.non_voting, *officers}
    units = await directory_rows.units(connection, today, ids={draft.unit})
    if not units:
        raise NotFound("unknown_unit", draft.unit)
    known = {row.id for row in await directory_rows.persons(connection, ids=persons)}
    if missing := persons - known:
        raise NotFound("unknown_person", ", ".join(sorted(missing)[:10]))
    sites = {row.id for row in await directory_rows.sites(connection, ids=set(draft.sites))}
    if missing := set(draft.sites) - sites:
        raise NotFound("unknown_site", ", ".join(sorted(missing)[:10]))
