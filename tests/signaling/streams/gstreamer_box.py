"""`python3 gstreamer_box.py send|watch URL TOKEN`: a box in a meeting room that sends by GStreamer
over WHIP, or a screen that watches over WHEP.

Debian has no whole client that runs, but all parts: webrtcbin, libnice, and GStreamer's bindings
for Debian's own Python, by which this file is run. Says `sending` when the other end has answered,
or `watching` when `ENOUGH` packets have come; ends with a DELETE when its standard input is closed.
"""

import sys
import urllib.parse
import urllib.request
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")

from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # type: ignore[import-not-found]  # noqa: E402

SENDS = """
    webrtcbin name=peer bundle-policy=max-bundle
    videotestsrc is-live=true pattern=red ! video/x-raw,width=320,height=240,framerate=10/1
    ! vp8enc deadline=1 keyframe-max-dist=10 ! rtpvp8pay pt=96
    ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! peer.
    audiotestsrc is-live=true wave=red-noise ! opusenc ! rtpopuspay pt=100
    ! application/x-rtp,media=audio,encoding-name=OPUS,payload=100 ! peer.
"""
WATCHES = "pipeline. ( webrtcbin name=peer bundle-policy=max-bundle )"
WATCHED = (
    "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,"
    "rtcp-fb-transport-cc=true,rtcp-fb-nack-pli=true,extmap-5=(string)"
    '"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"'
)
"""Transport-wide feedback; GStreamer has no REMB."""
ENOUGH = 20


class Box:
    """The pipeline and its place on the server."""

    def __init__(self, url: str, token: str, *, sends: bool) -> None:
        self._url, self._token, self._sends = url, token, sends
        self._place = ""
        self._came = 0
        self._pipeline = Gst.parse_launch(SENDS if sends else WATCHES)
        self._peer = self._pipeline.get_by_name("peer")
        self._peer.connect("notify::ice-gathering-state", self._gathered)
        if sends:
            self._peer.connect("on-negotiation-needed", self._offer)
        else:
            self._peer.connect("pad-added", self._shown)

    def begin(self) -> None:
        self._pipeline.set_state(Gst.State.PLAYING)
        if not self._sends:
            receives = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
            caps = Gst.Caps.from_string(WATCHED)
            transceiver = self._peer.emit("add-transceiver", receives, caps)
            transceiver.set_property("do-nack", True)
            self._offer(self._peer)

    def end(self) -> None:
        if self._place:
            self._ask("DELETE", self._place)
        self._pipeline.set_state(Gst.State.NULL)

    def _offer(self, peer: Any) -> None:
        peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self._offered))

    def _offered(self, promise: Any) -> None:
        reply = promise.get_reply()  # kept: the offer is a part of it
        offer = reply.get_value("offer")
        self._peer.emit("set-local-description", offer, Gst.Promise.new())

    def _gathered(self, peer: Any, _: object) -> None:
        if peer.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            return
        offer = peer.get_property("local-description").sdp.as_text()
        answer, place = self._ask("POST", self._url, offer)
        self._place = urllib.parse.urljoin(self._url, place)
        _, sdp = GstSdp.SDPMessage.new_from_text(answer)
        kind = GstWebRTC.WebRTCSDPType.ANSWER
        description = GstWebRTC.WebRTCSessionDescription.new(kind, sdp)
        peer.emit("set-remote-description", description, Gst.Promise.new())
        if self._sends:
            print("sending", flush=True)

    def _shown(self, _: object, pad: Any) -> None:
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        sink = Gst.ElementFactory.make("fakesink", None)
        self._pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))
        pad.add_probe(Gst.PadProbeType.BUFFER, self._took)

    def _took(self, *_: object) -> Any:
        self._came += 1
        if self._came == ENOUGH:
            print("watching", flush=True)
        return Gst.PadProbeReturn.OK

    def _ask(self, method: str, url: str, sdp: str = "") -> tuple[str, str]:
        """Return body and Location of the answer."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/sdp"}
        request = urllib.request.Request(url, sdp.encode(), headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read().decode(), response.headers.get("Location", "")


def main() -> None:
    """Send or watch until the standard input is closed."""
    Gst.init(None)
    way, url, token = sys.argv[1:]
    box, loop = Box(url, token, sends=way == "send"), GLib.MainLoop()
    GLib.io_add_watch(
        sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit()
    )
    box.begin()
    loop.run()
    box.end()


if __name__ == "__main__":
    main()
