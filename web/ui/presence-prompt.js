/**
 * The calm question whether somebody is there: one tap, or none; it stays until it is answered.
 */
import { t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill, show } from './dom.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */

export class PresencePrompt {
  /** @param {Meeting} meeting */
  constructor(meeting) {
    this._meeting = meeting;
    this.element = el('div', {
      class: 'band ask',
      role: 'status',
      hidden: true,
      'data-testid': 'presence-prompt',
    });
    fill(
      this.element,
      el('p', { text: t('presence.question') }),
      button(
        { words: t('presence.here'), look: 'go', drawing: 'check', testid: 'presence-here' },
        () => meeting.answerPresence(),
      ),
      button({ words: t('presence.not_now'), testid: 'presence-not-now' }, () =>
        meeting.forgetPresence(),
      ),
    );
  }

  update() {
    const { room, presenceAsked } = this._meeting;
    show(this.element, !!room && room.signed_in && presenceAsked !== '');
  }
}
