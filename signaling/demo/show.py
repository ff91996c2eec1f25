"""What the demonstration prints: a table and QR codes for people, one JSON line for scripts."""

import io
import json
import unicodedata
from collections.abc import Sequence
from datetime import tzinfo

import segno

from scheduler.meetings.model import Occurrence
from signaling.demo.links import DemoLink, Part
from signaling.http.addresses import Addresses

TITLES: dict[Part, str] = {
    "video_phone": "村里的视频电话 village phone",
    "meeting_room": "视频会议室 meeting room",
    "organizer": "组织员 organizer",
    "mobile": "手机上的党员 mobile member",
}


def as_json(addresses: Addresses, meeting: Occurrence, links: Sequence[DemoLink]) -> str:
    """Return one line: addresses, the meeting, and a link for every part."""
    return json.dumps(
        {
            "addresses": {"local": addresses.local, "network": addresses.network},
            "occurrence": {
                "id": meeting.id,
                "title": meeting.title,
                "starts_at": meeting.scheduled_start.isoformat(),
                "ends_at": meeting.scheduled_end.isoformat(),
            },
            "links": [
                {
                    "part": link.part,
                    "label": link.label,
                    "page": link.page,
                    "local": link.local,
                    "network": link.network,
                    "pin": link.pin,
                }
                for link in links
            ],
        },
        ensure_ascii=False,
    )


def as_text(
    addresses: Addresses,
    meeting: Occurrence,
    links: Sequence[DemoLink],
    participants: int,
    zone: tzinfo,
) -> str:
    """Return a screen of text. Each link signs in once; the start page has fresh ones."""
    until = meeting.scheduled_end.astimezone(zone)
    lines = [
        "",
        f"  {meeting.title} 正在进行 in progress until {until:%H:%M}, "
        f"{participants} synthetic village phones",
        "",
        f"  首页 start page   {addresses.local}/",
    ]
    if addresses.network:
        lines.append(f"                    {addresses.network}/   (from other machines)")
    lines.append("")
    for link in links:
        lines += [f"  {TITLES[link.part]}: {link.label}", f"    {link.local}"]
        if link.network:
            lines.append(f"    {link.network}")
        if link.pin:
            lines.append(f"    签名口令 PIN to sign with: {link.pin}")
    lines.append("")
    lines.append(
        "  一个链接只能用一次，首页上总有新的。 A link works once; the start page has fresh ones."
    )
    if addresses.network and addresses.network.startswith("http://"):
        lines.append(
            "  浏览器只在本机地址或 HTTPS 下开放摄像头。"
            " Without HTTPS other machines see and hear, but have no camera."
        )
    shown = [link for link in links if link.network and link.part in ("video_phone", "mobile")]
    if shown:
        lines += ["", *_side_by_side([(TITLES[link.part], link.network or "") for link in shown])]
    lines += ["", "  Ctrl-C 结束 stops", ""]
    return "\n".join(lines)


def _side_by_side(codes: Sequence[tuple[str, str]]) -> list[str]:
    """Draw QR codes next to each other, each under its title."""
    drawn = []
    for title, url in codes:
        out = io.StringIO()
        segno.make(url, error="l").terminal(out=out, border=1, compact=True)
        lines = out.getvalue().splitlines()
        drawn.append([_padded(title, len(lines[0])), *lines])
    rows = max(len(code) for code in drawn)
    for code in drawn:
        code += [" " * len(code[-1])] * (rows - len(code))
    return ["  " + "    ".join(row) for row in zip(*drawn, strict=True)]


def _padded(text: str, columns: int) -> str:
    """Fill up with blanks; Chinese characters take two columns."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return text + " " * max(0, columns - len(text) - wide)
