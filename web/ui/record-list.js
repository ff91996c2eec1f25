/**
 * The list of records: what is to be done, by state.
 */
import { clockTime, errorText, fullDay, t } from '../i18n.js';
import { listRecords } from '../records.js';
import { button } from './dialog.js';
import { el, fill } from './dom.js';

/** @typedef {import('../records.js').RecordLine} RecordLine */

const STATES = ['drafting', 'signed', 'submitted', 'returned', 'archived'];

/** Where a record stands, in words and colour. @param {string} state */
export function recordChip(state) {
  return el('span', { class: `chip record-${state}`, text: t(`record.state.${state}`) });
}

/** Who has to do something next. @param {RecordLine} line */
function next(line) {
  if (line.state !== 'drafting' || line.host_signed === line.recorder_signed) {
    return t(`record.next.${line.state}`);
  }
  return t(line.host_signed ? 'record.next.recorder_signs' : 'record.next.host_signs');
}

/** @param {RecordLine} line */
function entry(line) {
  return el(
    'li',
    {},
    el(
      'a',
      {
        class: 'record-entry',
        href: `/record?occurrence=${encodeURIComponent(line.occurrence)}`,
        'data-testid': 'record',
        'data-state': line.state,
      },
      el('span', { class: 'title', text: line.title }),
      recordChip(line.state),
      el('span', {
        class: 'facts',
        text: `${line.unit_name}　${fullDay(line.scheduled_start)} ${clockTime(line.scheduled_start)}`,
      }),
      el('span', { class: 'next', text: `${line.mine ? `${t('record.mine')}　` : ''}${next(line)}` }),
    ),
  );
}

/**
 * Show the list with its filters.
 * @param {HTMLElement} sheet
 * @param {boolean} reviews whoever reviews sees first what waits for review
 */
export async function showList(sheet, reviews) {
  let chosen = reviews ? ['submitted'] : ['drafting', 'returned', 'signed'];
  const filters = el('div', { class: 'acts', 'data-testid': 'record-filters' });
  const list = el('ul', { class: 'record-list', 'data-testid': 'record-list' });
  const foot = el('div', { class: 'acts' });
  fill(sheet, el('h1', { text: t('record.title') }), filters, list, foot);

  /** @param {string} name @param {string[]} states @param {number} count */
  const filter = (name, states, count) => {
    const made = button(
      { words: t('record.filter', { name, count }), testid: `filter-${states.join('-')}` },
      () => {
        chosen = states;
        load(null);
      },
    );
    made.setAttribute('aria-pressed', String(states.join() === chosen.join()));
    return made;
  };

  /** @param {string | null} cursor */
  const load = async (cursor) => {
    let page;
    try {
      page = await listRecords(chosen, cursor);
    } catch (error) {
      const text = errorText(/** @type {import('../api.js').ApiError} */ (error));
      fill(foot, el('p', { class: 'problem', text }));
      return;
    }
    const { counts } = page;
    const open = ['drafting', 'returned', 'signed'];
    fill(
      filters,
      filter(t('record.to_do'), open, open.reduce((sum, each) => sum + (counts[each] || 0), 0)),
      ...STATES.map((each) => filter(t(`record.state.${each}`), [each], counts[each] || 0)),
    );
    if (!cursor) {
      fill(list);
    }
    page.records.forEach((line) => list.append(entry(line)));
    if (!list.firstChild) {
      list.append(el('li', { class: 'facts', text: t('record.empty') }));
    }
    fill(
      foot,
      page.next ? button({ words: t('record.more'), testid: 'more' }, () => load(page.next)) : null,
    );
  };
  await load(null);
}
