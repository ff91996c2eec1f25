/**
 * The pictures and voices of a meeting: the main picture, the small ones and the own mirror.
 */
import { t } from '../i18n.js';
import { el, fill, say, show } from './dom.js';
import { icon } from './icons.js';
import { placeAndPerson } from './names.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */
/** @typedef {import('../wire.js').PeerView} PeerView */
/** @typedef {import('../wire.js').SlotView} SlotView */

/** Until the first frame Chromium shows a black one of this width. */
const PLACEHOLDER = 2;

/** One video slot with the name of who is in it. */
class Picture {
  /** @param {number} slot */
  constructor(slot) {
    this.slot = slot;
    this.video = el('video', { autoplay: true, playsinline: true, 'aria-hidden': 'true' });
    // The voices come from elements of their own; a silent video may always start.
    this.video.muted = true;
    this._name = el('span', { class: 'name' });
    this._speaks = el('span', { class: 'speaks', text: t('stage.speaks'), hidden: true });
    this._silent = icon('microphone-off');
    this._why = el('p', { class: 'why' });
    this._who = el('p', { class: 'who' });
    this._kind = el('div', { class: 'cover' }, icon('person'), this._who, this._why);
    this.element = el(
      'figure',
      { class: slot === 0 ? 'picture main-picture' : 'picture', 'data-slot': slot },
      this.video,
      this._kind,
      el('figcaption', {}, this._silent, this._name, this._speaks),
    );
    const sized = () => {
      this.element.classList.toggle('playing', this.video.videoWidth > PLACEHOLDER);
    };
    this.video.addEventListener('loadeddata', sized);
    this.video.addEventListener('resize', sized);
    this.video.addEventListener('emptied', sized);
  }

  /** @param {MediaStream} stream */
  attach(stream) {
    if (this.video.srcObject !== stream) {
      this.video.srcObject = stream;
      this.video.play().catch(() => undefined);
    }
  }

  /**
   * @param {PeerView | undefined} peer
   * @param {SlotView | undefined} filled
   * @param {boolean} speaks
   */
  update(peer, filled, speaks) {
    const main = this.slot === 0;
    show(this.element, main || !!peer);
    const name = peer ? peer.name : '';
    // A small picture has room for the place only, not for who sits there.
    say(this._name, main ? name : placeAndPerson(name)[0]);
    say(this._who, name);
    this._name.toggleAttribute('hidden', !name);
    show(this._speaks, speaks);
    this._silent.toggleAttribute('hidden', !(peer && peer.audio_muted));
    this.element.classList.toggle('speaking', speaks);
    const why = this._reason(peer, filled);
    this.element.classList.toggle('covered', why !== '');
    say(this._why, why || t('stage.coming'));
    this.element.setAttribute('data-peer', peer ? peer.peer : '');
  }

  /**
   * Why there is no picture, in words; empty when there is one.
   * @param {PeerView | undefined} peer
   * @param {SlotView | undefined} filled
   */
  _reason(peer, filled) {
    if (!peer) {
      return t('stage.nobody');
    }
    if (!peer.connected) {
      return t('stage.away');
    }
    if (peer.video_muted) {
      return t('stage.voice_only');
    }
    return filled && filled.paused ? t('stage.held_back') : '';
  }
}

export class Stage {
  /**
   * @param {Meeting} meeting
   * @param {number} pictures with the main one
   */
  constructor(meeting, pictures) {
    this._meeting = meeting;
    this._pictures = Array.from({ length: pictures }, (_, n) => new Picture(n));
    /** @type {HTMLAudioElement[]} */
    this._voices = [];
    this._mirror = el('video', { autoplay: true, playsinline: true, 'aria-hidden': 'true' });
    this._mirror.muted = true;
    this._own = el(
      'figure',
      { class: 'picture own-picture', 'data-testid': 'own' },
      this._mirror,
      el('div', { class: 'cover' }, icon('camera-off')),
      el('figcaption', {}, el('span', { class: 'name', text: t('stage.own') })),
    );
    const [main, ...small] = this._pictures.map((each) => each.element);
    this._small = el('div', { class: 'small-pictures' }, ...small);
    this._sounds = el('div', { class: 'voices' });
    this.element = el('div', { class: 'stage' }, main || null, this._small, this._own, this._sounds);
    this._blocked = el(
      'button',
      { type: 'button', class: 'button go unblock', hidden: true, onclick: () => this.play() },
      icon('aloud'),
      el('span', { text: t('stage.unblock') }),
    );
    this.element.append(this._blocked);
    /** Called at the first picture of the main slot after every new connection. */
    this.onpicture = () => {};
    this._markFirstPicture();
  }

  /** Draw the present state. */
  update() {
    const { media, room } = this._meeting;
    this._pictures.forEach((picture, n) => {
      const stream = media.streams.video[n];
      if (stream) {
        picture.attach(stream);
      }
      const filled = media.slots.find((each) => each.kind === 'video' && each.slot === n);
      const peer = filled ? this._meeting.peer(filled.peer) : undefined;
      const heard = room ? room.floor || room.speaker : null;
      picture.update(peer, filled, !!peer && peer.peer === heard);
    });
    const filled = this._pictures.filter((each) => !each.element.hasAttribute('hidden'));
    this.element.setAttribute('data-pictures', String(filled.length));
    this._updateMirror();
    this._updateVoices();
  }

  /** Start the voices; browsers allow it after a touch. */
  play() {
    show(this._blocked, false);
    for (const voice of this._voices) {
      voice.play().catch((error) => {
        if (error.name === 'NotAllowedError') {
          show(this._blocked, true);
        }
      });
    }
  }

  _updateMirror() {
    const mirror = this._meeting.media.mirror;
    if (this._mirror.srcObject !== mirror || !this._own.classList.contains('known')) {
      this._own.classList.add('known');
      this._mirror.srcObject = mirror;
      this._own.classList.toggle('playing', !!mirror);
      this._own.classList.toggle('covered', !mirror);
      if (mirror) {
        this._mirror.play().catch(() => undefined);
      }
    }
  }

  _updateVoices() {
    const streams = this._meeting.media.streams.audio;
    if (this._voices.length !== streams.length) {
      this._voices = streams.map(() => el('audio', { autoplay: true }));
      fill(this._sounds, ...this._voices);
    }
    let fresh = false;
    this._voices.forEach((voice, n) => {
      const stream = streams[n];
      if (stream && voice.srcObject !== stream) {
        voice.srcObject = stream;
        fresh = true;
      }
    });
    if (fresh) {
      this.play();
    }
  }

  _markFirstPicture() {
    const main = this._pictures[0];
    if (!main) {
      return;
    }
    const video = /** @type {HTMLVideoElement & {requestVideoFrameCallback?: Function}} */ (
      main.video
    );
    const seen = () => {
      if (video.videoWidth > PLACEHOLDER) {
        this.onpicture();
      } else if (video.requestVideoFrameCallback) {
        video.requestVideoFrameCallback(seen);
      }
    };
    // Chromium before 83 cannot tell when a frame is shown; there its size tells that it came.
    video.addEventListener('requestVideoFrameCallback' in video ? 'loadstart' : 'resize', seen);
  }
}
