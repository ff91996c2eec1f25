/**
 * Sound and picture of one participant: what is captured, and a connection that is kept up. When
 * it breaks or the network changes, another way is sought for it first; only where there is none
 * a new connection is offered.
 *
 * Events: `source` (what is captured changed), `streams` (the slots have new streams), `slots`
 * (who fills them changed), `line` (the word for the line changed), `connected` (first and after
 * each repair), `refused` (the code of an error that trying again does not mend).
 */
import { PeerConnection } from './connection.js';
import { LineWord, sample } from './line.js';
import { RequestError } from './protocol.js';
import { Redundancy, soundSent } from './redundancy.js';
import { Source } from './source.js';

/** @typedef {import('./wire.js').SlotView} SlotView */
/** @typedef {import('./wire.js').MediaAnswer} MediaAnswer */
/** @typedef {import('./wire.js').IceCredentials} IceCredentials */
/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./capture.js').Picture} Picture */

/** Milliseconds. */
const SAMPLE_EVERY = 2000;
/** A browser says "disconnected" at the first missing answers; most of these mend themselves. */
const MENDS_ITSELF = 2000;
/** Another way for the same connection is found within this, or not at all. */
const RESTARTS_WITHIN = 4000;
const CONNECTS_WITHIN = 8000;
const RETRY_FIRST = 800;
const RETRY_LONGEST = 5000;
const NOT_WORTH_RETRYING = ['invalid_sdp', 'unsupported_sdp', 'media_full', 'not_allowed'];

export class Media extends Source {
  /**
   * @param {object} options
   * @param {number} options.audioSlots
   * @param {number} options.videoSlots the first one is the main picture
   * @param {Picture} options.picture wanted from the camera
   * @param {(sdp: string) => Promise<MediaAnswer>} options.offer sends an offer to the server
   * @param {() => Promise<IceCredentials>} options.restart draws the server's credentials anew
   */
  constructor(options) {
    super(options.picture);
    this._options = options;
    /** @type {PeerConnection | null} */
    this._connection = null;
    /** @type {{audio: MediaStream[], video: MediaStream[]}} */
    this.streams = { audio: [], video: [] };
    /** @type {SlotView[]} */
    this.slots = [];
    /** TURN servers for where UDP is blocked; the next connection uses them. @type {RTCIceServer[]} */
    this.iceServers = [];
    /** @type {Line} */
    this.line = 'reconnecting';
    this._word = new LineWord();
    this._redundancy = new Redundancy();
    this._attempt = 0;
    this._failures = 0;
    this._restarting = false;
    /** Another way is to be looked for as soon as the server can be asked. */
    this._owed = false;
    this._retry = 0;
    this._sampler = 0;
  }

  /** Offer a new connection; the old one, if there is one, is given up. */
  async connect() {
    const attempt = ++this._attempt;
    this._owed = false;
    this._hangUp();
    this._setLine('reconnecting');
    if (!('RTCPeerConnection' in window)) {
      this.emit('refused', 'unsupported_sdp');
      return;
    }
    const connection = this._build();
    try {
      const answer = await this._options.offer(await connection.offer());
      if (attempt !== this._attempt) {
        return;
      }
      this.take(answer.slots);
      await connection.accept(answer.sdp);
      this._again(CONNECTS_WITHIN);
    } catch (error) {
      if (attempt === this._attempt) {
        this._failed(error);
      }
    }
  }

  /** Look for another way for the connection there is; where that fails, offer a new one. */
  async restart() {
    const connection = this._connection;
    if (!connection || connection.state === 'closed' || connection.state === 'new') {
      this.connect();
      return;
    }
    if (this._restarting) {
      return;
    }
    const attempt = ++this._attempt;
    this._restarting = true;
    this._owed = false;
    clearTimeout(this._retry);
    try {
      await connection.restart(this.iceServers, this._options.restart);
      if (attempt === this._attempt) {
        this._again(RESTARTS_WITHIN);
      }
    } catch (error) {
      if (attempt === this._attempt) {
        if (codeOf(error) === 'not_connected') {
          this._owed = true;
        } else {
          this.connect();
        }
      }
    } finally {
      this._restarting = false;
    }
  }

  /** The device is in another network: the way there was is probably gone. */
  moved() {
    if (['connected', 'disconnected', 'failed'].indexOf(this.connectionState) >= 0) {
      this.restart();
    }
  }

  /** After the signaling line came back: make sure that the media did, too. */
  ensure() {
    const state = this.connectionState;
    if (this._owed || state === 'disconnected' || state === 'failed') {
      this.restart();
    } else if (state === 'closed' || state === 'new') {
      this.connect();
    }
  }

  /**
   * Who fills the slots now.
   * @param {SlotView[]} slots
   */
  take(slots) {
    this.slots = slots;
    this.emit('slots');
  }

  /**
   * Send the layers that somebody has use for.
   * @param {{[rid: string]: boolean}} wanted
   */
  send(wanted) {
    if (this._connection) {
      this._connection.want(wanted);
    }
  }

  /** Stop everything: connection, microphone, camera. */
  close() {
    this._attempt++;
    this._hangUp();
    super.close();
    this.slots = [];
    this.streams = { audio: [], video: [] };
    this._failures = 0;
    this._word = new LineWord();
    this._redundancy = new Redundancy();
    this.emit('streams');
  }

  /** @returns {Promise<RTCStatsReport | null>} */
  async stats() {
    return this._connection ? this._connection.stats() : null;
  }

  /** The track ids of the receiving slots, to find them in statistics. */
  receivers() {
    return this._connection ? this._connection.receivers() : { audio: [], video: [] };
  }

  get connectionState() {
    return this._connection ? this._connection.state : 'closed';
  }

  _build() {
    const connection = new PeerConnection({
      iceServers: this.iceServers,
      audioSlots: this._options.audioSlots,
      videoSlots: this._options.videoSlots,
      tracks: this._tracks,
      redundant: this._redundancy.on,
      onchange: () => this._changed(connection),
    });
    this._connection = connection;
    this.streams = connection.streams;
    this.emit('streams');
    return connection;
  }

  /** @param {PeerConnection} connection */
  _changed(connection) {
    if (connection !== this._connection) {
      return;
    }
    if (connection.state === 'connected') {
      clearTimeout(this._retry);
      this._failures = 0;
      this._setLine(this._word.word);
      clearInterval(this._sampler);
      this._sampler = setInterval(() => this._sample(), SAMPLE_EVERY);
      this.emit('connected');
    } else if (connection.state === 'disconnected') {
      this._setLine('reconnecting');
      clearTimeout(this._retry);
      this._retry = setTimeout(() => this.restart(), MENDS_ITSELF);
    } else if (connection.state === 'failed') {
      this._setLine('reconnecting');
      this.restart();
    }
  }

  async _sample() {
    const connection = this._connection;
    if (connection && connection.state === 'connected') {
      const report = await connection.stats();
      if (connection === this._connection && connection.state === 'connected') {
        this._setLine(this._word.take(sample(report)));
        connection.protect(this._redundancy.take(soundSent(report), performance.now()));
      }
    }
  }

  /** @param {unknown} error */
  _failed(error) {
    const code = codeOf(error);
    this._hangUp();
    if (NOT_WORTH_RETRYING.indexOf(code) >= 0) {
      this.emit('refused', code);
    } else if (code !== 'not_connected') {
      // Without a signaling line the offer is repeated when that is back (`ensure`).
      this._failures += 1;
      this._again(Math.min(RETRY_LONGEST, RETRY_FIRST * Math.pow(2, this._failures - 1)));
    }
  }

  /** @param {number} wait milliseconds until a new connection is offered */
  _again(wait) {
    clearTimeout(this._retry);
    this._retry = setTimeout(() => {
      if (this.connectionState !== 'connected') {
        this.connect();
      }
    }, wait);
  }

  _hangUp() {
    clearTimeout(this._retry);
    clearInterval(this._sampler);
    const connection = this._connection;
    this._connection = null;
    if (connection) {
      connection.close();
    }
  }

  /**
   * @param {'audio' | 'video'} kind
   * @param {MediaStreamTrack | null} track
   */
  _send(kind, track) {
    if (this._connection) {
      this._connection.send(kind, track);
    }
  }

  /** @param {Line} line */
  _setLine(line) {
    if (line !== this.line) {
      this.line = line;
      this.emit('line');
    }
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof RequestError ? error.code : 'internal';
}
