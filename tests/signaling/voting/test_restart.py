"""A server that is restarted in the middle of a vote: those who come back go on voting."""

from pathlib import Path
from typing import Any

import pytest

from tests.signaling.live import running_branch
from tests.signaling.voting.conftest import Assembly, running_assembly
from tests.signaling.voting.test_votes import is_vote, three_phones


@pytest.mark.parametrize("came_back", [3, 2])
async def test_a_vote_waits_for_those_who_were_there(tmp_path: Path, came_back: int) -> None:
    grace: dict[str, Any] = {"signaling": {"resume_grace_s": 2.0}}
    async with running_assembly(tmp_path, grace) as held:
        phones = await three_phones(held)
        vote = await held.open_vote()
        await phones["phone1"].ask("vote.cast", vote=vote, person="p1", choice="for")
        meeting = held.meeting
    async with running_branch(tmp_path, **grace) as branch:
        again = Assembly(branch, meeting)
        wires = []
        for number in range(1, came_back + 1):
            wire, view = await branch.join(f"phone{number}", meeting)
            assert [(one["state"], one["cast"]) for one in view["votes"]] == [("open", 1)]
            wires.append(wire)
        if came_back < 3:
            await wires[0].until("votes", is_vote(state="stopped", stopped_reason="quorum_lost"))
        else:
            for number in (2, 3):
                await wires[number - 1].ask(
                    "vote.cast", vote=vote, person=f"p{number}", choice="for"
                )
            _, closed = await again.ask("POST", f"votes/{vote}/close")
            assert (closed["state"], closed["ballot"], closed["adopted"]) == ("closed", 1, True)
