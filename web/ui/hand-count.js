/**
 * Counting hands (or papers) at a site: three numbers, changed with large buttons.
 */
import { errorText, t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill, say } from './dom.js';

/** @typedef {'in_favour' | 'against' | 'abstain'} Pile */

/** @type {Pile[]} */
const PILES = ['in_favour', 'against', 'abstain'];

export class HandCount {
  /** @param {(counted: Record<Pile, number>) => Promise<unknown>} send */
  constructor(send) {
    this._send = send;
    this._voters = 0;
    this._secret = false;
    /** @type {Record<Pile, number>} */
    this._counted = { in_favour: 0, against: 0, abstain: 0 };
    this._title = el('p', { class: 'count-title' });
    this._wrong = el('p', { class: 'wrong', role: 'alert' });
    /** @type {Map<Pile, HTMLElement>} */
    this._shown = new Map();
    const rows = PILES.map((pile) => this._row(pile));
    this.element = el('div', { class: 'hand-count', 'data-testid': 'hand-count' });
    fill(
      this.element,
      this._title,
      ...rows,
      el(
        'div',
        { class: 'answers' },
        button({ words: t('vote.all_in_favour'), testid: 'all-in-favour' }, () => {
          this._counted = { in_favour: this._voters, against: 0, abstain: 0 };
          this._draw();
        }),
        button({ words: t('vote.send_count'), look: 'go', testid: 'send-count' }, () =>
          this._enter(),
        ),
      ),
      this._wrong,
    );
    this._draw();
  }

  /**
   * @param {number} voters the most that may be counted here
   * @param {boolean} secret papers are counted, not hands
   */
  update(voters, secret) {
    this._voters = voters;
    this._secret = secret;
    this._draw();
  }

  /** @param {Pile} pile */
  _row(pile) {
    const shown = el('b', { 'data-testid': `count-${pile}` });
    this._shown.set(pile, shown);
    /** @param {number} by */
    const change = (by) => () => {
      this._counted[pile] = Math.max(0, Math.min(this._voters, this._counted[pile] + by));
      this._draw();
    };
    /** @param {string} words @param {string} sign @param {number} by */
    const step = (words, sign, by) =>
      el('button', {
        type: 'button',
        class: 'button plain step',
        text: sign,
        'aria-label': t(words, { pile: t(`vote.${pile}`) }),
        'data-testid': `${by > 0 ? 'more' : 'less'}-${pile}`,
        onclick: change(by),
      });
    return el(
      'div',
      { class: 'pile' },
      el('span', { text: t(`vote.${pile}`) }),
      step('vote.less', '−', -1),
      shown,
      step('vote.more', '+', 1),
    );
  }

  _draw() {
    const words = this._secret ? 'vote.count_papers' : 'vote.count_hands';
    say(this._title, t(words, { voters: this._voters }));
    for (const [pile, shown] of this._shown) {
      say(shown, String(this._counted[pile]));
    }
  }

  async _enter() {
    try {
      await this._send(this._counted);
      say(this._wrong, t('vote.count_sent'));
    } catch (error) {
      say(this._wrong, errorText(/** @type {any} */ (error)));
    }
  }
}
