"""In whatever order the news of a death come, a room is in one piece again and nobody is forgotten.

The pool is real, its workers are a model of media.handle.Worker (tests.media.pool.double).
"""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media.pool.modelled import ROOM, Modelled, a_modelled_pool


async def joined(scene: Modelled, *names: str) -> None:
    for name in names:
        scene.begin(scene.join(name))
        await scene.settle()


async def happen(scene: Modelled, *events: str) -> None:
    """Let things happen by their names and the numbers of their workers."""
    for event in events:
        what, _, number = event.partition(" ")
        if what == "turn":
            await scene.turn()
        else:
            getattr(scene.doubles[int(number)], what)()


LEADER_DIES = {
    "the pipe first, the death in the same turn": ["look 1", "speak 1", "bury 0"],
    "the pipe first, the death in the next turn": ["look 1", "speak 1", "turn", "bury 0"],
    "the pipe first, and it was begun to lay it": ["look 1", "speak 1", "turn", "work 1", "speak 1",
                                                   "turn", "turn", "bury 0"],
    "the death first, the pipe in the same turn": ["look 1", "bury 0", "speak 1"],
    "the death first, the pipe in the next turn": ["bury 0", "turn", "look 1", "speak 1"],
    "the death first, the pipe after the restart": ["bury 0", "rise 0", "turn", "look 1",
                                                    "speak 1"],
}  # fmt: skip


@pytest.mark.parametrize("order", LEADER_DIES.values(), ids=LEADER_DIES)
async def test_when_the_leading_worker_dies_the_other_part_leads_on(order: list[str]) -> None:
    async with a_modelled_pool() as scene:
        await joined(scene, "a", "b", "c", "d")
        scene.doubles[0].die()
        await happen(scene, *order)
        await scene.settle()
        assert scene.doubles[1].rooms[ROOM].leads
        assert "close_router" not in scene.doubles[1].done
        assert (scene.present, scene.lost) == ({"c", "d"}, ["a", "b"])
        await joined(scene, "a", "b")
        assert scene.present == {"a", "b", "c", "d"}
        scene.check()


async def test_a_third_part_is_joined_to_the_one_that_leads_on() -> None:
    async with a_modelled_pool(3) as scene:
        await joined(scene, *"abcdef")
        scene.doubles[0].die()
        await happen(scene, "look 2", "speak 2", "look 1", "speak 1", "bury 0")
        await scene.settle()
        assert scene.present == {*"cdef"}
        scene.check()


async def test_a_part_whose_leader_dies_while_it_is_joined_is_joined_to_the_next_one() -> None:
    async with a_modelled_pool(3) as scene:
        await joined(scene, *"abcd")
        scene.begin(scene.join("e"))
        while "join_pipe" not in scene.doubles[2].done:  # until its answer is on the way
            await happen(scene, "speak 2", "work 0", "speak 0", "turn", "work 2")
        scene.doubles[0].die()
        await happen(scene, "bury 0", "speak 2")
        await scene.settle()
        assert scene.present == {*"cde"}
        scene.check()


async def test_a_part_that_leads_before_it_was_joined_takes_those_who_wait() -> None:
    async with a_modelled_pool() as scene:
        await joined(scene, "a", "b")
        scene.begin(scene.join("c"))
        await scene.turn()
        scene.doubles[0].die()
        scene.doubles[0].bury()
        await scene.settle()
        assert scene.present == {"c"}
        assert scene.doubles[1].rooms[ROOM].leads
        scene.check()


async def test_who_came_while_a_part_was_given_up_is_told() -> None:
    async with a_modelled_pool() as scene:
        await joined(scene, "a", "b", "c")
        scene.doubles[1].refuses = True
        scene.doubles[0].drop_pipes()
        await happen(scene, "look 1", "speak 1", "turn")
        scene.begin(scene.join("d"))
        await scene.settle()
        assert scene.lost == ["c", "d"]
        assert scene.present == {"a", "b"}
        scene.check()


async def test_who_is_let_in_after_a_part_was_given_up_is_refused() -> None:
    async with a_modelled_pool() as scene:
        await joined(scene, "a", "b", "c")
        scene.doubles[1].refuses = True
        scene.doubles[0].drop_pipes()
        await happen(scene, "look 1", "speak 1")
        while not scene.lost:
            if scene.doubles[1].done[-1] == "join_pipe" and not scene.joining("d"):
                scene.begin(scene.join("d"))
            await happen(scene, "work 1", "speak 1", "work 0", "speak 0", "turn")
        await scene.settle()
        assert scene.present == {"a", "b"}
        scene.check()


async def test_a_room_that_is_opened_again_while_it_is_closed_stays_open() -> None:
    async with a_modelled_pool() as scene:
        await joined(scene, "a", "b", "c")
        scene.begin(scene.reopen())
        await scene.turn(2)
        scene.begin(scene.join("a"))
        await scene.settle()
        assert scene.present == {"a"}
        scene.check()


EVENTS = st.one_of(
    st.tuples(
        st.sampled_from(["work", "speak", "look", "work", "speak", "die", "bury", "rise"]),
        st.integers(0, 2),
    ),
    st.tuples(st.sampled_from(["join", "leave"]), st.sampled_from("abcdef")),
    st.tuples(st.sampled_from(["turn"]), st.integers(1, 3)),
    st.tuples(st.sampled_from(["break", "reopen"]), st.integers(0, 2)),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(EVENTS, max_size=60))
def test_whatever_happens_in_whatever_order_the_room_is_whole_and_nobody_is_forgotten(
    events: list[tuple[str, int | str]],
) -> None:
    async def story() -> None:
        async with a_modelled_pool(3, share=1) as scene:
            await joined(scene, *"abc")
            for what, which in events:
                await act(scene, what, which)
            await scene.settle()
            scene.check()

    asyncio.run(story())


async def act(scene: Modelled, what: str, which: int | str) -> None:
    if isinstance(which, str):
        if what == "leave" and which in scene.present and not scene.joining(which):
            scene.begin(scene.leave(which))
        elif what == "join" and not scene.joining(which):
            scene.begin(scene.join(which))
    elif what == "turn":
        await scene.turn(which)
    elif what == "reopen":
        if not scene.busy:
            scene.begin(scene.reopen())
    elif what == "break":
        scene.doubles[which].drop_pipes()
    else:
        getattr(scene.doubles[which], what)()
