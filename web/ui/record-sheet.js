/**
 * The text of a record as it will stand on paper: read, printed, compared.
 */
import { clockTime, fullDay, t } from '../i18n.js';
import { personChip } from './desk.js';
import { el } from './dom.js';

/** @typedef {import('../records.js').Content} Content */

/** @param {string | null} start @param {string | null} end */
function span(start, end) {
  if (!start) {
    return '–';
  }
  const from = `${fullDay(start)} ${clockTime(start)}`;
  if (!end) {
    return from;
  }
  const sameDay = fullDay(start) === fullDay(end);
  return `${from} – ${sameDay ? '' : `${fullDay(end)} `}${clockTime(end)}`;
}

/** @param {[string, string][]} pairs */
function facts(pairs) {
  const list = el('dl', { class: 'record-facts' });
  for (const [name, value] of pairs) {
    list.append(
      el('div', {}, el('dt', { text: t(`record.section.${name}`) }), el('dd', { text: value || '–' })),
    );
  }
  return list;
}

/** @param {string} name @param {(Node | null)[]} inside */
function section(name, inside) {
  return el(
    'section',
    { class: 'record-section', 'data-section': name },
    el('h2', { text: t(`record.section.${name}`) }),
    ...inside,
  );
}

/** @param {string[]} lines @param {string} nothing */
function numbered(lines, nothing) {
  if (!lines.length) {
    return el('p', { class: 'facts', text: nothing });
  }
  return el('ol', {}, ...lines.map((text) => el('li', { text })));
}

/** @param {string} text */
function paragraphs(text) {
  const lines = text.split('\n').filter((line) => line.trim());
  return lines.length
    ? lines.map((line) => el('p', { class: 'prose', text: line.trim() }))
    : [el('p', { class: 'facts', text: t('record.nothing_written') })];
}

/** @param {import('../records.js').VoteLine} vote */
function voteWords(vote) {
  const result = vote.adopted === null ? 'stopped' : vote.adopted ? 'adopted' : 'rejected';
  return t('record.vote', {
    title: vote.title,
    present: vote.present_voting,
    expected: vote.expected_voting,
    yes: vote.in_favour,
    no: vote.against,
    abstained: vote.abstained,
    result: t(`record.vote_result.${result}`),
  });
}

/** @param {import('../records.js').FollowUp} one */
function followUpWords(one) {
  const said = [one.task];
  if (one.responsible) {
    said.push(t('record.responsible', { name: one.responsible }));
  }
  if (one.due) {
    said.push(t('record.until', { day: fullDay(`${one.due}T12:00:00+08:00`) }));
  }
  return said.join(t('record.joiner'));
}

/** @param {Content} content */
function people(content) {
  const rows = content.people.map((line) =>
    el(
      'tr',
      { 'data-person': line.person },
      el('td', { text: line.name }),
      el('td', { text: line.unit_name }),
      el('td', {}, personChip(line.state)),
      el('td', {
        class: 'remark',
        text: [
          line.reason ? t(`absence.${line.reason}`) : '',
          line.substitute ? t('report.substitute', { name: line.substitute }) : '',
        ]
          .filter((each) => each)
          .join(t('record.joiner')),
      }),
    ),
  );
  const heads = ['name', 'unit', 'state', 'remark'];
  return el(
    'div',
    { class: 'table-frame', tabindex: 0 },
    el(
      'table',
      { class: 'table record-people' },
      el(
        'thead',
        {},
        el('tr', {}, ...heads.map((each) => el('th', { scope: 'col', text: t(`report.${each}`) }))),
      ),
      el('tbody', {}, ...rows),
    ),
  );
}

/** @param {Content} content */
function quorumWords(content) {
  const quorum = content.quorum;
  if (!quorum) {
    return t('record.no_quorum_needed');
  }
  const numbers = {
    present: quorum.present_voting,
    expected: quorum.expected_voting,
    needed: quorum.needed,
  };
  if (quorum.together === null || quorum.together === undefined) {
    // A text that was signed before says only who counted as present.
    return t(quorum.reached ? 'record.quorum_reached' : 'record.quorum_missed', numbers);
  }
  const words = quorum.reached ? 'record.quorum_reached_together' : 'record.quorum_missed_together';
  return t(words, { ...numbers, together: quorum.together });
}

/**
 * @param {Content} content
 * @returns {HTMLElement}
 */
export function recordSheet(content) {
  const n = content.numbers;
  return el(
    'article',
    { class: 'record-sheet', 'data-testid': 'record-sheet' },
    facts([
      ['branch', content.branch.name],
      ['title', content.title],
      ['scheduled', span(content.scheduled_start, content.scheduled_end)],
      ['actual', span(content.started_at, content.ended_at)],
      ['place', content.place],
      ['mode', t(`record.mode.${content.mode}`)],
      ['host', content.host ? content.host.name : ''],
      ['recorder', content.recorder ? content.recorder.name : ''],
      [
        'numbers',
        t('record.numbers', {
          expected: n.expected || 0,
          present: n.present || 0,
          leave: n.on_leave || 0,
          absent: n.absent || 0,
          others: n.non_voting || 0,
        }),
      ],
      ['quorum', quorumWords(content)],
    ]),
    section('agenda', [
      numbered(
        content.agenda.map((line) => (line.speaker ? `${line.title}（${line.speaker}）` : line.title)),
        t('record.none'),
      ),
    ]),
    section(
      'discussion',
      content.discussion.reduce(
        (/** @type {Node[]} */ made, one) =>
          made.concat(
            el('h3', { text: one.speaker ? `${one.title}（${one.speaker}）` : one.title }),
            paragraphs(one.text),
          ),
        [],
      ),
    ),
    section('votes', [numbered(content.votes.map(voteWords), t('record.none'))]),
    section('resolutions', [
      numbered(content.resolutions.map((one) => one.text), t('record.no_resolutions')),
    ]),
    section('follow_ups', [numbered(content.follow_ups.map(followUpWords), t('record.none'))]),
    section('people', [people(content)]),
    section('attachments', [
      numbered(content.attachments.map((one) => one.name), t('record.none')),
    ]),
  );
}
