"""What a run prints at its end: 80 columns, percent, currencies, broken checks with their meaning, what to try next."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from funnelhouse.cli import app
from funnelhouse.publish.publisher import publish
from funnelhouse.quality.gate import build_subject
from funnelhouse.quality.report import write_report
from funnelhouse.quality.results import CheckResult, GateResult
from funnelhouse.running.console_summary import print_summary
from funnelhouse.settings import Settings
from funnelhouse.store.ledger import write_entry
from tests.unit.publish.publish_factory import change_build, small_build

GOALS = """
    select * from (values
        ('Revenue of the quarter', 'company', date '2026-12-31', 3037178.94, 3600000, 'USD', false, 84.37, 'on track'),
        ('Revenue Ann', 'rep Ann', date '2026-12-31', 1, 95000, 'USD', false, 0.5, 'behind'),
        ('Revenue Dana Whitfield', 'team Dana Whitfield', date '2026-12-31', 512.5, 95000, 'USD', false, 0.5, 'behind'),
        ('Win rate', 'team EMEA', date '2026-12-31', 0.5863, 0.45, null, true, 130.27, 'on track'),
        ('Sales cycle', 'company', date '2026-12-31', 33.5, 35, null, false, 104.5, 'achieved'),
        ('Leads', 'company', date '2026-12-31', null, 620, null, false, null, 'no data')
    ) as goals (goal, scope, due, actual, target, currency, is_rate, attainment_percent, status)
"""
FUNCTIONS = {
    "channel_summary(days)": "select 'Paid Search' as channel, 348034.18::decimal(18, 6) as spend, 4065205 as clicks",
    "goal_summary()": GOALS,
    "file_summary()": "select 'loaded' as outcome, 2 as files, 1500 as rows_loaded, 3 as rows_rejected "
    "union all select 'refused', 1, null, null",
    "refused_files()": "select 'broken.zip' as file, 'damaged_zip' as reason, "
    "'the file: the archive is damaged; ' || repeat('download it again ', 8) as message",
}
BROKEN = CheckResult(
    suite="marts/x", table="marts.mart_spend", check="dates_in_order", description="Nothing ends before it begins",
    column="", severity="warning", why="The case is left out of every average until its date is corrected.",
    outcome="failed", rows_checked=2, rows_failed=2,
)  # fmt: skip
FINE = CheckResult(suite="marts/x", table="marts.mart_spend", check="rows", description="There are rows", column="",
                   severity="critical", why="Empty tables look like no business.", outcome="passed")  # fmt: skip


@pytest.fixture
def lines(settings: Settings) -> list[str]:
    """The summary of a version with goals, a refused file and a broken check, as it comes through a pipe."""
    small_build(settings)
    for name, query in FUNCTIONS.items():
        change_build(settings, f"create macro marts.{name} as table ({query})")
    checked = GateResult("marts", "2026-11-01T00:00:00+00:00", checks=[FINE, BROKEN], subject=build_subject(settings))
    write_report(settings, checked)
    publish(settings, require_gate=True)
    write_entry(
        settings, sha256="a" * 64, file_name="weekly.zip", folder="", size_bytes=1, channel="crm", contract="x",
        outcome="loaded_with_rejects", reason="damaged_zip", message="Lead.csv: the archive is damaged",
    )  # fmt: skip
    out = io.StringIO()
    print_summary(Console(file=out, width=80), settings)
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def test_goals_keep_their_numbers_whole_in_80_columns(lines: list[str]) -> None:
    start = lines.index("goal due actual target reached status")
    assert lines[start + 1 : start + 7] == [
        "Revenue of the 2026-12-31 3,037,179 USD 3,600,000 USD 84 % on track",
        "quarter",
        "Revenue Dana 2026-12-31 512.50 USD 95,000 USD 0 % behind",
        "Whitfield",
        "Win rate (team 2026-12-31 58.6 % 45.0 % 130 % on track",
        "EMEA)",
    ]
    assert "Sales cycle 2026-12-31 33.5 35 104 % achieved" in lines
    assert "Leads 2026-12-31 – 620 – no data" in lines


def test_goals_of_single_reps_are_only_counted(lines: list[str]) -> None:
    assert "and 1 of reps: funnelhouse goals" in lines
    assert not [line for line in lines if line.startswith("Revenue Ann")]


def test_money_names_its_currency(lines: list[str]) -> None:
    assert "channel spend (USD) clicks" in lines
    assert "Paid Search 348,034 4,065,205" in lines


def test_files_are_one_line_and_each_refused_one_says_why(lines: list[str]) -> None:
    assert "Files: 3 received: 2 loaded (1,500 rows, 3 more rejected), 1 refused" in lines
    assert any(line.startswith("broken.zip refused: the archive is damaged; download it again") for line in lines)


def test_a_file_that_loaded_in_part_is_named_with_what_is_missing(lines: list[str]) -> None:
    assert "weekly.zip loaded in part: Lead.csv: the archive is damaged" in lines


def test_a_broken_check_says_what_it_means_for_the_reader(lines: list[str]) -> None:
    start = lines.index("Checks: 1 of 2 passed; these did not:")
    assert " ".join(lines[start + 1 : start + 3]) == (
        "warning Not true: Nothing ends before it begins (2 rows of mart_spend). "
        "The case is left out of every average until its date is corrected."
    )


def test_only_lines_to_copy_are_longer_than_80_columns(settings: Settings, lines: list[str]) -> None:
    assert [line for line in lines if len(line) > 80 and str(settings.home) not in line] == []


def test_the_workbook_is_named_to_be_opened(settings: Settings, lines: list[str]) -> None:
    assert f"Workbook: {settings.published / 'workbook.xlsx'}" in lines


def test_the_end_is_three_things_to_try(lines: list[str]) -> None:
    steps = lines[lines.index("Next:") + 1 :]
    assert [step[:2] for step in steps[::2]] == ["1.", "2.", "3."]
    assert len(steps) == 6
    assert steps[0].endswith("contract check FILE")


def test_the_sample_company_points_to_ones_own_exports(settings: Settings) -> None:
    small_build(settings)
    publish(settings)
    (settings.home / "sample_truth").mkdir()
    out = io.StringIO()
    print_summary(Console(file=out, width=80), settings)
    assert "1. FUNNELHOUSE_HOME=~/funnelhouse make run INBOX=~/exports" in out.getvalue()
    assert "Checks: none were run on this version" in out.getvalue()


def test_unknown_values_are_counted_and_each_says_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("COLUMNS", "200")
    call = lambda *words: CliRunner().invoke(app, ["status", "--home", str(settings.home), *words])  # noqa: E731
    small_build(settings)
    publish(settings)
    assert json.loads(call("--json").stdout)["unknown_values"] == 0 and "Unknown" not in call().stdout
    values = ", ".join(f"('country', 'crm', 'Land {n:02}', {20 - n}, 'Counted in region Unknown.')" for n in range(11))
    columns = "v (field, source, value, row_count, what_to_do)"
    change_build(
        settings, f"create table marts.mart_unknown_value as select * from (values {values}, "
        f"('product', 'shop', 'ToolPro', 1, 'Is it \"Tool Pro\"?')) as {columns}",
    )  # fmt: skip
    publish(settings)
    facts, said = json.loads(call("--json").stdout), call().stdout
    assert facts["unknown_values"] == 12 and facts["unknown_values_listed"][-1] == {
        "field": "product", "source": "shop", "value": "ToolPro", "row_count": 1, "what_to_do": 'Is it "Tool Pro"?',
    }  # fmt: skip
    assert "unknown values: 12" in said and "Unknown values: 12 values that no rule knows" in said
    assert "country Land 00 (crm, 20 rows): Counted in region Unknown." in said
    assert "and 2 more in marts.mart_unknown_value" in said and "ToolPro" not in said


def test_what_was_loaded_and_does_not_count_is_said(settings: Settings) -> None:
    small_build(settings)
    message = "it has 90 rows, the export before it (a.csv) had 196; what to do: funnelhouse accept 0123456789ab"
    suspended = f"'b.csv' as file_name, 'suspended' as standing, '{message}' as standing_reason"
    kept = "'check of the row' as excluded_by, 'plans__goals' as entity, 'plans' as source, 1 as row_count"
    change_build(settings, f"create table marts.mart_file_outcome as select {suspended}")
    change_build(
        settings, f"create table marts.mart_exclusion_log as select {kept}, 'start_date_before_end_date' as reason"
    )
    publish(settings)
    out = io.StringIO()
    print_summary(Console(file=out, width=80), settings)
    said = " ".join(out.getvalue().split())
    assert f"b.csv is suspended: {message}" in said
    assert "1 row of plans (plans__goals) kept aside: start_date_before_end_date" in said
