/**
 * Sound and picture of one participant: one connection that sends the microphone and the camera
 * and receives a fixed number of slots (DESIGN: the client always offers, the server answers).
 *
 * Events: `source` (what is captured changed), `streams` (the slots have new streams), `slots`
 * (who fills them changed), `line` (the word for the line changed), `connected` (first and after
 * each repair), `refused` (the code of an error that trying again does not mend).
 */
import { capture, captureCamera } from './capture.js';
import { Emitter } from './emitter.js';
import { Layers, layersOffered, preferCodecs, receiveOnly } from './layers.js';
import { LineWord, sample } from './line.js';
import { RequestError } from './protocol.js';

/** @typedef {import('./wire.js').SlotView} SlotView */
/** @typedef {import('./wire.js').MediaAnswer} MediaAnswer */
/** @typedef {import('./line.js').Line} Line */
/** @typedef {import('./capture.js').Picture} Picture */

/** Milliseconds. */
const SAMPLE_EVERY = 2000;
/** A browser says "disconnected" at the first missing answers; most of these mend themselves. */
const MENDS_ITSELF = 3500;
const CONNECTS_WITHIN = 8000;
const RETRY_FIRST = 800;
const RETRY_LONGEST = 5000;
const NOT_WORTH_RETRYING = ['invalid_sdp', 'unsupported_sdp', 'media_full', 'not_allowed'];

export class Media extends Emitter {
  /**
   * @param {object} options
   * @param {number} options.audioSlots
   * @param {number} options.videoSlots the first one is the main picture
   * @param {Picture} options.picture wanted from the camera
   * @param {(sdp: string) => Promise<MediaAnswer>} options.offer sends an offer to the server
   */
  constructor(options) {
    super();
    this._options = options;
    /** @type {RTCPeerConnection | null} */
    this._connection = null;
    /** @type {{audio: RTCRtpSender | null, video: RTCRtpSender | null}} */
    this._senders = { audio: null, video: null };
    /** @type {{audio: RTCRtpTransceiver[], video: RTCRtpTransceiver[]}} */
    this._receiving = { audio: [], video: [] };
    /** @type {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} */
    this._tracks = { audio: null, video: null };
    /** True while the browser has not said yet what it gives. */
    this.asking = false;
    /** @type {import('./capture.js').Captured} */
    this.captured = 'nothing';
    /** @type {import('./capture.js').Obstacle} */
    this.obstacle = '';
    /** What the person wants to send; kept over every new connection. */
    this.wanted = { audio: true, video: true };
    /** @type {{audio: MediaStream[], video: MediaStream[]}} */
    this.streams = { audio: [], video: [] };
    /** The own picture. @type {MediaStream | null} */
    this.mirror = null;
    /** @type {SlotView[]} */
    this.slots = [];
    /** TURN servers for where UDP is blocked; the next connection uses them. @type {RTCIceServer[]} */
    this.iceServers = [];
    /** @type {Line} */
    this.line = 'reconnecting';
    this._word = new LineWord();
    this._layers = new Layers();
    this._attempt = 0;
    this._failures = 0;
    /** Counts openings and closings, so that a late answer of the browser is known as late. */
    this._turn = 0;
    this._opened = false;
    this._retry = 0;
    this._sampler = 0;
  }

  /** What is not sent at this moment. */
  get muted() {
    return {
      audio: !(this._tracks.audio && this.wanted.audio),
      video: !(this._tracks.video && this.wanted.video),
    };
  }

  /** Get microphone and camera. The connection does not wait for them. */
  async open() {
    const turn = ++this._turn;
    this._opened = true;
    this.asking = true;
    const found = await capture(this._options.picture);
    if (turn !== this._turn) {
      stop(found.audio);
      stop(found.video);
      return;
    }
    this.asking = false;
    this.captured = found.captured;
    this.obstacle = found.obstacle;
    this._use('audio', found.audio);
    if (this.wanted.video) {
      this._use('video', found.video);
    } else {
      stop(found.video); // switched off while the browser was still asking
    }
    this.emit('source');
  }

  /** Try again for what is missing: something was plugged in, or permitted. */
  async reopen() {
    if (this._opened && this.captured !== 'camera_and_microphone') {
      await this.open();
    }
  }

  /** @param {boolean} on */
  setMicrophone(on) {
    this.wanted.audio = on;
    if (this._tracks.audio) {
      this._tracks.audio.enabled = on;
    } else if (on) {
      this.reopen();
    }
    this.emit('source');
  }

  /**
   * Off means off: the camera's lamp goes out.
   * @param {boolean} on
   */
  async setCamera(on) {
    this.wanted.video = on;
    if (!on) {
      this._use('video', null);
    } else if (!this._tracks.video) {
      const { track, obstacle } = await captureCamera(this._options.picture);
      if (!this.wanted.video || this._tracks.video || !this._opened) {
        stop(track);
      } else {
        this._use('video', track);
        this.obstacle = obstacle;
        if (this._tracks.audio) {
          this.captured = track ? 'camera_and_microphone' : 'microphone';
        }
      }
    }
    this.emit('source');
  }

  /** Offer a new connection; the old one, if there is one, is given up. */
  async connect() {
    const attempt = ++this._attempt;
    this._hangUp();
    this._setLine('reconnecting');
    if (!('RTCPeerConnection' in window)) {
      this.emit('refused', 'unsupported_sdp');
      return;
    }
    const connection = this._build();
    try {
      await connection.setLocalDescription(await connection.createOffer());
      const own = connection.localDescription;
      // ICE-lite: the server needs none of our candidates, so nothing is waited for.
      const answer = await this._options.offer(own ? own.sdp : '');
      if (attempt !== this._attempt) {
        return;
      }
      this.take(answer.slots);
      this._layers.wanted = {}; // what was said before the answer was about the old connection
      await connection.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
      await this._fit();
      this._again(CONNECTS_WITHIN);
    } catch (error) {
      if (attempt === this._attempt) {
        this._failed(error);
      }
    }
  }

  /** After the signaling line came back: make sure that the media did, too. */
  ensure() {
    const state = this._connection ? this._connection.connectionState : 'closed';
    if (state === 'closed' || state === 'failed' || state === 'new') {
      this.connect();
    } else if (state === 'disconnected') {
      this._again(MENDS_ITSELF);
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
    this._layers.wanted = wanted;
    this._fit();
  }

  /** Stop everything: connection, microphone, camera. */
  close() {
    this._attempt++;
    this._turn++;
    this._opened = false;
    this.asking = false;
    this._hangUp();
    this._use('audio', null);
    this._use('video', null);
    this.captured = 'nothing';
    this.obstacle = '';
    this.slots = [];
    this.streams = { audio: [], video: [] };
    this.wanted = { audio: true, video: true };
    this._failures = 0;
    this._word = new LineWord();
    this.emit('streams');
  }

  /** @returns {Promise<RTCStatsReport | null>} */
  async stats() {
    return this._connection ? this._connection.getStats() : null;
  }

  /** The track ids of the receiving slots, to find them in statistics. */
  receivers() {
    /** @param {RTCRtpTransceiver} one */
    const id = (one) => one.receiver.track.id;
    return { audio: this._receiving.audio.map(id), video: this._receiving.video.map(id) };
  }

  get connectionState() {
    return this._connection ? this._connection.connectionState : 'closed';
  }

  _build() {
    const connection = new RTCPeerConnection({
      iceServers: this.iceServers,
      bundlePolicy: 'max-bundle',
      rtcpMuxPolicy: 'require',
    });
    this._connection = connection;
    const microphone = connection.addTransceiver('audio', { direction: 'sendonly' });
    const camera = connection.addTransceiver('video', {
      direction: 'sendonly',
      sendEncodings: layersOffered(),
    });
    preferCodecs(microphone, 'audio');
    preferCodecs(camera, 'video');
    this._senders = { audio: microphone.sender, video: camera.sender };
    this._receiving = {
      audio: receiveOnly(connection, 'audio', this._options.audioSlots),
      video: receiveOnly(connection, 'video', this._options.videoSlots),
    };
    for (const kind of /** @type {const} */ (['audio', 'video'])) {
      const sender = this._senders[kind];
      if (sender && this._tracks[kind]) {
        sender.replaceTrack(this._tracks[kind]);
      }
      this.streams[kind] = this._receiving[kind].map(
        (one) => new MediaStream([one.receiver.track]),
      );
    }
    connection.onconnectionstatechange = () => this._changed(connection);
    this.emit('streams');
    return connection;
  }

  /** @param {RTCPeerConnection} connection */
  _changed(connection) {
    if (connection !== this._connection) {
      return;
    }
    if (connection.connectionState === 'connected') {
      clearTimeout(this._retry);
      this._failures = 0;
      this._setLine(this._word.word);
      clearInterval(this._sampler);
      this._sampler = setInterval(() => this._sample(), SAMPLE_EVERY);
      this.emit('connected');
    } else if (connection.connectionState === 'disconnected') {
      this._setLine('reconnecting');
      this._again(MENDS_ITSELF);
    } else if (connection.connectionState === 'failed') {
      this.connect();
    }
  }

  async _sample() {
    const connection = this._connection;
    if (connection && connection.connectionState === 'connected') {
      const taken = sample(await connection.getStats());
      if (connection === this._connection && connection.connectionState === 'connected') {
        this._setLine(this._word.take(taken));
      }
    }
  }

  /** @param {unknown} error */
  _failed(error) {
    const code = error instanceof RequestError ? error.code : 'internal';
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
    this._senders = { audio: null, video: null };
    if (connection) {
      connection.onconnectionstatechange = null;
      connection.close();
    }
  }

  /**
   * @param {'audio' | 'video'} kind
   * @param {MediaStreamTrack | null} track
   */
  _use(kind, track) {
    stop(this._tracks[kind]);
    this._tracks[kind] = track;
    if (kind === 'video') {
      this.mirror = track && new MediaStream([track]);
    }
    if (track) {
      track.enabled = kind === 'video' || this.wanted.audio;
      track.onended = () => this._unplugged(kind, track);
    }
    const sender = this._senders[kind];
    if (sender) {
      sender.replaceTrack(track);
      this._fit();
    }
  }

  /**
   * @param {'audio' | 'video'} kind
   * @param {MediaStreamTrack} track
   */
  _unplugged(kind, track) {
    if (this._tracks[kind] === track) {
      this._use(kind, null);
      this.captured = kind === 'video' && this._tracks.audio ? 'microphone' : 'nothing';
      this.obstacle = 'missing';
      this.emit('source');
    }
  }

  _fit() {
    return this._layers.fit(() => {
      const sender = this._senders.video;
      const camera = this._tracks.video;
      if (!sender || !camera || !this._connection || !this._connection.currentRemoteDescription) {
        return null;
      }
      const { width, height } = camera.getSettings();
      return { sender, pixels: (width || 0) * (height || 0) };
    });
  }

  /** @param {Line} line */
  _setLine(line) {
    if (line !== this.line) {
      this.line = line;
      this.emit('line');
    }
  }
}

/** @param {MediaStreamTrack | null} track */
function stop(track) {
  if (track) {
    track.onended = null;
    track.stop();
  }
}
