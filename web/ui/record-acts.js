/**
 * What somebody may do to a record next, each behind a question of its own.
 */
import { errorText, t } from '../i18n.js';
import { appoint, doTo, packAddress, sign } from '../records.js';
import { button, openDialog } from './dialog.js';
import { el, fill, say } from './dom.js';
import { Keypad } from './keypad.js';

/** @typedef {import('../records.js').MeetingRecord} MeetingRecord */

const SHORTEST_PIN = 4;
const LONGEST_PIN = 8;

/**
 * The buttons of what is possible now.
 * @param {MeetingRecord} record
 * @param {object} options
 * @param {() => boolean} options.unsaved what is signed must be saved first
 * @param {() => void} options.again show the record anew
 * @param {() => void} options.correct
 */
export function acts(record, options) {
  const row = el('div', { class: 'acts', 'data-testid': 'record-acts' });
  /** @param {string} act */
  const may = (act) => record.may.indexOf(act) >= 0;
  /** @param {string} name @param {() => void} act @param {string} [look] */
  const add = (name, act, look) =>
    row.append(
      button({ words: t(`record.do.${name}`), look, testid: name }, () => {
        if (options.unsaved()) {
          openDialog({ title: t('record.save_first'), text: t('record.save_first_text') });
        } else {
          act();
        }
      }),
    );
  for (const role of ['host', 'recorder']) {
    if (may(`sign_${role}`)) {
      add(`sign.${role}`, () => askPin(record, role, options.again), 'go');
    }
  }
  if (may('submit')) {
    add('submit', () => confirm(record, 'submit', options.again), 'go');
  }
  if (may('review')) {
    add('archive', () => confirm(record, 'archive', options.again), 'go');
    add('return', () => askReason(record, 'return', options.again));
  }
  if (may('appoint')) {
    add('appoint', () => askPeople(record, options.again));
  }
  if (may('reopen')) {
    add('reopen', () => askReason(record, 'reopen', options.again));
  }
  if (may('correct')) {
    add('correct', options.correct);
  }
  if (may('download')) {
    row.append(
      el('a', {
        class: 'button plain',
        href: packAddress(record),
        text: t('record.do.download'),
        'data-testid': 'download',
        download: true,
      }),
    );
  }
  row.append(button({ words: t('report.print') }, () => window.print()));
  return row;
}

/** @param {unknown} error */
export function problemText(error) {
  return errorText(/** @type {import('../api.js').ApiError} */ (error));
}

/** @param {MeetingRecord} record @param {string} role @param {() => void} again */
function askPin(record, role, again) {
  const problem = el('p', { class: 'problem', role: 'alert', 'data-testid': 'sign-problem' });
  const keypad = new Keypad({
    least: SHORTEST_PIN,
    most: LONGEST_PIN,
    hidden: true,
    label: t('record.pin'),
    enter: (pin) => {
      sign(record, role, pin)
        .then(() => {
          keypad.close();
          dialog.close();
          again();
        })
        .catch((error) => {
          say(problem, problemText(error));
          keypad.clear();
        });
    },
  });
  const dialog = openDialog({
    title: t(`record.do.sign.${role}`),
    text: t('record.means.sign'),
    content: [keypad.element, problem],
    answers: [{ words: t('dialog.back'), act: () => keypad.close() }],
    testid: 'sign-dialog',
  });
}

/** @param {MeetingRecord} record @param {'submit' | 'archive'} act @param {() => void} again */
function confirm(record, act, again) {
  const warnings = record.findings.map((each) => el('p', { text: findingWords(each) }));
  openDialog({
    title: t(`record.do.${act}`),
    text: t(`record.means.${act}`),
    content: warnings,
    answers: [
      {
        words: t(`record.do.${act}`),
        look: 'go',
        testid: 'confirm',
        act: () => {
          doTo(record, act).then(again, (error) => told(error, again));
        },
      },
      { words: t('dialog.back') },
    ],
  });
}

/** @param {MeetingRecord} record @param {'return' | 'reopen'} act @param {() => void} again */
function askReason(record, act, again) {
  const reason = el('textarea', { rows: 4, maxlength: 1000, 'data-testid': 'reason' });
  const dialog = openDialog({
    title: t(`record.do.${act}`),
    text: t(`record.means.${act}`),
    content: [el('label', { class: 'field' }, el('span', { text: t('record.reason') }), reason)],
    answers: [
      {
        words: t(`record.do.${act}`),
        look: 'go',
        testid: 'confirm',
        act: () => {
          doTo(record, act, { reason: reason.value }).then(again, (error) => told(error, again));
        },
      },
      { words: t('dialog.back') },
    ],
  });
  dialog.element.querySelectorAll('textarea').forEach((each) => each.focus());
}

/** @param {MeetingRecord} record @param {() => void} again */
function askPeople(record, again) {
  /** @param {{id: string} | null} now @param {string} testid */
  const choice = (now, testid) =>
    el(
      'select',
      { 'data-testid': testid },
      el('option', { value: '', text: t('record.nobody') }),
      ...record.content.people
        .filter((line) => line.standing)
        .map((line) =>
          el('option', {
            value: line.person,
            text: `${line.name}（${line.unit_name}）`,
            selected: !!now && now.id === line.person,
          }),
        ),
    );
  const host = choice(record.content.host, 'host');
  const recorder = choice(record.content.recorder, 'recorder');
  openDialog({
    title: t('record.do.appoint'),
    content: [
      el('label', { class: 'field' }, el('span', { text: t('record.section.host') }), host),
      el('label', { class: 'field' }, el('span', { text: t('record.section.recorder') }), recorder),
    ],
    answers: [
      {
        words: t('record.save'),
        look: 'go',
        testid: 'confirm',
        act: () => {
          appoint(record, host.value || null, recorder.value || null).then(again, (error) =>
            told(error, again),
          );
        },
      },
      { words: t('dialog.back') },
    ],
  });
}

/** Say what went wrong, then show what stands there now. @param {unknown} error @param {() => void} again */
function told(error, again) {
  openDialog({
    title: t('record.not_done'),
    text: problemText(error),
    answers: [{ words: t('dialog.understood'), look: 'go', act: again }],
  });
}

/** A finding in words, with names where it is about people. @param {import('../records.js').Finding} one */
export function findingWords(one) {
  const words = t(`finding.${one.code}`, one.numbers);
  const named = one.people.length ? t('record.named', { names: one.people.join('、') }) : '';
  const law = one.mark === 'law' ? t('record.by_law', { source: one.source, article: one.article }) : '';
  return `${words}${named}${law}`;
}

/** @param {import('../records.js').Finding[]} findings */
export function findingList(findings) {
  const list = el('ul', { class: 'record-findings', 'data-testid': 'record-findings' });
  fill(
    list,
    ...findings.map((one) =>
      el(
        'li',
        { class: one.blocking ? 'blocking' : 'warning', 'data-code': one.code },
        el('b', { text: t(one.blocking ? 'record.must' : 'record.should') }),
        ` ${findingWords(one)}`,
      ),
    ),
  );
  return list;
}
