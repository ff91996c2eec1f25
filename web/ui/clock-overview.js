/**
 * The clock of several units: the city with its townships, a township with its branches.
 */
import { t } from '../i18n.js';
import { barChart } from './charts.js';
import { address, heading, numbers, rules, table } from './clock-parts.js';
import { percent } from './desk.js';
import { el } from './dom.js';

/** @typedef {import('./clock-parts.js').Row} Row */
/** @typedef {import('./clock-parts.js').Duty} Duty */
/** @typedef {import('./clock-parts.js').Progress} Progress */

/**
 * @typedef {object} Overview
 * @property {number} year
 * @property {string} today
 * @property {string} unit
 * @property {string} name
 * @property {string} kind
 * @property {Duty[]} duties
 * @property {Row} whole
 * @property {Row[]} rows
 */

/** @param {Overview} overview @param {boolean} above whether it was opened from a unit above */
export function overviewOf(overview, above) {
  const { year, unit, rows } = overview;
  const worst = rows.slice().sort((one, other) => share(other) - share(one));
  const query = new URLSearchParams({ year: String(year) });
  if (unit) {
    query.set('unit', unit);
  }
  return [
    heading({
      year,
      today: overview.today,
      name: overview.name,
      unit,
      path: `/api/clock?${query}`,
      above,
    }),
    numbers(overview.whole),
    el('h2', { text: t('clock.chart_title') }),
    el(
      'p',
      { class: 'legend' },
      el('span', { class: 'sign enough', text: t('clock.enough') }),
      el('span', { class: 'sign late', text: t('clock.late') }),
    ),
    barChart(
      worst.map((row) => barOf(row, year)),
      1,
      'chart',
    ),
    el('h2', { text: t('clock.table_title') }),
    unitTable(overview),
    rules(overview.duties),
  ];
}

/** The share that was missed; units that owe nothing come last. @param {Row} row */
function share(row) {
  return row.progress.required ? row.progress.late / row.progress.required : -1;
}

/** @param {Row} row @param {number} year */
function barOf(row, year) {
  const { required, enough, late } = row.progress;
  return {
    name: row.name,
    href: address(year, row.unit),
    parts: required
      ? [
          { value: enough / required, look: 'enough' },
          { value: late / required, look: 'late' },
        ]
      : [],
    words: required ? t('clock.bar', { enough, required, late }) : t('clock.nothing_due'),
  };
}

/** @param {Overview} overview */
function unitTable(overview) {
  const kinds = overview.duties.map((duty) => duty.type);
  const words = [
    t('report.unit'),
    t('clock.completion'),
    t('clock.late'),
    ...kinds.map((kind) => t(`meeting_type.${kind}`)),
    t('clock.now'),
    t('clock.now_planned'),
    t('clock.waiting'),
    t('report.rate'),
    t('state.leave'),
    t('clock.took_part'),
    t('clock.headcount'),
  ];
  const rows = overview.rows.map((row) => unitRow(row, kinds, overview.year));
  rows.push(unitRow(overview.whole, kinds, 0));
  return table(words, 1, rows, 'units');
}

/** @param {Row} row @param {string[]} kinds @param {number} year 0 for the sum, which leads nowhere */
function unitRow(row, kinds, year) {
  const { progress, figures } = row;
  const name = year
    ? el('a', { href: address(year, row.unit), text: row.name })
    : el('b', { text: t('clock.sum') });
  return el(
    'tr',
    { 'data-unit': row.unit, class: year ? null : 'sum' },
    el('th', { scope: 'row' }, name),
    figure(percent(progress.completion_rate)),
    figure(progress.late, progress.late ? 'alarm' : ''),
    ...kinds.map((kind) => typeCell(row.types[kind])),
    figure(`${progress.now_enough}/${progress.now_required}`),
    figure(progress.now_planned),
    figure(progress.waiting),
    figure(percent(figures.attendance_rate)),
    figure(figures.on_leave),
    figure(figures.took_part),
    figure(row.headcount),
  );
}

/** @param {Progress | undefined} progress */
function typeCell(progress) {
  if (!progress || !progress.required) {
    return figure('–');
  }
  return figure(`${progress.enough}/${progress.required}`, progress.late ? 'alarm' : '');
}

/** @param {string | number} value @param {string} [look] */
function figure(value, look) {
  return el('td', { class: `figure ${look || ''}`, text: String(value) });
}
