/**
 * Records of meetings over the API, without any page.
 */
import { ask, get } from './api.js';

/**
 * @typedef {{id: string, name: string}} Named
 * @typedef {{item: string | null, title: string, speaker: string, text: string}} Discussed
 * @typedef {{text: string, vote: string | null}} Resolution
 * @typedef {{task: string, responsible: string, due: string | null}} FollowUp
 *
 * @typedef {object} Minutes what the recorder writes
 * @property {string} place
 * @property {string | null} mode
 * @property {string | null} started_at
 * @property {string | null} ended_at
 * @property {Discussed[]} discussion
 * @property {Resolution[]} resolutions
 * @property {FollowUp[]} follow_ups
 * @property {Record<string, string>} absences reason by person
 *
 * @typedef {object} PersonLine
 * @property {string} person
 * @property {string} name
 * @property {string} unit_name
 * @property {string | null} standing
 * @property {string} state
 * @property {string | null} reason
 * @property {string} substitute
 *
 * @typedef {object} VoteLine
 * @property {string} id
 * @property {string} title
 * @property {number} in_favour
 * @property {number} against
 * @property {number} abstained
 * @property {number} expected_voting
 * @property {number} present_voting
 * @property {boolean | null} adopted
 *
 * @typedef {object} Content
 * @property {Named} branch
 * @property {string} type
 * @property {string} title
 * @property {string} scheduled_start
 * @property {string} scheduled_end
 * @property {string | null} started_at
 * @property {string | null} ended_at
 * @property {string} place
 * @property {string} mode
 * @property {string[]} sites
 * @property {Named | null} host
 * @property {Named | null} recorder
 * @property {Record<string, number>} numbers
 * @property {{expected_voting: number, present_voting: number, together?: number | null, needed: number, reached: boolean} | null} quorum
 * @property {PersonLine[]} people
 * @property {{title: string, speaker: string, minutes: number | null}[]} agenda
 * @property {Discussed[]} discussion
 * @property {VoteLine[]} votes
 * @property {Resolution[]} resolutions
 * @property {FollowUp[]} follow_ups
 * @property {{name: string, size_bytes: number}[]} attachments
 *
 * @typedef {object} Finding
 * @property {string} code
 * @property {boolean} blocking
 * @property {string} mark
 * @property {string} source
 * @property {string} article
 * @property {Record<string, number>} numbers
 * @property {string[]} people names
 *
 * @typedef {object} Entry
 * @property {number} seq
 * @property {string} kind
 * @property {string} author_name
 * @property {string} at
 * @property {string} reason
 * @property {Record<string, string>} said
 * @property {string} hash
 *
 * @typedef {object} MeetingRecord
 * @property {string} occurrence
 * @property {string} state
 * @property {number} version
 * @property {string} meeting_state
 * @property {boolean} host_signed
 * @property {boolean} recorder_signed
 * @property {Content} content
 * @property {Minutes} minutes
 * @property {string} digest
 * @property {Finding[]} findings
 * @property {Entry[]} history
 * @property {boolean} intact
 * @property {string[]} may
 *
 * @typedef {object} RecordLine
 * @property {string} occurrence
 * @property {string} unit_name
 * @property {string} title
 * @property {string} scheduled_start
 * @property {string} state
 * @property {boolean} host_signed
 * @property {boolean} recorder_signed
 * @property {boolean} mine
 *
 * @typedef {object} Version
 * @property {number} seq
 * @property {string} kind
 * @property {string} author_name
 * @property {string} at
 * @property {string} reason
 * @property {Content} content
 * @property {{section: string, of: string, before: string, after: string}[]} changes
 */

/** @param {string} occurrence */
function path(occurrence) {
  return `/api/occurrences/${encodeURIComponent(occurrence)}/record`;
}

/**
 * @param {string[]} states
 * @param {string | null} cursor
 * @returns {Promise<{records: RecordLine[], counts: Record<string, number>, next: string | null}>}
 */
export function listRecords(states, cursor) {
  const query = new URLSearchParams({ state: states.join(',') });
  if (cursor) {
    query.set('cursor', cursor);
  }
  return get(`/api/records?${query}`);
}

/** @param {string} occurrence @returns {Promise<MeetingRecord>} */
export function readRecord(occurrence) {
  return get(path(occurrence));
}

/** @param {MeetingRecord} record @param {Minutes} minutes @param {number} version */
export function writeRecord(record, minutes, version) {
  return ask('PUT', path(record.occurrence), minutes, version);
}

/** @param {MeetingRecord} record @param {string | null} host @param {string | null} recorder */
export function appoint(record, host, recorder) {
  return ask('PUT', `${path(record.occurrence)}/people`, { host, recorder }, record.version);
}

/** @param {MeetingRecord} record @param {string} role @param {string} pin */
export function sign(record, role, pin) {
  return ask('POST', `${path(record.occurrence)}/sign`, { role, pin, digest: record.digest });
}

/**
 * @param {MeetingRecord} record
 * @param {'reopen' | 'submit' | 'return' | 'archive' | 'corrections'} act
 * @param {object} [body]
 */
export function doTo(record, act, body) {
  return ask('POST', `${path(record.occurrence)}/${act}`, body, record.version);
}

/** @param {string} occurrence @returns {Promise<{versions: Version[]}>} */
export function readVersions(occurrence) {
  return get(`${path(occurrence)}/versions`);
}

/** @param {MeetingRecord} record */
export function packAddress(record) {
  return `${path(record.occurrence)}/pack`;
}

/**
 * Whether the recorder says why this person was not there; leave and exemption say so themselves.
 * @param {PersonLine} line
 */
export function asksReason(line) {
  return line.standing === 'expected' && (line.state === 'absent' || line.state === 'left_early');
}
