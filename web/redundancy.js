/**
 * Whether sound is sent with redundancy (RFC 2198): every packet carries the frame before it once
 * more, so that what a line loses is heard all the same, for twice the bits of sound. The server
 * takes it apart, whoever listens. No page, no clock.
 *
 * The rule is the server's own for what it sends (media/core/protection.py): the share of packets
 * lost is smoothed over about a hundred of them; from BEGIN on there is redundancy, until less than
 * END was lost for HOLD. Besides:
 * - Where the browser may send less than SPARE in all there is none to begin with, and below SCARCE
 *   it ends at once: a line so thin is better off with fewer bits. The two are far apart because
 *   browsers take loss itself for a thin line.
 * - What is lost while packets wait, the round trip being QUEUE longer than it can be, was too much
 *   for the line; more would be worse. It does not count.
 *
 * @typedef {object} Sent
 * @property {number} packets of sound so far
 * @property {number} lost of these, as the server reports
 * @property {number} allowed bit/s that the browser may send in all, Infinity where it does not say
 * @property {number} roundTrip seconds
 */

export const BEGIN = 0.03;
export const END = 0.01;
/** Milliseconds. */
export const HOLD = 10000;
/** Packets after which a share counts half. */
export const MEMORY = 100;
/** Bit/s: redundancy is 34 kbit/s. */
const SPARE = 100000;
const SCARCE = 50000;
/** Seconds. */
const QUEUE = 0.25;
/** The shortest round trip is forgotten by so much with each sample: networks change. */
const FORGETS = 0.05;

/**
 * @param {RTCStatsReport} report of a whole connection
 * @returns {Sent}
 */
export function soundSent(report) {
  const found = { packets: 0, lost: 0, allowed: Infinity, roundTrip: 0 };
  report.forEach((/** @type {any} */ entry) => {
    if (entry.type === 'outbound-rtp' && entry.kind === 'audio') {
      found.packets = entry.packetsSent || 0;
    } else if (entry.type === 'remote-inbound-rtp' && entry.kind === 'audio') {
      found.lost = entry.packetsLost || 0;
    } else if (entry.type === 'candidate-pair' && entry.nominated) {
      found.allowed = entry.availableOutgoingBitrate || Infinity;
      found.roundTrip = entry.currentRoundTripTime || 0;
    }
  });
  return found;
}

/** Decides from samples, one every second or two. */
export class Redundancy {
  constructor() {
    this.on = false;
    this._share = 0;
    this._shortest = Infinity;
    this._calmSince = Infinity;
    /** @type {Sent | null} */
    this._before = null;
  }

  /**
   * @param {Sent} now
   * @param {number} at milliseconds
   * @returns {boolean} whether there is to be redundancy from now on
   */
  take(now, at) {
    const before = this._before;
    this._before = now;
    const waits = this._waits(now.roundTrip);
    // The counters start again with a new connection.
    if (before && now.packets > before.packets && !waits) {
      this._smooth(now.packets - before.packets, now.lost - before.lost);
    }
    const calm = this._share < (this.on ? END : BEGIN);
    if (!this.on) {
      this.on = !calm && !waits && now.allowed >= SPARE;
      this._calmSince = Infinity;
    } else {
      this._calmSince = calm ? Math.min(this._calmSince, at) : Infinity;
      this.on = at - this._calmSince < HOLD && now.allowed >= SCARCE;
    }
    return this.on;
  }

  /**
   * Packets that come late are lost first and then found: a difference may be less than nothing.
   * @param {number} packets
   * @param {number} lost
   */
  _smooth(packets, lost) {
    const share = Math.min(1, lost / packets);
    this._share += ((share - this._share) * packets) / (packets + MEMORY);
    this._share = Math.max(0, this._share);
  }

  /** @param {number} roundTrip */
  _waits(roundTrip) {
    if (!roundTrip) {
      return false;
    }
    const known = this._shortest;
    this._shortest =
      known === Infinity ? roundTrip : Math.min(roundTrip, known + (roundTrip - known) * FORGETS);
    return roundTrip > this._shortest + QUEUE;
  }
}

/**
 * Let a section of an answer name redundancy before plain sound: browsers send what an answer names
 * first. (`RTCRtpEncodingParameters.codec` is no way: Chromium 156 takes it and sends plain sound.)
 * @param {string} sdp
 * @param {string | null} mid of the section
 * @returns {string} the same where the section has no redundancy
 */
export function redundancyFirst(sdp, mid) {
  return sdp
    .split(/^(?=m=)/m)
    .map((section) => {
      const red = /^a=rtpmap:(\d+) red\//m.exec(section);
      const its = /^a=mid:(.*)$/m.exec(section);
      if (!red || !its || its[1] !== mid) {
        return section;
      }
      return section.replace(/^(m=audio \d+ \S+) (.*)$/m, (_, head, formats) => {
        const others = formats.split(' ').filter((/** @type {string} */ one) => one !== red[1]);
        return [head, red[1]].concat(others).join(' ');
      });
    })
    .join('');
}
