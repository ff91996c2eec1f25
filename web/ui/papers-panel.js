/**
 * Agenda and papers over a meeting that goes on behind. What there is is asked once on joining
 * and again when somebody opens the panel.
 */
import { errorText, t } from '../i18n.js';
import { aloudButton } from './aloud.js';
import { Control } from './controls.js';
import { button, openDialog } from './dialog.js';
import { el, fill, say, show } from './dom.js';
import { viewPaper } from './paper-view.js';
import { agendaList, downloadLink, isShownHere, paperList, section, shownIn } from './papers.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */
/** @typedef {import('./papers.js').Paper} Paper */

/** Milliseconds. */
const AT_RANDOM = 2000;

export class PapersPanel {
  /** @param {Meeting} meeting */
  constructor(meeting) {
    this._meeting = meeting;
    /** @type {import('./papers.js').Shown} */
    this._shown = { items: [], papers: [] };
    this._drawn = '';
    /** The server could not be asked: nobody knows yet whether there is something. */
    this._unknown = false;
    /** @type {{close: () => void} | null} */
    this._dialog = null;
    const control = new Control('papers-open', 'plain two-words', 'papers', t('papers.button'), () =>
      this._open(''),
    );
    this.control = control.element;
    this.control.hidden = true;
    this._body = el('div', { class: 'papers-body' });
    this._wrong = el('p', { class: 'wrong', role: 'alert' });
    this._asking = 0;
    meeting.on('joined', () => this._ask());
    meeting.on('papers', (occurrence) => {
      const { room } = meeting;
      if (room && room.occurrence === occurrence) {
        // All devices of the meeting are told at once; they do not all ask at once.
        clearTimeout(this._asking);
        this._asking = setTimeout(() => this._ask(), Math.random() * AT_RANDOM);
      }
    });
    meeting.on('left', () => {
      this._close();
      this._unknown = false;
      this._shown = { items: [], papers: [] };
    });
  }

  update() {
    const { items, papers } = this._shown;
    show(this.control, items.length + papers.length > 0 || this._unknown);
    if (this._dialog) {
      this._draw();
    }
  }

  async _ask() {
    const { room } = this._meeting;
    if (!room) {
      return;
    }
    try {
      const shown = await shownIn(room.occurrence);
      if (this._meeting.room && this._meeting.room.occurrence === room.occurrence) {
        this._shown = shown;
        this._unknown = false;
        say(this._wrong, '');
      }
    } catch (error) {
      const trouble = /** @type {import('../api.js').ApiError} */ (error);
      this._unknown = trouble.status === 0 || trouble.status >= 500;
      say(this._wrong, errorText(trouble));
    }
    this.update();
  }

  /** @param {string} paper id of the one to stand on, or '' */
  _open(paper) {
    this._close();
    const aloud = aloudButton(() => this._body);
    this._drawn = '';
    this._draw();
    const dialog = openDialog({
      title: t('papers.title'),
      content: [this._body, this._wrong],
      answers: [{ words: t('dialog.back'), drawing: 'back', testid: 'papers-close' }],
      look: 'papers',
      testid: 'papers-panel',
    });
    this._dialog = dialog;
    const answers = dialog.element.querySelector('.answers:last-child');
    if (answers) {
      answers.insertBefore(aloud, answers.firstChild);
    }
    this._focus(paper);
    this._ask();
  }

  _close() {
    if (this._dialog) {
      this._dialog.close();
      this._dialog = null;
    }
  }

  /** Draw the panel anew, but only when it would look different: the focus stays where it is. */
  _draw() {
    const { room } = this._meeting;
    if (!room) {
      return;
    }
    const votedOn = room.votes
      .filter((each) => each.state === 'open')
      .map((each) => each.agenda_item || '');
    const drawn = JSON.stringify([this._shown, votedOn, room.may_show_papers]);
    if (drawn === this._drawn) {
      return;
    }
    this._drawn = drawn;
    const { items, papers } = this._shown;
    const here = document.activeElement;
    const key = here && this._body.contains(here) ? here.getAttribute('data-key') : null;
    fill(
      this._body,
      items.length ? section('papers.agenda', agendaList(items, votedOn)) : null,
      papers.length
        ? section('papers.papers', paperList(papers, (paper) => this._act(room.occurrence, paper)))
        : null,
    );
    if (key) {
      this._focus(key);
    }
  }

  /** What this device can do with a paper. @param {string} occurrence @param {Paper} paper */
  _act(occurrence, paper) {
    const { room } = this._meeting;
    if (isShownHere(paper)) {
      const open = button(
        { words: t('papers.open'), look: room && room.may_show_papers ? '' : 'go', testid: 'paper-open' },
        () => {
          this._close();
          this._dialog = viewPaper(
            occurrence,
            paper,
            () => this._open(paper.id),
            this._keepsFiles(),
          );
        },
      );
      open.setAttribute('data-key', paper.id);
      open.setAttribute('aria-label', t('papers.open_named', { name: paper.name }));
      return room && room.may_show_papers
        ? el('div', { class: 'paper-acts' }, this._showAll(paper), open)
        : open;
    }
    return this._keepsFiles()
      ? downloadLink(occurrence, paper)
      : el('p', { class: 'elsewhere', text: t('papers.elsewhere') });
  }

  /** A village phone has no program for files, and nobody there to look for one. */
  _keepsFiles() {
    const { room } = this._meeting;
    const own = room && this._meeting.peer(room.peer);
    return !own || own.kind !== 'video_phone';
  }

  /** @param {Paper} paper */
  _showAll(paper) {
    const made = button({ words: t('papers.show_all'), look: 'go', testid: 'paper-show' }, () => {
      this._close();
      this._meeting.showPaper(paper.id, 1);
    });
    made.setAttribute('aria-label', t('papers.show_all_named', { name: paper.name }));
    return made;
  }

  /** @param {string} key */
  _focus(key) {
    const found = Array.from(this._body.querySelectorAll('[data-key]')).find(
      (each) => each.getAttribute('data-key') === key,
    );
    if (found instanceof HTMLElement) {
      found.focus();
    }
  }
}
