/**
 * One paper as a page of it is seen: a picture of each page or a text, larger or smaller, moved by
 * buttons. What the server cannot draw is said in its words.
 */
import { ApiError, get } from '../api.js';
import { errorText, language, t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill, say, show } from './dom.js';
import { paperAddress } from './papers.js';

/** @typedef {{id: string, name: string, shown_as: 'pages' | 'text' | 'file'}} Sheet */

/** Of what is seen; the rest stays in sight, so that nobody loses the line. */
const STEP = 0.8;
/** The widths the server draws, pixels. */
const WIDTHS = [800, 1280, 1920];
/** The whole page, its width, and larger; how many of its widths the first three are. */
const ZOOMS = ['whole', 'wide', 'larger', 'largest'];
const WIDE = 1;
const TIMES = [1, 1, 1.6, 2.4];
/** Milliseconds until a page is asked for again that the line or the server did not give. */
const AGAIN = 3000;

export class PageSheet {
  /** @param {string} occurrence */
  constructor(occurrence) {
    this._occurrence = occurrence;
    this._zoom = WIDE;
    this._wanted = '';
    this._again = 0;
    /** @type {{paper: Sheet, page: number} | null} */
    this._stands = null;
    /** Called when what is seen may have become larger or smaller than its place. */
    this.onfit = () => {};
    this._told = el('p', { role: 'status', 'data-testid': 'paper-told' });
    this._body = el('div', { class: 'paper-body' });
    this.element = el(
      'div',
      { class: 'paper-sheet', 'data-testid': 'paper-sheet' },
      this._told,
      this._body,
    );
    this._smaller = button({ words: t('papers.smaller'), testid: 'paper-smaller' }, () =>
      this._resize(-1),
    );
    this._larger = button({ words: t('papers.larger'), testid: 'paper-larger' }, () =>
      this._resize(1),
    );
    this.up = button({ words: t('papers.up'), testid: 'paper-up' }, () => this._move(-1));
    this.down = button({ words: t('papers.down'), testid: 'paper-down' }, () => this._move(1));
    this.up.classList.add('moves');
    this.down.classList.add('moves');
    /** Buttons in their order; those that can do nothing are hidden. */
    this.tools = [this.up, this.down, this._smaller, this._larger];
    this._drawZoom();
    this.fit();
  }

  /**
   * Show a page; the one before stays in sight until it is there.
   * @param {Sheet} paper
   * @param {number} page from 1
   */
  show(paper, page) {
    const before = this._stands;
    if (before && before.paper.id === paper.id && before.page === page) {
      return;
    }
    if (!before || before.paper.id !== paper.id) {
      fill(this._body);
    }
    this._stands = { paper, page };
    this._load();
  }

  /** Forget what is asked for; nothing is loaded after this. */
  close() {
    clearTimeout(this._again);
    this._wanted = '';
    this._stands = null;
  }

  /** Show the buttons that move it only where it is larger than its place. */
  fit() {
    const moves = this.element.scrollHeight > this.element.clientHeight + 4;
    show(this.up, moves);
    show(this.down, moves);
    this.onfit();
  }

  _load() {
    clearTimeout(this._again);
    const { _stands: stands } = this;
    if (!stands) {
      return;
    }
    const { paper, page } = stands;
    const address =
      paper.shown_as === 'text'
        ? paperAddress(this._occurrence, paper)
        : `${paperAddress(this._occurrence, paper)}/pages/${page}?width=${this._width()}`;
    if (address === this._wanted) {
      return;
    }
    this._wanted = address;
    if (!this._body.firstChild) {
      say(this._told, t('papers.loading'));
    }
    const name = t('papers.page_named', { name: paper.name, page });
    const loaded = paper.shown_as === 'text' ? textAt(address) : pictureAt(address, name);
    loaded.then(
      (seen) => this._wanted === address && this._draw(seen),
      (error) => this._wanted === address && this._failed(error),
    );
  }

  /** @param {HTMLElement} seen */
  _draw(seen) {
    const page = this._stands ? String(this._stands.page) : '';
    const turned = this._body.getAttribute('data-page') !== page;
    say(this._told, '');
    fill(this._body, seen);
    this._body.setAttribute('data-page', page);
    if (turned) {
      this.element.scrollTop = 0;
    }
    this.fit();
  }

  /** @param {ApiError} error */
  _failed(error) {
    this._wanted = '';
    fill(this._body);
    say(this._told, errorText(error));
    this.fit();
    if (error.status === 0 || error.status >= 500) {
      this._again = setTimeout(() => this._load(), AGAIN);
    }
  }

  /** The width to ask for, for the place it has and the pixels of the screen. */
  _width() {
    const times = TIMES[this._zoom] || 1;
    const wanted = this.element.clientWidth * times * Math.min(window.devicePixelRatio || 1, 2);
    return WIDTHS.find((width) => width >= wanted * 0.9) || WIDTHS[WIDTHS.length - 1];
  }

  /** @param {number} way */
  _move(way) {
    this.element.scrollTop += way * STEP * this.element.clientHeight;
  }

  /** @param {number} way */
  _resize(way) {
    const { element } = this;
    const middle = (element.scrollTop + element.clientHeight / 2) / (element.scrollHeight || 1);
    this._zoom = Math.max(0, Math.min(ZOOMS.length - 1, this._zoom + way));
    this._drawZoom();
    element.scrollTop = middle * element.scrollHeight - element.clientHeight / 2;
    element.scrollLeft = (element.scrollWidth - element.clientWidth) / 2;
    this.fit();
    this._load();
  }

  _drawZoom() {
    this.element.setAttribute('data-zoom', ZOOMS[this._zoom] || '');
    this._smaller.toggleAttribute('disabled', this._zoom === 0);
    this._larger.toggleAttribute('disabled', this._zoom === ZOOMS.length - 1);
  }
}

/** @param {string} address @returns {Promise<HTMLElement>} */
async function textAt(address) {
  let answer;
  try {
    answer = await fetch(address, {
      headers: { 'Accept-Language': language() },
      credentials: 'same-origin',
    });
  } catch (error) {
    throw new ApiError(0, 'not_connected');
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new ApiError(answer.status, problem.code || 'internal', problem.detail);
  }
  return el('p', { class: 'paper-text', text: await answer.text() });
}

/** @param {string} address @param {string} name @returns {Promise<HTMLElement>} */
function pictureAt(address, name) {
  return new Promise((resolve, reject) => {
    const picture = el('img', { alt: name });
    picture.addEventListener('load', () => resolve(picture));
    // A picture does not tell why it failed; the same address asked as data does.
    picture.addEventListener('error', () =>
      get(address).then(() => reject(new ApiError(0, 'not_connected')), reject),
    );
    picture.src = address;
  });
}
