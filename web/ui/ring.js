/**
 * The bell: a sound made here, so that nothing has to be loaded before it can ring.
 *
 * Browsers give no sound before the first touch of a page; until then the picture alone calls.
 */

/** Seconds: two notes, twice, then a pause; like the telephones people know. */
const PERIOD = 3;
const NOTES = [
  { at: 0, pitch: 660 },
  { at: 0.22, pitch: 880 },
  { at: 0.6, pitch: 660 },
  { at: 0.82, pitch: 880 },
];
const NOTE_LENGTH = 0.2;
const LOUDNESS = 0.35;

export class Bell {
  constructor() {
    /** @type {AudioContext | null} */
    this._audio = null;
    this._timer = 0;
    const wake = () => this._wake();
    document.addEventListener('pointerdown', wake);
    document.addEventListener('keydown', wake);
  }

  start() {
    if (!this._timer) {
      this._wake();
      this._strike();
      this._timer = setInterval(() => this._strike(), PERIOD * 1000);
    }
  }

  stop() {
    clearInterval(this._timer);
    this._timer = 0;
  }

  _wake() {
    if (!this._audio && 'AudioContext' in window) {
      this._audio = new AudioContext();
    }
    if (this._audio && this._audio.state === 'suspended') {
      this._audio.resume().catch(() => undefined);
    }
  }

  _strike() {
    const audio = this._audio;
    if (!audio || audio.state !== 'running') {
      return;
    }
    if (navigator.vibrate) {
      navigator.vibrate([300, 150, 300]);
    }
    for (const note of NOTES) {
      const from = audio.currentTime + note.at;
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      tone.type = 'triangle';
      tone.frequency.value = note.pitch;
      loudness.gain.setValueAtTime(0, from);
      loudness.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02);
      loudness.gain.setTargetAtTime(0, from + NOTE_LENGTH * 0.6, 0.05);
      tone.connect(loudness).connect(audio.destination);
      tone.start(from);
      tone.stop(from + NOTE_LENGTH + 0.2);
    }
  }
}
