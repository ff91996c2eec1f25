"""The process of the synthetic phones, as the demonstration starts it."""

from pathlib import Path

from signaling.demo.phones import SyntheticPhones
from tests.support.waiting import until


async def test_the_phones_begin_where_nobody_has_made_their_folder_yet(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere" / "var"
    phones = SyntheticPhones([], folder / "synthetic", folder / "synthetic.log")
    phones.start()
    try:
        await until(lambda: phones.pid is not None)
    finally:
        await phones.stop()
