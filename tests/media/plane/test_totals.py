"""Sums over participants never fall when one of them leaves, or a room closes."""

from typing import Any, cast

from media.core.router import Router
from media.plane.totals import COUNTED, Totals


class CountingRouter:
    """A room as far as its counters go: by participant."""

    def __init__(self, **packets: int) -> None:
        self.packets = packets

    def stats(self) -> dict[str, object]:
        total = sum(self.packets.values())
        drops = {"duplicate": total // 2} if total else {}
        return {**dict.fromkeys(COUNTED, 0), "packets": total, "drops": drops}


def sums(totals: Totals, *rooms: CountingRouter) -> Any:
    return totals.sums(cast("Router", room) for room in rooms)


def test_nothing_is_counted_in_the_beginning() -> None:
    assert sums(Totals()) == {**dict.fromkeys(COUNTED, 0), "drops": {}}


def test_what_a_participant_counted_stays_when_it_leaves() -> None:
    totals, room = Totals(), CountingRouter(anna=10, bert=4)
    with totals.keeping(cast("Router", room)):
        del room.packets["anna"]
    room.packets["bert"] += 2
    counted = sums(totals, room)
    assert counted["packets"] == 16
    assert counted["drops"] == {"duplicate": 5 + 3}


def test_what_a_room_counted_stays_when_it_closes() -> None:
    totals, room = Totals(), CountingRouter(anna=10)
    totals.keep(cast("Router", room))
    assert sums(totals, CountingRouter(bert=1))["packets"] == 11
