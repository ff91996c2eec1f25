"""What a check or an import has to say: which rows are bad, or how many are new or changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scheduler.directory.imports.messages import Language, text_of
from scheduler.errors import Invalid

MOST_REPORTED = 1000


@dataclass(frozen=True, slots=True)
class BadRow:
    """Something wrong in a file. `line` and `column` are None where it is about all of it.

    `column` is the heading as it stands in the file.
    """

    file: str
    line: int | None
    column: str | None
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def message(self, language: Language = "zh-CN") -> str:
        """Return what is wrong and what to do, without the place."""
        return text_of(self.code, self.params, language)

    def text(self, language: Language = "zh-CN") -> str:
        """Return one line: place and message."""
        place = [self.file]
        if self.line is not None:
            place.append(str(self.line))
        if self.column is not None:
            place.append(self.column)
        return f"{':'.join(place)}: {self.message(language)}"


class BadRows:
    """Collects what is wrong; keeps the first thousand and counts the rest."""

    def __init__(self) -> None:
        self.kept: list[BadRow] = []
        self.total = 0

    def add(
        self, file: str, line: int | None, column: str | None, code: str, **params: object
    ) -> None:
        self.total += 1
        if len(self.kept) < MOST_REPORTED:
            self.kept.append(BadRow(file, line, column, code, params))

    def in_order(self) -> tuple[BadRow, ...]:
        """Return those kept by file and line."""
        return tuple(sorted(self.kept, key=lambda row: (row.file, row.line or 0)))


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of the files, by what importing them does."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
        )


@dataclass(frozen=True, slots=True)
class CheckReport:
    """`rows` are the first bad rows of `total`; `counts` tell by kind of file what it would do."""

    rows: tuple[BadRow, ...]
    total: int
    counts: Mapping[str, Counts]

    @property
    def ok(self) -> bool:
        return self.total == 0

    def lines(self, language: Language = "zh-CN") -> Iterator[str]:
        """Yield what to print: a line for each bad row, or the counts."""
        for row in self.rows:
            yield row.text(language)
        if self.total > len(self.rows):
            yield text_of("more", {"count": self.total - len(self.rows)}, language)
        if self.total:
            yield text_of("refused", {"count": self.total}, language)
        else:
            yield from count_lines(self.counts, language)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many rows of the files were new, changed something, or changed nothing."""

    created: int
    changed: int
    unchanged: int
    counts: Mapping[str, Counts]

    def lines(self, language: Language = "zh-CN") -> Iterator[str]:
        """Yield what to print: a line for each kind of file."""
        yield from count_lines(self.counts, language)


class DirectoryRefused(Invalid):
    """Nothing was imported; `report` has the bad rows."""

    def __init__(self, report: CheckReport) -> None:
        super().__init__("directory_refused", f"{report.total} bad rows")
        self.report = report


def count_lines(counts: Mapping[str, Counts], language: Language) -> Iterator[str]:
    for kind, each in counts.items():
        params: dict[str, object] = {
            "kind": text_of(f"kind_{kind}", {}, language),
            "created": each.created,
            "changed": each.changed,
            "unchanged": each.unchanged,
        }
        yield text_of("counts", params, language)
