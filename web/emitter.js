/**
 * Listeners by name, for code that must not depend on a page.
 */
export class Emitter {
  constructor() {
    /** @type {Map<string, Set<(detail: any) => void>>} */
    this._listeners = new Map();
  }

  /**
   * Call `listener` at every `name`.
   * @param {string} name
   * @param {(detail: any) => void} listener
   * @returns {() => void} takes the listener away again
   */
  on(name, listener) {
    const known = this._listeners.get(name) || new Set();
    known.add(listener);
    this._listeners.set(name, known);
    return () => {
      known.delete(listener);
    };
  }

  /**
   * @param {string} name
   * @param {any} [detail]
   */
  emit(name, detail) {
    const known = this._listeners.get(name);
    // A copy: a listener may take itself away.
    for (const listener of known ? Array.from(known) : []) {
      listener(detail);
    }
  }
}
