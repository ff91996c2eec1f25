/**
 * One connection to the server: what this side sends and the slots it receives (DESIGN: the client
 * always offers, the server answers). When the network changes the connection is kept and only its
 * way is made anew (ICE restart): the streams of the slots go on.
 */
import { Layers, layersOffered, preferCodecs, receiveOnly } from './layers.js';
import { redundancyFirst } from './redundancy.js';

/** @typedef {import('./wire.js').IceCredentials} IceCredentials */
/** @typedef {'audio' | 'video'} Kind */

export class PeerConnection {
  /**
   * @param {object} options
   * @param {RTCIceServer[]} options.iceServers TURN, for where UDP is blocked
   * @param {number} options.audioSlots
   * @param {number} options.videoSlots
   * @param {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} options.tracks
   * @param {boolean} options.redundant sound is sent with redundancy from the start
   * @param {() => void} options.onchange the state changed; not called after `close`
   */
  constructor(options) {
    const connection = new RTCPeerConnection({
      iceServers: options.iceServers,
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
    this._microphone = microphone;
    this._senders = { audio: microphone.sender, video: camera.sender };
    this._receiving = {
      audio: receiveOnly(connection, 'audio', options.audioSlots),
      video: receiveOnly(connection, 'video', options.videoSlots),
    };
    /** @param {RTCRtpTransceiver} one */
    const stream = (one) => new MediaStream([one.receiver.track]);
    /** One stream for each slot. @type {{audio: MediaStream[], video: MediaStream[]}} */
    this.streams = {
      audio: this._receiving.audio.map(stream),
      video: this._receiving.video.map(stream),
    };
    this._layers = new Layers();
    /** @type {MediaStreamTrack | null} */
    this._camera = null;
    this._answer = '';
    this._redundant = options.redundant;
    this._described = Promise.resolve();
    this.send('audio', options.tracks.audio);
    this.send('video', options.tracks.video);
    connection.onconnectionstatechange = options.onchange;
  }

  get state() {
    return this._connection.connectionState;
  }

  /** @returns {Promise<string>} the offer, as it is sent to the server */
  async offer() {
    await this._connection.setLocalDescription(await this._connection.createOffer());
    const own = this._connection.localDescription;
    // ICE-lite: the server needs none of our candidates, so nothing is waited for.
    return own ? own.sdp : '';
  }

  /** @param {string} sdp the server's answer */
  async accept(sdp) {
    this._answer = sdp;
    this._layers.wanted = {}; // what was said before was about the connection before
    await this._connection.setRemoteDescription({ type: 'answer', sdp: this._answered() });
    await this._fit();
  }

  /**
   * Find a new way for this very connection.
   * @param {RTCIceServer[]} iceServers whose credentials may be newer
   * @param {() => Promise<IceCredentials>} ask draws the server's new credentials
   */
  async restart(iceServers, ask) {
    const connection = this._connection;
    connection.setConfiguration({ ...connection.getConfiguration(), iceServers });
    const fresh = await ask();
    await this._describe({ iceRestart: true }, () => {
      this._answer = this._answer
        .replace(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${fresh.ufrag}`)
        .replace(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${fresh.password}`);
    });
  }

  /**
   * Send sound with redundancy from now on, or plain, where the browser and the server know it.
   * The server takes both at any time and is not asked.
   * @param {boolean} redundant
   */
  protect(redundant) {
    if (redundant === this._redundant) {
      return;
    }
    const before = this._answered();
    this._redundant = redundant;
    if (this._answered() !== before) {
      this._describe({}, () => undefined).catch(() => undefined);
    }
  }

  /**
   * Make both descriptions anew on this side alone; one change after the other.
   * @param {RTCOfferOptions} options
   * @param {() => void} change what the answer says, before it is given to the browser
   * @returns {Promise<void>}
   */
  _describe(options, change) {
    const connection = this._connection;
    this._described = this._described
      .catch(() => undefined)
      .then(async () => {
        await connection.setLocalDescription(await connection.createOffer(options));
        change();
        await connection.setRemoteDescription({ type: 'answer', sdp: this._answered() });
      });
    return this._described;
  }

  /** The answer as the browser gets it. */
  _answered() {
    return this._redundant ? redundancyFirst(this._answer, this._microphone.mid) : this._answer;
  }

  /**
   * @param {Kind} kind
   * @param {MediaStreamTrack | null} track
   */
  send(kind, track) {
    if (kind === 'video') {
      this._camera = track;
    }
    this._senders[kind].replaceTrack(track);
    this._fit();
  }

  /**
   * Send the layers that somebody has use for.
   * @param {{[rid: string]: boolean}} wanted
   */
  want(wanted) {
    this._layers.wanted = wanted;
    this._fit();
  }

  /** @returns {Promise<RTCStatsReport>} */
  stats() {
    return this._connection.getStats();
  }

  /** The track ids of the receiving slots, to find them in statistics. */
  receivers() {
    /** @param {RTCRtpTransceiver} one */
    const id = (one) => one.receiver.track.id;
    return { audio: this._receiving.audio.map(id), video: this._receiving.video.map(id) };
  }

  close() {
    this._connection.onconnectionstatechange = null;
    this._connection.close();
  }

  _fit() {
    return this._layers.fit(() => {
      const camera = this._camera;
      if (!camera || !this._connection.currentRemoteDescription) {
        return null;
      }
      const { width, height } = camera.getSettings();
      return { sender: this._senders.video, pixels: (width || 0) * (height || 0) };
    });
  }
}
