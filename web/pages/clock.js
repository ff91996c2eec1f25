/**
 * The clock of the branches (?year=&unit=): what is due, held and late; the city, a township, or
 * one branch.
 */
import { get } from '../api.js';
import { whoAmI } from '../device.js';
import { errorText, isoDay, loadTexts, t } from '../i18n.js';
import { branchOf } from '../ui/clock-branch.js';
import { overviewOf } from '../ui/clock-overview.js';
import { owes } from '../ui/clock-parts.js';
import { bar } from '../ui/desk.js';
import { byId, el, fill } from '../ui/dom.js';

/** @param {number} year @param {string} unit @returns {Promise<Node[]>} */
async function content(year, unit) {
  const asked = new URLSearchParams({ year: String(year) });
  if (unit) {
    asked.set('unit', unit);
  }
  const overview = await get(`/api/clock?${asked}`);
  if (!owes(overview.kind)) {
    return overviewOf(overview, !!unit);
  }
  const path = `/api/units/${encodeURIComponent(overview.unit)}/clock?year=${year}`;
  return branchOf(await get(path), !!unit);
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
  const sheet = el('main', { class: 'sheet clock', 'data-testid': 'sheet' });
  fill(byId('page'), bar('clock', me, null), sheet);
  try {
    fill(sheet, ...(await content(year, query.get('unit') || '')));
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
