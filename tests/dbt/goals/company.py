"""A company of a handful of records, with a goal of each of the nine types (R096-R104), worked by hand.

Reporting currency USD, business time zone UTC, reporting day 31 December 2026.

Won deals     2025-12-01 1000.00 (30 days)   2026-01-15 1100.00 (10)   02-21 1150.00 (20)   03-31 1295.03 (30)
              each wins an account; on 10 April the first account buys another product for 200.00
Lost deals    four in the first quarter: 3 won of 7
Lines         the three of 2026: ten pumps that cost 60.00 each; list price 120.00 in January and February, so that the
              discounts are 100.00 and 50.00; margin (3545.03 - 1800) / 3545.03 = 0.492247
Costs         marketing 500.00 in February, 400.00 in March: one customer each
Subscriptions five since June 2025; one ends on 15 August, one on 10 November: of five at the start of the year
              three stay
Effort        Ann prospects 45 + 30 minutes on 2 March, 30 on the 3rd, and logs nothing on the 4th; she reviews the CRM
              on the 3rd and on the 17th
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.bare_build import BareBuild
from tests.raw_factory import RawFactory

AS_OF = date(2026, 12, 31)
EXPORTED = "2026-12-31T12:00:00"
Row = dict[str, Any]

USERS: list[Row] = [{"record_id": "U1", "first_name": "Ann", "last_name": "Lee", "role_id": "R1", "is_active": True}]
USER_ROLES: list[Row] = [{"record_id": "R1", "role_name": "East"}]
ACCOUNTS: list[Row] = [
    {"record_id": name, "account_name": name, "created_at": "2025-01-01T00:00:00"}
    for name in ("A1", "A2", "A3", "A4", "S1", "S2", "S3", "S4", "S5")
]
PRODUCTS: list[Row] = [
    {"record_id": "P1", "product_name": "Pump", "unit_cost": 60, "currency": "USD"},
    {"record_id": "P2", "product_name": "Quay", "currency": "USD"},
]


def deal(number: int, account: str, amount: float, created: str, closed: str, *, won: bool = True) -> Row:
    """A closed deal of Ann."""
    return {
        "record_id": f"O{number}", "opportunity_name": f"Deal {number}", "crm_account_id": account, "amount": amount,
        "currency": "USD", "created_at": f"{created}T08:00:00", "close_date": closed,
        "stage": "Closed Won" if won else "Closed Lost", "is_closed": True, "is_won": won, "owner_id": "U1",
        "is_deleted": False,
    }  # fmt: skip


DEALS: list[Row] = [
    deal(1, "A1", 1000, "2025-11-01", "2025-12-01"),
    deal(2, "A2", 1100, "2026-01-05", "2026-01-15"),
    deal(3, "A3", 1150, "2026-02-01", "2026-02-21"),
    deal(4, "A4", 1295.03, "2026-03-01", "2026-03-31"),
    deal(5, "A1", 200, "2026-04-01", "2026-04-10"),
    *(deal(number, "A2", 700, "2026-01-02", f"2026-0{number - 9}-20", won=False) for number in (10, 11, 12)),
    deal(13, "A3", 700, "2026-01-02", "2026-03-21", won=False),
]
LINES: list[Row] = [
    {"record_id": "N2", "opportunity_id": "O2", "product_id": "P1", "quantity": 10, "list_price": 120,
     "total_price": 1100, "currency": "USD"},
    {"record_id": "N3", "opportunity_id": "O3", "product_id": "P1", "quantity": 10, "list_price": 120,
     "total_price": 1150, "currency": "USD"},
    {"record_id": "N4", "opportunity_id": "O4", "product_id": "P1", "quantity": 10, "total_price": 1295.03,
     "currency": "USD"},
    {"record_id": "N5", "opportunity_id": "O5", "product_id": "P2", "quantity": 1, "total_price": 200,
     "currency": "USD"},
]  # fmt: skip
LEADS: list[Row] = [
    {"record_id": f"L{number}", "status": "New", "owner_id": "U1", "created_at": f"2026-03-0{number}T08:00:00"}
    for number in (1, 2)
]
SUBSCRIPTIONS: list[Row] = [
    {"record_id": f"C{number}", "crm_account_id": f"S{number}", "status": "active", "amount": 50, "currency": "USD",
     "billing_period": "monthly", "quantity": 1, "started_on": "2025-06-01", "ended_on": ended}
    for number, ended in ((1, "2026-08-15"), (2, "2026-11-10"), (3, None), (4, None), (5, None))
]  # fmt: skip


def activity(number: int, kind: str, day: str, minutes: int | None, who: str | None = None) -> Row:
    """Something Ann did."""
    return {
        "record_id": f"T{number}", "activity_kind": "task", "activity_type": kind, "who_id": who, "is_closed": True,
        "activity_at": f"{day}T09:00:00", "owner_id": "U1",
        "duration_seconds": None if minutes is None else 60 * minutes,
    }  # fmt: skip


ACTIVITIES: list[Row] = [
    activity(1, "Call", "2026-03-02", 45, "L1"),
    activity(2, "Prospecting", "2026-03-02", 30),
    activity(3, "Call", "2026-03-03", 30, "L2"),
    activity(4, "CRM review", "2026-03-03", None),
    activity(5, "CRM review", "2026-03-17", None),
]


def cost(number: int, month: int, last: int, amount: float) -> Row:
    """What marketing paid in a month."""
    return {
        "cost_id": f"K{number}", "period_start": f"2026-0{month}-01", "period_end": f"2026-0{month}-{last}",
        "category": "tools", "department": "marketing", "amount": amount, "currency": "USD", "kind": "actual",
    }  # fmt: skip


def goal(identifier: str, metric: str, value: float, start: str, end: str, **more: Any) -> Row:
    """A goal of the company, unless `more` says otherwise."""
    return {
        "goal_id": identifier, "goal_version": 1, "goal_name": identifier, "metric": metric, "scope_type": "company",
        "target_kind": "absolute", "target_value": value, "start_date": f"2026-{start}", "end_date": f"2026-{end}",
        "owner": "Ann", "cadence": "month", **more,
    }  # fmt: skip


FIRST_QUARTER = ("01-01", "03-31")
POINTS, RELATIVE = {"target_kind": "percentage_point"}, {"target_kind": "relative_percent"}
GOALS: list[Row] = [
    goal("faster", "cycle_time", 5, *FIRST_QUARTER, target_kind="delta", direction="decrease",
         baseline_start="2025-12-01", baseline_end="2025-12-31"),
    goal("leads", "leads", 2, "03-01", "03-31"),
    goal("an hour a day", "prospecting_minutes", 60, "03-02", "03-04"),
    goal("win rate to 5 %", "win_rate", 0.05, *FIRST_QUARTER),
    goal("win rate by 5 %", "win_rate", 5, *FIRST_QUARTER, baseline_value=0.4, **RELATIVE),
    goal("win rate by 5 points", "win_rate", 5, *FIRST_QUARTER, baseline_value=0.4, **POINTS),
    goal("9 % on 9 %", "revenue", 9, *FIRST_QUARTER, target_per="month", growth="compound", currency="USD",
         baseline_start="2025-12-01", baseline_end="2025-12-31", **RELATIVE),
    goal("9 % each", "revenue", 9, *FIRST_QUARTER, target_per="month", growth="baseline", currency="USD",
         baseline_start="2025-12-01", baseline_end="2025-12-31", **RELATIVE),
    goal("Ann's 9 %", "revenue", 9, "03-01", "03-31", scope_type="rep", scope="Ann Lee", parent_goal_id="9 % each",
         **RELATIVE),
    goal("margin", "gross_margin_rate", 0.45, *FIRST_QUARTER),
    goal("two discounts", "discounted_deals", 2, *FIRST_QUARTER, target_kind="cap", direction="decrease"),
    goal("one discount", "discounted_deals", 1, *FIRST_QUARTER, target_kind="cap", direction="decrease"),
    goal("cheaper customers", "cac", 15, "03-01", "03-31", direction="decrease", **RELATIVE),
    goal("kept", "retention_rate", 30, "01-01", "12-31", baseline_value=0.6, **RELATIVE),
    goal("kept beyond all", "retention_rate", 30, "01-01", "12-31", baseline_value=0.8, **RELATIVE),
    goal("churn", "churn_rate", 3, "07-01", "12-31", direction="decrease", baseline_value=0.25, target_per="quarter",
         growth="baseline", **POINTS),
    goal("cross-selling", "cross_sell_revenue", 150, "04-01", "06-30", currency="USD"),
    goal("weekly review", "crm_reviews", 1, "03-02", "03-22", target_per="week"),
]  # fmt: skip


def load(raw: RawFactory, bare_build: BareBuild) -> None:
    """Commit everything and build."""
    salesforce = {
        "crm_users": USERS, "crm_user_roles": USER_ROLES, "crm_accounts": ACCOUNTS, "crm_products": PRODUCTS,
        "crm_opportunities": DEALS, "crm_opportunity_lines": LINES, "crm_leads": LEADS,
        "crm_subscriptions": SUBSCRIPTIONS, "crm_activities": ACTIVITIES,
    }  # fmt: skip
    for entity, rows in salesforce.items():
        raw.add(entity, rows, exported_at=EXPORTED, restatement="full", scope=entity)
    raw.add("marketing_costs", [cost(1, 2, 28, 500), cost(2, 3, 31, 400)], source="plans", exported_at=EXPORTED)
    raw.add("goals", GOALS, source="plans", exported_at=EXPORTED)
    bare_build.build(raw.settings)
