"""Whose source goes to which slot: pure functions over transport ids.

`pictures` are the transports that send a picture now, in the order of joining; `spoken` are those
who were the speaker, the present or last one first.
"""

from collections.abc import Sequence


def ranked(spoken: Sequence[str], pictures: Sequence[str]) -> list[str]:
    """Order pictures: who spoke most recently first, then by joining."""
    sending = set(pictures)
    speakers = [tid for tid in spoken if tid in sending]
    seen = set(speakers)
    return speakers + [tid for tid in pictures if tid not in seen]


def main_picture(viewer: str, floor: str | None, ranking: Sequence[str]) -> str | None:
    """Choose the main picture: the floor, else the first of `ranked` that is not the viewer.

    That is the speaker; for the speaker itself, whoever spoke last before; before anybody spoke,
    the first with a picture. Nobody sees itself. The floor is literal: whoever has it is shown (as
    paused) even without a picture.
    """
    if floor is not None and floor != viewer:
        return floor
    return next((tid for tid in ranking if tid != viewer), None)


def first_others(ranking: Sequence[str], left_out: tuple[str | None, ...], count: int) -> list[str]:
    """Return the first `count` of a ranking without those left out."""
    chosen: list[str] = []
    for tid in ranking:
        if len(chosen) == count:
            break
        if tid not in left_out:
            chosen.append(tid)
    return chosen


def fill(current: Sequence[str | None], wanted: Sequence[str]) -> list[str | None]:
    """Put `wanted` (no more than there are slots) into slots with the least movement: who stays
    keeps the slot, newcomers take the freed ones in order."""
    staying = set(wanted)
    result: list[str | None] = [tid if tid in staying else None for tid in current]
    placed = set(result)
    newcomers = iter([tid for tid in wanted if tid not in placed])
    return [tid if tid is not None else next(newcomers, None) for tid in result]
