/**
 * The home of a village phone: what is on now, four tiles, 120.
 */
import { get } from '../api.js';
import { chooseLanguage, clockTime, dayName, isoDay, language, LANGUAGES, t } from '../i18n.js';
import { aloudButton } from './aloud.js';
import { clock } from './clock.js';
import { openComing } from './coming.js';
import { button, openDialog } from './dialog.js';
import { el, say, show } from './dom.js';
import { emergencyButton } from './emergency.js';
import { icon } from './icons.js';
import { LineWord } from './line-word.js';
import { lettersButton } from './letters.js';

/** @typedef {import('../device.js').Device} Device */

/** Tiles of what does not exist yet say so. */
export const TILES = ['meeting', 'doctor', 'study', 'service'];
const OPEN_TILES = ['meeting'];
const DAYS_AHEAD = 14;
const LOOK_AGAIN = 5 * 60 * 1000;

export class Home {
  /**
   * @param {Device} device
   * @param {(occurrence: string) => void} join
   * @param {string[]} tiles
   */
  constructor(device, join, tiles) {
    this._device = device;
    this._join = join;
    this._line = new LineWord();
    this._ended = '';
    /** @type {import('./coming.js').Coming[]} */
    this._coming = [];
    this._what = el('p', { class: 'what' });
    this._title = el('h1', {});
    this._when = el('p', { class: 'when' });
    this._enter = el(
      'button',
      { type: 'button', class: 'button go join', 'data-testid': 'join', hidden: true },
      icon('meeting'),
      el('span', { text: t('home.join') }),
    );
    this._enter.addEventListener('click', () => {
      const open = device.meeting.joinable;
      if (open) {
        join(open.occurrence);
      }
    });
    const words = el('div', { class: 'words' }, this._what, this._title, this._when);
    this._now = el('section', { class: 'now', 'data-testid': 'now' }, words, this._enter);
    this.element = el(
      'section',
      { class: tiles.length ? 'home' : 'home no-tiles', 'data-testid': 'home' },
      this._head(),
      this._now,
      tiles.length ? el('nav', { class: 'tiles' }, ...tiles.map((name) => this._tile(name))) : null,
      this._foot(),
    );
    device.meeting.on('left', (why) => {
      this._ended = why;
      this._look();
    });
    device.meeting.on('joined', () => {
      this._ended = '';
    });
    device.connection.on('welcome', () => this._look());
    setInterval(() => this._look(), LOOK_AGAIN);
  }

  update() {
    const { meeting } = this._device;
    const open = meeting.joinable;
    const joining = meeting.joining;
    this._line.update(meeting);
    this._now.classList.toggle('open', !!open);
    show(this._enter, !!open);
    this._enter.disabled = joining;
    if (open) {
      const stillOpen = this._ended ? t('home.open_still') : t('home.open');
      say(this._what, joining ? t('home.joining') : stillOpen);
      say(this._title, open.title);
      say(this._when, t('home.who', { unit: open.unit, time: clockTime(open.starts_at) }));
      return;
    }
    const [next] = this._coming;
    const before = this._ended ? t(`left.${this._ended}`) : t('home.nothing');
    say(this._what, next ? t('home.next_follows', { before }) : before);
    say(this._title, next ? next.title : t('home.welcome'));
    say(this._when, next ? this._whenIs(next) : t('home.rings_by_itself'));
  }

  _head() {
    const { me, meeting } = this._device;
    const name = me.device ? me.device.name : me.person ? me.person.name : '';
    return el(
      'header',
      { class: 'home-head' },
      el('p', { class: 'brand', text: t('brand') }),
      el('p', { class: 'own-name', text: name, 'data-testid': 'own-name' }),
      clock(() => meeting.now()),
    );
  }

  _foot() {
    return el(
      'footer',
      { class: 'home-foot' },
      emergencyButton(this._device),
      this._line.element,
      lettersButton(),
      aloudButton(() => document.body),
      this._languageButton(),
    );
  }

  /** Only on a person's own phone: a village phone keeps the language of its page. */
  _languageButton() {
    const other = LANGUAGES.find((each) => each !== language());
    return this._device.me.device || !other
      ? null
      : button({ words: t('language.other'), testid: 'language' }, () => chooseLanguage(other));
  }

  /** @param {string} name */
  _tile(name) {
    return el(
      'button',
      {
        type: 'button',
        class: `tile ${OPEN_TILES.indexOf(name) >= 0 ? '' : 'closed'}`,
        'data-testid': `tile-${name}`,
        onclick: () => (name === 'meeting' ? this._meetings() : this._notOpenYet(name)),
      },
      icon(name),
      el('span', { class: 'tile-name', text: t(`tile.${name}`) }),
      OPEN_TILES.indexOf(name) >= 0
        ? null
        : el('span', { class: 'tile-state', text: t('tile.not_open') }),
    );
  }

  /** @param {string} name */
  _notOpenYet(name) {
    openDialog({ title: t(`tile.${name}`), text: t(`tile.${name}.instead`) });
  }

  /** Everything that is on or coming: one tap joins what is open, or asks for leave. */
  _meetings() {
    const { meeting } = this._device;
    const open = meeting.joinable;
    if (open) {
      this._join(open.occurrence);
      return;
    }
    const { person } = this._device.me;
    openComing(this._coming, person && person.id, (each) => this._whenIs(each));
  }

  /** @param {{scheduled_start: string}} next */
  _whenIs(next) {
    const today = isoDay(this._device.meeting.now()) === isoDay(new Date(next.scheduled_start));
    const time = clockTime(next.scheduled_start);
    return today
      ? t('home.next_today', { time })
      : t('home.next', { day: dayName(next.scheduled_start), time });
  }

  async _look() {
    const from = this._device.meeting.now();
    const to = new Date(from.getTime() + DAYS_AHEAD * 86400000);
    const span = new URLSearchParams({ from: from.toISOString(), to: to.toISOString() });
    try {
      const found = await get(`/api/occurrences?${span}`);
      this._coming = found.occurrences.filter(
        (/** @type {{state: string}} */ each) => each.state === 'scheduled',
      );
      this.update();
    } catch (error) {
      // The list is a comfort; what is open comes over the connection.
    }
  }
}
