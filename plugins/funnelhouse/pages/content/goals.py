"""Will we make it?"""

from __future__ import annotations

from typing import Any

from funnelhouse.pages.ask import Ask
from funnelhouse.pages.parts import N_, Card, Chart, Choice, Column, Kind, Page, Table

MARTS = ("mart_goal_attainment", "mart_goal_gap", "mart_goal_tree", "mart_goal_smart")

_GOALS = """
    select goal_id, goal_name, scope_type, scope, owner, end_date, actual, expected_to_date, target, projection,
        projection_low, projection_high, attainment, pace, goal_status, is_rate, currency,
        expected_share, case when is_low_n then 'few_cases' end as caution,
        goal_status in ('behind', 'at_risk', 'on_track') and attainment between 0 and 2 as is_drawn
    from marts.mart_goal_attainment
    where is_latest
    order by
        list_position(['behind', 'at_risk', 'missed', 'no_data', 'on_track', 'achieved'], goal_status),
        pace nulls last, end_date, goal_id
"""
_DAYS = """
    select date_day, actual, expected_to_date, target, is_rate, currency
    from marts.mart_goal_attainment
    where goal_id = $goal
        and (period_number, goal_version) = (
            select (period_number, goal_version) from marts.mart_goal_attainment where goal_id = $goal and is_latest
        )
    order by date_day
"""
_GAPS = """
    select component, component_number, actual, expected_to_date, gap, effect, share_of_gap
    from marts.mart_goal_gap
    where goal_id = $goal and date_day = (select max(date_day) from marts.mart_goal_gap where goal_id = $goal)
    order by component_number
"""
_PARTS = """
    select parent_name, child_name, parent_target, child_target, target_share, child_actual, contribution,
        child_attainment, child_status, coverage, assignment
    from marts.mart_goal_tree
    where is_latest
    order by parent_name, child_target desc nulls last, child_name
"""
_SMART = """
    select goal_name, criterion, verdict, reason
    from marts.mart_goal_smart
    where verdict <> 'pass'
    order by verdict <> 'fail', goal_name, criterion_number
"""
OFFERED = 300
"""Goals that can be chosen from a list; with more of them, those of a team."""
COMPONENTS = {
    "ambition": N_("More was asked than before"), "volume": N_("Number of deals"), "conversion": N_("Share won"),
    "ticket": N_("Size of a deal"), "mix": N_("Mix of segments"), "other": N_("All else"),
}  # fmt: skip


def build(ask: Ask) -> Page:
    """All goals with where they stand, one of them day by day, and how goals serve each other."""
    goals = ask.data.rows(_GOALS)
    teams = sorted({goal["scope"] for goal in goals if goal["scope"]})
    team = ask.filters.known("team", teams, "")
    shown = [goal for goal in goals if not team or goal["scope"] == team]
    ids = [goal["goal_id"] for goal in goals]
    goal = ask.filters.known("q", ids, next((one["goal_id"] for one in shown), ""))
    name = next((one["goal_name"] for one in goals if one["goal_id"] == goal), "")
    offered = [one for place, one in enumerate(shown) if place < OFFERED or one["goal_id"] == goal]
    choices = [
        Choice(
            "team", ask.say(N_("Team or person")), [("", ask.say(N_("all"))), *((one, one) for one in teams)], [team]
        ),
        Choice("q", ask.say(N_("Goal day by day")), [(one["goal_id"], one["goal_name"]) for one in offered], [goal]),
    ]
    cards = [
        ask.tried("goals", N_("Where the goals stand"), lambda: _goals(ask, shown)),
        ask.tried("days", N_("Day by day"), lambda: _days(ask, goal, name)),
        ask.tried("gap", N_("Why it stands there"), lambda: _gap(ask, goal, name)),
        ask.tried("parts", N_("Goals that serve others"), lambda: _parts(ask, team)),
        ask.tried("smart", N_("Goals that are not SMART"), lambda: _smart(ask)),
    ]
    return Page(cards, choices, MARTS)


def _goals(ask: Ask, rows: list[dict[str, Any]]) -> Card:
    rows, more = ask.shown(rows, 60)
    return Table(
        "goals", ask.say(N_("Where the goals stand")), "marts.mart_goal_attainment",
        [
            Column("goal_name", N_("Goal")),
            Column("scope", N_("Team or person")),
            Column("owner", N_("Owner")),
            Column("end_date", N_("Due"), Kind.DATE),
            Column("goal_status", N_("Status"), Kind.WORD, tone="goal_status"),
            Column("actual", N_("Actual"), Kind.GOAL),
            Column("expected_to_date", N_("Expected today"), Kind.GOAL),
            Column("target", N_("Target"), Kind.GOAL),
            Column("projection", N_("At this pace"), Kind.GOAL),
            Column("attainment", N_("Reached"), Kind.RATE, bar=True),
            Column("expected_share", N_("Due by now"), Kind.RATE),
            Column("caution", N_("Caution"), Kind.WORD, "", tone="caution"),
        ],
        rows, ask.say(N_("No goal is set. docs/goals.md shows the file to drop into the inbox.")),
        ask.say(N_("The picture shows running goals: what is reached of the target, and the share of the time that is "
                   "over, or of what was reached by now in earlier years.")),
        more=more, chart=Chart("bars", "goal_name", ["attainment", "expected_share"], only="is_drawn", most=12),
    )  # fmt: skip


def _days(ask: Ask, goal: str, name: str) -> Card:
    rows = ask.data.rows(_DAYS, goal=goal)
    return Table(
        "days", ask.say(N_("Day by day: {goal}"), goal=name), "marts.mart_goal_attainment",
        [
            Column("date_day", N_("Day"), Kind.DATE),
            Column("actual", N_("Actual"), Kind.GOAL),
            Column("expected_to_date", N_("Expected by then"), Kind.GOAL),
            Column("target", N_("Target"), Kind.GOAL),
        ],
        rows, ask.say(N_("No day of this goal is known.")),
        chart=Chart("lines", "date_day", ["actual", "expected_to_date", "target"]), folded=True,
    )  # fmt: skip


def _gap(ask: Ask, goal: str, name: str) -> Card:
    rows = ask.data.rows(_GAPS, goal=goal)
    for row in rows:
        row["why"] = ask.say(COMPONENTS[row["component"]]) if row["component"] in COMPONENTS else row["component"]
    return Table(
        "gap", ask.say(N_("Why it stands there: {goal}"), goal=name), "marts.mart_goal_gap",
        [
            Column("why", N_("Part"), source=""),
            Column("effect", N_("Effect"), Kind.NUMBER, change=True),
            Column("share_of_gap", N_("Share of the gap"), Kind.RATE),
        ],
        rows, ask.say(N_("The gap is split for revenue, won deals and win rate, against the period before.")),
        ask.say(N_("What actual and expected differ by, split up; the parts add up to the gap.")) if rows else "",
        chart=Chart("bars", "why", ["effect"]),
    )  # fmt: skip


def _parts(ask: Ask, team: str) -> Card:
    rows = [row for row in ask.data.rows(_PARTS) if not team or team in (row["child_name"], row["parent_name"])
            or row["child_name"].endswith(team) or row["parent_name"].endswith(team)]  # fmt: skip
    rows, more = ask.shown(rows, 60)
    return Table(
        "parts", ask.say(N_("Goals that serve others")), "marts.mart_goal_tree",
        [
            Column("parent_name", N_("Goal")),
            Column("child_name", N_("Served by")),
            Column("child_target", N_("Its target"), Kind.NUMBER),
            Column("target_share", N_("Share of the target"), Kind.RATE),
            Column("child_actual", N_("Actual"), Kind.NUMBER),
            Column("contribution", N_("Share of the actual"), Kind.RATE),
            Column("child_status", N_("Status"), Kind.WORD, tone="child_status"),
            Column("coverage", N_("Assigned in all"), Kind.RATE),
            Column("assignment", N_("Assignment"), Kind.WORD, tone="assignment"),
        ],
        rows, ask.say(N_("No goal names another one it serves.")), more=more,
    )  # fmt: skip


def _smart(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_SMART), 40)
    return Table(
        "smart", ask.say(N_("Goals that are not SMART")), "marts.mart_goal_smart",
        [
            Column("goal_name", N_("Goal")),
            Column("criterion", N_("Criterion")),
            Column("verdict", N_("Verdict"), Kind.WORD, tone="verdict"),
            Column("reason", N_("Why"), prose=True),
        ],
        rows, ask.say(N_("Every goal is specific, measurable, attainable, relevant and has a term.")), more=more,
    )  # fmt: skip
