/**
 * Why the server ended the connection, and the one thing to do about it.
 */
import { t } from '../i18n.js';
import { say } from './dialog.js';

/** @typedef {import('../protocol.js').Connection} Connection */

/** Endings with a text of their own; every other one gets the general text. */
const KNOWN = ['replaced', 'revoked', 'signed_out', 'removed', 'version_unsupported', 'not_allowed'];
const SAME_TEXT = { not_signed_in: 'signed_out' };
/** Here trying again by itself helps; elsewhere somebody has to enrol or sign in first. */
const TRY_HERE = ['replaced', 'removed', 'version_unsupported', 'other'];

/**
 * @param {HTMLElement} page
 * @param {Connection} connection
 * @param {string} otherwise where a device or a person gets the right to come back
 */
export function sayFarewell(page, connection, otherwise) {
  const ending = SAME_TEXT[/** @type {keyof typeof SAME_TEXT} */ (connection.ending)] || connection.ending;
  const reason = KNOWN.indexOf(ending) >= 0 ? ending : 'other';
  const here = TRY_HERE.indexOf(reason) >= 0;
  say(page, t(`ending.${reason}`), t(`ending.${reason}.do`), [
    {
      words: here ? t('ending.return') : t('ending.enrol'),
      look: 'go',
      testid: 'return',
      act: () => (here ? location.reload() : location.assign(otherwise)),
    },
  ]);
}
