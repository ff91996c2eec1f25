"""What may stand in a cell. A reader takes the text and returns the value, or raises BadCell."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from scheduler.directory.imports.vocabulary import NO, YES, Words
from scheduler.store.base import ID_LENGTH
from scheduler.store.directory_tables import TEXT_LENGTH

Value = str | bool | date | None
Reader = Callable[[str], Value]

_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{ID_LENGTH - 1}}}")
_PHONE = re.compile(r"\+?[0-9][0-9-]{2,19}")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,120}", re.ASCII)
_DATES = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII),
    re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII),
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_SHOWN = 40


class BadCell(Exception):
    """The cell does not fit; `code` is one of the texts of the reports."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def check_text(text: str) -> None:
    """Refuse what no cell may be, whatever it means."""
    if len(text) > TEXT_LENGTH:
        raise BadCell("cell_too_long", limit=TEXT_LENGTH)
    if not text.isprintable() and any(
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text
    ):
        raise BadCell("control_character")
    if text.startswith("=") or text in _ERRORS:
        raise BadCell("formula")


def read_name(text: str) -> Value:
    return " ".join(text.split())


def read_id(text: str) -> Value:
    """Full-width letters and digits are meant as plain ones."""
    plain = unicodedata.normalize("NFKC", text)
    if not _ID.fullmatch(plain):
        raise BadCell("id_malformed")
    return plain


def read_phone(text: str) -> Value:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if not _PHONE.fullmatch(plain):
        raise BadCell("phone_malformed")
    return plain


def read_mail(text: str) -> Value:
    plain = unicodedata.normalize("NFKC", text)
    if not _MAIL.fullmatch(plain):
        raise BadCell("mail_malformed")
    return plain


def read_date(text: str) -> Value:
    """2026-01-31, 2026/1/31, 2026.1.31, 20260131 and 2026年1月31日; 1900 to 2200."""
    plain = unicodedata.normalize("NFKC", text)
    match = next(filter(None, (form.fullmatch(plain) for form in _DATES)), None)
    try:
        year, month, day = map(int, match.groups()) if match else (0, 0, 0)
        if _FIRST_YEAR <= year <= _LAST_YEAR:
            return date(year, month, day)
    except ValueError:
        pass
    raise BadCell("date_malformed")


def read_yes_or_no(text: str) -> Value:
    word = _plain_word(text)
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadCell("yes_or_no")


def reader_of(words: Words) -> Reader:
    """Return a reader of these words: what is stored itself, or any of its Chinese words."""
    meanings = {_plain_word(word): stored for stored, many in words.items() for word in many}
    meanings |= {stored: stored for stored in words}
    allowed = allowed_words(words)

    def read_word(text: str) -> Value:
        stored = meanings.get(_plain_word(text))
        if stored is None:
            raise BadCell("word_unknown", value=text[:_SHOWN], allowed=allowed)
        return stored

    return read_word


def allowed_words(words: Words) -> str:
    """Return the words as people are told them."""
    return "、".join(many[0] for many in words.values())


def _plain_word(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
