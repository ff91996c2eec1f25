/**
 * Correcting the attendance of one person: a form over the report, appended beside the facts.
 */
import { post } from '../api.js';
import { errorText, t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el, say } from './dom.js';

const STATES = ['present', 'late', 'left_early', 'leave', 'absent', 'exempt', 'non_voting'];

/**
 * @param {string} occurrence
 * @param {{person: string, name: string, counted_state: string}} row
 * @param {() => void} saved
 */
export function openCorrection(occurrence, row, saved) {
  const state = el(
    'select',
    { 'data-testid': 'correction-state' },
    ...STATES.map((each) =>
      el('option', { value: each, text: t(`state.${each}`), selected: each === row.counted_state }),
    ),
  );
  const minutes = el('input', { type: 'number', min: 0, max: 1440, step: 1, inputmode: 'numeric' });
  const reason = el('input', {
    type: 'text',
    maxlength: 200,
    required: true,
    'data-testid': 'correction-reason',
  });
  const problem = el('p', { class: 'problem', role: 'alert' });
  const form = el(
    'form',
    {
      class: 'question column',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        const body = {
          person: row.person,
          state: state.value,
          minutes: minutes.value === '' ? null : Number(minutes.value),
          reason: reason.value,
        };
        post(`/api/occurrences/${encodeURIComponent(occurrence)}/corrections`, body).then(
          () => {
            dialog.close();
            saved();
          },
          (error) => say(problem, errorText(error)),
        );
      },
    },
    el('label', {}, t('correction.state'), state),
    el('label', {}, t('correction.minutes'), minutes),
    el('label', {}, t('correction.reason'), reason),
    problem,
    el('button', { class: 'button go', text: t('correction.save'), 'data-testid': 'correction-save' }),
  );
  const dialog = openDialog({
    title: t('correction.title', { name: row.name }),
    text: t('correction.means'),
    content: [form],
    testid: 'correction',
    answers: [{ words: t('dialog.back') }],
  });
  state.focus();
}
