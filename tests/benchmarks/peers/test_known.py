"""Other servers are looked for on the path, and forward to the same receivers as ours."""

import pytest

from benchmarks import forwarding
from benchmarks.peers import known
from benchmarks.peers.peer import Peer
from benchmarks.scenes import SINGLE
from benchmarks.server import WorkerServer


@pytest.mark.measured
@pytest.mark.parametrize("peer", known.PEERS.values(), ids=known.PEERS)
async def test_another_server_forwards_to_the_same_receivers(peer: Peer) -> None:
    if not peer.installed():
        pytest.skip(f"{peer.name} is not here")
    result = await forwarding.measure(peer.name, peer.server(), SINGLE, 3, 1.0, 1)
    assert 200 < result.packets_per_second < 430
    assert result.lost_percent < 2
    assert result.server_us > 0
    assert result.delay_p50_ms > 0  # pictures were deciphered, and said when they were sent
    assert result.peak_mb > 1


def test_of_those_that_are_not_here_one_line_says_how_to_get_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    here = Peer("here", lambda: True, "it is here", WorkerServer)
    absent = Peer("absent", lambda: False, "`make absent` brings it", WorkerServer)
    assert known.present([absent, here]) == [here]
    assert capsys.readouterr().out == (
        "absent: left out, its program is not here; `make absent` brings it\n"
    )


def test_peers_are_chosen_by_name_in_the_order_wanted() -> None:
    assert [peer.name for peer in known.named("janus, janus")] == ["janus"]
    assert known.named("") == []
    with pytest.raises(ValueError, match="no such server: nobody"):
        known.named("janus,nobody")
