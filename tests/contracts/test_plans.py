"""The house's own lists: costs, goals, benchmarks and exchange rates."""

from __future__ import annotations

import pytest

from tests.contracts.conftest import Exports


def test_costs_with_the_entity_columns_as_header(exports: Exports) -> None:
    exports.drop("plans/marketing_costs.csv", folder="plans/company").load()
    assert exports.rows(
        "marketing_costs",
        "cost_id, period_start, period_end, category, amount, currency, kind, allocation_key, sales_step",
    ) == [
        ("C-1", "2026-10-01", "2026-10-31", "tools", "299.000000", "USD", "actual", "even", None),
        ("C-2", "2026-11-15", "2026-11-15", "production", "1500.500000", "EUR", "planned", None, "Shows interest"),
    ]


def test_costs_in_german_with_decimal_commas(exports: Exports) -> None:
    exports.drop("plans/kosten_2026.csv", folder="plans/company").load()
    # No end, which is one day of a cost; no kind, so that it is a cost that was paid.
    assert exports.rows("marketing_costs", "period_start, period_end, amount, currency, kind, department") == [
        ("2026-10-01", None, "1234.500000", "EUR", "actual", "sales")
    ]


def test_a_list_replaces_its_older_self_and_adds_to_lists_of_other_names(exports: Exports) -> None:
    exports.drop("plans/marketing_costs.csv", folder="plans/company").drop(
        "plans/kosten_2026.csv", folder="plans/company"
    ).load()
    assert exports.query("select restatement, scope from raw._batches order by 2") == [
        ("full", "marketing_costs|kosten_2026"),
        ("full", "marketing_costs|marketing_costs"),
    ]


def test_costs_without_ids_get_one_that_survives_another_export(exports: Exports) -> None:
    header = b"date,category,department,vendor,amount,currency\n"
    exports.drop(header + b"2026-10-01,tools,marketing,A,10,USD\n", "costs a.csv", folder="plans/company")
    exports.drop(header + b"2026-10-01,tools,marketing,A,10,USD\n2026-10-02,tools,marketing,B,5,USD\n", "costs b.csv",
                 folder="plans/company").load()  # fmt: skip
    assert exports.query("select count(*), count(distinct cost_id) from raw.marketing_costs") == [(3, 2)]


def test_goals_keep_their_versions(exports: Exports) -> None:
    exports.drop("plans/goals.csv", folder="plans/company").load()
    assert exports.rows(
        "goals",
        "goal_id, goal_version, valid_from, metric, scope_type, scope, target_value, start_date, parent_goal_id, "
        "weight",
    ) == [
        ("G-1", "1", "2026-01-01", "revenue", "company", None, "1000000.000000", "2026-01-01", None, None),
        ("G-2", "2", "2026-07-01", "revenue", "team", "Sales EMEA", "400000.000000", "2026-01-01", "G-1", "0.4"),
    ]


def test_benchmarks_and_rates(exports: Exports) -> None:
    exports.drop("plans/benchmarks.csv", folder="plans/company").drop(
        "plans/fx_rates.csv", folder="plans/company"
    ).load()
    assert exports.rows("benchmarks", "metric, segment, low, median, high, benchmark_source, published_on") == [
        ("open_rate", "B2B software", "0.18", "0.25", "0.35", "Example survey", "2026-01-15")
    ]
    # The dong's rate keeps all its digits.
    assert exports.rows("fx_rates", "rate_date, from_currency, to_currency, rate") == [
        ("2026-10-30", "EUR", "USD", "1.084200000000"),
        ("2026-10-30", "VND", "USD", "0.000038012345"),
    ]


GOALS = """# What we want this year.
goals:
  - goal_id: G-1
    goal_name: Revenue 2026   # the same as in goals.csv
    metric: revenue
    scope_type: company
    owner: CEO
    direction: increase
    target_kind: absolute
    target_value: 1000000
    start_date: 2026-01-01
    end_date: 2026-12-31
    cadence: month
    currency: USD
    scope: null

  - goal_id: G-2
    goal_version: 2
    valid_from: 2026-07-01
    metric: revenue
    scope_type: team
    scope: "Sales EMEA"
    target_value: 400000
    target_kind: absolute
    start_date: 2026-01-01
    end_date: 2026-12-31
    parent_goal_id: G-1
    weight: 0.4
"""


def test_goals_may_be_written_as_yaml(exports: Exports) -> None:
    exports.drop(GOALS.encode(), "goals.yml", folder="plans/company").load()
    assert exports.rows(
        "goals", "goal_id, goal_version, valid_from, goal_name, scope, target_value, start_date, parent_goal_id, weight"
    ) == [
        ("G-1", "1", "2026-01-01", "Revenue 2026", None, "1000000.000000", "2026-01-01", None, None),
        ("G-2", "2", "2026-07-01", None, "Sales EMEA", "400000.000000", "2026-01-01", "G-1", "0.4"),
    ]
    assert exports.query("select restatement, scope from raw._batches") == [("full", "goals|goals")]


@pytest.mark.parametrize(("text", "message"), [
    ("- goal_id: G\n  scope: [a, b]\n", "line 2: the value is no text or number"),
    ("- goal_id: G\n  metric: revenue\n  metric: leads\n", "line 3: metric twice in one record"),
    ("- goal_id: G\n  metric: 'revenue\n", "this is no YAML"),
    ("- goal_id: G\n- just words\n", "line 2: write `name: value`"),
])  # fmt: skip
def test_what_yaml_cannot_say_of_a_record_is_named_with_its_line(exports: Exports, text: str, message: str) -> None:
    exports.drop(text.encode(), "goals.yml", folder="plans/company").load()
    outcome, reason, said = exports.outcomes()["goals.yml"]
    assert (outcome, reason) == ("refused", "damaged_file")
    assert message in said
