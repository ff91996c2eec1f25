/**
 * The papers of a meeting: shown to everybody, added and taken away by who may.
 */
import { ApiError, ask, get } from '../api.js';
import { errorText, language, t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el, fill, say } from './dom.js';
import { openOrKeep } from './papers-card.js';
import { isShownHere, sizeWords } from './papers.js';

/** @typedef {import('./papers.js').Paper} Paper */

/** The papers of one meeting on a page. */
export class Papers {
  /** @param {string} occurrence @param {boolean} mayAdd @param {boolean} mayRemove */
  constructor(occurrence, mayAdd, mayRemove) {
    this._occurrence = occurrence;
    this._path = `/api/occurrences/${encodeURIComponent(occurrence)}/attachments`;
    this._mayRemove = mayRemove;
    this._list = el('ul', { class: 'plan-choices', 'data-testid': 'papers' });
    this._told = el('p', { class: 'facts', role: 'status', 'data-testid': 'paper-told' });
    this._file = el('input', {
      type: 'file',
      'aria-label': t('plan.paper_add'),
      'data-testid': 'paper-file',
    });
    this._file.addEventListener('change', () => this._add());
    this.element = el(
      'div',
      {},
      this._list,
      mayAdd ? el('label', { class: 'field' }, t('plan.paper_add'), this._file) : null,
      this._told,
    );
  }

  async refresh() {
    /** @type {{attachments: Paper[]}} */
    const found = await get(this._path);
    fill(
      this._list,
      ...found.attachments.map((paper) =>
        el(
          'li',
          {},
          el('a', {
            href: `${this._path}/${encodeURIComponent(paper.id)}`,
            text: paper.name,
            download: true,
          }),
          el('span', { class: 'soft', text: sizeWords(paper.size_bytes) }),
          isShownHere(paper) ? openOrKeep(this._occurrence, paper) : null,
          this._mayRemove ? this._remove(paper) : null,
        ),
      ),
      found.attachments.length ? null : el('li', { class: 'soft', text: t('plan.no_papers') }),
    );
  }

  /** @param {Paper} paper */
  _remove(paper) {
    return el('button', {
      type: 'button',
      class: 'button plain',
      text: t('plan.remove'),
      onclick: () =>
        ask('DELETE', `${this._path}/${encodeURIComponent(paper.id)}`).then(
          () => this.refresh(),
          trouble,
        ),
    });
  }

  async _add() {
    const file = this._file.files && this._file.files[0];
    if (!file) {
      return;
    }
    say(this._told, t('plan.paper_sending', { name: file.name }));
    try {
      const added = await send(
        `${this._path}?name=${encodeURIComponent(file.name.slice(-200))}`,
        file,
      );
      this._file.value = '';
      await this.refresh();
      await this._tellHowShown(added);
    } catch (error) {
      this._file.value = '';
      say(this._told, '');
      trouble(error);
    }
  }

  /** Say whether the meeting will see it, while there is time to add it differently. @param {Paper} paper */
  async _tellHowShown(paper) {
    const { name } = paper;
    say(this._told, t('plan.paper_looking', { name }));
    try {
      const { pages } = await get(`${this._path}/${encodeURIComponent(paper.id)}/pages`);
      say(this._told, t('plan.paper_pages', { name, pages }));
    } catch (error) {
      say(this._told, t('plan.paper_file', { name, why: errorText(/** @type {any} */ (error)) }));
    }
  }
}

/** @param {string} path @param {File} file @returns {Promise<Paper>} */
async function send(path, file) {
  let answer;
  try {
    answer = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream', 'Accept-Language': language() },
      body: file,
      credentials: 'same-origin',
    });
  } catch (error) {
    throw new ApiError(0, 'not_connected');
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new ApiError(answer.status, problem.code || 'internal', problem.detail);
  }
  return answer.json();
}

/** @param {any} error */
function trouble(error) {
  openDialog({ title: t('trouble.title'), text: errorText(error) });
}
