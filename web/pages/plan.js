/**
 * Planning: the series with their coming meetings, writing them, one meeting, who is free.
 */
import { everything, get } from '../api.js';
import { whoAmI } from '../device.js';
import { errorText, isoDay, loadTexts, t } from '../i18n.js';
import { bar, meetingChip } from '../ui/desk.js';
import { openDialog } from '../ui/dialog.js';
import { byId, el, fill } from '../ui/dom.js';
import { FreeBusyGrid } from '../ui/free-busy.js';
import { loading } from '../ui/loading.js';
import { when } from '../ui/plan-check.js';
import { PlanEditor } from '../ui/plan-editor.js';
import { MeetingPlan } from '../ui/plan-meeting.js';
import { readRule, ruleWords } from '../ui/plan-rule.js';
import { whyDifferent } from '../ui/why-different.js';

/** How far ahead coming meetings are listed, milliseconds. */
const AHEAD = 60 * 864e5;

class Planner {
  constructor() {
    this.list = el('nav', { class: 'plan-list', 'aria-label': t('plan.series'), 'data-testid': 'series' });
    this.detail = el('div', { class: 'plan-detail' });
    /** @type {any[]} */
    this._series = [];
    /** @type {any} */
    this._known = { units: [], sites: [] };
  }

  async start() {
    fill(this.detail, loading());
    window.addEventListener('popstate', () => this.turn());
    const [units, sites] = await Promise.all([get('/api/units'), get('/api/sites')]);
    this._known = { units: units.units, sites: sites.sites };
    await this.refresh();
    await this._show();
  }

  /** Show what the address says now. */
  turn() {
    this._list();
    this._show().catch(trouble);
  }

  /** Load the series again. */
  async refresh() {
    this._series = await everything('/api/series?limit=200', 'series');
    this._list();
  }

  _list() {
    const asked = new URLSearchParams(location.search);
    const here = (/** @type {string} */ key, /** @type {string} */ value) => asked.get(key) === value;
    const link = (/** @type {string} */ query, /** @type {string} */ words, /** @type {boolean} */ on) =>
      el('a', {
        class: 'button plain',
        href: `?${query}`,
        text: words,
        'data-testid': query.replace('=', '-'),
        'aria-current': on ? 'page' : null,
      });
    const today = isoDay(new Date());
    const goesOn = (/** @type {any} */ each) => {
      const { until } = readRule(each.rrule, each.starts_on);
      return each.active && (!until || until >= today);
    };
    const current = this._series.filter(goesOn);
    fill(
      this.list,
      el(
        'div',
        { class: 'acts' },
        link('new=series', t('plan.new_series'), here('new', 'series')),
        link('new=meeting', t('plan.new_meeting'), here('new', 'meeting')),
        link('view=busy', t('plan.busy'), here('view', 'busy')),
      ),
      el('h2', { text: t('plan.series') }),
      current.length ? null : el('p', { class: 'soft', text: t('plan.no_series') }),
      el(
        'ul',
        { class: 'agenda-list' },
        ...current.map((each) =>
          el(
            'li',
            {},
            el(
              'a',
              {
                class: 'agenda-entry plan-entry',
                href: `?series=${encodeURIComponent(each.id)}`,
                'data-testid': 'series-entry',
                'aria-pressed': here('series', each.id) ? 'true' : 'false',
              },
              el('span', { class: 'title', text: each.title }),
              el('span', { class: 'place', text: ruleWords(each) }),
            ),
          ),
        ),
      ),
    );
  }

  async _show() {
    const asked = new URLSearchParams(location.search);
    const series = this._series.find((each) => each.id === asked.get('series'));
    const occurrence = asked.get('occurrence');
    this.detail.classList.toggle('chosen', location.search !== '');
    if (occurrence && asked.get('change') === 'following') {
      const path = `/api/occurrences/${encodeURIComponent(occurrence)}`;
      const [from, goesOn] = await Promise.all([get(path), get(`${path}/following`)]);
      fill(this.detail);
      await this._edit({ series: goesOn, from });
    } else if (occurrence) {
      const meeting = new MeetingPlan(occurrence, () => this.refresh().catch(trouble));
      await meeting.refresh();
      fill(this.detail, meeting.element);
    } else if (asked.get('view') === 'busy') {
      const party = this._known.units.filter((/** @type {any} */ each) => each.tree === 'party');
      const grid = new FreeBusyGrid(party, (begin) => {
        history.pushState(begin, '', '?new=meeting');
        this.turn();
      });
      fill(this.detail, grid.element);
      await grid.refresh();
    } else if (series) {
      const before = this._series.find((each) => each.id === series.continues);
      fill(this.detail, await this._coming(series));
      if (before) {
        this.detail.append(
          el('a', {
            href: `?series=${encodeURIComponent(before.id)}`,
            text: t('plan.continues', { title: before.title, rule: ruleWords(before) }),
            'data-testid': 'continues',
          }),
        );
      }
      await this._edit({ series });
    } else if (asked.get('new')) {
      fill(this.detail);
      const once = asked.get('new') === 'meeting';
      await this._edit({ series: null, once, begin: once ? history.state : null });
    } else {
      fill(this.detail, await this._coming(null));
    }
  }

  /** @param {import('../ui/plan-editor.js').Subject} subject */
  async _edit(subject) {
    const editor = new PlanEditor(subject, this._known, (saved) => {
      location.assign(subject.once ? `?occurrence=${saved.id}` : `?series=${saved.id}`);
    });
    this.detail.append(editor.element);
    await editor.load();
  }

  /** The coming meetings, of one series or of all. @param {any} series */
  async _coming(series) {
    const span = [Date.now(), Date.now() + AHEAD].map((at) =>
      encodeURIComponent(new Date(at).toISOString()),
    );
    const found = await everything(`/api/occurrences?from=${span[0]}&to=${span[1]}`, 'occurrences');
    const coming = found.filter((each) => !series || each.series === series.id);
    return el(
      'section',
      { class: 'card', 'data-testid': 'coming' },
      el('h2', { text: series ? t('plan.coming_of', { title: series.title }) : t('plan.coming_all') }),
      coming.length ? null : el('p', { class: 'soft', text: t('plan.nothing_coming') }),
      el(
        'ul',
        { class: 'plan-choices' },
        ...coming.map((each) =>
          el(
            'li',
            {},
            el('a', {
              href: `?occurrence=${encodeURIComponent(each.id)}`,
              'data-testid': 'coming-meeting',
              text: `${when(each.scheduled_start, each.scheduled_end)}${series ? '' : `　${each.title}`}`,
            }),
            el('span', { class: 'soft', text: whyDifferent(each) }),
            each.state === 'scheduled' ? null : meetingChip(each.state),
          ),
        ),
      ),
    );
  }
}

/** @param {any} error */
function trouble(error) {
  openDialog({ title: t('trouble.title'), text: errorText(error) });
}

async function main() {
  await loadTexts();
  document.title = `${t('plan.title_page')} · ${t('brand')}`;
  const me = await whoAmI('/sign-in');
  if (!me) {
    return;
  }
  const planner = new Planner();
  fill(
    byId('page'),
    bar('plan', me, null),
    el('main', { class: 'desk-columns' }, planner.list, planner.detail),
  );
  await planner.start().catch(trouble);
}

main();
