/**
 * One meeting: when, who, agenda, papers; moving and cancelling it, alone or with all following.
 */
import { ask, get, post } from '../api.js';
import { clockTime, errorText, isoDay, t } from '../i18n.js';
import { meetingChip } from './desk.js';
import { button, openDialog } from './dialog.js';
import { el, fill, say } from './dom.js';
import { AgendaForm } from './plan-agenda.js';
import { tellChanged } from './plan-changed.js';
import { CheckPanel, conflictList, when } from './plan-check.js';
import { whoIsInvited } from './plan-invite.js';
import { openNotice } from './plan-notice.js';
import { Papers } from './plan-papers.js';
import { whyDifferent } from './why-different.js';

export class MeetingPlan {
  /** @param {string} occurrence @param {() => void} changed */
  constructor(occurrence, changed) {
    this._path = `/api/occurrences/${encodeURIComponent(occurrence)}`;
    this._id = occurrence;
    this._changed = changed;
    /** @type {any} */
    this._one = null;
    this.element = el('section', { class: 'card plan-meeting', 'data-testid': 'meeting-plan' });
  }

  async refresh() {
    this._one = await get(this._path);
    const one = this._one;
    const scheduled = one.state === 'scheduled';
    const [agenda, invitation, conflicts] = await Promise.all([
      get(`${this._path}/agenda`),
      one.may_read_attendance ? get(`${this._path}/invitation`) : null,
      // Who may not schedule here is not told what else there is.
      scheduled ? get(`${this._path}/conflicts`).catch(() => null) : null,
    ]);
    const papers = new Papers(this._id, one.may_run && one.state !== 'cancelled', one.may_run && scheduled);
    await papers.refresh();
    const act = (/** @type {string} */ words, /** @type {string} */ testid, /** @type {() => void} */ does) =>
      button({ words: t(words), testid }, does);
    fill(
      this.element,
      el(
        'div',
        { class: 'headline' },
        el(
          'div',
          {},
          el('h1', { text: one.title }),
          el('p', { class: 'facts', text: `${t(`meeting_type.${one.type}`)}　${one.unit_name}` }),
          el('p', { 'data-testid': 'when', text: when(one.scheduled_start, one.scheduled_end) }),
          el('p', { class: 'why', 'data-testid': 'why', text: whyDifferent(one) }),
        ),
        meetingChip(one.state),
      ),
      el(
        'div',
        { class: 'acts' },
        act('plan.notice', 'open-notice', () => openNotice(this._id).catch(trouble)),
        scheduled && one.may_run ? act('plan.move', 'move', () => this._moving()) : null,
        scheduled && one.may_run && one.series
          ? el('a', {
              class: 'button plain',
              href: `?occurrence=${encodeURIComponent(one.id)}&change=following`,
              text: t('plan.change_following'),
              'data-testid': 'change-following',
            })
          : null,
        scheduled && one.may_run ? act('plan.cancel', 'cancel', () => this._cancelling()) : null,
        one.series
          ? el('a', {
              class: 'button plain',
              href: `?series=${encodeURIComponent(one.series)}`,
              text: t('plan.to_series'),
              'data-testid': 'to-series',
            })
          : null,
      ),
      conflicts ? standing(conflicts) : null,
      el('h2', { text: t('plan.agenda') }),
      one.may_run ? this._agendaForm(agenda) : agendaList(agenda.items),
      el('h2', { text: t('plan.papers') }),
      papers.element,
      invitation ? el('h2', { text: t('plan.who') }) : null,
      invitation
        ? el('details', { class: 'plan-who', 'data-testid': 'who' }, ...whoIsInvited(invitation))
        : null,
    );
  }

  /** @param {{version: number, items: any[]}} agenda */
  _agendaForm(agenda) {
    const form = new AgendaForm();
    form.show(agenda.items);
    const told = el('span', { class: 'facts', role: 'status' });
    let version = agenda.version;
    const save = button({ words: t('plan.agenda_save'), testid: 'agenda-save' }, () => {
      const body = { items: form.lines() };
      ask('PUT', `${this._path}/agenda`, body, version).then((saved) => {
        version = saved.version;
        this._one.version = saved.version;
        form.show(saved.items);
        say(told, t('plan.saved'));
      }, (error) => this._failed(error));
    });
    form.acts.append(save, told);
    return form.element;
  }

  /** Asking for another time, with what is in the way. */
  _moving() {
    const one = this._one;
    const start = new Date(one.scheduled_start);
    const minutes = (Date.parse(one.scheduled_end) - start.getTime()) / 60000;
    const day = el('input', { type: 'date', 'data-testid': 'move-day' });
    const time = el('input', { type: 'time', 'data-testid': 'move-time' });
    const length = el('input', { type: 'number', min: 1, max: 1440, 'data-testid': 'move-minutes' });
    day.value = isoDay(start);
    time.value = clockTime(start);
    length.value = String(minutes);
    const scope = scopeChoice(one);
    const told = el('p', { class: 'wrong', role: 'alert' });
    const body = () => ({
      start: `${day.value}T${time.value}:00+08:00`,
      duration_s: Math.round(Number(length.value) * 60),
    });
    const panel = new CheckPanel({
      time: (at) => {
        day.value = isoDay(new Date(at));
        time.value = clockTime(at);
        look();
      },
      room: null,
    });
    let asked = 0;
    const look = async () => {
      asked += 1;
      const mine = asked;
      try {
        const found = await post(`${this._path}/move/check`, { ...body(), following: scope.following() });
        if (mine === asked) {
          say(told, '');
          panel.show(found);
        }
      } catch (error) {
        if (mine === asked) {
          panel.clear();
          say(told, errorText(/** @type {any} */ (error)));
        }
      }
    };
    for (const each of [day, time, length, scope.element]) {
      each.addEventListener('change', look);
    }
    const field = (/** @type {string} */ words, /** @type {Node} */ input) =>
      el('label', { class: 'field' }, el('span', { text: t(words) }), input);
    const save = async () => {
      const path = `${this._path}/${scope.following() ? 'following/' : ''}move`;
      try {
        await ask('POST', path, { ...body(), acknowledged: panel.acknowledged() }, one.version);
        dialog.close();
        this._done();
      } catch (caught) {
        const error = /** @type {import('../api.js').ApiError} */ (caught);
        if (error.code === 'schedule_conflict') {
          panel.show(error.current);
          say(told, errorText(error));
        } else if (error.code === 'occurrence_changed') {
          dialog.close();
          this._failed(error);
        } else {
          say(told, errorText(error));
        }
      }
    };
    const dialog = openDialog({
      title: t('plan.move'),
      look: 'wide',
      testid: 'move-dialog',
      content: [
        el(
          'div',
          { class: 'plan-form' },
          field('plan.day', day),
          field('plan.time', time),
          field('plan.minutes', length),
        ),
        scope.element,
        panel.element,
        told,
        el('div', { class: 'acts' }, button({ words: t('plan.move_do'), look: 'go', testid: 'move-do' }, save)),
      ],
      answers: [{ words: t('dialog.back') }],
    });
    day.focus();
  }

  _cancelling() {
    const one = this._one;
    const reason = el('input', {
      type: 'text',
      maxlength: 200,
      'data-testid': 'cancel-reason',
      'aria-label': t('plan.reason'),
    });
    const scope = scopeChoice(one);
    const told = el('p', { class: 'wrong', role: 'alert' });
    const cancel = async () => {
      if (!reason.value.trim()) {
        say(told, t('error.reason_missing'));
        return;
      }
      const path = `${this._path}/${scope.following() ? 'following/' : ''}cancel`;
      try {
        await ask('POST', path, { reason: reason.value.trim() }, one.version);
        dialog.close();
        this._done();
      } catch (error) {
        dialog.close();
        this._failed(error);
      }
    };
    const dialog = openDialog({
      title: t('plan.cancel'),
      testid: 'cancel-dialog',
      content: [
        el('label', { class: 'field' }, el('span', { text: t('plan.reason') }), reason),
        scope.element,
        told,
        el('div', { class: 'acts' }, button({ words: t('plan.cancel_do'), look: 'stop', testid: 'cancel-do' }, cancel)),
      ],
      answers: [{ words: t('dialog.back') }],
    });
    reason.focus();
  }

  _done() {
    this._changed();
    this.refresh().catch(trouble);
  }

  /** @param {any} error */
  _failed(error) {
    const current = error.current;
    if (error.code === 'occurrence_changed' && current) {
      const now = current.scheduled_start ? current : this._one;
      tellChanged(this._one, now, () => this._done());
    } else {
      trouble(error);
    }
  }
}

/** What is in the way of a meeting as it is planned, and who accepted it. @param {any} found */
function standing(found) {
  if (!found.conflicts.length) {
    return null;
  }
  return el(
    'section',
    { class: 'plan-check', 'data-state': 'conflict', 'data-testid': 'standing' },
    el('h3', { text: t('plan.conflicts') }),
    conflictList(found),
    ...found.acknowledged.map((/** @type {any} */ each) =>
      el('p', {
        text: t('plan.accepted', {
          name: each.by_name || '',
          when: when(each.at),
          reason: each.reason,
        }),
      }),
    ),
  );
}

/** This one, or all following too. @param {any} one */
function scopeChoice(one) {
  const radio = (/** @type {string} */ value, /** @type {boolean} */ checked) =>
    el('input', { type: 'radio', name: 'scope', value, checked, 'data-testid': `scope-${value}` });
  const following = radio('following', false);
  const element = el(
    'div',
    { class: 'plan-scope', role: 'radiogroup' },
    el('label', { class: 'check' }, radio('one', true), t('plan.only_this')),
    el('label', { class: 'check' }, following, t('plan.and_following')),
  );
  element.hidden = !one.series;
  return { element, following: () => following.checked };
}

/** @param {{title: string, speaker: string | null, minutes: number | null}[]} items */
function agendaList(items) {
  const more = (/** @type {any} */ item) =>
    [item.speaker, item.minutes ? t('plan.minutes_of', { number: item.minutes }) : '']
      .filter(Boolean)
      .join(t('plan.comma'));
  return el(
    'ol',
    { class: 'plan-agenda' },
    ...items.map((item) =>
      el('li', {}, el('span', { text: item.title }), el('span', { class: 'soft', text: more(item) })),
    ),
  );
}

/** @param {any} error */
function trouble(error) {
  openDialog({ title: t('trouble.title'), text: errorText(error) });
}
