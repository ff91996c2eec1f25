/**
 * The state of the line in one word out of the browser's statistics. No page, no clock.
 *
 * @typedef {'good' | 'fair' | 'poor' | 'reconnecting'} Line
 * @typedef {object} Sample
 * @property {number} received packets so far
 * @property {number} lost packets so far, of those sent to us
 * @property {number} lostThere share of our own packets that the server misses, 0 to 1
 * @property {number} roundTrip seconds
 */

/** From here on a line is fair or poor: share lost, and seconds there and back. */
const FAIR = { lost: 0.02, roundTrip: 0.25 };
const POOR = { lost: 0.08, roundTrip: 0.7 };
/** Samples in a row before the word changes: quick to warn, slow to praise, never flickering. */
const WORSE_AFTER = 2;
const BETTER_AFTER = 4;

/**
 * @param {RTCStatsReport} report of a whole connection
 * @returns {Sample}
 */
export function sample(report) {
  const found = { received: 0, lost: 0, lostThere: 0, roundTrip: 0 };
  report.forEach((/** @type {any} */ entry) => {
    if (entry.type === 'inbound-rtp') {
      found.received += entry.packetsReceived || 0;
      found.lost += Math.max(0, entry.packetsLost || 0);
    } else if (entry.type === 'remote-inbound-rtp') {
      found.lostThere = Math.max(found.lostThere, entry.fractionLost || 0);
    } else if (entry.type === 'candidate-pair' && entry.nominated) {
      found.roundTrip = entry.currentRoundTripTime || 0;
    }
  });
  return found;
}

/**
 * @param {Sample} before
 * @param {Sample} now
 * @returns {Line}
 */
export function judge(before, now) {
  const lost = Math.max(0, now.lost - before.lost);
  const expected = lost + Math.max(0, now.received - before.received);
  const share = Math.max(expected ? lost / expected : 0, now.lostThere);
  if (share >= POOR.lost || now.roundTrip >= POOR.roundTrip) {
    return 'poor';
  }
  return share >= FAIR.lost || now.roundTrip >= FAIR.roundTrip ? 'fair' : 'good';
}

const RANK = { good: 0, fair: 1, poor: 2, reconnecting: 3 };

/** Keeps the word still until several samples agree. */
export class LineWord {
  constructor() {
    /** @type {Line} */
    this.word = 'good';
    this._worse = 0;
    this._better = 0;
    /** @type {Sample | null} */
    this._before = null;
  }

  /**
   * @param {Sample} now
   * @returns {Line} the word after this sample
   */
  take(now) {
    const before = this._before;
    this._before = now;
    // The counters start again with a new connection.
    if (!before || now.received < before.received) {
      return this.word;
    }
    const seen = judge(before, now);
    this._worse = RANK[seen] > RANK[this.word] ? this._worse + 1 : 0;
    this._better = RANK[seen] < RANK[this.word] ? this._better + 1 : 0;
    if (this._worse >= WORSE_AFTER || this._better >= BETTER_AFTER) {
      this.word = seen;
      this._worse = this._better = 0;
    }
    return this.word;
  }
}
