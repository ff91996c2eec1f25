/**
 * The clock of one branch: each type with its periods, and the meetings of the year.
 */
import { fullDay, clockTime, t } from '../i18n.js';
import { dutyWords, heading, numbers, rules, table } from './clock-parts.js';
import { el } from './dom.js';

/** @typedef {import('./clock-parts.js').Row} Row */
/** @typedef {import('./clock-parts.js').Duty} Duty */

/**
 * @typedef {object} Period
 * @property {string} first
 * @property {string} last
 * @property {number} at_least
 * @property {number} held
 * @property {number} waiting
 * @property {number} planned
 * @property {string} standing
 *
 * @typedef {object} Meeting
 * @property {string} occurrence
 * @property {string} type
 * @property {string} title
 * @property {string} start
 * @property {string} state
 * @property {string | null} record_state
 * @property {boolean | null} quorum_met
 * @property {boolean} counts
 *
 * @typedef {object} BranchClock
 * @property {number} year
 * @property {string} today
 * @property {string | null} founded
 * @property {string | null} dissolved
 * @property {{full_members: number, text: string, article: string} | null} no_committee
 * @property {Row} row
 * @property {Duty[]} duties
 * @property {Record<string, Period[]>} periods
 * @property {Meeting[]} meetings
 */

/** @param {BranchClock} clock @param {boolean} above whether it was opened from a unit above */
export function branchOf(clock, above) {
  const path = `/api/units/${encodeURIComponent(clock.row.unit)}/clock?year=${clock.year}`;
  return [
    heading({
      year: clock.year,
      today: clock.today,
      name: clock.row.name,
      unit: clock.row.unit,
      path,
      above,
    }),
    life(clock),
    numbers(clock.row),
    ...clock.duties.map((duty) => strip(clock, duty)),
    el('h2', { text: t('clock.meetings') }),
    clock.meetings.length ? meetings(clock.meetings) : el('p', { text: t('clock.no_meetings') }),
    rules(clock.duties),
  ];
}

/** @param {BranchClock} clock */
function life(clock) {
  const words = [];
  if (clock.founded) {
    words.push(t('clock.founded', { day: clock.founded }));
  }
  if (clock.dissolved) {
    words.push(t('clock.dissolved', { day: clock.dissolved }));
  }
  return el('p', { class: 'facts', text: words.join('　') });
}

/** @param {BranchClock} clock @param {Duty} duty */
function strip(clock, duty) {
  const periods = clock.periods[duty.type] || [];
  const small = duty.type === 'branch_committee_meeting' ? clock.no_committee : null;
  const list = el('ol', { class: `strip ${duty.period}`, 'data-testid': `strip-${duty.type}` });
  periods.forEach((period) => list.append(cell(duty, period)));
  return el(
    'section',
    { class: 'duty' },
    el('h2', { text: t(`meeting_type.${duty.type}`) }),
    el('p', { class: 'facts', text: dutyWords(duty) }),
    small ? el('p', { text: noCommittee(small), 'data-testid': 'no-committee' }) : null,
    periods.length ? list : el('p', { text: t('clock.nothing_due') }),
  );
}

/** @param {{full_members: number, text: string, article: string}} rule */
function noCommittee({ full_members: members, text, article }) {
  return t('clock.no_committee', { members, text, article });
}

/** @param {Duty} duty @param {Period} period */
function cell(duty, period) {
  const words = t(`clock.standing.${period.standing}`);
  return el(
    'li',
    {
      class: `period ${period.standing}`,
      title: t('clock.period', {
        first: period.first,
        last: period.last,
        held: period.held,
        at_least: period.at_least,
      }),
      'data-standing': period.standing,
    },
    el('b', { text: periodName(duty.period, period) }),
    el('span', { text: words }),
  );
}

/** @param {string} kind @param {Period} period */
function periodName(kind, period) {
  const month = Number(period.last.slice(5, 7));
  if (kind === 'week') {
    return `${period.first.slice(5, 7)}/${period.first.slice(8)}`;
  }
  if (kind === 'month') {
    return t('clock.month', { month });
  }
  return kind === 'quarter'
    ? t('clock.quarter', { quarter: Math.ceil(month / 3) })
    : period.last.slice(0, 4);
}

/** @param {Meeting[]} all */
function meetings(all) {
  const words = ['when', 'type', 'title', 'state', 'counts'].map((each) => t(`clock.col.${each}`));
  const rows = all.map((meeting) =>
    el(
      'tr',
      { 'data-occurrence': meeting.occurrence },
      el('td', { text: `${fullDay(meeting.start)} ${clockTime(meeting.start)}` }),
      el('td', { text: t(`meeting_type.${meeting.type}`) }),
      el(
        'td',
        {},
        el('a', {
          href: `/report?occurrence=${encodeURIComponent(meeting.occurrence)}`,
          text: meeting.title,
        }),
      ),
      el('td', { text: t(`meeting_state.${meeting.state}`) }),
      el('td', { text: countsWords(meeting) }),
    ),
  );
  return table(words, words.length, rows, 'meetings');
}

/** Why a meeting counts or does not. @param {Meeting} meeting */
function countsWords(meeting) {
  if (meeting.counts) {
    return t('clock.counts');
  }
  if (meeting.quorum_met === false) {
    return t('clock.no_quorum');
  }
  return meeting.state === 'settled' || meeting.state === 'closed'
    ? t('clock.not_archived')
    : t('clock.not_yet');
}
