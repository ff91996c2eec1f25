/**
 * The notice (会议通知) of a coming meeting on a phone, in large text, with its papers, which
 * open as they do in the meeting.
 */
import { get } from '../api.js';
import { errorText, t } from '../i18n.js';
import { button, openDialog } from './dialog.js';
import { el } from './dom.js';
import { viewPaper } from './paper-view.js';
import { downloadLink, isShownHere, paperList } from './papers.js';

/** @typedef {{heading: string, lines: string[]}} Part */
/** @typedef {import('./papers.js').Paper} Paper */

/** @param {string} occurrence @param {boolean} keeps whether this device can keep a file */
export async function openComingNotice(occurrence, keeps) {
  const path = `/api/occurrences/${encodeURIComponent(occurrence)}`;
  let notice;
  let papers;
  try {
    [notice, papers] = await Promise.all([get(`${path}/notice`), get(`${path}/attachments`)]);
  } catch (error) {
    openDialog({ title: t('trouble.title'), text: errorText(/** @type {any} */ (error)) });
    return;
  }
  const dialog = openDialog({
    title: notice.title,
    text: notice.opening,
    testid: 'coming-notice',
    content: [
      el(
        'div',
        { class: 'coming-notice', lang: 'zh-CN', tabindex: 0 },
        ...notice.parts.map((/** @type {Part} */ part) =>
          el(
            'div',
            {},
            el('h3', { text: part.heading }),
            ...part.lines.map((line) => el('p', { text: line })),
          ),
        ),
        papers.attachments.length
          ? paperList(papers.attachments, (paper) =>
              act(occurrence, paper, keeps, () => dialog.close()),
            )
          : null,
      ),
    ],
    answers: [{ words: t('dialog.understood'), look: 'go', testid: 'understood' }],
  });
}

/**
 * @param {string} occurrence
 * @param {Paper} paper
 * @param {boolean} keeps
 * @param {() => void} leave
 */
function act(occurrence, paper, keeps, leave) {
  if (!isShownHere(paper)) {
    return keeps
      ? downloadLink(occurrence, paper)
      : el('p', { class: 'elsewhere', text: t('papers.elsewhere') });
  }
  const open = button({ words: t('papers.open'), look: 'go', testid: 'paper-open' }, () => {
    leave();
    viewPaper(occurrence, paper, () => openComingNotice(occurrence, keeps), keeps);
  });
  open.setAttribute('aria-label', t('papers.open_named', { name: paper.name }));
  return open;
}
