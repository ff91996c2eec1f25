/**
 * A meeting as a device shows it: pictures, who came, the line, the buttons.
 */
import { mark } from '../diagnosis.js';
import { t } from '../i18n.js';
import { Band } from './band.js';
import { Controls } from './controls.js';
import { el, say, show } from './dom.js';
import { icon } from './icons.js';
import { LineWord } from './line-word.js';
import { askWhoIsHere } from './sign-in-panel.js';
import { Stage } from './stage.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */
/** @typedef {import('../wire.js').RoomView} RoomView */

/**
 * Who came, as people say it.
 * @param {RoomView} room
 */
export function countsText(room) {
  const { expected, present } = room.counts;
  const key = room.signed_in ? 'counts.signed_in' : 'counts.not_signed_in';
  return room.may_sign_in.length || room.signed_in
    ? t(key, { expected, present })
    : t('counts.plain', { expected, present });
}

export class MeetingScreen {
  /**
   * @param {Meeting} meeting
   * @param {number} pictures
   */
  constructor(meeting, pictures) {
    this._meeting = meeting;
    this.stage = new Stage(meeting, pictures);
    this.controls = new Controls(meeting);
    this._title = el('h1', { class: 'meeting-title' });
    this._counts = el('p', { class: 'counts', role: 'status', 'data-testid': 'counts' });
    this._line = new LineWord();
    this._band = new Band(meeting);
    /** @type {(() => void) | null} */
    this._closeSignIn = null;
    this._signIn = el(
      'button',
      { type: 'button', class: 'button go', 'data-testid': 'sign-in-open', hidden: true },
      icon('check'),
      el('span', { text: t('sign_in.title') }),
    );
    this._signIn.addEventListener('click', () => this._askWhoIsHere());
    this.element = el(
      'section',
      { class: 'meeting', 'data-testid': 'meeting' },
      el(
        'header',
        { class: 'meeting-head' },
        this._title,
        this._counts,
        this._signIn,
        this._line.element,
      ),
      this.stage.element,
      this._band.element,
      this.controls.element,
    );
    this.stage.onpicture = () => mark('first_frame');
    meeting.on('joined', () => {
      if (meeting.room && !meeting.room.signed_in && meeting.room.may_sign_in.length) {
        this._askWhoIsHere();
      }
    });
    meeting.on('left', () => this._stopAsking());
  }

  update() {
    const { room } = this._meeting;
    this._line.update(this._meeting);
    this._band.update();
    this.controls.update();
    this.stage.update();
    if (room) {
      say(this._title, room.title);
      say(this._counts, countsText(room));
      show(this._signIn, !room.signed_in && room.may_sign_in.length > 0);
      if (room.signed_in) {
        this._stopAsking();
      }
    }
  }

  _askWhoIsHere() {
    this._stopAsking();
    this._closeSignIn = askWhoIsHere(this._meeting);
  }

  _stopAsking() {
    if (this._closeSignIn) {
      this._closeSignIn();
      this._closeSignIn = null;
    }
  }
}
