/**
 * Why a meeting is not as its series planned it.
 */
import { clockTime, dayName, t } from '../i18n.js';

/**
 * @param {object} one
 * @param {string} one.state
 * @param {string | null} one.cancel_reason a person's words, or the code of a reason
 * @param {string | null} one.planned_for local date
 * @param {string} one.scheduled_start
 * @param {boolean} one.moved
 * @param {string | null} one.holiday
 * @returns {string} empty when it is as planned
 */
export function whyDifferent(one) {
  const holiday = one.holiday || '';
  if (one.state === 'cancelled') {
    const reason = one.cancel_reason || '';
    if (reason === 'holiday' && holiday) {
      return t('organizer.cancelled_by_holiday', { holiday });
    }
    return reason === 'series_changed'
      ? t('organizer.cancelled_by_series')
      : t('organizer.cancelled_because', { reason });
  }
  if (!one.moved || !one.planned_for) {
    return '';
  }
  const day = dayName(new Date(`${one.planned_for}T12:00:00+08:00`));
  const now = `${dayName(one.scheduled_start)} ${clockTime(one.scheduled_start)}`;
  return holiday
    ? t('organizer.moved_by_holiday', { day, holiday, now })
    : t('organizer.moved_from', { day, now });
}
