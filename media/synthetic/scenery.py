"""A village in front of its hills: the frames of a picture that repeats without a seam.

What moves is drawn once, smooth, and only shifted from frame to frame. A hand goes round on a dial
once in a loop, so that a frozen picture is seen at once.
"""

import colorsys
import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 640, 360
DIAL_AT = (492, 288)
TEXT_WIDTH = 440
"""Pixels: the text is whole even where a small picture is cut to 4:3."""
CLOUD_PERIOD = 320
"""Pixels after which the clouds repeat; they drift so far in one loop."""
FONT = "NotoSansCJKsc-Bold-subset.otf"
_SMOOTH = 3
"""Things are drawn this much larger and shrunk."""
_WHITE = (255, 255, 255, 255)
_PUFFS = ((-1.5, 0.25, 0.8), (-0.5, -0.3, 1.0), (0.6, -0.15, 0.9), (1.5, 0.3, 0.7))
"""The balls of a cloud: place and radius, in its size."""
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one village."""

    sky: Colour
    haze: Colour
    sun: Colour
    hills: tuple[Colour, Colour, Colour]

    @classmethod
    def of(cls, name: str, number: int) -> "Palette":
        """Choose by number, so that neighbours differ; the name shades it a little."""
        shade = hashlib.sha256(name.encode()).digest()[0] / 255
        hue = (0.30 + number * 0.381966) % 1.0
        return cls(
            sky=_colour(hue + 0.08, 0.38 + 0.1 * shade, 0.72),
            haze=_colour(hue + 0.04, 0.14, 0.95),
            sun=_colour(0.12, 0.25 + 0.15 * shade, 1.0),
            hills=(
                _colour(hue, 0.40, 0.62),
                _colour(hue - 0.02, 0.52, 0.46),
                _colour(hue - 0.04, 0.62, 0.30),
            ),
        )


def draw(name: str, caption: str, palette: Palette, count: int) -> Iterator[Image.Image]:
    """Draw `count` RGB frames of 640 × 360; the one after the last is the first again."""
    sky = _sky(palette)
    sun = _sun(palette.sun)
    clouds = _clouds()
    hills = [
        _hill(palette.hills[0], base=190, height=34, waves=(2, 3), house=False),
        _hill(palette.hills[1], base=235, height=26, waves=(1, 4), house=False),
        _hill(palette.hills[2], base=290, height=16, waves=(2, 5), house=True),
    ]
    plate = _plate(name, caption)
    box = plate.getbbox() or (0, 0, 1, 1)
    plate, corner = plate.crop(box), box[:2]
    for number in range(count):
        phase = number / count
        picture = sky.copy()
        height = round(8 * math.sin(2 * math.pi * phase))
        picture.paste(sun, (96, 24 - height), sun)
        _window(picture, clouds, CLOUD_PERIOD * phase, 18)
        sway = math.sin(2 * math.pi * phase)
        for hill, reach in zip(hills, (4, 9, 16), strict=True):
            _window(picture, hill, WIDTH / 2 + reach * sway, HEIGHT - hill.height)
        picture.paste(plate, corner, plate)
        _dial(picture, phase)
        yield picture


@cache
def _font_bytes() -> bytes:
    return (resources.files("media.synthetic") / "fonts" / FONT).read_bytes()


def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that the package brings along, `size` in pixels."""
    return ImageFont.truetype(BytesIO(_font_bytes()), size)


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def _sky(palette: Palette) -> Image.Image:
    column = Image.new("RGB", (1, HEIGHT))
    for y in range(HEIGHT):
        part = min(1.0, y / 230)
        mixed = [round(a + (b - a) * part) for a, b in zip(palette.sky, palette.haze, strict=True)]
        column.putpixel((0, y), (mixed[0], mixed[1], mixed[2]))
    return column.resize((WIDTH, HEIGHT))


def _sun(colour: Colour) -> Image.Image:
    size = 110 * _SMOOTH
    image = Image.new("RGBA", (size, size), (*colour, 0))
    pen = ImageDraw.Draw(image)
    middle = size // 2
    for radius, alpha in ((50, 40), (40, 70), (30, 255)):
        radius *= _SMOOTH
        box = (middle - radius, middle - radius, middle + radius, middle + radius)
        pen.ellipse(box, fill=(*colour, alpha))
    return image.resize((110, 110), Image.Resampling.LANCZOS)


def _clouds() -> Image.Image:
    """Draw a strip as long as the picture and one period."""
    length = WIDTH + CLOUD_PERIOD
    mask = Image.new("L", (length, 110), 0)
    pen = ImageDraw.Draw(mask)
    for start in range(-CLOUD_PERIOD, length, CLOUD_PERIOD):
        for x, y, size in ((70, 40, 25), (215, 70, 15)):
            for along, up, radius in _PUFFS:
                cx, cy = start + x + along * size, y + up * size
                r = radius * size
                pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=215)
    mask = mask.filter(ImageFilter.GaussianBlur(3))
    strip = Image.new("RGBA", mask.size, _WHITE)
    strip.putalpha(mask)
    return strip


def _hill(
    colour: Colour, *, base: int, height: int, waves: tuple[int, int], house: bool
) -> Image.Image:
    """Draw two periods of 640 pixels of a ridge that closes on itself."""
    wide, tall = 2 * WIDTH * _SMOOTH, HEIGHT * _SMOOTH

    def ridge(x: float) -> float:
        angle = 2 * math.pi * x / WIDTH
        first, second = waves
        return base - height * (0.7 * math.sin(first * angle) + 0.3 * math.sin(second * angle + 1))

    image = Image.new("RGBA", (wide, tall), (*colour, 0))
    pen = ImageDraw.Draw(image)
    line = [(x * _SMOOTH, ridge(x) * _SMOOTH) for x in range(0, 2 * WIDTH + 1, 2)]
    pen.polygon([(0, tall), *line, (wide, tall)], fill=(*colour, 255))
    if house:
        for start in (0, WIDTH):
            for x in (90, 118, 150, 420, 450, 560):
                _house(pen, start + x, ridge(x) + 4, 9 + x % 4)
    image = image.resize((2 * WIDTH, HEIGHT), Image.Resampling.BOX)
    top = (image.getbbox() or (0, 0, 0, 0))[1]
    return image.crop((0, top, image.width, HEIGHT))


def _house(pen: ImageDraw.ImageDraw, x: float, ground: float, size: float) -> None:
    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [((x + a * size) * _SMOOTH, (ground + b * size) * _SMOOTH) for a, b in points]

    pen.rectangle(at((-1, -1.1), (1, 0.3)), fill=(246, 240, 226, 255))
    pen.polygon(at((-1.3, -1), (0, -1.9), (1.3, -1)), fill=(150, 62, 48, 255))
    pen.rectangle(at((-0.25, -0.6), (0.25, 0.3)), fill=(96, 70, 54, 255))


def _plate(name: str, caption: str) -> Image.Image:
    """Write the name, large, and what it belongs to, on a shadow that any background bears."""
    plate = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    large, small = _fitting(name, 104), _fitting(caption, 40)
    pen = ImageDraw.Draw(plate)
    middle = WIDTH / 2
    for shadow in (True, False):
        fill, edge = ((0, 0, 0, 150), 6) if shadow else (_WHITE, 0)
        pen.text((middle, 158), name, font=large, fill=fill, anchor="mm",
                 stroke_width=edge, stroke_fill=fill)  # fmt: skip
        pen.text((middle, 244), caption, font=small, fill=fill, anchor="mm",
                 stroke_width=edge // 2, stroke_fill=fill)  # fmt: skip
        if shadow:
            plate = plate.filter(ImageFilter.GaussianBlur(4))
            pen = ImageDraw.Draw(plate)
    return plate


def _fitting(text: str, size: int) -> ImageFont.FreeTypeFont:
    """Return the font at `size`, or smaller where the text would be too wide."""
    needed = font(size).getlength(text)
    return font(size if needed <= TEXT_WIDTH else max(12, int(size * TEXT_WIDTH / needed)))


def _window(picture: Image.Image, strip: Image.Image, left: float, y: int) -> None:
    """Paste the part of a long strip that begins at `left`."""
    start = round(left)
    part = strip.crop((start, 0, start + WIDTH, strip.height))
    picture.paste(part, (0, y), part)


def _dial(picture: Image.Image, phase: float) -> None:
    size = 56 * _SMOOTH
    face = Image.new("RGBA", (size, size), (255, 255, 255, 0))
    pen = ImageDraw.Draw(face)
    middle = size / 2
    pen.ellipse((2, 2, size - 3, size - 3), fill=(255, 255, 255, 210), outline=(60, 60, 60, 255),
                width=2 * _SMOOTH)  # fmt: skip
    for tick in range(12):
        angle = math.pi * tick / 6
        ends = [
            (middle + r * middle * math.sin(angle), middle - r * middle * math.cos(angle))
            for r in (0.76, 0.88)
        ]
        pen.line(ends, fill=(90, 90, 90, 255), width=_SMOOTH)
    angle = 2 * math.pi * phase
    tip = (middle + 0.7 * middle * math.sin(angle), middle - 0.7 * middle * math.cos(angle))
    pen.line([(middle, middle), tip], fill=(190, 40, 30, 255), width=3 * _SMOOTH)
    small = face.resize((56, 56), Image.Resampling.BOX)
    picture.paste(small, DIAL_AT, small)
