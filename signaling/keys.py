"""The parts of a running application, by typed key."""

from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from aiohttp import web

from config.settings import Settings
from scheduler.accounts import Accounts
from scheduler.attendance.log import AttendanceLog
from scheduler.attendance.presence_checks import PresenceChecks
from scheduler.attendance.reports import Reports
from scheduler.branch_clock.alerts import Alerts
from scheduler.branch_clock.service import Clocks
from scheduler.branch_clock.study import Study
from scheduler.calendars.service import Calendars
from scheduler.clock import Clock
from scheduler.directory.posts import Posts
from scheduler.directory.service import Directory
from scheduler.meetings.neighbours import Neighbours
from scheduler.meetings.service import Meetings
from scheduler.notices.notifier import Notifier
from scheduler.notices.service import Notices
from scheduler.papers.pages import PaperPages
from scheduler.planning.agenda_items import AgendaItems
from scheduler.planning.attachments import Attachments
from scheduler.planning.conflicts import Conflicts
from scheduler.planning.free_busy import FreeBusy
from scheduler.records.pack.service import Packs
from scheduler.records.service import Records
from scheduler.store.engine import Store
from scheduler.votes.quorum import Quorums
from scheduler.votes.service import Votes
from signaling.access import Access
from signaling.http.assets import Assets
from signaling.http.idempotency import Idempotency
from signaling.http.metrics import Metrics
from signaling.http.texts import Texts

Check = Callable[[], Awaitable[bool]]

SETTINGS = web.AppKey("settings", Settings)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
ZONE = web.AppKey("zone", ZoneInfo)
TEXTS = web.AppKey("texts", Texts)
ASSETS = web.AppKey("assets", Assets)
METRICS = web.AppKey("metrics", Metrics)
OPENAPI: web.AppKey[Callable[[], bytes]] = web.AppKey("openapi")
READINESS: web.AppKey[dict[str, Check]] = web.AppKey("readiness")

STORE = web.AppKey("store", Store)
DIRECTORY = web.AppKey("directory", Directory)
ACCOUNTS = web.AppKey("accounts", Accounts)
MEETINGS = web.AppKey("meetings", Meetings)
ATTENDANCE = web.AppKey("attendance", AttendanceLog)
REPORTS = web.AppKey("reports", Reports)
QUORUMS = web.AppKey("quorums", Quorums)
VOTES = web.AppKey("votes", Votes)
PRESENCE_CHECKS = web.AppKey("presence_checks", PresenceChecks)
ALERTS = web.AppKey("alerts", Alerts)
POSTS = web.AppKey("posts", Posts)
BRANCH_CLOCK = web.AppKey("branch_clock", Clocks)
STUDY = web.AppKey("study", Study)
CALENDARS = web.AppKey("calendars", Calendars)
NOTICES = web.AppKey("notices", Notices)
NOTIFIER = web.AppKey("notifier", Notifier)
AGENDA_ITEMS = web.AppKey("agenda_items", AgendaItems)
ATTACHMENTS = web.AppKey("attachments", Attachments)
PAPER_PAGES = web.AppKey("paper_pages", PaperPages)
NEIGHBOURS = web.AppKey("neighbours", Neighbours)
CONFLICTS = web.AppKey("conflicts", Conflicts)
FREE_BUSY = web.AppKey("free_busy", FreeBusy)
RECORDS = web.AppKey("records", Records)
PACKS = web.AppKey("packs", Packs)
ACCESS = web.AppKey("access", Access)
IDEMPOTENCY = web.AppKey("idempotency", Idempotency)
