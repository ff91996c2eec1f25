"""Invitations by choice: resolved when somebody plans, and again when the directory has changed."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TypeVar

from scheduler.meetings.choosing import Chosen
from scheduler.meetings.model import AdhocDraft, Choice, Invitees, Series, SeriesDraft
from scheduler.meetings.series import SeriesPart
from scheduler.store import choice_rows

_DRAFTED = frozenset(field.name for field in fields(SeriesDraft)) - {"agenda", "choices"}
Draft = TypeVar("Draft", SeriesDraft, AdhocDraft)


def draft_of(series: Series) -> SeriesDraft:
    """Return the draft that would make this series again."""
    return SeriesDraft(**{name: getattr(series, name) for name in _DRAFTED})


class InvitationsPart(SeriesPart):
    """Who is meant by the choices of a draft, and of the series that were made from choices."""

    async def choose(self, choices: Sequence[Choice]) -> Chosen:
        """Return whom choices mean today, with the reasons; raise NotFound, Invalid."""
        return await self._choosing.resolve(choices)

    async def with_chosen(self, draft: Draft) -> Draft:
        """Return the draft with the persons and sites of its choices in the place of those named;
        a draft without choices as it is."""
        if not draft.choices:
            return draft
        return _with(draft, await self._choosing.resolve(draft.choices))

    async def choices_of(
        self, *, series: str | None = None, occurrence: str | None = None
    ) -> tuple[Choice, ...]:
        """Return the choices of a series or of a meeting outside any series."""
        async with self._store.read() as connection:
            return await choice_rows.of(connection, series=series, occurrence=occurrence)

    async def follow_directory(self) -> int:
        """Let the series that were made from choices invite whom these mean today; return how
        many changed. Their meetings that have not opened follow."""
        async with self._store.read() as connection:
            chosen = await choice_rows.chosen_series(connection)
        changed = 0
        for id_ in sorted(chosen):
            series = await self.series(id_)
            if not series.active:
                continue
            found = await self._choosing.resolve(await self.choices_of(series=id_))
            if _named(found) != _named(series):
                draft = _with(draft_of(series), found)
                await self.change_series(id_, draft, None, series.version)
                changed += 1
        return changed


def _with(draft: Draft, chosen: Chosen) -> Draft:
    return replace(
        draft,
        persons=chosen.persons,
        non_voting=chosen.non_voting,
        sites=chosen.sites,
        exempt=tuple(one for one in draft.exempt if one in set(chosen.persons)),
    )


def _named(invitees: Invitees) -> tuple[frozenset[str], ...]:
    return (
        frozenset(invitees.persons),
        frozenset(invitees.non_voting),
        frozenset(invitees.sites),
    )
