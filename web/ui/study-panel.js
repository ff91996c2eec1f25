/**
 * Study hours of a year and what is to be made up: of a branch's members, or of oneself.
 */
import { get, post } from '../api.js';
import { errorText, t } from '../i18n.js';
import { table } from './clock-parts.js';
import { downloads, number } from './desk.js';
import { button } from './dialog.js';
import { el, fill } from './dom.js';

/**
 * @typedef {object} StudyRow
 * @property {string} person
 * @property {string} name
 * @property {boolean} leader
 * @property {number} lectures
 * @property {number} makeup_minutes
 * @property {number} hours
 * @property {number | null} required
 * @property {number | null} missing
 *
 * @typedef {object} Makeup
 * @property {string} occurrence
 * @property {string} title
 * @property {string} day
 * @property {string} person
 * @property {string} name
 * @property {string} due
 * @property {string} state
 * @property {boolean} late
 */

/**
 * @param {number} year
 * @param {string} unit empty for oneself
 * @param {import('../device.js').Me} me
 */
export async function studyOf(year, unit, me) {
  const query = new URLSearchParams({ year: String(year) });
  if (unit) {
    query.set('unit', unit);
  }
  const path = `/api/study-hours?${query}`;
  const report = await get(path);
  const { makeups } = await get(`/api/makeups?${query}`);
  const conversion = report.conversions[report.conversions.length - 1];
  return el(
    'section',
    { class: 'study', 'data-testid': 'study' },
    el('h2', { text: t(unit ? 'study.title' : 'study.mine') }),
    el('p', {
      class: 'facts',
      text: t('study.sum', {
        lectures: report.lectures,
        attendances: report.attendances,
        headcount: report.headcount,
        minutes: conversion ? conversion.minutes : '–',
      }),
    }),
    el('div', { class: 'acts' }, ...downloads(path)),
    unit ? hours(report.rows) : own(report.rows),
    el('h2', { text: t('study.makeups') }),
    makeups.length ? list(makeups, me) : el('p', { text: t('study.no_makeups') }),
  );
}

/** One's own figures, large. @param {StudyRow[]} rows */
function own(rows) {
  const figures = el('div', { class: 'numbers' });
  rows.forEach((row) =>
    figures.append(
      number(t('study.col.hours'), row.hours, 'good'),
      number(t('study.col.required'), row.required === null ? '–' : row.required),
      number(t('study.col.missing'), row.missing === null ? '–' : row.missing),
      number(t('study.col.lectures'), row.lectures),
      number(t('study.col.makeup_minutes'), row.makeup_minutes),
    ),
  );
  return figures;
}

/** @param {StudyRow[]} rows */
function hours(rows) {
  if (!rows.length) {
    return el('p', { text: t('study.nobody') });
  }
  const words = ['name', 'lectures', 'makeup_minutes', 'hours', 'required', 'missing'];
  return table(
    words.map((each) => t(`study.col.${each}`)),
    1,
    rows.map((row) => {
      const name = row.leader ? t('study.leader', { name: row.name }) : row.name;
      const figures = [row.lectures, row.makeup_minutes, row.hours, row.required, row.missing];
      return el(
        'tr',
        { 'data-person': row.person },
        el('td', { text: name }),
        ...figures.map((each) =>
          el('td', { class: 'figure', text: each === null ? '–' : String(each) }),
        ),
      );
    }),
    'study-rows',
  );
}

/** @param {Makeup[]} makeups @param {import('../device.js').Me} me */
function list(makeups, me) {
  const cards = el('ul', { class: 'alert-list', 'data-testid': 'makeups' });
  makeups.forEach((makeup) => {
    const card = el('li', { class: makeup.state, 'data-state': makeup.state });
    show(card, makeup, me);
    cards.append(card);
  });
  return cards;
}

/** @param {Element} card @param {Makeup} makeup @param {import('../device.js').Me} me */
function show(card, makeup, me) {
  const told = el('span', { class: 'told', role: 'status' });
  /** @param {string} path @param {object} body */
  const say = async (path, body) => {
    try {
      const changed = await post(`/api/occurrences/${makeup.occurrence}/${path}`, body);
      card.setAttribute('data-state', changed.state);
      card.className = changed.state;
      show(card, changed, me);
    } catch (error) {
      told.textContent = errorText(/** @type {import('../api.js').ApiError} */ (error));
    }
  };
  const { day, name, title, due, person } = makeup;
  const late = makeup.late ? t('study.late') : '';
  const state = t(`study.state.${makeup.state}`);
  fill(
    card,
    el('span', { text: t('study.makeup', { day, name, title, due }) }),
    el('b', { text: `${state} ${late}` }),
    told,
    ...acts(makeup, me, say, person),
  );
}

/**
 * @param {Makeup} makeup
 * @param {import('../device.js').Me} me
 * @param {(path: string, body: object) => void} say
 * @param {string} person
 */
function acts(makeup, me, say, person) {
  if (makeup.state === 'owed' || makeup.state === 'overdue') {
    return ['replay', 'reading'].map((way) =>
      button({ words: t(`study.by.${way}`) }, () => say('makeup', { person, way })),
    );
  }
  const mine = !!me.person && me.person.id === person;
  if (makeup.state !== 'done' || mine || me.permissions.indexOf('leave.approve') < 0) {
    return [];
  }
  return [
    button({ words: t('study.confirm'), look: 'go' }, () =>
      say('makeup-decision', { person, confirm: true }),
    ),
    button({ words: t('study.decline') }, () =>
      say('makeup-decision', { person, confirm: false, reason: t('study.declined_reason') }),
    ),
  ];
}
