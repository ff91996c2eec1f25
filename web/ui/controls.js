/**
 * The buttons of a meeting: an icon with its words below it, always saying what a press will do.
 */
import { t } from '../i18n.js';
import { el, say } from './dom.js';
import { icon, redraw } from './icons.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */

export class Control {
  /**
   * @param {string} testid
   * @param {string} look
   * @param {string} drawing
   * @param {string} words
   * @param {() => void} act
   */
  constructor(testid, look, drawing, words, act) {
    this._drawing = icon(drawing);
    this._words = el('span', { text: words });
    this.element = el(
      'button',
      { type: 'button', class: `control ${look}`, 'data-testid': testid, onclick: act },
      this._drawing,
      this._words,
    );
  }

  /**
   * @param {string} drawing
   * @param {string} words
   * @param {boolean} off
   */
  update(drawing, words, off) {
    redraw(this._drawing, drawing);
    say(this._words, words);
    this.element.classList.toggle('off', off);
  }
}

/** Microphone, camera and hanging up. */
export class Controls {
  /** @param {Meeting} meeting */
  constructor(meeting) {
    const { media } = meeting;
    this._media = media;
    this._microphone = new Control('microphone', 'plain', 'microphone', '', () => {
      media.setMicrophone(media.muted.audio);
    });
    this._camera = new Control('camera', 'plain', 'camera', '', () => {
      media.setCamera(media.muted.video);
    });
    this._hangUp = new Control('hang-up', 'stop', 'hangup', t('controls.hang_up'), () => {
      meeting.leave();
    });
    this.element = el('div', { class: 'controls' }, this._microphone.element, this._camera.element);
    this._last = this._hangUp.element;
    this.element.append(this._last);
  }

  /** Put another control before the one that hangs up. @param {HTMLElement} control */
  add(control) {
    this.element.insertBefore(control, this._last);
  }

  update() {
    const { audio, video } = this._media.muted;
    this._microphone.update(
      audio ? 'microphone-off' : 'microphone',
      audio ? t('controls.unmute') : t('controls.mute'),
      audio,
    );
    this._camera.update(
      video ? 'camera-off' : 'camera',
      video ? t('controls.camera_on') : t('controls.camera_off'),
      video,
    );
  }
}
