/**
 * Attendance on paper: of one meeting (?occurrence=), or of everybody over a period (?from=&to=).
 */
import { get } from '../api.js';
import { whoAmI } from '../device.js';
import { clockTime, errorText, fullDay, isoDay, loadTexts, t } from '../i18n.js';
import { openCorrection } from '../ui/correction.js';
import { bar, downloads, meetingChip, minutes, number, percent, personChip } from '../ui/desk.js';
import { button } from '../ui/dialog.js';
import { byId, el, fill } from '../ui/dom.js';

/**
 * @typedef {object} Correction
 * @property {string} state
 * @property {number | null} minutes
 * @property {string} reason
 * @property {string} at
 *
 * @typedef {object} Row
 * @property {string} person
 * @property {string} name
 * @property {string} unit_name
 * @property {string | null} leave
 * @property {string} state
 * @property {number} minutes
 * @property {string | null} first
 * @property {string | null} last
 * @property {string | null} substitute_name
 * @property {Correction[]} corrections
 * @property {string} counted_state
 * @property {number} counted_minutes
 * @property {boolean} present_now
 *
 * @typedef {object} PeriodRow
 * @property {string} person
 * @property {string} name
 * @property {string} unit_name
 * @property {number} expected
 * @property {number} present
 * @property {number} late
 * @property {number} left_early
 * @property {number} on_leave
 * @property {number} absent
 * @property {number} minutes
 * @property {number | null} attendance_rate
 */

/** @param {string[]} words @param {number} figuresFrom the first column of figures @param {number} [figuresTo] */
function tableHead(words, figuresFrom, figuresTo) {
  return el(
    'thead',
    {},
    el(
      'tr',
      {},
      ...words.map((each, index) =>
        el('th', {
          scope: 'col',
          text: each,
          class: index >= figuresFrom && index <= (figuresTo || words.length) ? 'figure' : null,
        }),
      ),
    ),
  );
}

/** @param {HTMLElement} head @param {HTMLElement[]} rows @param {string} testid */
function table(head, rows, testid) {
  return el(
    'div',
    { class: 'table-frame', tabindex: 0 },
    el('table', { class: 'table', 'data-testid': testid }, head, el('tbody', {}, ...rows)),
  );
}

/** @param {Row} row */
function leftAt(row) {
  if (row.present_now) {
    return t('report.still_here');
  }
  return row.last ? clockTime(row.last) : '–';
}

/**
 * @param {Row} row
 * @param {boolean} live nobody is absent before the end
 * @param {(() => void) | null} correct
 */
function personRow(row, live, correct) {
  const remarks = [];
  if (row.leave) {
    remarks.push(t('report.leave', { reason: t(`leave_reason.${row.leave}`) }));
  }
  if (row.substitute_name) {
    remarks.push(t('report.substitute', { name: row.substitute_name }));
  }
  for (const each of row.corrections) {
    const before = t('report.by_facts', {
      state: t(`state.${row.state}`),
      minutes: minutes(row.minutes),
    });
    remarks.push(t('report.corrected', { reason: each.reason, time: clockTime(each.at), before }));
  }
  const remark = el('td', { class: 'remark' });
  remarks.forEach((text) => remark.append(el('p', { text })));
  if (correct) {
    remark.append(button({ words: t('correction.open'), testid: 'correct' }, correct));
  }
  return el(
    'tr',
    { 'data-person': row.person, 'data-state': row.counted_state },
    el('td', { text: row.name }),
    el('td', { text: row.unit_name }),
    el('td', {}, personChip(row.counted_state, live)),
    el('td', { class: 'figure', text: minutes(row.counted_minutes) }),
    el('td', { class: 'figure', text: row.first ? clockTime(row.first) : '–' }),
    el('td', { class: 'figure', text: leftAt(row) }),
    remark,
  );
}

/**
 * @param {string} occurrence
 * @param {boolean} mayCorrect
 * @param {() => void} again
 * @returns {Promise<Node[]>}
 */
async function meetingReport(occurrence, mayCorrect, again) {
  const path = `/api/occurrences/${encodeURIComponent(occurrence)}/attendance`;
  const report = await get(path);
  const { counts } = report;
  const live = report.meeting_state === 'open' || report.meeting_state === 'scheduled';
  const span = `${clockTime(report.scheduled_start)}–${clockTime(report.scheduled_end)}`;
  const held =
    report.opened_at && report.closed_at
      ? t('report.held', { from: clockTime(report.opened_at), to: clockTime(report.closed_at) })
      : '';
  const words = ['name', 'unit', 'state', 'minutes', 'first', 'last', 'remark'];
  return [
    el(
      'div',
      { class: 'headline' },
      el(
        'div',
        {},
        el('h1', { text: report.title }),
        el('p', {
          class: 'facts',
          text: `${report.unit_name}　${fullDay(report.scheduled_start)}　${span}　${held}`,
        }),
      ),
      meetingChip(report.meeting_state),
    ),
    acts(path),
    el(
      'div',
      { class: 'numbers', 'data-testid': 'numbers' },
      number(t('organizer.expected'), counts.expected),
      number(t('organizer.present'), counts.present, 'good'),
      number(t('state.late'), counts.late),
      number(t(live ? 'live.left_early' : 'state.left_early'), counts.left_early),
      number(t('organizer.on_leave'), counts.on_leave),
      number(t(live ? 'live.absent' : 'state.absent'), counts.absent, counts.absent ? 'alarm' : ''),
      number(t('report.rate'), percent(counts.attendance_rate)),
    ),
    counts.uncounted_rooms
      ? el('p', { class: 'facts', text: t('report.uncounted', { count: counts.uncounted_rooms }) })
      : el('p'),
    table(
      tableHead(words.map((each) => t(`report.${each}`)), 3, 5),
      report.rows.map((/** @type {Row} */ row) =>
        personRow(
          row,
          live,
          mayCorrect ? () => openCorrection(occurrence, row, again) : null,
        ),
      ),
      'report-rows',
    ),
  ];
}

/** @param {PeriodRow} row */
function periodRow(row) {
  const figures = [row.expected, row.present, row.late, row.left_early, row.on_leave, row.absent];
  return el(
    'tr',
    { 'data-person': row.person },
    el('td', { text: row.name }),
    el('td', { text: row.unit_name }),
    ...figures.map((each) => el('td', { class: 'figure', text: String(each) })),
    el('td', { class: 'figure', text: minutes(row.minutes) }),
    el('td', { class: 'figure', text: percent(row.attendance_rate) }),
  );
}

/** @param {URLSearchParams} query @returns {Promise<Node[]>} */
async function periodReport(query) {
  const now = new Date();
  const first = query.get('from') || `${isoDay(now).slice(0, 8)}01`;
  const last = query.get('to') || isoDay(now);
  const asked = new URLSearchParams({ from: first, to: last });
  const unit = query.get('unit');
  if (unit) {
    asked.set('unit', unit);
  }
  const path = `/api/attendance?${asked}`;
  const question = el(
    'form',
    { class: 'question', action: '/report', method: 'get' },
    el(
      'label',
      {},
      t('report.from'),
      el('input', { type: 'date', name: 'from', value: first, required: true }),
    ),
    el(
      'label',
      {},
      t('report.to'),
      el('input', { type: 'date', name: 'to', value: last, required: true }),
    ),
    unit ? el('input', { type: 'hidden', name: 'unit', value: unit }) : null,
    el('button', { class: 'button go', text: t('report.show') }),
    ...downloads(path),
  );
  const report = await get(path);
  const words = [
    t('report.name'),
    t('report.unit'),
    t('organizer.expected'),
    t('organizer.present'),
    t('state.late'),
    t('state.left_early'),
    t('state.leave'),
    t('state.absent'),
    t('report.minutes'),
    t('report.rate'),
  ];
  return [
    el('h1', { text: t('report.period_title') }),
    el('p', { class: 'facts', text: t('report.period', { count: report.occurrences }) }),
    question,
    report.rows.length
      ? table(tableHead(words, 2), report.rows.map(periodRow), 'period-rows')
      : el('p', { text: t('report.empty') }),
  ];
}

/** @param {string} path */
function acts(path) {
  const print = button({ words: t('report.print') }, () => window.print());
  return el('div', { class: 'acts' }, ...downloads(path), print);
}

async function main() {
  await loadTexts();
  document.title = `${t('desk.statistics')} · ${t('brand')}`;
  const me = await whoAmI('/sign-in');
  if (!me) {
    return;
  }
  const query = new URLSearchParams(location.search);
  const occurrence = query.get('occurrence');
  const sheet = el('main', { class: 'sheet', 'data-testid': 'sheet' });
  fill(byId('page'), bar('report', me, null), sheet);
  const mayCorrect = me.permissions.indexOf('attendance.correct') >= 0;
  const show = async () => {
    try {
      const made = occurrence
        ? await meetingReport(occurrence, mayCorrect, show)
        : await periodReport(query);
      fill(sheet, ...made);
    } catch (error) {
      const problem = /** @type {import('../api.js').ApiError} */ (error);
      fill(
        sheet,
        el('h1', { text: t('report.not_shown') }),
        el('p', { text: errorText(problem), 'data-testid': 'problem' }),
        el('a', { class: 'button plain', href: '/organizer', text: t('dialog.back') }),
      );
    }
  };
  await show();
}

main();
