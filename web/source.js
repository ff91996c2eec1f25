/**
 * What a participant sends: its microphone and its camera, as far as there are any, as the person
 * switches them. Events: `source` (what is captured changed).
 */
import { capture, captureCamera } from './capture.js';
import { Emitter } from './emitter.js';

/** @typedef {import('./capture.js').Picture} Picture */

export class Source extends Emitter {
  /** @param {Picture} picture wanted from the camera */
  constructor(picture) {
    super();
    this._picture = picture;
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
    /** The own picture. @type {MediaStream | null} */
    this.mirror = null;
    /** Counts openings and closings, so that a late answer of the browser is known as late. */
    this._turn = 0;
    this._opened = false;
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
    const found = await capture(this._picture);
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
      const { track, obstacle } = await captureCamera(this._picture);
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

  /** Let go of microphone and camera; what the person wanted is forgotten. */
  close() {
    this._turn++;
    this._opened = false;
    this.asking = false;
    this._use('audio', null);
    this._use('video', null);
    this.captured = 'nothing';
    this.obstacle = '';
    this.wanted = { audio: true, video: true };
  }

  /**
   * Send a track from now on; for who has a connection.
   * @param {'audio' | 'video'} _kind
   * @param {MediaStreamTrack | null} _track
   */
  _send(_kind, _track) {}

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
    this._send(kind, track);
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
}

/** @param {MediaStreamTrack | null} track */
function stop(track) {
  if (track) {
    track.onended = null;
    track.stop();
  }
}
