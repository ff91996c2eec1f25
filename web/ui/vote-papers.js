/**
 * Two papers that are lodged about votes: who is taken out of the expected voting members, and what
 * an absentee wrote before the meeting.
 */
import { get, post } from '../api.js';
import { errorText, isoDay, t } from '../i18n.js';
import { button, openDialog } from './dialog.js';
import { el } from './dom.js';

/** @typedef {{person: string, name: string, standing: string}} Entry */
/** @typedef {{person: string, name: string, reason: string, approved_by: string, approved_on: string, stands: boolean}} Exclusion */

const REASONS = ['abroad', 'moved_away', 'unable', 'rights_suspended'];
const CHOICES = ['for', 'against', 'abstain'];

/** @param {string} path @returns {Promise<Entry[]>} */
async function expected(path) {
  const { persons } = await get(path);
  return persons.filter((/** @type {Entry} */ each) => each.standing === 'expected');
}

/** @param {Entry[]} persons */
function personSelect(persons) {
  return el(
    'select',
    { 'data-testid': 'paper-person' },
    ...persons.map((each) => el('option', { value: each.person, text: each.name })),
  );
}

/** @param {string[]} words @param {string} family */
function wordSelect(words, family) {
  return el(
    'select',
    { 'data-testid': 'paper-word' },
    ...words.map((each) => el('option', { value: each, text: t(`${family}.${each}`) })),
  );
}

/**
 * @param {string} title
 * @param {string} text
 * @param {[string, HTMLElement][]} fields
 * @param {() => Promise<unknown>} save
 */
function askPaper(title, text, fields, save) {
  openDialog({
    title,
    text,
    content: [
      el(
        'div',
        { class: 'vote-form' },
        ...fields.map(([words, input]) => el('label', {}, words, input)),
      ),
    ],
    answers: [
      {
        words: t('vote.prepare'),
        look: 'go',
        testid: 'paper-save',
        act: () => {
          save().catch((error) => openDialog({ title: t('trouble.title'), text: errorText(error) }));
        },
      },
      { words: t('dialog.back') },
    ],
    testid: 'paper',
  });
}

/**
 * Record that a member is not counted among the expected voting members.
 * @param {string} path of the meeting
 * @param {() => Promise<void>} done
 */
export async function askExclusion(path, done) {
  const person = personSelect(await expected(path));
  const reason = wordSelect(REASONS, 'exclusion');
  const by = el('input', { maxlength: 200, 'data-testid': 'paper-approved-by' });
  const on = el('input', {
    type: 'date',
    value: isoDay(new Date()),
    'data-testid': 'paper-approved-on',
  });
  askPaper(
    t('exclusion.title'),
    t('exclusion.means'),
    [
      [t('report.name'), person],
      [t('exclusion.reason'), reason],
      [t('exclusion.approved_by'), by],
      [t('exclusion.approved_on'), on],
    ],
    () =>
      post(`${path}/exclusions`, {
        person: person.value,
        reason: reason.value,
        approved_by: by.value,
        approved_on: on.value,
      }).then(done),
  );
}

/**
 * Show who is not counted, with who approved it, and let it be withdrawn; both stay on record.
 * @param {string} path of the meeting
 * @param {() => Promise<void>} done
 * @returns {Promise<Node[]>}
 */
export async function exclusionsShown(path, done) {
  /** @type {{exclusions: Exclusion[]}} */
  const { exclusions } = await get(`${path}/exclusions`);
  const last = new Map(exclusions.map((each) => [each.person, each]));
  return Array.from(last.values())
    .filter((each) => each.stands)
    .map((each) =>
      el(
        'li',
        { 'data-excluded': each.person },
        t('exclusion.shown', {
          name: each.name,
          reason: t(`exclusion.${each.reason}`),
          by: each.approved_by,
          day: each.approved_on,
        }),
        button({ words: t('exclusion.withdraw'), testid: 'exclusion-withdraw' }, () => {
          const { person, reason, approved_by, approved_on } = each;
          const paper = { person, reason, approved_by, approved_on, stands: false };
          post(`${path}/exclusions`, paper).then(done, (error) =>
            openDialog({ title: t('trouble.title'), text: errorText(error) }),
          );
        }),
      ),
    );
}

/**
 * Lodge the written opinion of somebody who will be absent.
 * @param {string} path of the meeting
 * @param {string} vote
 * @param {() => Promise<void>} done
 */
export async function askOpinion(path, vote, done) {
  const person = personSelect(await expected(path));
  const choice = wordSelect(CHOICES, 'vote');
  askPaper(
    t('opinion.title'),
    t('opinion.means'),
    [
      [t('report.name'), person],
      [t('opinion.choice'), choice],
    ],
    () =>
      post(`${path}/votes/${vote}/opinions`, { person: person.value, choice: choice.value }).then(
        done,
      ),
  );
}
