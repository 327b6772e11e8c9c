"""Readers of the small sample (three months, a fifth of the volume) for the tests of its generator."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def inbox(sample_folder: Path) -> Path:
    return sample_folder / "inbox"


@pytest.fixture(scope="session")
def truth(sample_folder: Path) -> Callable[[str], Rows]:
    def read(name: str) -> Rows:
        with (sample_folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    return read


@pytest.fixture(scope="session")
def salesforce(inbox: Path) -> Callable[[int, str], Rows]:
    """Rows of an object in the weekly export `number` (0 is the oldest, -1 the newest)."""
    archives = sorted(inbox.glob("salesforce/*/*/*.ZIP"))

    def read(number: int, name: str) -> Rows:
        with zipfile.ZipFile(archives[number]) as archive:
            text = archive.read(f"{name}.csv").decode("cp1252")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    return read
