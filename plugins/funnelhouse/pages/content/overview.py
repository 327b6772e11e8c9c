"""Are we on track?"""

from __future__ import annotations

from typing import Any

from funnelhouse.pages.ask import Ask, off
from funnelhouse.pages.content.channels import short_table
from funnelhouse.pages.content.funnel import _STAGES
from funnelhouse.pages.content.periods import period_choice, tile
from funnelhouse.pages.parts import N_, Card, Chart, Column, Kind, Note, Page, Table, Tiles
from funnelhouse.pages.say import word, write

MARTS = ("mart_period_comparison", "mart_funnel_monthly", "mart_goal_attainment", "mart_recommendation",
         "mart_funnel_bottleneck")  # fmt: skip
TILES = ("revenue", "spend", "roas", "mqls", "new_customers", "cost_per_customer")

_TILES = """
    select numbers.*, metrics.label, metrics.unit, metrics.direction
    from marts.mart_period_comparison as numbers
    inner join marts.dim_metric as metrics using (metric)
    where numbers.scope_type = 'company' and numbers.period_type = $kind and numbers.period_start = $start
        and numbers.metric in (select unnest($metrics))
"""
_TRENDS = """
    select metric, period_start, value
    from marts.mart_period_comparison
    where scope_type = 'company' and period_type = 'month' and is_complete and metric in (select unnest($metrics))
    order by period_start desc
    limit 13 * len($metrics)
"""
_MONTHS = """
    select
        period_start, not bool_and(is_complete) as is_open,
        max(value) filter (where metric = 'revenue') as revenue, max(value) filter (where metric = 'spend') as spend
    from marts.mart_period_comparison
    where scope_type = 'company' and period_type = 'month' and metric in ('revenue', 'spend')
    group by period_start
    order by period_start desc
    limit 13
"""
_CHANGED = """
    select metrics.label, metrics.unit, numbers.scope_type, numbers.scope_label, numbers.value, numbers.previous_value,
        numbers.previous_change_share, numbers.previous_change, metrics.direction
    from marts.mart_period_comparison as numbers
    inner join marts.dim_metric as metrics using (metric)
    where numbers.period_type = $kind and numbers.period_start = $start and numbers.scope_type in ('company', 'channel')
        and not numbers.previous_is_noise and not numbers.is_low_n and numbers.previous_change_share is not null
        and metrics.direction in ('up', 'down')
    order by abs(numbers.previous_change_share) desc, metrics.label, numbers.scope_label
    limit 5
"""
_RAISE = """
    select advice.campaign_name, campaigns.channel, advice.spend_change_reporting, advice.effect, advice.effect_low,
        advice.effect_high
    from marts.mart_recommendation as advice
    left join (
        select campaign_id, arg_max(channel, spend_reporting) as channel
        from marts.mart_channel_kpi_period
        where period_type = 'year'
        group by campaign_id
    ) as campaigns using (campaign_id)
    where advice.lever = 'budget' and advice.advice = $advice
    order by abs(advice.effect) desc, advice.campaign_name
    limit 1
"""
_LEAK = """
    select from_stage, to_stage, is_conversion_bottleneck, recent_conversion_rate_cohort,
        baseline_conversion_rate_cohort, lost_value_reporting
    from marts.mart_funnel_bottleneck
    where dimension_type = 'all' and lost_value_reporting > 0
    order by is_conversion_bottleneck desc, lost_value_reporting desc, metric
    limit 1
"""
_BEHIND = """
    select goal_name
    from marts.mart_goal_attainment
    where is_latest and goal_status in ('behind', 'at_risk') and end_date >= $as_of
    order by goal_status desc, pace nulls last, end_date, goal_id
"""
_GOALS = """
    select goal_name, scope, end_date, goal_status, actual, target, attainment, is_rate, currency
    from marts.mart_goal_attainment
    where is_latest and goal_status in ('behind', 'at_risk', 'missed', 'no_data', 'on_track')
    order by list_position(['behind', 'at_risk', 'missed', 'no_data', 'on_track'], goal_status), pace nulls last,
        end_date, goal_id
    limit 3
"""


def build(ask: Ask) -> Page:
    """The numbers of the period, its months, the funnel, goals behind, what changed, and the channels."""
    period, choice = period_choice(ask)
    cards = [
        ask.tried("minute", N_("In a minute"), lambda: _minute(ask)),
        ask.tried("now", N_("The period in numbers"), lambda: _tiles(ask, period)),
        ask.tried("months", N_("Revenue and spend by month"), lambda: _months(ask)),
        ask.tried("goals", N_("Goals furthest behind"), lambda: _goals(ask)),
        ask.tried("changed", N_("What changed"), lambda: _changed(ask, period)),
        ask.tried("funnel", N_("The funnel of the last whole month"), lambda: _funnel(ask)),
        ask.tried("channels", N_("Channels with most new customers"), lambda: short_table(ask, period)),
    ]
    why = N_("this page is about the whole company; page Channels has them")
    return Page(cards, [choice, off(ask, "channel", N_("Channel"), why)], MARTS)


def _minute(ask: Ask) -> Card:
    lines = [*_money(ask), _leak(ask), _behind(ask)]
    return Note(
        "minute", ask.say(N_("In a minute")), [line for line, _ in lines], more=[page for _, page in lines]
    )  # fmt: skip


def _money(ask: Ask) -> list[tuple[str, str]]:
    words = ask.words
    said = []
    for advice, text in (
        ("raise", N_("Spend more on {campaign} ({channel}): {change} a week is expected to bring {effect} revenue.")),
        ("lower", N_("Spend less on {campaign} ({channel}): {change} a week costs about {effect} revenue.")),
    ):
        row = ask.data.row(_RAISE, advice=advice)
        if row:
            said.append(
                ask.say(
                    text, campaign=row["campaign_name"], channel=row["channel"] or ask.say(N_("unknown")),
                    change=words.money(row["spend_change_reporting"], is_change=True),
                    effect=words.money(abs(row["effect"])),
                )
            )  # fmt: skip
    nothing = ask.say(N_("No channel should surely get more or less money: the evidence does not suffice yet."))
    return [(line, "budget") for line in said or [nothing]]


def _leak(ask: Ask) -> tuple[str, str]:
    row = ask.data.row(_LEAK)
    if not row:
        return ask.say(N_("No step of the funnel lost anything against before.")), "funnel"
    step = f"{word(row['from_stage'], ask.words)} → {word(row['to_stage'], ask.words)}"
    text = (
        N_("The funnel leaks at {step}: {now} go on, {before} before; about {lost} are lost.")
        if row["is_conversion_bottleneck"]
        else N_("No sure leak. Most is lost at {step}: {now} go on, {before} before; about {lost}, maybe by chance.")
    )
    return ask.say(
        text, step=step, now=ask.words.share(row["recent_conversion_rate_cohort"]),
        before=ask.words.share(row["baseline_conversion_rate_cohort"]),
        lost=ask.words.money(row["lost_value_reporting"]),
    ), "funnel"  # fmt: skip


def _behind(ask: Ask) -> tuple[str, str]:
    names = [row["goal_name"] for row in ask.data.rows(_BEHIND, as_of=ask.data.as_of)]
    if not names:
        return ask.say(N_("No running goal is behind or at risk.")), "goals"
    listed = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    return ask.say(
        N_("Goals behind or at risk: {count} ({names})."), count=ask.words.number(len(names)), names=listed
    ), "goals"  # fmt: skip


def _tiles(ask: Ask, period: dict[str, Any]) -> Card:
    rows = ask.data.rows(_TILES, kind=period["period_type"], start=period["period_start"], metrics=list(TILES))
    trends: dict[str, list[float | None]] = {}
    for row in reversed(ask.data.rows(_TRENDS, metrics=list(TILES))):
        trends.setdefault(row["metric"], []).append(None if row["value"] is None else float(row["value"]))
    found = {row["metric"]: row for row in rows}
    return Tiles(
        "now", period["name"],
        [tile(ask, found[metric], trends.get(metric, [])) for metric in TILES if metric in found],
        ask.say(N_("compared with the period of equal length before")),
    )  # fmt: skip


def _months(ask: Ask) -> Card:
    rows = list(reversed(ask.data.rows(_MONTHS)))
    return Table(
        "months", ask.say(N_("Revenue and spend by month")), "marts.mart_period_comparison",
        [
            Column("period_start", N_("Month"), Kind.MONTH),
            Column("revenue", N_("Revenue"), Kind.MONEY, "value"),
            Column("spend", N_("Spend"), Kind.MONEY, "value"),
        ],
        rows, ask.say(N_("No month is known yet.")),
        chart=Chart("columns", "period_start", ["revenue", "spend"], open_row="is_open"), wide=False,
        folded=True,
    )  # fmt: skip


def _goals(ask: Ask) -> Card:
    return Table(
        "goals", ask.say(N_("Goals furthest behind")), "marts.mart_goal_attainment",
        [
            Column("goal_name", N_("Goal")),
            Column("end_date", N_("Due"), Kind.DATE),
            Column("actual", N_("Actual"), Kind.GOAL),
            Column("target", N_("Target"), Kind.GOAL),
            Column("goal_status", N_("Status"), Kind.WORD, tone="goal_status"),
        ],
        ask.data.rows(_GOALS), ask.say(N_("No goal is set. docs/goals.md shows the file to drop into the inbox.")),
        wide=False,
    )  # fmt: skip


def _changed(ask: Ask, period: dict[str, Any]) -> Card:
    lines = []
    for row in ask.data.rows(_CHANGED, kind=period["period_type"], start=period["period_start"]):
        where = row["scope_label"] if row["scope_type"] != "company" else ask.say(N_("whole company"))
        lines.append(
            ask.say(
                N_("{metric} ({where}): {change}, from {before} to {now}"),
                metric=ask.say(row["label"]), where=where,
                change=("+" if row["previous_change_share"] > 0 else "")
                + ask.words.share(row["previous_change_share"]),
                before=_written(ask, row, row["previous_value"]), now=_written(ask, row, row["value"]),
            )
        )  # fmt: skip
    nothing = ask.say(N_("Nothing changed more than chance explains."))
    return Note("changed", ask.say(N_("What changed")), lines or [nothing], "marts.mart_period_comparison",
                wide=False)  # fmt: skip


def _written(ask: Ask, row: dict[str, Any], value: Any) -> str:
    from funnelhouse.pages.content.periods import UNIT_KINDS

    return write(UNIT_KINDS.get(row["unit"], Kind.NUMBER), value, ask.words)


def _funnel(ask: Ask) -> Card:
    month = ask.data.row(
        """select max(month_start) as month from marts.mart_funnel_monthly
        where dimension_type = 'all' and month_start < date_trunc('month', $as_of)""",
        as_of=ask.data.as_of,
    )["month"]
    return Table(
        "funnel", ask.say(N_("The funnel of the last whole month")), "marts.mart_funnel_monthly",
        [
            Column("stage", N_("Stage"), Kind.WORD),
            Column("unit", N_("Counted"), Kind.WORD),
            Column("entered", N_("Entered"), Kind.COUNT),
        ],
        ask.data.rows(_STAGES, month=month), ask.say(N_("Nothing happened in this month.")), ask.words.month(month),
        chart=Chart("bars", "stage", ["entered"], only="is_drawn"), wide=False, folded=True,
    )  # fmt: skip
