/**
 * A vote on a device: three large answers for each person signed in here, and the count of hands
 * for the operator of a site. It comes up when a vote begins and says what became of it.
 */
import { errorText, t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el, fill, say } from './dom.js';
import { HandCount } from './hand-count.js';
import { outcome, progress, question } from './vote-words.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */
/** @typedef {import('../wire.js').VoteView} VoteView */
/** @typedef {import('../wire.js').Choice} Choice */
/** @typedef {'for' | 'against' | 'abstain'} Answer */

/** @type {Answer[]} */
const ANSWERS = ['for', 'against', 'abstain'];

export class VotePanel {
  /** @param {Meeting} meeting */
  constructor(meeting) {
    this._meeting = meeting;
    /** Vote, ballot and state that were shown last. */
    this._seen = '';
    /** @type {{element: HTMLElement, close: () => void} | null} */
    this._dialog = null;
    this._title = el('p', { class: 'question' });
    this._progress = el('p', { class: 'progress', role: 'status', 'data-testid': 'vote-progress' });
    this._answers = el('div', { class: 'voters' });
    this._count = el('div', {});
    this._outcome = el('p', { class: 'outcome', role: 'status', 'data-testid': 'vote-outcome' });
    this._wrong = el('p', { class: 'wrong', role: 'alert' });
    this._drawn = '';
    /** @type {HandCount | null} */
    this._hands = null;
  }

  /** The vote that is open, or else the one that was shown when it ended. @returns {VoteView | null} */
  get vote() {
    const votes = this._meeting.room ? this._meeting.room.votes : [];
    const open = votes.find((each) => each.state === 'open');
    return open || votes.find((each) => this._seen.split(' ')[0] === each.vote) || null;
  }

  /** Whether there is an open vote to come back to. */
  get running() {
    const { vote } = this;
    return !!vote && vote.state === 'open';
  }

  update() {
    const { vote } = this;
    if (!vote) {
      this.close();
      return;
    }
    const now = `${vote.vote} ${vote.ballot} ${vote.state}`;
    if (now !== this._seen && (vote.state === 'open' || this._seen !== '')) {
      if (this._seen.split(' ').slice(0, 2).join(' ') !== `${vote.vote} ${vote.ballot}`) {
        this._hands = null;
      }
      this._seen = now;
      this.open();
    }
    this._draw(vote);
  }

  /** Show the vote, again if it was put away. */
  open() {
    if (!this._dialog || !this._dialog.element.isConnected) {
      this._dialog = openDialog({
        title: t('vote.title'),
        content: [
          this._title,
          this._progress,
          this._answers,
          this._count,
          this._outcome,
          this._wrong,
        ],
        answers: [{ words: t('vote.put_away'), drawing: 'close', testid: 'vote-close' }],
        look: 'vote wide',
        testid: 'vote',
      });
    }
    if (this.vote) {
      this._draw(this.vote);
    }
  }

  close() {
    this._seen = '';
    this._drawn = '';
    if (this._dialog) {
      this._dialog.close();
      this._dialog = null;
    }
  }

  /** @param {VoteView} vote */
  _draw(vote) {
    const open = vote.state === 'open';
    say(this._title, question(vote));
    say(this._progress, open ? progress(vote) : '');
    say(this._outcome, open ? this._notice(vote) : outcome(vote));
    this._outcome.setAttribute('data-adopted', String(vote.adopted));
    this._drawVoters(vote, open && !vote.secret);
    this._drawCount(vote, open);
  }

  /** What somebody is told who cannot answer here. @param {VoteView} vote */
  _notice(vote) {
    if (vote.secret) {
      return t('vote.on_paper');
    }
    return this._voters().length || this._site(vote) ? '' : t('vote.nobody_here');
  }

  _voters() {
    return this._meeting.room ? this._meeting.room.voters : [];
  }

  /** This device's site, where its operator counts hands. @param {VoteView} vote */
  _site(vote) {
    const { room } = this._meeting;
    const own = room && room.may_call_roll ? this._meeting.peer(room.peer) : undefined;
    return own ? vote.sites.find((each) => each.site === own.site) : undefined;
  }

  /** @param {VoteView} vote @param {boolean} shown */
  _drawVoters(vote, shown) {
    const voters = shown ? this._voters() : [];
    const chosen = voters.map((each) => this._meeting.chosen(vote.vote, each.person));
    const drawn = JSON.stringify([vote.vote, vote.ballot, voters, chosen]);
    if (drawn === this._drawn) {
      return;
    }
    this._drawn = drawn;
    const focused = document.activeElement && document.activeElement.getAttribute('data-answer');
    fill(this._answers, ...voters.map((each, index) => this._voter(vote, each, chosen[index])));
    const again = focused ? this._answers.querySelector(`[data-answer="${focused}"]`) : null;
    const first = this._answers.querySelector('button');
    if (again instanceof HTMLElement) {
      again.focus();
    } else if (first) {
      first.focus();
    }
  }

  /** @param {VoteView} vote @param {Choice} voter @param {string | undefined} chosen */
  _voter(vote, voter, chosen) {
    const answers = ANSWERS.map((answer) =>
      el('button', {
        type: 'button',
        class: `button plain ballot ballot-${answer}`,
        'aria-pressed': String(answer === chosen),
        'data-answer': `${voter.person} ${answer}`,
        text: t(`vote.${answer}`),
        onclick: () => this._cast(vote.vote, voter.person, answer),
      }),
    );
    const words = chosen
      ? t('vote.chosen', { name: voter.name })
      : t('vote.choose', { name: voter.name });
    return el(
      'div',
      { class: 'voter', 'data-person': voter.person },
      el('p', { text: words }),
      el('div', { class: 'three' }, ...answers),
    );
  }

  /** @param {string} vote @param {string} person @param {Answer} answer */
  async _cast(vote, person, answer) {
    try {
      await this._meeting.castVote(vote, person, answer);
      say(this._wrong, '');
    } catch (error) {
      say(this._wrong, errorText(/** @type {any} */ (error)));
    }
  }

  /** @param {VoteView} vote @param {boolean} open */
  _drawCount(vote, open) {
    const site = open ? this._site(vote) : undefined;
    if (!site || !(site.voters || site.counted)) {
      this._hands = null;
      fill(this._count);
      return;
    }
    if (!this._hands) {
      this._hands = new HandCount((counted) => this._meeting.countVotes(vote.vote, counted));
      fill(this._count, this._hands.element);
    }
    this._hands.update(site.voters, vote.secret);
  }
}
