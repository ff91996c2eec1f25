/**
 * The state of the line, in words and as a small drawing.
 */
import { t } from '../i18n.js';
import { el, say } from './dom.js';
import { icon, redraw } from './icons.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */

/** @param {Meeting} meeting @returns {import('../line.js').Line | 'ready'} */
function lineOf(meeting) {
  if (meeting.connection.state !== 'online') {
    return 'reconnecting';
  }
  return meeting.room ? meeting.media.line : 'ready';
}

export class LineWord {
  constructor() {
    this._drawing = icon('line');
    this._word = el('span', { class: 'word' });
    this.element = el(
      'p',
      { class: 'line', role: 'status', 'data-testid': 'line' },
      this._drawing,
      this._word,
    );
  }

  /** @param {Meeting} meeting */
  update(meeting) {
    const line = lineOf(meeting);
    say(this._word, t(`line.${line}`));
    this.element.setAttribute('data-line', line);
    redraw(this._drawing, line === 'reconnecting' ? 'broken' : 'line');
  }
}
