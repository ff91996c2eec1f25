"""Who is settled is not looked at in every review, and nothing comes out differently for that."""

from random import Random

import pytest

from media.core.outputs import Resend
from tests.media.core.lines import Line, ThinMeeting

WIDE, THIN = 20_000_000, 600_000
SECONDS = 40


@pytest.mark.parametrize("seed", range(3))
def test_looking_at_everybody_in_every_review_decides_nothing_else(seed: int) -> None:
    assert _decided(seed, everybody=False) == _decided(seed, everybody=True)


def _decided(seed: int, *, everybody: bool) -> list[tuple[float, str]]:
    """Return what a meeting decides in which everything changes that can, in order of time."""
    dice = Random(seed)
    meeting = ThinMeeting(seed)
    meeting.speakers(4)
    lines = [Line(dice.choice((WIDE, THIN))) for _ in range(4)]
    for number, line in enumerate(lines):
        meeting.at_line(f"v{number}", line, remb=number != 0)
    for step in range(SECONDS * 10):
        if everybody:
            for transport in meeting.router._transports.values():
                meeting.router._stage.doubt(transport)
        if step % 15 == 14:
            _change(meeting, lines, dice)
        meeting.run(0.1)
    decided = [(at, repr(o)) for at, o in meeting.outputs if not isinstance(o, Resend)]
    return sorted(decided)  # who is asked first for a key frame is left to chance


def _change(meeting: ThinMeeting, lines: list[Line], dice: Random) -> None:
    router, speaker = meeting.router, f"s{dice.randrange(1, 4)}"
    layer = dice.choice([one.ssrc for one in meeting.cameras[speaker]])
    viewer, now = f"v{dice.randrange(4)}", meeting.now
    match dice.randrange(7):
        case 0:
            meeting.dead_layers ^= {layer}
        case 1:
            router.set_muted(speaker, False, dice.random() < 0.5, now)
        case 2:
            dice.choice(lines).capacity = dice.choice((WIDE, THIN, THIN / 3))
        case 3:
            router.give_floor(dice.choice((None, speaker)), now)
        case 4:
            meeting.levels[speaker] = 167 - meeting.levels[speaker]
        case 5:
            router.set_ready(viewer, False, now)
            router.set_ready(viewer, True, now)
        case 6:
            for one in meeting.cameras[speaker]:  # a browser that began anew
                one.ssrc, one.known = one.ssrc + 100_000, False
