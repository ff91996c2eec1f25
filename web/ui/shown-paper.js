/**
 * The paper that is shown to everybody: it takes the main place of a meeting, and who speaks stays
 * in sight beside it. Everybody may put it away and come back; who leads turns its pages.
 */
import { t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill, say, show } from './dom.js';
import { PageSheet } from './page-sheet.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */

/** For how long it is said that nothing is shown any more, milliseconds. */
const SAID_FOR = 8000;

export class ShownPaper {
  /**
   * @param {Meeting} meeting
   * @param {HTMLElement} stage the pictures of the meeting, which make room
   */
  constructor(meeting, stage) {
    this._meeting = meeting;
    this._stage = stage;
    /** The paper that this device put away. */
    this._away = '';
    this._was = '';
    this._saying = 0;
    /** Called when this device puts it away or comes back. */
    this.onaway = () => {};
    /** @type {PageSheet | null} */
    this._sheet = null;
    this._of = '';
    this._line = el('p', { class: 'shown-line', role: 'status', 'data-testid': 'shown-line' });
    this._place = el('div', { class: 'shown-place' });
    this._tools = el('div', { class: 'shown-tools' });
    this._previous = this._turning('papers.previous', 'shown-previous', -1);
    this._next = this._turning('papers.next', 'shown-next', 1);
    this._end = button({ words: t('shown.end'), testid: 'shown-end' }, () =>
      meeting.endPaper(),
    );
    this._close = button(
      { words: t('shown.close'), drawing: 'close', testid: 'shown-close' },
      () => {
        const { room } = meeting;
        this._away = room && room.paper ? room.paper.attachment : '';
        this.onaway();
      },
    );
    this.element = el(
      'section',
      { class: 'shown-paper', 'data-testid': 'shown-paper', hidden: true },
      this._line,
      this._place,
      this._tools,
    );
    this._over = el('p', {
      class: 'shown-over',
      role: 'status',
      hidden: true,
      'data-testid': 'shown-over',
      text: t('shown.ended'),
    });
    stage.append(this.element, this._over);
    window.addEventListener('resize', () => this._sheet && this._sheet.fit());
  }

  /** Whether something is shown that this device put away. */
  get waits() {
    const { room } = this._meeting;
    return !!room && !!room.paper && room.paper.attachment === this._away;
  }

  /** Come back to it. */
  open() {
    this._away = '';
    this.onaway();
  }

  update() {
    const { room } = this._meeting;
    const paper = room ? room.paper : null;
    if (!paper) {
      this._away = '';
    }
    this._sayOver(!!room && !paper && this._was !== '');
    this._was = paper ? paper.attachment : '';
    const seen = !!paper && !this.waits;
    show(this.element, seen);
    this._stage.classList.toggle('with-paper', seen);
    if (!room || !paper || !seen) {
      this._put();
      return;
    }
    const one = { by: paper.by, name: paper.name, page: paper.page, pages: paper.pages };
    say(this._line, t(paper.pages > 1 ? 'shown.line_page' : 'shown.line', one));
    const sheet = this._sheetOf(room.occurrence);
    show(this._previous, room.may_show_papers && paper.pages > 1);
    show(this._next, room.may_show_papers && paper.pages > 1);
    show(this._end, room.may_show_papers);
    this._previous.toggleAttribute('disabled', paper.page <= 1);
    this._next.toggleAttribute('disabled', paper.page >= paper.pages);
    sheet.show({ id: paper.attachment, name: paper.name, shown_as: paper.shown_as }, paper.page);
  }

  /** @param {boolean} over */
  _sayOver(over) {
    const { room } = this._meeting;
    if (over || !room || room.paper) {
      clearTimeout(this._saying);
      show(this._over, over);
    }
    if (over) {
      this._saying = setTimeout(() => show(this._over, false), SAID_FOR);
    }
  }

  /** @param {string} occurrence */
  _sheetOf(occurrence) {
    if (this._sheet && this._of === occurrence) {
      return this._sheet;
    }
    const sheet = new PageSheet(occurrence);
    this._sheet = sheet;
    this._of = occurrence;
    fill(this._place, sheet.element);
    fill(this._tools, this._previous, this._next, ...sheet.tools, this._end, this._close);
    return sheet;
  }

  _put() {
    if (this._sheet) {
      this._sheet.close();
      this._sheet = null;
      fill(this._place);
    }
  }

  /** @param {string} words @param {string} testid @param {number} way */
  _turning(words, testid, way) {
    return button({ words: t(words), look: 'go', testid }, () => {
      const { room } = this._meeting;
      if (room && room.paper) {
        this._meeting.showPaper(room.paper.attachment, room.paper.page + way);
      }
    });
  }
}
