"""What stands in the picture of a synthetic village."""

import pytest

from signaling.synthetic.village import PhoneSpec


@pytest.mark.parametrize(
    ("name", "caption", "large", "small"),
    [
        ("寄料镇示范六村", "", "示范六村", "寄料镇"),
        ("风穴路街道示范二社区", "", "示范二社区", "风穴路街道"),
        ("王寨乡大峪村", "", "大峪村", "王寨乡"),
        ("寄料镇示范六村", "汝州市", "寄料镇示范六村", "汝州市"),
        ("大峪村", "", "大峪村", ""),
        ("乡村", "", "乡村", ""),
    ],
)
def test_the_township_becomes_the_caption(name: str, caption: str, large: str, small: str) -> None:
    spec = PhoneSpec(url="ws://x", token="t", name=name, caption=caption)
    assert spec.titles() == (large, small)
