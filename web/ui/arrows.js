/**
 * The whole page by a remote control: arrow keys move to the nearest button in that direction.
 */

const CAN_BE_CHOSEN = 'button, a[href], input, select, [tabindex="0"]';
const WAYS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** Something straight ahead is nearer than something beside the way. */
const SIDEWAYS_COSTS = 3;

/** @param {Element} element */
function isThere(element) {
  const box = element.getBoundingClientRect();
  return (
    box.width > 0 &&
    box.height > 0 &&
    !element.hasAttribute('disabled') &&
    getComputedStyle(element).visibility !== 'hidden'
  );
}

/** The layer on top takes all keys: an open dialog, else the page. */
function layer() {
  const dialogs = Array.from(document.querySelectorAll('[role="dialog"]')).filter(isThere);
  return dialogs[dialogs.length - 1] || document.body;
}

/** @returns {HTMLElement[]} */
function choices() {
  /** @type {HTMLElement[]} */
  const all = Array.from(layer().querySelectorAll(CAN_BE_CHOSEN));
  return all.filter(isThere);
}

/** @param {Element} element */
function middle(element) {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

/**
 * @param {HTMLElement} from
 * @param {number[]} way
 */
function nearest(from, [dx = 0, dy = 0]) {
  const start = middle(from);
  let best = null;
  let least = Infinity;
  for (const choice of choices()) {
    const end = middle(choice);
    const ahead = (end.x - start.x) * dx + (end.y - start.y) * dy;
    const aside = Math.abs((end.x - start.x) * dy) + Math.abs((end.y - start.y) * dx);
    const distance = ahead + SIDEWAYS_COSTS * aside;
    if (choice !== from && ahead > 1 && distance < least) {
      best = choice;
      least = distance;
    }
  }
  return best;
}

/** @param {Element | null} element where typing and choosing need the arrows themselves */
function needsArrows(element) {
  return (
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLInputElement && ['checkbox', 'radio'].indexOf(element.type) < 0)
  );
}

/** Let the arrow keys move the focus from now on. */
export function useArrows() {
  document.addEventListener('keydown', (event) => {
    const way = WAYS[/** @type {keyof typeof WAYS} */ (event.key)];
    const here = document.activeElement;
    if (!way || event.altKey || event.ctrlKey || event.metaKey || needsArrows(here)) {
      return;
    }
    const inLayer = here instanceof HTMLElement && here !== document.body && layer().contains(here);
    const next = inLayer ? nearest(/** @type {HTMLElement} */ (here), way) : choices()[0];
    if (next) {
      next.focus();
      event.preventDefault();
    }
  });
}
