"""The agenda and the papers of a meeting over HTTP."""

import io
from datetime import timedelta

import pytest

from tests.scheduler.papers.documents import raw_pdf
from tests.signaling.http.test_meetings import adhoc, got, posted, series
from tests.support.server import RunningServer

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture
async def meeting(ruzhou: RunningServer) -> str:
    """The path of a meeting of tomorrow."""
    start = ruzhou.clock.now() + timedelta(days=1)
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        body = adhoc(ruzhou, start=start.isoformat(), agenda=[{"title": "各村汇报", "minutes": 30}])
        made = await posted(organizer, "/api/occurrences", body, 201)
        return f"/api/occurrences/{made['id']}"


async def test_an_agenda_is_written_read_and_guarded_by_its_version(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        agenda = await got(organizer, f"{meeting}/agenda")
        [first] = agenda["items"]
        assert (first["title"], first["minutes"]) == ("各村汇报", 30)
        body = {"items": [{"title": "果树", "speaker": "示例专家"}, first]}
        tag = {"If-Match": f'"{agenda["version"]}"'}
        async with organizer.put(f"{meeting}/agenda", json=body, headers=tag) as answer:
            after = await answer.json()
            assert answer.headers["ETag"] == f'"{agenda["version"] + 1}"'
        assert [item["title"] for item in after["items"]] == ["果树", "各村汇报"]
        assert after["items"][1]["id"] == first["id"]
        async with organizer.put(f"{meeting}/agenda", json=body, headers=tag) as answer:
            assert answer.status == 412
            assert (await answer.json(content_type=None))["current"] == after


async def test_a_series_gives_its_agenda_to_its_meetings(ruzhou: RunningServer) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        made = await posted(organizer, "/api/series", series(agenda=[{"title": "学习"}]), 201)
        shown = await got(organizer, f"/api/series/{made['id']}/agenda")
        assert [item["title"] for item in shown["items"]] == ["学习"]


async def test_a_paper_is_given_back_to_those_invited_as_a_file_that_runs_nowhere(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        name = {"name": "果树管理.PDF"}
        async with organizer.post(
            f"{meeting}/attachments", params=name, data=PDF, headers=BYTES
        ) as answer:
            assert answer.status == 201
            paper = await answer.json()
        assert (paper["name"], paper["media_type"]) == ("果树管理.pdf", "application/pdf")
    path = f"{meeting}/attachments/{paper['id']}"
    async with ruzhou.http(await ruzhou.token_of_device("phone-meishan-01")) as phone:
        listed = await got(phone, f"{meeting}/attachments")
        assert listed["attachments"] == [paper]
        async with phone.get(path) as answer:
            assert await answer.read() == PDF
            assert answer.headers["Content-Disposition"].startswith("attachment;")
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            tag = answer.headers["ETag"]
        async with phone.get(path, headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304
        async with phone.delete(path) as answer:
            assert answer.status == 403
    async with ruzhou.http(await ruzhou.token_of_person("fs020")) as stranger:
        await got(stranger, path, 403)
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        async with organizer.delete(path) as answer:
            assert answer.status == 204
        await got(organizer, path, 404)


async def test_what_is_no_document_or_too_large_is_refused(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        for content, code in (
            (b"MZ\x90\0program", "file_type_refused"),
            (b"", "file_empty"),
            (b"a" * (20 * 1024 * 1024 + 1), "file_too_large"),
        ):
            async with organizer.post(
                f"{meeting}/attachments",
                params={"name": "a.pdf"},
                data=io.BytesIO(content),
                headers=BYTES,
            ) as answer:
                problem = await answer.json(content_type=None)
                assert (answer.status, problem["code"]) == (422, code)


async def test_the_pages_of_a_paper_are_pictures_for_those_invited(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with (
        ruzhou.http(await ruzhou.token_of_person("org001")) as organizer,
        organizer.post(
            f"{meeting}/attachments",
            params={"name": "两页.pdf"},
            data=raw_pdf(count=2),
            headers=BYTES,
        ) as answer,
    ):
        paper = await answer.json()
    assert paper["shown_as"] == "pages"
    path = f"{meeting}/attachments/{paper['id']}/pages"
    async with ruzhou.http(await ruzhou.token_of_device("phone-meishan-01")) as phone:
        assert await got(phone, path) == {"pages": 2}
        async with phone.get(f"{path}/2?width=800") as answer:
            assert (await answer.read()).startswith(b"RIFF")
            assert answer.headers["Content-Type"] == "image/webp"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"].startswith("private, max-age=")
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            tag = answer.headers["ETag"]
        async with phone.get(f"{path}/2?width=800", headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304
        for page in ("0", "3", "-1", "x", "१", "9" * 40):
            await got(phone, f"{path}/{page}", 404)
        await got(phone, f"{path}/1?width=801", 422)
    async with ruzhou.http(await ruzhou.token_of_person("fs020")) as stranger:
        await got(stranger, path, 403)
        await got(stranger, f"{path}/1", 403)


async def test_a_paper_that_cannot_be_drawn_says_why_and_is_still_given_back(
    ruzhou: RunningServer, meeting: str
) -> None:
    async with ruzhou.http(await ruzhou.token_of_person("org001")) as organizer:
        async with organizer.post(
            f"{meeting}/attachments", params={"name": "坏.pdf"}, data=PDF, headers=BYTES
        ) as answer:
            path = f"{meeting}/attachments/{(await answer.json())['id']}"
        problem = await got(organizer, f"{path}/pages", 422)
        assert problem["code"] == "paper_unreadable"
        assert "只能下载" in problem["detail"]
        async with organizer.get(path) as answer:
            assert await answer.read() == PDF
