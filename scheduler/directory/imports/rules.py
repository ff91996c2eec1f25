"""Rules that look at more than one cell: references, holders, homes, scopes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from scheduler.directory.imports.lines import Line
from scheduler.directory.imports.overlay import Given, Overlay
from scheduler.directory.imports.report import BadRows
from scheduler.directory.model import GROUP_LEADER, ROLE_SCOPES
from scheduler.store.directory_import import TableRow

_TABLE_OF = {"unit": "unit", "party": "unit", "admin": "unit", "site": "site", "person": "person"}


def check_references(lines: Iterable[Line], overlay: Overlay, bad: BadRows) -> None:
    """Report every cell that names what neither the files nor the store have."""
    trees = {row["id"]: row["tree"] for row in overlay.rows("unit")}
    for line in lines:
        for column in line.heading.columns:
            if column is None or column.refers is None:
                continue
            named = line.values.get(column.field)
            if named is None:
                continue
            table = _TABLE_OF[column.refers]
            if named not in overlay.declared[table]:
                line.report(bad, column.field, f"unknown_{table}", id=named)
            elif column.refers in ("party", "admin") and trees.get(named) not in (
                None,
                column.refers,
            ):
                line.report(bad, column.field, f"not_{column.refers}", id=named)


def check_devices(overlay: Overlay, bad: BadRows) -> None:
    """A room has no holder; what stands somewhere has a site."""
    for given in overlay.given["device"].values():
        row = given.row
        if row["kind"] == "meeting_room" and row["holder"] is not None:
            given.line.report(bad, "holder", "room_with_holder")
        if row["kind"] in ("meeting_room", "video_phone") and row["site"] is None:
            given.line.report(bad, "site", "site_needed")


def check_roles(overlay: Overlay, bad: BadRows) -> None:
    """A grant names what its role is over."""
    for given in overlay.given["role_grant"].values():
        scope = ROLE_SCOPES[given.row["role"]]
        if scope is not None and given.row[scope] is None:
            given.line.report(bad, scope, f"scope_needed_{scope}")


def check_memberships(lines: Iterable[Line], overlay: Overlay, bad: BadRows) -> None:
    """One home at a time for everyone who belongs anywhere; a vote only for full members."""
    given_of: dict[str, list[Given]] = defaultdict(list)
    for (person, _), given in overlay.given["membership"].items():
        row = given.row
        given_of[person].append(given)
        if row["voting"] and row["standing"] != "full_member":
            given.line.report(bad, "voting", "vote_without_right")
        if row["until"] is not None and row["until"] < row["since"]:
            given.line.report(bad, "until", "until_before_since")
    homes: dict[str, list[TableRow]] = defaultdict(list)
    for row in overlay.rows("membership"):
        if row["kind"] == "home" and row["person"] in given_of:
            homes[row["person"]].append(row)
    unclear = {line.values.get("person") for line in lines if not line.whole}
    for person, many in given_of.items():
        if not homes[person] and person not in unclear:
            many[0].line.report(bad, "kind", "home_missing")
        _check_overlaps(many, homes[person], bad)


def _check_overlaps(many: list[Given], homes: list[TableRow], bad: BadRows) -> None:
    homes.sort(key=lambda row: (row["since"], row["unit"]))
    for earlier, later in pairwise(homes):
        if later["since"] <= (earlier["until"] or date.max):
            for given in reversed(many):  # the later line is the likelier mistake
                if given.row is earlier or given.row is later:
                    other = earlier if given.row is later else later
                    given.line.report(bad, "kind", "home_twice", unit=other["unit"])
                    break


def check_posts(lines: Iterable[Line], overlay: Overlay, bad: BadRows) -> None:
    """Who holds a post is a member there, and holds it once at a time; groups have leaders."""
    if not overlay.given["post"]:
        return
    unclear = {line.values.get("person") for line in lines if not line.whole}
    units = {row["id"]: row for row in overlay.rows("unit")}
    members = {(row["person"], row["unit"]) for row in overlay.rows("membership")}
    members |= {
        (person, units[unit]["parent"]) for person, unit in members if unit in units
    }  # of a group, and so of its branch
    held: dict[tuple[str, str, str], list[TableRow]] = defaultdict(list)
    for row in overlay.rows("post"):
        held[row["person"], row["unit"], row["post"]].append(row)
    for given in overlay.given["post"].values():
        row, unit = given.row, given.row["unit"]
        if row["until"] is not None and row["until"] < row["since"]:
            given.line.report(bad, "until", "until_before_since")
        if unit not in units:
            continue
        if (row["person"], unit) not in members and row["person"] not in unclear:
            given.line.report(bad, "unit", "post_without_membership", unit=unit)
        if (units[unit]["kind"] == "party_group") != (row["post"] == GROUP_LEADER):
            code = "post_of_branch" if row["post"] == GROUP_LEADER else "post_of_group"
            given.line.report(bad, "post", code, unit=unit)
        others = held[row["person"], unit, row["post"]]
        if any(other is not row and _overlap(row, other) for other in others):
            given.line.report(bad, "since", "post_twice")


def _overlap(one: TableRow, other: TableRow) -> bool:
    return bool(
        one["since"] <= (other["until"] or date.max)
        and other["since"] <= (one["until"] or date.max)
    )
