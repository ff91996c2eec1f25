/**
 * What is coming on a phone, its notice, and asking for leave from it. A village phone shows the meetings
 * only: who asks for leave must be signed in as a person.
 */
import { get, post } from '../api.js';
import { errorText, t } from '../i18n.js';
import { openComingNotice } from './coming-notice.js';
import { openDialog } from './dialog.js';
import { el } from './dom.js';

/** @typedef {{id: string, title: string, scheduled_start: string}} Coming */

const REASONS = ['work', 'illness', 'family', 'other'];
/** As many as a dialog shows without scrolling. */
const MOST = 4;

/**
 * @param {Coming[]} coming
 * @param {string | null} person who may ask for leave here
 * @param {(meeting: Coming) => string} when
 */
export async function openComing(coming, person, when) {
  const decisions = person && coming.length ? await decisionsOf() : {};
  const list = el('ul', { class: 'coming' });
  /** @type {{element: HTMLElement, close: () => void} | null} */
  let dialog = null;
  for (const each of coming.slice(0, MOST)) {
    const decision = decisions[each.id];
    const leave = person && !decision ? leaveButton(each, () => dialog && dialog.close()) : null;
    list.append(
      el(
        'li',
        {},
        el(
          'div',
          {},
          el('strong', { text: each.title }),
          el('span', { text: when(each) }),
          decision ? el('span', { class: 'decision', text: t(`leave_decision.${decision}`) }) : null,
        ),
        el(
          'span',
          { class: 'coming-acts' },
          el('button', {
            type: 'button',
            class: 'button plain',
            text: t('coming.notice'),
            'data-testid': 'read-notice',
            onclick: () => {
              if (dialog) {
                dialog.close();
              }
              openComingNotice(each.id, !!person);
            },
          }),
          leave,
        ),
      ),
    );
  }

  /** @param {Coming} meeting @param {() => void} close */
  function leaveButton(meeting, close) {
    return el('button', {
      type: 'button',
      class: 'button plain',
      text: t('coming.leave'),
      'data-testid': 'ask-leave',
      onclick: () => {
        close();
        askReason(meeting, String(person), when(meeting));
      },
    });
  }

  dialog = openDialog({
    title: t('coming.title'),
    text: coming.length ? t('coming.rings') : t('coming.none'),
    content: [list],
    answers: [{ words: t('dialog.understood'), look: 'go', testid: 'understood' }],
  });
  const understood = dialog.element.querySelector('[data-testid=understood]');
  if (understood instanceof HTMLElement) {
    understood.focus(); // not the first button: nobody asks for leave by mistake
  }
}

/** @returns {Promise<Record<string, string>>} what was decided, by meeting */
async function decisionsOf() {
  /** @type {Record<string, string>} */
  const decisions = {};
  try {
    for (const each of (await get('/api/me/leaves')).leaves) {
      decisions[each.occurrence] = each.decision;
    }
  } catch (error) {
    // The meetings are shown all the same; asking twice does no harm.
  }
  return decisions;
}

/** @param {Coming} meeting @param {string} person @param {string} when */
function askReason(meeting, person, when) {
  openDialog({
    title: t('coming.leave_why'),
    text: t('coming.leave_from', { title: meeting.title, when }),
    testid: 'leave-reasons',
    answers: [
      ...REASONS.map((reason) => ({
        words: t(`leave_reason.${reason}`),
        look: 'plain',
        testid: `leave-${reason}`,
        act: () => send(meeting, person, reason),
      })),
      { words: t('dialog.back') },
    ],
  });
}

/** @param {Coming} meeting @param {string} person @param {string} reason */
function send(meeting, person, reason) {
  post(`/api/occurrences/${encodeURIComponent(meeting.id)}/leave`, { person, reason }).then(
    (leave) =>
      openDialog({
        title: t(leave.decision === 'approved' ? 'leave_decision.approved' : 'coming.leave_sent_title'),
        text: leave.decision === 'approved' ? meeting.title : t('coming.leave_sent'),
        testid: 'leave-sent',
      }),
    (error) => openDialog({ title: t('trouble.title'), text: errorText(error) }),
  );
}
