/**
 * Records of meetings: the list, or one (?occurrence=): written, signed, reviewed, corrected.
 */
import { whoAmI } from '../device.js';
import { loadTexts, t } from '../i18n.js';
import { doTo, readRecord, readVersions, writeRecord } from '../records.js';
import { bar } from '../ui/desk.js';
import { button, openDialog } from '../ui/dialog.js';
import { byId, el, fill, say } from '../ui/dom.js';
import { loading } from '../ui/loading.js';
import { acts, findingList, problemText } from '../ui/record-acts.js';
import { recordEditor } from '../ui/record-editor.js';
import { papersCard } from '../ui/papers-card.js';
import { recordChip, showList } from '../ui/record-list.js';
import { recordSheet } from '../ui/record-sheet.js';
import { history, versionList } from '../ui/record-versions.js';

/** @typedef {import('../records.js').MeetingRecord} MeetingRecord */

/** What somebody wrote and has not saved yet is not lost by a careless click. */
let unsaved = false;

window.addEventListener('beforeunload', (event) => {
  if (unsaved) {
    event.preventDefault();
    event.returnValue = '';
  }
});

/** @param {HTMLElement} sheet @param {string} occurrence */
async function showRecord(sheet, occurrence) {
  const again = () => showRecord(sheet, occurrence);
  let record;
  let versions;
  try {
    record = await readRecord(occurrence);
    versions = record.history.length ? (await readVersions(occurrence)).versions : [];
  } catch (error) {
    fill(
      sheet,
      el('h1', { text: t('record.not_shown') }),
      el('p', { text: problemText(error), 'data-testid': 'problem' }),
      el('a', { class: 'button plain', href: '/record', text: t('dialog.back') }),
    );
    return;
  }
  unsaved = false;
  const found = record;
  const writes = found.may.indexOf('write') >= 0;
  const body = el('div', {});
  const text = recordSheet(found.content);
  if (writes) {
    text.classList.add('print-only');
    fill(body, editing(found, again), text);
  } else {
    fill(body, text);
  }
  fill(
    sheet,
    el(
      'div',
      { class: 'headline' },
      el('h1', { text: `${found.content.branch.name}　${found.content.title}` }),
      recordChip(found.state),
    ),
    el('p', { class: 'record-step', 'data-testid': 'record-step', text: step(found) }),
    found.intact
      ? null
      : el('p', { class: 'problem', role: 'alert', text: t('error.record_chain_broken') }),
    acts(found, {
      unsaved: () => unsaved,
      again,
      correct: () => fill(body, correcting(found, again)),
    }),
    found.state === 'archived' ? null : findingList(found.findings),
    body,
    found.content.attachments.length
      ? el('section', { class: 'record-section screen-only' }, papersCard(occurrence, true))
      : null,
    versions.length > 1
      ? el('section', { class: 'record-section' }, el('h2', { text: t('record.versions') }), versionList(versions))
      : null,
    found.history.length
      ? el('section', { class: 'record-section' }, el('h2', { text: t('record.history') }), history(found.history))
      : null,
  );
}

/** Where it stands and what comes next, in a sentence. @param {MeetingRecord} record */
function step(record) {
  if (record.state === 'returned') {
    const returned = record.history.filter((each) => each.kind === 'returned').pop();
    return t('record.step.returned', { reason: returned ? returned.reason : '' });
  }
  if (record.state !== 'drafting') {
    return t(`record.step.${record.state}`);
  }
  if (record.host_signed || record.recorder_signed) {
    return t(record.host_signed ? 'record.step.recorder_signs' : 'record.step.host_signs');
  }
  return t(record.meeting_state === 'settled' ? 'record.step.drafting' : 'record.step.unsettled');
}

/**
 * The form with its button to save. When somebody else was faster, what they saved is shown beside,
 * what was typed here stays, and saving again means it.
 * @param {MeetingRecord} record
 * @param {() => void} again
 */
function editing(record, again) {
  let version = record.version;
  const problem = el('p', { class: 'problem', role: 'alert', 'data-testid': 'problem' });
  const theirs = el('div', { 'data-testid': 'theirs' });
  const form = recordEditor(record, () => {
    unsaved = true;
  });
  const save = button({ words: t('record.save'), look: 'go', testid: 'save' }, () => {
    say(problem, '');
    writeRecord(record, form.read(), version).then(again, (error) => {
      say(problem, problemText(error));
      if (error.current) {
        version = error.current.version;
        fill(theirs, el('h2', { text: t('record.theirs') }), recordSheet(error.current.content));
      }
    });
  });
  return el(
    'div',
    { class: 'screen-only' },
    form.element,
    el('div', { class: 'record-save' }, save, problem),
    theirs,
  );
}

/** @param {MeetingRecord} record @param {() => void} again */
function correcting(record, again) {
  const problem = el('p', { class: 'problem', role: 'alert', 'data-testid': 'problem' });
  const reason = el('textarea', { rows: 3, maxlength: 1000, 'data-testid': 'reason' });
  const form = recordEditor(record, () => {
    unsaved = true;
  });
  const send = button({ words: t('record.send_correction'), look: 'go', testid: 'send' }, () => {
    say(problem, '');
    doTo(record, 'corrections', { minutes: form.read(), reason: reason.value }).then(
      again,
      (error) => say(problem, problemText(error)),
    );
  });
  const back = button({ words: t('dialog.back') }, () => {
    if (!unsaved) {
      again();
      return;
    }
    openDialog({
      title: t('record.give_up'),
      answers: [
        { words: t('record.give_up_yes'), act: again },
        { words: t('dialog.back'), look: 'go' },
      ],
    });
  });
  return el(
    'div',
    { class: 'screen-only' },
    el('p', { class: 'record-step', text: t('record.means.correct') }),
    form.element,
    el('label', { class: 'field' }, el('span', { text: t('record.reason') }), reason),
    el('div', { class: 'record-save' }, send, back, problem),
  );
}

async function main() {
  await loadTexts();
  document.title = `${t('record.title')} · ${t('brand')}`;
  const me = await whoAmI('/sign-in');
  if (!me) {
    return;
  }
  const occurrence = new URLSearchParams(location.search).get('occurrence');
  const sheet = el('main', { class: 'sheet', 'data-testid': 'sheet' }, loading());
  fill(byId('page'), bar('record', me, null), sheet);
  if (occurrence) {
    await showRecord(sheet, occurrence);
  } else {
    await showList(sheet, me.permissions.indexOf('records.review') >= 0);
  }
}

main();
