"""Who asks: enrolment, passwords, links, signing out — over HTTP on a whole server."""

from datetime import timedelta

import aiohttp

from signaling import keys
from tests.support.server import RunningServer

PASSWORD = "correct horse battery"


async def code_of(answer: aiohttp.ClientResponse) -> str:
    problem = await answer.json(content_type="application/problem+json")
    return str(problem["code"])


async def test_a_device_is_enrolled_once_with_six_digits(ruzhou: RunningServer) -> None:
    admin = await ruzhou.token_of_person("org001")
    async with ruzhou.http(admin) as client:
        answer = await client.post("/api/devices/phone-meishan-01/pairing-code")
        code = (await answer.json())["code"]
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(ruzhou.url, cookie_jar=jar) as phone:
        answer = await phone.post("/api/enrol", json={"code": code})
        assert answer.status == 200
        cookie = answer.cookies["liancun_session"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        me = await (await phone.get("/api/me")).json()
        assert me["device"]["id"] == "phone-meishan-01"
        assert me["person"] is None
        assert me["page"] == "/phone"
        again = await phone.post("/api/enrol", json={"code": code})
        assert (again.status, await code_of(again)) == (403, "pairing_code_wrong")


async def test_an_organizer_signs_in_and_out(ruzhou: RunningServer) -> None:
    await ruzhou.part(keys.ACCOUNTS).set_password("org001", "zuzhi", PASSWORD)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(ruzhou.url, cookie_jar=jar) as client:
        wrong = await client.post("/api/sign-in", json={"login": "zuzhi", "password": "x"})
        assert (wrong.status, await code_of(wrong)) == (401, "sign_in_wrong")
        answer = await client.post("/api/sign-in", json={"login": "zuzhi", "password": PASSWORD})
        assert (await answer.json())["page"] == "/organizer"
        token = answer.cookies["liancun_session"].value
        assert (await client.post("/api/sign-out")).status == 204
    async with ruzhou.http(token) as client:
        assert (await client.get("/api/me")).status == 401


async def test_a_link_signs_in_once_and_leads_to_the_right_page(ruzhou: RunningServer) -> None:
    accounts = ruzhou.part(keys.ACCOUNTS)
    for device, person, page in (
        ("phone-meishan-01", None, "/phone"),
        ("room-city-1", None, "/room"),
        (None, "org001", "/organizer"),
        (None, "fs001", "/organizer"),
        (None, "fm001", "/phone"),
    ):
        token = await accounts.issue_link(
            device=device, person=person, lifetime=timedelta(minutes=1)
        )
        async with ruzhou.http() as client:
            first = await client.get(f"/l/{token}", allow_redirects=False)
            assert (first.status, first.headers["Location"]) == (303, page)
            assert "liancun_session" in first.cookies
            second = await client.get(f"/l/{token}", allow_redirects=False)
            assert second.headers["Location"] == "/sign-in?error=link_used"
            assert "liancun_session" not in second.cookies


async def test_a_revoked_device_is_a_stranger(ruzhou: RunningServer) -> None:
    phone = await ruzhou.token_of_device("phone-meishan-01")
    admin = await ruzhou.token_of_person("tech001")
    async with ruzhou.http(admin) as client:
        answer = await client.post("/api/devices/phone-meishan-01/revoke")
        assert answer.status == 204
    async with ruzhou.http(phone) as client:
        assert (await client.get("/api/me")).status == 401


async def test_a_room_s_operator_enrols_only_what_stands_there(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("op001")) as client:
        assert (await client.post("/api/devices/room-city-1/pairing-code")).status == 200
        assert (await client.post("/api/devices/room-city-2/pairing-code")).status == 403
        assert (await client.post("/api/devices/none/pairing-code")).status == 404
