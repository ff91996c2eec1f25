"use strict";
// A sender and a receiver as our pages are, without what people see; the benchmark calls them.

const LAYERS = [
  { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 120_000 },
  { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 350_000 },
  { rid: "f", scaleResolutionDownBy: 1, maxBitrate: 1_000_000 },
];
const EVERY_MS = 250;
const SAMPLE_MS = 2000; // as web/media.js

class Sender {
  // `without` drops lines of the offer, to see what a browser does without a feature; Janus takes
  // the layer named first for the highest, we for the lowest.
  async offer(without, highestFirst) {
    this.connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: true,
      video: { width: 960, height: 540, frameRate: 15 },
    });
    const [sound] = stream.getAudioTracks();
    const [picture] = stream.getVideoTracks();
    this.connection.addTransceiver(sound, { direction: "sendonly" });
    const camera = this.connection.addTransceiver(picture, {
      direction: "sendonly",
      sendEncodings: highestFirst ? [...LAYERS].reverse() : LAYERS,
    });
    prefer(camera, "video", ["video/VP8", "video/rtx"]);
    this.camera = camera.sender;
    await this.connection.setLocalDescription();
    const lines = this.connection.localDescription.sdp.split("\r\n");
    return lines.filter((line) => !without.some((word) => line.includes(word))).join("\r\n");
  }

  async accept(sdp) {
    this.begun = performance.now();
    await this.connection.setRemoteDescription({ type: "answer", sdp });
    await connected(this.connection);
  }

  async send(wanted) {
    const parameters = this.camera.getParameters();
    for (const encoding of parameters.encodings) {
      encoding.active = wanted[encoding.rid] !== false;
    }
    await this.camera.setParameters(parameters);
  }

  // What went out of sound so far, and when.
  async sound() {
    return soundOf(await this.connection.getStats());
  }

  // Samples of what goes out: bits of pictures, pixels of the largest layer, what it may send.
  async watch(seconds) {
    const samples = [];
    while (performance.now() - this.begun < seconds * 1000) {
      await pause(EVERY_MS);
      const now = { at: (performance.now() - this.begun) / 1000, octets: 0, width: 0, allowed: 0 };
      for (const report of (await this.connection.getStats()).values()) {
        if (report.type === "outbound-rtp" && report.kind === "video") {
          now.octets += report.bytesSent;
          if (report.framesPerSecond > 0) now.width = Math.max(now.width, report.frameWidth ?? 0);
        } else if (report.type === "candidate-pair" && report.nominated) {
          now.allowed = report.availableOutgoingBitrate ?? 0;
        }
      }
      samples.push(now);
    }
    return samples;
  }
}

// A sender with the code of our pages, which sees by itself whether its sound is to be redundant.
class PageSender {
  async offer() {
    const { PeerConnection } = await import("./web/connection.js");
    const { Redundancy, soundSent } = await import("./web/redundancy.js");
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: true,
      video: { width: 960, height: 540, frameRate: 15 },
    });
    const [audio] = stream.getAudioTracks();
    const [video] = stream.getVideoTracks();
    const up = new Promise((resolve) => {
      this.connection = new PeerConnection({
        iceServers: [],
        audioSlots: 0,
        videoSlots: 0,
        tracks: { audio, video },
        redundant: false,
        onchange: () => this.connection.state === "connected" && resolve(),
      });
    });
    const rule = new Redundancy();
    this.connected = up.then(() => {
      setInterval(async () => {
        const sent = soundSent(await this.connection.stats());
        this.connection.protect(rule.take(sent, performance.now()));
      }, SAMPLE_MS);
    });
    return this.connection.offer();
  }

  async accept(sdp) {
    await this.connection.accept(sdp);
    await this.connected;
  }

  async sound() {
    return soundOf(await this.connection.stats());
  }
}

class Receiver {
  constructor() {
    this.connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.first = null;
    this.connection.addEventListener("track", ({ track, transceiver }) => {
      const element = document.createElement(track.kind);
      element.autoplay = true;
      element.muted = track.kind === "video";
      element.srcObject = new MediaStream([track]);
      document.body.append(element);
      if (track.kind === "video" && !this.picture) {
        this.picture = transceiver.receiver;
        element.requestVideoFrameCallback((at) => { this.first = at; });
      } else if (track.kind === "audio" && !this.sound) {
        this.sound = transceiver.receiver;
      }
    });
  }

  // Where the client offers.
  async offer() {
    for (const [kind, count] of [["audio", 1], ["video", 1]]) {
      for (let n = 0; n < count; n += 1) {
        const slot = this.connection.addTransceiver(kind, { direction: "recvonly" });
        const mine = ["audio/opus", "audio/red", "video/VP8", "video/rtx"];
        prefer(slot, kind, mine);
      }
    }
    await this.connection.setLocalDescription();
    return this.connection.localDescription.sdp;
  }

  async accept(sdp) {
    this.begun = performance.now();
    await this.connection.setRemoteDescription({ type: "answer", sdp });
  }

  // Where the server offers.
  async answer(sdp) {
    this.begun = performance.now();
    await this.connection.setRemoteDescription({ type: "offer", sdp });
    await this.connection.setLocalDescription();
    return this.connection.localDescription.sdp;
  }

  // Samples of what is shown and heard, and when the first picture was, in seconds.
  async watch(seconds) {
    const samples = [];
    while (performance.now() - this.begun < seconds * 1000) {
      await pause(EVERY_MS);
      samples.push(await this.look());
    }
    const first = this.first === null ? null : (this.first - this.begun) / 1000;
    return { first, samples };
  }

  async look() {
    const now = { at: (performance.now() - this.begun) / 1000, octets: 0 };
    for (const report of (await this.connection.getStats()).values()) {
      if (report.type === "transport") {
        now.octets = report.bytesReceived;
      } else if (report.type === "codec" && report.mimeType.startsWith("audio/")) {
        now.sound = report.mimeType;
      } else if (report.type === "inbound-rtp" && report.kind === "video") {
        now.frames = report.framesDecoded;
        now.height = report.frameHeight ?? 0;
        now.qp = report.qpSum ?? 0;
        now.freezes = report.freezeCount;
        now.frozen = report.totalFreezesDuration;
        now.lost = report.packetsLost;
        now.keyframes = report.keyFramesDecoded;
      } else if (report.type === "inbound-rtp" && report.kind === "audio") {
        now.samples = report.totalSamplesReceived;
        now.concealed = report.concealedSamples - report.silentConcealedSamples;
        now.fec = report.fecPacketsReceived ?? 0;
      }
    }
    return now;
  }
}

function soundOf(report) {
  const reports = [...report.values()];
  const sent = reports.find((each) => each.type === "outbound-rtp" && each.kind === "audio");
  return { at: performance.now() / 1000, octets: sent.bytesSent };
}

function prefer(transceiver, kind, names) {
  const able = RTCRtpReceiver.getCapabilities(kind).codecs;
  const wanted = able.filter((codec) => names.includes(codec.mimeType));
  transceiver.setCodecPreferences(
    wanted.sort((a, b) => names.indexOf(a.mimeType) - names.indexOf(b.mimeType)),
  );
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function connected(connection) {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (connection.connectionState === "connected") resolve();
      if (connection.connectionState === "failed") reject(new Error("failed"));
    };
    connection.addEventListener("connectionstatechange", look);
    look();
  });
}

window.lines = { sender: new Sender(), page: new PageSender(), receiver: null, Receiver };
