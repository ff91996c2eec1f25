"""A branch that votes: five full members, one probationary, and a member assembly of theirs."""

from datetime import date
from typing import Any

from sqlalchemy import insert

from scheduler.meetings.model import AdhocDraft
from scheduler.store import directory_tables as tables
from scheduler.store.engine import Store
from tests.support.meetings import adhoc, found_branch

STANDINGS = {
    "p2": "full_member",
    "p3": "full_member",
    "p4": "full_member",
    "p5": "probationary_member",
    "p6": "full_member",
}
"""Beside p1, who is a full member of the branch and of a network branch already."""


async def found_voting_branch(store: Store) -> None:
    """Write the small directory, with everybody a member of the branch br1."""
    await found_branch(store)
    async with store.begin() as connection:
        await connection.execute(insert(tables.membership), memberships())


def memberships() -> list[dict[str, Any]]:
    return [
        {
            "person": person,
            "unit": "br1",
            "kind": "home",
            "standing": standing,
            "voting": standing == "full_member",
            "since": date(2020, 1, 1),
            "until": None,
        }
        for person, standing in STANDINGS.items()
    ]


def assembly(**changes: Any) -> AdhocDraft:
    """A member assembly on Monday 19:00: E is 5 (p5 is probationary); p1, p2 and p3 sit at their
    phones in the villages, p4 and p6 in the hall, where the roll is called."""
    values: dict[str, Any] = {
        "unit": "br1",
        "type": "member_assembly",
        "title": "支部党员大会",
        "persons": ("p1", "p2", "p3", "p4", "p5", "p6"),
        "non_voting": (),
    }
    return adhoc(**(values | changes))
