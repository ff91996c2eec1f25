"""Pairs made in a heap of their own are pairs like any others."""

import subprocess
import sys
from pathlib import Path

import pytest

from media.transports.srtp import SrtpPair, ffi
from media.transports.srtp_arena import SrtpArena
from media.transports.srtp_keys import PROFILES, Profile, SrtpKeys

ROOT = Path(__file__).parents[3]
RTP = b"\x80\x60\0\1" + bytes(4) + b"\0\0\0\7" + b"picture"


def keys(profile: Profile, *, server: bool) -> SrtpKeys:
    material = bytes(range(2 * (profile.key_length + profile.salt_length)))
    return SrtpKeys.from_exporter(profile, material, server=server)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_a_pair_of_an_arena_understands_any_other(profile: Profile) -> None:
    arena = SrtpArena()
    pair = arena.pair(keys(profile, server=True))
    arena.close()
    other = SrtpPair(keys(profile, server=False))
    assert other.unprotect_rtp(pair.protect_rtp(RTP)) == RTP
    assert pair.unprotect_rtp(other.protect_rtp(RTP)) == RTP


def extent() -> int:
    """Return over how many bytes 50 pairs lie that are made among other things."""
    arena = SrtpArena()
    held, pairs = [], []
    for _ in range(50):
        pairs.append(arena.pair(keys(PROFILES[0], server=True)))
        held.append(bytearray(40_000))
    arena.close()
    places = [int(ffi.cast("uintptr_t", pair.outbound)) for pair in pairs]
    return max(places) - min(places)


def test_pairs_lie_together_whatever_else_is_allocated_between_them() -> None:
    # In a process of its own: what other tests left in the heaps of their threads has holes.
    script = f"from {__name__} import extent; print(extent())"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 50 * 20_000


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
@pytest.mark.parametrize("first", [0, 1, 0x7FFF, 0x8000])
def test_streams_that_were_announced_begin_at_any_number_of_a_slot(
    profile: Profile, first: int
) -> None:
    arena = SrtpArena()
    pair = arena.pair(keys(profile, server=True), [7, 8])
    arena.close()
    other = SrtpPair(keys(profile, server=False))
    for ssrc in (7, 8, 9):  # the last one was not announced
        for sequence in range(first, first + 5):
            packet = b"\x80\x60" + sequence.to_bytes(2, "big") + bytes(4)
            packet += ssrc.to_bytes(4, "big") + b"picture"
            assert other.unprotect_rtp(pair.protect_rtp(packet)) == packet
