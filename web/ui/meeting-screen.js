/**
 * A meeting as a device shows it: pictures, who came, the line, the buttons.
 */
import { mark } from '../diagnosis.js';
import { t } from '../i18n.js';
import { Band } from './band.js';
import { Controls } from './controls.js';
import { button, openDialog } from './dialog.js';
import { el, say, show } from './dom.js';
import { icon } from './icons.js';
import { LineWord } from './line-word.js';
import { PapersPanel } from './papers-panel.js';
import { PresencePrompt } from './presence-prompt.js';
import { ShownPaper } from './shown-paper.js';
import { askWhoIsHere } from './sign-in-panel.js';
import { Stage } from './stage.js';
import { VoteDesk } from './vote-desk.js';
import { VotePanel } from './vote-panel.js';
import { quorumWords } from './vote-words.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */
/** @typedef {import('../wire.js').RoomView} RoomView */

/**
 * Who came, as people say it.
 * @param {RoomView} room
 */
export function countsText(room) {
  if (room.quorum && room.quorum.needed !== null) {
    const here = room.signed_in
      ? t('quorum.signed_in')
      : room.may_sign_in.length
        ? t('quorum.not_signed_in')
        : '';
    return `${here}${quorumWords(room.quorum)}`;
  }
  const { expected, present } = room.counts;
  const key = room.signed_in ? 'counts.signed_in' : 'counts.not_signed_in';
  return room.may_sign_in.length || room.signed_in
    ? t(key, { expected, present })
    : t('counts.plain', { expected, present });
}

/** Whether this meeting may decide something. @param {RoomView} room */
function decides(room) {
  return room.votes.length > 0 || (!!room.quorum && room.quorum.expected_voting > 0);
}

/** @param {string} testid @param {string} words @param {string} drawing @param {() => void} act */
function headButton(testid, words, drawing, act) {
  const made = button({ words: t(words), look: 'go', drawing, testid }, act);
  made.hidden = true;
  return made;
}

export class MeetingScreen {
  /**
   * @param {Meeting} meeting
   * @param {number} pictures
   */
  constructor(meeting, pictures) {
    this._meeting = meeting;
    this.stage = new Stage(meeting, pictures);
    this._shownPaper = new ShownPaper(meeting, this.stage.element);
    this._shownPaper.onaway = () => this.update();
    this.controls = new Controls(meeting);
    this._title = el('h1', { class: 'meeting-title' });
    this._counts = el('p', { class: 'counts', role: 'status', 'data-testid': 'counts' });
    this._line = new LineWord();
    this._band = new Band(meeting);
    this._presence = new PresencePrompt(meeting);
    this._votes = new VotePanel(meeting);
    this._papers = new PapersPanel(meeting);
    this.controls.add(this._papers.control);
    this._vote = headButton('vote-open', 'vote.show', 'roll', () => this._votes.open());
    this._shown = headButton('shown-open', 'shown.open', 'papers', () => this._shownPaper.open());
    this._run = headButton('vote-run', 'vote.run', 'floor', () => this._runVotes());
    /** @type {VoteDesk | null} */
    this._desk = null;
    /** @type {(() => void) | null} */
    this._closeSignIn = null;
    /** @type {{close: () => void} | null} */
    this._dialog = null;
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
        this._shown,
        this._vote,
        this._run,
        this._line.element,
      ),
      this.stage.element,
      this._band.element,
      this._presence.element,
      this.controls.element,
    );
    this.stage.onpicture = () => mark('first_frame');
    meeting.on('joined', () => {
      if (meeting.room && !meeting.room.signed_in && meeting.room.may_sign_in.length) {
        this._askWhoIsHere();
      }
    });
    meeting.on('left', () => {
      this._stopAsking();
      this._votes.close();
      this._stopRunning();
    });
  }

  update() {
    const { room } = this._meeting;
    this._line.update(this._meeting);
    this._band.update();
    this._presence.update();
    this.controls.update();
    this.stage.update();
    this._papers.update();
    this._shownPaper.update();
    show(this._shown, this._shownPaper.waits);
    if (room) {
      say(this._title, room.title);
      say(this._counts, countsText(room));
      show(this._signIn, !room.signed_in && room.may_sign_in.length > 0);
      if (room.signed_in) {
        this._stopAsking();
      }
      this._votes.update();
      show(this._vote, this._votes.running);
      show(this._run, room.may_give_floor && !!room.quorum && decides(room));
      if (this._desk && room.quorum) {
        this._desk.showQuorum(room.quorum);
        this._desk.showVotes(room.votes);
      }
    }
  }

  /** Votes are prepared, opened and ended over the meeting, which goes on behind. */
  _runVotes() {
    const { room } = this._meeting;
    if (!room) {
      return;
    }
    this._stopRunning();
    this._desk = new VoteDesk(room.occurrence);
    this._dialog = openDialog({
      title: t('vote.run'),
      content: [this._desk.element],
      answers: [{ words: t('dialog.back'), drawing: 'back', testid: 'vote-run-close' }],
      look: 'vote wide',
      testid: 'vote-run-panel',
    });
    this._desk.refresh();
  }

  _stopRunning() {
    this._desk = null;
    if (this._dialog) {
      this._dialog.close();
      this._dialog = null;
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
