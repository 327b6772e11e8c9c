"""Nothing below raw, build, published, reports and logs holds an address, a name or a phone of a person outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from funnelhouse.settings import Settings
from tests.privacy import People

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def people(sample_folder: Path) -> People:
    """The sample's people."""
    found = People.read(sample_folder / "truth" / "people.csv")
    assert len(found.emails) > 100, "the sample has too few people to prove anything"
    return found


def test_no_file_of_the_house_holds_a_person(sample_house: Settings, people: People) -> None:
    """The refused bytes and rejected rows in quarantine are the person's own to correct; what we say of them is not."""
    folders = (sample_house.raw, sample_house.build, sample_house.published, sample_house.reports, sample_house.logs)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    files += [path for path in sample_house.quarantine.rglob("*explanation.*") if path.is_file()]
    assert sum(path.suffix == ".parquet" for path in files) > 50
    assert sum(path.suffix == ".duckdb" for path in files) >= 2
    assert sum("explanation" in path.name for path in files) > 3
    hits = {str(path.relative_to(sample_house.home)): found for path in files if (found := people.found_in_file(path))}
    assert hits == {}


def test_the_search_would_find_them_where_they_are(sample_house: Settings, people: People) -> None:
    """The archive has the people in it: the same search must say so."""
    found: set[str] = set()
    for path in sample_house.archive.rglob("content"):
        found |= people.found_in(path.read_bytes().decode("utf-8", "replace"))
    assert len(found & people.emails) > 20
