/**
 * What a participant should know about the own microphone and camera, over the pictures, until it
 * is read.
 */
import { t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill, say, show } from './dom.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */

/**
 * What does not work, in words; empty when everything does.
 * @param {import('../media.js').Media} media
 */
function problem(media) {
  if (!media.obstacle || media.captured === 'camera_and_microphone') {
    return '';
  }
  const still = media.captured === 'microphone' ? 'capture.voice_only' : 'capture.listen_only';
  return `${t(`obstacle.${media.obstacle}`)}${t(still)}`;
}

export class Band {
  /** @param {Meeting} meeting */
  constructor(meeting) {
    this._media = meeting.media;
    this._text = el('p');
    this._read = '';
    this.element = el('div', { class: 'band', role: 'status', hidden: true, 'data-testid': 'band' });
    fill(
      this.element,
      this._text,
      button({ words: t('capture.again'), testid: 'capture-again' }, () => this._media.reopen()),
      button({ words: t('dialog.understood'), testid: 'capture-understood' }, () => {
        this._read = problem(this._media);
        this.update();
      }),
    );
  }

  update() {
    const text = problem(this._media);
    if (text === '') {
      this._read = '';
    }
    say(this._text, text);
    show(this.element, text !== '' && text !== this._read);
  }
}
