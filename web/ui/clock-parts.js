/**
 * What the two views of the clock of the branches have in common: figures, tables, the year.
 */
import { t } from '../i18n.js';
import { downloads, number, percent } from './desk.js';
import { el } from './dom.js';

/**
 * @typedef {object} Progress numbers of meetings
 * @property {number} required
 * @property {number} enough
 * @property {number} held
 * @property {number} late
 * @property {number | null} completion_rate
 * @property {number} now_required
 * @property {number} now_enough
 * @property {number} now_planned
 * @property {number} waiting
 *
 * @typedef {object} Figures attendance in persons
 * @property {number} meetings
 * @property {number} expected
 * @property {number} counted
 * @property {number} came
 * @property {number} late
 * @property {number} left_early
 * @property {number} on_leave
 * @property {number} absent
 * @property {number} took_part
 * @property {number | null} attendance_rate
 *
 * @typedef {object} Row
 * @property {string} unit
 * @property {string} name
 * @property {string} kind
 * @property {number} branches
 * @property {number} headcount
 * @property {Progress} progress
 * @property {Figures} figures
 * @property {Record<string, Progress>} types
 *
 * @typedef {object} Duty
 * @property {string} type
 * @property {string} period
 * @property {number} at_least
 * @property {string} mark
 * @property {string} text
 * @property {string} article
 */

/** Kinds of units that owe meetings themselves: they are shown period by period. */
const OWING = ['branch', 'temporary_branch', 'party_group', 'network_branch'];

/** @param {string} kind */
export function owes(kind) {
  return OWING.indexOf(kind) >= 0;
}

/** @param {number} year @param {string} unit */
export function address(year, unit) {
  const query = new URLSearchParams({ year: String(year) });
  if (unit) {
    query.set('unit', unit);
  }
  return `/clock?${query}`;
}

/**
 * The name, the years to turn to, and the ways out of here.
 * @param {{year: number, today: string, name: string, unit: string, path: string, above: boolean}} about
 */
export function heading(about) {
  return el(
    'div',
    { class: 'headline' },
    el(
      'div',
      {},
      el('h1', { text: about.name || t('clock.all_units'), 'data-testid': 'unit' }),
      el('p', { class: 'facts', text: t('clock.as_of', { day: about.today }) }),
    ),
    el(
      'nav',
      { class: 'acts', 'aria-label': t('clock.years') },
      about.above
        ? el('a', { class: 'button plain', href: address(about.year, ''), text: t('clock.top') })
        : null,
      year(about.year - 1, about.unit, `‹ ${about.year - 1}`),
      el('b', { class: 'year', text: t('clock.year', { year: about.year }) }),
      year(about.year + 1, about.unit, `${about.year + 1} ›`),
      ...downloads(about.path),
    ),
  );
}

/** @param {number} to @param {string} unit @param {string} text */
function year(to, unit, text) {
  return el('a', { class: 'button plain', href: address(to, unit), text });
}

/** @param {Row} row */
export function numbers(row) {
  const { progress, figures } = row;
  return el(
    'div',
    { class: 'numbers', 'data-testid': 'numbers' },
    number(t('clock.completion'), percent(progress.completion_rate), progress.completion_rate === 1 ? 'good' : ''),
    number(t('clock.late'), progress.late, progress.late ? 'alarm' : ''),
    progress.now_required
      ? number(t('clock.now'), `${progress.now_enough}/${progress.now_required}`)
      : null,
    progress.now_required ? number(t('clock.now_planned'), progress.now_planned) : null,
    number(t('clock.waiting'), progress.waiting),
    number(t('report.rate'), percent(figures.attendance_rate)),
    number(t('state.leave'), figures.on_leave),
    number(t('clock.took_part'), figures.took_part),
    number(t('clock.headcount'), row.headcount),
  );
}

/** @param {Duty} duty */
export function dutyWords(duty) {
  const often = t(`clock.each.${duty.period}`, { count: duty.at_least });
  const mark = t(`clock.mark.${duty.mark}`);
  return duty.article
    ? t('clock.by_article', { often, mark, text: duty.text, article: duty.article })
    : t('clock.by_custom', { often, mark });
}

/**
 * The rules that were counted by: nobody need know them by heart.
 * @param {Duty[]} duties
 */
export function rules(duties) {
  const list = el('ul', { class: 'rules' });
  duties.forEach((duty) => {
    const kind = t(`meeting_type.${duty.type}`);
    list.append(el('li', {}, el('b', { text: kind }), ` ${dutyWords(duty)}`));
  });
  return el(
    'details',
    { class: 'card' },
    el('summary', { text: t('clock.rules') }),
    list,
    el('p', { class: 'facts', text: t('clock.how_counted') }),
  );
}

/**
 * @param {string[]} words
 * @param {number} figuresFrom the first column of figures
 * @param {HTMLElement[]} rows
 * @param {string} testid
 */
export function table(words, figuresFrom, rows, testid) {
  const head = el('tr', {});
  words.forEach((each, index) =>
    head.append(
      el('th', { scope: 'col', text: each, class: index >= figuresFrom ? 'figure' : null }),
    ),
  );
  return el(
    'div',
    { class: 'table-frame', tabindex: 0 },
    el(
      'table',
      { class: 'table', 'data-testid': testid },
      el('thead', {}, head),
      el('tbody', {}, ...rows),
    ),
  );
}
