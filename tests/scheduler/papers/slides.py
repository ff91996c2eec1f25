"""A presentation in Office Open XML (ECMA-376 part 1, §13), in the parts LibreOffice asks for."""

import io
import zipfile
from typing import Final

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OPEN: Final = "http://schemas.openxmlformats.org"
_PARTS: Final = "application/vnd.openxmlformats-officedocument.presentationml"
_RELATIONS: Final = f"{_OPEN}/officeDocument/2006/relationships"
_NAMES: Final = (
    f'xmlns:a="{_OPEN}/drawingml/2006/main" xmlns:r="{_RELATIONS}" '
    f'xmlns:p="{_OPEN}/presentationml/2006/main"'
)
_TREE: Final = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
)
WIDE: Final = (12_192_000, 6_858_000)
"""16 to 9, as PowerPoint and WPS begin one; English metric units, 914,400 to the inch."""


def slides(*words: str, size: tuple[int, int] = WIDE) -> bytes:
    """A presentation with one slide for each text."""
    numbers = range(1, len(words) + 1)
    parts = {
        "[Content_Types].xml": _types(numbers),
        "_rels/.rels": _relations(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": _presentation(numbers, size),
        "ppt/_rels/presentation.xml.rels": _relations(
            ("slideMaster", "slideMasters/slideMaster1.xml"),
            *(("slide", f"slides/slide{n}.xml") for n in numbers),
        ),
        "ppt/slideMasters/slideMaster1.xml": _master(),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": _relations(
            ("slideLayout", "../slideLayouts/slideLayout1.xml")
        ),
        "ppt/slideLayouts/slideLayout1.xml": (
            f'<p:sldLayout {_NAMES} type="blank"><p:cSld><p:spTree>{_TREE}</p:spTree></p:cSld>'
            "</p:sldLayout>"
        ),
        "ppt/slideLayouts/_rels/slideLayout1.xml.rels": _relations(
            ("slideMaster", "../slideMasters/slideMaster1.xml")
        ),
    }
    for number, text in zip(numbers, words, strict=True):
        parts[f"ppt/slides/slide{number}.xml"] = _slide(text)
        parts[f"ppt/slides/_rels/slide{number}.xml.rels"] = _relations(
            ("slideLayout", "../slideLayouts/slideLayout1.xml")
        )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, _HEAD + text)
    return held.getvalue()


def _types(numbers: range) -> str:
    named = {
        "presentation": "presentation.main",
        "slideMasters/slideMaster1": "slideMaster",
        "slideLayouts/slideLayout1": "slideLayout",
        **{f"slides/slide{n}": "slide" for n in numbers},
    }
    overrides = "".join(
        f'<Override PartName="/ppt/{name}.xml" ContentType="{_PARTS}.{kind}+xml"/>'
        for name, kind in named.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_OPEN}/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>{overrides}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    """The relations of a part, `r1` and so on: kind and where."""
    each = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_OPEN}/package/2006/relationships">{each}</Relationships>'


def _presentation(numbers: range, size: tuple[int, int]) -> str:
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="r{n + 1}"/>' for n in numbers)
    return (
        f'<p:presentation {_NAMES}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="r1"/>'
        f'</p:sldMasterIdLst><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="{size[0]}" cy="{size[1]}"/>'
        '<p:notesSz cx="6858000" cy="9144000"/></p:presentation>'
    )


def _master() -> str:
    accents = " ".join(f'accent{n}="accent{n}"' for n in range(1, 7))
    return (
        f"<p:sldMaster {_NAMES}><p:cSld><p:spTree>{_TREE}</p:spTree></p:cSld>"
        f'<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" {accents} hlink="hlink" '
        'folHlink="folHlink"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="r1"/>'
        "</p:sldLayoutIdLst></p:sldMaster>"
    )


def _slide(text: str) -> str:
    return (
        f"<p:sld {_NAMES}><p:cSld><p:spTree>{_TREE}<p:sp><p:nvSpPr>"
        '<p:cNvPr id="2" name="words"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm>'
        '<a:off x="914400" y="914400"/><a:ext cx="9144000" cy="1828800"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:p><a:r>'
        f'<a:rPr lang="zh-CN" sz="4400"/><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>'
        "</p:spTree></p:cSld></p:sld>"
    )
