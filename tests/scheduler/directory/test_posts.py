"""The committee of a branch and the leader of a group: imported, elected anew, and who meets."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.directory.imports.importing import apply, check
from scheduler.directory.posts import Posts
from scheduler.directory.service import Directory
from scheduler.errors import Invalid
from scheduler.meetings.model import Choice, ChoiceKind
from scheduler.store.engine import Store
from scheduler.votes.quorum import Quorums
from tests.scheduler.directory.builders import places_in, write, write_files
from tests.support.assembly import assembly, found_voting_branch
from tests.support.clock import MovableClock
from tests.support.meetings import SEVEN, SHANGHAI, meetings_of

POSTS = "人员编号,党组织编号,职务,起始日期,截止日期\n"
ELECTED = date(2026, 7, 1)


@pytest.fixture
def clock() -> MovableClock:
    """Noon of the Monday of the meetings."""
    return MovableClock(SEVEN - timedelta(hours=7))


@pytest.fixture
async def posts(store: Store, clock: MovableClock) -> Posts:
    """The posts of a branch of six, nobody elected yet."""
    await found_voting_branch(store)
    return Posts(store, Directory(store, clock, SHANGHAI))


@pytest.fixture
def directory(store: Store, clock: MovableClock) -> Directory:
    return Directory(store, clock, SHANGHAI)


async def test_a_committee_is_imported_with_its_days(store: Store, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "files")
    write(
        folder / "posts.csv",
        POSTS
        + "fs1,p-village,支部书记,2024-07-01,\nfs1,p-village,组织委员,2020-01-01,2024-06-30\n",
    )
    await apply(store, [folder])
    again = await apply(store, [folder])
    assert again.counts["posts"].unchanged == 2
    directory = Directory(store, MovableClock(), SHANGHAI)
    assert [one.post for one in await directory.posts("p-village")] == ["secretary"]
    before = await directory.posts("p-village", date(2021, 1, 1))
    assert [one.post for one in before] == ["organization"]


async def test_somebody_belongs_to_a_group_and_is_at_home_in_its_branch(
    store: Store, tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "files")
    units = (folder / "units.csv").read_text(
        "utf-8"
    ) + "p-group,党组织,党小组,第一党小组,p-village,\n"
    members = (folder / "memberships.csv").read_text("utf-8") + "fs1,p-group,党小组,正式党员,,,\n"
    write(folder / "units.csv", units)
    write(folder / "memberships.csv", members)
    write(folder / "posts.csv", POSTS + "fs1,p-group,党小组长,,\n")
    await apply(store, [folder])
    directory = Directory(store, MovableClock(), SHANGHAI)
    assert [one.kind for one in await directory.members("p-group")] == ["group"]
    assert [one.post for one in await directory.posts("p-group")] == ["group_leader"]
    assert await directory.committee("p-group") == ()


async def test_nobody_holds_a_post_twice_at_a_time(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "files")
    twice = "fs1,p-village,书记,2024-01-01,\nfs1,p-village,书记,2025-01-01,\n"
    write(folder / "posts.csv", POSTS + twice)
    found = places_in(await check([folder]))
    assert {(line, code) for _, line, _, code in found} == {(2, "post_twice"), (3, "post_twice")}


async def test_an_election_ends_what_was_held_before(posts: Posts, directory: Directory) -> None:
    stays: list[tuple[str, str]] = [("p1", "secretary"), ("p6", "publicity")]
    await posts.hold("br1", date(2023, 7, 1), [*stays, ("p2", "organization")])
    held = await posts.hold("br1", ELECTED, [*stays, ("p3", "organization")])
    assert [(one.person, one.since) for one in held] == [
        ("p1", date(2023, 7, 1)),
        ("p3", ELECTED),
        ("p6", date(2023, 7, 1)),
    ]
    assert await directory.committee("br1", date(2026, 6, 30)) == ("p1", "p2", "p6")
    assert await directory.committee("br1", ELECTED) == ("p1", "p3", "p6")
    # Said again from the same day it is put right; nothing is left of the mistake.
    await posts.hold("br1", ELECTED, [*stays, ("p4", "organization")])
    assert await directory.committee("br1") == ("p1", "p4", "p6")
    assert await directory.committee("br1", date(2026, 6, 30)) == ("p1", "p2", "p6")


async def test_a_secretary_and_a_deputy_are_no_committee(
    store: Store, clock: MovableClock, posts: Posts, directory: Directory
) -> None:
    await posts.hold("br1", ELECTED, [("p1", "secretary"), ("p2", "deputy_secretary")])
    assert await directory.committee("br1") == ()
    draft = assembly(type="branch_committee_meeting", persons=("p1", "p2", "p3"))
    meeting = await meetings_of(store, clock).create_adhoc(draft)
    assert (await Quorums(store, clock, SHANGHAI).of(meeting.id)).expected_voting == 3


@pytest.mark.parametrize(
    ("person", "post", "code"),
    [
        ("p1", "chairman", "unknown_post"),
        ("p1", "group_leader", "post_of_other_unit"),
        ("p9", "secretary", "not_a_member"),
    ],
)
async def test_only_members_are_elected_to_what_there_is(
    posts: Posts, person: str, post: str, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        await posts.hold("br1", ELECTED, [(person, post)])
    with pytest.raises(Invalid, match="date_out_of_range"):
        await posts.hold("br1", date(1900, 1, 1), [])


FOUR = [
    ("p1", "secretary"),
    ("p2", "organization"),
    ("p3", "publicity"),
    ("p4", "discipline"),
]


async def test_art_12_half_of_the_committee_is_a_quorum_whoever_was_invited(
    store: Store, clock: MovableClock, posts: Posts
) -> None:
    await posts.hold("br1", ELECTED, FOUR)
    meetings = meetings_of(store, clock)
    quorums = Quorums(store, clock, SHANGHAI)
    invited: dict[str, Any] = {"type": "branch_committee_meeting", "persons": ("p1", "p2", "p6")}
    meeting = await meetings.create_adhoc(assembly(**invited))
    view = await quorums.of(meeting.id)
    assert (view.expected_total, view.expected_voting, view.needed) == (5, 4, 2)
    roster = {one.person: one.votes for one in (await meetings.roster(meeting.id)).persons}
    assert roster == {"p1": True, "p2": True, "p6": False}
    other = await meetings.create_adhoc(assembly(**invited | {"type": "theme_party_day"}))
    assert (await quorums.of(other.id)).expected_voting == 3


async def test_the_committee_is_chosen_where_one_is_written_down(
    store: Store, clock: MovableClock, posts: Posts
) -> None:
    meetings = meetings_of(store, clock)
    choice = Choice(kind=ChoiceKind.COMMITTEE, subject="br1")
    assert (await meetings.choose((choice,))).persons == ()
    await posts.hold("br1", ELECTED, FOUR)
    chosen = await meetings.choose((choice,))
    assert chosen.persons == ("p1", "p2", "p3", "p4")
    assert chosen.reasons["p4"] == ((ChoiceKind.COMMITTEE, "br1"),)
