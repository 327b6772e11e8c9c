"""Nothing below raw, build, published, reports and logs holds an address, a name or a phone of a person outside."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def people(sample_folder: Path) -> set[bytes]:
    """Addresses, full names and phone numbers of the sample's people, as bytes to search for."""
    found: set[bytes] = set()
    with (sample_folder / "truth" / "people.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            found |= {
                value.encode() for name, value in row.items() if value and name in ("email", "phone", "full_name")
            }
            if row.get("first_name") and row.get("last_name"):
                found.add(f"{row['first_name']} {row['last_name']}".encode())
    assert len(found) > 100, "the sample's people file has too few people to prove anything"
    return found


def _hits(content: bytes, people: set[bytes]) -> list[bytes]:
    pattern = re.compile(b"|".join(re.escape(value) for value in sorted(people)))
    return pattern.findall(content)


def test_no_file_holds_a_person_in_clear(sample_house: Settings, people: set[bytes]) -> None:
    for folder in (
        sample_house.raw, sample_house.build, sample_house.published, sample_house.reports, sample_house.logs
    ):  # fmt: skip
        for path in folder.rglob("*"):
            if path.is_file():
                assert _hits(path.read_bytes(), people) == [], path


def test_no_table_holds_a_person_in_clear(sample_house: Settings, people: set[bytes]) -> None:
    """Parquet and DuckDB compress: every text of every table is searched too."""
    with duckdb.connect(str(sample_house.build_file), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns where data_type = 'VARCHAR'"
        ).fetchall()
        assert len(columns) > 100
        for schema, table, column in columns:
            values = connection.execute(f'select distinct "{column}" from "{schema}"."{table}"').fetchall()
            text = "\n".join(value for (value,) in values if value)
            assert _hits(text.encode(), people) == [], f"{schema}.{table}.{column}"
