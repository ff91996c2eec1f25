/**
 * Asking for the address of a calendar feed, and showing it to be copied.
 */
import { post } from '../api.js';
import { errorText, t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el, say } from './dom.js';

/** @typedef {{kind: 'person' | 'unit' | 'site', id: string, words: string}} FeedChoice */

/**
 * Ask whose meetings the calendar shall show.
 * @param {FeedChoice[]} choices
 */
export function chooseFeed(choices) {
  openDialog({
    title: t('organizer.calendar'),
    text: t('organizer.calendar_means'),
    testid: 'calendar-choice',
    answers: [
      ...choices.map((choice) => ({
        words: choice.words,
        look: 'plain',
        testid: `calendar-${choice.kind}`,
        act: () => issueFeed(choice),
      })),
      { words: t('dialog.back') },
    ],
  });
}

/**
 * Ask for an address and show it; it is told this once.
 * @param {{kind: string, id: string}} choice
 * @param {() => void} [issued]
 */
export function issueFeed(choice, issued) {
  post('/api/calendar-feeds', { kind: choice.kind, id: choice.id }).then(
    (feed) => {
      showAddress(feed.name, feed.url);
      if (issued) {
        issued();
      }
    },
    (error) => openDialog({ title: t('trouble.title'), text: errorText(error) }),
  );
}

/** @param {string} name @param {string} url */
function showAddress(name, url) {
  const address = el('input', {
    type: 'text',
    class: 'calendar-address',
    readonly: true,
    'aria-label': t('organizer.calendar_address'),
    'data-testid': 'calendar-address',
  });
  address.value = url;
  const told = el('p', { role: 'status' });
  const copy = el('button', {
    type: 'button',
    class: 'button go',
    text: t('organizer.calendar_copy'),
    'data-testid': 'calendar-copy',
    onclick: () => {
      address.select();
      // Without HTTPS a page has no clipboard: the address is selected, a hand does the rest.
      const written = navigator.clipboard
        ? navigator.clipboard.writeText(url)
        : Promise.reject(new Error('no clipboard'));
      written.then(
        () => say(told, t('organizer.calendar_copied')),
        () => say(told, t('organizer.calendar_by_hand')),
      );
    },
  });
  openDialog({
    title: name,
    text: t('organizer.calendar_keep'),
    content: [address, copy, told],
    testid: 'calendar-feed',
    answers: [{ words: t('dialog.understood') }],
  });
  address.select();
}
