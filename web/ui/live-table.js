/**
 * A table that is renewed in place: rows stay the same elements as long as what they show is there,
 * so that neither focus nor the reader's eye is lost.
 */
import { t } from '../i18n.js';
import { el, say } from './dom.js';

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} words key of its head
 * @property {(row: Row) => string} text
 * @property {boolean} [figure] right-aligned
 * @property {boolean} [wide] may be broken into lines
 */

/**
 * @template Row
 * @typedef {{row: HTMLElement, name: HTMLElement | null, cells: {cell: HTMLElement, column: Column<Row>}[]}} Shown
 */

/** @template Row */
export class LiveTable {
  /**
   * @param {string} testid
   * @param {Column<Row>[]} columns the first one names the row
   * @param {(row: Row) => string} key
   * @param {(key: string) => void} [choose] makes the names buttons
   */
  constructor(testid, columns, key, choose) {
    this._columns = columns;
    this._key = key;
    this._choose = choose;
    /** @type {Map<string, Shown<Row>>} */
    this._shown = new Map();
    this._body = el('tbody', {});
    this._nothing = el('p', { class: 'facts', text: t('debug.nothing') });
    const heads = columns.map((column) =>
      el('th', { scope: 'col', text: t(column.words), class: column.figure ? 'figure' : null }),
    );
    this.element = el(
      'div',
      { class: 'table-frame', tabindex: 0 },
      el(
        'table',
        { class: 'table', 'data-testid': testid },
        el('thead', {}, el('tr', {}, ...heads)),
        this._body,
      ),
      this._nothing,
    );
  }

  /** @param {Row[]} rows @param {string | null} [chosen] */
  show(rows, chosen) {
    const keys = new Set(rows.map(this._key));
    for (const [key, { row }] of this._shown) {
      if (!keys.has(key)) {
        row.remove();
        this._shown.delete(key);
      }
    }
    for (const each of rows) {
      const key = this._key(each);
      const shown = this._shown.get(key) || this._add(key);
      shown.cells.forEach(({ cell, column }) => say(cell, column.text(each)));
      if (shown.name) {
        shown.name.setAttribute('aria-pressed', String(key === chosen));
      }
    }
    this._nothing.hidden = rows.length > 0;
  }

  /** @param {string} key */
  _add(key) {
    const choose = this._choose;
    const row = el('tr', { 'data-key': key });
    /** @type {HTMLElement | null} */
    let name = null;
    const cells = this._columns.map((column, index) => {
      const look = column.figure ? 'figure' : column.wide ? 'remark' : null;
      /** @type {HTMLElement} */
      let cell = el('td', { class: look });
      row.append(cell);
      if (index === 0 && choose) {
        name = el('button', { class: 'name', type: 'button', onclick: () => choose(key) });
        cell.append(name);
        cell = name;
      }
      return { cell, column };
    });
    this._body.append(row);
    /** @type {Shown<Row>} */
    const made = { row, name, cells };
    this._shown.set(key, made);
    return made;
  }
}
