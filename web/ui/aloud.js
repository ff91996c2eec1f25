/**
 * Reading the screen aloud, as often as wanted.
 */
import { language, t } from '../i18n.js';
import { el, fill, show } from './dom.js';
import { icon } from './icons.js';

/** Slower than the usual pace, for old ears. */
const PACE = 0.85;

/** Whether this device has a voice. Android boxes often have none; the button is hidden then. */
function hasVoice() {
  return 'speechSynthesis' in window && speechSynthesis.getVoices().length > 0;
}

/** @param {string} text */
function speak(text) {
  speechSynthesis.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = language();
  words.rate = PACE;
  speechSynthesis.speak(words);
}

/**
 * A button that reads what `screen` shows, and stops when pressed again.
 * @param {() => HTMLElement} screen
 */
export function aloudButton(screen) {
  const button = el('button', {
    type: 'button',
    class: 'button plain',
    'data-testid': 'aloud',
    onclick: () => {
      if (speechSynthesis.speaking) {
        speechSynthesis.cancel();
      } else {
        speak(screen().innerText);
      }
    },
  });
  fill(button, icon('aloud'), el('span', { text: t('aloud.button') }));
  show(button, hasVoice());
  if ('speechSynthesis' in window) {
    // Voices arrive late, and only then is it known whether there are any.
    speechSynthesis.onvoiceschanged = () => show(button, hasVoice());
  }
  return button;
}
