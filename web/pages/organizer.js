/**
 * The organizer's day: today's meetings, opening and ending them, who is there and who is not.
 */
import { everything, post, signedIn, socketAddress } from '../api.js';
import { whoAmI } from '../device.js';
import { clockTime, dayName, errorText, isoDay, loadTexts, t } from '../i18n.js';
import { Connection } from '../protocol.js';
import { chooseFeed } from '../ui/calendar-feed.js';
import { bar, downloads, meetingChip } from '../ui/desk.js';
import { button, openDialog } from '../ui/dialog.js';
import { byId, el, fill, say } from '../ui/dom.js';
import { sayFarewell } from '../ui/farewell.js';
import { openNearby } from '../ui/nearby.js';
import { papersCard } from '../ui/papers-card.js';
import { people } from '../ui/people.js';
import { whyDifferent } from '../ui/why-different.js';
import { VoteDesk } from '../ui/vote-desk.js';

/** @typedef {import('../wire.js').AttendanceView} AttendanceView */
/**
 * @typedef {object} Occurrence
 * @property {string} id
 * @property {string} title
 * @property {string} unit
 * @property {string} unit_name
 * @property {string} scheduled_start
 * @property {string} scheduled_end
 * @property {'scheduled' | 'open' | 'closed' | 'settled' | 'cancelled'} state
 * @property {string | null} cancel_reason a person's words, or the code of a reason
 * @property {string | null} planned_for local date
 * @property {boolean} moved
 * @property {string | null} holiday
 * @property {boolean} may_run
 * @property {boolean} may_read_attendance
 */

/** Milliseconds; openings and endings by the clock show after this at the latest. */
const LIST_EVERY = 10000;
const IN_ORDER = { open: 0, scheduled: 1, closed: 2, settled: 3, cancelled: 4 };

class Desk {
  /** @param {Connection} connection */
  constructor(connection) {
    this.connection = connection;
    /** @type {Occurrence[]} */
    this.today = [];
    this.chosen = new URLSearchParams(location.search).get('occurrence') || '';
    /** @type {AttendanceView | null} */
    this.attendance = null;
    this._watched = '';
    /** Agenda and papers of the chosen meeting. @type {{of: string, element: HTMLElement} | null} */
    this._papers = null;
    this.day = el('h2');
    this.list = el('ul', { class: 'agenda-list', 'data-testid': 'today' });
    this.detail = el('section', { class: 'card', 'data-testid': 'detail' });
    /** How far the server's clock is ahead of ours, milliseconds. */
    this._ahead = 0;
    connection.on('welcome', (welcome) => {
      this._ahead = Date.parse(welcome.now) - Date.now();
      this._watched = '';
      this.refresh();
    });
    connection.on('attendance', (event) => this._heard(event.attendance));
    /** Quorum and votes of the meeting watched. @type {VoteDesk | null} */
    this.votes = null;
    /** @param {(desk: VoteDesk, event: any) => void} show */
    const ofWatched = (show) => (/** @type {any} */ event) =>
      this.votes && event.occurrence === this._watched && show(this.votes, event);
    connection.on('quorum', ofWatched((desk, event) => desk.showQuorum(event.quorum)));
    connection.on('votes', ofWatched((desk, event) => desk.showVotes(event.votes)));
    connection.on('papers', (event) => {
      if (this._papers && event.occurrence === this._papers.of) {
        this._papers = null;
        this._draw();
      }
    });
    connection.on(
      'presence_check',
      ofWatched((desk, event) => desk.showPresence(event.at, event.answered)),
    );
  }

  /** Ask for today's meetings again. */
  async refresh() {
    const now = new Date(Date.now() + this._ahead);
    const day = isoDay(now);
    say(this.day, dayName(now));
    const from = encodeURIComponent(`${day}T00:00:00+08:00`);
    const to = encodeURIComponent(`${day}T23:59:59+08:00`);
    try {
      this.today = await everything(`/api/occurrences?from=${from}&to=${to}`, 'occurrences');
    } catch (error) {
      return; // the line word says it; the next refresh tries again
    }
    if (!this.today.some((each) => each.id === this.chosen)) {
      const first = this._sorted()[0];
      this.chosen = first ? first.id : '';
    }
    this._watch();
    this._draw();
  }

  /** @param {string} id */
  _choose(id) {
    this.chosen = id;
    this._papers = null;
    this._watch();
    this._draw();
  }

  async _watch() {
    const occurrence = this._current();
    const wanted = occurrence && occurrence.may_read_attendance ? occurrence.id : '';
    if (wanted === this._watched || this.connection.state !== 'online') {
      return;
    }
    const before = this._watched;
    this._watched = wanted;
    this.attendance = null;
    this.votes = wanted && occurrence && occurrence.may_run ? new VoteDesk(wanted) : null;
    if (this.votes) {
      this.votes.refresh();
    }
    if (before) {
      this.connection.request('unwatch', { occurrence: before }).catch(() => undefined);
    }
    if (wanted) {
      try {
        this._heard(await this.connection.request('watch', { occurrence: wanted }));
      } catch (error) {
        this._watched = '';
      }
    }
  }

  /** @param {AttendanceView} attendance */
  _heard(attendance) {
    if (attendance.occurrence === this._watched) {
      this.attendance = attendance;
      this._draw();
    }
  }

  _current() {
    return this.today.find((each) => each.id === this.chosen);
  }

  _sorted() {
    return this.today
      .slice()
      .sort(
        (a, b) =>
          IN_ORDER[a.state] - IN_ORDER[b.state] ||
          a.scheduled_start.localeCompare(b.scheduled_start),
      );
  }

  /**
   * Offer calendars of one's own meetings and of the branches on the page that one organizes.
   * @param {import('../device.js').Me} me
   */
  subscribe(me) {
    const units = new Map(
      this.today
        .filter((each) => each.may_run)
        .map((each) => /** @type {[string, string]} */ ([each.unit, each.unit_name])),
    );
    chooseFeed([
      ...(me.person
        ? [{ kind: /** @type {const} */ ('person'), id: me.person.id, words: t('organizer.calendar_own') }]
        : []),
      ...Array.from(units, ([id, words]) => ({ kind: /** @type {const} */ ('unit'), id, words })),
    ]);
  }

  /** @param {Occurrence} occurrence @param {'open' | 'close'} what */
  _act(occurrence, what) {
    openDialog({
      title: t(`organizer.${what}_question`),
      text: t(`organizer.${what}_means`, { title: occurrence.title }),
      answers: [
        {
          words: t(`organizer.${what}`),
          look: what === 'open' ? 'go' : 'stop',
          testid: `confirm-${what}`,
          act: () =>
            post(`/api/occurrences/${occurrence.id}/${what}`)
              .catch((error) =>
                openDialog({ title: t('trouble.title'), text: errorText(error) }),
              )
              .then(() => this.refresh()),
        },
        { words: t('dialog.back') },
      ],
    });
  }

  _draw() {
    const focused = document.activeElement && document.activeElement.getAttribute('data-key');
    fill(this.list, ...this._sorted().map((each) => this._entry(each)));
    const occurrence = this._current();
    fill(
      this.detail,
      ...(occurrence ? this._meeting(occurrence) : [el('p', { text: t('organizer.nothing') })]),
    );
    if (focused) {
      const again = document.querySelector(`[data-key="${focused}"]`);
      if (again instanceof HTMLElement) {
        again.focus();
      }
    }
  }

  /** @param {Occurrence} occurrence */
  _entry(occurrence) {
    return el(
      'li',
      {},
      el(
        'button',
        {
          type: 'button',
          class: 'agenda-entry',
          'data-key': occurrence.id,
          'data-testid': 'meeting',
          'data-occurrence': occurrence.id,
          'data-state': occurrence.state,
          'aria-pressed': occurrence.id === this.chosen ? 'true' : 'false',
          onclick: () => this._choose(occurrence.id),
        },
        el('span', { class: 'time', text: clockTime(occurrence.scheduled_start) }),
        el('span', { class: 'title', text: occurrence.title }),
        el(
          'span',
          { class: 'place' },
          `${occurrence.unit_name} `,
          meetingChip(occurrence.state),
        ),
      ),
    );
  }

  /** @param {Occurrence} occurrence @returns {Node[]} */
  _meeting(occurrence) {
    const span = `${clockTime(occurrence.scheduled_start)}–${clockTime(occurrence.scheduled_end)}`;
    const acts = el('div', { class: 'acts' });
    if (occurrence.may_run && occurrence.state === 'scheduled') {
      acts.append(this._button(occurrence, 'open', 'go'));
    }
    if (occurrence.state === 'open') {
      acts.append(
        el('a', {
          class: 'button go',
          href: `/room?occurrence=${encodeURIComponent(occurrence.id)}`,
          text: t('organizer.enter'),
          'data-testid': 'enter',
          'data-key': 'enter',
        }),
      );
      if (occurrence.may_run) {
        acts.append(this._button(occurrence, 'close', 'stop'));
      }
    }
    if (occurrence.may_read_attendance) {
      acts.append(
        el('a', {
          class: 'button plain',
          href: `/report?occurrence=${encodeURIComponent(occurrence.id)}`,
          text: t('organizer.report'),
          'data-testid': 'report',
          'data-key': 'report',
        }),
        ...downloads(`/api/occurrences/${encodeURIComponent(occurrence.id)}/attendance`),
      );
    }
    acts.append(
      el('a', {
        class: 'button plain',
        href: `/plan?occurrence=${encodeURIComponent(occurrence.id)}`,
        text: t('organizer.plan'),
        'data-testid': 'plan',
        'data-key': 'plan',
      }),
    );
    const head = el(
      'div',
      { class: 'headline' },
      el(
        'div',
        {},
        el('h1', { text: occurrence.title }),
        el('p', { class: 'facts', text: `${occurrence.unit_name}　${span}` }),
        el('p', { class: 'facts', 'data-testid': 'why', text: whyDifferent(occurrence) }),
      ),
      meetingChip(occurrence.state),
    );
    if (!this._papers || this._papers.of !== occurrence.id) {
      this._papers = { of: occurrence.id, element: papersCard(occurrence.id) };
    }
    const desk = this.votes && !isOver(occurrence) ? [this.votes.element] : [];
    const who = this.attendance ? people(this.attendance, isOver(occurrence)) : [];
    return [head, acts, this._papers.element, ...desk, ...who];
  }

  /** @param {Occurrence} occurrence @param {'open' | 'close'} what @param {string} look */
  _button(occurrence, what, look) {
    const made = button({ words: t(`organizer.${what}`), look, testid: what }, () =>
      this._act(occurrence, what),
    );
    made.setAttribute('data-key', what);
    return made;
  }
}

/** @param {Occurrence} occurrence */
function isOver(occurrence) {
  return occurrence.state !== 'open' && occurrence.state !== 'scheduled';
}

/** Calling the neighbours at once: from one's own village, or from one that is chosen. @param {import('../device.js').Me} me */
function nearbyButton(me) {
  if (me.permissions.indexOf('meetings.convene') < 0) {
    return null;
  }
  const posted = me.roles.find((each) => each.role === 'first_secretary' && each.site);
  return button({ words: t('nearby.button'), look: 'plain', testid: 'nearby-open' }, () => {
    const mayName = me.permissions.indexOf('meetings.schedule') >= 0;
    openNearby((posted && posted.site) || null, mayName, (meeting) =>
      location.assign(`/room?occurrence=${encodeURIComponent(meeting.id)}`),
    ).catch((error) => openDialog({ title: t('trouble.title'), text: errorText(error) }));
  });
}

async function main() {
  await loadTexts();
  document.title = `${t('desk.today')} · ${t('brand')}`;
  const me = await whoAmI('/sign-in');
  if (!me) {
    return;
  }
  const page = byId('page');
  const connection = new Connection({
    url: socketAddress(),
    client: navigator.userAgent,
    allowed: signedIn,
  });
  const line = el('span', { class: 'line-word', role: 'status' });
  const desk = new Desk(connection);
  fill(
    page,
    bar('organizer', me, line),
    el(
      'main',
      { class: 'desk-columns' },
      el(
        'section',
        {},
        desk.day,
        desk.list,
        el(
          'div',
          { class: 'acts' },
          nearbyButton(me),
          button({ words: t('organizer.calendar'), look: 'plain', testid: 'calendar' }, () =>
            desk.subscribe(me),
          ),
        ),
      ),
      desk.detail,
    ),
  );
  connection.on('state', (state) => {
    say(line, state === 'online' ? '' : t('line.reconnecting'));
    if (state === 'ended') {
      sayFarewell(page, connection, '/sign-in');
    }
  });
  window.addEventListener('online', () => connection.nudge());
  setInterval(() => desk.refresh(), LIST_EVERY);
  connection.open();
}

main();
