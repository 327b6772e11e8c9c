"""`make faults` in short, and a proof that its look sees what is lost, doubled and left over."""

from __future__ import annotations

import subprocess
import sys

import pytest

from funnelhouse.files import TEMPORARY_MARK
from funnelhouse.settings import REPOSITORY, Settings
from tests.faults.house import House

pytestmark = pytest.mark.slow


def test_a_few_faults_leave_nothing_lost_doubled_or_over() -> None:
    """In a process of its own: it forks, and DuckDB's threads of other tests do not survive that."""
    command = [sys.executable, "-m", "tests.faults", "--cycles", "12", "--runs", "0", "--services", "0", "--seed", "5"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kills, seed 5" in done.stdout


@pytest.fixture
def house(settings: Settings) -> House:
    """A loaded house with nothing wrong."""
    made = House(settings)
    made.contract()
    made.drop()
    assert made.load() == []
    assert _wrong(made) == set()
    return made


def _wrong(house: House) -> set[str]:
    looked = house.look()
    return {name for name in ("lost", "doubled", "leftover") if looked[name]}


def test_a_row_that_is_gone_is_lost(house: House) -> None:
    for path in (house.settings.raw / "_files").glob("*.json"):
        path.unlink()
    for path in list((house.settings.raw / "_batches").glob("*.json"))[:1]:
        path.unlink()
    assert _wrong(house) == {"lost"}


def test_an_export_that_was_not_archived_is_lost(house: House) -> None:
    house.contents.add("0" * 64)
    assert _wrong(house) == {"lost"}


def test_old_and_new_values_are_doubled(house: House) -> None:
    house.with_tax = True
    assert _wrong(house) == {"doubled"}


def test_an_unfinished_file_is_left_over(house: House) -> None:
    (house.settings.raw / f".half{TEMPORARY_MARK}1-2-3").touch()
    assert _wrong(house) == {"leftover"}
