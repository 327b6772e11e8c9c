"""A raw batch that is missing or not as it was committed is made again from the archive, and said."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from funnelhouse.cli import app
from funnelhouse.extract.mend import mend_batches
from funnelhouse.settings import Settings
from funnelhouse.store.batches import RawDamaged
from funnelhouse.store.integrity import damaged_batches, remove_unreadable_records
from tests.unit.reading.conftest import GOOD, Home

SPEND = [("2026-10-01", 1234.50), ("2026-10-02", 20.25)]


def _only(folder: Path) -> Path:
    (found,) = [path for path in folder.iterdir() if not path.name.startswith(".")]
    return found


def _rows(home: Home) -> list[tuple[str, float]]:
    return [(str(day), float(spend)) for day, spend in home.rows("ads_performance", "date, spend")]


def _flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def _spend_of_lineage(home: Home) -> None:
    path = _only(home.settings.raw / "_batches")
    path.write_text(path.read_text().replace("1254.75", "1255.75"))


DAMAGES: dict[str, Callable[[Home], object]] = {
    "the rows are gone": lambda home: _only(home.settings.raw / "ads_performance").unlink(),
    "the rows are cut": lambda home: _only(home.settings.raw / "ads_performance").write_bytes(b"PAR1"),
    "the lineage is gone": lambda home: _only(home.settings.raw / "_batches").unlink(),
    "the lineage is no JSON": lambda home: _only(home.settings.raw / "_batches").write_bytes(b"{"),
    "a number of the lineage is another": _spend_of_lineage,
    "all of it is gone": lambda home: [
        shutil.rmtree(home.settings.raw / name) for name in ("ads_performance", "_batches")
    ],
}


@pytest.fixture
def loaded(settings: Settings) -> Home:
    """A home with one loaded report."""
    home = Home(settings)
    home.drop("google.csv", GOOD).load()
    assert mend_batches(home.settings) == []
    return home


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_batch_is_made_again_from_the_archive_and_said(loaded: Home, damage: str) -> None:
    DAMAGES[damage](loaded)
    (mended,) = mend_batches(loaded.settings)
    assert mended.file == "google.csv" and ("missing" in mended.wrong or "damaged" in mended.wrong)
    assert _rows(loaded) == SPEND
    assert [batch["sums"]["spend"] for batch in loaded.batches()] == ["1254.75"]
    assert mend_batches(loaded.settings) == []


def test_every_flipped_bit_of_the_rows_is_noticed(loaded: Home) -> None:
    """Parquet alone does not notice: some bits make another number of a row, without an error."""
    path = _only(loaded.settings.raw / "ads_performance")
    whole = path.read_bytes()
    for bit in random.Random(1).sample(range(len(whole) * 8), 300):
        _flip(path, bit)
        assert damaged_batches(loaded.settings.raw), bit
        path.write_bytes(whole)
    assert not damaged_batches(loaded.settings.raw)


@pytest.mark.parametrize("damage", DAMAGES)
def test_replay_all_of_a_file_makes_its_batch_again(loaded: Home, damage: str) -> None:
    DAMAGES[damage](loaded)
    home = str(loaded.settings.home)
    done = CliRunner().invoke(app, ["replay", "--all", "--file", "google.csv", "--home", home])
    assert done.exit_code == 0, done.output
    assert _rows(loaded) == SPEND
    assert not damaged_batches(loaded.settings.raw)


def test_a_batch_whose_archived_file_is_damaged_too_is_named_with_advice(loaded: Home) -> None:
    _flip(_only(loaded.settings.raw / "ads_performance"), 300)
    next(loaded.settings.archive.glob("??/*/content")).write_bytes(b"other")
    with pytest.raises(RawDamaged, match=r"google.csv: ads_performance is damaged, and the archived file .* backup"):
        mend_batches(loaded.settings)


def test_a_record_that_is_no_json_any_more_has_its_file_read_again(loaded: Home) -> None:
    record = next((loaded.settings.raw / "_files").glob("*.json"))
    before = json.loads(record.read_text())
    record.write_bytes(record.read_bytes()[:40])
    assert remove_unreadable_records(loaded.settings.raw) == [record.stem]
    loaded.load()
    assert json.loads(record.read_text()) == before
    assert _rows(loaded) == SPEND
