"use strict";
// A participant reduced to what the media plane is about; the tests call it by page.evaluate.

const LAYERS = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 100_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 250_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 600_000 },
];

class Participant {
  constructor() {
    this.connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.negotiations = 0;
    this.connection.addEventListener("signalingstatechange", () => {
      if (this.connection.signalingState === "stable") this.negotiations += 1;
    });
    this.slots = { audio: [], video: [] };
    this.elements = { audio: [], video: [] };
  }

  async offer({ publish, audioSlots, videoSlots, width, height }) {
    if (publish) {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: true,
        video: { width, height, frameRate: 10 },
      });
      for (const track of stream.getAudioTracks()) {
        this.connection.addTransceiver(track, { direction: "sendonly" });
        this.microphone = track;
      }
      for (const track of stream.getVideoTracks()) {
        this.camera = this.connection.addTransceiver(track, {
          direction: "sendonly",
          sendEncodings: LAYERS,
        });
      }
    }
    for (const [kind, count] of [["audio", audioSlots], ["video", videoSlots]]) {
      for (let slot = 0; slot < count; slot += 1) {
        const transceiver = this.connection.addTransceiver(kind, { direction: "recvonly" });
        this.slots[kind].push(transceiver);
        const element = document.createElement(kind);
        element.autoplay = true;
        element.muted = kind === "video";
        element.srcObject = new MediaStream([transceiver.receiver.track]);
        this.elements[kind].push(element);
        document.body.append(element);
      }
    }
    await this.connection.setLocalDescription();
    return this.connection.localDescription.sdp;
  }

  async accept(sdp) {
    await this.connection.setRemoteDescription({ type: "answer", sdp });
  }

  connected() {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.connection.connectionState === "connected") resolve();
        if (this.connection.connectionState === "failed") reject(new Error("failed"));
      };
      this.connection.addEventListener("connectionstatechange", look);
      look();
    });
  }

  async received(kind, slot) {
    for (const report of (await this.slots[kind][slot].receiver.getStats()).values()) {
      if (report.type === "inbound-rtp") {
        return {
          packets: report.packetsReceived,
          lost: report.packetsLost,
          frames: report.framesDecoded ?? 0,
          width: report.frameWidth ?? 0,
          freezes: report.freezeCount ?? 0,
          energy: report.totalAudioEnergy ?? 0,
        };
      }
    }
    return { packets: 0, lost: 0, frames: 0, width: 0, freezes: 0, energy: 0 };
  }

  // Resolves with the statistics once `name` of them has grown by `more`.
  async grown(kind, slot, name, more) {
    const start = (await this.received(kind, slot))[name];
    return this.until(() => this.received(kind, slot), (now) => now[name] >= start + more);
  }

  async layersSent(count) {
    return this.until(
      () => this.sent(),
      (layers) => Object.values(layers).filter((packets) => packets > 0).length >= count,
    );
  }

  async until(look, good) {
    for (;;) {
      const seen = await look();
      if (good(seen)) return seen;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  // The longest pause between two shown frames of a slot, in ms, from now until `stop`.
  watchPauses(slot) {
    const element = this.elements.video[slot];
    this.pause = { last: performance.now(), longest: 0 };
    const shown = (now) => {
      this.pause.longest = Math.max(this.pause.longest, now - this.pause.last);
      this.pause.last = now;
      element.requestVideoFrameCallback(shown);
    };
    element.requestVideoFrameCallback(shown);
  }

  longestPause() {
    return Math.max(this.pause.longest, performance.now() - this.pause.last);
  }

  speak(on) {
    this.microphone.enabled = on;
  }

  async sent() {
    const layers = {};
    for (const report of (await this.camera.sender.getStats()).values()) {
      if (report.type === "outbound-rtp") layers[report.rid ?? ""] = report.packetsSent;
    }
    return layers;
  }

  // Sends the layers that are wanted, as the pages do.
  async send(wanted) {
    const parameters = this.camera.sender.getParameters();
    for (const encoding of parameters.encodings) {
      encoding.active = wanted[encoding.rid] !== false;
    }
    await this.camera.sender.setParameters(parameters);
  }

  // The seconds until a slot decodes pictures of this width.
  async wide(slot, width) {
    const begun = performance.now();
    await this.until(() => this.received("video", slot), (now) => now.width === width);
    return (performance.now() - begun) / 1000;
  }

  /** Seconds until a slot shows a smaller picture than `width`: which layer is awake varies. */
  async narrower(slot, width) {
    const begun = performance.now();
    await this.until(() => this.received("video", slot), (now) => now.width < width);
    return (performance.now() - begun) / 1000;
  }

  async cipher() {
    for (const report of (await this.connection.getStats()).values()) {
      if (report.type === "transport") return report.srtpCipher;
    }
    return null;
  }
}

window.participant = new Participant();
