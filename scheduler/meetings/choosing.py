"""From choices to persons and sites, with the reasons: who is invited, and why."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduler.clock import Clock
from scheduler.directory.model import RoleGrant
from scheduler.directory.service import Directory
from scheduler.errors import Invalid
from scheduler.meetings.model import Choice, ChoiceKind, Invitees, Standing
from scheduler.meetings.neighbours import Neighbours
from scheduler.store import directory_rows
from scheduler.store.engine import Store

MOST_CHOICES = 200
MEMBERS = frozenset({"full_member", "probationary_member"})
FIRST_SECRETARY = "first_secretary"
Reason = tuple[ChoiceKind, str]


@dataclass(frozen=True, kw_only=True)
class Chosen(Invitees):
    """The persons and sites of choices. `reasons` by person or site; a site that somebody sits at
    has the reasons of that person."""

    reasons: dict[str, tuple[Reason, ...]]


class Choosing:
    """Resolves choices with the directory as it is today."""

    def __init__(self, store: Store, clock: Clock, directory: Directory) -> None:
        self._store = store
        self._directory = directory
        self._neighbours = Neighbours(store, clock, directory)

    async def resolve(self, choices: Sequence[Choice]) -> Chosen:
        """Return who and which sites are meant, in the order of the choices.

        Who is chosen both ways is expected. Where persons sit is invited with them. Raise
        NotFound for unknown units, Invalid("too_many_choices" | "not_a_village").
        """
        if len(choices) > MOST_CHOICES:
            raise Invalid("too_many_choices", f"at most {MOST_CHOICES}")
        reasons: defaultdict[str, list[Reason]] = defaultdict(list)
        persons: dict[str, Standing] = {}
        sites: dict[str, None] = {}
        for choice in choices:
            found, places = await self._meant(choice)
            for person in found:
                expected = Standing.EXPECTED in (choice.standing, persons.get(person))
                persons[person] = Standing.EXPECTED if expected else Standing.NON_VOTING
            sites |= dict.fromkeys(places)
            for invited in (*found, *places):
                reasons[invited].append((choice.kind, choice.subject))
        for person, site in (await self._directory.home_sites(list(persons))).items():
            sites[site] = None
            reasons[site] += reasons[person]
        return Chosen(
            persons=tuple(p for p, standing in persons.items() if standing is Standing.EXPECTED),
            non_voting=tuple(p for p, s in persons.items() if s is Standing.NON_VOTING),
            sites=tuple(sites),
            reasons={invited: tuple(dict.fromkeys(why)) for invited, why in reasons.items()},
        )

    async def _meant(self, choice: Choice) -> tuple[list[str], list[str]]:
        match choice.kind:
            case ChoiceKind.PERSON:
                return [choice.subject], []
            case ChoiceKind.SITE:
                return [], [choice.subject]
            case ChoiceKind.MEMBERS:
                return await self._members(await self._scope(choice))
            case ChoiceKind.COMMITTEE:
                unit = await self._directory.unit(choice.subject)
                _, places = await self._members(frozenset({unit.id}))
                return list(await self._directory.committee(unit.id)), places
            case ChoiceKind.SITES:
                found = await self._directory.sites_of(await self._scope(choice))
                return [], [site.id for site in found]
            case ChoiceKind.ROLE:
                grants = await self._directory.grants_of(choice.subject)
                within = None
                if choice.within is not None:
                    within = await self._directory.subtree(choice.within, follow_links=True)
                return await self._holders(grants, within), []
            case ChoiceKind.NEIGHBOURS:
                near = await self._neighbours.of(choice.subject)
                villages = [choice.subject, *(one.id for one in near.neighbours)]
                grants = await self._directory.grants_of(FIRST_SECRETARY)
                return await self._holders(grants, villages), []

    async def _scope(self, choice: Choice) -> frozenset[str]:
        if choice.below:
            return await self._directory.subtree(choice.subject)
        return frozenset({(await self._directory.unit(choice.subject)).id})

    async def _members(self, units: frozenset[str]) -> tuple[list[str], list[str]]:
        """Return the members of Party units and the sites of the places these units are of."""
        async with self._store.read() as connection:
            rows = await directory_rows.memberships(
                connection, self._directory.today(), unit_ids=units
            )
            linked = await directory_rows.linked(connection, units)
        places = await self._directory.sites_of(linked)
        members = dict.fromkeys(row.person for row in rows if row.standing in MEMBERS)
        return list(members), [site.id for site in places]

    async def _holders(
        self, grants: Sequence[RoleGrant], within: Iterable[str] | None
    ) -> list[str]:
        """Return who holds a role within these units (anywhere when None), in their order."""
        if within is None:
            return list(dict.fromkeys(grant.person for grant in grants))
        sites = await self._directory.sites([g.site for g in grants if g.site is not None])
        order = {unit: position for position, unit in enumerate(within)}
        held = [
            (order[unit], grant.person)
            for grant in grants
            for unit in (grant.unit, sites[grant.site].unit if grant.site in sites else None)
            if unit in order
        ]
        return list(dict.fromkeys(person for _, person in sorted(held)))
