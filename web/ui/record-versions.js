/**
 * What was said and done in a record before: its entries, its versions side by side.
 */
import { clockTime, fullDay, t } from '../i18n.js';
import { button } from './dialog.js';
import { el, fill } from './dom.js';
import { recordSheet } from './record-sheet.js';

/**
 * @typedef {import('../records.js').Version} Version
 * @typedef {import('../records.js').Entry} Entry
 */

/** @param {string} at */
function when(at) {
  return `${fullDay(at)} ${clockTime(at)}`;
}

/** @param {Entry} entry */
function entryWords(entry) {
  if (entry.kind === 'signed') {
    return t(`record.entry.signed.${entry.said.role}`);
  }
  if (entry.kind === 'attendance_corrected') {
    return t('record.entry.attendance_corrected_to', {
      name: String(entry.said.name),
      state: t(`state.${entry.said.state}`),
    });
  }
  return t(`record.entry.${entry.kind}`);
}

/** What happened to the record, oldest first. @param {Entry[]} entries */
export function history(entries) {
  return el(
    'ol',
    { class: 'record-history', 'data-testid': 'record-history' },
    ...entries.map((entry) =>
      el(
        'li',
        { 'data-kind': entry.kind },
        el('b', { text: entryWords(entry) }),
        el('span', { class: 'facts', text: `　${entry.author_name}　${when(entry.at)}` }),
        entry.reason ? el('p', { text: t('record.reason_was', { reason: entry.reason }) }) : null,
      ),
    ),
  );
}

/** @param {Version['changes']} changes */
function changeTable(changes) {
  const rows = changes.map((one) =>
    el(
      'tr',
      {},
      el('td', { text: `${t(`record.section.${one.section}`)} ${one.of}` }),
      el('td', { class: 'before', text: one.before || t('record.was_not_there') }),
      el('td', { class: 'after', text: one.after || t('record.taken_out') }),
    ),
  );
  const heads = ['record.what', 'record.before', 'record.after'];
  return el(
    'div',
    { class: 'table-frame', tabindex: 0 },
    el(
      'table',
      { class: 'table record-changes', 'data-testid': 'record-changes' },
      el(
        'thead',
        {},
        el('tr', {}, ...heads.map((each) => el('th', { scope: 'col', text: t(each) }))),
      ),
      el('tbody', {}, ...rows),
    ),
  );
}

/**
 * Every version with what it changed; both whole texts beside each other on demand.
 * @param {Version[]} versions
 */
export function versionList(versions) {
  return el(
    'div',
    { 'data-testid': 'record-versions' },
    ...versions.map((version, at) => {
      const before = versions[at - 1];
      const place = el('div', {});
      const show = before
        ? button({ words: t('record.both_versions'), testid: 'both-versions' }, () => {
            if (place.firstChild) {
              fill(place);
            } else {
              fill(place, sideBySide(before, version));
            }
          })
        : null;
      return el(
        'section',
        { class: 'record-version', 'data-kind': version.kind },
        el('h3', { text: t(`record.version.${version.kind}`, { number: at + 1 }) }),
        el('p', { class: 'facts', text: `${version.author_name}　${when(version.at)}` }),
        version.reason
          ? el('p', { text: t('record.reason_was', { reason: version.reason }) })
          : null,
        before ? changeTable(version.changes) : null,
        show,
        place,
      );
    }),
  );
}

/** @param {Version} before @param {Version} after */
function sideBySide(before, after) {
  return el(
    'div',
    { class: 'record-both' },
    el('div', {}, el('h3', { text: t('record.before') }), recordSheet(before.content)),
    el('div', {}, el('h3', { text: t('record.after') }), recordSheet(after.content)),
  );
}
