/**
 * The notice (会议通知) of a coming meeting on a phone, in large text, with its papers: pictures are
 * shown, other documents are opened with what the device has for them.
 */
import { get } from '../api.js';
import { errorText, t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el } from './dom.js';

/** @typedef {{heading: string, lines: string[]}} Part */
/** @typedef {{id: string, name: string, media_type: string}} Paper */

/** @param {string} occurrence */
export async function openComingNotice(occurrence) {
  const path = `/api/occurrences/${encodeURIComponent(occurrence)}`;
  let notice;
  let papers;
  try {
    [notice, papers] = await Promise.all([get(`${path}/notice`), get(`${path}/attachments`)]);
  } catch (error) {
    openDialog({ title: t('trouble.title'), text: errorText(/** @type {any} */ (error)) });
    return;
  }
  openDialog({
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
        ...papers.attachments.map((/** @type {Paper} */ paper) =>
          shown(paper, `${path}/attachments/${encodeURIComponent(paper.id)}`),
        ),
      ),
    ],
    answers: [{ words: t('dialog.understood'), look: 'go', testid: 'understood' }],
  });
}

/** @param {Paper} paper @param {string} address */
function shown(paper, address) {
  return paper.media_type.indexOf('image/') === 0
    ? el('img', { src: address, alt: paper.name })
    : el('a', { class: 'button plain', href: address, text: paper.name, download: true });
}
