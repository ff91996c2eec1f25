/**
 * Choosing whom to invite: by unit, by role, by neighbourhood, by name; and who that is, with the
 * reasons.
 */
import { get, post } from '../api.js';
import { errorText, t } from '../i18n.js';
import { el, fill, say } from './dom.js';

/** @typedef {{kind: string, subject: string, name?: string, within?: string | null, below?: boolean, standing?: string}} Choice */
/** @typedef {{id: string, name: string, standing?: string, reasons: {kind: string, subject: string, name: string}[]}} Invited */
/** @typedef {{choices: Choice[], persons: Invited[], sites: Invited[]}} Invitation */
/** @typedef {{id: string, name: string, tree: string, kind: string}} Unit */

const KINDS = ['members', 'committee', 'role', 'neighbours', 'person', 'site'];
const ROLES = ['first_secretary', 'branch_secretary', 'site_operator'];
const VILLAGES = ['village', 'community'];
let lists = 0;

/** An input that offers names and knows the ids behind them. */
export class NamePicker {
  /** @param {string} label @param {string} testid */
  constructor(label, testid) {
    lists += 1;
    /** @type {Map<string, string>} */
    this._ids = new Map();
    this._list = el('datalist', { id: `names-${lists}` });
    this.input = el('input', {
      type: 'text',
      list: `names-${lists}`,
      'aria-label': label,
      placeholder: t('plan.choice_name'),
      'data-testid': testid,
      autocomplete: 'off',
    });
    this.element = el('span', { class: 'plan-picker' }, this.input, this._list);
  }

  /** @param {{id: string, name: string}[]} named */
  offer(named) {
    this._ids = new Map(named.map((each) => [each.name, each.id]));
    fill(this._list, ...named.map((each) => el('option', { value: each.name })));
  }

  /** The id behind what is written; empty for anything else. */
  get chosen() {
    return this._ids.get(this.input.value.trim()) || '';
  }
}

export class InviteForm {
  /** @param {() => void} changed */
  constructor(changed) {
    this._changed = changed;
    /** @type {Choice[]} */
    this.choices = [];
    /** @type {Unit[]} */
    this._units = [];
    /** @type {{id: string, name: string}[]} */
    this._sites = [];
    this._asked = 0;
    this._list = el('ul', { class: 'plan-choices', 'data-testid': 'choices' });
    this._who = el('details', { class: 'plan-who', 'data-testid': 'who' });
    this._told = el('p', { class: 'wrong', role: 'status' });
    this._kind = el(
      'select',
      { 'data-testid': 'choice-kind', 'aria-label': t('plan.invite') },
      ...KINDS.map((each) => el('option', { value: each, text: t(`plan.choice_${each}`) })),
    );
    this._role = el(
      'select',
      { 'aria-label': t('plan.choice_role') },
      ...ROLES.map((each) => el('option', { value: each, text: t(`plan.role_${each}`) })),
    );
    this._name = new NamePicker(t('plan.choice_name'), 'choice-name');
    this._below = el('input', { type: 'checkbox' });
    this._guest = el('input', { type: 'checkbox' });
    const below = el('label', { class: 'check' }, this._below, t('plan.with_below'));
    this._kind.addEventListener('change', () => this._offer());
    this._name.input.addEventListener('input', () => this._seek());
    this.element = el(
      'div',
      {},
      this._list,
      el(
        'div',
        { class: 'question' },
        this._kind,
        this._role,
        this._name.element,
        below,
        el('label', { class: 'check' }, this._guest, t('plan.as_guest')),
        el('button', {
          type: 'button',
          class: 'button plain',
          text: t('plan.invite_add'),
          'data-testid': 'choice-add',
          onclick: () => this._add(),
        }),
      ),
      this._told,
      this._who,
    );
    this._belowLabel = below;
  }

  /** @param {Unit[]} units @param {{id: string, name: string}[]} sites */
  know(units, sites) {
    this._units = units;
    this._sites = sites;
    this._offer();
  }

  /** @param {Choice[]} choices */
  show(choices) {
    this.choices = choices;
    this._draw();
    return this._resolve();
  }

  /** What a request takes. */
  body() {
    return this.choices.map(({ kind, subject, within, below, standing }) => ({
      kind,
      subject,
      within: within || null,
      below: !!below,
      standing: standing || 'expected',
    }));
  }

  /** Put a room in the place of others. @param {{id: string, name: string}} room @param {{id: string}[]} instead */
  replaceRoom(room, instead) {
    const gone = instead.map((each) => each.id);
    const kept = this.choices.filter((each) => each.kind !== 'site' || !gone.includes(each.subject));
    this._set([...kept, { kind: 'site', subject: room.id, name: room.name }]);
  }

  /** @param {Choice[]} choices */
  _set(choices) {
    this.choices = choices;
    this._draw();
    this._resolve();
    this._changed();
  }

  _offer() {
    const kind = this._kind.value;
    const party = this._units.filter((each) => each.tree === 'party');
    const villages = this._units.filter((each) => VILLAGES.includes(each.kind));
    /** @type {Record<string, {id: string, name: string}[]>} */
    const offers = { members: party, committee: party, role: party, neighbours: villages, site: this._sites };
    this._name.input.value = '';
    this._name.offer(offers[kind] || []);
    this._role.hidden = kind !== 'role';
    this._belowLabel.hidden = kind !== 'members';
  }

  async _seek() {
    const text = this._name.input.value.trim();
    if (this._kind.value !== 'person' || !text || this._name.chosen) {
      return;
    }
    try {
      const found = await get(`/api/persons?text=${encodeURIComponent(text.slice(0, 40))}`);
      this._name.offer(found.persons);
    } catch (error) {
      this._name.offer([]);
    }
  }

  _add() {
    const id = this._name.chosen;
    if (!id) {
      say(this._told, t('plan.choose_a_name'));
      return;
    }
    say(this._told, '');
    const kind = this._kind.value;
    const name = this._name.input.value.trim();
    const role = kind === 'role' ? this._role.value : '';
    this._name.input.value = '';
    this._set([
      ...this.choices,
      {
        kind,
        subject: role || id,
        within: role ? id : null,
        name: role ? `${name} · ${t(`plan.role_${role}`)}` : name,
        below: kind === 'members' && this._below.checked,
        standing: this._guest.checked ? 'non_voting' : 'expected',
      },
    ]);
  }

  /** Whether a committee was chosen that nobody wrote down. @param {Invitation} found */
  _lacksCommittee(found) {
    return this.choices.some(
      (each) =>
        each.kind === 'committee' &&
        !found.persons.some((person) =>
          person.reasons.some(
            (reason) => reason.kind === 'committee' && reason.subject === each.subject,
          ),
        ),
    );
  }

  _draw() {
    fill(
      this._list,
      ...this.choices.map((each) =>
        el(
          'li',
          {},
          el('span', { text: choiceWords(each) }),
          el('button', {
            type: 'button',
            class: 'button plain',
            text: t('plan.remove'),
            onclick: () => this._set(this.choices.filter((other) => other !== each)),
          }),
        ),
      ),
    );
  }

  async _resolve() {
    this._asked += 1;
    const mine = this._asked;
    if (!this.choices.length) {
      fill(this._who, el('summary', { text: t('plan.nobody') }));
      return;
    }
    try {
      const found = await post('/api/invitations/resolve', { choices: this.body() });
      if (mine === this._asked) {
        fill(this._who, ...whoIsInvited(found));
        say(this._told, this._lacksCommittee(found) ? t('plan.no_committee') : '');
      }
    } catch (error) {
      say(this._told, errorText(/** @type {import('../api.js').ApiError} */ (error)));
    }
  }
}

/** @param {Choice} choice */
export function choiceWords(choice) {
  const words = [t(`plan.choice_${choice.kind}`), choice.name || choice.subject];
  if (choice.below) {
    words.push(t('plan.with_below'));
  }
  if (choice.standing === 'non_voting') {
    words.push(t('plan.as_guest'));
  }
  return words.join(' · ');
}

/** Names with why they are invited. @param {Invitation} found @returns {Node[]} */
export function whoIsInvited(found) {
  const row = (/** @type {Invited} */ each) =>
    el(
      'li',
      {},
      el('span', { text: each.name }),
      el('span', { class: 'soft', text: each.standing === 'non_voting' ? t('plan.as_guest') : '' }),
      el('span', { class: 'soft', text: reasonWords(each.reasons) }),
    );
  return [
    el('summary', {
      text: t('plan.invited', { persons: found.persons.length, sites: found.sites.length }),
    }),
    el('ul', { class: 'plan-names' }, ...found.persons.map(row), ...found.sites.map(row)),
  ];
}

/** @param {{kind: string, name: string}[]} reasons */
function reasonWords(reasons) {
  if (!reasons.length) {
    return t('plan.reason_by_hand');
  }
  return reasons.map((each) => t(`plan.reason_${each.kind}`, { name: each.name })).join(t('plan.comma'));
}
