/**
 * Small charts drawn as SVG: bars that say in words beside them what they show. A table with the
 * same figures stands near each of them.
 */
import { el } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 1000;
const HEIGHT = 40;

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...Node} children
 */
function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  Object.keys(attributes).forEach((name) => made.setAttribute(name, String(attributes[name])));
  children.forEach((child) => made.appendChild(child));
  return made;
}

/**
 * @typedef {object} Part a piece of a bar; `look` is its class
 * @property {number} value
 * @property {string} look
 *
 * @typedef {object} Bar
 * @property {string} name
 * @property {string | null} href
 * @property {Part[]} parts
 * @property {string} words what the bar shows, in words
 */

/**
 * One bar below the other, all to the same scale.
 * @param {Bar[]} bars
 * @param {number} whole the value of a full bar
 * @param {string} testid
 */
export function barChart(bars, whole, testid) {
  const list = el('ul', { class: 'bars', 'data-testid': testid });
  bars.forEach((bar) => {
    const name = bar.href
      ? el('a', { class: 'bar-name', href: bar.href, text: bar.name })
      : el('span', { class: 'bar-name', text: bar.name });
    const line = el('span', { class: 'bar-line', 'aria-hidden': 'true' });
    line.append(drawn(bar.parts, whole));
    list.append(el('li', {}, name, line, el('span', { class: 'bar-words', text: bar.words })));
  });
  return list;
}

/** @param {Part[]} parts @param {number} whole */
function drawn(parts, whole) {
  const picture = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    focusable: 'false',
  });
  picture.appendChild(svg('rect', { class: 'ground', width: WIDTH, height: HEIGHT }));
  let at = 0;
  parts.forEach((part) => {
    const width = whole ? (part.value / whole) * WIDTH : 0;
    picture.appendChild(svg('rect', { class: part.look, x: at, width, height: HEIGHT }));
    at += width;
  });
  return picture;
}
