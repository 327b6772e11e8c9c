"""Who deserves the credit?"""

from __future__ import annotations

from funnelhouse.pages.ask import Ask, matching, model_choice, off
from funnelhouse.pages.labels import LABELS
from funnelhouse.pages.parts import N_, Card, Chart, Choice, Column, Kind, Note, Page, Table

MARTS = ("mart_attribution_share", "mart_attribution_disagreement", "mart_department_contribution", "mart_tracking_gap")

_RANGE = """
    select
        shares.dimension_label, shares.leads, shares.opportunities, shares.won_deals, shares.revenue_reporting,
        shares.revenue_share, shares.revenue_share_low, shares.revenue_share_high, shares.is_low_n,
        shares.won_deals_influenced, spread.revenue_low_reporting, spread.revenue_high_reporting, spread.rank_best,
        spread.rank_worst, spread.deciding_touch,
        case when shares.is_low_n then 'few_deals' end as caution,
        shares.dimension_key <> '(none)' as is_named
    from marts.mart_attribution_share as shares
    left join marts.mart_attribution_disagreement as spread
        on shares.dimension_type = spread.dimension_type and shares.dimension_key = spread.dimension_key
    where shares.dimension_type = $kind and shares.model = $model
    order by shares.dimension_key = '(none)', shares.revenue_reporting desc, shares.dimension_label
"""
_MATRIX = """
    select dimension_label, dimension_key, model, revenue_reporting
    from marts.mart_attribution_share
    where dimension_type = 'channel'
    order by dimension_key = '(none)', dimension_label
"""
_WHOLE = """
    select model, max(all_revenue_reporting) as whole
    from marts.mart_attribution_share
    where dimension_type = 'channel'
    group by model
"""
_DEPARTMENTS = """
    select month_start, department, opportunities_sourced, opportunities_influenced, won_deals_sourced,
        won_deals_influenced, revenue_sourced_reporting, revenue_influenced_reporting
    from marts.mart_department_contribution
    where campaign_id = '(all)' and month_start = (
        select max(month_start) from marts.mart_department_contribution
        where month_start < date_trunc('month', $as_of)
    )
    order by revenue_influenced_reporting desc, department
"""
_GAPS = """
    select gap, label, first_on, last_on, cost_reporting, leads, sessions
    from marts.mart_tracking_gap
    order by cost_reporting desc nulls last, leads desc nulls last, label
"""
SPREAD = "marts.mart_attribution_disagreement"


def build(ask: Ask) -> Page:
    """Revenue by channel and campaign under one model, and how far the models differ."""
    model, choice = model_choice(ask, "mart_attribution_share")
    name = ask.say(LABELS[model]) if model in LABELS else model
    cards = [
        Note("read", ask.say(N_("How to read this")), [
            ask.say(N_("Models share out the same sales in different ways. They do not prove that a channel caused a "
                       "sale.")),
            ask.say(N_("Where the range is short, the answer does not depend on the model.")),
        ]),
        ask.tried("channels", N_("Revenue by channel"), lambda: _range(ask, "channel", model, name)),
        ask.tried("campaigns", N_("Revenue by campaign"), lambda: _range(ask, "campaign", model, name)),
        ask.tried("matrix", N_("Revenue of each channel under each model"), lambda: _matrix(ask)),
        ask.tried("departments", N_("What departments contributed"), lambda: _departments(ask)),
        ask.tried("gaps", N_("What cannot be credited"), lambda: _gaps(ask)),
    ]  # fmt: skip
    campaign = Choice("campaign", ask.say(N_("Campaign")), chosen=ask.filters.many("campaign")[:1])
    why = N_("credit is shared out over all deals so far; table mart_attribution has months")
    return Page(cards, [choice, campaign, off(ask, "period", N_("Period"), why)], MARTS)


def _range(ask: Ask, kind: str, model: str, name: str) -> Card:
    rows = ask.data.rows(_RANGE, kind=kind, model=model)
    if kind == "campaign":
        rows = matching(rows, ask.filters.one("campaign"), "dimension_label")
    title = N_("Revenue by channel") if kind == "channel" else N_("Revenue by campaign")
    columns = [
        Column("dimension_label", N_("Channel") if kind == "channel" else N_("Campaign"), Kind.WORD),
        Column("leads", N_("Leads"), Kind.NUMBER),
        Column("won_deals", N_("Won deals"), Kind.NUMBER),
        Column("won_deals_influenced", N_("Won deals touched"), Kind.COUNT),
        Column("revenue_low_reporting", N_("Lowest of all models"), Kind.MONEY, f"{SPREAD}.revenue_low_reporting"),
        Column("revenue_reporting", N_("Chosen model"), Kind.MONEY),
        Column("revenue_high_reporting", N_("Highest of all models"), Kind.MONEY, f"{SPREAD}.revenue_high_reporting"),
        Column("revenue_share", N_("Share"), Kind.RATE),
        Column("revenue_share_low", N_("Share at least"), Kind.RATE),
        Column("revenue_share_high", N_("Share at most"), Kind.RATE),
        Column("caution", N_("Caution"), Kind.WORD, "", tone="caution"),
    ]
    rows, more = ask.shown(rows, 30)
    return Table(
        f"{kind}s", ask.say(title), "marts.mart_attribution_share", columns, rows,
        ask.say(N_("No sale has a touch yet.")),
        ask.say(N_("Model: {model}. Share at least and at most: 95 % range by chance alone.")
                , model=name),
        more=more,
        chart=Chart(
            "range", "dimension_label", ["revenue_low_reporting", "revenue_reporting", "revenue_high_reporting"],
            highlight="revenue_reporting", only="is_named",
        ),
    )  # fmt: skip


def _matrix(ask: Ask) -> Card:
    cells = ask.data.rows(_MATRIX)
    models = [model for model in LABELS if any(cell["model"] == model for cell in cells)]
    models += sorted({cell["model"] for cell in cells} - set(models))
    rows: dict[str, dict[str, object]] = {}
    for cell in cells:
        row = rows.setdefault(cell["dimension_key"], {"dimension_label": cell["dimension_label"]})
        row[cell["model"]] = cell["revenue_reporting"]
    whole = {row["model"]: row["whole"] for row in ask.data.rows(_WHOLE)}
    columns = [Column("dimension_label", N_("Channel"), Kind.WORD)]
    columns += [Column(model, LABELS.get(model, model), Kind.MONEY, "revenue_reporting") for model in models]
    total = {"dimension_label": ask.say(N_("All revenue")), **whole} if whole else None
    return Table(
        "matrix", ask.say(N_("Revenue of each channel under each model")), "marts.mart_attribution_share", columns,
        list(rows.values()), ask.say(N_("No sale has a touch yet.")),
        ask.say(N_("Every model shares out all revenue to the cent, with what nobody can be credited for.")),
        total=total,
    )  # fmt: skip


def _departments(ask: Ask) -> Card:
    rows = ask.data.rows(_DEPARTMENTS, as_of=ask.data.as_of)
    note = ask.say(N_("Deals begun in {month}. Sourced: the first touch was theirs; influenced: any touch was. A deal "
                      "that several influenced counts for each."), month=ask.words.month(rows[0]["month_start"])) \
        if rows else ""  # fmt: skip
    return Table(
        "departments", ask.say(N_("What departments contributed")), "marts.mart_department_contribution",
        [
            Column("department", N_("Department"), Kind.WORD),
            Column("opportunities_sourced", N_("Deals sourced"), Kind.COUNT),
            Column("opportunities_influenced", N_("Deals influenced"), Kind.COUNT),
            Column("won_deals_sourced", N_("Won, sourced"), Kind.COUNT),
            Column("won_deals_influenced", N_("Won, influenced"), Kind.COUNT),
            Column("revenue_sourced_reporting", N_("Revenue sourced"), Kind.MONEY),
            Column("revenue_influenced_reporting", N_("Revenue influenced"), Kind.MONEY),
        ],
        rows, ask.say(N_("No deal has a touch yet.")), note,
    )  # fmt: skip


def _gaps(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_GAPS))
    return Table(
        "gaps", ask.say(N_("What cannot be credited")), "marts.mart_tracking_gap",
        [
            Column("gap", N_("Gap"), Kind.WORD),
            Column("label", N_("What"), Kind.WORD),
            Column("first_on", N_("From"), Kind.DATE),
            Column("last_on", N_("To"), Kind.DATE),
            Column("cost_reporting", N_("Spend"), Kind.MONEY),
            Column("leads", N_("Leads"), Kind.COUNT),
            Column("sessions", N_("Sessions"), Kind.COUNT),
        ],
        rows, ask.say(N_("Every cost and lead can be traced to a campaign.")), more=more,
    )  # fmt: skip
