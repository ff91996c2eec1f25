/**
 * Larger letters, remembered on this device.
 */
import { t } from '../i18n.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';

const REMEMBERED = 'liancun.letters';
const LARGE = 'large-letters';

function isLarge() {
  try {
    return localStorage.getItem(REMEMBERED) === 'large';
  } catch (error) {
    return false;
  }
}

/** Apply what was chosen before. */
export function applyLetters() {
  document.documentElement.classList.toggle(LARGE, isLarge());
}

/** A button that changes between usual and large letters. */
export function lettersButton() {
  const words = el('span', {});
  const draw = () => {
    const large = document.documentElement.classList.contains(LARGE);
    words.textContent = large ? t('letters.usual') : t('letters.large');
  };
  const button = el('button', {
    type: 'button',
    class: 'button plain',
    'data-testid': 'letters',
    onclick: () => {
      const large = document.documentElement.classList.toggle(LARGE);
      try {
        localStorage.setItem(REMEMBERED, large ? 'large' : 'usual');
      } catch (error) {
        // Then it holds until the page is left.
      }
      draw();
    },
  });
  fill(button, icon('letters'), words);
  draw();
  return button;
}
