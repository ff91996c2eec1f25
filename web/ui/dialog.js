/**
 * What lies over a page until somebody answers it. Nothing here disappears by itself.
 */
import { t } from '../i18n.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';

/** @typedef {{words: string, look?: string, drawing?: string, testid?: string, act?: () => void}} Answer */

/**
 * A large button: an icon with its words below or beside it.
 * @param {Answer} answer
 * @param {() => void} act
 */
export function button(answer, act) {
  return el(
    'button',
    {
      type: 'button',
      class: `button ${answer.look || 'plain'}`,
      'data-testid': answer.testid,
      onclick: act,
    },
    answer.drawing ? icon(answer.drawing) : null,
    el('span', { text: answer.words }),
  );
}

/**
 * Open a dialog; `content` stands between its title and its answers.
 * @param {object} options
 * @param {string} options.title
 * @param {string} [options.text]
 * @param {Node[]} [options.content]
 * @param {Answer[]} [options.answers] the last one closes the dialog when Escape is pressed
 * @param {string} [options.look]
 * @param {string} [options.testid]
 * @returns {{element: HTMLElement, close: () => void}}
 */
export function openDialog(options) {
  const before = document.activeElement;
  const answers = options.answers || [{ words: t('dialog.understood'), look: 'go' }];
  const panel = el('div', { class: 'panel' }, el('h2', { text: options.title, id: 'dialog-title' }));
  const element = el(
    'div',
    {
      class: `dialog ${options.look || ''}`,
      role: 'dialog',
      'aria-modal': 'true',
      'aria-labelledby': 'dialog-title',
      'data-testid': options.testid || 'dialog',
    },
    panel,
  );
  let open = true;
  const close = () => {
    if (open) {
      open = false;
      document.removeEventListener('keydown', escape);
      element.remove();
      if (before instanceof HTMLElement) {
        before.focus();
      }
    }
  };
  const row = el('div', { class: 'answers' });
  for (const answer of answers) {
    row.append(
      button(answer, () => {
        close();
        if (answer.act) {
          answer.act();
        }
      }),
    );
  }
  /** @param {KeyboardEvent} event */
  function escape(event) {
    if (event.key === 'Escape' && row.lastElementChild instanceof HTMLElement) {
      row.lastElementChild.click();
    }
  }
  if (options.text) {
    panel.append(el('p', { text: options.text }));
  }
  for (const each of options.content || []) {
    panel.append(each);
  }
  panel.append(row);
  document.addEventListener('keydown', escape);
  document.body.append(element);
  const first = element.querySelector('button');
  if (first) {
    first.focus();
  }
  return { element, close };
}

/**
 * A whole screen that says one thing, instead of the page.
 * @param {HTMLElement} page
 * @param {string} title
 * @param {string} text
 * @param {Answer[]} answers
 */
export function say(page, title, text, answers) {
  const row = el('div', { class: 'answers' });
  for (const answer of answers) {
    row.append(button(answer, answer.act || (() => undefined)));
  }
  fill(
    page,
    el(
      'section',
      { class: 'statement', 'data-testid': 'statement' },
      el('h1', { text: title }),
      el('p', { text }),
      row,
    ),
  );
}
