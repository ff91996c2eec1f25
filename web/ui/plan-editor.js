/**
 * Planning a series, one meeting, or this and all following: the form, what is in the way, saving.
 */
import { ask, get, post } from '../api.js';
import { dayName, errorText, t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el, fill, say } from './dom.js';
import { AgendaForm } from './plan-agenda.js';
import { tellChanged } from './plan-changed.js';
import { CheckPanel } from './plan-check.js';
import { effectWords } from './plan-effect.js';
import { PlanForm } from './plan-form.js';
import { InviteForm } from './plan-invite.js';

const CHECK_AFTER_MS = 500;

/** @typedef {import('./plan-invite.js').Unit} Unit */
/** @typedef {import('../api.js').ApiError} ApiError */
/** @typedef {import('./plan-form.js').Beginning} Beginning */

/**
 * What is written: a series as it is stored (null for a new one), with `from` as it goes on from
 * that meeting, or one meeting outside any series; `begin` is what a new one begins with.
 * @typedef {object} Subject
 * @property {any} series
 * @property {boolean} [once]
 * @property {any} [from]
 * @property {Beginning | null} [begin]
 */

export class PlanEditor {
  /**
   * @param {Subject} subject
   * @param {{units: Unit[], sites: {id: string, name: string}[]}} known
   * @param {(saved: any) => void} saved
   */
  constructor(subject, known, saved) {
    const series = subject.series;
    const once = subject.once || false;
    this._series = series;
    this._once = once;
    this._from = subject.from || null;
    this._begin = subject.begin || null;
    this._saved = saved;
    this._timer = 0;
    this._asked = 0;
    this._saving = false;
    this._form = new PlanForm(series, once, known.units, () => this._later(), this._begin);
    this._agenda = new AgendaForm();
    this._invite = new InviteForm(() => this._later());
    this._invite.know(known.units, known.sites);
    this._check = new CheckPanel({
      time: (start) => {
        this._form.take(start);
        this._look();
      },
      room: (room, instead) => this._invite.replaceRoom(room, instead),
    });
    this._effect = el('section', {
      class: 'plan-check',
      'aria-live': 'polite',
      'data-testid': 'effect',
    });
    this._wrong = el('p', { class: 'wrong', role: 'alert', 'data-testid': 'wrong' });
    const wide = (/** @type {string} */ words, /** @type {Node[]} */ ...parts) =>
      el('fieldset', { class: 'wide' }, el('legend', { text: t(words) }), ...parts);
    this.element = el(
      'form',
      {
        class: 'card plan-form',
        'data-testid': 'editor',
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          this._save();
        },
      },
      el('h1', { text: this._heading() }),
      this._form.what,
      this._form.when,
      wide('plan.who', this._invite.element, this._form.officers),
      wide('plan.agenda', this._agenda.element),
      this._check.element,
      this._effect,
      this._wrong,
      el(
        'div',
        { class: 'acts' },
        el('button', {
          class: 'button go',
          text: t(series ? 'plan.save' : 'plan.create'),
          'data-testid': 'save',
        }),
      ),
    );
  }

  /** Fill in what has to be asked for. */
  async load() {
    const series = this._series;
    if (!series) {
      await this._invite.show(this._begin ? [this._begin.choice] : []);
      this._later();
      return;
    }
    const [invitation, agenda] = await Promise.all([
      get(`/api/series/${series.id}/invitation`),
      get(`/api/series/${series.id}/agenda`),
    ]);
    this._agenda.show(agenda.items);
    this._form.showOfficers(invitation.persons);
    await this._invite.show(choicesOf(invitation));
    this._later();
  }

  _heading() {
    const series = this._series;
    if (this._from) {
      const day = dayName(this._from.scheduled_start);
      return t('plan.change_following_of', { title: series.title, day });
    }
    if (series) {
      return t('plan.change_series', { title: series.title });
    }
    return t(this._once ? 'plan.new_meeting' : 'plan.new_series');
  }

  _later() {
    clearTimeout(this._timer);
    this._timer = window.setTimeout(() => this._look(), CHECK_AFTER_MS);
  }

  _body() {
    return {
      ...this._form.body(),
      choices: this._invite.body(),
      agenda: this._agenda.lines(),
    };
  }

  /** Look what is in the way; says nothing while something is not filled in. */
  async _look() {
    if (this._form.missing) {
      this._check.clear();
      fill(this._effect);
      return;
    }
    this._asked += 1;
    const mine = this._asked;
    const body = this._body();
    const replaced = this._series && !this._from ? { series: this._series.id } : {};
    const single = this._once ? '/api/occurrences/check' : '/api/series/check';
    const path = this._from ? `${pathOf(this._from)}/following/check` : single;
    try {
      const title = this._form.title.value.trim() || t('plan.title');
      const found = await post(path, { ...body, title, ...replaced });
      if (mine === this._asked) {
        say(this._wrong, '');
        this._check.show(found);
        if (this._from) {
          fill(this._effect, ...effectWords(found));
        }
      }
    } catch (error) {
      if (mine === this._asked) {
        this._check.clear();
        fill(this._effect);
        say(this._wrong, errorText(/** @type {ApiError} */ (error)));
      }
    }
  }

  async _save() {
    const missing = this._form.title.value.trim() ? this._form.missing : 'plan.title_missing';
    if (missing) {
      say(this._wrong, t(missing));
      return;
    }
    if (this._saving) {
      return; // a second press while the first is on its way
    }
    this._saving = true;
    const body = { ...this._body(), acknowledged: this._check.acknowledged() };
    const series = this._series;
    const from = this._from;
    try {
      if (from) {
        const path = `${pathOf(from)}/following/change`;
        this._saved(await ask('POST', path, body, from.version));
      } else if (series) {
        this._saved(await ask('PUT', `/api/series/${series.id}`, body, series.version));
      } else {
        this._saved(await post(this._once ? '/api/occurrences' : '/api/series', body));
      }
    } catch (caught) {
      const error = /** @type {ApiError} */ (caught);
      if (error.code === 'schedule_conflict') {
        this._check.show(error.current);
        say(this._wrong, errorText(error));
      } else if (error.code === 'series_changed') {
        tellChanged(series, error.current, () => location.reload());
      } else if (error.code === 'occurrence_changed') {
        tellChanged(from, error.current, () => location.reload());
      } else {
        openDialog({ title: t('trouble.title'), text: errorText(error) });
      }
    } finally {
      this._saving = false;
    }
  }
}

/** @param {{id: string}} occurrence */
function pathOf(occurrence) {
  return `/api/occurrences/${encodeURIComponent(occurrence.id)}`;
}

/** How a series chooses; one that names persons and sites by hand names each of them. @param {any} invitation */
function choicesOf(invitation) {
  if (invitation.choices.length) {
    return invitation.choices;
  }
  const one = (/** @type {string} */ kind) => (/** @type {any} */ each) => ({
    kind,
    subject: each.id,
    name: each.name,
    standing: each.standing || 'expected',
  });
  return [...invitation.persons.map(one('person')), ...invitation.sites.map(one('site'))];
}
