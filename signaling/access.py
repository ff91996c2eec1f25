"""Decides who may do what: the table of `signaling.roles` over the directory's trees, deny by
default. What a role's reach does not cover is refused."""

from scheduler.accounts import Identity
from scheduler.directory.service import Directory
from scheduler.errors import NotFound, Refused
from scheduler.meetings.model import Occurrence, Roster
from scheduler.meetings.service import Meetings
from signaling.roles import ROLE_PERMISSIONS, ROLE_REACH, Held, Permission, Reach, held_by

__all__ = ["ROLE_PERMISSIONS", "ROLE_REACH", "Access", "Permission"]


class Access:
    """Decides with the table, the directory's trees and the rosters of the meetings."""

    def __init__(self, directory: Directory, meetings: Meetings) -> None:
        self._directory = directory
        self._meetings = meetings

    async def require(
        self,
        identity: Identity | None,
        permission: Permission,
        *,
        unit: str | None = None,
        site: str | None = None,
        occurrence: Occurrence | None = None,
        person: str | None = None,
    ) -> None:
        """Return if one role of `identity` gives `permission` over everything named.

        Without anything named it only asks whether some role gives the permission at all; the
        caller then answers with no more than `units` and the invitations cover. Raises
        Refused("not_signed_in") or Refused("not_allowed").
        """
        if permission is Permission.PUBLIC:
            return
        if identity is None:
            raise Refused("not_signed_in")
        for held in held_by(identity):
            if permission in held.permissions and all(
                [
                    unit is None or await self._covers_unit(held, unit),
                    site is None or await self._covers_site(held, site),
                    occurrence is None or await self._covers_occurrence(held, identity, occurrence),
                    person is None or await self._covers_person(held, identity, person),
                ]
            ):
                return
        raise Refused("not_allowed", permission.value)

    async def allows(
        self,
        identity: Identity | None,
        permission: Permission,
        *,
        unit: str | None = None,
        site: str | None = None,
        occurrence: Occurrence | None = None,
        person: str | None = None,
    ) -> bool:
        """Tell what `require` would decide."""
        try:
            await self.require(
                identity, permission, unit=unit, site=site, occurrence=occurrence, person=person
            )
        except Refused:
            return False
        return True

    async def units(self, identity: Identity, permission: Permission) -> frozenset[str] | None:
        """Return the units `identity` has `permission` over; None means every unit."""
        found: set[str] = set()
        for held in held_by(identity):
            if permission not in held.permissions:
                continue
            if Reach.EVERYWHERE in held.reach:
                return None
            if held.unit is not None and Reach.SUBTREE in held.reach:
                found |= await self._subtree(held.unit)
            elif held.unit is not None and Reach.GRANTED in held.reach:
                found.add(held.unit)
        return frozenset(found)

    async def sites(self, identity: Identity, permission: Permission) -> frozenset[str]:
        """Return the sites named in the grants that give `permission` (not those of units)."""
        return frozenset(
            held.site
            for held in held_by(identity)
            if held.site is not None
            and Reach.GRANTED in held.reach
            and permission in held.permissions
        )

    async def _covers_unit(self, held: Held, unit: str) -> bool:
        if Reach.EVERYWHERE in held.reach:
            return True
        if held.unit is None:
            return False
        if Reach.SUBTREE in held.reach:
            return unit in await self._subtree(held.unit)
        return Reach.GRANTED in held.reach and unit == held.unit

    async def _covers_site(self, held: Held, site: str) -> bool:
        if Reach.GRANTED in held.reach and site == held.site:
            return True
        if Reach.EVERYWHERE in held.reach:
            return True
        return await self._covers_unit(held, (await self._directory.site(site)).unit)

    async def _covers_occurrence(
        self, held: Held, identity: Identity, occurrence: Occurrence
    ) -> bool:
        if Reach.TOKEN in held.reach:
            return identity.stream is not None and identity.stream.occurrence == occurrence.id
        me = identity.person.id if identity.person else None
        if Reach.HOSTED in held.reach and me is not None and me == occurrence.host:
            return True
        if Reach.RECORDED in held.reach and me is not None and me == occurrence.recorder:
            return True
        if await self._covers_unit(held, occurrence.unit):
            return True
        if not held.reach & {Reach.INVITED, Reach.GRANTED}:
            return False
        roster = await self._meetings.roster(occurrence.id)
        if Reach.GRANTED in held.reach and held.site is not None and held.site in roster.sites:
            return True
        return Reach.INVITED in held.reach and _is_invited(identity, roster)

    async def _covers_person(self, held: Held, identity: Identity, person: str) -> bool:
        """Oneself, and the members of the units the role reaches."""
        if identity.person is not None and identity.person.id == person:
            return True
        if Reach.EVERYWHERE in held.reach:
            return True
        for membership in await self._directory.memberships([person]):
            if await self._covers_unit(held, membership.unit):
                return True
        return False

    async def _subtree(self, unit: str) -> frozenset[str]:
        """The unit and all below it, with the administrative units linked to them."""
        try:
            return await self._directory.subtree(unit, follow_links=True)
        except NotFound:
            return frozenset()


def _is_invited(identity: Identity, roster: Roster) -> bool:
    if identity.person is not None and roster.of(identity.person.id) is not None:
        return True
    device = identity.device
    if device is None:
        return False
    by_holder = device.holder is not None and roster.of(device.holder) is not None
    return by_holder or device.site in roster.sites
