"""The composition root: every part of the server, made in order and closed in reverse."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from config.settings import Settings
from media.handle import CommandRefused, WorkerUnavailable
from media.messages import GetStats
from scheduler.accounts import Accounts
from scheduler.agenda import Agenda
from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.presence_checks import PresenceChecks
from scheduler.attendance.reports import Reports
from scheduler.branch_clock.alerts import Alerts
from scheduler.branch_clock.daily import keep_alerted
from scheduler.branch_clock.service import Clocks
from scheduler.branch_clock.study import Study
from scheduler.calendars.service import Calendars
from scheduler.clock import Clock, SystemClock
from scheduler.directory.posts import Posts
from scheduler.directory.service import Directory
from scheduler.meetings.horizon import keep_laid_out
from scheduler.meetings.neighbours import Neighbours
from scheduler.meetings.service import Meetings
from scheduler.notices.notifier import Notifier
from scheduler.notices.service import Notices
from scheduler.papers.pages import PaperPages
from scheduler.planning.agenda_items import AgendaItems
from scheduler.planning.attachments import Attachments
from scheduler.planning.conflicts import Conflicts
from scheduler.planning.free_busy import FreeBusy
from scheduler.records.building import packs_of, records_of
from scheduler.store.engine import Store
from scheduler.votes.quorum import Quorums
from scheduler.votes.service import Votes
from signaling import keys
from signaling.access import Access
from signaling.figures import watch_agenda, watch_attendance, watch_floor
from signaling.floor import FLOOR, open_floor
from signaling.housekeeping import keep_purged
from signaling.http import (
    agenda_items,
    attachments,
    attendance,
    branch_clock,
    calendar_feeds,
    checks,
    choices,
    clock_alerts,
    debug,
    demo,
    devices,
    directory,
    following,
    free_busy,
    health,
    leaves,
    live,
    neighbours,
    notice,
    notices,
    occurrences,
    pages,
    posts,
    public_days,
    records,
    series,
    sign_in,
    statistics,
    streams,
    study,
    votes,
)
from signaling.http.assets import Assets
from signaling.http.idempotency import Idempotency
from signaling.http.metrics import Metrics
from signaling.http.middlewares import MIDDLEWARES
from signaling.http.openapi import ROUTES as OPENAPI_ROUTES
from signaling.http.openapi import written_once
from signaling.http.routing import Routes, install
from signaling.http.security import MAX_BODY_BYTES, add_headers
from signaling.http.texts import Texts
from signaling.notices import NoticeFigures, Wording, senders
from signaling.rooms.voting import Voting
from signaling.streams.validity import keep_valid

WEB_FOLDER: Final = Path(__file__).parents[1] / "web"
NODE: Final = "main"
"""The name of the one node; its runs are told apart by the boot id."""
TABLES: Final[tuple[Routes, ...]] = (
    health.ROUTES,
    pages.ROUTES,
    sign_in.ROUTES,
    directory.ROUTES,
    posts.ROUTES,
    devices.ROUTES,
    occurrences.ROUTES,
    series.ROUTES,
    following.ROUTES,
    agenda_items.ROUTES,
    attachments.ROUTES,
    checks.ROUTES,
    choices.ROUTES,
    free_busy.ROUTES,
    neighbours.ROUTES,
    notice.ROUTES,
    attendance.ROUTES,
    leaves.ROUTES,
    statistics.ROUTES,
    branch_clock.ROUTES,
    clock_alerts.ROUTES,
    study.ROUTES,
    calendar_feeds.ROUTES,
    notices.ROUTES,
    public_days.ROUTES,
    records.ROUTES,
    debug.ROUTES,
    demo.ROUTES,
    live.ROUTES,
    streams.ROUTES,
    votes.ROUTES,
    OPENAPI_ROUTES,
)


log = structlog.stdlib.get_logger(__name__)


def create_app(
    settings: Settings, *, clock: Clock | None = None, web_folder: Path = WEB_FOLDER
) -> web.Application:
    """Build the application; its parts start with it and stop with it, in reverse order."""
    app = frame(settings, clock or SystemClock(), web_folder)
    app.on_shutdown.append(_say_goodbye)
    app.cleanup_ctx.extend((_store, _services, _floor, _notices, _agenda, _housekeeping))
    return app


def frame(settings: Settings, clock: Clock, web_folder: Path = WEB_FOLDER) -> web.Application:
    """Build what needs no running part: routes, middlewares, texts, pages, figures."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=MAX_BODY_BYTES)
    app[keys.SETTINGS] = settings
    app[keys.CLOCK] = clock
    app[keys.ZONE] = ZoneInfo(settings.time_zone)
    app[keys.TEXTS] = Texts.load(web_folder / "i18n", settings.language)
    app[keys.ASSETS] = Assets(web_folder)
    app[keys.METRICS] = Metrics()
    app[keys.READINESS] = {}
    routes = install(app, TABLES)
    app[keys.OPENAPI] = written_once(routes)
    app.on_response_prepare.append(add_headers)
    return app


async def _say_goodbye(app: web.Application) -> None:
    if FLOOR in app:  # not there when a part failed to start
        await app[FLOOR].say_goodbye()


async def _store(app: web.Application) -> AsyncIterator[None]:
    store = await Store.open(app[keys.SETTINGS].store.url)
    app[keys.STORE] = store

    async def answers() -> bool:
        async with store.read():
            return True

    app[keys.READINESS]["store"] = answers
    yield
    await store.close()


async def _services(app: web.Application) -> AsyncIterator[None]:
    settings, store, clock, zone = (
        app[keys.SETTINGS],
        app[keys.STORE],
        app[keys.CLOCK],
        app[keys.ZONE],
    )
    app[keys.DIRECTORY] = Directory(store, clock, zone)
    app[keys.ACCOUNTS] = Accounts(store, clock, settings.http.session_days, zone=zone)
    app[keys.MEETINGS] = Meetings(store, clock, settings.meeting, zone)
    app[keys.ATTENDANCE] = AttendanceLog(store, clock, NODE, uuid.uuid4().hex, zone)
    app[keys.REPORTS] = Reports(store, clock, zone)
    app[keys.ALERTS] = Alerts(store, clock, settings.rules, settings.alerts, zone)
    app[keys.STUDY] = Study(store, clock, settings.rules, settings.study, zone)
    app[keys.POSTS] = Posts(store, app[keys.DIRECTORY])
    app[keys.BRANCH_CLOCK] = Clocks(store, clock, settings.rules, zone)
    app[keys.CALENDARS] = Calendars(store, clock, zone)
    app[keys.QUORUMS] = Quorums(store, clock, zone, settings.rules)
    app[keys.VOTES] = Votes(store, clock, zone, settings.rules)
    app[keys.PRESENCE_CHECKS] = PresenceChecks(store, clock)
    app[keys.AGENDA_ITEMS] = AgendaItems(store, clock)
    app[keys.ATTACHMENTS] = Attachments(store, clock, settings.planning)
    app[keys.PAPER_PAGES] = PaperPages(
        app[keys.ATTACHMENTS], settings.directory.absolute() / "pages", clock, settings.planning
    )
    app[keys.NEIGHBOURS] = Neighbours(store, clock, app[keys.DIRECTORY])
    app[keys.CONFLICTS] = Conflicts(store, clock, zone, settings.planning.precedence)
    app[keys.FREE_BUSY] = FreeBusy(store, clock, zone)
    app[keys.IDEMPOTENCY] = Idempotency(store, clock)
    app[keys.RECORDS] = records_of(store, clock, settings, app[keys.ACCOUNTS])
    app[keys.PACKS] = packs_of(app[keys.RECORDS], settings)
    app[keys.ACCESS] = Access(app[keys.DIRECTORY], app[keys.MEETINGS])
    yield
    await app[keys.PAPER_PAGES].stop()


async def _floor(app: web.Application) -> AsyncIterator[None]:
    async with open_floor(
        settings=app[keys.SETTINGS],
        clock=app[keys.CLOCK],
        texts=app[keys.TEXTS],
        access=app[keys.ACCESS],
        accounts=app[keys.ACCOUNTS],
        directory=app[keys.DIRECTORY],
        meetings=app[keys.MEETINGS],
        attendance=app[keys.ATTENDANCE],
        reports=app[keys.REPORTS],
        voting=Voting(app[keys.VOTES], app[keys.QUORUMS], app[keys.PRESENCE_CHECKS]),
        pages=app[keys.PAPER_PAGES],
    ) as floor:
        app[FLOOR] = floor

        async def worker_answers() -> bool:
            try:
                await floor.worker.request(GetStats())
            except (WorkerUnavailable, CommandRefused):
                return False
            return True

        app[keys.READINESS]["media"] = worker_answers
        watch_floor(app[keys.METRICS], floor)
        watch_attendance(app[keys.METRICS], app[keys.ATTENDANCE])
        yield


async def _notices(app: web.Application) -> AsyncIterator[None]:
    settings, clock = app[keys.SETTINGS], app[keys.CLOCK]
    channels = senders(settings, clock)
    app[keys.NOTICES] = Notices(
        app[keys.STORE],
        clock,
        channels,
        invite_before=timedelta(days=settings.notices.invite_before_days),
        remind_before=timedelta(seconds=settings.notices.remind_before_s),
        zone=app[keys.ZONE],
    )
    wording = Wording(settings, app[keys.TEXTS], app[keys.DIRECTORY], app[keys.MEETINGS])
    notifier = Notifier(app[keys.NOTICES], channels, wording.letter, clock)
    app[keys.NOTIFIER] = notifier
    app[keys.METRICS].registry.register(NoticeFigures(notifier))
    tasks = [asyncio.create_task(notifier.run(), name="notices")] if channels else []
    yield
    await _end(*tasks)


async def _agenda(app: web.Application) -> AsyncIterator[None]:
    agenda = Agenda(app[keys.STORE], app[keys.CLOCK], NODE, app[FLOOR].conductor.actions())

    def wake() -> None:
        agenda.wake()
        app[keys.NOTIFIER].wake()

    app[keys.MEETINGS].agenda_changed = wake
    watch_agenda(app[keys.METRICS], agenda)
    task = asyncio.create_task(agenda.run(), name="agenda")
    task.add_done_callback(_report_end)

    async def runs() -> bool:
        return not task.done()

    app[keys.READINESS]["agenda"] = runs
    yield
    await _end(task)


async def _housekeeping(app: web.Application) -> AsyncIterator[None]:
    clock = app[keys.CLOCK]
    tasks = (
        asyncio.create_task(keep_laid_out(app[keys.MEETINGS], clock), name="laying out"),
        asyncio.create_task(keep_purged(app[keys.ACCOUNTS], clock), name="purging"),
        asyncio.create_task(
            keep_alerted(app[keys.ALERTS], app[keys.STORE], clock, app[keys.ZONE]), name="alerts"
        ),
        asyncio.create_task(
            keep_valid(app[FLOOR].streams, app[keys.ACCOUNTS], clock), name="stream tokens"
        ),
    )
    yield
    await _end(*tasks)


def _report_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        log.critical("the agenda ended by itself", exc_info=task.exception())


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
