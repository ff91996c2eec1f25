"""Records over HTTP: versions named by If-Match, signatures by PIN, rights by role, packs."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from scheduler.records.pack.verifying import verify
from scheduler.records.paper.font import FontUnusable
from scheduler.records.service import Signer
from signaling import keys
from signaling.roles import ROLE_PERMISSIONS, Permission
from tests.support.server import RunningServer

HOST, RECORDER, MEMBER, CITY = "fs003", "fs002", "fs004", "org001"
PINS = {HOST: "1357", RECORDER: "2468"}


class Speaker:
    """Somebody at the API of one record."""

    def __init__(self, client: aiohttp.ClientSession, meeting: str) -> None:
        self.client = client
        self.path = f"/api/occurrences/{meeting}/record"

    async def read(self) -> dict[str, Any]:
        async with self.client.get(self.path) as answer:
            found: dict[str, Any] = await answer.json()
            assert answer.status == 200, found
            assert answer.headers["ETag"] == f'"{found["version"]}"'
            return found

    async def ask(
        self, method: str, act: str, body: object = None, version: int | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        address = f"{self.path}/{act}" if act else self.path
        async with self.client.request(method, address, json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def do(self, act: str, body: object = None, method: str = "POST") -> dict[str, Any]:
        """Do something to the version that stands there now."""
        status, answer = await self.ask(method, act, body, (await self.read())["version"])
        assert status == 200, answer
        return answer

    async def sign(self, role: str, pin: str) -> tuple[int, dict[str, Any]]:
        digest = (await self.read())["digest"]
        return await self.ask("POST", "sign", {"role": role, "pin": pin, "digest": digest})


async def held(ruzhou: RunningServer, unit: str) -> str:
    """Hold a meeting of this unit and settle it; return its id."""
    meetings = ruzhou.part(keys.MEETINGS)
    async with ruzhou.http(await ruzhou.token_of_person(CITY)) as organizer:
        body = {
            "unit": unit,
            "title": "果树",
            "start": ruzhou.clock.now().isoformat(),
            "duration_s": 3600,
            "persons": [HOST, RECORDER],
            "sites": ["s-meishan-01"],
            "recorder": RECORDER,
            "host": HOST,
        }
        async with organizer.post("/api/occurrences", json=body) as answer:
            called = await answer.json()
    await meetings.open(called["id"])
    ruzhou.clock.advance(minutes=60)
    await meetings.close(called["id"])
    await meetings.settle(called["id"])
    for person, pin in PINS.items():
        await ruzhou.part(keys.ACCOUNTS).set_pin(person, pin)
    return str(called["id"])


@pytest.fixture
async def meeting(ruzhou: RunningServer) -> str:
    """A meeting of the first network branch."""
    return await held(ruzhou, "p-net-1")


@pytest.fixture
async def speakers(ruzhou: RunningServer, meeting: str) -> AsyncIterator[dict[str, Speaker]]:
    found = {}
    for person in (HOST, RECORDER, MEMBER, CITY):
        token = await ruzhou.token_of_person(person)
        headers = {"Authorization": f"Bearer {token}"}
        found[person] = Speaker(aiohttp.ClientSession(ruzhou.url, headers=headers), meeting)
    yield found
    for speaker in found.values():
        await speaker.client.close()


async def test_a_record_goes_its_way_over_the_api(
    speakers: dict[str, Speaker], tmp_path: Path
) -> None:
    recorder, host, city = speakers[RECORDER], speakers[HOST], speakers[CITY]
    drafted = await recorder.read()
    assert drafted["may"] == ["write", "sign_recorder"]
    minutes = drafted["minutes"] | {"resolutions": [{"text": "完成冬剪"}]}
    written = await recorder.do("", minutes, "PUT")
    assert (written["version"], written["content"]["resolutions"][0]["text"]) == (1, "完成冬剪")
    status, refused = await host.sign("host", "0000")
    assert (status, refused["code"]) == (403, "pin_wrong")
    status, half = await host.sign("host", PINS[HOST])
    assert (status, half["host_signed"], half["state"]) == (200, True, "drafting")
    status, both = await recorder.sign("recorder", PINS[RECORDER])
    assert (status, both["state"]) == (200, "signed")
    await host.do("submit")
    waiting = await city.read()
    assert waiting["may"] == ["review"]
    status, refused = await city.ask("POST", "return", {"reason": " "}, waiting["version"])
    assert (status, refused["code"]) == (422, "record_reason_missing")
    returned = await city.do("return", {"reason": "请补写"})
    assert returned["history"][-1]["reason"] == "请补写"
    await recorder.do("", minutes | {"place": "市会议室"}, "PUT")
    await recorder.sign("recorder", PINS[RECORDER])
    await host.sign("host", PINS[HOST])
    await recorder.do("submit")
    archived = await city.do("archive")
    assert (archived["state"], archived["may"]) == ("archived", ["download"])
    now = (await recorder.read())["minutes"]
    correction = {"reason": "笔误", "minutes": now | {"place": "市第二会议室"}}
    await recorder.do("corrections", correction)
    status, listed = await recorder.ask("GET", "versions")
    assert [one["kind"] for one in listed["versions"]] == ["version", "version", "corrected"]
    assert listed["versions"][-1]["changes"] == [
        {"section": "place", "of": "", "before": "市会议室", "after": "市第二会议室"}
    ]
    async with city.client.get(f"{city.path}/pack") as answer:
        assert answer.content_type == "application/zip"
        assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
        (tmp_path / "pack.zip").write_bytes(await answer.read())
    assert verify(tmp_path / "pack.zip").whole


async def test_the_second_editor_gets_what_stands_there_now(speakers: dict[str, Speaker]) -> None:
    recorder, host = speakers[RECORDER], speakers[HOST]
    await recorder.do("", {"place": "甲"}, "PUT")
    status, told = await host.ask("PUT", "", {"place": "乙"}, 0)
    assert (status, told["code"], told["current"]["content"]["place"]) == (
        412,
        "record_changed",
        "甲",
    )
    status, unnamed = await host.ask("PUT", "", {"place": "乙"})
    assert (status, unnamed["code"]) == (428, "record_version_missing")


async def test_who_may_not_is_told_so(speakers: dict[str, Speaker]) -> None:
    for act, person, code in (
        ("archive", HOST, "not_allowed"),
        ("return", RECORDER, "not_allowed"),
        ("submit", MEMBER, "not_allowed"),
        ("submit", CITY, "not_allowed"),
    ):
        status, refused = await speakers[person].ask("POST", act, {"reason": "x"}, 0)
        assert (status, refused["code"]) == (403, code), (act, person)
    status, _ = await speakers[MEMBER].ask("GET", "")
    assert status == 403
    status, early = await speakers[CITY].ask("POST", "archive", None, 0)
    assert (status, early["code"]) == (409, "record_not_signed")
    status, none = await speakers[CITY].ask("GET", "pack")
    assert (status, none["code"]) == (409, "record_not_archived")


async def test_a_township_reviews_the_records_of_its_subtree_alone(ruzhou: RunningServer) -> None:
    meeting = await held(ruzhou, "p-meishan-01")
    records = ruzhou.part(keys.RECORDS)
    digest = (await records.view(meeting)).digest
    for person, signer in ((HOST, Signer.HOST), (RECORDER, Signer.RECORDER)):
        await records.sign(meeting, signer, person, PINS[person], digest)
    await records.submit(meeting, (await records.view(meeting)).record.version, HOST)
    async with ruzhou.http(await ruzhou.token_of_person("town002")) as client:
        status, refused = await Speaker(client, meeting).ask("POST", "archive", None, 4)
        assert (status, refused["code"]) == (403, "not_allowed")
        async with client.get("/api/records") as answer:
            assert (await answer.json())["records"] == []
    async with ruzhou.http(await ruzhou.token_of_person("town001")) as client:
        async with client.get("/api/records?state=submitted") as answer:
            assert len((await answer.json())["records"]) == 1
        archived = await Speaker(client, meeting).do("archive")
        assert archived["state"] == "archived"


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.RECORDS_WRITE, {"branch_secretary", "host", "recorder"}),
        (Permission.RECORDS_SIGN, {"branch_secretary", "host", "recorder"}),
        (Permission.RECORDS_REVIEW, {"city_org_admin", "township_admin"}),
        (
            Permission.RECORDS_READ,
            {
                *("branch_secretary", "host", "recorder", "first_secretary"),
                *("city_org_admin", "township_admin"),
            },
        ),
    ],
)
def test_who_may_what_with_records(permission: Permission, roles: set[str]) -> None:
    assert {role for role, held in ROLE_PERMISSIONS.items() if permission in held} == roles


async def test_a_missing_font_is_told_to_people_and_to_the_log(
    speakers: dict[str, Speaker], ruzhou: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def without(occurrence: str) -> None:
        raise FontUnusable("/fonts/none.ttc: there is no such font file")

    monkeypatch.setattr(ruzhou.part(keys.PACKS), "pack", without)
    status, told = await speakers[CITY].ask("GET", "pack")
    assert (status, told["code"]) == (503, "record_font_missing")


async def test_the_list_shows_what_is_to_be_done_within_reach(
    speakers: dict[str, Speaker], meeting: str
) -> None:
    async def listed(person: str, query: str = "") -> dict[str, Any]:
        async with speakers[person].client.get(f"/api/records{query}") as answer:
            found: dict[str, Any] = await answer.json()
            assert answer.status == 200, found
            return found

    mine = await listed(RECORDER, "?state=drafting,returned")
    assert [(one["occurrence"], one["mine"]) for one in mine["records"]] == [(meeting, True)]
    assert mine["counts"]["drafting"] == 1
    assert mine["next"] is None
    assert (await listed(CITY))["records"][0]["unit_name"] == "第一网络党支部"
    assert (await listed(CITY, "?state=archived"))["records"] == []
    refusals = (
        ("?state=lost", 422, "unknown_record_state"),
        ("?cursor=x", 400, "cursor_malformed"),
    )
    for query, status, code in refusals:
        async with speakers[CITY].client.get(f"/api/records{query}") as answer:
            assert (answer.status, (await answer.json())["code"]) == (status, code)


async def test_the_desk_is_told_how_many_records_wait_for_me(
    speakers: dict[str, Speaker],
) -> None:
    recorder, host, city = speakers[RECORDER], speakers[HOST], speakers[CITY]

    async def waiting() -> list[tuple[int, int]]:
        found = []
        for one in (recorder, host, city):
            async with one.client.get("/api/records/waiting") as answer:
                counts = await answer.json()
                found.append((counts["mine"], counts["review"]))
        return found

    assert await waiting() == [(1, 0), (0, 0), (0, 0)]
    await recorder.sign("recorder", PINS[RECORDER])
    assert await waiting() == [(0, 0), (1, 0), (0, 0)]
    await host.sign("host", PINS[HOST])
    await recorder.do("submit")
    assert await waiting() == [(0, 0), (0, 0), (0, 1)]
    await city.do("return", {"reason": "请补充讨论情况"})
    assert await waiting() == [(1, 0), (1, 0), (0, 0)]


async def test_nobody_is_appointed_by_who_does_not_run_the_meeting(
    speakers: dict[str, Speaker],
) -> None:
    body = {"host": RECORDER, "recorder": HOST}
    status, refused = await speakers[RECORDER].ask("PUT", "people", body, 0)
    assert (status, refused["code"]) == (403, "not_allowed")
    changed = await speakers[HOST].do("people", body, "PUT")
    assert changed["content"]["host"]["id"] == RECORDER
