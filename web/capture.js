/**
 * Microphone and camera: both, the microphone alone, or nothing, and why.
 */

/** @typedef {'camera_and_microphone' | 'microphone' | 'nothing'} Captured */
/** @typedef {'' | 'insecure' | 'denied' | 'missing' | 'busy' | 'failed'} Obstacle */
/** @typedef {{width: number, height: number, frameRate: number}} Picture */
/** @typedef {{captured: Captured, obstacle: Obstacle, audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} Capture */

const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** @param {Picture} picture */
function pictureWish(picture) {
  return {
    width: { ideal: picture.width },
    height: { ideal: picture.height },
    frameRate: { ideal: picture.frameRate, max: 30 },
    facingMode: 'user',
  };
}

/**
 * Why a browser gives no camera or microphone, from the name of its error.
 * @param {unknown} error
 * @returns {Obstacle}
 */
function obstacleOf(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    return 'denied';
  }
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    return 'missing';
  }
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'failed';
}

/**
 * Get the best that this device has. Never rejects: a meeting can also be only listened to.
 * @param {Picture} picture
 * @returns {Promise<Capture>}
 */
export async function capture(picture) {
  // Browsers hide the cameras from addresses without HTTPS.
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
    return { captured: 'nothing', obstacle: 'insecure', audio: null, video: null };
  }
  /** @type {Obstacle} */
  let obstacle = '';
  for (const video of [pictureWish(picture), false]) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: VOICE, video });
      return {
        captured: video ? 'camera_and_microphone' : 'microphone',
        obstacle,
        audio: stream.getAudioTracks()[0] || null,
        video: stream.getVideoTracks()[0] || null,
      };
    } catch (error) {
      obstacle = obstacleOf(error);
    }
  }
  return { captured: 'nothing', obstacle, audio: null, video: null };
}

/**
 * Get the camera alone, to switch it on again.
 * @param {Picture} picture
 * @returns {Promise<{track: MediaStreamTrack | null, obstacle: Obstacle}>}
 */
export async function captureCamera(picture) {
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
    return { track: null, obstacle: 'insecure' };
  }
  try {
    const video = pictureWish(picture);
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video });
    return { track: stream.getVideoTracks()[0] || null, obstacle: '' };
  } catch (error) {
    return { track: null, obstacle: obstacleOf(error) };
  }
}
