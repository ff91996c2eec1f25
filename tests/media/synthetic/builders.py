"""Small loops and voices whose content a test can recognise."""

from media.synthetic.encoded import EncodedLoop, EncodedVoice, Frame, Layer, Sound


def a_loop(frames: int = 12, key_every: int = 4, size: int = 40) -> EncodedLoop:
    """Layers q and h; a frame's bytes are VP8's bit for a delta frame, the letter
    of its layer and its number."""

    def layer(rid: str, width: int, height: int, size: int) -> Layer:
        return Layer(
            rid,
            width,
            height,
            tuple(
                Frame(
                    bytes((0x10 | (n % key_every != 0),))
                    + rid.encode()
                    + bytes((n,))
                    + bytes(size),
                    key=n % key_every == 0,
                )
                for n in range(frames)
            ),
        )

    return EncodedLoop(12, (layer("q", 320, 180, size), layer("h", 640, 360, 4 * size)))


def a_voice(frames: int = 50) -> EncodedVoice:
    return EncodedVoice(
        tuple(Sound(b"voice" + bytes((n,)), 20) for n in range(frames)), Sound(b"hush", 127)
    )
