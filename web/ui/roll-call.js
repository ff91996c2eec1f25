/**
 * The roll of a meeting room: a name, four large answers, one page of names at a time.
 */
import { errorText, t } from '../i18n.js';
import { button, openDialog } from './dialog.js';
import { el, fill, say } from './dom.js';

/** @typedef {import('../protocol.js').Connection} Connection */
/** @typedef {import('../wire.js').RollCall} RollCall */
/** @typedef {import('../wire.js').RollCallEntry} RollCallEntry */
/** @typedef {import('../wire.js').Mark} Mark */

/** @type {Mark[]} */
const MARKS = ['present', 'late', 'leave', 'absent'];
/** Names that fit without scrolling. */
const NARROW = '(max-width: 1000px)';
const ON_A_PAGE = { wide: 10, narrow: 4 };

export class RollCallPanel {
  /** @param {Connection} connection */
  constructor(connection) {
    this._connection = connection;
    this._page = 0;
    /** @type {RollCallEntry[]} */
    this._entries = [];
    this._list = el('ul', { class: 'roll', 'data-testid': 'roll' });
    this._done = el('p', { class: 'roll-done', role: 'status' });
    this._wrong = el('p', { class: 'wrong', role: 'alert' });
    this._turn = el('div', { class: 'turn' });
    this._dialog = openDialog({
      title: t('roll.title'),
      content: [this._done, this._list, this._wrong, this._turn],
      answers: [{ words: t('roll.close'), look: 'go', drawing: 'check', testid: 'roll-close' }],
      look: 'roll-call',
      testid: 'roll-call',
    });
    const answers = this._dialog.element.querySelector('.answers');
    if (answers) {
      const attendee = button({ words: t('roll.attendee'), testid: 'roll-attendee' }, () =>
        this._choose(t('roll.who_attends'), null, (person) =>
          this._ask('roll_call.attend', { person }),
        ),
      );
      answers.insertBefore(attendee, answers.firstChild);
    }
    this._ask('roll_call.list');
  }

  close() {
    this._dialog.close();
  }

  /** @param {string} type @param {object} [fields] */
  async _ask(type, fields) {
    try {
      /** @type {RollCall} */
      const roll = await this._connection.request(type, fields);
      this._entries = roll.entries;
      say(this._wrong, '');
    } catch (error) {
      say(this._wrong, errorText(/** @type {any} */ (error)));
    }
    this._draw();
  }

  _draw() {
    const size = window.matchMedia(NARROW).matches ? ON_A_PAGE.narrow : ON_A_PAGE.wide;
    const pages = Math.max(1, Math.ceil(this._entries.length / size));
    this._page = Math.min(this._page, pages - 1);
    const shown = this._entries.slice(this._page * size, (this._page + 1) * size);
    const called = this._entries.filter((each) => each.mark || each.here_by_device).length;
    say(this._done, t('roll.done', { called, all: this._entries.length }));
    const focus = document.activeElement;
    const again = focus instanceof HTMLElement ? focus.getAttribute('data-mark') : null;
    fill(this._list, ...shown.map((entry) => this._row(entry)));
    const same = again ? this._list.querySelector(`[data-mark="${again}"]`) : null;
    if (same instanceof HTMLElement) {
      same.focus();
    }
    this._drawTurn(pages);
  }

  /** @param {RollCallEntry} entry */
  _row(entry) {
    const note = entry.here_by_device
      ? t('roll.by_device')
      : entry.substitute
        ? t('roll.substitute', { name: entry.substitute })
        : '';
    const answers = MARKS.map((mark) =>
      el('button', {
        type: 'button',
        class: `mark mark-${mark}`,
        'aria-pressed': String(entry.mark === mark),
        'data-mark': `${entry.person} ${mark}`,
        text: t(`mark.${mark}`),
        onclick: () => this._ask('roll_call.mark', { person: entry.person, mark }),
      }),
    );
    answers.push(
      el('button', {
        type: 'button',
        class: 'mark mark-instead',
        'aria-pressed': String(entry.substitute !== null),
        'data-mark': `${entry.person} instead`,
        text: t('roll.instead'),
        onclick: () => this._whoCameInstead(entry),
      }),
    );
    return el(
      'li',
      { 'data-person': entry.person },
      el('span', { class: 'roll-name' }, entry.name, note ? el('small', { text: note }) : null),
      ...answers,
    );
  }

  /** @param {RollCallEntry} entry */
  _whoCameInstead(entry) {
    this._choose(t('roll.instead_of', { name: entry.name }), entry.person, (substitute) =>
      this._ask('roll_call.mark', {
        person: entry.person,
        mark: entry.mark === 'leave' ? 'leave' : 'absent',
        substitute,
      }),
    );
  }

  /**
   * Let somebody be chosen who is not on the roster.
   * @param {string} title
   * @param {string | null} person who is away, or nobody
   * @param {(chosen: string) => void} act
   */
  async _choose(title, person, act) {
    try {
      const { persons } = await this._connection.request('roll_call.others', { person });
      const dialog = openDialog({
        title,
        text: persons.length ? undefined : t('roll.nobody_else'),
        content: [
          el(
            'div',
            { class: 'names others' },
            ...persons.map((/** @type {import('../wire.js').Choice} */ each) => {
              const name = button({ words: each.name }, () => {
                dialog.close();
                act(each.person);
              });
              name.setAttribute('data-person', each.person);
              return name;
            }),
          ),
        ],
        answers: [{ words: t('dialog.back'), drawing: 'back' }],
        look: 'wide',
        testid: 'others',
      });
    } catch (error) {
      say(this._wrong, errorText(/** @type {any} */ (error)));
    }
  }

  /** @param {number} pages */
  _drawTurn(pages) {
    /** @param {number} by */
    const turn = (by) => () => {
      this._page = (this._page + by + pages) % pages;
      this._draw();
    };
    fill(
      this._turn,
      ...(pages === 1
        ? []
        : [
            button({ words: t('roll.before'), testid: 'roll-before' }, turn(-1)),
            el('span', { text: t('roll.page', { page: this._page + 1, pages }) }),
            button({ words: t('roll.after'), testid: 'roll-after' }, turn(1)),
          ]),
    );
  }
}
