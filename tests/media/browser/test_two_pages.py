"""Two real browsers in one room, through the worker process."""

import pytest

from tests.media.browser.conftest import Meeting

pytestmark = [pytest.mark.browser, pytest.mark.measured]


async def test_two_pages_see_and_hear_each_other(meeting: Meeting) -> None:
    anna, bela = await meeting.join("a"), await meeting.join("b")
    for page in (anna, bela):
        assert (await page.call("grown", "video", 0, "frames", 10))["lost"] == 0
        heard = await page.call("grown", "audio", 0, "energy", 0.001)
        assert heard["packets"] > 0


async def test_all_layers_of_a_simulcast_camera_are_sent_and_arrive(meeting: Meeting) -> None:
    anna = await meeting.join("a")
    watcher = await meeting.join("b", publish=False)
    assert set(await anna.call("layersSent", 3)) == {"q", "h", "f"}
    await watcher.call("grown", "video", 0, "frames", 5)
    streams = await meeting.streams("a")
    assert {stream["rid"] for stream in streams if stream["packets"]} == {"q", "h", "f"}


async def test_the_strongest_cheap_cipher_is_agreed(meeting: Meeting) -> None:
    anna = await meeting.join("a", publish=False)
    assert await anna.call("cipher") == "SRTP_AEAD_AES_128_GCM"


async def test_another_voice_takes_the_main_slot_and_frames_go_on(meeting: Meeting) -> None:
    anna = await meeting.join("a")
    bela = await meeting.join("b", width=640, height=360)
    watcher = await meeting.join("c", publish=False)
    await bela.call("speak", False)
    await meeting.main_slot("c", "a")
    await watcher.call("grown", "video", 0, "frames", 10)
    before = await watcher.call("received", "video", 0)
    await watcher.call("watchPauses", 0)

    await anna.call("speak", False)
    await bela.call("speak", True)
    await meeting.main_slot("c", "b")
    after = await watcher.call("grown", "video", 0, "frames", 15)

    assert await watcher.call("longestPause") < 1_000
    assert after["lost"] == before["lost"] == 0
    assert await watcher.value("negotiations") == 1


async def test_the_floor_moves_the_main_slot_of_everybody(meeting: Meeting) -> None:
    await meeting.join("a")
    await meeting.join("b", width=640, height=360)
    watcher = await meeting.join("c", publish=False)
    for holder in ("b", "a", "b"):
        await meeting.give_floor(holder)
        await meeting.main_slot("c", holder)
        await watcher.call("grown", "video", 0, "frames", 8)
    assert (await watcher.call("received", "video", 0))["lost"] == 0
    assert await watcher.value("negotiations") == 1


async def test_a_camera_that_rested_is_shown_at_once_and_soon_at_its_best(meeting: Meeting) -> None:
    anna, bela = await meeting.join("a", pictures=0), await meeting.join("b", pictures=0)
    watcher = await meeting.join("c", publish=False)
    for page in (anna, bela):
        await page.call("speak", False)
    await meeting.give_floor("a")
    await watcher.call("wide", 0, 960)
    await meeting.resting("b", "f")
    before = await bela.call("sent")
    await watcher.call("grown", "video", 0, "frames", 10)
    after = await bela.call("sent")
    assert after["f"] - before["f"] <= 5 < after["q"] - before["q"]

    await watcher.call("watchPauses", 0)
    await meeting.give_floor("b")
    first = await watcher.call("narrower", 0, 960)
    best = await watcher.call("wide", 0, 960)
    print(f"a camera that rested: a lower layer after {first:.2f} s, best {best:.2f} s later")
    assert await watcher.call("longestPause") < 1_000
    assert (await watcher.call("received", "video", 0))["lost"] == 0


async def test_a_flood_of_nonsense_costs_the_meeting_nothing(meeting: Meeting) -> None:
    await meeting.join("a")
    watcher = await meeting.join("b", publish=False)
    await watcher.call("grown", "video", 0, "frames", 5)
    sent = meeting.send_nonsense(5_000)
    after = await watcher.call("grown", "video", 0, "frames", 15)
    assert after["lost"] == 0
    drops = await meeting.drops()
    assert drops.get("internal", 0) == 0
    assert sum(drops.values()) >= sent


async def test_pages_come_back_when_the_worker_was_killed(meeting: Meeting) -> None:
    await meeting.join("a")
    meeting.kill_worker()
    await meeting.restarted.wait()
    await meeting.open()
    await meeting.join("a")
    watcher = await meeting.join("b", publish=False)
    await watcher.call("grown", "video", 0, "frames", 5)
