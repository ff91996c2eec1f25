/**
 * Building pages without a framework.
 */

/** @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Property */

/**
 * Make an element. Names that begin with "on" are listeners, `text` is its text, true and false
 * set and leave out an attribute, everything else is an attribute.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Property>} [properties]
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (typeof value === 'function') {
      made.addEventListener(name.slice(2), value);
    } else if (name === 'text') {
      made.textContent = String(value);
    } else if (value === true) {
      made.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, String(value));
    }
  }
  for (const child of children) {
    if (child !== null) {
      made.append(child);
    }
  }
  return made;
}

/**
 * Replace everything in `parent`.
 * @param {Element} parent
 * @param {...(Node | string | null)} children
 */
export function fill(parent, ...children) {
  while (parent.firstChild) {
    parent.removeChild(parent.firstChild);
  }
  for (const child of children) {
    if (child !== null) {
      parent.append(child);
    }
  }
}

/**
 * Set a text only when it is another one, so that screen readers and the layout stay calm.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * @param {Element} element
 * @param {boolean} shown
 */
export function show(element, shown) {
  if (element.hasAttribute('hidden') === shown) {
    element.toggleAttribute('hidden', !shown);
  }
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`no element #${id}`);
  }
  return found;
}
