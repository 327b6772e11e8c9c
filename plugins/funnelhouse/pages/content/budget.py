"""Where should the money go?"""

from __future__ import annotations

from funnelhouse.pages.ask import Ask, off
from funnelhouse.pages.parts import N_, Card, Chart, Column, Kind, Note, Page, Table

MARTS = ("mart_budget_plan", "mart_spend_response", "mart_recommendation")

_PLAN = """
    select campaign_name, spend_reporting, spend_advised_reporting, spend_change_reporting, spend_change_rate,
        gain_reporting, gain_low_reporting, gain_high_reporting, response_kind, known_until, plan_gain_reporting,
        plan_gain_low_reporting, plan_gain_high_reporting, is_worth_it
    from marts.mart_budget_plan
    where basis = 'now'
    order by spend_change_reporting desc, campaign_name
"""
_BACK = """
    select campaign_name, spend_reporting, spend_advised_reporting, gain_reporting, realised_gain_reporting,
        known_until, plan_gain_reporting, plan_realised_gain_reporting
    from marts.mart_budget_plan
    where basis = 'backtest'
    order by spend_change_reporting desc, campaign_name
"""
_WAITING = """
    select campaign_name, reason, missing
    from marts.mart_recommendation
    where lever = 'budget' and advice = 'not enough evidence'
    order by campaign_name
"""


def build(ask: Ask) -> Page:
    """The plan of weekly budgets, what it would have brought before, and what is missing for the others."""
    cards = [
        ask.tried("advice", N_("The plan in a sentence"), lambda: _sentence(ask)),
        ask.tried("plan", N_("Weekly budget now and as advised"), lambda: _plan(ask)),
        ask.tried("back", N_("Would it have worked before?"), lambda: _back(ask)),
        ask.tried("waiting", N_("Unchanged for want of evidence"), lambda: _waiting(ask)),
    ]
    why = N_("the plan is for the coming weeks")
    return Page(cards, [off(ask, "period", N_("Period"), why)], MARTS)


def _sentence(ask: Ask) -> Card:
    row = ask.data.row(_PLAN + " limit 1")
    if not row or row["plan_gain_reporting"] is None:
        lines = [ask.say(N_("No plan: too few campaigns have enough weeks with sales."))]
    elif row["is_worth_it"]:
        lines = [ask.say(
            N_("The same total, shared out otherwise, is expected to bring {gain} more revenue a week ({low} to "
               "{high})."),
            gain=ask.words.money(row["plan_gain_reporting"]), low=ask.words.money(row["plan_gain_low_reporting"]),
            high=ask.words.money(row["plan_gain_high_reporting"]),
        )]  # fmt: skip
    else:
        lines = [ask.say(N_("No change is advised: the gain of any plan may be nothing."))]
    lines.append(ask.say(N_("At most a fifth of a budget moves, and nothing moves by itself: you decide.")))
    return Note("advice", ask.say(N_("The plan in a sentence")), lines, "marts.mart_budget_plan")


def _plan(ask: Ask) -> Card:
    rows = ask.data.rows(_PLAN)
    return Table(
        "plan", ask.say(N_("Weekly budget now and as advised")), "marts.mart_budget_plan",
        [
            Column("campaign_name", N_("Campaign")),
            Column("spend_reporting", N_("Now"), Kind.MONEY),
            Column("spend_advised_reporting", N_("Advised"), Kind.MONEY),
            Column("spend_change_reporting", N_("Change"), Kind.MONEY, change=True),
            Column("spend_change_rate", N_("Change, share"), Kind.RATE),
            Column("gain_reporting", N_("Revenue gained"), Kind.MONEY, change=True),
            Column("gain_low_reporting", N_("At least"), Kind.MONEY, change=True),
            Column("gain_high_reporting", N_("At most"), Kind.MONEY, change=True),
            Column("response_kind", N_("Based on"), Kind.WORD),
        ],
        rows, ask.say(N_("No campaign spent anything in the last four weeks.")),
        ask.say(N_("Known until {day}: later weeks still bring sales."), day=ask.words.day(rows[0]["known_until"]))
        if rows else "",
        chart=Chart("plan", "campaign_name", ["spend_reporting", "spend_advised_reporting"]),
    )  # fmt: skip


def _back(ask: Ask) -> Card:
    rows = ask.data.rows(_BACK)
    note = ""
    if rows and rows[0]["plan_realised_gain_reporting"] is not None:
        note = ask.say(
            N_("A plan made on {day} promised {promised} a week and would have brought {brought}."),
            day=ask.words.day(rows[0]["known_until"]), promised=ask.words.money(rows[0]["plan_gain_reporting"]),
            brought=ask.words.money(rows[0]["plan_realised_gain_reporting"]),
        )  # fmt: skip
    return Table(
        "back", ask.say(N_("Would it have worked before?")), "marts.mart_budget_plan",
        [
            Column("campaign_name", N_("Campaign")),
            Column("spend_reporting", N_("Then"), Kind.MONEY),
            Column("spend_advised_reporting", N_("Would have been advised"), Kind.MONEY),
            Column("gain_reporting", N_("Promised"), Kind.MONEY, change=True),
            Column("realised_gain_reporting", N_("Brought"), Kind.MONEY, change=True),
        ],
        rows, ask.say(N_("Too short a history to try the plan on the past.")), note,
    )  # fmt: skip


def _waiting(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_WAITING))
    return Table(
        "waiting", ask.say(N_("Unchanged for want of evidence")), "marts.mart_recommendation",
        [
            Column("campaign_name", N_("Campaign")),
            Column("reason", N_("Why"), Kind.WORD),
            Column("missing", N_("What is missing"), prose=True),
        ],
        rows, ask.say(N_("Every running campaign has enough evidence.")), more=more,
    )  # fmt: skip
