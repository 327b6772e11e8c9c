"""Random customers: the marts say what a slow count day by day, or entity by entity, says."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any

import duckdb
import pytest

from tests.bare_build import AS_OF, BareBuild
from tests.dbt.tables import fill

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
GRACE = 30
Contract = tuple[str, str, date, date | None, int]
"""Customer, subscription, first day, first day after the end, monthly price."""


def month_ends() -> list[date]:
    """The last day of each month of the year up to the reporting day."""
    return [date(2026, month + 1, 1) - DAY for month in range(1, AS_OF.month)] + [AS_OF]


def random_contracts(seed: int) -> list[Contract]:
    """Customers with up to four contracts whose gaps are often about the days of grace."""
    chance, made = random.Random(seed), []
    for customer in range(80):
        first = date(2026, 1, 1) + DAY * chance.randrange(120)
        for number in range(chance.randint(1, 4)):
            after = first + DAY * chance.randint(1, 120) if chance.random() < 0.8 else None
            if first <= AS_OF:
                price = chance.choice((10, 10, 25, 40))
                made.append((f"c{customer}", f"s{customer}.{number}", first, after, price))
            gap = chance.choice((-20, 0, 1, GRACE - 2, GRACE - 1, GRACE, GRACE + 1, 70))
            first = (after or first) + DAY * max(gap, 0 if after else 1)
    return made


def levels_day_by_day(contracts: list[Contract]) -> dict[date, tuple[int, int]]:
    """Level and part of it in grace of one customer at each month's end, found by walking through every day."""
    days = [date(2026, 1, 1) + DAY * number for number in range((AS_OF - date(2026, 1, 1)).days + 1)]

    def running(day: date) -> list[Contract]:
        return [one for one in contracts if one[2] <= day and (one[3] is None or day < one[3])]

    found = {}
    for day in month_ends():
        price = sum(one[4] for one in running(day))
        if price:
            found[day] = (price, 0)
            continue
        paid = [other for other in days if running(other)]
        before = max((other for other in paid if other < day), default=None)
        after = min((other for other in paid if other > day), default=None)
        if before and after and (after - before).days <= GRACE:
            carried = sum(one[4] for one in running(before) if one[3] == before + DAY)
            found[day] = (carried, carried)
    return found


def movements(levels: dict[date, tuple[int, int]]) -> list[tuple[date, str, int, int, int]]:
    """Month, movement, start, end and part in grace of one customer."""
    rows, start, ever = [], 0, False
    for day in month_ends():
        end, in_grace = levels.get(day, (0, 0))
        if start or end:
            change = "new" if not ever else "reactivation" if not start else "churn" if not end else ""
            change = change or ("expansion" if end > start else "contraction" if end < start else "none")
            rows.append((day.replace(day=1), change, start, end, in_grace))
        start, ever = end, ever or end > 0
    return rows


@pytest.mark.parametrize("seed", [1, 2])
def test_recurring_revenue_moves_as_a_walk_through_every_day_finds(
    bare_build: BareBuild, warehouse: duckdb.DuckDBPyConnection, seed: int
) -> None:
    contracts = random_contracts(seed)
    columns = "customer_id, subscription_id, valid_from, valid_to, mrr_reporting"
    fill(warehouse, "fct_subscription", columns, contracts)
    bare_build.run(warehouse, "mart_mrr")
    expected = [
        (customer, *row)
        for customer in sorted({one[0] for one in contracts})
        for row in movements(levels_day_by_day([one for one in contracts if one[0] == customer]))
    ]
    found = warehouse.execute(
        "select customer_id, month_start, movement, mrr_start, mrr_end, mrr_in_grace from marts.mart_mrr order by 1, 2"
    ).fetchall()
    assert found == expected
    kinds = {row[2] for row in expected}
    assert kinds == {"new", "expansion", "contraction", "churn", "reactivation", "none"}
    assert any(row[5] for row in expected), "no renewal in grace: nothing would be proved"
    # What movements come to over any time is the change of the level.
    moved = warehouse.execute(
        "select sum(mrr_new + mrr_expansion + mrr_contraction + mrr_churn + mrr_reactivation), "
        "sum(mrr_end) filter (where level_on = data_as_of) from marts.mart_mrr"
    ).fetchone()
    assert moved and moved[0] == moved[1] > 0


def few_and_many(values: dict[str, Decimal]) -> dict[str, tuple[Any, ...]]:
    """Rank, class, share of the first fifth and share needed for 80 %, by the words of the definition."""
    ordered = sorted(values, key=lambda entity: (-values[entity], entity))
    sums = list(accumulate(Fraction(values[entity]) for entity in ordered))
    total, many = sums[-1], len(ordered) >= 5 and sums[-1] > 0
    fifth = next(count for count in range(1, len(ordered) + 1) if Fraction(count, len(ordered)) >= Fraction(1, 5))
    needed = next((count for count, reached in enumerate(sums, 1) if total > 0 and reached >= total * 4 / 5), None)
    found = {}
    for place, entity in enumerate(ordered):
        before = sums[place - 1] if place else Fraction(0)
        letter = "A" if before < total * 4 / 5 else "B" if before < total * 19 / 20 else "C"
        found[entity] = (
            place + 1,
            None if total <= 0 else "C" if values[entity] <= 0 else letter,
            float(sums[fifth - 1] / total) if many else None,
            float(Fraction(needed, len(ordered))) if many and needed else None,
        )
    return found


def test_the_few_that_bring_most_are_those_of_the_definition(
    bare_build: BareBuild, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """150 months of 1 to 12 customers; round values, so that ties and sums of exactly 80 and 95 % are common."""
    chance, deals = random.Random(5), []
    for month in range(150):
        for customer in range(chance.randint(1, 12)):
            value = chance.choice((0, -5, 1, 5, 5, 10, 10, 15, 20, 40, 80))
            deals.append((date(2000 + month // 12, month % 12 + 1, 15), f"c{customer:02}", Decimal(value)))
    rows = [(f"d{number}", *deal) for number, deal in enumerate(deals)]
    known = [(row[0], row[2], row[2], "won") for row in rows]
    fill(warehouse, "fct_opportunity", "opportunity_id, account_id, customer_id, status", known)
    columns = "opportunity_id, closed_on, amount_reporting, line_kind"
    fill(warehouse, "fct_sales_line", columns, [(row[0], row[1], row[3], "unspecified") for row in rows])
    bare_build.run(warehouse, "mart_pareto")
    expected = {}
    for day in sorted({day for day, _, _ in deals}):
        values = {customer: value for other, customer, value in deals if other == day}
        for customer, row in few_and_many(values).items():
            expected[day.replace(day=1), customer] = row
    found = {
        (month, customer): (rank, letter, top and round(top, 12), needed and round(needed, 12))
        for month, customer, rank, letter, top, needed in warehouse.execute(
            "select period_start, entity_id, value_rank, abc_class, top20_share, pct_for_80 from marts.mart_pareto "
            "where dimension = 'customer' and period_grain = 'month'"
        ).fetchall()
    }
    assert found == {
        key: (rank, letter, top and round(top, 12), needed and round(needed, 12))
        for key, (rank, letter, top, needed) in expected.items()
    }
    assert {row[1] for row in expected.values()} == {None, "A", "B", "C"}


def shared_cents(cents: int, parts: dict[str, int]) -> dict[str, int]:
    """Cents by rep: each the whole cents of the part, the missing ones to the largest remainders, then by id."""
    sign = -1 if cents < 0 else 1
    exact = {rep: Fraction(abs(cents) * part, 10_000) for rep, part in parts.items()}
    whole = {rep: int(share) for rep, share in exact.items()}
    missing = abs(cents) - sum(whole.values())
    for rep in sorted(exact, key=lambda one: (whole[one] - exact[one], one))[:missing]:
        whole[rep] += 1
    return {rep: sign * share for rep, share in whole.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_credit_is_the_revenue_however_it_is_split(
    bare_build: BareBuild, warehouse: duckdb.DuckDBPyConnection, seed: int
) -> None:
    """400 won deals of up to four lines, refunds and unknown amounts among them, each of up to five reps."""
    chance = random.Random(seed)
    deals, lines, splits, expected = [], [], [], {}
    for number in range(400):
        deal, owner = f"d{number:03}", f"r{chance.randrange(6)}"
        deals.append((deal, "won", date(2026, 3, 1), owner))
        reps = chance.sample([f"r{one}" for one in range(6)], chance.randint(1, 5))
        cuts = sorted(chance.choice((1, 3333, 3334, 5000, 6667, chance.randrange(10_000))) for _ in reps[1:])
        widths = [after - before for before, after in zip([0, *cuts], [*cuts, 10_000], strict=True)]
        parts = dict(zip(reps, widths, strict=True))  # in hundredths of a percent
        splits += [(f"{deal}{rep}", "s", deal, rep, 100 * part, True) for rep, part in parts.items()]
        splits.append((f"{deal}overlay", "s", deal, "r0", 1_000_000, False))
        for place in range(chance.randint(1, 4)):
            cents = chance.choice((None, 0, 1, -1, 5, 100, -9_999, chance.randrange(-500_000, 5_000_000)))
            lines.append((f"{deal}.{place}", deal, None if cents is None else Decimal(cents) / 100))
            known = {rep: part for rep, part in parts.items() if part}
            expected[f"{deal}.{place}"] = dict.fromkeys(known) if cents is None else shared_cents(cents, known)
    won = [(*deal, deal[1] == "won") for deal in deals]
    fill(warehouse, "intermediate.int_opportunity", "opportunity_id, status, closed_on, rep_id, is_won", won)
    fill(warehouse, "intermediate.int_sales_line", "line_id, opportunity_id, amount_reporting", lines)
    columns = "split_id, source, opportunity_id, owner_id, split_millionths, is_revenue"
    fill(warehouse, "staging.stg_crm_opportunity_splits", columns, splits)
    aliases = [("s", f"r{one}", f"r{one}", f"R{one}", f"r{one}") for one in range(6)]
    fill(warehouse, "intermediate.int_rep_alias", "source, owner_id, rep_id, rep_name, user_id", aliases)
    bare_build.run(warehouse, "int_sales_credit")
    found: dict[str, dict[str, int | None]] = {line: {} for line in expected}
    query = "select line_id, rep_id, amount_reporting from intermediate.int_sales_credit"
    for line, rep, amount in warehouse.execute(query).fetchall():
        found[line][rep] = None if amount is None else int(amount * 100)
    assert found == expected
    leading = "select sum(is_leading::int) from intermediate.int_sales_credit group by line_id"
    assert set(warehouse.execute(leading).fetchall()) == {(1,)}, "a line is counted for one"
    owned = warehouse.execute(
        "select count(*) from intermediate.int_sales_credit credits join intermediate.int_opportunity deals "
        "on credits.opportunity_id = deals.opportunity_id where credits.rep_id = deals.rep_id and not is_leading"
    ).fetchone()
    assert owned == (0,), "a deal is its owner's if he has any part of it"
