/**
 * What the clock asks somebody to look at: a short list, the unseen first. Nothing is decided here.
 */
import { get, post } from '../api.js';
import { errorText, t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill } from './dom.js';

/**
 * @typedef {object} Alert
 * @property {string} key
 * @property {string} kind
 * @property {string} unit_name
 * @property {string | null} type
 * @property {string | null} person_name
 * @property {string} first
 * @property {string | null} last
 * @property {number} number
 * @property {string | null} seen_at
 */

const SHOWN = 3;

/** @param {string} unit empty for all units of who asks */
export async function alertsOf(unit) {
  const query = unit ? `?${new URLSearchParams({ unit })}` : '';
  const place = el('section', { class: 'alerts', 'data-testid': 'alerts' });
  show(place, (await get(`/api/clock/alerts${query}`)).alerts);
  return place;
}

/** @param {Element} place @param {Alert[]} alerts */
function show(place, alerts) {
  if (!alerts.length) {
    fill(place);
    return;
  }
  const unseen = alerts.filter((alert) => !alert.seen_at);
  const sorted = unseen.concat(alerts.filter((alert) => alert.seen_at));
  const list = el('ul', { class: 'alert-list' });
  sorted.slice(0, SHOWN).forEach((alert) => list.append(line(alert)));
  const rest = sorted.slice(SHOWN);
  const more = el('ul', { class: 'alert-list' });
  rest.forEach((alert) => more.append(line(alert)));
  fill(
    place,
    el('h2', { text: t('clock.alerts', { count: unseen.length }) }),
    list,
    rest.length
      ? el('details', {}, el('summary', { text: t('clock.more', { count: rest.length }) }), more)
      : null,
  );
}

/** @param {Alert} alert */
function line(alert) {
  const told = el('span', { class: 'told', role: 'status' });
  const seen = alert.seen_at
    ? el('span', { class: 'facts', text: t('clock.seen') })
    : button({ words: t('clock.see') }, async () => {
        try {
          await post('/api/clock/alerts/seen', { key: alert.key });
          seen.replaceWith(el('span', { class: 'facts', text: t('clock.seen') }));
        } catch (error) {
          told.textContent = errorText(/** @type {import('../api.js').ApiError} */ (error));
        }
      });
  return el(
    'li',
    { class: alert.kind, 'data-alert': alert.key },
    el('span', { text: words(alert) }),
    told,
    seen,
  );
}

/** @param {Alert} alert */
function words(alert) {
  return t(`clock.alert.${alert.kind}`, {
    unit: alert.unit_name,
    type: alert.type ? t(`meeting_type.${alert.type}`) : '',
    person: alert.person_name || '',
    first: alert.first,
    last: alert.last || '',
    number: alert.number,
  });
}
