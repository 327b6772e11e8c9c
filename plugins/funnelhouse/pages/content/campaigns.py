"""Does a campaign pay?"""

from __future__ import annotations

from funnelhouse.pages.ask import Ask, matching, model_choice, off
from funnelhouse.pages.parts import N_, Card, Chart, Choice, Column, Kind, Page, Table

MARTS = ("mart_campaign_scorecard", "mart_recommendation", "mart_campaign_variant")

_SCORES = """
    select campaign_name, campaign_type, started_on, leads, won_deals, revenue_reporting, margin, cost_reporting,
        budget_reporting, overspend, profit, roi, roi_low, roi_high, verdict, verdict_reason
    from marts.mart_campaign_scorecard
    where model = $model
    order by profit desc nulls last, campaign_name
"""
_ADVICE = """
    select campaign_name, lever, advice, reason, cases, spend_change_reporting, best_variant, worst_variant,
        best_rate, worst_rate, missing, caution
    from marts.mart_recommendation
    where advice in ('raise', 'lower', 'change')
    order by lever <> 'budget', abs(effect) desc, campaign_name, lever
"""
_VARIANTS = """
    select campaign_name, lever, variant_kind, variant, cases, successes, success_rate, success_low, success_high,
        case when is_low_n then 'few_cases' end as caution
    from marts.mart_campaign_variant
    order by campaign_name, lever, variant_kind, success_rate desc nulls last, variant
"""


def build(ask: Ask) -> Page:
    """The scorecard of all campaigns, what is advised, and their variants side by side."""
    model, choice = model_choice(ask, "mart_campaign_scorecard")
    wanted = Choice("campaign", ask.say(N_("Campaign")), chosen=ask.filters.many("campaign")[:1])
    cards = [
        ask.tried("scores", N_("Scorecard"), lambda: _scores(ask, model)),
        ask.tried("advice", N_("What to change"), lambda: _advice(ask)),
        ask.tried("variants", N_("Variants side by side"), lambda: _variants(ask)),
    ]
    why = N_("a campaign is judged over its whole life")
    return Page(cards, [wanted, choice, off(ask, "period", N_("Period"), why)], MARTS)


def _scores(ask: Ask, model: str) -> Card:
    rows = matching(ask.data.rows(_SCORES, model=model), ask.filters.one("campaign"), "campaign_name")
    rows, more = ask.shown(rows, 40)
    return Table(
        "scores", ask.say(N_("Scorecard")), "marts.mart_campaign_scorecard",
        [
            Column("campaign_name", N_("Campaign")),
            Column("verdict", N_("Verdict"), Kind.WORD, tone="verdict"),
            Column("verdict_reason", N_("Why"), Kind.WORD),
            Column("cost_reporting", N_("Cost"), Kind.MONEY),
            Column("overspend", N_("Over budget"), Kind.MONEY, change=True),
            Column("leads", N_("Leads"), Kind.NUMBER),
            Column("won_deals", N_("Won deals"), Kind.NUMBER),
            Column("revenue_reporting", N_("Revenue"), Kind.MONEY),
            Column("profit", N_("Profit"), Kind.MONEY),
            Column("roi", N_("ROI"), Kind.RATE),
            Column("roi_low", N_("ROI at least"), Kind.RATE),
            Column("roi_high", N_("ROI at most"), Kind.RATE),
        ],
        rows, ask.say(N_("No campaign has a cost or a touch yet.")),
        ask.say(N_("Profit and ROI are on margin where the costs of what was sold are known, else on revenue. At least "
                   "and at most: 95 % range.")),
        more=more, chart=Chart("bars", "campaign_name", ["profit"]),
    )  # fmt: skip


def _advice(ask: Ask) -> Card:
    rows = matching(ask.data.rows(_ADVICE), ask.filters.one("campaign"), "campaign_name")
    rows, more = ask.shown(rows)
    return Table(
        "advice", ask.say(N_("What to change")), "marts.mart_recommendation",
        [
            Column("campaign_name", N_("Campaign")),
            Column("lever", N_("Lever"), Kind.WORD),
            Column("advice", N_("Advice"), Kind.WORD, tone="advice"),
            Column("spend_change_reporting", N_("Spend a week"), Kind.MONEY, change=True),
            Column("best_variant", N_("Best")),
            Column("best_rate", N_("Rate of the best"), Kind.RATE),
            Column("worst_variant", N_("Worst")),
            Column("worst_rate", N_("Rate of the worst"), Kind.RATE),
            Column("cases", N_("Cases"), Kind.COUNT),
        ],
        rows, ask.say(N_("Nothing is advised: the evidence does not suffice yet.")), more=more,
    )  # fmt: skip


def _variants(ask: Ask) -> Card:
    rows = matching(ask.data.rows(_VARIANTS), ask.filters.one("campaign"), "campaign_name")
    rows, more = ask.shown(rows, 30)
    return Table(
        "variants", ask.say(N_("Variants side by side")), "marts.mart_campaign_variant",
        [
            Column("campaign_name", N_("Campaign")),
            Column("lever", N_("Lever"), Kind.WORD),
            Column("variant", N_("Variant"), Kind.WORD),
            Column("cases", N_("Cases"), Kind.COUNT),
            Column("successes", N_("Successes"), Kind.COUNT),
            Column("success_rate", N_("Rate"), Kind.RATE),
            Column("success_low", N_("At least"), Kind.RATE),
            Column("success_high", N_("At most"), Kind.RATE),
            Column("caution", N_("Caution"), Kind.WORD, "", tone="caution"),
        ],
        rows, ask.say(N_("No export tells variants of a campaign apart.")), more=more,
    )  # fmt: skip
