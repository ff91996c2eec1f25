/**
 * When rooms and persons are taken: a day as bars over its hours, a week as lists by day. Where
 * something is free, a press begins a plan.
 */
import { everything } from '../api.js';
import { clockTime, dayName, errorText, isoDay, shortDay, t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill, say } from './dom.js';
import { HOUR_MS, gaps, hoursOf, startIn } from './free-time.js';
import { loading } from './loading.js';
import { NamePicker } from './plan-invite.js';
import { addDays, noonOf, weekdayOf } from './plan-rule.js';

/** @typedef {{start: string, end: string, occurrence: string | null, title: string | null}} Taken */
/** @typedef {{kind: 'room' | 'person', id: string, name: string, taken: Taken[]}} Row */
/** @typedef {(row: Row, start: number) => void} Plan */

const MARKS_MS = 3 * HOUR_MS;
/** Per cent of the day below which the words of a bar stand beside it. */
const ROOM_FOR_WORDS = 20;
const HALF = 50;
const BESIDE_PX = 40;

export class FreeBusyGrid {
  /**
   * @param {{id: string, name: string}[]} units
   * @param {(begin: import('./plan-form.js').Beginning) => void} plan
   */
  constructor(units, plan) {
    const asked = new URLSearchParams(location.search);
    this._days = asked.get('days') === '7' ? 7 : 1;
    this._day = el('input', { type: 'date', 'data-testid': 'busy-day' });
    this._day.value = asked.get('day') || isoDay(new Date());
    this._unit = new NamePicker(t('plan.busy_unit'), 'busy-unit');
    this._unit.offer(units);
    const shown = units.find((each) => each.id === asked.get('unit'));
    this._unit.input.value = shown ? shown.name : '';
    this._asked = 0;
    /** @type {Plan} */
    this._plan = (row, start) =>
      plan({
        day: isoDay(new Date(start)),
        time: clockTime(new Date(start)),
        choice: { kind: row.kind === 'room' ? 'site' : 'person', subject: row.id, name: row.name },
      });
    this._grid = el('div', { class: 'table-frame', tabindex: 0, 'data-testid': 'busy-grid' });
    fill(this._grid, loading());
    this._told = el('p', { class: 'facts', role: 'status' });
    this._day.addEventListener('change', () => this.refresh());
    this._unit.input.addEventListener('change', () => this.refresh());
    const turn = (/** @type {string} */ words, /** @type {number} */ by) =>
      button({ words: t(words), testid: words }, () => {
        this._day.value = addDays(this._day.value, by * this._days);
        this.refresh();
      });
    this.element = el(
      'section',
      { class: 'card', 'data-testid': 'free-busy' },
      el('h1', { text: t('plan.busy') }),
      el(
        'div',
        { class: 'question' },
        turn('plan.earlier', -1),
        el('label', {}, t('plan.day'), this._day),
        turn('plan.later', 1),
        button({ words: t('plan.one_day'), testid: 'busy-one-day' }, () => this._show(1)),
        button({ words: t('plan.one_week'), testid: 'busy-week' }, () => this._show(7)),
        el('label', {}, t('plan.busy_unit'), this._unit.element),
      ),
      this._told,
      el('p', { class: 'facts', text: t('plan.busy_hint') }),
      this._grid,
    );
  }

  /** @param {number} days */
  _show(days) {
    this._days = days;
    this.refresh();
  }

  /** On a narrow screen begin where something is taken, not with an empty morning. */
  _seeTaken() {
    const bars = Array.from(this._grid.querySelectorAll('.busy-bar'));
    const lefts = bars.map((bar) => bar.getBoundingClientRect().left);
    const box = this._grid.getBoundingClientRect();
    const first = Math.min(...lefts);
    if (bars.length && first > box.right - BESIDE_PX) {
      this._grid.scrollLeft += first - (box.left + box.right) / 2;
    }
  }

  async refresh() {
    this._asked += 1;
    const mine = this._asked;
    const first = this._day.value;
    const from = `${first}T00:00:00+08:00`;
    const to = `${addDays(first, this._days)}T00:00:00+08:00`;
    const unit = this._unit.chosen ? `&unit=${encodeURIComponent(this._unit.chosen)}` : '';
    const here = `?view=busy&day=${first}&days=${this._days}${unit}`;
    history.replaceState(null, '', here); // who comes back finds the same day
    const query = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}${unit}`;
    try {
      /** @type {Row[]} */
      const rows = await everything(`/api/free-busy?${query}`, 'rows');
      if (mine !== this._asked) {
        return; // another day was asked for meanwhile
      }
      const days = Array.from({ length: this._days }, (_, number) => addDays(first, number));
      const taken = rows.filter((row) => row.taken.length).length;
      say(this._told, t('plan.busy_of', { taken, all: rows.length }));
      const table =
        this._days === 1 ? dayTable(rows, first, this._plan) : weekTable(rows, days, this._plan);
      fill(this._grid, table);
      this._seeTaken();
    } catch (error) {
      fill(this._grid);
      say(this._told, errorText(/** @type {any} */ (error)));
    }
  }
}

/** @param {Taken} one */
function words(one) {
  return `${clockTime(one.start)}–${clockTime(one.end)} ${one.title || t('plan.another_meeting')}`;
}

/** @param {Taken} one */
function entry(one) {
  return one.occurrence && one.title
    ? el('a', { href: `?occurrence=${encodeURIComponent(one.occurrence)}`, text: words(one) })
    : el('span', { text: words(one) });
}

/**
 * Free time that can be pressed; the place pressed says when.
 * @param {Row} row
 * @param {import('./free-time.js').Span} gap
 * @param {string} day
 * @param {Plan} plan
 */
function freePlace(row, gap, day, plan) {
  const told = el('span', { class: 'busy-time', 'aria-hidden': 'true' });
  const span = `${clockTime(new Date(gap.start))}–${clockTime(new Date(gap.end))}`;
  const place = el(
    'button',
    {
      type: 'button',
      class: 'busy-free',
      'aria-label': t('plan.free_gap', { name: row.name, span }),
      'data-testid': 'free-gap',
    },
    told,
  );
  const startAt = (/** @type {MouseEvent} */ event) => {
    const box = place.getBoundingClientRect();
    const share = event.detail || event.type === 'mousemove' ? (event.clientX - box.left) / box.width : null;
    return startIn(gap, day, share);
  };
  place.addEventListener('mousemove', (event) => {
    say(told, t('plan.plan_here', { time: clockTime(new Date(startAt(event))) }));
  });
  place.addEventListener('click', (event) => plan(row, startAt(event)));
  return place;
}

/** @param {Row[]} rows @param {string} day @param {Plan} plan */
function dayTable(rows, day, plan) {
  const all = rows.reduce((found, row) => found.concat(row.taken), /** @type {Taken[]} */ ([]));
  const { start: begin, end } = hoursOf(day, all);
  const share = (/** @type {number} */ at) =>
    Math.max(0, Math.min(1, (at - begin) / (end - begin))) * 100;
  const scale = el('div', { class: 'busy-track scale', 'aria-hidden': 'true' });
  for (let at = begin; at < end; at += MARKS_MS) {
    const mark = el('span', { text: clockTime(new Date(at)) });
    mark.style.left = `${share(at)}%`;
    scale.append(mark);
  }
  const table = el('div', { class: 'busy-day', role: 'table', 'aria-label': dayName(noonOf(day)) });
  table.style.setProperty('--marks', `${share(begin + MARKS_MS)}%`);
  table.append(el('span', {}), scale);
  for (const row of rows) {
    const track = el('div', { class: 'busy-track', role: 'cell', 'data-subject': row.id });
    for (const gap of gaps(row.taken, day, Date.now())) {
      const place = freePlace(row, gap, day, plan);
      place.style.left = `${share(gap.start)}%`;
      place.style.width = `${share(gap.end) - share(gap.start)}%`;
      track.append(place);
    }
    for (const one of row.taken) {
      const bar = entry(one);
      const left = share(Date.parse(one.start));
      const width = Math.max(1, share(Date.parse(one.end)) - left);
      const beside = width > ROOM_FOR_WORDS ? '' : left + width > HALF ? ' before' : ' behind';
      fill(bar, el('span', { class: 'busy-words', text: words(one) }));
      bar.className = `busy-bar${beside}`;
      bar.title = words(one);
      bar.style.left = `${left}%`;
      bar.style.width = `${width}%`;
      track.append(bar);
    }
    if (!row.taken.length) {
      track.append(el('span', { class: 'soft', text: t('plan.free') }));
    }
    table.append(el('span', { class: 'busy-name', role: 'rowheader', text: row.name }), track);
  }
  return table;
}

/** @param {Row[]} rows @param {string[]} days @param {Plan} plan */
function weekTable(rows, days, plan) {
  const head = el(
    'tr',
    {},
    el('th', { scope: 'col', text: '' }),
    ...days.map((day) =>
      el(
        'th',
        { scope: 'col' },
        el('div', { text: shortDay(noonOf(day)) }),
        el('div', { text: weekdayOf(day) }),
      ),
    ),
  );
  const body = rows.map((row) =>
    el(
      'tr',
      { 'data-subject': row.id },
      el('th', { scope: 'row', text: row.name }),
      ...days.map((day) =>
        el(
          'td',
          {},
          ...row.taken.filter((one) => isoDay(new Date(one.start)) === day).map(entry),
          freeDay(row, day, plan),
        ),
      ),
    ),
  );
  return el('table', { class: 'table busy-week' }, el('thead', {}, head), el('tbody', {}, ...body));
}

/** @param {Row} row @param {string} day @param {Plan} plan */
function freeDay(row, day, plan) {
  const usual = noonOf(day).getTime() - 3 * HOUR_MS;
  const free = gaps(row.taken, day, Date.now());
  const gap = free.find((each) => each.end > usual) || free[0];
  if (!gap) {
    return null;
  }
  return el('button', {
    type: 'button',
    class: 'button plain',
    text: t('plan.plan_day'),
    'aria-label': t('plan.plan_day_of', { name: row.name, day: dayName(noonOf(day)) }),
    'data-testid': 'plan-day',
    onclick: () => plan(row, startIn(gap, day, null)),
  });
}
