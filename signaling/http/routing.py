"""Routes of the API: each names the permission it needs, and its models are in its signature.

A handler is `async def name(call, body: Model, query: Model) -> Model`. The wrapper identifies
who asks, checks the permission, reads body and query with their models and writes the returned
model. A path that names an `{occurrence}`, `{series}`, `{unit}`, `{site}`, `{device}` or
`{person}` is checked against that very thing before the handler runs, so no handler can forget.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar, get_type_hints

from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from signaling import keys
from signaling.access import Permission
from signaling.http.call import SUBJECTS, Call
from signaling.http.idempotency import HEADER as IDEMPOTENCY_KEY
from signaling.http.problems import bad_input
from signaling.http.security import SAFE_METHODS
from signaling.http.versions import etag_of

Handler = Callable[..., Awaitable[BaseModel | web.StreamResponse | None]]
H = TypeVar("H", bound=Handler)
ROUTE_ATTRIBUTE: Final = "liancun_route"
_PARAMETER: Final = re.compile(r"\{(\w+)(?::[^}]*)?\}")


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path, with all that the wrapper and OpenAPI need to know of it."""

    method: str
    path: str
    needs: Permission
    handler: Handler
    status: int
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    media_type: str
    tag: str
    accepts: str = ""
    """Media type of a body that is no JSON; the handler reads it."""
    conditional: bool = False
    """Whether the handler honours If-Match."""
    head: bool = False
    """Whether a HEAD gets what a GET would, without its body (RFC 9110 §9.3.2)."""

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.handler) or "").partition("\n")[0]

    @property
    def name(self) -> str:
        return self.handler.__name__

    @property
    def is_write(self) -> bool:
        """Whether it changes something in the name of somebody, who may send it twice."""
        return (
            self.method not in SAFE_METHODS
            and self.path.startswith("/api/")
            and self.needs is not Permission.PUBLIC
        )

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names in the path."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def template(self) -> str:
        """The path as OpenAPI writes it, without patterns."""
        return _PARAMETER.sub(r"{\1}", self.path)


class Routes:
    """The routes of one part of the API. There is no way to add one without `needs`."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.routes: list[Route] = []

    def get(
        self,
        path: str,
        *,
        needs: Permission,
        status: int = 200,
        media_type: str = "application/json",
        answer: type[BaseModel] | None = None,
        head: bool = False,
    ) -> Callable[[H], H]:
        """Register a GET. `answer` names the model when the handler writes the response itself."""
        return self._add(hdrs.METH_GET, path, needs, status, media_type, answer, head=head)

    def post(
        self,
        path: str,
        *,
        needs: Permission,
        status: int = 200,
        answer: type[BaseModel] | None = None,
        conditional: bool = False,
    ) -> Callable[[H], H]:
        return self._add(
            hdrs.METH_POST,
            path,
            needs,
            status,
            "application/json",
            answer,
            conditional=conditional,
        )

    def put(self, path: str, *, needs: Permission, conditional: bool = False) -> Callable[[H], H]:
        return self._add(
            hdrs.METH_PUT, path, needs, 200, "application/json", None, conditional=conditional
        )

    def delete(self, path: str, *, needs: Permission) -> Callable[[H], H]:
        return self._add(hdrs.METH_DELETE, path, needs, 204, "application/json", None)

    def any(
        self,
        method: str,
        path: str,
        *,
        needs: Permission,
        status: int = 200,
        media_type: str = "application/json",
        accepts: str = "",
    ) -> Callable[[H], H]:
        """Register a method with a foreign body, which its handler reads (and may write) itself."""
        return self._add(method, path, needs, status, media_type, None, accepts)

    def _add(
        self,
        method: str,
        path: str,
        needs: Permission,
        status: int,
        media_type: str,
        answer: type[BaseModel] | None,
        accepts: str = "",
        conditional: bool = False,
        head: bool = False,
    ) -> Callable[[H], H]:
        unknown = set(_PARAMETER.findall(path)) - SUBJECTS
        if unknown and needs is not Permission.PUBLIC:
            raise ValueError(f"{path}: no check is known for {sorted(unknown)}")

        def register(handler: H) -> H:
            hints = get_type_hints(handler)
            self.routes.append(
                Route(
                    method=method,
                    path=path,
                    needs=Permission(needs),
                    handler=handler,
                    status=status,
                    body=hints.get("body"),
                    query=hints.get("query"),
                    answer=answer or _model(hints.get("return")),
                    media_type=media_type,
                    tag=self.tag,
                    accepts=accepts,
                    conditional=conditional,
                    head=head,
                )
            )
            return handler

        return register


def _model(hint: Any) -> type[BaseModel] | None:
    return hint if isinstance(hint, type) and issubclass(hint, BaseModel) else None


def install(app: web.Application, tables: Iterable[Routes]) -> tuple[Route, ...]:
    """Put the routes of all tables on the application; return them for OpenAPI."""
    routes = tuple(route for table in tables for route in table.routes)
    for route in routes:
        run = endpoint(route)
        app.router.add_route(route.method, route.path, run)
        if route.head:
            app.router.add_route(hdrs.METH_HEAD, route.path, run)
    return routes


def endpoint(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wrap a route's handler: identity, permission, input, answer."""

    async def run(request: web.Request) -> web.StreamResponse:
        call = Call(request, route.needs)
        await call.admit()
        if IDEMPOTENCY_KEY not in request.headers or not route.is_write:
            return await answer(call)
        act = partial(answer, call)
        return await call.part(keys.IDEMPOTENCY).once(
            request, call.author, act, with_body=not route.accepts
        )

    async def answer(call: Call) -> web.StreamResponse:
        request = call.request
        arguments: dict[str, BaseModel] = {}
        if route.query is not None:
            arguments["query"] = _read_query(route.query, request)
        if route.body is not None:
            arguments["body"] = await _read_body(route.body, request)
        said = await route.handler(call, **arguments)
        if isinstance(said, web.StreamResponse):
            return said
        if said is None:
            return web.Response(status=204)
        response = web.Response(
            status=route.status,
            body=said.model_dump_json().encode(),
            content_type="application/json",
        )
        etag = etag_of(said)
        if etag is not None:
            response.headers[hdrs.ETAG] = etag
        return response

    setattr(run, ROUTE_ATTRIBUTE, route)
    return run


def _read_query(model: type[BaseModel], request: web.Request) -> BaseModel:
    try:
        return model.model_validate(dict(request.query))
    except ValidationError as error:
        raise bad_input(error) from None


async def _read_body(model: type[BaseModel], request: web.Request) -> BaseModel:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        raise bad_input(error) from None
