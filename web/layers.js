/**
 * The simulcast layers a camera is sent in, from the smallest: q, h, f; and the sections of an offer.
 *
 * Chromium silently sends only two layers below 960 × 540 and one below 480 × 270, and it is the
 * largest that it leaves out: a smaller camera must not be divided by four.
 */

const THREE_FROM = 960 * 540;
const TWO_FROM = 480 * 270;
const BITRATES = { full: [120000, 350000, 1000000], half: [200000, 600000], whole: [300000] };

/** @returns {RTCRtpEncodingParameters[]} what a new section for video is offered with */
export function layersOffered() {
  return [
    { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: BITRATES.full[0] },
    { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: BITRATES.full[1] },
    { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: BITRATES.full[2] },
  ];
}

/** What one camera is sent in: what its picture allows, less what nobody has use for. */
export class Layers {
  constructor() {
    /** A layer that is not named is wanted. @type {{[rid: string]: boolean}} */
    this.wanted = {};
    this._done = Promise.resolve();
  }

  /**
   * Fit the layers of a sender; one change after the other, each to what is true by then.
   * @param {() => {sender: RTCRtpSender, pixels: number} | null} now pixels of one picture
   * @returns {Promise<void>}
   */
  fit(now) {
    this._done = this._done
      .then(() => {
        const given = now();
        return given ? this._set(given.sender, given.pixels) : undefined;
      })
      .catch(() => undefined);
    return this._done;
  }

  /**
   * @param {RTCRtpSender} sender
   * @param {number} pixels
   */
  async _set(sender, pixels) {
    const parameters = sender.getParameters();
    if (!parameters.encodings || parameters.encodings.length !== 3) {
      return;
    }
    const rates =
      pixels >= THREE_FROM ? BITRATES.full : pixels >= TWO_FROM ? BITRATES.half : BITRATES.whole;
    parameters.encodings.forEach((encoding, n) => {
      encoding.active = n < rates.length && this.wanted[encoding.rid || ''] !== false;
      encoding.scaleResolutionDownBy = Math.pow(2, Math.max(0, rates.length - 1 - n));
      encoding.maxBitrate = rates[Math.min(n, rates.length - 1)];
    });
    await sender.setParameters(parameters);
  }
}

/** The order of codecs asked for: VP8 and its retransmission, then H.264 constrained baseline. */
const H264 = /profile-level-id=42[ce]0/i;

/**
 * Say which codecs a section may use; short lists keep the offer short.
 * @param {RTCRtpTransceiver} transceiver
 * @param {'audio' | 'video'} kind
 */
export function preferCodecs(transceiver, kind) {
  const able = RTCRtpReceiver.getCapabilities ? RTCRtpReceiver.getCapabilities(kind) : null;
  if (!able || !transceiver.setCodecPreferences) {
    return;
  }
  /** @param {string} name @param {RegExp} [format] */
  const pick = (name, format) =>
    able.codecs.filter(
      (codec) =>
        codec.mimeType.toLowerCase() === `${kind}/${name}` &&
        (!format || format.test(codec.sdpFmtpLine || '')),
    );
  const wanted =
    kind === 'audio'
      ? pick('opus').concat(pick('red'))
      : pick('vp8').concat(
          pick('h264', H264).filter((c) => /packetization-mode=1/.test(c.sdpFmtpLine || '')),
          pick('rtx'),
        );
  if (wanted.length) {
    transceiver.setCodecPreferences(wanted);
  }
}

/**
 * @param {RTCPeerConnection} connection
 * @param {'audio' | 'video'} kind
 * @param {number} count
 */
export function receiveOnly(connection, kind, count) {
  const made = [];
  for (let n = 0; n < count; n++) {
    const transceiver = connection.addTransceiver(kind, { direction: 'recvonly' });
    preferCodecs(transceiver, kind);
    made.push(transceiver);
  }
  return made;
}
