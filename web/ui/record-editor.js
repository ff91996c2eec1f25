/**
 * The recorder's part of a record as a form: what is known stands in it already.
 */
import { clockTime, isoDay, t } from '../i18n.js';
import { asksReason } from '../records.js';
import { button } from './dialog.js';
import { el } from './dom.js';

/**
 * @typedef {import('../records.js').MeetingRecord} MeetingRecord
 * @typedef {import('../records.js').Minutes} Minutes
 */

const MODES = ['video', 'on_site', 'mixed'];
const REASONS = ['work', 'illness', 'family', 'other', 'unexplained'];

/** @param {string} words @param {HTMLElement} field */
function labelled(words, field) {
  return el('label', { class: 'field' }, el('span', { text: words }), field);
}

/** @param {string} value @param {string} testid @param {number} most */
function line(value, testid, most) {
  return el('input', { type: 'text', value, maxlength: most, 'data-testid': testid });
}

/** @param {string} value @param {string} testid @param {number} rows @param {number} most */
function area(value, testid, rows, most) {
  const made = el('textarea', { rows, maxlength: most, 'data-testid': testid });
  made.value = value;
  return made;
}

/**
 * @param {[string, string][]} choices value and words
 * @param {string} chosen
 * @param {string} testid
 */
function choice(choices, chosen, testid) {
  return el(
    'select',
    { 'data-testid': testid },
    ...choices.map(([value, text]) => el('option', { value, text, selected: value === chosen })),
  );
}

/** A time of the county for the browser's own field. @param {string | null} at */
function localTime(at) {
  return at ? `${isoDay(new Date(at))}T${clockTime(at)}` : '';
}

/** @param {HTMLInputElement} field */
function moment(field) {
  return field.value ? `${field.value.slice(0, 16)}:00+08:00` : null;
}

/**
 * A list of parts that can be added and taken out; `make` gives an element and reads it.
 * @template T
 * @param {T[]} values
 * @param {(value: T) => {element: HTMLElement, read: () => T | null}} make
 * @param {() => T} fresh
 * @param {string} testid
 * @param {() => void} changed
 */
function list(values, make, fresh, testid, changed) {
  /** @type {{element: HTMLElement, read: () => T | null}[]} */
  let parts = [];
  const frame = el('div', {});
  /** @param {T} value */
  const add = (value) => {
    const part = make(value);
    parts.push(part);
    const row = el('div', { class: 'record-part' }, part.element);
    row.append(
      button({ words: t('record.take_out'), testid: `${testid}-remove` }, () => {
        parts = parts.filter((each) => each !== part);
        row.remove();
        changed();
      }),
    );
    frame.append(row);
  };
  values.forEach(add);
  const more = button({ words: t(`record.add.${testid}`), testid: `add-${testid}` }, () => {
    add(fresh());
    changed();
    const fields = frame.querySelectorAll('input, textarea');
    const last = frame.lastElementChild && frame.lastElementChild.querySelector('input, textarea');
    if (fields.length && last instanceof HTMLElement) {
      last.focus();
    }
  });
  return {
    element: el('div', {}, frame, more),
    read: () =>
      parts.map((each) => each.read()).filter((/** @type {T | null} */ each) => each !== null),
  };
}

/** @param {MeetingRecord} record @param {() => void} changed */
function discussionPart(record, changed) {
  return list(
    record.minutes.discussion,
    (value) => {
      const title = line(value.title, 'discussion-title', 200);
      const speaker = line(value.speaker, 'discussion-speaker', 200);
      const text = area(value.text, 'discussion-text', 6, 20000);
      return {
        element: el(
          'div',
          {},
          labelled(t('record.item_title'), title),
          labelled(t('record.speaker'), speaker),
          labelled(t('record.said'), text),
        ),
        read: () =>
          title.value.trim() || text.value.trim()
            ? {
                item: value.item,
                title: title.value.trim(),
                speaker: speaker.value.trim(),
                text: text.value,
              }
            : null,
      };
    },
    () => ({ item: null, title: '', speaker: '', text: '' }),
    'discussion',
    changed,
  );
}

/** @param {MeetingRecord} record @param {() => void} changed */
function resolutionPart(record, changed) {
  /** @type {[string, string][]} */
  const votes = record.content.votes
    .filter((vote) => vote.adopted)
    .map((vote) => /** @type {[string, string]} */ ([vote.id, vote.title]));
  return list(
    record.minutes.resolutions,
    (value) => {
      const text = area(value.text, 'resolution-text', 3, 2000);
      const vote = choice([['', t('record.no_vote')], ...votes], value.vote || '', 'resolution-vote');
      return {
        element: el(
          'div',
          {},
          labelled(t('record.resolution'), text),
          votes.length ? labelled(t('record.by_vote'), vote) : null,
        ),
        read: () =>
          text.value.trim() ? { text: text.value.trim(), vote: vote.value || null } : null,
      };
    },
    () => ({ text: '', vote: null }),
    'resolution',
    changed,
  );
}

/** @param {MeetingRecord} record @param {() => void} changed */
function followUpPart(record, changed) {
  return list(
    record.minutes.follow_ups,
    (value) => {
      const task = area(value.task, 'follow-up-task', 2, 2000);
      const responsible = line(value.responsible, 'follow-up-responsible', 200);
      const due = el('input', { type: 'date', value: value.due || '' });
      return {
        element: el(
          'div',
          {},
          labelled(t('record.task'), task),
          labelled(t('record.who'), responsible),
          labelled(t('record.due'), due),
        ),
        read: () =>
          task.value.trim()
            ? {
                task: task.value.trim(),
                responsible: responsible.value.trim(),
                due: due.value || null,
              }
            : null,
      };
    },
    () => ({ task: '', responsible: '', due: null }),
    'follow_up',
    changed,
  );
}

/** @param {MeetingRecord} record */
function absencePart(record) {
  /** @type {[string, string][]} */
  const reasons = [['', t('record.choose_reason')]];
  REASONS.forEach((each) => reasons.push([each, t(`absence.${each}`)]));
  const fields = record.content.people.filter(asksReason).map((person) => ({
    person,
    field: choice(reasons, record.minutes.absences[person.person] || '', 'absence-reason'),
  }));
  return {
    element: fields.length
      ? el(
          'div',
          { class: 'record-absences' },
          ...fields.map(({ person, field }) =>
            labelled(`${person.name}（${t(`state.${person.state}`)}）`, field),
          ),
        )
      : null,
    read: () => {
      /** @type {Record<string, string>} */
      const said = {};
      fields.forEach(({ person, field }) => {
        if (field.value) {
          said[person.person] = field.value;
        }
      });
      return said;
    },
  };
}

/**
 * @param {MeetingRecord} record
 * @param {() => void} changed called at every change somebody makes
 * @returns {{element: HTMLElement, read: () => Minutes}}
 */
export function recordEditor(record, changed) {
  const { content } = record;
  const place = line(content.place, 'place', 200);
  /** @type {[string, string][]} */
  const modes = MODES.map((each) => [each, t(`record.mode.${each}`)]);
  const mode = choice(modes, content.mode, 'mode');
  const start = el('input', { type: 'datetime-local', value: localTime(content.started_at) });
  const end = el('input', { type: 'datetime-local', value: localTime(content.ended_at) });
  const absences = absencePart(record);
  const discussion = discussionPart(record, changed);
  const resolutions = resolutionPart(record, changed);
  const followUps = followUpPart(record, changed);
  /** @param {string} name @param {HTMLElement} inside */
  const section = (name, inside) =>
    el(
      'section',
      { class: 'record-section' },
      el('h2', { text: t(`record.section.${name}`) }),
      inside,
    );
  const element = el(
    'form',
    { class: 'record-editor', 'data-testid': 'record-editor', oninput: changed },
    el(
      'div',
      { class: 'record-grid' },
      labelled(t('record.section.place'), place),
      labelled(t('record.section.mode'), mode),
      labelled(t('record.started'), start),
      labelled(t('record.ended'), end),
    ),
    absences.element ? section('absences', absences.element) : null,
    section('discussion', discussion.element),
    section('resolutions', resolutions.element),
    section('follow_ups', followUps.element),
  );
  element.addEventListener('submit', (event) => event.preventDefault());
  return {
    element,
    read: () => ({
      place: place.value.trim(),
      mode: mode.value,
      started_at: moment(start),
      ended_at: moment(end),
      discussion: discussion.read(),
      resolutions: resolutions.read(),
      follow_ups: followUps.read(),
      absences: absences.read(),
    }),
  };
}
