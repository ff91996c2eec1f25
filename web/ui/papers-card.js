/**
 * Agenda and papers outside a meeting: at the desk, under a record. Papers open by the same view as
 * in the meeting.
 */
import { errorText, t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill } from './dom.js';
import { viewPaper } from './paper-view.js';
import { agendaList, downloadLink, isShownHere, paperList, section, shownIn } from './papers.js';

/** @typedef {import('./papers.js').Paper} Paper */

/** What a computer does with a paper: read it here, or keep the file. @param {string} occurrence @param {Paper} paper */
export function openOrKeep(occurrence, paper) {
  if (!isShownHere(paper)) {
    return downloadLink(occurrence, paper);
  }
  const made = button({ words: t('papers.open'), testid: 'paper-open' }, () =>
    viewPaper(occurrence, paper, () => made.focus(), true),
  );
  made.setAttribute('data-key', paper.id);
  made.setAttribute('aria-label', t('papers.open_named', { name: paper.name }));
  return made;
}

/**
 * Both lists, asked once; nothing is shown where there is nothing.
 * @param {string} occurrence
 * @param {boolean} [papersOnly]
 */
export function papersCard(occurrence, papersOnly) {
  const card = el('div', { class: 'papers-body', 'data-testid': 'papers-card' });
  shownIn(occurrence).then(
    ({ items, papers }) =>
      fill(
        card,
        items.length && !papersOnly ? section('papers.agenda', agendaList(items, [])) : null,
        papers.length
          ? section('papers.papers', paperList(papers, (each) => openOrKeep(occurrence, each)))
          : null,
      ),
    (error) => fill(card, papersOnly ? null : el('p', { text: errorText(error) })),
  );
  return card;
}
