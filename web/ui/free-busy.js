/**
 * When rooms and persons are taken: a day as bars over its hours, a week as lists by day.
 */
import { everything } from '../api.js';
import { clockTime, dayName, errorText, isoDay, shortDay, t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill, say } from './dom.js';
import { NamePicker } from './plan-invite.js';
import { addDays, noonOf, weekdayOf } from './plan-rule.js';

/** @typedef {{start: string, end: string, occurrence: string | null, title: string | null}} Taken */
/** @typedef {{kind: 'room' | 'person', id: string, name: string, taken: Taken[]}} Row */

const FROM_HOUR = 7;
const TO_HOUR = 22;
const HOUR_MS = 3600e3;

export class FreeBusyGrid {
  /** @param {{id: string, name: string}[]} units */
  constructor(units) {
    const asked = new URLSearchParams(location.search);
    this._days = asked.get('days') === '7' ? 7 : 1;
    this._day = el('input', { type: 'date', 'data-testid': 'busy-day' });
    this._day.value = asked.get('day') || isoDay(new Date());
    this._unit = new NamePicker(t('plan.busy_unit'), 'busy-unit');
    this._unit.offer(units);
    this._grid = el('div', { class: 'table-frame', tabindex: 0, 'data-testid': 'busy-grid' });
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
        this._unit.element,
      ),
      this._told,
      this._grid,
    );
  }

  /** @param {number} days */
  _show(days) {
    this._days = days;
    this.refresh();
  }

  async refresh() {
    const first = this._day.value;
    const from = `${first}T00:00:00+08:00`;
    const to = `${addDays(first, this._days)}T00:00:00+08:00`;
    const unit = this._unit.chosen ? `&unit=${encodeURIComponent(this._unit.chosen)}` : '';
    const query = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}${unit}`;
    try {
      /** @type {Row[]} */
      const rows = await everything(`/api/free-busy?${query}`, 'rows');
      const days = Array.from({ length: this._days }, (_, number) => addDays(first, number));
      const taken = rows.filter((row) => row.taken.length).length;
      say(this._told, t('plan.busy_of', { taken, all: rows.length }));
      fill(this._grid, this._days === 1 ? dayTable(rows, first) : weekTable(rows, days));
    } catch (error) {
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

/** @param {Row[]} rows @param {string} day */
function dayTable(rows, day) {
  const begin = Date.parse(`${day}T00:00:00+08:00`) + FROM_HOUR * HOUR_MS;
  const span = (TO_HOUR - FROM_HOUR) * HOUR_MS;
  const share = (/** @type {number} */ at) => Math.max(0, Math.min(1, (at - begin) / span)) * 100;
  const hours = Array.from({ length: (TO_HOUR - FROM_HOUR) / 3 }, (_, n) => FROM_HOUR + 3 * n);
  const scale = el('div', { class: 'busy-track scale', 'aria-hidden': 'true' });
  for (const hour of hours) {
    const mark = el('span', { text: `${hour}:00` });
    mark.style.left = `${share(begin + (hour - FROM_HOUR) * HOUR_MS)}%`;
    scale.append(mark);
  }
  const table = el('div', { class: 'busy-day', role: 'table', 'aria-label': dayName(noonOf(day)) });
  table.append(el('span', {}), scale);
  for (const row of rows) {
    const track = el('div', { class: 'busy-track', role: 'cell', 'data-subject': row.id });
    for (const one of row.taken) {
      const bar = entry(one);
      bar.className = 'busy-bar';
      bar.title = words(one);
      const left = share(Date.parse(one.start));
      bar.style.left = `${left}%`;
      bar.style.width = `${Math.max(1, share(Date.parse(one.end)) - left)}%`;
      track.append(bar);
    }
    if (!row.taken.length) {
      track.append(el('span', { class: 'soft', text: t('plan.free') }));
    }
    table.append(el('span', { class: 'busy-name', role: 'rowheader', text: row.name }), track);
  }
  return table;
}

/** @param {Row[]} rows @param {string[]} days */
function weekTable(rows, days) {
  const head = el(
    'tr',
    {},
    el('th', { scope: 'col', text: '' }),
    ...days.map((day) =>
      el('th', { scope: 'col', text: `${shortDay(noonOf(day))} ${weekdayOf(day)}` }),
    ),
  );
  const body = rows.map((row) =>
    el(
      'tr',
      { 'data-subject': row.id },
      el('th', { scope: 'row', text: row.name }),
      ...days.map((day) =>
        el('td', {}, ...row.taken.filter((one) => isoDay(new Date(one.start)) === day).map(entry)),
      ),
    ),
  );
  return el('table', { class: 'table busy-week' }, el('thead', {}, head), el('tbody', {}, ...body));
}
