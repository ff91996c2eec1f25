/**
 * Texts for people: flat catalogues by key, with {names} to fill in. The page's own `lang` says
 * which language; `?lang=` or an earlier choice on this device overrides it.
 */

export const LANGUAGES = ['zh-CN', 'en'];
const REMEMBERED = 'liancun.language';
/** Schedules and screens are in the county's time, wherever the device believes to be. */
const ZONE = 'Asia/Shanghai';

/** @type {Record<string, string>} */
let texts = {};
let chosen = 'zh-CN';

/** @returns {string | null} */
function remembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch (error) {
    return null; // storage may be forbidden
  }
}

/** Load the catalogue of this page's language. */
export async function loadTexts() {
  const asked = new URLSearchParams(location.search).get('lang') || remembered();
  const own = document.documentElement.lang;
  chosen = [asked, own].find((each) => !!each && LANGUAGES.indexOf(each) >= 0) || 'zh-CN';
  document.documentElement.lang = chosen;
  const response = await fetch(`/static/i18n/${chosen}.json`);
  texts = await response.json();
}

/** @param {string} next */
export function chooseLanguage(next) {
  try {
    localStorage.setItem(REMEMBERED, next);
  } catch (error) {
    // Not remembered then; the address still says it.
  }
  const address = new URL(location.href);
  address.searchParams.set('lang', next);
  location.assign(address.href);
}

export function language() {
  return chosen;
}

/**
 * The text of `key`, its {names} filled in.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values) {
  const text = texts[key];
  if (text === undefined) {
    return key;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) =>
    values && name in values ? String(values[name]) : whole,
  );
}

/**
 * What to tell people about an error.
 * @param {{code: string, message: string}} error
 */
export function errorText(error) {
  const key = `error.${error.code}`;
  if (texts[key]) {
    return texts[key];
  }
  return error.message && error.message !== error.code ? error.message : t('error.internal');
}

/** @param {Intl.DateTimeFormatOptions & {hourCycle?: string}} options @returns {(when: Date | string) => string} */
function format(options) {
  return (when) =>
    new Intl.DateTimeFormat(chosen, Object.assign({ timeZone: ZONE }, options)).format(
      typeof when === 'string' ? new Date(when) : when,
    );
}

/** Hours and minutes, e.g. 15:05. */
export const clockTime = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
/** A day with its weekday. */
export const dayName = format({ month: 'long', day: 'numeric', weekday: 'long' });
/** A short day, for tables. */
export const shortDay = format({ month: '2-digit', day: '2-digit' });
/** Year, month and day. */
export const fullDay = format({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' });

/**
 * The county's date as YYYY-MM-DD.
 * @param {Date} when
 */
export function isoDay(when) {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: ZONE,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(when);
  /** @param {string} type */
  const part = (type) => (parts.find((each) => each.type === type) || { value: '' }).value;
  return `${part('year')}-${part('month')}-${part('day')}`;
}
