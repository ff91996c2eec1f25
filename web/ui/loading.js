/**
 * A calm word where something is still on its way; it takes the place of what comes.
 */
import { t } from '../i18n.js';
import { el } from './dom.js';

export function loading() {
  return el('p', { class: 'loading', role: 'status', text: t('loading'), 'data-testid': 'loading' });
}
