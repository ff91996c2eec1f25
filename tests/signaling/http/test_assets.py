"""Pages and static files: compressed, revalidated, and nothing outside the folder."""

import gzip
import os
from pathlib import Path

import pytest

from tests.signaling.http.conftest import Client


async def test_a_page_comes_compressed_and_is_revalidated(client: Client, web_folder: Path) -> None:
    answer = await client.get("/", headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
    content = await answer.read()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(content) == (web_folder / "index.html").read_bytes()
    assert answer.headers["Cache-Control"] == "no-cache"
    again = await client.get("/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
    assert await again.read() == b""


async def test_a_browser_that_takes_no_gzip_gets_plain_text(client: Client) -> None:
    answer = await client.get("/", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in answer.headers


async def test_a_changed_file_is_sent_anew(client: Client, web_folder: Path) -> None:
    before = (await client.get("/")).headers["ETag"]
    (web_folder / "index.html").write_text("new", "utf-8")
    os.utime(web_folder / "index.html", ns=(1, 1))
    answer = await client.get("/", headers={"If-None-Match": before})
    assert answer.status == 200
    assert await answer.text() == "new"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.json",
        "/static/%2e%2e/secret.json",
        "/static/..%2fsecret.json",
        "/static/.hidden.json",
        "/static/notes.txt",
        "/static/i18n",
        "/static/none.js",
        "/static/%00.js",
        "/static//etc/passwd",
    ],
)
async def test_nothing_else_is_served(client: Client, web_folder: Path, path: str) -> None:
    for name in ("../secret.json", ".hidden.json", "notes.txt"):
        (web_folder / name).write_text("{}", "utf-8")
    assert (await client.get(path)).status in (400, 404)


async def test_a_script_has_the_type_browsers_insist_on(client: Client, web_folder: Path) -> None:
    (web_folder / "phone.js").write_text("export {};", "utf-8")
    answer = await client.get("/static/phone.js")
    assert answer.content_type == "text/javascript"
