"""Which worker carries whom."""

from hypothesis import given
from hypothesis import strategies as st

from media.placement import Loss, Placement

SHARE = 3


def placement(workers: int = 2) -> Placement:
    made = Placement(SHARE)
    for worker in range(workers):
        made.up(worker)
    return made


def join(place: Placement, router: str, *transports: str) -> list[int]:
    """Open the room where it is not, and let transports in by the rules."""
    place.open(router)
    chosen = []
    for transport in transports:
        worker = place.choose(router, transport)
        place.span(router, worker)
        place.put(router, transport, worker)
        chosen.append(worker)
    return chosen


def test_rooms_that_open_before_anybody_joins_are_spread_over_the_workers() -> None:
    place = placement(3)
    assert [place.open(name) for name in "abcd"] == [0, 1, 2, 0]


def test_a_room_opens_on_the_worker_with_the_fewest_transports() -> None:
    place = placement()
    join(place, "a", "1", "2")
    join(place, "b", "3")
    assert place.open("c") == 1
    assert place.load(0) == (2, 1)
    assert place.load(1) == (1, 2)


def test_a_room_that_is_open_stays_where_it_is() -> None:
    place = placement()
    assert [place.open("a"), place.open("b"), place.open("a")] == [0, 1, 0]


def test_a_room_stays_on_one_worker_up_to_its_share_and_then_spans_the_next() -> None:
    assert join(placement(), "a", *"123456") == [0, 0, 0, 1, 1, 1]


def test_beyond_all_shares_the_parts_of_a_room_grow_evenly() -> None:
    assert join(placement(), "a", *"12345678") == [0, 0, 0, 1, 1, 1, 0, 1]


def test_a_place_that_became_free_at_the_leading_worker_is_taken_first() -> None:
    place = placement()
    join(place, "a", *"12345")
    place.take("a", "2")
    assert join(place, "a", "6") == [0]


def test_a_transport_that_offers_again_stays_where_it_is() -> None:
    place = placement()
    join(place, "a", *"1234")
    place.take("a", "1")
    assert join(place, "a", "4") == [1]


def test_a_lost_worker_takes_only_its_own_part_of_a_room() -> None:
    place = placement()
    join(place, "a", *"12345")
    join(place, "b", "6")
    assert place.down(0) == [Loss("a", frozenset("123"))]
    assert place.leader("a") == 1
    assert place.of("a", "4") == 1
    assert place.of("a", "1") is None


def test_a_room_of_which_nothing_is_left_is_forgotten_and_can_open_elsewhere() -> None:
    place = placement()
    join(place, "a", "1")
    assert place.down(0) == [Loss("a", frozenset("1"))]
    assert "a" not in place
    assert place.open("a") == 1


def test_without_a_living_worker_no_room_is_placed() -> None:
    place = placement(1)
    place.down(0)
    assert not place.alive
    assert place.open("a") is None
    place.up(0)
    assert place.open("a") == 0


def test_a_closed_room_weighs_nothing() -> None:
    place = placement()
    join(place, "a", *"1234")
    assert place.close("a") == (0, 1)
    assert place.close("a") == ()
    assert place.load(0) == place.load(1) == (0, 0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30), st.booleans()), max_size=80))
def test_every_transport_is_on_one_worker_and_no_part_is_over_its_share_while_there_is_room(
    steps: list[tuple[str, int, bool]],
) -> None:
    place = placement(3)
    there: dict[str, set[str]] = {}
    for router, number, joins in steps:
        transport = str(number)
        if joins:
            join(place, router, transport)
            there.setdefault(router, set()).add(transport)
        else:
            place.take(router, transport)
            there.get(router, set()).discard(transport)
    for router, transports in there.items():
        assert {t for t in transports if place.of(router, t) is not None} == transports
        if len(transports) <= SHARE:
            continue
        assert len(place.parts(router)) > 1
    assert sum(place.load(worker)[0] for worker in range(3)) == sum(map(len, there.values()))
