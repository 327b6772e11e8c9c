"""Every kind of data test against a small table that breaks it in each way: its failing rows name each of them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from funnelhouse.settings import REPOSITORY, Settings, load_settings
from funnelhouse.transform.dbt_runner import NodeResult, run_dbt
from funnelhouse.transform.raw_views import expose_raw

pytestmark = pytest.mark.slow

MODELS = {
    # Day 1 twice for the NULL account (NULLs are equal), an unknown day, an unknown name; spend -1 and NULL.
    "ads": """
        select * from (values
            (1, null, 'a', 5, 'red'), (1, null, 'b', -1, 'red'), (null, 'x', 'c', 0, 'blue'), (2, 'y', null, null, null)
        ) as t (day, account, name, spend, colour)
    """,
    # Quotients: right, wrong value, number without a denominator, NULL although defined, zero by zero as NaN.
    "rates": """
        select * from (values
            (1, 4, 25e-2, 250e0), (1, 4, 3e-1, 250e0), (1, 0, 0e0, null), (1, 4, null, 250e0),
            (0, 0, 'nan'::double, null)
        ) as t (clicks, shown, ctr, ctr_mille)
    """,
    "colours": "select * from (values ('red', 10), ('green', 2)) as t (name, total)",
    "sums": "select * from (values ('red', 10), ('green', 2)) as t (colour, total)",
    # [1, 3) and [2, 4) overlap, [7, 7) has no length; the other entity is sound.
    "intervals": """
        select * from (values
            ('o', 1, 3), ('o', 2, 4), ('p', 7, 7), ('q', 1, 2), ('q', 2, null)
        ) as t (owner, begins, ends)
    """,
    # Of three raw rows (10 in all) one is staged (5), one (2) excluded by name, one (3) gone.
    "raw_rows": "select * from (values (5), (2), (3)) as t (amount)",
    "staged_rows": "select 5 as amount",
    "outcomes": """
        select * from (values
            ('lost', 'current', 1, 5), ('lost', 'deleted', 1, 2), ('kept', 'current', 1, 5)
        ) as t (entity, outcome, row_count, measure_total)
    """,
}

ROWS: dict[str, dict[str, Any]] = {
    "ads": {"grain": {
        "columns": ["day", "account"], "nullable": ["account"], "not_null": ["name"],
        "holds": {"spend_is_not_negative": "spend is null or spend >= 0", "spend_is_known": "spend >= -1",
                  "always": "true"},
    }},
    "rates": {
        "grain": {"holds": {"shown_is_not_negative": "shown >= 0"}},
        "rates": [
            {"rate": "ctr", "numerator": "clicks", "denominator": "shown"},
            {"rate": "ctr_mille", "numerator": "clicks", "denominator": "shown", "factor": 1000},
            {"rate": "ctr", "numerator": "clicks", "denominator": "clicks", "where": "ctr = 0.3"},
        ],
    },
    "intervals": {
        "grain": {"columns": ["owner", "begins"]},
        "intervals": {"entity": ["owner"], "valid_from": "begins", "valid_to": "ends"},
    },
    "outcomes": {
        "grain": {"columns": ["entity", "outcome"], "not_null": ["row_count"], "holds": {"counts": "row_count > 0"}},
    },
}  # fmt: skip
"""What the properties of these tables say of their rows (`config: meta:`); `outcomes` is sound."""

FOLDERS = {"rows_of_broken": ["ads", "rates", "intervals", "outcomes"], "rows_of_sound": ["outcomes"]}
"""Tests of the rows of several tables at once."""

TESTS: dict[str, list[dict[str, Any]]] = {
    "ads": [
        {"holds": {"name": "ads_warnings", "config": {"severity": "warn"}, "arguments": {
            "conditions": {"is_red": "colour = 'red'"},
        }}},
        {"references": {"name": "ads_references", "arguments": {
            "columns": {"colour": {"to": "ref('colours')", "field": "name"}, "spend": {"to": "ref('ads')"}},
        }}},
        {"equal_totals": {"name": "ads_totals", "arguments": {"totals": {
            "same": {"expression": "count(*)", "compare_model": "ref('ads')"},
            "near": {"expression": "4", "compare_model": "ref('ads')", "compare_expression": "5", "tolerance": 1},
            "rows": {"expression": "count(*)", "compare_model": "ref('colours')", "where": "day = 1",
                     "compare_where": "name = 'red'"},
            # red 4 against 10; green is missing here (0 against 2); a NULL colour is a group of its own (NULL = 0).
            "by_colour": {"expression": "sum(spend)", "compare_model": "ref('sums')",
                          "compare_expression": "sum(total)", "group_by": ["colour"]},
        }}}},
    ],
    "outcomes": [
        {"reconciles_with_raw": {"name": "outcomes_account_for_raw", "arguments": {"entities": {
            "lost": {"raw": "ref('raw_rows')", "staged": "ref('staged_rows')", "measure": "amount"},
            "kept": {"raw": "ref('staged_rows')", "staged": "ref('staged_rows')", "measure": "amount"},
        }}}},
    ],
}  # fmt: skip
"""Uses of the generic tests; each breaks in every way it can, beside checks that hold."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NodeResult]:
    """Results by name of a small dbt project that has the real tests and macros, and these tables."""
    folder = tmp_path_factory.mktemp("generic")
    settings = load_settings(folder / "home")
    settings.make_folders()
    project = _project(folder / "project")
    expose_raw(settings.build_file, settings.raw)  # what dbt remembers of a build has its place there
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Settings, "dbt_project", property(lambda _: project))
        nodes = run_dbt(settings, ["build"], stage="generic tests", as_of=date(2026, 10, 31))
    return {node.name: node for node in nodes}


def _project(folder: Path) -> Path:
    real = REPOSITORY / "dbt_project"
    shutil.copytree(real / "macros", folder / "macros")
    shutil.copytree(real / "tests" / "generic", folder / "tests" / "generic")
    shutil.copy2(real / "profiles.yml", folder)
    settings = yaml.safe_load((real / "dbt_project.yml").read_text(encoding="utf-8"))
    kept = {key: settings[key] for key in ("name", "version", "profile", "flags", "vars")}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump({**kept, "models": {"+materialized": "table"}}))
    (folder / "models").mkdir()
    for name, query in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(query)
    models = [
        {"name": name, "config": {"meta": ROWS.get(name, {})}, "data_tests": TESTS.get(name, [])} for name in MODELS
    ]
    for name, tables in FOLDERS.items():
        refs = ", ".join(f"ref('{table}')" for table in tables)
        (folder / "tests" / f"{name}.sql").write_text(f"{{{{ broken_rows([{refs}]) }}}}")
    (folder / "models" / "models.yml").write_text(yaml.safe_dump({"models": models}))
    return folder


def _told(ran: dict[str, NodeResult], name: str) -> list[str]:
    return sorted(ran[name].message.split("; "))


def _told_of(ran: dict[str, NodeResult], model: str) -> list[str]:
    told = _told(ran, "rows_of_broken")
    return [text.removeprefix(f"{model}: ") for text in told if text.startswith(f"{model}: ")]


def test_a_key_names_duplicates_unknown_values_and_broken_conditions_with_their_model(
    ran: dict[str, NodeResult],
) -> None:
    assert ran["rows_of_broken"].status == "fail"
    # The NULL account is allowed in the key, and its two rows of day 1 are still one key twice.
    assert _told_of(ran, "ads") == sorted([
        "day is NULL (1 found, e.g. day = NULL, account = x)",
        "name is NULL (1 found, e.g. day = 2, account = y, name = NULL)",
        "day, account is not unique (1 found, e.g. day = 1, account = NULL)",
        "spend_is_not_negative does not hold: spend is null or spend >= 0 "
        "(1 found, e.g. day = 1, account = NULL, spend = -1)",
        "spend_is_known does not hold: spend >= -1 (1 found, e.g. day = 2, account = y, spend = NULL)",
    ])  # fmt: skip


def test_a_sound_table_passes_also_among_broken_ones(ran: dict[str, NodeResult]) -> None:
    assert ran["rows_of_sound"].status == "ok"
    assert _told_of(ran, "outcomes") == []


def test_no_model_hides_another_in_the_message(ran: dict[str, NodeResult]) -> None:
    """The most frequent problem of each model comes before the second of any."""
    told = ran["rows_of_broken"].message.split("; ")
    assert [text.split(":")[0] for text in told[:3]] == ["rates", "intervals", "ads"]


def test_a_condition_may_only_warn_and_an_unknown_answer_breaks_it(ran: dict[str, NodeResult]) -> None:
    assert ran["ads_warnings"].status == "warn"
    (told,) = _told(ran, "ads_warnings")
    assert told.startswith("is_red does not hold: colour = 'red' (2 found, e.g. colour = ")


def test_a_rate_is_its_quotient_and_nothing_where_that_is_undefined(ran: dict[str, NodeResult]) -> None:
    told = _told_of(ran, "rates")
    # Four of five rows break ctr; per mille breaks nowhere; the third looks only at the row with 0.3.
    assert [text.split(", e.g.")[0] for text in told] == [
        "ctr is not clicks / clicks where ctr = 0.3 (1 found", "ctr is not clicks / shown (4 found",
    ]  # fmt: skip
    assert "e.g. clicks = 1, ctr = 0.3)" in told[0]


def test_a_reference_names_the_value_that_is_nowhere(ran: dict[str, NodeResult]) -> None:
    assert _told(ran, "ads_references") == ["colour is not in colours.name (1 found, e.g. colour = blue)"]


def test_totals_that_differ_are_named_with_both_sums(ran: dict[str, NodeResult]) -> None:
    assert _told(ran, "ads_totals") == sorted([
        "rows: count(*) is not count(*) of colours (1 found, e.g. total = 2, compare_total = 1)",
        "by_colour: sum(spend) is not sum(total) of sums (2 found, e.g. colour = green, total = NULL, "
        "compare_total = 2)",
    ])  # fmt: skip


def test_intervals_that_overlap_or_are_empty_are_named(ran: dict[str, NodeResult]) -> None:
    assert _told_of(ran, "intervals") == [
        "intervals of one owner overlap or have no length (2 found, e.g. owner = o, starts = 1, ends = 3, "
        "next_starts = 2)"
    ]


def test_raw_rows_that_went_missing_are_named_with_the_sums(ran: dict[str, NodeResult]) -> None:
    (told,) = _told(ran, "outcomes_account_for_raw")
    assert told.startswith("lost: raw rows are neither staged nor excluded by name (1 found, e.g. raw_rows = 3, ")
    # 10 of raw is not 5 staged and 2 excluded.
    assert "raw_total = 10" in told and "staged_total = 5" in told and "excluded_total = 2" in told


def test_every_generic_test_of_the_project_is_proven_here() -> None:
    proven = {kind for tests in TESTS.values() for test in tests for kind in test}
    assert proven == {path.stem for path in (REPOSITORY / "dbt_project" / "tests" / "generic").glob("*.sql")}
