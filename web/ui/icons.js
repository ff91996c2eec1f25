/**
 * The icons, drawn for this house on a grid of 24: strokes in the colour of the text.
 */

const SPACE = 'http://www.w3.org/2000/svg';

/** @type {Record<string, string[]>} */
const DRAWINGS = {
  meeting: [
    'M3 4.5h18v9.5H3z',
    'M12 6.4a1.9 1.9 0 1 1 0 3.8a1.9 1.9 0 0 1 0-3.8',
    'M8.4 14c.3-2 1.7-3 3.6-3s3.3 1 3.6 3',
    'M4.2 19.8a1.8 1.8 0 0 1 3.6 0M10.2 19.8a1.8 1.8 0 0 1 3.6 0M16.2 19.8a1.8 1.8 0 0 1 3.6 0',
  ],
  doctor: ['M9 3.5h6v5.5h5.5v6H15v5.5H9V15H3.5V9H9z'],
  study: [
    'M12 6.5C10 4.8 7 4.3 3 4.5v13.5c4-.2 7 .3 9 2c2-1.7 5-2.2 9-2V4.5c-4-.2-7 .3-9 2z',
    'M12 6.5V20',
  ],
  service: ['M3 11l9-7.5l9 7.5', 'M5.5 9.5V20h13V9.5', 'M9 14.5l2.2 2.2L15.5 12.5'],
  answer: [
    'M6.5 3.5l3 .2l1.5 4l-2.2 2c1 2.3 2.9 4.3 5.4 5.5l2-2.2l4 1.5l.2 3c-.5 1.6-1.9 2.7-3.6 2.6C10 19.6 4.4 14 3.9 7.1c-.1-1.7 1-3.1 2.6-3.6z',
  ],
  hangup: [
    'M2.8 13.8c-.6-1.3-.3-2.7.7-3.6c4.8-4 12.2-4 17 0c1 .9 1.3 2.3.7 3.6l-1.6 1.7l-4-1.1l-.3-2.6c-2.1-.8-4.5-.8-6.6 0l-.3 2.6l-4 1.1z',
  ],
  microphone: [
    'M12 3a3 3 0 0 1 3 3v5.5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3z',
    'M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3M8.5 21h7',
  ],
  'microphone-off': [
    'M9 9v2.5a3 3 0 0 0 4.8 2.4M15 10.5V6a3 3 0 0 0-5.8-1',
    'M5.5 11.5a6.5 6.5 0 0 0 10 5.5M18.5 11.5c0 .8-.1 1.5-.4 2.2M12 18v3M8.5 21h7',
    'M3.5 3l17 18',
  ],
  camera: ['M3 6.5h12v11H3z', 'M15 10.5l6-3.5v10l-6-3.5z'],
  'camera-off': [
    'M6.5 6.5H3v11h12v-3M10.5 6.5H15v4.5',
    'M15 10.5l6-3.5v10l-3.5-2',
    'M3.5 3l17 18',
  ],
  aloud: ['M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z', 'M15 9a4.2 4.2 0 0 1 0 6M17.5 6.5a7.8 7.8 0 0 1 0 11'],
  quiet: ['M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z', 'M15.5 9.5l5 5M20.5 9.5l-5 5'],
  roll: ['M5 4h14v17H5z', 'M9 2.5h6V6H9z', 'M8 11l1.2 1.2L11.5 10M13.5 11H16M8 16l1.2 1.2L11.5 15M13.5 16H16'],
  emergency: ['M12 3v4M4.6 5.6l2.2 2.2M19.4 5.6l-2.2 2.2', 'M6.5 18.5v-4a5.5 5.5 0 0 1 11 0v4', 'M3.5 18.5h17V21h-17z'],
  back: ['M10.5 5l-7 7l7 7M4 12h17'],
  erase: ['M8.5 5.5H21v13H8.5L2.5 12z', 'M11.5 9.5l5 5M16.5 9.5l-5 5'],
  papers: ['M5.5 2.5h9l4 4v15h-13z', 'M14.5 2.5v4h4M9 11h6M9 15h6'],
  check: ['M4 12.5l5.5 5.5L20 6.5'],
  close: ['M5 5l14 14M19 5L5 19'],
  letters: ['M2.5 18.5L8 5l5.5 13.5M4.5 14h7', 'M15 18.5l3.3-8.5l3.2 8.5M16.2 16h4.2'],
  line: ['M5 19v-4M10 19V11.5M15 19V8M20 19V4.5'],
  broken: ['M5 19v-4M10 19v-4', 'M14 5l6 6M20 5l-6 6'],
  person: ['M12 4a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 0 1 0-7.6', 'M4.5 20.5c.6-4 3.5-6 7.5-6s6.9 2 7.5 6'],
  room: ['M3 4.5h18v11H3z', 'M9 20h6M12 15.5V20'],
  phone: ['M7 2.5h10v19H7z', 'M10.5 18.5h3'],
  table: ['M3.5 4.5h17v15h-17z', 'M3.5 9.5h17M3.5 14.5h17M9.5 4.5v15'],
  download: ['M12 3.5v11M7.5 10.5l4.5 4.5l4.5-4.5M4 20h16'],
  floor: ['M4 20.5h16M7.5 20.5v-8h9v8M12 12.5V8', 'M12 3.5a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 0 1 0-4.4'],
  start: ['M7.5 4.5l11.5 7.5l-11.5 7.5z'],
  stop: ['M6 6h12v12H6z'],
};

/**
 * @param {string} name one of the drawings
 * @returns {SVGSVGElement} decoration only; words say what it means
 */
export function icon(name) {
  const picture = document.createElementNS(SPACE, 'svg');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('class', `icon icon-${name}`);
  picture.setAttribute('aria-hidden', 'true');
  for (const drawing of DRAWINGS[name] || []) {
    const path = document.createElementNS(SPACE, 'path');
    path.setAttribute('d', drawing);
    picture.append(path);
  }
  return picture;
}

/**
 * Give an icon's place another drawing, when it is another one.
 * @param {Element} place an icon
 * @param {string} name
 */
export function redraw(place, name) {
  if (!place.classList.contains(`icon-${name}`)) {
    const next = icon(name);
    place.setAttribute('class', `icon icon-${name}`);
    while (place.firstChild) {
      place.removeChild(place.firstChild);
    }
    while (next.firstChild) {
      place.append(next.firstChild);
    }
  }
}
