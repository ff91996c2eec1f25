/**
 * Enrol this device with the six digits an administrator was given for it.
 */
import { post } from '../api.js';
import { errorText, loadTexts, t } from '../i18n.js';
import { useArrows } from '../ui/arrows.js';
import { byId, el, fill, say } from '../ui/dom.js';
import { Keypad } from '../ui/keypad.js';
import { applyLetters } from '../ui/letters.js';

const DIGITS = 6;

async function main() {
  applyLetters();
  await loadTexts();
  const wrong = el('p', { class: 'wrong', role: 'alert', 'data-testid': 'wrong' });
  const keypad = new Keypad({
    least: DIGITS,
    most: DIGITS,
    hidden: false,
    label: t('enrol.code'),
    enter: async (code) => {
      say(wrong, '');
      try {
        const me = await post('/api/enrol', { code });
        location.assign(me.page);
      } catch (error) {
        say(wrong, errorText(/** @type {any} */ (error)));
        keypad.clear();
      }
    },
  });
  fill(
    byId('page'),
    el(
      'section',
      { class: 'door' },
      el('div', {}, el('h1', { text: t('enrol.title') }), el('p', { text: t('enrol.text') }), wrong),
      keypad.element,
      el('p', { class: 'elsewhere' }, el('a', { class: 'button plain', href: '/sign-in', text: t('enrol.person') })),
    ),
  );
  useArrows();
}

main();
