"""What the company planned and paid outside the ad platforms: costs, goals, benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sample_company.chance import Chance
from sample_company.company import REPS, TEAMS
from sample_company.money import month_start, rounded
from sample_company.world import DAY, World


@dataclass(frozen=True)
class Cost:
    """One line of the cost ledger; the fields are those of the entity `marketing_costs`."""

    cost_id: str
    period_start: date
    period_end: date
    category: str
    department: str
    channel: str
    campaign_name: str
    team: str
    vendor: str
    amount: Decimal
    currency: str
    kind: str
    allocation_key: str
    sales_step: str


_MONTHLY = (
    ("people", "marketing", "", "", "", "", 21_500, "USD", "even", ""),
    ("people", "sales", "", "", "Sales AMER", "", 24_000, "USD", "", ""),
    ("people", "sales", "", "", "Sales EMEA", "", 19_800, "EUR", "", ""),
    ("people", "sales", "", "", "Sales APAC", "", 210_000_000, "VND", "", ""),
    ("tools", "marketing", "", "", "", "Mailroom Ltd", 1_450, "USD", "leads", ""),
    ("tools", "sales", "", "", "", "Dialtone GmbH", 890, "EUR", "even", "Contacted"),
    ("production", "marketing", "Paid Social", "", "", "Studio Nord", 2_400, "EUR", "spend", ""),
    ("production", "marketing", "Email", "Monthly Newsletter", "", "Textwerk", 650, "EUR", "", ""),
    ("other", "marketing", "Partner", "Partner Referral Program", "", "Partners", 1_200, "USD", "", ""),
)


def costs(world: World) -> Iterator[Cost]:
    """The ledger month by month: salaries, tools, production, events, and the planned media budgets."""
    month, number = world.start, 0
    while month <= world.end:
        last = month_start(month, 1) - DAY
        chance = Chance(world.seed, "costs", month)
        for category, department, channel, campaign, team, vendor, amount, currency, key, step in _MONTHLY:
            number += 1
            paid = rounded(amount * world.scale * chance.within(0.97, 1.05), currency)
            yield Cost(
                f"C{number:05d}", month, last, category, department, channel, campaign, team, vendor,
                paid, currency, "actual", key, step,
            )  # fmt: skip
        if month.month in (4, 10):
            number += 1
            day = month.replace(day=14)
            booth = rounded(95_000_000 * world.scale, "VND")
            yield Cost(
                f"C{number:05d}", day, day, "production", "marketing", "Events", "Trade Show Saigon", "",
                "Expo Saigon", booth, "VND", "actual", "", "Shows interest",
            )  # fmt: skip
        for campaign, amount, currency in (("US Search Generic", 5_600, "USD"), ("EU Social Leads", 2_500, "EUR")):
            number += 1
            planned = rounded(amount * world.scale, currency)
            channel = "Paid Search" if campaign.startswith("US") else "Paid Social"
            yield Cost(
                f"C{number:05d}", month, last, "media", "marketing", channel, campaign, "", "",
                planned, currency, "planned", "", "",
            )  # fmt: skip
        month = month_start(month, 1)


GOAL_COLUMNS = (
    "goal_id", "goal_version", "valid_from", "goal_name", "metric", "scope_type", "scope", "owner", "direction",
    "target_kind", "target_value", "baseline_value", "baseline_start", "baseline_end", "start_date", "end_date",
    "cadence", "target_per", "growth", "pacing", "currency", "parent_goal_id", "weight",
)  # fmt: skip


def goals(world: World) -> list[dict[str, str]]:
    """The goals of the quarter and the year in which the story ends, and of the quarter before: of all nine types."""
    quarter = month_start(world.end, -((world.end.month - 1) % 3))
    quarter_end = month_start(quarter, 3) - DAY
    year, year_end = date(world.end.year, 1, 1), date(world.end.year, 12, 31)
    made: list[dict[str, str]] = []

    def goal(name: str, metric: str, value: float, start: date, end: date, version: int = 1, **more: str) -> None:
        currency = "USD" if metric in _MONEY else ""
        row = dict.fromkeys(GOAL_COLUMNS, "")
        row.update(
            goal_id=more.pop("id", f"G{len(made) + 1:02d}"), goal_version=str(version), valid_from=start.isoformat(),
            goal_name=name, metric=metric, scope_type="company", owner="Head of Sales", direction="increase",
            target_kind="absolute", target_value=f"{value:.2f}", start_date=start.isoformat(),
            end_date=end.isoformat(), cadence="month", pacing="calendar", currency=currency, weight="1",
        )  # fmt: skip
        row.update(more)
        made.append(row)

    scale = world.scale
    goal("Revenue of the quarter", "revenue", 900_000 * scale, quarter, quarter_end, id="G01")
    changed = (quarter + DAY * 20).isoformat()
    goal("Revenue of the quarter", "revenue", 840_000 * scale, quarter, quarter_end, 2, id="G01", valid_from=changed)
    goal("Revenue of the year", "revenue", 3_600_000 * scale, year, year_end, id="G02")
    for index, team in enumerate(TEAMS):
        goal(
            f"Revenue {team}", "revenue", 280_000 * scale, quarter, quarter_end,
            id=f"G1{index}", scope_type="team", scope=team, parent_goal_id="G01",
        )  # fmt: skip
    for index, rep in enumerate(one for one in REPS if one.active):
        goal(
            f"Revenue {rep.name}", "revenue", 95_000 * scale, quarter, quarter_end,
            id=f"G2{index}", scope_type="rep", scope=rep.name, parent_goal_id=f"G1{TEAMS.index(rep.team)}",
        )  # fmt: skip
    goal("Leads of the quarter", "leads", 620 * scale, quarter, quarter_end, id="G30", owner="Head of Marketing")
    goal("MQLs of the quarter", "mqls", 300 * scale, quarter, quarter_end, id="G31", owner="Head of Marketing")
    goal("Win rate of the quarter", "win_rate", 0.45, quarter, quarter_end, id="G32", target_value="0.45")
    goal("Sales cycle of the quarter", "cycle_time", 35, quarter, quarter_end, id="G33", direction="decrease")
    before, before_end = month_start(quarter, -3), quarter - DAY
    month, month_end = month_start(world.end, 0), month_start(world.end, 1) - DAY
    goal("Revenue of the quarter before", "revenue", 600_000 * scale, before, before_end, id="G40")
    goal("Win rate of the quarter before", "win_rate", 0.9, before, before_end, id="G41", target_value="0.9")
    goal(
        "Revenue 9 % up each month", "revenue", 9, before, quarter_end, id="G42",
        target_kind="relative_percent", target_per="month", growth="compound", pacing="business",
    )  # fmt: skip
    goal("Margin of the quarter", "gross_margin_rate", 0.75, quarter, quarter_end, id="G43", target_value="0.75")
    goal(
        "Few discounts", "discounted_deals", 20 * scale, quarter, quarter_end, id="G44",
        direction="decrease", target_kind="cap", target_per="month",
    )  # fmt: skip
    goal(
        "Customers for 15 % less", "cac", 15, month, month_end, id="G45", owner="Head of Marketing",
        direction="decrease", target_kind="relative_percent", cadence="week",
        baseline_start=month_start(world.end, -1).isoformat(), baseline_end=(month - DAY).isoformat(),
    )  # fmt: skip
    goal("Customers kept this year", "retention_rate", 0.9, year, year_end, id="G46", target_value="0.9")
    goal(
        "Churn in two quarters", "churn_rate", 3, before, quarter_end, id="G47", direction="decrease",
        target_kind="percentage_point", baseline_value="0.05", target_per="quarter", growth="baseline",
    )  # fmt: skip
    goal("Recurring revenue at the end of the year", "mrr", 250_000 * scale, year, year_end, id="G48")
    goal("Cross-selling of the quarter", "cross_sell_revenue", 60_000 * scale, quarter, quarter_end, id="G49")
    goal("An hour of prospecting a day", "prospecting_minutes", 60, quarter, quarter_end, id="G50", cadence="week")
    goal("A look at the CRM each week", "crm_reviews", 1, quarter, quarter_end, id="G51", target_per="week")
    goal(
        "Sales cycle of affiliates", "cycle_time", 30, quarter, quarter_end, id="G52",
        direction="decrease", scope_type="channel", scope="Affiliates",
    )  # fmt: skip
    return made


_MONEY = ("revenue", "cac", "mrr", "cross_sell_revenue")


BENCHMARKS = (
    ("visitor_to_lead", "B2B software", "0.012", "0.023", "0.041", "Industry survey", "2026-01-15"),
    ("lead_to_mql", "B2B software", "0.25", "0.38", "0.55", "Industry survey", "2026-01-15"),
    ("mql_to_sal", "B2B software", "0.45", "0.62", "0.8", "Industry survey", "2026-01-15"),
    ("win_rate", "B2B software", "0.17", "0.22", "0.3", "Industry survey", "2026-01-15"),
    ("email_open_rate", "B2B software", "0.19", "0.27", "0.38", "Mail panel", "2023-05-01"),
)
"""metric, segment, low, median, high, source, published: the last one is stale."""
