/**
 * The notice of a meeting (会议通知): to be read, copied and printed.
 */
import { get } from '../api.js';
import { t } from '../i18n.js';
import { openDialog } from './dialog.js';
import { el, say } from './dom.js';

/** @param {string} occurrence */
export async function openNotice(occurrence) {
  const notice = await get(`/api/occurrences/${encodeURIComponent(occurrence)}/notice`);
  const told = el('p', { class: 'facts', role: 'status' });
  const text = el('textarea', {
    class: 'plan-notice-text',
    readonly: true,
    'aria-label': notice.title,
    'data-testid': 'notice-text',
    lang: 'zh-CN',
  });
  text.value = notice.text;
  openDialog({
    title: t('plan.notice'),
    look: 'wide',
    testid: 'notice',
    content: [text, told],
    answers: [
      { words: t('plan.notice_print'), testid: 'notice-print', act: () => print(notice) },
      { words: t('dialog.back') },
    ],
  });
  const answers = document.querySelector('.dialog .answers');
  const copy = el('button', {
    type: 'button',
    class: 'button go',
    text: t('plan.notice_copy'),
    'data-testid': 'notice-copy',
    onclick: () => {
      text.select();
      // Without HTTPS a page has no clipboard: the text is selected, a hand does the rest.
      const written = navigator.clipboard
        ? navigator.clipboard.writeText(notice.text)
        : Promise.reject(new Error('no clipboard'));
      written.then(
        () => say(told, t('organizer.calendar_copied')),
        () => say(told, t('plan.notice_by_hand')),
      );
    },
  });
  if (answers) {
    answers.prepend(copy);
  }
}

/** @param {{title: string, greeting: string, opening: string, parts: {heading: string, lines: string[]}[], signed_by: string, signed_on: string}} notice */
function print(notice) {
  const page = el(
    'article',
    { class: 'plan-notice-paper', lang: 'zh-CN' },
    el('h1', { text: notice.title }),
    el('p', { text: notice.greeting, class: 'address' }),
    el('p', { text: notice.opening }),
    ...notice.parts.map((part) =>
      el(
        'section',
        {},
        el('h2', { text: part.heading }),
        ...part.lines.map((line) => el('p', { text: line })),
      ),
    ),
    el('p', { class: 'signed', text: notice.signed_by }),
    el('p', { class: 'signed', text: notice.signed_on }),
  );
  document.body.append(page);
  document.body.classList.add('printing-notice');
  window.print();
  document.body.classList.remove('printing-notice');
  page.remove();
}
