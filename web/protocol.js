/**
 * The wire protocol of Liancun (signaling/PROTOCOL.md), without a page: a connection that comes
 * back by itself, requests with answers, events in their order.
 *
 * Events of a Connection: `state` (its new state), `welcome` (a Welcome, after every successful
 * hello), and every event of the server under its `type`.
 */
import { Emitter } from './emitter.js';

/** @typedef {import('./wire.js').Welcome} Welcome */
/** @typedef {'idle' | 'connecting' | 'online' | 'waiting' | 'ended'} ConnectionState */
/** @typedef {{resolve: (result: any) => void, reject: (error: Error) => void, timer: number}} Pending */

export const VERSION = 1;

/** Milliseconds. Between two signs of life; a lost line is noticed after this and PONG_WITHIN. */
const PING_EVERY = 5000;
const PONG_WITHIN = 4500;
/** After a change of the network; a line that is lost too early is soon back where it was. */
const PONG_WITHIN_NUDGED = 2500;
const OPEN_WITHIN = 8000;
const ANSWER_WITHIN = 10000;
/** The longest wait is short: after a restart of the server a meeting must go on within 10 s. */
const FIRST_WAIT = 400;
const LONGEST_WAIT = 3000;

/** After these the server does not want this page back; somebody has to do something first. */
const FINAL_GOODBYES = ['replaced', 'revoked', 'signed_out', 'removed'];
const FINAL_REFUSALS = ['not_signed_in', 'not_allowed', 'version_unsupported'];

/** An `error` answer, or `timeout` / `not_connected` of our own. `code` is for programs. */
export class RequestError extends Error {
  /**
   * @param {string} code
   * @param {string} [message] for people, in the language of the connection
   */
  constructor(code, message) {
    super(message || code);
    this.name = 'RequestError';
    this.code = code;
  }
}

export class Connection extends Emitter {
  /**
   * @param {object} options
   * @param {string} options.url of the server's WebSocket
   * @param {string} [options.client] says what this is, for the server's log
   * @param {() => Promise<boolean>} [options.allowed] asked when the server would not open the
   *   connection: a browser hides whether that was a refusal or a broken line
   * @param {new (url: string) => WebSocket} [options.Socket]
   * @param {() => number} [options.random] from 0 to 1
   */
  constructor(options) {
    super();
    this._url = options.url;
    this._client = options.client || '';
    this._allowed = options.allowed || (() => Promise.resolve(true));
    this._Socket = options.Socket || WebSocket;
    this._random = options.random || Math.random;
    /** @type {ConnectionState} */
    this.state = 'idle';
    /** Why `state` is `ended`: a reason of `bye`, or the code of an error. */
    this.ending = '';
    /** @type {WebSocket | null} */
    this._socket = null;
    /** @type {Map<number, Pending>} */
    this._pending = new Map();
    this._nextId = 1;
    /** @type {string | null} */
    this._resume = null;
    this._seq = 0;
    this._failures = 0;
    this._heardAt = 0;
    this._timer = 0;
    this._pinger = 0;
  }

  /** Connect, and stay connected until `close` or until the server says not to return. */
  open() {
    if (this.state === 'idle' || this.state === 'ended') {
      this.ending = '';
      this._connect();
    }
  }

  /** Leave for good. */
  close() {
    this._end('closed');
  }

  /** Try now instead of waiting: the machine just found its network again, or woke up. */
  nudge() {
    if (this.state === 'waiting') {
      this._connect();
    } else if (this.state === 'online') {
      this._ping(PONG_WITHIN_NUDGED);
    }
  }

  /**
   * Ask the server for something.
   * @param {string} type
   * @param {object} [fields]
   * @param {number} [within] milliseconds to wait for the answer
   * @returns {Promise<any>} the `result`; rejects with a RequestError
   */
  request(type, fields, within) {
    if (this.state !== 'online') {
      return Promise.reject(new RequestError('not_connected'));
    }
    return this._ask(type, fields, within);
  }

  /**
   * @param {string} type
   * @param {object} [fields]
   * @param {number} [within]
   * @returns {Promise<any>}
   */
  _ask(type, fields, within) {
    const id = this._nextId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this._pending.delete(id);
        reject(new RequestError('timeout'));
      }, within || ANSWER_WITHIN);
      this._pending.set(id, { resolve, reject, timer });
      if (this._socket) {
        this._socket.send(JSON.stringify(Object.assign({ id, type }, fields)));
      }
    });
  }

  _connect() {
    clearTimeout(this._timer);
    this._become('connecting');
    const socket = new this._Socket(this._url);
    this._socket = socket;
    let opened = false;
    this._timer = setTimeout(() => this._lose(socket, opened), OPEN_WITHIN);
    socket.onopen = () => {
      opened = true;
      this._hello(socket);
    };
    socket.onmessage = (event) => {
      if (socket === this._socket) {
        this._heardAt = Date.now();
        this._hear(event.data);
      }
    };
    socket.onclose = () => this._lose(socket, opened);
  }

  /** @param {WebSocket} socket */
  async _hello(socket) {
    try {
      const resume = this._resume;
      const seq = resume ? this._seq : 0;
      /** @type {Welcome} */
      const welcome = await this._ask('hello', {
        version: VERSION,
        resume,
        seq,
        client: this._client.slice(0, 200),
      });
      if (socket !== this._socket) {
        return;
      }
      clearTimeout(this._timer);
      this._failures = 0;
      this._resume = welcome.resume;
      this._seq = welcome.seq;
      this._become('online');
      this._pinger = setInterval(() => {
        if (Date.now() - this._heardAt >= PING_EVERY / 2) {
          this._ping(PONG_WITHIN);
        }
      }, PING_EVERY);
      this.emit('welcome', welcome);
    } catch (error) {
      if (error instanceof RequestError && FINAL_REFUSALS.indexOf(error.code) >= 0) {
        this._end(error.code);
      } else {
        this._lose(socket, true);
      }
    }
  }

  /**
   * A dead line says nothing: only an answer that does not come shows it.
   * @param {number} within milliseconds
   */
  _ping(within) {
    const socket = this._socket;
    if (!socket || this.state !== 'online') {
      return;
    }
    this._ask('ping', {}, within).catch((error) => {
      if (error instanceof RequestError && error.code === 'timeout') {
        this._lose(socket, true);
      }
    });
  }

  /** @param {unknown} data */
  _hear(data) {
    let message;
    try {
      message = JSON.parse(String(data));
    } catch (error) {
      return;
    }
    if (message.type === 'ok' || message.type === 'error') {
      this._answer(message);
    } else if (message.type === 'bye') {
      this.emit('bye', message);
      if (FINAL_GOODBYES.indexOf(message.reason) >= 0) {
        this._end(message.reason);
      }
    } else {
      this._take(message);
    }
  }

  /** @param {{id: number | null, type: string, result?: any, code?: string, message?: string}} message */
  _answer(message) {
    const pending = message.id === null ? undefined : this._pending.get(message.id);
    if (!pending || message.id === null) {
      return;
    }
    this._pending.delete(message.id);
    clearTimeout(pending.timer);
    if (message.type === 'ok') {
      pending.resolve(message.result);
    } else {
      pending.reject(new RequestError(message.code || 'internal', message.message));
    }
  }

  /**
   * Events never skip a number; one seen twice is dropped, a missing one is fetched by resuming.
   * @param {{type: string, seq: number}} event
   */
  _take(event) {
    if (event.seq <= this._seq) {
      return;
    }
    if (event.seq > this._seq + 1) {
      this._lose(this._socket, true);
      return;
    }
    this._seq = event.seq;
    this.emit(event.type, event);
  }

  /**
   * @param {WebSocket | null} socket
   * @param {boolean} opened whether the server had let this connection in
   */
  async _lose(socket, opened) {
    if (!socket || socket !== this._socket) {
      return;
    }
    this._drop();
    const attempt = ++this._failures;
    this._become('waiting');
    if (!opened && !(await this._stillAllowed())) {
      this._end('signed_out');
      return;
    }
    // Somebody may have nudged or closed the connection while the question was on its way.
    if (this.state === 'waiting' && attempt === this._failures) {
      const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * Math.pow(2, this._failures - 1));
      // Spread, so that a county of devices does not return in the same instant.
      const wait = longest * (0.5 + 0.5 * this._random());
      this._timer = setTimeout(() => this._connect(), wait);
    }
  }

  async _stillAllowed() {
    try {
      return await this._allowed();
    } catch (error) {
      return true;
    }
  }

  /** @param {string} reason */
  _end(reason) {
    this._drop();
    this.ending = reason;
    this._resume = null;
    this._become('ended');
  }

  /** Forget the socket; what was asked on it gets no answer any more. */
  _drop() {
    const socket = this._socket;
    this._socket = null;
    clearTimeout(this._timer);
    clearInterval(this._pinger);
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const pending = Array.from(this._pending.values());
    this._pending.clear();
    for (const each of pending) {
      clearTimeout(each.timer);
      each.reject(new RequestError('not_connected'));
    }
  }

  /** @param {ConnectionState} state */
  _become(state) {
    this.state = state;
    this.emit('state', state);
  }
}
