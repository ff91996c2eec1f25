/**
 * What the host and the organizer do with votes: prepare, open, end, withdraw; and ask who is there.
 */
import { get, post } from '../api.js';
import { clockTime, errorText, t } from '../i18n.js';
import { button, openDialog } from './dialog.js';
import { el, fill, say } from './dom.js';
import { askExclusion, askOpinion, exclusionsShown } from './vote-papers.js';
import { outcome, progress, question, quorumWords } from './vote-words.js';

/** @typedef {import('../wire.js').Quorum} Quorum */
/** @typedef {import('../wire.js').VoteView} VoteView */

const KINDS = ['general', 'admission', 'probation', 'election'];
const ONE_CANDIDATE = ['admission', 'probation'];

/**
 * A vote as the API tells it, in the shape of the wire.
 * @param {any} detail
 * @returns {VoteView}
 */
function fromApi(detail) {
  const result = detail.state === 'closed' ? detail.result : {};
  return Object.assign({}, detail, { vote: detail.id }, result);
}

export class VoteDesk {
  /** @param {string} occurrence */
  constructor(occurrence) {
    this._path = `/api/occurrences/${encodeURIComponent(occurrence)}`;
    this._quorum = el('p', { class: 'quorum', role: 'status', 'data-testid': 'quorum' });
    this._excluded = el('ul', { class: 'excluded', 'data-testid': 'excluded' });
    this._list = el('ul', { class: 'votes', 'data-testid': 'votes' });
    this._asked = el('p', { class: 'facts', role: 'status', 'data-testid': 'presence-answers' });
    this._wrong = el('p', { class: 'wrong', role: 'alert', 'data-testid': 'vote-wrong' });
    this._acts = el(
      'div',
      { class: 'acts' },
      this._button('vote.new', 'vote-new', () => this._ask()),
      this._button('exclusion.title', 'exclusion-open', () =>
        askExclusion(this._path, () => this.refresh()).catch((error) => this._trouble(error)),
      ),
      this._button('presence.ask', 'presence-ask', () => this._askPresence()),
      this._button('presence.who', 'presence-who', () => this._whoAnswered()),
    );
    this.element = el(
      'section',
      { class: 'vote-desk', 'data-testid': 'vote-desk' },
      this._quorum,
      this._excluded,
      this._list,
      this._acts,
      this._asked,
      this._wrong,
    );
    this._drawn = '';
    /** News so far. What was asked for before the last of them may be older than it. */
    this._heard = 0;
    /** @type {Record<string, string>} */
    this._last = {};
  }

  /** Ask the API for everything; events keep it up to date afterwards. */
  async refresh() {
    const heard = this._heard;
    try {
      const [quorum, { votes }, { checks }] = await Promise.all([
        get(`${this._path}/quorum`),
        get(`${this._path}/votes`),
        get(`${this._path}/presence-checks`),
      ]);
      if (heard !== this._heard) {
        await this.refresh();
        return;
      }
      this._drawQuorum(quorum);
      this._drawVotes(
        votes
          .filter((/** @type {any} */ each) => each.state !== 'withdrawn')
          .map((/** @type {any} */ each) => fromApi(each)),
      );
      const last = checks[checks.length - 1];
      if (last) {
        this._drawPresence(last.at, last.answers.length);
      }
      fill(this._excluded, ...(await exclusionsShown(this._path, () => this.refresh())));
    } catch (error) {
      this._trouble(error);
    }
  }

  /** @param {string} kind @param {any} content */
  _hear(kind, content) {
    const said = JSON.stringify(content);
    if (this._last[kind] !== said) {
      this._last[kind] = said;
      this._heard += 1;
    }
  }

  /** @param {Quorum} quorum of an event */
  showQuorum(quorum) {
    this._hear('quorum', quorum);
    this._drawQuorum(quorum);
  }

  /** @param {Quorum} quorum */
  _drawQuorum(quorum) {
    const more =
      quorum.needed === null
        ? ''
        : t('quorum.detail', { present: quorum.present_voting, needed: quorum.needed });
    say(this._quorum, `${quorumWords(quorum)}${more}`);
    this._quorum.setAttribute('data-reached', String(quorum.reached));
  }

  /** @param {VoteView[]} votes of an event */
  showVotes(votes) {
    this._hear('votes', votes);
    this._drawVotes(votes);
  }

  /** @param {VoteView[]} votes */
  _drawVotes(votes) {
    const drawn = JSON.stringify(votes);
    if (drawn === this._drawn) {
      return;
    }
    this._drawn = drawn;
    const focused = document.activeElement && document.activeElement.getAttribute('data-key');
    fill(this._list, ...votes.map((each) => this._vote(each)));
    const again = focused ? this._list.querySelector(`[data-key="${focused}"]`) : null;
    if (again instanceof HTMLElement) {
      again.focus();
    }
  }

  /** @param {string} at @param {number} answered as an event says */
  showPresence(at, answered) {
    this._hear('presence', [at, answered]);
    this._drawPresence(at, answered);
  }

  /** @param {string} at @param {number} answered */
  _drawPresence(at, answered) {
    say(this._asked, t('presence.answered', { time: clockTime(at), count: answered }));
  }

  /** @param {VoteView} vote */
  _vote(vote) {
    const acts = el('div', { class: 'acts' });
    if (vote.state === 'open') {
      acts.append(this._act(vote, 'close', 'vote.close', 'go'));
    } else if (vote.state !== 'closed') {
      const words = vote.state === 'stopped' ? 'vote.open_again' : 'vote.open';
      acts.append(this._act(vote, 'open', words, 'go'));
      acts.append(this._act(vote, 'withdraw', 'vote.withdraw', 'plain'));
      if (ONE_CANDIDATE.indexOf(vote.kind) >= 0 && vote.state === 'prepared') {
        acts.append(
          this._button('opinion.title', 'opinion-open', () =>
            askOpinion(this._path, vote.vote, () => this.refresh()).catch((error) =>
              this._trouble(error),
            ),
          ),
        );
      }
    }
    const words =
      vote.state === 'open'
        ? progress(vote)
        : vote.state === 'prepared'
          ? t('vote.needs', { needed: vote.needed })
          : outcome(vote);
    return el(
      'li',
      { 'data-vote': vote.vote, 'data-state': vote.state },
      el('b', { text: question(vote) }),
      el('span', { class: 'chip', text: t(`vote_kind.${vote.kind}`) }),
      el('span', { class: 'chip', text: t(`vote_state.${vote.state}`) }),
      el('p', { text: words }),
      acts,
    );
  }

  /** @param {VoteView} vote @param {'open' | 'close' | 'withdraw'} what @param {string} words @param {string} look */
  _act(vote, what, words, look) {
    return this._button(
      words,
      `vote-${what}`,
      () => this._do(`/votes/${vote.vote}/${what}`),
      look,
    );
  }

  /** @param {string} words @param {string} testid @param {() => void} act @param {string} [look] */
  _button(words, testid, act, look) {
    const made = button({ words: t(words), look: look || 'plain', testid }, act);
    made.setAttribute('data-key', testid);
    return made;
  }

  /** @param {string} path @param {object} [body] */
  async _do(path, body) {
    say(this._wrong, '');
    try {
      await post(`${this._path}${path}`, body);
      await this.refresh();
    } catch (error) {
      this._trouble(error);
    }
  }

  /** Ask what is to be voted on; the agenda offers its items. */
  async _ask() {
    const { items } = await get(`${this._path}/agenda`).catch(() => ({ items: [] }));
    const item = el(
      'select',
      { 'data-testid': 'vote-item' },
      el('option', { value: '', text: t('vote.no_item') }),
      ...items.map((/** @type {{id: string, title: string}} */ each) =>
        el('option', { value: each.id, text: each.title }),
      ),
    );
    const title = el('input', { name: 'title', maxlength: 200, 'data-testid': 'vote-question' });
    const candidate = el('input', { name: 'candidate', maxlength: 200, 'data-testid': 'vote-candidate' });
    const kind = el(
      'select',
      { name: 'kind', 'data-testid': 'vote-kind' },
      ...KINDS.map((each) => el('option', { value: each, text: t(`vote_kind.${each}`) })),
    );
    item.addEventListener('change', () => {
      const chosen = item.selectedOptions[0];
      if (item.value && chosen) {
        title.value = chosen.text;
      }
    });
    const whom = el('label', { hidden: true }, t('vote.candidate'), candidate);
    const secret = el('p', { hidden: true, text: t('vote.on_paper') });
    kind.addEventListener('change', () => {
      whom.hidden = ONE_CANDIDATE.indexOf(kind.value) < 0;
      secret.hidden = kind.value === 'general';
    });
    openDialog({
      title: t('vote.new'),
      content: [
        el(
          'div',
          { class: 'vote-form' },
          items.length ? el('label', {}, t('vote.item'), item) : null,
          el('label', {}, t('vote.question'), title),
          el('label', {}, t('vote.kind'), kind),
          whom,
          secret,
        ),
      ],
      answers: [
        {
          words: t('vote.prepare'),
          look: 'go',
          testid: 'vote-prepare',
          act: () =>
            this._do(
              '/votes',
              Object.assign(
                { title: title.value, kind: kind.value },
                candidate.value.trim() ? { candidate: candidate.value } : {},
                item.value ? { agenda_item: item.value } : {},
              ),
            ),
        },
        { words: t('dialog.back') },
      ],
      testid: 'vote-ask',
    });
    title.focus();
  }

  _askPresence() {
    this._do('/presence-checks');
  }

  async _whoAnswered() {
    try {
      const { checks } = await get(`${this._path}/presence-checks`);
      const last = checks[checks.length - 1];
      const names = last ? last.answers.map((/** @type {any} */ each) => each.name) : [];
      openDialog({
        title: t('presence.who'),
        text: names.length ? names.join('　') : t('presence.nobody'),
        testid: 'presence-names',
      });
    } catch (error) {
      this._trouble(error);
    }
  }

  /** @param {unknown} error */
  _trouble(error) {
    say(this._wrong, errorText(/** @type {any} */ (error)));
  }
}
