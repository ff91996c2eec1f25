"""Reading which branches may be too small for a committee."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.directory.model import COMMITTEE_POSTS
from scheduler.store.directory_tables import membership, post, unit

Rows = Sequence[Row[*tuple[Any, ...]]]

_FULL_MEMBER = and_(membership.c.kind == "home", membership.c.standing == "full_member")


async def of_small_branches(
    connection: AsyncConnection, first: date, last: date, enough: int
) -> tuple[Rows, Rows]:
    """Return (unit, person, since, until) of full members, and of posts on committees.

    Of all branches but those that had `enough` full members through all these days, which are
    nearly all of a county and are only counted.
    """
    through = and_(
        membership.c.since <= first, or_(membership.c.until.is_(None), membership.c.until >= last)
    )
    large = (
        select(membership.c.unit)
        .where(_FULL_MEMBER, through)
        .group_by(membership.c.unit)
        .having(func.count() >= enough)
    )
    small = select(unit.c.id).where(unit.c.kind == "branch", unit.c.id.not_in(large))
    columns = (membership.c.unit, membership.c.person, membership.c.since, membership.c.until)
    members = select(*columns).where(_FULL_MEMBER, membership.c.unit.in_(small))
    posts = select(post.c.unit, post.c.person, post.c.since, post.c.until).where(
        post.c.post.in_(COMMITTEE_POSTS), post.c.unit.in_(small)
    )
    return (
        (await connection.execute(members)).all(),
        (await connection.execute(posts)).all(),
    )
