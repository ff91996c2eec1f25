/**
 * Time and day in the county, by the server's clock.
 */
import { clockTime, dayName } from '../i18n.js';
import { el, say } from './dom.js';

/** @param {() => Date} now */
export function clock(now) {
  const time = el('span', { class: 'time' });
  const day = el('span', { class: 'day' });
  const draw = () => {
    say(time, clockTime(now()));
    say(day, dayName(now()));
  };
  draw();
  setInterval(draw, 1000);
  return el('p', { class: 'clock' }, time, day);
}
