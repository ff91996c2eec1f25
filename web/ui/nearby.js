/**
 * Calling the first secretaries of the neighbouring villages at once: choose, start. Which villages
 * are neighbours no directory knows; who plans meetings may write it down here.
 */
import { ask, get, post } from '../api.js';
import { errorText, t } from '../i18n.js';
import { button, openDialog } from './dialog.js';
import { el, fill, say } from './dom.js';
import { NamePicker } from './plan-invite.js';

/** @typedef {{id: string, name: string}} Village */
/** @typedef {{id: string, name: string, site_name: string | null}} NearPerson */

/**
 * @param {string | null} site one's own village; without it a village is chosen first
 * @param {boolean} mayName write down which villages are neighbours
 * @param {(meeting: {id: string}) => void} started
 */
export async function openNearby(site, mayName, started) {
  const body = el('div', {});
  const dialog = openDialog({
    title: t('nearby.title'),
    testid: 'nearby',
    content: [body],
    answers: [{ words: t('dialog.back') }],
  });
  if (site) {
    await showPeople(site);
    return;
  }
  const found = await get('/api/sites');
  const villages = found.sites.filter((/** @type {any} */ each) => each.kind === 'village');
  const list = el(
    'select',
    { 'data-testid': 'nearby-village', 'aria-label': t('nearby.village') },
    el('option', { value: '', text: t('nearby.village') }),
    ...villages.map((/** @type {any} */ each) => el('option', { value: each.id, text: each.name })),
  );
  list.addEventListener('change', () => list.value && showPeople(list.value));
  fill(body, el('label', { class: 'field' }, list));
  list.focus();

  /** @param {string} village */
  async function showPeople(village) {
    const path = `/api/sites/${encodeURIComponent(village)}/nearby`;
    try {
      const near = await get(path);
      choose(path, near);
      if (mayName) {
        body.append(await naming(near, () => showPeople(village)));
      }
    } catch (error) {
      fill(body, el('p', { class: 'wrong', text: errorText(/** @type {any} */ (error)) }));
    }
  }

  /** @param {string} path @param {{village: Village, source: string, persons: NearPerson[]}} near */
  function choose(path, near) {
    const told = el('p', { class: 'wrong', role: 'alert' });
    const subject = el('input', { type: 'text', maxlength: 200, 'data-testid': 'nearby-title' });
    subject.value = t('nearby.default_title');
    const ticks = near.persons.map((each) => {
      const tick = el('input', { type: 'checkbox', checked: true, value: each.id });
      const words = each.site_name ? `${each.name}（${each.site_name}）` : each.name;
      return { tick, line: el('li', {}, el('label', { class: 'check' }, tick, words)) };
    });
    /** @type {{digest: string, reason: string} | undefined} */
    let acknowledged;
    const start = button(
      { words: t('nearby.start'), look: 'go', testid: 'nearby-start' },
      async () => {
        const persons = ticks.filter((each) => each.tick.checked).map((each) => each.tick.value);
        try {
          const title = subject.value.trim() || t('nearby.default_title');
          const made = await post(`${path}/meeting`, { title, persons, acknowledged });
          dialog.close();
          started(made);
        } catch (caught) {
          const error = /** @type {import('../api.js').ApiError} */ (caught);
          if (error.code === 'schedule_conflict') {
            const names = error.current.conflicts
              .reduce((/** @type {any[]} */ all, /** @type {any} */ each) => all.concat(each.persons), [])
              .map((/** @type {any} */ each) => each.name);
            say(told, t('nearby.busy', { names: Array.from(new Set(names)).join(t('plan.comma')) }));
            acknowledged = { digest: error.current.digest, reason: t('nearby.urgent') };
          } else {
            say(told, errorText(error));
          }
        }
      },
    );
    fill(
      body,
      el('p', { class: 'facts', text: t(`nearby_source.${near.source}`, { village: near.village.name }) }),
      el('label', { class: 'field' }, t('plan.title'), subject),
      near.persons.length
        ? el('ul', { class: 'plan-names', 'data-testid': 'nearby-people' }, ...ticks.map((each) => each.line))
        : el('p', { text: t('nearby.nobody') }),
      told,
      el('div', { class: 'acts' }, near.persons.length ? start : null),
    );
    start.focus();
  }
}

/**
 * Writing down the neighbours of a village.
 * @param {{village: Village, neighbours: Village[], source: string}} near
 * @param {() => void} named
 */
async function naming(near, named) {
  const path = `/api/units/${encodeURIComponent(near.village.id)}/neighbours`;
  const units = (await get('/api/units?tree=admin')).units.filter(
    (/** @type {any} */ each) => each.kind === 'village' || each.kind === 'community',
  );
  const picker = new NamePicker(t('nearby.village'), 'neighbour-name');
  picker.offer(units);
  const told = el('p', { class: 'wrong', role: 'alert' });
  let chosen = near.source === 'table' ? near.neighbours : [];
  const list = el('ul', { class: 'plan-names', 'data-testid': 'neighbours' });
  const draw = () =>
    fill(
      list,
      ...chosen.map((each) =>
        el(
          'li',
          {},
          el('span', { text: each.name }),
          button({ words: t('plan.remove') }, () => {
            chosen = chosen.filter((other) => other.id !== each.id);
            draw();
          }),
        ),
      ),
    );
  const add = button({ words: t('plan.invite_add'), testid: 'neighbour-add' }, () => {
    if (picker.chosen && !chosen.some((each) => each.id === picker.chosen)) {
      chosen = [...chosen, { id: picker.chosen, name: picker.input.value.trim() }];
      picker.input.value = '';
      draw();
    }
  });
  const save = button({ words: t('nearby.save'), testid: 'neighbours-save' }, () =>
    ask('PUT', path, { neighbours: chosen.map((each) => each.id) }).then(named, (error) =>
      say(told, errorText(error)),
    ),
  );
  draw();
  return el(
    'details',
    { class: 'plan-who', 'data-testid': 'naming' },
    el('summary', { text: t('nearby.naming', { village: near.village.name }) }),
    list,
    el('div', { class: 'question' }, picker.element, add),
    told,
    el('div', { class: 'acts' }, save),
  );
}
