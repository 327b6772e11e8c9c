"""The house's own lists: costs, goals, benchmarks and exchange rates."""

from __future__ import annotations

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
