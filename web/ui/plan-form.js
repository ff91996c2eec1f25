/**
 * The fields of a series or of one meeting: what it is, when it is, who leads it.
 */
import { get } from '../api.js';
import { clockTime, isoDay, t } from '../i18n.js';
import { el, fill } from './dom.js';
import { NamePicker } from './plan-invite.js';
import { readRule, rhythms, withEnd } from './plan-rule.js';

/** @typedef {import('./plan-invite.js').Unit} Unit */
/** @typedef {{day: string, time: string, choice: import('./plan-invite.js').Choice}} Beginning */

const TYPES = [
  'member_assembly',
  'branch_committee_meeting',
  'group_meeting',
  'party_lecture',
  'theme_party_day',
  'org_life_meeting',
  'network_branch_meeting',
  'work_meeting',
];
/** Thresholds have no field here; a change of the series keeps them. */
const THRESHOLDS = [
  'grace_s',
  'late_after_s',
  'present_percent',
  'open_before_s',
  'ring_before_s',
  'remind_before_s',
  'overrun_s',
];
/** How often each type meets as a rule; a new series begins with that. */
const USUAL_RHYTHM = /** @type {Record<string, string>} */ ({
  member_assembly: 'quarterly',
  branch_committee_meeting: 'monthly',
  group_meeting: 'monthly',
  party_lecture: 'quarterly',
  theme_party_day: 'monthly',
  org_life_meeting: 'yearly',
});
const DEFAULT_MINUTES = 60;
const ONE_DAY = 864e5;

/** @param {string} words @param {...Node} inputs */
export function field(words, ...inputs) {
  return el('label', { class: 'field' }, el('span', { text: words }), ...inputs);
}

export class PlanForm {
  /**
   * @param {any} series null for a new one
   * @param {boolean} once one meeting outside any series
   * @param {Unit[]} units
   * @param {() => void} changed
   * @param {Beginning | null} begin what a new one begins with
   */
  constructor(series, once, units, changed, begin) {
    const rule = series ? readRule(series.rrule, series.starts_on) : null;
    const unit = units.find((each) => series && each.id === series.unit);
    const party = units.filter((each) => each.tree === 'party');
    this._series = series;
    this._once = once;
    this._rule = rule;
    this.title = el('input', { type: 'text', maxlength: 200, 'data-testid': 'title' });
    this._type = choice('type', TYPES.map((each) => [each, t(`meeting_type.${each}`)]));
    this._unit = new NamePicker(t('plan.unit'), 'unit');
    this._first = el('input', { type: 'date', required: true, 'data-testid': 'first' });
    this._time = el('input', { type: 'time', required: true, 'data-testid': 'time' });
    this._minutes = el('input', { type: 'number', min: 1, max: 1440, 'data-testid': 'minutes' });
    this._rhythm = choice('rhythm', []);
    this._until = el('input', { type: 'date', 'data-testid': 'until' });
    this._holiday = choice(
      'on-holiday',
      ['move', 'cancel', 'keep'].map((each) => [each, t(`plan.holiday_${each}`)]),
    );
    this._host = new NamePicker(t('plan.host'), 'host');
    this._recorder = new NamePicker(t('plan.recorder'), 'recorder');
    this._unit.offer(units);
    this.title.value = series ? series.title : '';
    this._type.value = series ? series.type : once ? 'work_meeting' : 'member_assembly';
    const own = unit || (party.length === 1 ? party[0] : null);
    this._unit.input.value = own ? own.name : '';
    const newDay = begin ? begin.day : isoDay(new Date(Date.now() + ONE_DAY));
    this._first.value = rule ? rule.first : newDay;
    this._time.value = series ? series.start_time.slice(0, 5) : begin ? begin.time : '09:00';
    this._minutes.value = String(series ? series.duration_s / 60 : DEFAULT_MINUTES);
    this._until.value = rule ? rule.until : '';
    this._holiday.value = series ? series.on_holiday : 'move';
    this._offerRhythms(rule ? rule.key : usualRhythm(this._type.value));
    this._type.addEventListener('change', () => this._followType());
    this._called = '';
    this._suggested = this._rhythm.value;
    if (!series && !once) {
      this._followType();
    }
    this._first.addEventListener('change', () => this._offerRhythms(this._rhythm.value));
    const watched = [this._first, this._time, this._minutes, this._rhythm, this._until];
    for (const each of [...watched, this._holiday, this._type, this._unit.input]) {
      each.addEventListener('change', changed);
    }
    for (const each of [this._host, this._recorder]) {
      each.input.addEventListener('input', () => seek(each));
      each.input.addEventListener('change', changed);
    }
    this.what = el(
      'fieldset',
      {},
      el('legend', { text: t('plan.what') }),
      field(t('plan.title'), this.title),
      field(t('plan.type'), this._type),
      field(t('plan.unit'), this._unit.element),
    );
    this.when = el(
      'fieldset',
      {},
      el('legend', { text: t('plan.when') }),
      field(t(once ? 'plan.day' : 'plan.first_day'), this._first),
      field(t('plan.time'), this._time),
      field(t('plan.minutes'), this._minutes),
      once ? null : field(t('plan.rhythm'), this._rhythm),
      once ? null : field(t('plan.until'), this._until),
      once ? null : field(t('plan.on_holiday'), this._holiday),
    );
    this.officers = el(
      'div',
      { class: 'pair' },
      field(t('plan.host'), this._host.element),
      field(t('plan.recorder'), this._recorder.element),
    );
  }

  /** Write who leads a stored series. @param {{id: string, name: string}[]} persons */
  showOfficers(persons) {
    for (const [picker, id] of /** @type {[NamePicker, string | null][]} */ ([
      [this._host, this._series.host],
      [this._recorder, this._series.recorder],
    ])) {
      const found = persons.find((each) => each.id === id);
      if (id) {
        picker.offer([{ id, name: found ? found.name : id }]);
        picker.input.value = found ? found.name : id;
      }
    }
  }

  /** Take another time. @param {string} start */
  take(start) {
    this._first.value = isoDay(new Date(start));
    this._time.value = clockTime(start);
    this._offerRhythms(this._rhythm.value);
  }

  /** What is missing before anything can be looked up; the key of its text, or empty. */
  get missing() {
    if (!this._unit.chosen) {
      return 'plan.unit_missing';
    }
    return this._first.value && this._time.value && Number(this._minutes.value)
      ? ''
      : 'plan.time_missing';
  }

  /** What a request takes, without the invited and the agenda. */
  body() {
    const common = {
      unit: this._unit.chosen,
      type: this._type.value,
      title: this.title.value.trim(),
      duration_s: Math.round(Number(this._minutes.value) * 60),
      host: this._host.chosen || null,
      recorder: this._recorder.chosen || null,
    };
    if (this._once) {
      return { ...common, start: `${this._first.value}T${this._time.value}:00+08:00` };
    }
    const rule = rhythms(this._first.value).find((each) => each.key === this._rhythm.value);
    const rrule = rule ? rule.rrule : this._rule ? this._rule.rrule : '';
    /** @type {Record<string, unknown>} */
    const body = {
      ...common,
      rrule: withEnd(rrule, this._until.value),
      starts_on: this._first.value,
      start_time: `${this._time.value}:00`,
      on_holiday: this._holiday.value,
    };
    for (const key of this._series ? [...THRESHOLDS, 'sign_in', 'exempt', 'active'] : []) {
      body[key] = this._series[key];
    }
    return body;
  }

  /** A new series is called what it is and meets as often as its type does, until somebody says
   * otherwise. */
  _followType() {
    if (this._series || this._once) {
      return;
    }
    if (this.title.value === this._called) {
      this._called = t(`meeting_type.${this._type.value}`);
      this.title.value = this._called;
    }
    if (this._rhythm.value === this._suggested) {
      this._suggested = usualRhythm(this._type.value);
      this._offerRhythms(this._suggested);
    }
  }

  /** @param {string} key */
  _offerRhythms(key) {
    const offered = rhythms(this._first.value || isoDay(new Date()));
    const other = this._rule && this._rule.key === 'other' ? this._rule.rrule : '';
    fill(
      this._rhythm,
      ...offered.map((each) => el('option', { value: each.key, text: each.words })),
      other ? el('option', { value: 'other', text: t('plan.rhythm_other', { rule: other }) }) : null,
    );
    this._rhythm.value = key;
  }
}

/** @param {string} type */
function usualRhythm(type) {
  return USUAL_RHYTHM[type] || 'weekly';
}

/** @param {string} testid @param {string[][]} options value and words */
function choice(testid, options) {
  return el(
    'select',
    { 'data-testid': testid },
    ...options.map(([value, text]) => el('option', { value, text })),
  );
}

/** @param {NamePicker} picker */
async function seek(picker) {
  const text = picker.input.value.trim();
  if (!text || picker.chosen) {
    return;
  }
  try {
    picker.offer((await get(`/api/persons?text=${encodeURIComponent(text.slice(0, 40))}`)).persons);
  } catch (error) {
    picker.offer([]);
  }
}
