/**
 * Who sits at this device: a name where there are several, then the PIN on large keys.
 */
import { errorText, t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el, fill, say } from './dom.js';
import { icon } from './icons.js';
import { Keypad } from './keypad.js';

/** @typedef {import('../meeting.js').Meeting} Meeting */
/** @typedef {import('../wire.js').Choice} Choice */

const FEWEST_DIGITS = 4;
const MOST_DIGITS = 8;

/**
 * Ask who is here. The meeting goes on behind it; "later" leaves a button to come back.
 * @param {Meeting} meeting
 */
export function askWhoIsHere(meeting) {
  const choices = meeting.room ? meeting.room.may_sign_in : [];
  const body = el('div', { class: 'sign-in' });
  const dialog = openDialog({
    title: t('sign_in.title'),
    content: [body],
    answers: [{ words: t('sign_in.later'), drawing: 'close', testid: 'sign-in-later' }],
    look: 'wide',
    testid: 'sign-in',
  });
  /** @type {Keypad | null} */
  let keypad = null;
  const close = () => {
    if (keypad) {
      keypad.close();
    }
    dialog.close();
  };

  /** @param {Choice} choice */
  const askPin = (choice) => {
    const wrong = el('p', { class: 'wrong', role: 'alert' });
    keypad = new Keypad({
      least: FEWEST_DIGITS,
      most: MOST_DIGITS,
      hidden: true,
      label: t('sign_in.pin'),
      enter: async (pin) => {
        try {
          await meeting.signIn(choice.person, pin);
          close();
        } catch (error) {
          say(wrong, errorText(/** @type {any} */ (error)));
          if (keypad) {
            keypad.clear();
          }
        }
      },
    });
    fill(body, el('p', { text: t('sign_in.pin_of', { name: choice.name }) }), keypad.element, wrong);
  };

  const [only] = choices;
  if (choices.length === 1 && only) {
    askPin(only);
  } else {
    const names = el('div', { class: 'names' });
    for (const choice of choices) {
      names.append(
        el(
          'button',
          {
            type: 'button',
            class: 'button plain',
            'data-person': choice.person,
            onclick: () => askPin(choice),
          },
          icon('person'),
          el('span', { text: choice.name }),
        ),
      );
    }
    fill(body, el('p', { text: t('sign_in.who') }), names);
  }
  const first = body.querySelector('button');
  if (first) {
    first.focus();
  }
  return close;
}
