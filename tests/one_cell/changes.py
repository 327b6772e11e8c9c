"""One change of one line of an export: a cell becomes another value of its type, or the line goes or comes twice.

Only lines of the table itself are changed, and the text around them stays as the platform wrote it.
"""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

_NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?%?")
_DAY = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
_SHIFTS = (-4000, -400, -40, -1, 1, 40, 400, 4000)


@dataclass(frozen=True)
class Place:
    """One table of an inbox: a text file, or a member of a zip."""

    file: Path
    member: str = ""


@dataclass(frozen=True)
class Change:
    """What was done to one line; `line` counts from 1."""

    place: Place
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.place.file}{'!' + self.place.member if self.place.member else ''} line {self.line}: {self.what}"


def places(inbox: Path) -> list[Place]:
    """Every table of text below `inbox`, in a fixed order; paths are relative to it."""
    found = []
    for path in sorted(inbox.rglob("*")):
        if path.suffix.lower() == ".csv":
            found.append(Place(path.relative_to(inbox)))
        elif path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                names = [name for name in packed.namelist() if name.lower().endswith(".csv")]
            found += [Place(path.relative_to(inbox), name) for name in names]
    return found


def apply(inbox: Path, place: Place, chance: random.Random) -> Change | None:
    """Change one line of a table in place; None if it has no line of data."""
    path = inbox / place.file
    if not place.member:
        done = _changed(path.read_bytes(), chance)
        if done:
            path.write_bytes(done[0])
        return Change(place, *done[1:]) if done else None
    with zipfile.ZipFile(path) as packed:
        contents = [(info, packed.read(info)) for info in packed.infolist()]
    (content,) = (content for info, content in contents if info.filename == place.member)
    done = _changed(content, chance)
    if done is None:
        return None
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for info, content in contents:
            packed.writestr(info, done[0] if info.filename == place.member else content)
    return Change(place, *done[1:])


def _changed(content: bytes, chance: random.Random) -> tuple[bytes, int, str] | None:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    mark = "\ufeff" if content.startswith(b"\xef\xbb\xbf") else ""
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        encoding, text = "cp1252", content.decode("cp1252", errors="replace")
    lines = text.splitlines(keepends=True)
    delimiter = max(",;\t", key=lambda mark_: sum(line.count(mark_) for line in lines[:40]))
    rows = [_cells(line, delimiter) for line in lines]
    width = max((len(row) for row in rows if row), default=0)
    whole = [number for number, row in enumerate(rows) if row and len(row) == width]
    if width < 2 or len(whole) < 2:
        return None
    header, data = whole[0], whole[1:]
    number = chance.choice(data)
    end = lines[number][len(lines[number].rstrip("\r\n")) :] or "\n"
    kind = chance.random()
    if kind < 0.1:
        what = "dropped"
        lines[number] = ""
    elif kind < 0.2:
        what = "doubled"
        lines[number] = lines[number].rstrip("\r\n") + end + lines[number]
    else:
        row, labels = list(rows[number] or []), rows[header] or []
        column = chance.randrange(width)
        others = [other[column] for place in data if (other := rows[place])]
        before, row[column] = row[column], _another(row[column], others, chance)
        what = f"{labels[column]!r} from {before!r} to {row[column]!r}"
        lines[number] = _line(row, delimiter, end)
    return (mark + "".join(lines)).encode(encoding), number + 1, what


def _cells(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line that is a record of its own."""
    if line.count('"') % 2 or not line.strip():
        return None
    return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), None)


def _line(row: list[str], delimiter: str, end: str) -> str:
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, lineterminator="").writerow(row)
    return sink.getvalue() + end


def _another(cell: str, others: list[str], chance: random.Random) -> str:
    """Another value of the same type: of the same column, none at all, or one that nobody exported."""
    candidates = [other for other in others if other != cell][:200]
    options = [*_typed(cell, candidates), ""]
    options += [chance.choice(candidates)] * 2 if candidates else []
    return chance.choice([option for option in options if option != cell])


def _typed(cell: str, others: list[str]) -> Iterator[str]:
    """Values of the type of the cell; of a blank cell, of the type of the others in its column."""
    sample = cell.strip() or next((other.strip() for other in others if other.strip()), "")
    if found := _DAY.search(sample):
        year, month, day = map(int, found.groups())
        for shift in _SHIFTS:
            moved = date(year, month, day) + timedelta(days=shift)
            yield f"{sample[: found.start()]}{moved.isoformat()}{sample[found.end() :]}"
    elif _NUMBER.fullmatch(sample):
        plain = sample.replace(",", "").rstrip("%")
        for other in ("0", "1", "-1", f"-{plain.lstrip('-')}", f"{plain}0", "1000000000", "3"):
            yield other + ("%" if sample.endswith("%") else "")
    elif sample.lower() in ("true", "false", "yes", "no"):
        yield from ("true", "false")
    else:
        yield from ("x", "Größe, “neu”; 100 %", f"{sample} 2", sample.upper(), sample[: len(sample) // 2])
