/**
 * The free time between meetings, as hours of one day. Pure.
 */

/** @typedef {{start: number, end: number}} Span milliseconds since 1970 */

const FROM_HOUR = 7;
const TO_HOUR = 22;
export const HOUR_MS = 3600e3;
const STEP_MS = HOUR_MS / 2;
/** Where nobody says when, a meeting is offered from here on. */
const USUAL_HOUR = 9;

/** The start of a local day. @param {string} day */
function midnightOf(day) {
  return Date.parse(`${day}T00:00:00+08:00`);
}

/** The usual hours of a local day. @param {string} day @returns {Span} */
export function usualHours(day) {
  const midnight = midnightOf(day);
  return { start: midnight + FROM_HOUR * HOUR_MS, end: midnight + TO_HOUR * HOUR_MS };
}

/**
 * The hours of a local day that are shown: the usual ones, and whole hours more where something is
 * earlier or later.
 * @param {string} day
 * @param {{start: string, end: string}[]} taken
 * @returns {Span}
 */
export function hoursOf(day, taken) {
  const midnight = midnightOf(day);
  const usual = usualHours(day);
  const starts = taken.map((each) => Math.max(midnight, Date.parse(each.start)));
  const ends = taken.map((each) => Math.min(midnight + 24 * HOUR_MS, Date.parse(each.end)));
  return {
    start: Math.floor(Math.min(usual.start, ...starts) / HOUR_MS) * HOUR_MS,
    end: Math.ceil(Math.max(usual.end, ...ends) / HOUR_MS) * HOUR_MS,
  };
}

/** @param {number} at the next half hour that is not before it */
function halfHour(at) {
  return Math.ceil(at / STEP_MS) * STEP_MS;
}

/**
 * The free spans of half an hour or more of a day, from now on.
 * @param {{start: string, end: string}[]} taken
 * @param {string} day
 * @param {number} now
 * @returns {Span[]}
 */
export function gaps(taken, day, now) {
  const { start, end } = usualHours(day);
  const spans = taken
    .map((each) => ({ start: Date.parse(each.start), end: Date.parse(each.end) }))
    .sort((one, other) => one.start - other.start);
  /** @type {Span[]} */
  const found = [];
  let from = Math.max(start, now);
  for (const span of [...spans, { start: end, end }]) {
    const until = Math.min(span.start, end);
    if (until - halfHour(from) >= STEP_MS) {
      found.push({ start: halfHour(from), end: until });
    }
    from = Math.max(from, span.end);
  }
  return found;
}

/**
 * When a meeting begins in a free span: at the half hour of the place that is pressed, or at the
 * usual hour where no place is.
 * @param {Span} gap
 * @param {string} day
 * @param {number | null} share of the span, 0 to 1
 */
export function startIn(gap, day, share) {
  const usual = midnightOf(day) + USUAL_HOUR * HOUR_MS;
  const wanted = share === null ? usual : gap.start + share * (gap.end - gap.start);
  const begun = Math.floor(wanted / STEP_MS) * STEP_MS;
  return Math.max(gap.start, Math.min(begun, gap.end - STEP_MS));
}
