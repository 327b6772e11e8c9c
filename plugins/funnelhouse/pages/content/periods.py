"""Periods and comparisons of mart_period_comparison, for the pages that show them."""

from __future__ import annotations

from datetime import date
from typing import Any

from funnelhouse.pages.ask import Ask
from funnelhouse.pages.parts import N_, Choice, Kind, Tile

ROLLING = {
    "last_7_days": N_("Last 7 days"), "last_30_days": N_("Last 30 days"), "last_90_days": N_("Last 90 days"),
    "last_12_months": N_("Last 12 months"), "month_to_date": N_("This month so far"),
    "quarter_to_date": N_("This quarter so far"), "year_to_date": N_("This year so far"),
}  # fmt: skip
DEFAULT = "last_30_days"
_PERIODS = """
    select distinct period_type, period_start, period_end, is_complete
    from marts.mart_period_comparison
    where scope_type = 'company'
    order by period_start desc, period_type
"""
MONTHS = 24
UNIT_KINDS = {"count": Kind.COUNT, "money": Kind.MONEY, "rate": Kind.RATE, "days": Kind.DAYS, "ratio": Kind.RATIO}


def period_choice(ask: Ask) -> tuple[dict[str, Any], Choice]:
    """The period chosen (period_type, period_start, period_end, name) and the filter with all there are."""
    rows = ask.data.rows(_PERIODS)
    rolling = [row for name in ROLLING for row in rows if row["period_type"] == name]
    fixed = [row for kind in ("month", "quarter", "year") for row in rows if row["period_type"] == kind][: MONTHS * 2]
    known = {_key(row): row for row in [*rolling, *fixed]}
    default = DEFAULT if DEFAULT in known else next(iter(known), "")
    chosen = ask.filters.known("period", list(known), default)
    period = known.get(chosen, {"period_type": "", "period_start": None, "period_end": None})
    values = [(key, period_name(ask, row)) for key, row in known.items()]
    choice = Choice("period", ask.say(N_("Period")), values, [chosen])
    return {**period, "name": period_name(ask, period)}, choice


def _key(row: dict[str, Any]) -> str:
    kind = str(row["period_type"])
    return kind if kind in ROLLING else f"{kind}:{row['period_start']}"


def period_name(ask: Ask, row: dict[str, Any]) -> str:
    """What people call a period."""
    kind, start = row["period_type"], row["period_start"]
    if kind in ROLLING:
        return ask.say(ROLLING[kind])
    if not isinstance(start, date):
        return ""
    if kind == "quarter":
        return f"Q{(start.month + 2) // 3} {start.year}"
    return str(start.year) if kind == "year" else ask.words.month(start)


def tile(ask: Ask, row: dict[str, Any], trend: list[float | None]) -> Tile:
    """A tile of a row of the comparison joined with dim_metric."""
    change, share, is_noise = row["previous_change"], row["previous_change_share"], row["previous_is_noise"]
    return Tile(
        ask.say(row["label"]), UNIT_KINDS.get(row["unit"], Kind.NUMBER), row["value"],
        "marts.mart_period_comparison", "value", before=row["previous_value"], change=change,
        change_share=share, is_noise=bool(is_noise),
        good=row["direction"] if row["direction"] in ("up", "down") else None,
        metric=row["metric"], note=ask.say(N_("few cases")) if row["is_low_n"] else "", trend=trend,
    )  # fmt: skip
