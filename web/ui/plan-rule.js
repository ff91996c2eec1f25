/**
 * How often a series meets, in plain words, and as a recurrence rule (RFC 5545). The first day says
 * which weekday or which day of the month is meant, so that nobody has to say it twice.
 */
import { fullDay, t } from '../i18n.js';

/** @typedef {{rrule: string, first: string, until: string}} Rule */

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
/** Days that not every month has: the last day of the month is meant then. */
const LAST_SURE_DAY = 28;

/** @param {string} day local date; noon, so that no zone makes another day of it */
export function noonOf(day) {
  return new Date(`${day}T12:00:00+08:00`);
}

/** @param {string} day @param {number} days */
export function addDays(day, days) {
  const moved = new Date(`${day}T12:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** @param {string} first local date */
function partsOf(first) {
  const noon = new Date(`${first}T12:00:00Z`);
  const day = noon.getUTCDate();
  return {
    weekday: WEEKDAYS[noon.getUTCDay()],
    day,
    week: Math.ceil(day / 7),
    month: noon.getUTCMonth() + 1,
    monthDay: day > LAST_SURE_DAY ? -1 : day,
  };
}

/** The words for the weekday of a local date. @param {string} day */
export function weekdayOf(day) {
  return t(`plan.weekday_${partsOf(day).weekday}`);
}

/**
 * The rhythms that are offered for a first day, by key, each with its rule and its words.
 * @param {string} first local date
 * @returns {{key: string, rrule: string, words: string}[]}
 */
export function rhythms(first) {
  const { weekday, day, week, month, monthDay } = partsOf(first);
  const dayWords = monthDay < 0 ? t('plan.last_day') : t('plan.day_of_month', { day });
  const weekdayWords = t(`plan.weekday_${weekday}`);
  const rules = [
    ['weekly', `FREQ=WEEKLY;BYDAY=${weekday}`, { weekday: weekdayWords }],
    ['fortnightly', `FREQ=WEEKLY;INTERVAL=2;BYDAY=${weekday}`, { weekday: weekdayWords }],
    ['monthly', `FREQ=MONTHLY;BYMONTHDAY=${monthDay}`, { day: dayWords }],
    [
      'monthly_weekday',
      `FREQ=MONTHLY;BYDAY=${week > 4 ? -1 : week}${weekday}`,
      { weekday: weekdayWords, week: t(week > 4 ? 'plan.week_last' : `plan.week_${week}`) },
    ],
    ['quarterly', `FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=${monthDay}`, { day: dayWords }],
    ['yearly', `FREQ=YEARLY;BYMONTH=${month};BYMONTHDAY=${day}`, { month, day }],
  ];
  return rules.map(([key, rrule, values]) => ({
    key: String(key),
    rrule: String(rrule),
    words: t(`plan.rhythm_${key}`, /** @type {Record<string, string | number>} */ (values)),
  }));
}

/**
 * Read a stored rule. A rule that none of the rhythms gives keeps its text and its first day.
 * @param {string} text
 * @param {string} startsOn local date
 * @returns {Rule & {key: string}} `until` is the last day, or empty
 */
export function readRule(text, startsOn) {
  const kept = text.split(';').filter((part) => !part.startsWith('UNTIL='));
  const ending = text.split(';').find((part) => part.startsWith('UNTIL=')) || '';
  const until = ending.slice(6, 14).replace(/(....)(..)(..)/, '$1-$2-$3');
  const sorted = (/** @type {string} */ rule) => rule.split(';').sort().join(';');
  const wanted = sorted(kept.join(';'));
  for (let number = 0; number <= 366; number += 1) {
    const first = addDays(startsOn, number);
    const found = rhythms(first).find((each) => sorted(each.rrule) === wanted);
    if (found) {
      return { key: found.key, rrule: found.rrule, first, until };
    }
  }
  return { key: 'other', rrule: kept.join(';'), first: startsOn, until };
}

/** @param {string} rrule @param {string} until local date, or empty */
export function withEnd(rrule, until) {
  return until ? `${rrule};UNTIL=${until.replace(/-/g, '')}` : rrule;
}

/**
 * What a series is, in one line of words.
 * @param {{rrule: string, starts_on: string, start_time: string}} series
 */
export function ruleWords(series) {
  const rule = readRule(series.rrule, series.starts_on);
  const found = rhythms(rule.first).find((each) => each.key === rule.key);
  const words = found ? found.words : rule.rrule;
  const time = series.start_time.slice(0, 5);
  const until = rule.until ? t('plan.until_words', { day: fullDay(noonOf(rule.until)) }) : '';
  return `${words} ${time}${until}`;
}
