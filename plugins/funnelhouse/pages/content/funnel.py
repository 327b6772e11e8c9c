"""Where do we lose people?"""

from __future__ import annotations

from datetime import date
from typing import Any

from funnelhouse.pages.ask import Ask, month_choice, off
from funnelhouse.pages.parts import N_, Card, Chart, Column, Kind, Page, Table
from funnelhouse.pages.say import word

MARTS = ("mart_funnel_monthly", "mart_funnel_conversion", "mart_funnel_bottleneck", "mart_funnel_velocity",
         "mart_stuck_leads")  # fmt: skip

_STAGES = """
    select stage, unit, entered, in_stage_at_start, exited_lost, in_stage_at_end, stage_order,
        unit <> 'session' and stage not in ('Lost', 'Recycled', 'Churned', 'Retained') as is_drawn
    from marts.mart_funnel_monthly
    where dimension_type = 'all' and month_start = $month
    order by stage_order, stage
"""
_STEPS = """
    select
        from_stage, to_stage,
        recent_denominator, recent_numerator, recent_conversion_rate_cohort, baseline_conversion_rate_cohort,
        recent_dwell_median, baseline_dwell_median, lost_value_reporting,
        case when is_conversion_bottleneck then 'leak' when is_dwell_bottleneck then 'slow' end as finding,
        window_days, recent_from, recent_to
    from marts.mart_funnel_bottleneck
    where dimension_type = 'all'
    order by lost_value_reporting desc nulls last, metric
"""
_LEAKS = """
    select
        from_stage, to_stage, dimension_type, dimension_value, recent_denominator,
        recent_conversion_rate_cohort, baseline_conversion_rate_cohort, peers_conversion_rate_cohort,
        lost_value_reporting
    from marts.mart_funnel_bottleneck
    where is_conversion_bottleneck and dimension_type <> 'all'
    order by lost_value_reporting desc nulls last, metric, dimension_type, dimension_value
"""
_MONTHS = """
    select
        month_start,
        max(conversion_rate_cohort) filter (where metric = 'lead_to_mql') as lead_to_mql,
        max(conversion_rate_cohort) filter (where metric = 'mql_to_sal') as mql_to_sal,
        max(conversion_rate_cohort) filter (where metric = 'sal_to_opportunity') as sal_to_opportunity,
        max(conversion_rate_cohort) filter (where metric = 'created_to_won') as created_to_won,
        bool_and(is_mature) as is_mature
    from marts.mart_funnel_conversion
    where basis = 'cohort' and window_days = 90 and dimension_type = 'all' and month_start is not null
        and metric in ('lead_to_mql', 'mql_to_sal', 'sal_to_opportunity', 'created_to_won')
    group by month_start
    having bool_and(is_mature)
    order by month_start desc
    limit 13
"""
_PACE = """
    select metric, unit, n_completed, duration_median, duration_p90, n_open, open_age_median
    from marts.mart_funnel_velocity
    where dimension_type = 'all' and month_start = $month and metric in (
        'lead_to_mql', 'mql_to_sal', 'sal_to_opportunity', 'sales_cycle_won', 'speed_to_lead', 'mql_to_first_touch'
    )
    order by list_position([
        'speed_to_lead', 'lead_to_mql', 'mql_to_first_touch', 'mql_to_sal', 'sal_to_opportunity', 'sales_cycle_won'
    ], metric)
"""
_STUCK = """
    select stage, campaign_name, n_open, n_stuck, stuck_rate_snapshot, usual_days_p90, age_days_median,
        value_at_risk_reporting
    from marts.mart_stuck_leads
    where n_stuck > 0
    order by value_at_risk_reporting desc nulls last, n_stuck desc, stage, campaign_name
"""
PACES = {
    "speed_to_lead": N_("Lead to first contact"), "lead_to_mql": N_("Lead to MQL"),
    "mql_to_first_touch": N_("MQL to first contact"), "mql_to_sal": N_("MQL to SAL"),
    "sal_to_opportunity": N_("SAL to opportunity"), "sales_cycle_won": N_("Opportunity to won"),
}  # fmt: skip
UNITS = {"days": N_("days"), "hours": N_("hours"), "business hours": N_("business hours")}


def build(ask: Ask) -> Page:
    """The funnel of a month, its leaks, its pace and who is stuck."""
    month, choice = month_choice(ask, "mart_funnel_monthly", "dimension_type = 'all'")
    cards = [
        ask.tried("steps", N_("Where it leaks"), lambda: _steps(ask)),
        ask.tried("stages", N_("Stages of the month"), lambda: _stages(ask, month)),
        ask.tried("months", N_("Conversion by month"), lambda: _months(ask)),
        ask.tried("pace", N_("How long it takes"), lambda: _pace(ask, month)),
        ask.tried("leaks", N_("Leaks of single channels, campaigns and teams"), lambda: _leaks(ask)),
        ask.tried("stuck", N_("Stuck leads and deals"), lambda: _stuck(ask)),
    ]
    why = N_("the lists below name each channel and campaign")
    return Page(cards, [choice, off(ask, "channel", N_("Channel"), why)], MARTS)


def _named(ask: Ask, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the name of their step."""
    for row in rows:
        row["step"] = f"{word(row['from_stage'], ask.words)} → {word(row['to_stage'], ask.words)}"
    return rows


def _steps(ask: Ask) -> Card:
    rows = _named(ask, ask.data.rows(_STEPS))
    first = rows[0] if rows else {}
    note = ask.say(
        N_("Everybody who entered a stage from {start} to {end}, and who went on within {days} days; before: the year "
           "ahead of it. A leak is a drop that chance does not explain."),
        start=ask.words.day(first.get("recent_from")), end=ask.words.day(first.get("recent_to")),
        days=first.get("window_days", ""),
    )  # fmt: skip
    return Table(
        "steps", ask.say(N_("Where it leaks")), "marts.mart_funnel_bottleneck",
        [
            Column("step", N_("Step"), source=""),
            Column("recent_denominator", N_("Entered"), Kind.COUNT),
            Column("recent_numerator", N_("Went on"), Kind.COUNT),
            Column("recent_conversion_rate_cohort", N_("Conversion now"), Kind.RATE),
            Column("baseline_conversion_rate_cohort", N_("Conversion before"), Kind.RATE),
            Column("recent_dwell_median", N_("Days in stage now"), Kind.DAYS),
            Column("baseline_dwell_median", N_("Days in stage before"), Kind.DAYS),
            Column("lost_value_reporting", N_("Lost value"), Kind.MONEY, bar=True),
            Column("finding", N_("Finding"), Kind.WORD, tone="finding"),
        ],
        rows, ask.say(N_("No step has enough cases yet.")), note if rows else "",
        chart=Chart("bars", "step", ["recent_conversion_rate_cohort", "baseline_conversion_rate_cohort"]),
    )  # fmt: skip


def _stages(ask: Ask, month: date | None) -> Card:
    rows = ask.data.rows(_STAGES, month=month)
    return Table(
        "stages", ask.say(N_("Stages of the month")), "marts.mart_funnel_monthly",
        [
            Column("stage", N_("Stage"), Kind.WORD),
            Column("unit", N_("Counted"), Kind.WORD),
            Column("entered", N_("Entered"), Kind.COUNT),
            Column("in_stage_at_start", N_("There at the start"), Kind.COUNT),
            Column("exited_lost", N_("Lost from here"), Kind.COUNT),
            Column("in_stage_at_end", N_("There at the end"), Kind.COUNT),
        ],
        rows, ask.say(N_("Nothing happened in this month.")),
        ask.say(N_("What happened in the month: not the same people in each stage. Visits are in the table only, as "
                   "their number would hide all others.")),
        chart=Chart("bars", "stage", ["entered"], only="is_drawn"), folded=True,
    )  # fmt: skip


def _months(ask: Ask) -> Card:
    rows = list(reversed(ask.data.rows(_MONTHS)))
    rate = "conversion_rate_cohort"
    return Table(
        "months", ask.say(N_("Conversion by month")), "marts.mart_funnel_conversion",
        [
            Column("month_start", N_("Month"), Kind.MONTH),
            Column("lead_to_mql", PACES["lead_to_mql"], Kind.RATE, rate),
            Column("mql_to_sal", PACES["mql_to_sal"], Kind.RATE, rate),
            Column("sal_to_opportunity", PACES["sal_to_opportunity"], Kind.RATE, rate),
            Column("created_to_won", PACES["sales_cycle_won"], Kind.RATE, rate),
        ],
        rows, ask.say(N_("No month is old enough to be judged.")),
        ask.say(N_("Who entered in a month and went on within 90 days. Months that had less time are left out.")),
        chart=Chart("lines", "month_start", ["lead_to_mql", "mql_to_sal", "sal_to_opportunity", "created_to_won"]),
        folded=True,
    )  # fmt: skip


def _pace(ask: Ask, month: date | None) -> Card:
    rows = ask.data.rows(_PACE, month=month)
    for row in rows:
        row["step"] = ask.say(PACES[row["metric"]])
        row["unit"] = ask.say(UNITS.get(row["unit"], row["unit"]))
    return Table(
        "pace", ask.say(N_("How long it takes")), "marts.mart_funnel_velocity",
        [
            Column("step", N_("Step"), source=""),
            Column("unit", N_("Unit"), source=""),
            Column("n_completed", N_("Finished"), Kind.COUNT),
            Column("duration_median", N_("Median"), Kind.DAYS),
            Column("duration_p90", N_("9 of 10 within"), Kind.DAYS),
            Column("n_open", N_("Still open"), Kind.COUNT),
            Column("open_age_median", N_("Median age of the open"), Kind.DAYS),
        ],
        rows, ask.say(N_("Nothing was finished in this month.")),
    )  # fmt: skip


def _leaks(ask: Ask) -> Card:
    rows, more = ask.shown(_named(ask, ask.data.rows(_LEAKS)))
    return Table(
        "leaks", ask.say(N_("Leaks of single channels, campaigns and teams")), "marts.mart_funnel_bottleneck",
        [
            Column("step", N_("Step"), source=""),
            Column("dimension_type", N_("By"), Kind.WORD),
            Column("dimension_value", N_("Where"), Kind.WORD),
            Column("recent_denominator", N_("Entered"), Kind.COUNT),
            Column("recent_conversion_rate_cohort", N_("Conversion now"), Kind.RATE),
            Column("baseline_conversion_rate_cohort", N_("Conversion before"), Kind.RATE),
            Column("peers_conversion_rate_cohort", N_("Conversion of the others"), Kind.RATE),
            Column("lost_value_reporting", N_("Lost value"), Kind.MONEY, bar=True),
        ],
        rows, ask.say(N_("No step of a single channel, campaign or team converts worse than before.")), more=more,
    )  # fmt: skip


def _stuck(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_STUCK))
    return Table(
        "stuck", ask.say(N_("Stuck leads and deals")), "marts.mart_stuck_leads",
        [
            Column("stage", N_("Stage"), Kind.WORD),
            Column("campaign_name", N_("Campaign"), Kind.WORD),
            Column("n_open", N_("Open"), Kind.COUNT),
            Column("n_stuck", N_("Stuck"), Kind.COUNT),
            Column("stuck_rate_snapshot", N_("Share stuck"), Kind.RATE),
            Column("usual_days_p90", N_("9 of 10 took at most (days)"), Kind.DAYS),
            Column("age_days_median", N_("Median age (days)"), Kind.DAYS),
            Column("value_at_risk_reporting", N_("Value at risk"), Kind.MONEY, bar=True),
        ],
        rows, ask.say(N_("Nobody is stuck.")),
        ask.say(N_("Stuck: longer in a stage than nine of ten took before, or than its service level allows.")),
        more=more,
    )  # fmt: skip
