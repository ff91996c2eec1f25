/**
 * One paper that somebody opens: over the page, leafed through by large buttons.
 */
import { get } from '../api.js';
import { errorText, t } from '../i18n.js';
import { aloudButton } from './aloud.js';
import { button, openDialog } from './dialog.js';
import { el, say, show } from './dom.js';
import { PageSheet } from './page-sheet.js';
import { downloadLink, paperAddress } from './papers.js';

/** @typedef {import('./papers.js').Paper} Paper */

/**
 * @param {string} occurrence
 * @param {Paper} paper
 * @param {() => void} back
 * @param {boolean} keeps whether this device can keep a file
 * @returns {{close: () => void}}
 */
export function viewPaper(occurrence, paper, back, keeps) {
  const sheet = new PageSheet(occurrence);
  const where = el('span', { class: 'paper-where', role: 'status', 'data-testid': 'paper-page' });
  const state = { page: 1, pages: 1 };
  /** @param {number} way */
  const turn = (way) => () => {
    state.page = Math.max(1, Math.min(state.pages, state.page + way));
    draw();
  };
  const previous = button({ words: t('papers.previous'), testid: 'paper-previous' }, turn(-1));
  const next = button({ words: t('papers.next'), testid: 'paper-next' }, turn(1));
  const leaves = [previous, where, next];
  const draw = () => {
    say(where, t('papers.page', state));
    leaves.forEach((each) => show(each, state.pages > 1));
    previous.toggleAttribute('disabled', state.page === 1);
    next.toggleAttribute('disabled', state.page === state.pages);
    sheet.show(paper, state.page);
  };
  const dialog = openDialog({
    title: paper.name,
    content: [sheet.element],
    answers: [
      {
        words: t('dialog.back'),
        drawing: 'back',
        testid: 'paper-close',
        act: () => {
          sheet.close();
          back();
        },
      },
    ],
    look: 'papers reading',
    testid: 'paper-view',
  });
  const row = /** @type {Element} */ (dialog.element.querySelector('.answers'));
  const last = row.lastElementChild;
  const tools = [...leaves, ...sheet.tools];
  if (paper.shown_as === 'text') {
    tools.push(aloudButton(() => sheet.element));
  }
  if (keeps) {
    tools.push(downloadLink(occurrence, paper));
  }
  tools.forEach((each) => row.insertBefore(each, last));
  sheet.onfit = () => {
    if (document.activeElement === last && !sheet.down.hidden) {
      sheet.down.focus();
    }
  };
  draw();
  if (paper.shown_as === 'pages') {
    get(`${paperAddress(occurrence, paper)}/pages`).then(
      (found) => {
        state.pages = found.pages;
        draw();
      },
      (error) => say(where, errorText(error)), // the page says it as well
    );
  }
  return {
    close: () => {
      sheet.close();
      dialog.close();
    },
  };
}
