/**
 * The start page: in a demonstration the ways in, elsewhere straight to where one belongs.
 */
import { get } from '../api.js';
import { clockTime, loadTexts, t } from '../i18n.js';
import { byId, el, fill } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

/**
 * @typedef {object} Link
 * @property {'video_phone' | 'meeting_room' | 'organizer' | 'mobile'} part
 * @property {string} label
 * @property {string} path
 * @property {string | null} qr
 * @property {string | null} pin
 */

const DRAWINGS = { video_phone: 'answer', meeting_room: 'room', organizer: 'table', mobile: 'phone' };

/** @param {Link} link */
function way(link) {
  return el(
    'section',
    { class: 'way', 'data-part': link.part },
    el('h2', {}, icon(DRAWINGS[link.part]), t(`part.${link.part}`)),
    el('p', { text: link.label }),
    link.pin ? el('p', { class: 'elsewhere', text: t('start.pin', { pin: link.pin }) }) : null,
    link.qr ? el('img', { src: link.qr, alt: t('start.scan'), width: 180, height: 180 }) : null,
    el('a', {
      class: 'button go',
      href: link.path,
      text: t('start.open'),
      'data-testid': `open-${link.part}`,
    }),
  );
}

/** @param {{title: string, starts_at: string, participants: number, links: Link[]}} demo */
function demonstration(demo) {
  const on = t('start.on', {
    title: demo.title,
    time: clockTime(demo.starts_at),
    count: demo.participants,
  });
  return el(
    'main',
    { class: 'door start', 'data-testid': 'demo' },
    el('h1', { text: t('start.title') }),
    el('p', { text: on }),
    el('div', { class: 'ways' }, ...demo.links.map(way)),
    el('p', { class: 'elsewhere', text: t('start.once') }),
  );
}

function ways() {
  return el(
    'main',
    { class: 'door start' },
    el('h1', { text: t('start.title') }),
    el(
      'div',
      { class: 'ways' },
      el(
        'section',
        { class: 'way' },
        el('h2', {}, icon('phone'), t('enrol.title')),
        el('p', { text: t('start.device') }),
        el('a', { class: 'button go', href: '/enrol', text: t('start.enrol') }),
      ),
      el(
        'section',
        { class: 'way' },
        el('h2', {}, icon('person'), t('enter.title')),
        el('p', { text: t('start.person') }),
        el('a', { class: 'button go', href: '/sign-in', text: t('enter.button') }),
      ),
    ),
  );
}

async function main() {
  await loadTexts();
  const page = byId('page');
  const demo = await get('/api/demo').catch(() => null);
  if (demo) {
    fill(page, demonstration(demo));
    return;
  }
  const me = await get('/api/me').catch(() => null);
  if (me) {
    location.replace(me.page);
    return;
  }
  fill(page, ways());
}

main();
