"""What does each channel cost and bring?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from funnelhouse.pages.ask import SHOWN, Ask, matching
from funnelhouse.pages.content.periods import period_choice
from funnelhouse.pages.parts import N_, Card, Chart, Choice, Column, Kind, Page, Table

MARTS = ("mart_period_comparison", "mart_channel_ranking", "fct_email_campaign", "fct_search_performance",
         "mart_landing_page")  # fmt: skip
METRICS = (
    "spend", "impressions", "clicks", "ctr", "cpc", "cpm", "sessions", "leads", "mqls", "won_deals", "new_customers",
    "revenue", "roas", "cost_per_lead", "cost_per_customer",
)  # fmt: skip
BRIEF = ("spend", "leads", "new_customers", "revenue", "cost_per_customer", "roas")
KINDS = {"ctr": Kind.RATE, "cpc": Kind.MONEY, "cpm": Kind.MONEY, "spend": Kind.MONEY, "revenue": Kind.MONEY,
         "roas": Kind.RATIO, "cost_per_lead": Kind.MONEY, "cost_per_customer": Kind.MONEY}  # fmt: skip
NAMES = {
    "spend": N_("Spend"), "impressions": N_("Impressions"), "clicks": N_("Clicks"), "ctr": N_("Click-through rate"),
    "cpc": N_("Cost per click"), "cpm": N_("Cost per 1,000 impressions"), "sessions": N_("Sessions"),
    "leads": N_("Leads"), "mqls": N_("MQLs"), "won_deals": N_("Won deals"), "new_customers": N_("New customers"),
    "revenue": N_("Revenue"), "roas": N_("ROAS"), "cost_per_lead": N_("Cost per lead"),
    "cost_per_customer": N_("Cost per customer"),
}  # fmt: skip

_VALUES = ", ".join(f"max(value) filter (where metric = '{metric}') as {metric}" for metric in METRICS)
_SCOPES = f"""
    with numbers as (
        select scope_id, scope_label, metric, value
        from marts.mart_period_comparison
        where scope_type = $scope and period_type = $kind and period_start = $start
            and metric in (select unnest($metrics)) and ($ids is null or scope_id in (select unnest($ids)))
    ),

    -- Only the rows that are shown are put together from their metrics: there may be thousands of campaigns.
    largest as (
        select scope_id, any_value(scope_label) as scope_label, count(*) over () as scopes,
            coalesce(max(value) filter (where metric = 'spend'), 0) as size
        from numbers
        group by scope_id
        order by size desc, scope_label, scope_id
        limit $most
    )

    select
        numbers.scope_id, any_value(largest.scope_label) as scope_label, any_value(largest.scopes) as scopes, {_VALUES}
    from numbers
    inner join largest on numbers.scope_id = largest.scope_id
    group by numbers.scope_id
    order by any_value(largest.size) desc, scope_label, numbers.scope_id
"""
_LABELS = """
    select distinct scope_id, scope_label
    from marts.mart_period_comparison
    where scope_type = 'campaign' and period_type = $kind and period_start = $start
"""
ALL = 2**31
_TREND = """
    select period_start, not bool_and(is_complete) as is_open, {columns}
    from marts.mart_period_comparison
    where period_type = 'month' and metric = $metric and scope_type = 'channel' and scope_id in (select unnest($names))
    group by period_start
    order by period_start desc
    limit 13
"""
_RANKING = """
    select channel, leads, opportunities, won_deals, revenue_reporting, average_ticket, mean_cycle_days, win_rate,
        cost_reporting, cost_per_lead, cost_per_won, roi, revenue_rank,
        case when is_low_n then 'few_deals' end as caution
    from marts.mart_channel_ranking
    where model = 'linear'
    order by revenue_rank nulls last, revenue_reporting desc, channel
"""
_EMAIL = """
    select send_name, sent_on, sent, delivered, bounce_rate, click_rate, ctor, open_rate, unsubscribe_rate, orders,
        revenue_reporting, case when is_low_n then 'few_cases' end as caution
    from marts.fct_email_campaign
    where sent_on between $start and $end
    order by sent_on desc, send_name, send_id
"""
_SEARCH = """
    select query, page, clicks, impressions, click_rate, average_position, period_start
    from marts.fct_search_performance
    where cut in ('query', 'page') and not is_daily
    order by clicks desc, query, page
"""
_LANDING = """
    select landing_page, channel, sessions, engagement_rate, leads, lead_rate, key_events, period_start
    from marts.mart_landing_page
    where period_kind = 'month' and period_start = (
        select max(period_start) from marts.mart_landing_page where period_kind = 'month' and period_end <= $as_of
    )
    order by sessions desc, landing_page, channel
"""


def build(ask: Ask) -> Page:
    """Channels of a period, their trend, their deals, e-mail sends, searches and landing pages."""
    period, choice = period_choice(ask)
    names = [row["scope_label"] for row in _pivoted(ask, "channel", period)]
    chosen = [name for name in ask.filters.many("channel") if name in names]
    choices = [
        choice,
        Choice("channel", ask.say(N_("Channel")), [(name, name) for name in names], chosen, several=True),
        Choice("campaign", ask.say(N_("Campaign")), chosen=ask.filters.many("campaign")[:1]),
    ]
    cards = [
        ask.tried("channels", N_("Channels"), lambda: channel_table(ask, period, chosen)),
        ask.tried("trend", N_("Leads by month"), lambda: _trend(ask, chosen or names)),
        ask.tried("ranking", N_("Which channel gives sales the best results"), lambda: _ranking(ask, chosen)),
        ask.tried("campaigns", N_("Campaigns of the period"), lambda: _campaigns(ask, period)),
        ask.tried("email", N_("E-mail"), lambda: _email(ask, period)),
        ask.tried("search", N_("Search"), lambda: _search(ask)),
        ask.tried("landing", N_("Landing pages"), lambda: _landing(ask)),
    ]
    return Page(cards, choices, MARTS)


def _pivoted(
    ask: Ask, scope: str, period: dict[str, Any], ids: list[str] | None = None, most: int = ALL
) -> list[dict[str, Any]]:
    """A row per channel or campaign with each metric, the largest spend first; `scopes` is how many rows there are."""
    return ask.data.rows(
        _SCOPES, scope=scope, kind=period["period_type"], start=period["period_start"], metrics=list(METRICS), ids=ids,
        most=most,
    )  # fmt: skip


def _columns(first: str, metrics: Sequence[str] = METRICS) -> list[Column]:
    columns = [Column("scope_label", first, Kind.WORD)]
    for metric in metrics:
        columns.append(Column(metric, NAMES[metric], KINDS.get(metric, Kind.COUNT), "value", bar=metric == "spend"))
    return columns


def short_table(ask: Ask, period: dict[str, Any]) -> Card:
    """The channels with most customers, in few columns."""
    rows = sorted(
        _pivoted(ask, "channel", period), key=lambda row: (-(row.get("new_customers") or 0), row["scope_label"])
    )
    rows, more = ask.shown(rows, len(BRIEF))
    return Table(
        "channels", ask.say(N_("Channels with most new customers")), "marts.mart_period_comparison",
        _columns(N_("Channel"), BRIEF), rows, ask.say(N_("No channel has numbers in this period.")), period["name"],
        more=more,
    )  # fmt: skip


def channel_table(ask: Ask, period: dict[str, Any], chosen: list[str]) -> Card:
    """All channels of a period with the company's own row as the whole."""
    rows = [row for row in _pivoted(ask, "channel", period) if not chosen or row["scope_label"] in chosen]
    whole = next(iter(_pivoted(ask, "company", period)), None)
    total = {**whole, "scope_label": ask.say(N_("Whole company"))} if whole and not chosen else None
    return Table(
        "channels", ask.say(N_("Channels")), "marts.mart_period_comparison", _columns(N_("Channel")), rows,
        ask.say(N_("No channel has numbers in this period.")), period["name"], total=total,
        chart=Chart("bars", "scope_label", ["leads", "new_customers"]),
    )  # fmt: skip


def _campaigns(ask: Ask, period: dict[str, Any]) -> Card:
    ids = None
    if text := ask.filters.one("campaign"):
        labels = ask.data.rows(_LABELS, kind=period["period_type"], start=period["period_start"])
        ids = [row["scope_id"] for row in matching(labels, text, "scope_label")]
    rows = _pivoted(ask, "campaign", period, ids, ALL if ask.all_rows else SHOWN)
    more = rows[0]["scopes"] if rows and rows[0]["scopes"] > len(rows) else None
    return Table(
        "campaigns", ask.say(N_("Campaigns of the period")), "marts.mart_period_comparison",
        _columns(N_("Campaign")), rows, ask.say(N_("No campaign has numbers in this period.")), period["name"],
        more=more,
    )  # fmt: skip


def _trend(ask: Ask, names: list[str]) -> Card:
    # The script would draw more than six lines on top of each other.
    ids = {row["scope_label"]: row["scope_id"] for row in ask.data.rows(
        """select scope_id, scope_label, sum(value) as leads from marts.mart_period_comparison
        where scope_type = 'channel' and metric = 'leads' and period_type = 'month'
        group by all order by leads desc, scope_label"""
    )}  # fmt: skip
    shown = [name for name in ids if name in names][:6]
    columns = ", ".join(f"max(value) filter (where scope_id = $c{place}) as c{place}" for place in range(len(shown)))
    bound = {f"c{place}": ids[name] for place, name in enumerate(shown)}
    rows = ask.data.rows(
        _TREND.format(columns=columns or "null as c0"), metric="leads", names=[ids[name] for name in shown], **bound
    )
    return Table(
        "trend", ask.say(N_("Leads by month")), "marts.mart_period_comparison",
        [Column("period_start", N_("Month"), Kind.MONTH),
         *(Column(f"c{place}", name, Kind.COUNT, "value") for place, name in enumerate(shown))],
        list(reversed(rows)), ask.say(N_("No month is known yet.")),
        ask.say(N_("The six channels with most leads, or those chosen above.")),
        chart=Chart("lines", "period_start", [f"c{place}" for place in range(len(shown))], open_row="is_open"),
        folded=True,
    )  # fmt: skip


def _ranking(ask: Ask, chosen: list[str]) -> Card:
    rows = [row for row in ask.data.rows(_RANKING) if not chosen or row["channel"] in chosen]
    return Table(
        "ranking", ask.say(N_("Which channel gives sales the best results")), "marts.mart_channel_ranking",
        [
            Column("revenue_rank", N_("Rank"), Kind.COUNT),
            Column("channel", N_("Channel"), Kind.WORD),
            Column("leads", N_("Leads"), Kind.NUMBER),
            Column("opportunities", N_("Deals"), Kind.NUMBER),
            Column("won_deals", N_("Won deals"), Kind.NUMBER),
            Column("win_rate", N_("Win rate"), Kind.RATE),
            Column("mean_cycle_days", N_("Days to the sale"), Kind.DAYS),
            Column("average_ticket", N_("Average ticket"), Kind.MONEY),
            Column("revenue_reporting", N_("Revenue"), Kind.MONEY, bar=True),
            Column("cost_reporting", N_("Cost"), Kind.MONEY),
            Column("cost_per_lead", N_("Cost per lead"), Kind.MONEY),
            Column("cost_per_won", N_("Cost per won deal"), Kind.MONEY),
            Column("roi", N_("ROI"), Kind.RATE),
            Column("caution", N_("Caution"), Kind.WORD, "", tone="caution"),
        ],
        rows, ask.say(N_("No sale has a touch yet.")),
        ask.say(N_("All deals so far, shared out among all touches before them. Page Attribution has other models. A "
                   "channel with too few deals has no rank.")),
    )  # fmt: skip


def _email(ask: Ask, period: dict[str, Any]) -> Card:
    rows = ask.data.rows(_EMAIL, start=period["period_start"], end=period["period_end"])
    rows, more = ask.shown(matching(rows, ask.filters.one("campaign"), "send_name"))
    return Table(
        "email", ask.say(N_("E-mail")), "marts.fct_email_campaign",
        [
            Column("send_name", N_("Send")),
            Column("sent_on", N_("Sent on"), Kind.DATE),
            Column("sent", N_("Sent"), Kind.COUNT),
            Column("delivered", N_("Delivered"), Kind.COUNT),
            Column("bounce_rate", N_("Bounce rate"), Kind.RATE),
            Column("click_rate", N_("Click rate"), Kind.RATE),
            Column("ctor", N_("CTOR"), Kind.RATE),
            Column("open_rate", N_("Open rate"), Kind.RATE),
            Column("unsubscribe_rate", N_("Unsubscribe rate"), Kind.RATE),
            Column("orders", N_("Orders"), Kind.COUNT),
            Column("revenue_reporting", N_("Revenue"), Kind.MONEY),
            Column("caution", N_("Caution"), Kind.WORD, "", tone="caution"),
        ],
        rows, ask.say(N_("Nothing was sent in this period.")),
        ask.say(N_("Mail programs that open mails by themselves make open rates and CTOR unsure; go by clicks.")),
        more=more,
    )  # fmt: skip


def _search(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_SEARCH))
    return Table(
        "search", ask.say(N_("Search")), "marts.fct_search_performance",
        [
            Column("query", N_("Searched for")),
            Column("page", N_("Page")),
            Column("clicks", N_("Clicks"), Kind.COUNT),
            Column("impressions", N_("Impressions"), Kind.COUNT),
            Column("click_rate", N_("Click-through rate"), Kind.RATE),
            Column("average_position", N_("Average position"), Kind.DAYS),
        ],
        rows, ask.say(N_("No export of a search console was loaded.")), more=more,
    )  # fmt: skip


def _landing(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_LANDING, as_of=ask.data.as_of))
    return Table(
        "landing", ask.say(N_("Landing pages")), "marts.mart_landing_page",
        [
            Column("landing_page", N_("Page")),
            Column("channel", N_("Channel"), Kind.WORD),
            Column("sessions", N_("Sessions"), Kind.COUNT, bar=True),
            Column("engagement_rate", N_("Engaged"), Kind.RATE),
            Column("leads", N_("Leads"), Kind.COUNT),
            Column("lead_rate", N_("Leads of sessions"), Kind.RATE),
            Column("key_events", N_("Key events"), Kind.NUMBER),
        ],
        rows, ask.say(N_("No export with landing pages was loaded.")), more=more,
    )  # fmt: skip
