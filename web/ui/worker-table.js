/** The media workers of the node, as the debug page shows them: what each carries and has used. */
import { LiveTable } from './live-table.js';

/**
 * @typedef {object} Worker
 * @property {number} worker
 * @property {number} pid
 * @property {number} cpu_s
 * @property {number} peak_memory bytes
 * @property {string} cipher the library that encrypts what goes out
 * @property {number} transports
 * @property {number} routers
 * @property {number} pipes ends of pipes to other workers
 * @property {number} rtp_out
 * @property {number} octets_out
 */

/** @param {number} bytes */
const megabytes = (bytes) => String(Math.round(bytes / 1e6));

/** @returns {LiveTable<Worker>} */
export function workerTable() {
  return new LiveTable(
    'workers',
    [
      { words: 'debug.worker', text: (row) => String(row.worker) },
      { words: 'debug.process', text: (row) => String(row.pid), figure: true },
      { words: 'debug.cipher', text: (row) => row.cipher },
      { words: 'debug.connections', text: (row) => String(row.transports), figure: true },
      { words: 'debug.rooms', text: (row) => String(row.routers), figure: true },
      { words: 'debug.pipes', text: (row) => String(row.pipes), figure: true },
      { words: 'debug.packets_out', text: (row) => String(row.rtp_out), figure: true },
      { words: 'debug.megabytes_out', text: (row) => megabytes(row.octets_out), figure: true },
      { words: 'debug.cpu', text: (row) => String(Math.round(row.cpu_s)), figure: true },
      { words: 'debug.memory', text: (row) => megabytes(row.peak_memory), figure: true },
    ],
    (row) => String(row.worker),
  );
}
