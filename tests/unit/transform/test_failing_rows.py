"""The message of a failed data test: every model, its worst problem, one of its rows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.failing_rows import problems


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with an empty build file."""
    made = load_settings(tmp_path / "home")
    made.make_folders()
    duckdb.connect(str(made.build_file)).close()
    return made


def described(settings: Settings, query: str) -> list[str]:
    """What is said of a test with this SQL."""
    compiled = settings.home / "compiled.sql"
    compiled.write_text(query)
    return problems(settings, compiled)


def test_the_worst_of_every_model_comes_first_and_the_rest_is_counted(settings: Settings) -> None:
    many = [("deals", f"p{number:02d}", 100 - number) for number in range(11)]
    rows = [*many, ("goals", "id is NULL", 2), ("goals", "id is not unique", 1)]
    values = ", ".join(f"('{model}', '{problem}', {count}, 'id = {count}')" for model, problem, count in rows)
    found = described(settings, f"select * from (values {values}) as t (model, problem, rows_found, example)")
    assert found[:3] == [
        "deals: p00 (100 found, e.g. id = 100)",
        "goals: id is NULL (2 found, e.g. id = 2)",
        "deals: p01 (99 found, e.g. id = 99)",
    ]
    assert "goals: id is not unique (1 found, e.g. id = 1)" in found
    assert len(found) == 11
    assert found[-1] == "and 3 other problems in deals"


def test_a_test_of_one_model_needs_no_model_in_its_rows(settings: Settings) -> None:
    query = "select 'stage is not in stages.name' as problem, 'stage = Won' as example, 3 as rows_found"
    assert described(settings, query) == ["stage is not in stages.name (3 found, e.g. stage = Won)"]


def test_rows_without_a_problem_and_sql_that_cannot_run_say_nothing(settings: Settings) -> None:
    assert described(settings, "select 1 as example") == []
    assert described(settings, "select * from nowhere") == []
