"""Queries of the directory. Each takes a connection and returns rows; the service makes nouns.

`ids=None` means all; an empty collection means none.
"""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import CTE, ColumnElement, Row, ScalarSelect, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.directory.model import COMMITTEE_POSTS, SMALLEST_COMMITTEE
from scheduler.store.base import is_id
from scheduler.store.directory_tables import (
    device,
    membership,
    person,
    post,
    role_grant,
    site,
    unit,
    unit_link,
    unit_name,
)

Rows = Sequence[Row[*tuple[Any, ...]]]

_PARAMETERS = 10_000  # both databases take about 32,000 in one statement
_ESCAPE = "\\"


async def units(
    connection: AsyncConnection, on: date, *, ids: Collection[str] | None = None
) -> Rows:
    """Return (id, tree, kind, name, parent); the name is the one of that day, or the first."""
    name = func.coalesce(
        _name(unit_name.c.since <= on, unit_name.c.since.desc()),
        _name(unit_name.c.since > on, unit_name.c.since),
    )
    query = select(unit.c.id, unit.c.tree, unit.c.kind, name.label("name"), unit.c.parent)
    return await _among(connection, query, unit.c.id, ids)


def _name(when: ColumnElement[bool], order: ColumnElement[date]) -> ScalarSelect[Any]:
    return (
        select(unit_name.c.name)
        .where(unit_name.c.unit == unit.c.id, when)
        .order_by(order)
        .limit(1)
        .correlate(unit)
        .scalar_subquery()
    )


async def unit_names(connection: AsyncConnection, unit_id: str) -> Rows:
    """Return (unit, since, name), the oldest first."""
    query = select(unit_name.c.unit, unit_name.c.since, unit_name.c.name)
    return await _among(connection, query, unit_name.c.unit, {unit_id}, order=unit_name.c.since)


async def subtree(
    connection: AsyncConnection, roots: Collection[str], *, follow_links: bool
) -> frozenset[str]:
    """Return the ids of the units and all below them, with the units linked to those if asked."""
    below = await _descendants(connection, {root for root in roots if is_id(root)})
    if follow_links:
        query = select(unit_link.c.admin_unit)
        rows = await _among(connection, query, unit_link.c.party_unit, below)
        below |= await _descendants(connection, {row.admin_unit for row in rows} - below)
    return below


async def party_units_of(
    connection: AsyncConnection, admin_units: Collection[str]
) -> frozenset[str]:
    """Return the Party units linked to these administrative units."""
    query = select(unit_link.c.party_unit)
    rows = await _among(connection, query, unit_link.c.admin_unit, admin_units)
    return frozenset(row.party_unit for row in rows)


async def ancestors(connection: AsyncConnection, unit_id: str) -> frozenset[str]:
    """Return the ids of the units above a unit, without itself."""
    bottom = select(unit.c.parent).where(unit.c.id == unit_id).cte("above", recursive=True)
    above = bottom.union(select(unit.c.parent).join(bottom, unit.c.id == bottom.c.parent))
    found = (await connection.execute(select(above.c.parent))).scalars()
    return frozenset(one for one in found if one is not None) - {unit_id}


async def _descendants(connection: AsyncConnection, roots: Collection[str]) -> frozenset[str]:
    # UNION, not UNION ALL: it would end even in a circle.
    top = select(unit.c.id).where(unit.c.id.in_(roots)).cte("below", recursive=True)
    below = top.union(select(unit.c.id).join(top, unit.c.parent == top.c.id))
    return frozenset((await connection.execute(select(below.c.id))).scalars())


def below(tops: Collection[str]) -> CTE:
    """Return (id, top): every unit of `tops` and below, with the one of them it lies below.

    A unit of `tops` that lies below another of them stands under both.
    """
    wanted = [one for one in tops if is_id(one)]
    base = select(unit.c.id, unit.c.id.label("top")).where(unit.c.id.in_(wanted))
    found = base.cte("below", recursive=True)
    return found.union(select(unit.c.id, found.c.top).join(found, unit.c.parent == found.c.id))


async def linked(connection: AsyncConnection, units: Collection[str]) -> frozenset[str]:
    """Return the ids of the administrative units that these Party units are linked to."""
    query = select(unit_link.c.admin_unit)
    rows = await _among(connection, query, unit_link.c.party_unit, units)
    return frozenset(row.admin_unit for row in rows)


async def sites(
    connection: AsyncConnection,
    *,
    ids: Collection[str] | None = None,
    unit_ids: Collection[str] | None = None,
) -> Rows:
    """Return (id, name, kind, unit) of these sites, or of those of these units."""
    query = select(site.c.id, site.c.name, site.c.kind, site.c.unit)
    if unit_ids is not None:
        return await _among(connection, query, site.c.unit, unit_ids)
    return await _among(connection, query, site.c.id, ids)


async def devices(
    connection: AsyncConnection,
    *,
    ids: Collection[str] | None = None,
    site_ids: Collection[str] | None = None,
    holders: Collection[str] | None = None,
) -> Rows:
    """Return (id, kind, name, site, holder, revoked_at) of these, at these sites, or held so."""
    query = select(*device.c)
    if site_ids is not None:
        return await _among(connection, query, device.c.site, site_ids, order=device.c.id)
    if holders is not None:
        return await _among(connection, query, device.c.holder, holders, order=device.c.id)
    return await _among(connection, query, device.c.id, ids)


async def persons(connection: AsyncConnection, *, ids: Collection[str]) -> Rows:
    """Return (id, name, phone, mail)."""
    return await _among(connection, select(*person.c), person.c.id, ids)


async def find_persons(connection: AsyncConnection, words: str, limit: int) -> Rows:
    """Return (id, name, phone, mail) of those whose name holds the text or whose id begins so."""
    escaped = words
    for character in (_ESCAPE, "%", "_"):
        escaped = escaped.replace(character, _ESCAPE + character)
    query = (
        select(*person.c)
        .where(
            or_(
                person.c.name.ilike(f"%{escaped}%", escape=_ESCAPE),
                person.c.id.ilike(f"{escaped}%", escape=_ESCAPE),
            )
        )
        .order_by(person.c.name, person.c.id)
        .limit(limit)
    )
    return (await connection.execute(query)).all()


async def memberships(
    connection: AsyncConnection,
    on: date,
    *,
    unit_ids: Collection[str] | None = None,
    person_ids: Collection[str] | None = None,
) -> Rows:
    """Return the memberships in force on that day, of these units or of these persons."""
    query = select(*membership.c).where(
        membership.c.since <= on, or_(membership.c.until.is_(None), membership.c.until >= on)
    )
    if unit_ids is not None:
        return await _among(
            connection, query, membership.c.unit, unit_ids, order=membership.c.person
        )
    return await _among(connection, query, membership.c.person, person_ids, order=membership.c.unit)


async def posts(
    connection: AsyncConnection,
    first: date,
    last: date,
    *,
    unit_ids: Collection[str] | None = None,
    person_ids: Collection[str] | None = None,
) -> Rows:
    """Return (person, unit, post, since, until) of what was held on any of these days."""
    query = select(*post.c).where(
        post.c.since <= last, or_(post.c.until.is_(None), post.c.until >= first)
    )
    if unit_ids is not None:
        return await _among(connection, query, post.c.unit, unit_ids, order=post.c.person)
    return await _among(connection, query, post.c.person, person_ids, order=post.c.unit)


async def committee(connection: AsyncConnection, unit_id: str, on: date) -> frozenset[str]:
    """Return the committee of a unit on a day; nobody where nobody wrote one down, or fewer than
    a committee has."""
    rows = await posts(connection, on, on, unit_ids={unit_id})
    found = frozenset(row.person for row in rows if row.post in COMMITTEE_POSTS)
    return found if len(found) >= SMALLEST_COMMITTEE else frozenset()


async def grants(
    connection: AsyncConnection,
    on: date,
    *,
    person_ids: Collection[str] | None = None,
    role: str | None = None,
) -> Rows:
    """Return (person, role, unit, site) of the grants in force on that day."""
    query = select(role_grant.c.person, role_grant.c.role, role_grant.c.unit, role_grant.c.site)
    query = query.where(or_(role_grant.c.until.is_(None), role_grant.c.until >= on))
    if role is not None:
        query = query.where(role_grant.c.role == role)
    return await _among(connection, query, role_grant.c.person, person_ids, order=role_grant.c.id)


async def _among(
    connection: AsyncConnection,
    query: Select[*tuple[Any, ...]],
    column: ColumnElement[Any],
    values: Collection[str] | None,
    *,
    order: ColumnElement[Any] | None = None,
) -> Rows:
    """Return the rows whose column has one of the values, in batches either database accepts."""
    query = query.order_by(column if order is None else order)
    if values is None:
        return (await connection.execute(query)).all()
    found: list[Row[*tuple[Any, ...]]] = []
    waiting = iter(sorted(value for value in set(values) if is_id(value)))
    while batch := list(islice(waiting, _PARAMETERS)):
        found += (await connection.execute(query.where(column.in_(batch)))).all()
    return found
