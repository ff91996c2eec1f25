/**
 * Large keys for digits: the pairing code of a device, the PIN of a person.
 */
import { t } from '../i18n.js';
import { el, fill, say } from './dom.js';
import { icon } from './icons.js';

export class Keypad {
  /**
   * @param {object} options
   * @param {number} options.least fewest digits
   * @param {number} options.most most digits; the last one enters by itself when `least` is the same
   * @param {boolean} options.hidden shows dots instead of digits
   * @param {string} options.label what is to be typed
   * @param {(digits: string) => void} options.enter
   */
  constructor(options) {
    this._options = options;
    this._digits = '';
    this._busy = false;
    this._display = el('output', { class: 'digits', 'aria-label': options.label });
    this._done = this._key(t('keypad.done'), 'check', () => this._enter(), 'go');
    this.element = el('div', { class: 'keypad', 'data-testid': 'keypad' }, this._display);
    const keys = el('div', { class: 'keys' });
    for (const digit of '123456789') {
      keys.append(this._digit(digit));
    }
    keys.append(
      this._key(t('keypad.clear'), 'erase', () => this._change(this._digits.slice(0, -1)), 'plain'),
      this._digit('0'),
      this._done,
    );
    this.element.append(keys);
    this._typed = (/** @type {KeyboardEvent} */ event) => this._type(event);
    document.addEventListener('keydown', this._typed);
    this._change('');
  }

  /** Empty it for another try. */
  clear() {
    this._busy = false;
    this._change('');
  }

  /** The keypad is taken off the page. */
  close() {
    document.removeEventListener('keydown', this._typed);
  }

  /** @param {string} digit */
  _digit(digit) {
    return el('button', {
      type: 'button',
      class: 'key digit',
      'data-digit': digit,
      text: digit,
      onclick: () => this._change(this._digits + digit),
    });
  }

  /**
   * @param {string} words
   * @param {string} drawing
   * @param {() => void} act
   * @param {string} look
   */
  _key(words, drawing, act, look) {
    const key = el('button', { type: 'button', class: `key ${look}`, onclick: act });
    fill(key, icon(drawing), el('span', { text: words }));
    return key;
  }

  /** @param {KeyboardEvent} event */
  _type(event) {
    if (/^[0-9]$/.test(event.key)) {
      this._change(this._digits + event.key);
    } else if (event.key === 'Backspace') {
      this._change(this._digits.slice(0, -1));
    }
  }

  /** @param {string} digits */
  _change(digits) {
    const { least, most, hidden } = this._options;
    if (this._busy || digits.length > most) {
      return;
    }
    this._digits = digits;
    const shown = hidden ? '●'.repeat(digits.length) : digits;
    say(this._display, shown.padEnd(least, '–').split('').join(' '));
    this._done.disabled = digits.length < least;
    if (least === most && digits.length === most) {
      this._enter();
    }
  }

  _enter() {
    if (!this._busy && this._digits.length >= this._options.least) {
      this._busy = true;
      this._done.disabled = true;
      this._options.enter(this._digits);
    }
  }
}
