"""The catalogues of `web/i18n/`: texts for people, by language and key.

One flat JSON object a language; the text of an error stands under `error.<code>`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("zh-CN", "en")


class Texts:
    """Texts by language and key. A missing key falls back to English, then to the key itself."""

    def __init__(self, catalogues: Mapping[str, Mapping[str, str]], default: str) -> None:
        self._catalogues = catalogues
        self._default = default

    @classmethod
    def load(cls, folder: Path, default: str) -> "Texts":
        """Read `<language>.json` of each language; a missing file is an empty catalogue.

        Raises ValueError where a catalogue is not a flat JSON object of texts.
        """
        catalogues = {}
        for language in LANGUAGES:
            file = folder / f"{language}.json"
            content = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
            if not isinstance(content, dict) or not all(
                isinstance(text, str) for text in content.values()
            ):
                raise ValueError(f"{file}: not a flat object of texts")
            catalogues[language] = content
        return cls(catalogues, default)

    def text(self, language: str, key: str) -> str:
        """Return the text of `key` in `language`."""
        for choice in (language, "en", self._default):
            found = self._catalogues.get(choice, {}).get(key)
            if found:
                return found
        return key

    def error(self, language: str, code: str) -> str:
        """Return what to tell people about an error."""
        key = f"error.{code}"
        found = self.text(language, key)
        return self.text(language, "error.internal") if found == key else found

    def knows(self, key: str) -> bool:
        """Tell whether every language has `key`."""
        return all(key in catalogue for catalogue in self._catalogues.values())

    def choose(self, accept_language: str | None) -> str:
        """Return the best language for an Accept-Language header (RFC 9110, 12.5.4)."""
        best, quality = self._default, 0.0
        for item in (accept_language or "")[:200].split(","):
            tag, _, parameter = item.strip().partition(";")
            weight = _weight(parameter)
            language = _language_of(tag.strip().lower())
            if language and weight > quality:
                best, quality = language, weight
        return best


def _language_of(tag: str) -> str | None:
    primary = tag.split("-")[0]
    return next((name for name in LANGUAGES if name.split("-")[0] == primary), None)


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
