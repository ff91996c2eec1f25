"""Who is invited, and why: by branch, role, neighbours, by hand; fixed when it opens."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert

from scheduler.directory.service import Directory
from scheduler.errors import Invalid, NotFound
from scheduler.meetings.model import Choice, ChoiceKind, Standing
from scheduler.meetings.neighbours import Neighbours
from scheduler.meetings.service import Meetings
from scheduler.store import directory_tables as tables
from scheduler.store.engine import Store
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, SHANGHAI, adhoc, weekly

LONG_AGO = date(2020, 1, 1)
K = ChoiceKind


def unit(id_: str, tree: str, kind: str, parent: str | None) -> dict[str, Any]:
    return {"id": id_, "tree": tree, "kind": kind, "parent": parent}


def member(person: str, unit_: str, standing: str = "full_member") -> dict[str, Any]:
    return {
        "person": person,
        "unit": unit_,
        "kind": "home",
        "standing": standing,
        "voting": standing == "full_member",
        "since": LONG_AGO,
        "until": None,
    }


def posted(person: str, site: str) -> dict[str, Any]:
    return {
        "id": f"{person}|first_secretary||{site}",
        "person": person,
        "role": "first_secretary",
        "unit": None,
        "site": site,
        "until": None,
    }


ROWS: Mapping[str, list[dict[str, Any]]] = {
    "unit": [
        unit("town", "admin", "town", "city"),
        *(unit(f"village{n}", "admin", "village", "town") for n in (1, 2, 3)),
        unit("far", "admin", "village", "city"),
        unit("committee", "party", "party_committee", None),
        *(unit(f"branch{n}", "party", "branch", "committee") for n in (1, 2)),
    ],
    "unit_link": [{"party_unit": f"branch{n}", "admin_unit": f"village{n}"} for n in (1, 2)],
    "site": [
        *(
            {"id": f"s{n}", "name": f"{n}", "kind": "village", "unit": f"village{n}"}
            for n in (1, 2, 3)
        ),
        {"id": "sf", "name": "远", "kind": "village", "unit": "far"},
    ],
    "membership": [
        member("p2", "branch1"),
        member("p3", "branch1", "probationary_member"),
        member("p4", "branch1", "applicant_activist"),
        member("p5", "branch2"),
    ],
    "role_grant": [posted("p1", "s1"), posted("p2", "s2"), posted("p6", "sf")],
}


@pytest.fixture
async def county(meetings: Meetings, store: Store) -> Meetings:
    """A town of three villages, two with a branch, two with a first secretary."""
    async with store.begin() as connection:
        for name, rows in ROWS.items():
            await connection.execute(insert(getattr(tables, name)), rows)
    return meetings


async def test_members_of_a_branch_come_with_the_site_of_its_village(county: Meetings) -> None:
    chosen = await county.choose([Choice(kind=K.MEMBERS, subject="branch1")])
    assert chosen.persons == ("p2", "p3")
    assert set(chosen.sites) == {"s1", "s2", "v3"}  # p2 is posted to s2, p3 holds v3's phone
    assert chosen.reasons["p3"] == ((K.MEMBERS, "branch1"),)


async def test_a_committee_means_all_branches_below_only_where_that_is_chosen(
    county: Meetings,
) -> None:
    alone = await county.choose([Choice(kind=K.MEMBERS, subject="committee")])
    assert alone.persons == ()
    below = await county.choose([Choice(kind=K.MEMBERS, subject="committee", below=True)])
    assert set(below.persons) == {"p2", "p3", "p5"}


async def test_who_holds_a_role_within_a_unit(county: Meetings) -> None:
    everywhere = await county.choose([Choice(kind=K.ROLE, subject="first_secretary")])
    assert everywhere.persons == ("p1", "p2", "p6")
    town = await county.choose([Choice(kind=K.ROLE, subject="first_secretary", within="town")])
    assert set(town.persons) == {"p1", "p2"}


async def test_neighbours_are_those_of_the_township_until_somebody_names_them(
    county: Meetings, store: Store, clock: MovableClock
) -> None:
    neighbours = Neighbours(store, clock, Directory(store, clock, SHANGHAI))
    near = await neighbours.of("village1")
    assert [one.id for one in near.neighbours] == ["village2", "village3"]
    assert near.source == "township"
    choice = Choice(kind=K.NEIGHBOURS, subject="village1")
    assert (await county.choose([choice])).persons == ("p1", "p2")
    named = await neighbours.name("village1", ["far", "village3"], "p1")
    assert ([one.id for one in named.neighbours], named.source) == (["far", "village3"], "table")
    assert (await county.choose([choice])).persons == ("p1", "p6")
    assert (await neighbours.name("village1", [], "p1")).source == "township"


@pytest.mark.parametrize(
    ("village", "named", "code"),
    [
        ("town", [], "not_a_village"),
        ("village1", ["town"], "not_a_village"),
        ("village1", ["village1"], "own_neighbour"),
        ("village1", ["far", "far"], "own_neighbour"),
        ("village1", ["far"] * 61, "too_many_neighbours"),
    ],
)
async def test_neighbours_that_are_none_are_refused(
    county: Meetings,
    store: Store,
    clock: MovableClock,
    village: str,
    named: list[str],
    code: str,
) -> None:
    neighbours = Neighbours(store, clock, Directory(store, clock, SHANGHAI))
    with pytest.raises(Invalid, match=code):
        await neighbours.name(village, named, "p1")


async def test_who_is_chosen_twice_is_invited_once_for_both_reasons(county: Meetings) -> None:
    chosen = await county.choose(
        [
            Choice(kind=K.PERSON, subject="p2", standing=Standing.NON_VOTING),
            Choice(kind=K.MEMBERS, subject="branch1"),
            Choice(kind=K.PERSON, subject="p6", standing=Standing.NON_VOTING),
        ]
    )
    assert chosen.persons == ("p2", "p3")
    assert chosen.non_voting == ("p6",)
    assert chosen.reasons["p2"] == ((K.PERSON, "p2"), (K.MEMBERS, "branch1"))


async def test_a_unit_that_is_not_there_is_refused(county: Meetings) -> None:
    with pytest.raises(NotFound, match="unknown_unit"):
        await county.choose([Choice(kind=K.MEMBERS, subject="nowhere")])


async def test_a_series_of_choices_follows_the_directory(county: Meetings, store: Store) -> None:
    choices = (Choice(kind=K.MEMBERS, subject="branch1"),)
    series = await county.create_series(
        await county.with_chosen(weekly(choices=choices, exempt=("p3",)))
    )
    assert (series.persons, series.exempt) == (("p2", "p3"), ("p3",))
    assert await county.follow_directory() == 0
    async with store.begin() as connection:
        await connection.execute(insert(tables.membership), member("p6", "branch1"))
    assert await county.follow_directory() == 1
    one = (await county.occurrences(SEVEN, SEVEN + timedelta(days=1)))[0]
    assert {entry.person for entry in (await county.roster(one.id)).persons} == {"p2", "p3", "p6"}
    assert await county.choices_of(series=series.id) == choices


async def test_who_is_expected_and_why_is_fixed_when_the_meeting_opens(
    county: Meetings, store: Store, clock: MovableClock
) -> None:
    choices = (Choice(kind=K.MEMBERS, subject="branch1"),)
    await county.create_series(await county.with_chosen(weekly(choices=choices)))
    one = (await county.occurrences(SEVEN, SEVEN + timedelta(days=1)))[0]
    await county.add_person(one.id, "p1", "p2", "专家")
    async with store.begin() as connection:
        await connection.execute(insert(tables.membership), member("p6", "branch1"))
    clock.advance(hours=7)
    await county.open(one.id)
    roster = await county.roster(one.id)
    assert roster.fixed
    assert {entry.person for entry in roster.persons} == {"p1", "p2", "p3", "p6"}
    async with store.begin() as connection:
        await connection.execute(
            delete(tables.membership).where(tables.membership.c.unit == "branch1")
        )
    assert (await county.why_invited(one.id))["p6"] == ((K.MEMBERS, "branch1"),)
    assert "p1" not in await county.why_invited(one.id)


async def test_a_meeting_opens_although_the_directory_lost_what_was_chosen(
    county: Meetings, store: Store
) -> None:
    choices = (Choice(kind=K.NEIGHBOURS, subject="village1"),)
    meeting = await county.create_adhoc(await county.with_chosen(adhoc(choices=choices)))
    async with store.begin() as connection:
        await connection.execute(
            tables.unit.update().where(tables.unit.c.id == "village1").values(kind="town")
        )
    opened = await county.open(meeting.id)
    assert opened.opened_at is not None
