/**
 * The agenda and the papers of a meeting as people see them, in the meeting and at the desk.
 */
import { get } from '../api.js';
import { t } from '../i18n.js';
import { el } from './dom.js';

/**
 * @typedef {{id: string, title: string, speaker: string | null, minutes: number | null}} AgendaItem
 * @typedef {object} Paper
 * @property {string} id
 * @property {string} name
 * @property {string} media_type
 * @property {number} size_bytes
 * @property {'pages' | 'text' | 'file'} shown_as
 * @typedef {{items: AgendaItem[], papers: Paper[]}} Shown
 * @typedef {'pdf' | 'picture' | 'text' | 'word' | 'sheet' | 'slides' | 'file'} Kind
 */

/** @type {[RegExp, Kind][]} */
const KINDS = [
  [/^application\/pdf/, 'pdf'],
  [/^image\/(png|jpeg)/, 'picture'],
  [/^text\/plain/, 'text'],
  [/wordprocessingml/, 'word'],
  [/spreadsheetml/, 'sheet'],
  [/presentationml/, 'slides'],
];

/** @param {Paper} paper @returns {Kind} */
export function kindOf(paper) {
  const known = KINDS.find(([pattern]) => pattern.test(paper.media_type));
  return known ? known[1] : 'file';
}

/** Whether a page can show it by itself; the others are files for another program. @param {Paper} paper */
export function isShownHere(paper) {
  return paper.shown_as !== 'file';
}

/** @param {number} bytes */
export function sizeWords(bytes) {
  return bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${Math.round(bytes / 104857.6) / 10} MB`;
}

/** @param {string} occurrence */
const address = (occurrence) => `/api/occurrences/${encodeURIComponent(occurrence)}`;

/** Where a paper is. @param {string} occurrence @param {{id: string}} paper */
export function paperAddress(occurrence, paper) {
  return `${address(occurrence)}/attachments/${encodeURIComponent(paper.id)}`;
}

/** @param {string} occurrence @returns {Promise<Shown>} */
export async function shownIn(occurrence) {
  const [agenda, papers] = await Promise.all([
    get(`${address(occurrence)}/agenda`),
    get(`${address(occurrence)}/attachments`),
  ]);
  return { items: agenda.items, papers: papers.attachments };
}

/** Who speaks and how long, as far as it is written down. @param {AgendaItem} item */
function byWhom(item) {
  return [
    item.speaker ? t('papers.speaker', { name: item.speaker }) : '',
    item.minutes ? t('papers.minutes', { minutes: item.minutes }) : '',
  ]
    .filter((each) => each)
    .join('　');
}

/**
 * The agenda in its order. A remote control goes through its items, so that a long one is read
 * to its end.
 * @param {AgendaItem[]} items
 * @param {string[]} votedOn ids of the items on which a vote is open
 */
export function agendaList(items, votedOn) {
  return el(
    'ol',
    { class: 'agenda-items', 'data-testid': 'agenda' },
    ...items.map((item) => {
      const open = votedOn.indexOf(item.id) >= 0;
      return el(
        'li',
        { tabindex: '0', 'data-item': item.id, 'data-key': item.id, class: open ? 'voted-on' : '' },
        el('b', { text: item.title }),
        open ? el('strong', { text: t('papers.voted_on') }) : null,
        el('span', { class: 'by-whom', text: byWhom(item) }),
      );
    }),
  );
}

/**
 * The papers, each with what can be done with it.
 * @param {Paper[]} papers
 * @param {(paper: Paper) => Node} act
 */
export function paperList(papers, act) {
  return el(
    'ul',
    { class: 'paper-list', 'data-testid': 'paper-list' },
    ...papers.map((paper) =>
      el(
        'li',
        { 'data-paper': paper.id },
        el(
          'div',
          { class: 'paper-name' },
          el('b', { text: paper.name }),
          el('span', {
            class: 'by-whom',
            text: [t(`papers.kind.${kindOf(paper)}`), sizeWords(paper.size_bytes)].join('　'),
          }),
        ),
        act(paper),
      ),
    ),
  );
}

/** @param {string} occurrence @param {Paper} paper */
export function downloadLink(occurrence, paper) {
  return el('a', {
    class: 'button plain',
    href: paperAddress(occurrence, paper),
    download: paper.name,
    text: t('papers.download'),
    'aria-label': t('papers.download_named', { name: paper.name }),
    'data-testid': 'paper-download',
    'data-key': paper.id,
  });
}

/** @param {string} title @param {Node} list */
export function section(title, list) {
  return el('section', {}, el('h3', { text: t(title) }), list);
}
