/**
 * What the organizer's pages have in common: the bar, chips of states, numbers, downloads.
 */
import { get, post } from '../api.js';
import { chooseLanguage, language, LANGUAGES, t } from '../i18n.js';
import { el } from './dom.js';

/** @typedef {import('../device.js').Me} Me */

/** The pages of the bar in their order, each for those who have one of its permissions. */
const PAGES = [
  { page: 'organizer', words: 'desk.today', needs: [] },
  { page: 'plan', words: 'plan.title_page', needs: ['meetings.schedule'] },
  { page: 'leave', words: 'leave.title', needs: ['leave.approve'] },
  { page: 'record', words: 'record.title', needs: ['records.read'] },
  { page: 'report', words: 'desk.statistics', needs: [] },
  { page: 'clock', words: 'clock.title', needs: ['leave.approve'] },
  { page: 'calendar', words: 'days.title', needs: [] },
  { page: 'debug', words: 'debug.title', needs: ['rooms.inspect'] },
];

/**
 * @param {string} here the page this is
 * @param {Me} me
 * @param {HTMLElement | null} extra stands before the name
 */
export function bar(here, me, extra) {
  const may = (/** @type {string} */ needed) => me.permissions.indexOf(needed) >= 0;
  const links = PAGES.filter((each) => !each.needs.length || each.needs.some(may));
  const other = LANGUAGES.find((each) => each !== language()) || language();
  const pages = el(
    'nav',
    { 'aria-label': t('desk.pages') },
    ...links.map((each) =>
      el(
        'a',
        { href: `/${each.page}`, 'aria-current': each.page === here ? 'page' : null },
        t(each.words),
        each.page === 'record' ? waitingRecords() : null,
      ),
    ),
  );
  // On a narrow screen the pages are one row that scrolls: show the one this is.
  requestAnimationFrame(() => {
    const current = /** @type {HTMLElement | null} */ (pages.querySelector('[aria-current]'));
    if (current) {
      pages.scrollLeft = current.offsetLeft - (pages.clientWidth - current.offsetWidth) / 2;
    }
  });
  return el(
    'header',
    { class: 'bar' },
    el('span', { class: 'brand', text: t('brand') }),
    pages,
    el(
      'div',
      { class: 'own' },
      el('span', { class: 'who', text: me.person ? me.person.name : '' }),
      extra,
      el('a', {
        href: `?lang=${other}`,
        text: t('language.other'),
        'data-testid': 'language',
        onclick: (/** @type {Event} */ event) => {
          event.preventDefault();
          chooseLanguage(other);
        },
      }),
      el('a', {
        href: '/sign-in',
        text: t('desk.sign_out'),
        'data-testid': 'sign-out',
        onclick: signOut,
      }),
    ),
  );
}

/** How many records wait for me; nothing where none does. */
function waitingRecords() {
  const count = el('span', {
    class: 'waiting',
    role: 'img',
    'data-testid': 'records-waiting',
    hidden: true,
  });
  get('/api/records/waiting').then(
    ({ mine, review }) => {
      count.textContent = String(mine + review);
      count.setAttribute('aria-label', t('record.waiting', { count: mine + review }));
      count.setAttribute('title', t('record.waiting', { count: mine + review }));
      count.hidden = mine + review === 0;
    },
    () => undefined, // the page itself says when the server cannot be reached
  );
  return count;
}

/** @param {Event} event */
function signOut(event) {
  event.preventDefault();
  post('/api/sign-out')
    .catch(() => undefined)
    .then(() => location.assign('/sign-in'));
}

/**
 * A state in its words and its colour.
 * @param {string} state
 * @param {string} words
 */
function chip(state, words) {
  return el('span', { class: `chip ${state}`, text: words });
}

/** Where a meeting stands. @param {string} state */
export function meetingChip(state) {
  return chip(state, t(`meeting_state.${state}`));
}

/**
 * How a person's attendance counts; nobody is absent before the end.
 * @param {string} state
 * @param {boolean} [live]
 */
export function personChip(state, live) {
  return chip(state, live ? t(`live.${state}`) : t(`state.${state}`));
}

/**
 * A figure with its words.
 * @param {string} words
 * @param {number | string} value
 * @param {string} [look]
 */
export function number(words, value, look) {
  return el(
    'div',
    { class: `number ${look || ''}` },
    el('b', { text: String(value) }),
    el('span', { text: words }),
  );
}

/**
 * A rate of 0 to 1 as people write it; nobody expected is no rate, not zero.
 * @param {number | null} rate
 */
export function percent(rate) {
  return rate === null ? t('desk.no_rate') : `${Math.round(rate * 1000) / 10}%`;
}

/** @param {number} value */
export function minutes(value) {
  return String(Math.round(value * 10) / 10);
}

/** Links that take a report away. @param {string} path with the query of the JSON report */
export function downloads(path) {
  const [address, query] = path.split('?');
  /** @param {string} ending */
  const link = (ending) =>
    el('a', {
      class: 'button plain',
      href: `${address}.${ending}${query ? `?${query}` : ''}`,
      text: t(`desk.${ending}`),
      'data-testid': ending,
      download: true,
    });
  return [link('csv'), link('xlsx')];
}
