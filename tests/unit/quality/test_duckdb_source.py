"""Canary: Great Expectations on DuckDB gives true answers with our corrections. If this fails, an upgrade broke it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from funnelhouse.quality.duckdb_source import duckdb_source, index_query
from funnelhouse.settings import Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four rows: ids 1, 2, 2, 3; spend 1, -1, NULL, 5; names ab1, ab2, x, NULL. The folder's name is a hard one."""
    path = tmp_path / "a b#c$d%20" / "f.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.t as select * from (values (1, 1.0::decimal(18, 6), 'ab1', date '2026-01-01'), "
            "(2, -1, 'ab2', '2026-01-02'), (2, null, 'x', '2026-01-03'), (3, 5, null, '2026-01-04')) "
            "as v (id, spend, label, day)"
        )
    return path


@pytest.mark.parametrize(
    ("kind", "kwargs", "unexpected"),
    [
        ("expect_column_values_to_not_be_null", {"column": "label"}, 1),
        ("expect_column_values_to_be_between", {"column": "spend", "min_value": 0}, 1),
        ("expect_column_values_to_be_between", {"column": "day", "max_value": "2026-01-02"}, 2),
        ("expect_column_values_to_be_in_set", {"column": "label", "value_set": ["ab1", "it's"]}, 2),
        ("expect_column_values_to_match_regex", {"column": "label", "regex": "^ab[0-9]$"}, 1),
        ("expect_column_values_to_not_match_regex", {"column": "label", "regex": "^ab"}, 2),
        ("expect_column_values_to_be_unique", {"column": "id"}, 2),
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": "id", "column_B": "spend", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
            1,
        ),
    ],
)
def test_counts_and_failing_rows_are_true(
    settings: Settings, file: Path, kind: str, kwargs: dict[str, object], unexpected: int
) -> None:
    expectation = {"type": kind, "kwargs": kwargs, "severity": "critical"}
    with duckdb_source(file, settings) as source:
        (counted,) = source.validate("marts.t", [expectation])
        (shown,) = source.validate("marts.t", [expectation], ["day" if kwargs.get("column") != "day" else "id"])
    assert not counted.success
    assert counted.result["unexpected_count"] == unexpected
    sql = index_query("marts.t", shown.result["unexpected_index_query"])
    with duckdb.connect(str(file)) as connection:
        assert len(connection.execute(sql).fetchall()) == unexpected


def test_results_come_in_the_order_asked_and_tables_are_checked_whole(settings: Settings, file: Path) -> None:
    expectations = [
        {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 4}},
        {"type": "unexpected_rows_expectation",
         "kwargs": {"unexpected_rows_query": "select id from {batch} group by id having count(*) > 1"}},
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "nope"}},
        {"type": "expect_table_columns_to_match_set", "kwargs": {"column_set": ["id", "gone"], "exact_match": False}},
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "id"}},
    ]  # fmt: skip
    with duckdb_source(file, settings) as source:
        results = source.validate("marts.t", expectations)
    assert [result.success for result in results] == [True, False, False, False, True]


def test_nothing_is_shown_or_written(settings: Settings, file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = sorted(path.name for path in file.parent.iterdir())
    with duckdb_source(file, settings) as source:
        source.validate("marts.t", [{"type": "expect_table_row_count_to_equal", "kwargs": {"value": 4}}])
    shown = capfd.readouterr()
    assert "Calculating" not in shown.out + shown.err
    assert sorted(path.name for path in file.parent.iterdir()) == before


def test_the_file_is_free_afterwards_also_after_an_error(settings: Settings, file: Path) -> None:
    with pytest.raises(ZeroDivisionError), duckdb_source(file, settings) as source:
        source.validate("marts.t", [{"type": "expect_table_row_count_to_equal", "kwargs": {"value": 4}}])
        raise ZeroDivisionError
    with duckdb.connect(str(file)) as connection:
        connection.execute("drop table marts.t")
