/**
 * One paper over the meeting: a picture or a text, moved by two large buttons.
 */
import { ApiError } from '../api.js';
import { errorText, language, t } from '../i18n.js';
import { aloudButton } from './aloud.js';
import { button, openDialog } from './dialog.js';
import { el } from './dom.js';
import { kindOf, paperAddress } from './papers.js';

/** @typedef {import('./papers.js').Paper} Paper */

/** Of what is seen; the rest stays in sight, so that nobody loses the line. */
const STEP = 0.8;

/** @param {string} address */
async function textAt(address) {
  let answer;
  try {
    answer = await fetch(address, {
      headers: { 'Accept-Language': language() },
      credentials: 'same-origin',
    });
  } catch (error) {
    throw new ApiError(0, 'not_connected');
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new ApiError(answer.status, problem.code || 'internal', problem.detail);
  }
  return answer.text();
}

/**
 * @param {string} occurrence
 * @param {Paper} paper
 * @param {() => void} back
 * @returns {{close: () => void}}
 */
export function viewPaper(occurrence, paper, back) {
  const address = paperAddress(occurrence, paper);
  const told = el('p', { role: 'status', 'data-testid': 'paper-told', text: t('papers.loading') });
  const sheet = el('div', { class: 'paper-sheet', 'data-testid': 'paper-sheet' }, told);
  /** @param {number} way */
  const move = (way) => () => {
    sheet.scrollTop += way * STEP * sheet.clientHeight;
  };
  const up = button({ words: t('papers.up'), testid: 'paper-up' }, move(-1));
  const down = button({ words: t('papers.down'), testid: 'paper-down' }, move(1));
  const isText = kindOf(paper) === 'text';
  const dialog = openDialog({
    title: paper.name,
    content: [sheet],
    answers: [{ words: t('dialog.back'), drawing: 'back', testid: 'paper-close', act: back }],
    look: 'papers',
    testid: 'paper-view',
  });
  const row = /** @type {Element} */ (dialog.element.querySelector('.answers'));
  const last = row.lastElementChild;
  const ready = () => {
    told.remove();
    if (sheet.scrollHeight > sheet.clientHeight) {
      row.insertBefore(up, last);
      row.insertBefore(down, last);
      down.focus();
    }
    if (isText) {
      row.insertBefore(aloudButton(() => sheet), last);
    }
  };
  /** @param {ApiError} error */
  const failed = (error) => {
    told.textContent = errorText(error);
  };
  if (isText) {
    textAt(address).then((text) => {
      sheet.append(el('p', { class: 'paper-text', text }));
      ready();
    }, failed);
  } else {
    const picture = el('img', { src: address, alt: paper.name });
    picture.addEventListener('load', ready);
    picture.addEventListener('error', () => failed(new ApiError(0, 'not_connected')));
    sheet.append(picture);
  }
  return dialog;
}
