"""The posts of a unit: its committee (支部委员会), or the leader of a group."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from scheduler.directory.model import Post, PostName
from scheduler.directory.posts import MOST
from signaling import keys
from signaling.http.call import Call
from signaling.http.models import Id, Input
from signaling.http.routing import Routes
from signaling.roles import Permission

ROUTES = Routes("posts")


class PostView(BaseModel):
    """A post and who holds it, from one day to another; `until` null: until further notice."""

    person: str
    name: str
    post: PostName
    since: date
    until: date | None


class PostViews(BaseModel):
    """The posts of a unit on a day, in the order of papers."""

    unit: str
    posts: tuple[PostView, ...]


class PostQuery(Input):
    """A day; left out: today."""

    on: date | None = None


class HolderInput(Input):
    person: Id
    post: PostName


class PostsInput(Input):
    """Who holds which post from a day on. Whoever is not named holds none from then."""

    since: date
    posts: Annotated[tuple[HolderInput, ...], Field(max_length=MOST)]


@ROUTES.get("/api/units/{unit}/posts", needs=Permission.DIRECTORY_READ)
async def get_posts(call: Call, query: PostQuery) -> PostViews:
    """List who holds which post in a unit: its committee, or the leader of a group."""
    unit = call.request.match_info["unit"]
    directory = call.part(keys.DIRECTORY)
    await directory.unit(unit)
    return await _views(call, unit, await directory.posts(unit, query.on))


@ROUTES.put("/api/units/{unit}/posts", needs=Permission.BRANCHES_EDIT)
async def set_posts(call: Call, body: PostsInput) -> PostViews:
    """Write down whom a branch elected; those who held a post before keep it in the past."""
    unit = call.request.match_info["unit"]
    held = [(one.person, one.post) for one in body.posts]
    return await _views(call, unit, await call.part(keys.POSTS).hold(unit, body.since, held))


async def _views(call: Call, unit: str, posts: tuple[Post, ...]) -> PostViews:
    persons = await call.part(keys.DIRECTORY).persons({one.person for one in posts})
    return PostViews(
        unit=unit,
        posts=tuple(
            PostView(
                person=one.person,
                name=persons[one.person].name,
                post=one.post,
                since=one.since,
                until=one.until,
            )
            for one in posts
        ),
    )
