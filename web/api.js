/**
 * The HTTP API from a page. Errors are RFC 9457 problem details with a `code`.
 */
import { language } from './i18n.js';

/** An answer other than success; `status` 0 says that there was no answer at all. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} [detail] for people
   * @param {any} [current] what stands there now, where somebody else was faster
   */
  constructor(status, code, detail, current) {
    super(detail || code);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.current = current;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {number} [version] of what is changed: refused when it is not the newest any more
 * @returns {Promise<any>} the JSON of the answer, or null without one
 */
export async function ask(method, path, body, version) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json', 'Accept-Language': language() };
  if (body) {
    headers['Content-Type'] = 'application/json';
  }
  if (version !== undefined) {
    headers['If-Match'] = `"${version}"`;
  }
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body ? JSON.stringify(body) : undefined,
      credentials: 'same-origin',
    });
  } catch (error) {
    throw new ApiError(0, 'not_connected');
  }
  const json = /json/.test(response.headers.get('Content-Type') || '');
  const answer = json ? await response.json().catch(() => null) : null;
  if (!response.ok) {
    const problem = answer || {};
    throw new ApiError(response.status, problem.code || 'internal', problem.detail, problem.current);
  }
  return answer;
}

/** @param {string} path */
export function get(path) {
  return ask('GET', path);
}

/** @param {string} path @param {object} [body] */
export function post(path, body) {
  return ask('POST', path, body || {});
}

/** Whether this browser is still signed in; asked when the server would not open a WebSocket. */
export async function signedIn() {
  try {
    await get('/api/me');
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      return false;
    }
    throw error;
  }
}

/** The address of this server's WebSocket. */
export function socketAddress() {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
}

/**
 * All pages of a list.
 * @param {string} path with a query
 * @param {string} name of the list in each page
 * @returns {Promise<any[]>}
 */
export async function everything(path, name) {
  const found = [];
  let cursor = '';
  for (;;) {
    const page = await get(`${path}${cursor}`);
    found.push(...page[name]);
    if (!page.next) {
      return found;
    }
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}
