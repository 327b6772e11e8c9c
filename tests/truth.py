"""The truth that a sample company's generator writes, beside what the warehouse published about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from funnelhouse.settings import Settings


@contextmanager
def both_sides(house: Settings, truth: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the published file as `published` and each CSV file of `truth` as a table of texts."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{house.published_file.resolve()}' as published (read_only)")
        for path in sorted(truth.glob("*.csv")):
            connection.execute(
                f"create table {path.stem} as select * from read_csv('{path}', header = true, all_varchar = true)"
            )
        connection.execute("set search_path = 'memory.main,published.marts'")
        yield connection


def assert_equal_rows(connection: duckdb.DuckDBPyConnection, truth: str, marts: str) -> None:
    """Both queries give the same rows, each as often; the truth has some."""
    expected = connection.execute(truth).fetchall()
    assert len(expected) > 0, "the truth is empty: nothing would be proved"
    missing = connection.execute(f"({truth}) except all ({marts})").fetchall()
    surplus = connection.execute(f"({marts}) except all ({truth})").fetchall()
    assert (missing[:5], surplus[:5]) == ([], []), f"{len(missing)} missing, {len(surplus)} surplus"
