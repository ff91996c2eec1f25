/**
 * What a change of this and all following will do to the meetings that are laid out.
 */
import { t } from '../i18n.js';
import { el } from './dom.js';
import { when } from './plan-check.js';

/** @typedef {{id: string, start: string, end: string}} Meeting */
/**
 * @typedef {object} Effect
 * @property {Meeting[]} follow
 * @property {Meeting[]} kept
 * @property {Meeting[]} cancelled
 * @property {Meeting[]} left_over
 * @property {boolean} loses_own_time
 */

const MOST_DAYS = 6;

/** @param {Meeting[]} meetings */
function days(meetings) {
  const first = meetings.slice(0, MOST_DAYS).map((each) => when(each.start));
  const more = meetings.length > MOST_DAYS ? t('plan.and_more', { number: meetings.length }) : '';
  return `${first.join(t('plan.comma'))}${more}`;
}

/** @param {Effect} effect @returns {Node[]} */
export function effectWords(effect) {
  /** @type {[string, Meeting[]][]} */
  const lines = [
    ['plan.effect_follow', effect.follow],
    ['plan.effect_kept', effect.kept],
    ['plan.effect_cancelled', effect.cancelled],
    ['plan.effect_left_over', effect.left_over],
  ];
  const told = lines
    .filter(([, meetings]) => meetings.length)
    .map(([words, meetings]) => t(words, { number: meetings.length, days: days(meetings) }));
  if (effect.loses_own_time) {
    told.push(t('plan.effect_own_time'));
  }
  told.push(t('plan.effect_before'));
  return [
    el('h3', { text: t('plan.effect') }),
    el('ul', { class: 'plan-effect' }, ...told.map((words) => el('li', { text: words }))),
  ];
}
