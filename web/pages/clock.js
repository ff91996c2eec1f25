/**
 * The clock of the branches (?year=&unit=): what is due, held and late; the city, a township, or
 * one branch. Who is over no unit sees their own study hours.
 */
import { get } from '../api.js';
import { whoAmI } from '../device.js';
import { errorText, isoDay, loadTexts, t } from '../i18n.js';
import { alertsOf } from '../ui/clock-alerts.js';
import { branchOf } from '../ui/clock-branch.js';
import { overviewOf } from '../ui/clock-overview.js';
import { owes } from '../ui/clock-parts.js';
import { bar } from '../ui/desk.js';
import { byId, el, fill } from '../ui/dom.js';
import { loading } from '../ui/loading.js';
import { studyOf } from '../ui/study-panel.js';

/**
 * @param {number} year
 * @param {string} unit
 * @param {import('../device.js').Me} me
 * @returns {Promise<Node[]>}
 */
async function content(year, unit, me) {
  const asked = new URLSearchParams({ year: String(year) });
  if (unit) {
    asked.set('unit', unit);
  }
  let overview;
  try {
    overview = await get(`/api/clock?${asked}`);
  } catch (error) {
    const problem = /** @type {import('../api.js').ApiError} */ (error);
    if (problem.status === 403 && !unit) {
      return [el('h1', { text: t('clock.title') }), await studyOf(year, '', me)];
    }
    throw error;
  }
  const alerts = await alertsOf(unit);
  if (!owes(overview.kind)) {
    return below(overviewOf(overview, !!unit), alerts);
  }
  const path = `/api/units/${encodeURIComponent(overview.unit)}/clock?year=${year}`;
  const branch = branchOf(await get(path), !!unit);
  return [...below(branch, alerts), await studyOf(year, overview.unit, me)];
}

/** Put the alerts below the heading. @param {HTMLElement[]} parts @param {HTMLElement} alerts */
function below(parts, alerts) {
  return [...parts.slice(0, 1), alerts, ...parts.slice(1)];
}

async function main() {
  await loadTexts();
  document.title = `${t('clock.title')} · ${t('brand')}`;
  const me = await whoAmI('/sign-in');
  if (!me) {
    return;
  }
  const query = new URLSearchParams(location.search);
  const year = Number(query.get('year')) || Number(isoDay(new Date()).slice(0, 4));
  const sheet = el('main', { class: 'sheet clock', 'data-testid': 'sheet' }, loading());
  fill(byId('page'), bar('clock', me, null), sheet);
  try {
    fill(sheet, ...(await content(year, query.get('unit') || '', me)));
  } catch (error) {
    const problem = /** @type {import('../api.js').ApiError} */ (error);
    fill(
      sheet,
      el('h1', { text: t('clock.title') }),
      el('p', { text: errorText(problem), 'data-testid': 'problem' }),
    );
  }
}

main();
