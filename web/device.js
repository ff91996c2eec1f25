/**
 * What every page that takes part in meetings begins with: texts, who we are, the connection, the
 * media, the way back after sleep; and `window.liancun` for looking inside.
 */
import { ApiError, get, signedIn, socketAddress } from './api.js';
import { exposeForDiagnosis } from './diagnosis.js';
import { loadTexts } from './i18n.js';
import { Media } from './media.js';
import { Meeting } from './meeting.js';
import { Connection } from './protocol.js';

/** @typedef {{id: string, kind: string, name: string, site: string | null}} MyDevice */
/** @typedef {{device: MyDevice | null, person: {id: string, name: string} | null, roles: {role: string, site: string | null}[], permissions: string[], page: string}} Me */
/** @typedef {{me: Me, connection: Connection, media: Media, meeting: Meeting}} Device */

export const AUDIO_SLOTS = 3;
/** A cheap box encodes three layers of this; below it Chromium sends fewer. */
export const MODEST_PICTURE = { width: 960, height: 540, frameRate: 15 };
export const FULL_PICTURE = { width: 1280, height: 720, frameRate: 25 };

/**
 * Learn who this browser is, or go where that can be settled.
 * @param {string} otherwise the page for a browser nobody knows
 * @returns {Promise<Me | null>} null when the browser is on its way to another page
 */
export async function whoAmI(otherwise) {
  for (;;) {
    try {
      return await get('/api/me');
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        location.assign(otherwise);
        return null;
      }
      // No answer: the line or the server; a page that gave up now would need a hand to return.
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

/**
 * @param {object} options
 * @param {string} options.otherwise the page for a browser nobody knows
 * @param {number} options.pictures video slots
 * @param {import('./capture.js').Picture} options.picture
 * @returns {Promise<Device | null>}
 */
export async function startDevice(options) {
  await loadTexts();
  const me = await whoAmI(options.otherwise);
  if (!me) {
    return null;
  }
  const connection = new Connection({
    url: socketAddress(),
    client: navigator.userAgent,
    allowed: signedIn,
  });
  const media = new Media({
    audioSlots: AUDIO_SLOTS,
    videoSlots: options.pictures,
    picture: options.picture,
    offer: (sdp) => connection.request('media.offer', { sdp }),
    restart: () => connection.request('media.restart_ice'),
  });
  const meeting = new Meeting(connection, media);
  const moved = () => {
    connection.nudge();
    media.moved();
  };
  window.addEventListener('online', moved);
  const network = /** @type {EventTarget | undefined} */ (
    /** @type {any} */ (navigator).connection
  );
  if (network && network.addEventListener) {
    network.addEventListener('change', moved);
  }
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) {
      connection.nudge();
    }
  });
  if (navigator.mediaDevices && navigator.mediaDevices.addEventListener) {
    navigator.mediaDevices.addEventListener('devicechange', () => media.reopen());
  }
  stayAwake(meeting);
  exposeForDiagnosis(meeting);
  connection.open();
  return { me, connection, media, meeting };
}

/**
 * Keep the screen lit while a meeting is on.
 * @param {Meeting} meeting
 */
function stayAwake(meeting) {
  /** @type {WakeLockSentinel | null} */
  let lock = null;
  const renew = async () => {
    const wanted = !!meeting.room && !document.hidden;
    if (wanted && 'wakeLock' in navigator && (!lock || lock.released)) {
      lock = await navigator.wakeLock.request('screen').catch(() => null);
    } else if (!wanted && lock) {
      await lock.release().catch(() => undefined);
      lock = null;
    }
  };
  meeting.on('joined', renew);
  meeting.on('left', renew);
  document.addEventListener('visibilitychange', renew);
}
