/**
 * Telling the second of two editors what the first one changed.
 */
import { t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el } from './dom.js';
import { when } from './plan-check.js';
import { ruleWords } from './plan-rule.js';

/** What people see of a meeting or a series, by the words for it. @param {any} one */
function shown(one) {
  /** @type {Record<string, string>} */
  const facts = { title: one.title };
  if (one.rrule) {
    facts.rhythm = ruleWords(one);
    facts.minutes = String(one.duration_s / 60);
    facts.invited_persons = String(one.persons.length);
  } else if (one.scheduled_start) {
    facts.when = when(one.scheduled_start, one.scheduled_end);
    facts.state = t(`meeting_state.${one.state}`);
  }
  return facts;
}

/**
 * @param {any} before what was on the page
 * @param {any} now what stands there now
 * @param {() => void} again load it
 */
export function tellChanged(before, now, again) {
  const was = shown(before);
  const is = shown(now);
  const changed = Object.keys(is).filter((key) => was[key] !== is[key]);
  openDialog({
    title: t('plan.changed_title'),
    text: t('plan.changed_text'),
    testid: 'changed',
    content: [
      el(
        'ul',
        { class: 'plan-names' },
        ...changed.map((key) =>
          el('li', { text: t('plan.changed_line', { what: t(`plan.${key}`), was: was[key] || '', is: is[key] || '' }) }),
        ),
      ),
    ],
    answers: [{ words: t('plan.see_newest'), look: 'go', testid: 'see-newest', act: again }],
  });
}
