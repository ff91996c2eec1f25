"""Writing down who holds which post: what a branch elects, from a day on."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from scheduler.directory.model import COMMITTEE_POSTS, GROUP_LEADER, Post, PostName
from scheduler.directory.service import Directory
from scheduler.errors import Invalid, NotFound
from scheduler.store import directory_rows, post_rows
from scheduler.store.engine import Store

MOST: Final = 60
"""More posts than any unit has."""
_EARLIEST: Final = date(1921, 7, 1)

Holder = tuple[str, PostName]


class Posts:
    """Changes posts. What was held before stays written down, with its last day."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self._store = store
        self._directory = directory

    async def hold(
        self, unit: str, since: date, held: Collection[tuple[str, str]]
    ) -> tuple[Post, ...]:
        """Say who holds which post, (person, post), from a day on; nobody else holds one then.

        Who held one before and still does keeps the first day. What was to begin later is
        withdrawn. Return what holds on that day. Raise NotFound("unknown_unit"), Invalid(
        "too_many_posts" | "unknown_post" | "post_of_other_unit" | "not_a_member" |
        "date_out_of_range").
        """
        if len(held) > MOST:
            raise Invalid("too_many_posts", f"at most {MOST}")
        if not _EARLIEST <= since <= self._directory.today() + timedelta(days=366):
            raise Invalid("date_out_of_range", since.isoformat())
        kind = (await self._directory.unit(unit)).kind
        wanted = {(person, _post(name, kind)) for person, name in held}
        async with self._store.begin() as connection:
            if not await post_rows.lock(connection, unit):
                raise NotFound("unknown_unit", unit[:64])
            units = await directory_rows.subtree(connection, {unit}, follow_links=False)
            rows = await directory_rows.memberships(connection, since, unit_ids=units)
            members = {row.person for row in rows}
            for person, _ in wanted:
                if person not in members:
                    raise Invalid("not_a_member", person[:64])
            rows = await directory_rows.posts(connection, since, date.max, unit_ids={unit})
            stays = {
                (row.person, row.post)
                for row in rows
                if row.since <= since and (row.person, row.post) in wanted
            }
            for row in rows:
                begun = row.since < since
                if (row.person, row.post) not in stays or row.since > since:
                    last = since - timedelta(days=1) if begun else None
                    await post_rows.end(connection, row, last)
                elif row.until is not None:
                    await post_rows.reopen(connection, row)
            new = wanted - stays
            await post_rows.add(connection, unit, since, sorted(new))
        return await self._directory.posts(unit, since)


def _post(name: str, kind: str) -> PostName:
    for post in (*COMMITTEE_POSTS, GROUP_LEADER):
        if post == name:
            if (kind == "party_group") != (post == GROUP_LEADER):
                raise Invalid("post_of_other_unit", name)
            return post
    raise Invalid("unknown_post", name[:64])
