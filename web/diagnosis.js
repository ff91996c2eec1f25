/**
 * `window.liancun`: what a page can say about itself, for tests and for whoever is asked to help
 * over the telephone. Nothing in the product depends on it.
 *
 * - `liancun.state()` → the connection, the meeting joined, the line, what is captured.
 * - `await liancun.media()` → the connection's state, every layer sent (`sends`) and every slot
 *   (`slots`: who fills it, frames decoded, size, packets, lost).
 * - `liancun.marks()` → milliseconds of page time of the last click on join (`join`), of the
 *   answer (`joined`) and of the first picture after it (`first_frame`). They are performance
 *   marks too: `liancun.join`, `liancun.joined`, `liancun.first_frame`.
 */

/** @typedef {import('./meeting.js').Meeting} Meeting */
/** @typedef {'join' | 'joined' | 'first_frame'} Mark */

/** @param {Mark} name */
export function mark(name) {
  performance.mark(`liancun.${name}`);
}

/** @param {Mark} name @returns {number | null} */
function lastMark(name) {
  const all = performance.getEntriesByName(`liancun.${name}`, 'mark');
  const last = all[all.length - 1];
  return last ? last.startTime : null;
}

/** @param {Meeting} meeting */
function state(meeting) {
  const { connection, media, room } = meeting;
  return {
    connection: connection.state,
    ending: connection.ending,
    occurrence: room ? room.occurrence : null,
    peer: room ? room.peer : null,
    peers: room ? room.peers.map((each) => each.peer) : [],
    speaker: room ? room.speaker : null,
    floor: room ? room.floor : null,
    counts: room ? room.counts : null,
    signed_in: room ? room.signed_in : false,
    line: media.line,
    media: media.connectionState,
    captured: media.captured,
    obstacle: media.obstacle,
    muted: media.muted,
  };
}

/** @param {Meeting} meeting */
async function mediaState(meeting) {
  const { media } = meeting;
  const report = await media.stats();
  /** @type {any[]} */
  const entries = [];
  if (report) {
    report.forEach((/** @type {any} */ entry) => entries.push(entry));
  }
  const tracks = media.receivers();
  return {
    connection: media.connectionState,
    line: media.line,
    sends: entries.filter((entry) => entry.type === 'outbound-rtp').map(sent),
    slots: media.slots.map((slot) => {
      const track = tracks[slot.kind][slot.slot];
      const entry = entries.find(
        (each) => each.type === 'inbound-rtp' && each.trackIdentifier === track,
      );
      return Object.assign({}, slot, received(entry || {}));
    }),
  };
}

/** @param {any} entry */
function sent(entry) {
  return {
    kind: entry.kind,
    rid: entry.rid || null,
    active: entry.active !== false,
    frames: entry.framesEncoded || 0,
    width: entry.frameWidth || 0,
    height: entry.frameHeight || 0,
    packets: entry.packetsSent || 0,
  };
}

/** @param {any} entry */
function received(entry) {
  return {
    frames: entry.framesDecoded || 0,
    keyframes: entry.keyFramesDecoded || 0,
    freezes: entry.freezeCount || 0,
    width: entry.frameWidth || 0,
    height: entry.frameHeight || 0,
    packets: entry.packetsReceived || 0,
    lost: entry.packetsLost || 0,
    energy: entry.totalAudioEnergy || 0,
  };
}

/** @param {Meeting} meeting */
export function exposeForDiagnosis(meeting) {
  meeting.on('joined', () => mark('joined'));
  Object.defineProperty(window, 'liancun', {
    value: Object.freeze({
      state: () => state(meeting),
      media: () => mediaState(meeting),
      marks: () => ({
        join: lastMark('join'),
        joined: lastMark('joined'),
        first_frame: lastMark('first_frame'),
      }),
    }),
  });
}
