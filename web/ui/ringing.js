/**
 * The meeting calls: one green button, as large as the screen allows.
 */
import { clockTime, t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill, say, show } from './dom.js';
import { icon } from './icons.js';
import { Bell } from './ring.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */

export class Ringing {
  /**
   * @param {Meeting} meeting
   * @param {(occurrence: string) => void} join
   */
  constructor(meeting, join) {
    this._meeting = meeting;
    this._bell = new Bell();
    this._occurrence = '';
    this._title = el('h1', { id: 'ringing-title' });
    this._who = el('p', { class: 'who' });
    this._answer = el(
      'button',
      {
        type: 'button',
        class: 'button go answer',
        'data-testid': 'answer',
        onclick: () => join(this._occurrence),
      },
      icon('answer'),
      el('span', { text: t('ring.answer') }),
    );
    this.element = el('div', {
      class: 'ringing',
      role: 'dialog',
      'aria-modal': 'true',
      'aria-labelledby': 'ringing-title',
      'data-testid': 'ringing',
      hidden: true,
    });
    fill(
      this.element,
      el('p', { class: 'calls', text: t('ring.calls') }),
      this._title,
      this._who,
      el('div', { class: 'waves' }, this._answer),
      button({ words: t('ring.decline'), testid: 'decline' }, () => {
        meeting.decline(this._occurrence);
      }),
    );
    this._pageTitle = document.title;
  }

  update() {
    const call = this._meeting.ringing;
    const begins = !!call && this.element.hasAttribute('hidden');
    if (call) {
      this._occurrence = call.occurrence;
      say(this._title, call.title);
      say(this._who, t('ring.who', { unit: call.unit, time: clockTime(call.starts_at) }));
      this._bell.start();
      document.title = `☎ ${call.title}`;
    } else {
      this._bell.stop();
      document.title = this._pageTitle;
    }
    show(this.element, !!call);
    if (begins) {
      this._answer.focus();
    }
  }
}
