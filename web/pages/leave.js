/**
 * Leave that waits for a decision: one card a request, two buttons.
 */
import { get, post } from '../api.js';
import { whoAmI } from '../device.js';
import { clockTime, dayName, errorText, loadTexts, t } from '../i18n.js';
import { bar } from '../ui/desk.js';
import { button, openDialog } from '../ui/dialog.js';
import { byId, el, fill, say } from '../ui/dom.js';

/**
 * @typedef {object} Asked
 * @property {string} occurrence
 * @property {string} person
 * @property {string} name
 * @property {string} reason
 * @property {string} requested_at
 * @property {string} title
 * @property {string} unit_name
 * @property {string} scheduled_start
 * @property {string} scheduled_end
 */

const LOOK_EVERY = 30000;

class Inbox {
  constructor() {
    this.list = el('ul', { class: 'cards', 'data-testid': 'leaves' });
    this.told = el('p', { class: 'told', role: 'status', 'data-testid': 'told' });
    this.words = el('p', { class: 'facts' });
  }

  async refresh() {
    /** @type {{leaves: Asked[]}} */
    let found;
    try {
      found = await get('/api/leaves');
    } catch (error) {
      say(this.words, errorText(/** @type {import('../api.js').ApiError} */ (error)));
      return;
    }
    say(this.words, t(found.leaves.length ? 'leave.means' : 'leave.none'));
    fill(this.list, ...found.leaves.map((each) => this._card(each)));
  }

  /** @param {Asked} asked */
  _card(asked) {
    const start = asked.scheduled_start;
    const span = `${dayName(start)} ${clockTime(start)}–${clockTime(asked.scheduled_end)}`;
    return el(
      'li',
      { class: 'card', 'data-person': asked.person },
      el('h2', { text: asked.name }),
      el('p', { text: `${asked.title}　${asked.unit_name}　${span}` }),
      el('p', { text: t('leave.reason', { reason: t(`leave_reason.${asked.reason}`) }) }),
      el('p', {
        class: 'facts',
        text: t('leave.asked', {
          day: dayName(asked.requested_at),
          time: clockTime(asked.requested_at),
        }),
      }),
      el(
        'div',
        { class: 'acts' },
        button({ words: t('leave.approve'), look: 'go', testid: 'approve' }, () =>
          this._decide(asked, true),
        ),
        button({ words: t('leave.decline'), testid: 'decline' }, () => this._decline(asked)),
      ),
    );
  }

  /** @param {Asked} asked */
  _decline(asked) {
    openDialog({
      title: t('leave.decline_question'),
      text: t('leave.decline_means', { name: asked.name }),
      answers: [
        {
          words: t('leave.decline'),
          look: 'stop',
          testid: 'confirm-decline',
          act: () => this._decide(asked, false),
        },
        { words: t('dialog.back') },
      ],
    });
  }

  /** @param {Asked} asked @param {boolean} approve */
  _decide(asked, approve) {
    const path = `/api/occurrences/${encodeURIComponent(asked.occurrence)}/leave-decision`;
    post(path, { person: asked.person, approve }).then(
      () => {
        const done = approve ? 'leave.done_approved' : 'leave.done_declined';
        say(this.told, t(done, { name: asked.name }));
        this.refresh();
      },
      (error) => openDialog({ title: t('trouble.title'), text: errorText(error) }),
    );
  }
}

async function main() {
  await loadTexts();
  document.title = `${t('leave.title')} · ${t('brand')}`;
  const me = await whoAmI('/sign-in');
  if (!me) {
    return;
  }
  const inbox = new Inbox();
  fill(
    byId('page'),
    bar('leave', me, null),
    el('main', { class: 'sheet' }, el('h1', { text: t('leave.title') }), inbox.words, inbox.told, inbox.list),
  );
  await inbox.refresh();
  setInterval(() => inbox.refresh(), LOOK_EVERY);
}

main();
