"""The other servers there are clients for."""

from collections.abc import Sequence

from benchmarks.peers import galene, janus, livekit
from benchmarks.peers.peer import Peer

PEERS = {peer.name: peer for peer in (janus.PEER, galene.PEER, livekit.PEER)}


def named(names: str) -> list[Peer]:
    """Return those named, separated by commas; raise ValueError for one that is not known."""
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := set(chosen) - set(PEERS):
        raise ValueError(f"no such server: {', '.join(sorted(unknown))}")
    return [PEERS[name] for name in dict.fromkeys(chosen)]


def present(peers: Sequence[Peer]) -> list[Peer]:
    """Return those whose program is here, and print of each other one how to get it."""
    for peer in peers:
        if not peer.installed():
            print(f"{peer.name}: left out, its program is not here; {peer.how_to_get}")
    return [peer for peer in peers if peer.installed()]
