"""What meets at the same time: pure, by example and by property."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.directory.model import Device
from scheduler.meetings.model import MeetingType
from scheduler.planning.busy import Busy, clashes, digest
from tests.support.meetings import SEVEN

HOUR = timedelta(hours=1)
PHONE = Device("phone", "video_phone", "电话", "v1", "p1", False)


def busy(number: int, begin: float, hours: float, persons: str = "", sites: str = "") -> Busy:
    start = SEVEN + begin * HOUR
    return Busy(
        occurrence=f"o{number}",
        series=None,
        unit="u",
        type=MeetingType.WORK_MEETING,
        title="会",
        start=start,
        end=start + hours * HOUR,
        persons=frozenset(persons.split()),
        sites=frozenset(sites.split()),
    )


def test_a_person_and_a_site_cannot_be_at_two_meetings() -> None:
    [clash] = clashes([busy(1, 0, 1, "p1 p2", "v1")], [busy(2, 0.5, 1, "p2 p3", "v1 v2")], [])
    assert (clash.persons, clash.sites, clash.devices) == (("p2",), ("v1",), ())


def test_a_meeting_that_begins_when_another_ends_is_no_conflict() -> None:
    assert clashes([busy(1, 0, 1, "p1")], [busy(2, 1, 1, "p1"), busy(3, -1, 1, "p1")], []) == ()


def test_a_phone_cannot_serve_its_village_and_its_holder_elsewhere() -> None:
    [clash] = clashes([busy(1, 0, 1, "p1")], [busy(2, 0, 1, "p9", "v1")], [PHONE])
    assert (clash.persons, clash.sites, clash.devices) == ((), (), ("phone",))


def test_a_device_is_not_told_where_its_holder_or_its_site_is() -> None:
    [clash] = clashes([busy(1, 0, 1, "p1", "v1")], [busy(2, 0, 1, "p1")], [PHONE])
    assert clash.devices == ()


MEETINGS = st.builds(
    busy,
    st.integers(0, 9),
    st.integers(0, 12),
    st.integers(1, 5),
    st.sampled_from(["", "p1", "p2", "p1 p2"]),
    st.sampled_from(["", "v1", "v2", "v1 v2"]),
)


@given(st.lists(MEETINGS, max_size=6), st.lists(MEETINGS, max_size=6))
def test_conflicts_are_mutual_and_their_digest_does_not_depend_on_order(
    planned: list[Busy], others: list[Busy]
) -> None:
    found = clashes(planned, others, [PHONE])
    back = clashes(others, planned, [PHONE])
    assert len(found) == len(back)
    assert digest(clashes(planned[::-1], others[::-1], [PHONE])) == digest(found)
    assert bool(digest(found)) == bool(found)
    for clash in found:
        assert clash.planned.start < clash.other.end
        assert clash.other.start < clash.planned.end


def test_another_conflict_has_another_digest() -> None:
    one, other = busy(1, 0, 1, "p1"), busy(2, 0, 1, "p1 p2")
    first = digest(clashes([one], [other], []))
    assert first != digest(clashes([replace(one, persons=frozenset({"p2"}))], [other], []))
    assert first != digest(clashes([one], [replace(other, occurrence="o3")], []))
