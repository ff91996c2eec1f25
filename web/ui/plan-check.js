/**
 * What was found before saving: when the meetings will be, what is in the way, what is free.
 */
import { clockTime, dayName, isoDay, t } from '../i18n.js';
import { el, fill } from './dom.js';

/** @typedef {{id: string, name: string}} Named */
/**
 * @typedef {object} Conflict
 * @property {string} start
 * @property {{unit_name: string, title: string | null, type: string, start: string, end: string}} other
 * @property {Named[]} persons
 * @property {Named[]} rooms
 * @property {Named[]} sites
 * @property {Named[]} devices
 * @property {'this' | 'other' | 'either'} stays
 */
/**
 * @typedef {object} Check
 * @property {{start: string, end: string, holiday: string | null, cancelled: boolean}[]} planned
 * @property {Conflict[]} conflicts
 * @property {string} digest
 * @property {Named[]} free_rooms
 * @property {string[]} free_times
 */

const MOST_NAMES = 6;
const MOST_SHOWN = 6;

/** A day with its weekday, and with its year where that is another one. @param {string} start */
function dayOf(start) {
  const year = isoDay(new Date(start)).slice(0, 4);
  const day = dayName(start);
  return year === isoDay(new Date()).slice(0, 4) ? day : t('plan.day_in_year', { year, day });
}

/** @param {string} start @param {string} [end] */
export function when(start, end) {
  return `${dayOf(start)} ${clockTime(start)}${end ? `–${clockTime(end)}` : ''}`;
}

/** @param {Named[]} named */
function names(named) {
  const first = named.slice(0, MOST_NAMES).map((each) => each.name);
  const more = named.length > MOST_NAMES ? t('plan.and_more', { number: named.length }) : '';
  return `${first.join(t('plan.comma'))}${more}`;
}

/** The result of a dry run on a page. */
export class CheckPanel {
  /**
   * @param {object} choose
   * @param {(start: string) => void} choose.time somebody takes another time
   * @param {((room: Named, instead: Named[]) => void) | null} choose.room somebody takes a room
   */
  constructor(choose) {
    this._choose = choose;
    /** @type {Check | null} */
    this.check = null;
    this._reason = el('input', {
      type: 'text',
      maxlength: 200,
      'data-testid': 'conflict-reason',
      'aria-label': t('plan.reason_over'),
    });
    this.element = el('section', {
      class: 'plan-check',
      'aria-live': 'polite',
      'data-testid': 'check',
    });
  }

  /** What saving sends along; nothing without a conflict or without a reason. */
  acknowledged() {
    const reason = this._reason.value.trim();
    const check = this.check;
    return check && check.digest && reason ? { digest: check.digest, reason } : undefined;
  }

  clear() {
    this.check = null;
    fill(this.element);
    this.element.removeAttribute('data-state');
  }

  /** @param {Check} check */
  show(check) {
    this.check = check;
    const conflicts = check.conflicts.length > 0;
    this.element.setAttribute('data-state', conflicts ? 'conflict' : 'free');
    fill(
      this.element,
      el('h3', { text: conflicts ? t('plan.conflicts') : t('plan.no_conflicts') }),
      conflicts ? conflictList(check) : null,
      conflicts ? this._instead(check) : null,
      el('p', { class: 'facts', text: t('plan.coming') }),
      this._planned(check),
    );
  }

  /** @param {Check} check */
  _planned(check) {
    return el(
      'ul',
      { class: 'plan-days', 'data-testid': 'planned' },
      ...check.planned.slice(0, MOST_SHOWN).map((each) => {
        const holiday = each.holiday || '';
        const word = each.cancelled ? 'plan.day_cancelled' : 'plan.day_moved';
        return el(
          'li',
          {},
          when(each.start, each.end),
          holiday ? el('span', { class: 'soft', text: t(word, { holiday }) }) : null,
        );
      }),
    );
  }

  /** @param {Check} check */
  _instead(check) {
    const rooms = check.conflicts.reduce(
      (found, each) => found.concat(each.rooms),
      /** @type {Named[]} */ ([]),
    );
    const choice = this._choose.room;
    const room = el(
      'select',
      { 'data-testid': 'free-rooms', 'aria-label': t('plan.free_rooms') },
      el('option', { value: '', text: t('plan.free_rooms') }),
      ...check.free_rooms.map((each) => el('option', { value: each.id, text: each.name })),
    );
    room.addEventListener('change', () => {
      const taken = check.free_rooms.find((each) => each.id === room.value);
      if (taken && choice) {
        choice(taken, rooms);
      }
    });
    return el(
      'div',
      {},
      check.free_times.length ? el('p', { text: t('plan.free_times') }) : null,
      el(
        'div',
        { class: 'acts', 'data-testid': 'free-times' },
        ...check.free_times.map((start) =>
          el('button', {
            type: 'button',
            class: 'button plain',
            text: when(start),
            onclick: () => this._choose.time(start),
          }),
        ),
      ),
      rooms.length && choice && check.free_rooms.length ? el('label', { class: 'field' }, room) : null,
      el('label', { class: 'field' }, t('plan.reason_over'), this._reason),
    );
  }
}

/** What is in the way, in words. @param {{conflicts: Conflict[]}} check */
export function conflictList(check) {
  const list = el('ul', { class: 'plan-conflicts', 'data-testid': 'conflicts' });
  for (const each of check.conflicts.slice(0, MOST_SHOWN)) {
    const title = each.other.title || t('plan.another_meeting');
    const needed = [...each.persons, ...each.rooms, ...each.sites, ...each.devices];
    list.append(
      el(
        'li',
        {},
        el('strong', { text: when(each.start) }),
        el('span', {
          text: t('plan.conflict_with', {
            unit: each.other.unit_name,
            title,
            span: `${clockTime(each.other.start)}–${clockTime(each.other.end)}`,
          }),
        }),
        el('span', { text: t('plan.both_need', { names: names(needed) }) }),
        el('span', { class: 'soft', text: t(`plan.stays_${each.stays}`) }),
      ),
    );
  }
  if (check.conflicts.length > MOST_SHOWN) {
    list.append(el('li', { text: t('plan.and_more', { number: check.conflicts.length }) }));
  }
  return list;
}
