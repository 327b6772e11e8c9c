"""The gate on marts, with suites of the test's own: missing and empty tables, shrinking ones, checks that raise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.publisher import publish, versions
from funnelhouse.publish.reader import query
from funnelhouse.quality.gate import GateFailed, GateResult, check
from funnelhouse.quality.results import CheckResult
from funnelhouse.quality.suites import SuiteError
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import SPEND, change_build, small_build

GATE = """
rows_as_in_lineage: {severity: critical}
lost_share: 0.4
row_count_drop: {share: 0.3, severity: warning, min_rows: 10, allow: []}
parameters: {largest: "5"}
suites: {raw: [], marts: [spend]}
"""


def expectation(check_name: str, kind: str, kwargs: dict[str, Any], severity: str = "critical") -> dict[str, Any]:
    meta = {"check": check_name, "why": "It matters."}
    return {"type": kind, "kwargs": kwargs, "severity": severity, "meta": meta}


NOT_NEGATIVE = expectation("spend_ok", "expect_column_values_to_be_between", {"column": "spend", "min_value": 0})
UNIQUE = expectation("grain", "expect_compound_columns_to_be_unique", {"column_list": ["day", "channel"]})
SMALL = expectation(
    "spend_small", "unexpected_rows_expectation",
    {"unexpected_rows_query": ["select day, spend from {batch}", "where spend > $largest"]}, "warning",
)  # fmt: skip


@pytest.fixture
def suites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of suites that stands in for the repository's."""
    folder = tmp_path / "expectations"
    (folder / "marts").mkdir(parents=True)
    (folder / "gate.yml").write_text(GATE)
    monkeypatch.setattr(Settings, "expectations", property(lambda self: folder))
    write(folder, NOT_NEGATIVE, UNIQUE, SMALL)
    return folder


def write(folder: Path, *expectations: dict[str, Any], **meta: Any) -> None:
    document = {"table": "marts.mart_spend", "meta": {"rows_by": ["day"], **meta}, "expectations": expectations}
    (folder / "marts" / "spend.json").write_text(json.dumps(document))


def checked(settings: Settings) -> GateResult:
    try:
        return check(settings, "marts")
    except GateFailed as failure:
        return failure.result


def broken(settings: Settings) -> dict[str, CheckResult]:
    return {one.check: one for one in checked(settings).broken()}


def test_good_marts_pass(settings: Settings, suites: Path) -> None:
    small_build(settings)
    result = check(settings, "marts")
    assert result.status == "pass" and result.counts["passed"] == 3


def test_a_doubled_grain_shows_the_rows_of_the_key(settings: Settings, suites: Path) -> None:
    small_build(settings, [*SPEND, SPEND[0]])
    one = broken(settings)["grain"]
    assert one.row_columns == ("day", "channel", "rows_with_this_key")
    assert one.rows == (("2026-10-30", "Paid Search", "2"), ("2026-10-30", "Paid Search", "2"))


def test_a_warning_publishes_with_a_flag_and_its_reason(settings: Settings, suites: Path) -> None:
    small_build(settings, [("2026-10-31", "Email", "5.5")])
    result = check(settings, "marts")
    assert result.status == "warn"
    assert publish(settings, require_gate=True).gate_status == "warn"
    status = query(settings, "select dq_status, worst_check, checks_failed from meta.mart_status order by mart")[1]
    assert status == [("pass", None, 0), ("warn", "spend_small", 1)]
    checks = query(settings, "select check_name, outcome, rows_failed from meta.check_result order by 1")[1]
    assert checks == [("grain", "passed", None), ("spend_ok", "passed", None), ("spend_small", "failed", 1)]


def test_a_refused_build_is_not_published_and_readers_keep_the_last_version(settings: Settings, suites: Path) -> None:
    small_build(settings)
    check(settings, "marts")
    good = publish(settings, require_gate=True)
    small_build(settings, [("2026-10-31", "Email", "-1")])
    with pytest.raises(GateFailed, match="nothing is published"):
        check(settings, "marts")
    with pytest.raises(PublishRefused, match="spend_ok"):
        publish(settings)
    assert [known.version for known in versions(settings)] == [good.version]
    assert query(settings, "select sum(spend)::varchar from marts.mart_spend")[1] == [("3.750000",)]


def test_a_verdict_counts_for_the_build_it_was_given_on_only(settings: Settings, suites: Path) -> None:
    small_build(settings)
    check(settings, "marts")
    change_build(settings, "insert into marts.mart_spend values ('2026-10-31', 'Email', 1, 0.1)")
    with pytest.raises(PublishRefused, match="not checked since they were built"):
        publish(settings, require_gate=True)


def test_a_missing_table_is_critical(settings: Settings, suites: Path) -> None:
    small_build(settings)
    change_build(settings, "drop table marts.mart_spend")
    assert broken(settings)["table_exists"].severity == "critical"


def test_a_check_that_raises_is_message_apart_and_counts_as_broken(settings: Settings, suites: Path) -> None:
    wrong = expectation("no_such_column", "expect_column_values_to_not_be_null", {"column": "clicks"})
    query_error = expectation("no_such_function", "unexpected_rows_expectation",
                              {"unexpected_rows_query": "select nonsense(day) from {batch}"})  # fmt: skip
    write(suites, NOT_NEGATIVE, wrong, query_error)
    small_build(settings)
    found = broken(settings)
    assert {name: one.outcome for name, one in found.items()} == {
        "no_such_column": "raised",
        "no_such_function": "raised",
    }
    assert "clicks" in found["no_such_column"].error
    with pytest.raises(GateFailed, match="the check could not run"):
        check(settings, "marts")


def test_an_unknown_expectation_type_raises_for_the_suite_not_for_the_run(settings: Settings, suites: Path) -> None:
    write(suites, NOT_NEGATIVE, expectation("odd", "expect_the_unexpected", {}))
    small_build(settings)
    assert {one.outcome for one in checked(settings).checks} == {"raised"}


def test_row_checks_on_an_empty_table_are_not_called_passed(settings: Settings, suites: Path) -> None:
    small_build(settings, [])
    result = check(settings, "marts")
    assert {one.check: one.outcome for one in result.checks} == {
        "spend_ok": "no rows", "grain": "no rows", "spend_small": "passed",
    }  # fmt: skip


def test_a_mart_must_have_rows_where_its_source_has(settings: Settings, suites: Path) -> None:
    write(suites, NOT_NEGATIVE, filled_from=["raw.crm_users"])
    small_build(settings, [])
    assert list(broken(settings)) == ["has_rows"]
    write(suites, NOT_NEGATIVE, filled_from=["raw.crm_leads"])
    assert broken(settings) == {}


def test_a_mart_that_lost_a_third_of_its_published_rows_is_published_with_a_warning(
    settings: Settings, suites: Path
) -> None:
    # 20 rows published; 14 = 70 % may remain, 13 may not.
    rows = [(f"2026-10-{day:02}", "Email", "1") for day in range(1, 21)]
    small_build(settings, rows)
    check(settings, "marts")
    publish(settings)
    small_build(settings, rows[:14])
    assert broken(settings) == {}
    small_build(settings, rows[:13])
    one = broken(settings)["row_count_drop"]
    assert one.observed == "13" and one.severity == "warning"
    assert check(settings, "marts").status == "warn"
    (suites / "gate.yml").write_text(GATE.replace("allow: []", "allow: [marts.mart_spend]"))
    assert broken(settings) == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"severity": "grave"}, "severity must be one of critical, warning, info"),
        ({"meta": {"check": "x", "why": "y", "size": "row"}}, "only a check of size warehouse may be critical"),
        ({"meta": {"check": "x", "why": "y", "size": "huge"}}, "meta.size must be one of row, file, warehouse"),
        ({"meta": {"check": "x"}}, "meta.why is missing"),
        ({"meta": {"why": "x"}}, "meta.check is missing"),
        ({"type": ""}, "type is missing"),
    ],
)
def test_an_unusable_suite_names_file_and_place(
    settings: Settings, suites: Path, change: dict[str, Any], message: str
) -> None:
    small_build(settings)
    write(suites, UNIQUE, {**NOT_NEGATIVE, **change})
    with pytest.raises(SuiteError, match=rf"spend\.json, expectation 2: {message}"):
        check(settings, "marts")


def test_a_listed_suite_must_exist(settings: Settings, suites: Path) -> None:
    small_build(settings)
    (suites / "marts" / "spend.json").unlink()
    with pytest.raises(SuiteError, match="does not exist"):
        check(settings, "marts")
