"""The files that are mutated: every fixture, files of the sample company, and members of its archives."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.driver import Driver, Seen, SeenTable

FIXTURES = Path(__file__).parents[1] / "files"
LARGEST = 40_000
"""Bytes of the largest file that is mutated: what a mutation does shows in small ones."""


@dataclass
class Original:
    """A file before it is mutated, and what became of it."""

    name: str
    content: bytes
    seen: Seen = field(default_factory=Seen)

    @property
    def table(self) -> SeenTable | None:
        """Its only table, if it is a text that can be written in another dress."""
        tables = self.seen.tables
        return tables[0] if len(tables) == 1 and tables[0].lines else None


def originals(driver: Driver, sample: Path | None) -> list[Original]:
    """Every original, already seen; raises AssertionError if one of them has a problem."""
    found = [Original(path.name, path.read_bytes()) for path in sorted(FIXTURES.rglob("*")) if _is_export(path)]
    known: set[tuple[str, ...]] = set()
    for path in sorted(sample.rglob("*")) if sample else []:
        if not _is_export(path):
            continue
        for original in _members(path):
            key = (path.parent.parent.parent.name, original.name.partition("_")[0], original.content[:200].hex()[:80])
            if len(original.content) <= LARGEST and key not in known:
                known.add(key)
                found.append(original)
    for original in found:
        original.seen = driver.see(original.name, original.content)
    return found


def _is_export(path: Path) -> bool:
    return path.is_file() and path.name not in ("README.md", "_manifest.yml")


def _members(path: Path) -> list[Original]:
    content = path.read_bytes()
    if path.suffix.lower() != ".zip":
        return [Original(path.name, content)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [Original(name, archive.read(name)) for name in archive.namelist()]
    except zipfile.BadZipFile:
        return []
    return [Original(path.name, content), *members]
