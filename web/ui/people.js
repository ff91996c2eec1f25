/**
 * Who is in a meeting and who is not, in numbers and by name.
 */
import { t } from '../i18n.js';
import { minutes, number, personChip } from './desk.js';
import { el } from './dom.js';

/** @typedef {import('../wire.js').AttendanceView} AttendanceView */
/** @typedef {import('../wire.js').AttendanceRow} AttendanceRow */

/** A person stands in the first group that fits. @type {[string, (row: AttendanceRow) => boolean][]} */
const GROUPS = [
  ['here', (row) => row.present_now],
  ['gone', (row) => row.joined_at !== null],
  ['missing', (row) => row.state === 'absent' || row.state === 'non_voting'],
  ['excused', (row) => row.state === 'leave' || row.state === 'exempt'],
  ['marked', () => true],
];

/**
 * @param {AttendanceView} view
 * @param {boolean} over the meeting has ended, or was cancelled
 * @returns {Node[]}
 */
export function people(view, over) {
  const lists = el('div', { class: 'roster' });
  let rest = view.rows;
  for (const [name, belongs] of GROUPS) {
    const members = rest.filter(belongs);
    rest = rest.filter((row) => !belongs(row));
    if (members.length || (name === 'here' && !over)) {
      lists.append(group(name, members, over));
    }
  }
  return [numbers(view), lists];
}

/** @param {AttendanceView} view */
function numbers({ counts }) {
  const waiting = Math.max(0, counts.expected - counts.present - counts.on_leave);
  return el(
    'div',
    { class: 'numbers', 'data-testid': 'numbers' },
    number(t('organizer.expected'), counts.expected),
    number(t('organizer.present'), counts.present, 'good'),
    number(t('organizer.on_leave'), counts.on_leave),
    number(t('organizer.not_there'), waiting, waiting ? 'alarm' : ''),
    number(t('organizer.uncounted_rooms'), counts.uncounted_rooms),
  );
}

/**
 * @param {string} name
 * @param {AttendanceRow[]} rows
 * @param {boolean} over
 */
function group(name, rows, over) {
  const past = over && (name === 'here' || name === 'gone' || name === 'missing');
  const count = rows.length;
  const words = past ? t(`organizer.${name}_over`, { count }) : t(`organizer.${name}`, { count });
  const list = el('ul', { 'data-testid': `people-${name}` }, ...rows.map((row) => entry(row, over)));
  if (!rows.length) {
    list.append(el('li', { class: 'none', text: t('organizer.nobody_yet') }));
  }
  return el('section', {}, el('h2', { text: words }), list);
}

/** Nobody is absent or gone too early before the end. @param {AttendanceRow} row @param {boolean} over */
function entry(row, over) {
  const stayed = row.joined_at ? t('organizer.minutes', { minutes: minutes(row.minutes) }) : '';
  const open = !over && (row.state === 'absent' || row.state === 'left_early');
  return el(
    'li',
    { 'data-person': row.person, 'data-state': row.state },
    el('span', { text: row.name }),
    open ? el('span', { text: stayed }) : personChip(row.state),
    el('span', { class: 'place', text: row.unit }),
    open ? el('span') : el('span', { class: 'place', text: stayed }),
  );
}
