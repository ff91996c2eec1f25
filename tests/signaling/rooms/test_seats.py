"""Who is signed in by joining, and whom a PIN may sign in at a device."""

from scheduler.attendance.model import How
from scheduler.meetings.model import SignIn
from signaling.rooms.seats import may_sign_in, signed_in_by_joining
from tests.signaling.builders import device, expected, identity, peer, phone, room


def test_the_holder_of_a_phone_is_signed_in_by_joining() -> None:
    seated = signed_in_by_joining(room(expected("p1")), identity(phone(holder="p1")))
    assert seated == (expected("p1"), How.DEVICE)


def test_who_came_by_an_account_is_signed_in_also_where_the_series_asks_for_a_pin() -> None:
    it = room(expected("p1"), sign_in=SignIn.PIN)
    assert signed_in_by_joining(it, identity(None, "p1")) == (expected("p1"), How.ACCOUNT)


def test_the_person_using_a_device_comes_before_its_holder() -> None:
    seated = signed_in_by_joining(
        room(expected("p1"), expected("p2")), identity(phone(holder="p1"), "p2")
    )
    assert seated == (expected("p2"), How.ACCOUNT)


def test_where_a_pin_is_asked_for_the_holder_is_not_signed_in_by_joining() -> None:
    it = room(expected("p1"), sign_in=SignIn.PIN)
    assert signed_in_by_joining(it, identity(phone(holder="p1"))) is None


def test_nobody_is_signed_in_by_a_meeting_room() -> None:
    hall = identity(device("meeting_room", "d1", site="s1", holder="p1"))
    it = room(expected("p1", site="s1"), sites=("s1",))
    assert signed_in_by_joining(it, hall) is None
    assert may_sign_in(it, peer("a", hall)) == ()


def test_somebody_who_is_not_on_the_list_is_not_signed_in() -> None:
    assert signed_in_by_joining(room(), identity(phone(holder="p1"), "p2")) is None


def test_a_pin_may_sign_in_the_holder_and_those_of_the_site_who_are_not_yet() -> None:
    it = room(expected("p1"), expected("p2", site="s1"), expected("p3", site="s1"))
    there = peer("a", identity(phone(site="s1", holder="p1")), "p3")
    assert [choice.person for choice in may_sign_in(it, there)] == ["p1", "p2"]
