/**
 * The calendar of the house: one's own feeds, and the public holidays that meetings give way to.
 */
import { ask, get, post } from '../api.js';
import { whoAmI } from '../device.js';
import { dayName, errorText, fullDay, isoDay, loadTexts, t } from '../i18n.js';
import { issueFeed } from '../ui/calendar-feed.js';
import { bar } from '../ui/desk.js';
import { button, openDialog } from '../ui/dialog.js';
import { byId, el, fill, say } from '../ui/dom.js';
import { loading } from '../ui/loading.js';
import { NamePicker } from '../ui/plan-invite.js';

/** @typedef {{id: string, name: string, issued_at: string}} Feed */
/** @typedef {{day: string, kind: 'holiday' | 'workday' | 'ordinary', name: string, edited: boolean}} PublicDay */

const KINDS = ['holiday', 'workday', 'ordinary'];

/** @param {import('../api.js').ApiError} error */
function trouble(error) {
  openDialog({ title: t('trouble.title'), text: errorText(error) });
}

/** @param {string} day local date */
function noon(day) {
  return `${day}T12:00:00+08:00`;
}

class Feeds {
  /** @param {import('../device.js').Me} me */
  constructor(me) {
    this._me = me;
    this._others = el('div', { class: 'question' });
    this.element = el('section', { class: 'card', 'data-testid': 'feeds' }, loading());
  }

  /** Offer the calendars of branches and rooms to who may look names up. */
  async offer() {
    if (this._me.permissions.indexOf('directory.read') < 0) {
      return;
    }
    const [{ units }, { sites }] = await Promise.all([get('/api/units'), get('/api/sites')]);
    const party = units.filter((/** @type {{tree: string}} */ each) => each.tree === 'party');
    const picker = new NamePicker(t('days.feed_of'), 'feed-of');
    picker.offer([...party, ...sites]);
    const told = el('span', { class: 'told', role: 'status' });
    const ask = button({ words: t('days.feed_ask'), testid: 'feed-ask' }, () => {
      const id = picker.chosen;
      say(told, id ? '' : t('plan.choose_a_name'));
      if (id) {
        const isSite = sites.some((/** @type {{id: string}} */ each) => each.id === id);
        this._issue(isSite ? 'site' : 'unit', id);
      }
    });
    fill(this._others, el('label', {}, t('days.feed_of'), picker.element), ask, told);
  }

  /** @param {string} kind @param {string} id */
  _issue(kind, id) {
    issueFeed({ kind, id }, () => this.refresh().catch(trouble));
  }

  async refresh() {
    /** @type {{feeds: Feed[]}} */
    const found = await get('/api/calendar-feeds');
    const list = el('ul', { class: 'plain-list' });
    for (const feed of found.feeds) {
      list.append(
        el(
          'li',
          {},
          el('strong', { text: feed.name }),
          el('span', {
            class: 'facts',
            text: t('days.feed_since', { day: fullDay(feed.issued_at) }),
          }),
          button({ words: t('days.feed_revoke'), testid: 'revoke' }, () => this._revoke(feed)),
        ),
      );
    }
    fill(
      this.element,
      el('h2', { text: t('days.feeds') }),
      el('p', { class: 'facts', text: t('organizer.calendar_means') }),
      found.feeds.length ? list : el('p', { text: t('days.feeds_none') }),
      el(
        'div',
        { class: 'acts' },
        button({ words: t('days.feed_own'), testid: 'feed-own' }, () =>
          this._issue('person', this._me.person ? this._me.person.id : ''),
        ),
      ),
      this._others,
    );
  }

  /** @param {Feed} feed */
  _revoke(feed) {
    openDialog({
      title: t('days.feed_revoke_question'),
      text: t('days.feed_revoke_means'),
      answers: [
        {
          words: t('days.feed_revoke'),
          look: 'stop',
          testid: 'confirm-revoke',
          act: () =>
            post('/api/calendar-feeds/revoke', { id: feed.id }).then(
              () => this.refresh(),
              trouble,
            ),
        },
        { words: t('dialog.back') },
      ],
    });
  }
}

class Holidays {
  /** @param {number} year @param {boolean} mayEdit */
  constructor(year, mayEdit) {
    this._year = year;
    this._mayEdit = mayEdit;
    this._told = el('p', { class: 'told', role: 'status' });
    this.element = el('section', { class: 'card', 'data-testid': 'holidays' });
  }

  async refresh() {
    const year = this._year;
    /** @type {{published: boolean, days: PublicDay[]}} */
    const found = await get(`/api/public-days?year=${year}`);
    const words = ['day', 'kind', 'name'].map((each) => t(`days.table_${each}`));
    const rows = found.days.map((each) =>
      el(
        'tr',
        { 'data-day': each.day },
        el('td', { text: dayName(noon(each.day)) }),
        el('td', {}, el('span', { class: `chip day-${each.kind}`, text: t(`days.${each.kind}`) })),
        el('td', { text: each.edited ? `${each.name}（${t('days.edited')}）` : each.name }),
      ),
    );
    const head = el('tr', {}, ...words.map((text) => el('th', { scope: 'col', text })));
    fill(
      this.element,
      el(
        'div',
        { class: 'headline' },
        el('h2', { text: t('days.holidays', { year }) }),
        el('div', { class: 'acts' }, this._turn(year - 1), this._turn(year + 1)),
      ),
      found.published ? null : el('p', { class: 'facts', text: t('days.unpublished', { year }) }),
      this._mayEdit ? this._form() : null,
      this._told,
      el(
        'div',
        { class: 'table-frame', tabindex: 0 },
        el('table', { class: 'table' }, el('thead', {}, head), el('tbody', {}, ...rows)),
      ),
    );
  }

  /** @param {number} year */
  _turn(year) {
    return button({ words: t('days.before', { year }), testid: `year-${year}` }, () => {
      this._year = year;
      say(this._told, '');
      this.refresh().catch(trouble);
    });
  }

  _form() {
    const day = el('input', {
      type: 'date',
      required: true,
      min: `${this._year}-01-01`,
      max: `${this._year}-12-31`,
      'data-testid': 'day',
    });
    const kind = el(
      'select',
      { 'data-testid': 'kind' },
      ...KINDS.map((each) => el('option', { value: each, text: t(`days.${each}`) })),
    );
    const name = el('input', { type: 'text', maxlength: 200, 'data-testid': 'name' });
    return el(
      'form',
      {
        class: 'question',
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          const body = { day: day.value, kind: kind.value, name: name.value };
          ask('PUT', '/api/public-days', body).then(() => {
            say(this._told, t('days.saved'));
            return this.refresh();
          }, trouble);
        },
      },
      el('label', {}, t('days.day'), day),
      el('label', {}, t('days.kind'), kind),
      el('label', {}, t('days.name'), name),
      el('button', { class: 'button go', text: t('days.save'), 'data-testid': 'save' }),
    );
  }
}

async function main() {
  await loadTexts();
  document.title = `${t('days.title')} · ${t('brand')}`;
  const me = await whoAmI('/sign-in');
  if (!me) {
    return;
  }
  const feeds = new Feeds(me);
  const mayEdit = me.permissions.indexOf('holidays.edit') >= 0;
  const holidays = new Holidays(Number(isoDay(new Date()).slice(0, 4)), mayEdit);
  fill(
    byId('page'),
    bar('calendar', me, null),
    el(
      'main',
      { class: 'sheet' },
      el('h1', { text: t('days.title') }),
      me.person ? feeds.element : null,
      holidays.element,
    ),
  );
  const own = me.person ? [feeds.refresh(), feeds.offer()] : [];
  await Promise.all([...own, holidays.refresh()]).catch(trouble);
}

main();
