/**
 * The agenda as lines to be written: what, by whom, how long.
 */
import { t } from '../i18n.js';
import { el, fill } from './dom.js';

/** @typedef {{id?: string, title: string, speaker: string | null, minutes: number | null}} AgendaLine */

export class AgendaForm {
  constructor() {
    /** @type {AgendaLine[]} */
    this._lines = [];
    this._list = el('ol', { class: 'plan-agenda', 'data-testid': 'agenda-lines' });
    const add = el('button', {
      type: 'button',
      class: 'button plain',
      text: t('plan.agenda_add'),
      'data-testid': 'agenda-add',
      onclick: () => {
        this._lines = [...this.lines(true), { title: '', speaker: null, minutes: null }];
        this._draw();
        const inputs = this._list.querySelectorAll('li:last-child input');
        if (inputs[0] instanceof HTMLElement) {
          inputs[0].focus();
        }
      },
    });
    this.acts = el('div', { class: 'acts' }, add);
    this.element = el('div', {}, this._list, this.acts);
  }

  /** @param {AgendaLine[]} lines */
  show(lines) {
    this._lines = lines;
    this._draw();
  }

  /**
   * What is written now.
   * @param {boolean} [also] lines without a title too
   * @returns {AgendaLine[]}
   */
  lines(also) {
    const rows = Array.from(this._list.querySelectorAll('li'));
    const lines = rows.map((row, index) => {
      const [title = '', speaker = '', minutes = ''] = Array.from(row.querySelectorAll('input')).map((each) =>
        each.value.trim(),
      );
      const id = this._lines[index] && this._lines[index].id;
      return {
        ...(id ? { id } : {}),
        title,
        speaker: speaker || null,
        minutes: minutes ? Number(minutes) : null,
      };
    });
    return also ? lines : lines.filter((line) => line.title);
  }

  _draw() {
    fill(this._list, ...this._lines.map((line, index) => this._row(line, index)));
  }

  /** @param {AgendaLine} line @param {number} index */
  _row(line, index) {
    return el(
      'li',
      {},
      el('input', {
        type: 'text',
        maxlength: 200,
        value: line.title,
        placeholder: t('plan.agenda_title'),
        'aria-label': t('plan.agenda_title'),
        'data-testid': 'agenda-title',
      }),
      el('input', {
        type: 'text',
        maxlength: 200,
        value: line.speaker || '',
        placeholder: t('plan.agenda_speaker'),
        'aria-label': t('plan.agenda_speaker'),
      }),
      el('input', {
        type: 'number',
        min: 1,
        max: 1440,
        value: line.minutes === null ? '' : line.minutes,
        placeholder: t('plan.agenda_minutes'),
        'aria-label': t('plan.agenda_minutes'),
      }),
      el('button', {
        type: 'button',
        class: 'button plain',
        text: t('plan.remove'),
        onclick: () => {
          this._lines = this.lines(true).filter((_, at) => at !== index);
          this._draw();
        },
      }),
    );
  }
}
