/**
 * 120, from every screen of a village phone. This device cannot dial it; it says how, and from
 * where.
 */
import { t } from '../i18n.js';
import { button, openDialog } from './dialog.js';
import { el } from './dom.js';
import { icon } from './icons.js';

/** @param {import('../device.js').Device} device @returns {HTMLElement} */
export function emergencyButton(device) {
  const answer = {
    words: t('emergency.button'),
    look: 'emergency',
    drawing: 'emergency',
    testid: 'emergency',
  };
  return button(answer, () => {
    const { device: own } = device.me;
    const place = own ? own.name : '';
    // Only a person's own telephone can dial.
    const dials = !own || own.kind === 'mobile';
    openDialog({
      title: t('emergency.title'),
      text: place ? t('emergency.text', { place }) : t('emergency.text_anywhere'),
      content: dials ? [dialing()] : [],
      answers: [{ words: t('dialog.back'), drawing: 'back' }],
      look: 'urgent',
      testid: 'emergency-dialog',
    });
  });
}

function dialing() {
  return el(
    'a',
    { class: 'button emergency', href: 'tel:120' },
    icon('answer'),
    el('span', { text: t('emergency.call') }),
  );
}
