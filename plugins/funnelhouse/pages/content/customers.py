"""Who is worth keeping?"""

from __future__ import annotations

from funnelhouse.pages.ask import Ask
from funnelhouse.pages.parts import N_, Card, Chart, Choice, Column, Grid, Kind, Note, Page, Table, Tile, Tiles
from funnelhouse.pages.say import write

MARTS = ("mart_retention", "mart_retention_cohort", "mart_pareto", "mart_customer_value", "mart_churn",
         "mart_upsell_signal", "mart_customer_value_cohort")  # fmt: skip
AGES = 13
"""Columns of the cohort table: the first month and a year."""

_BASES = "select distinct basis from marts.mart_retention order by basis desc"
_MONTHS = """
    select period_start, customers_start, customers_joined, customers_lost, customers_end, retention_rate, churn_rate,
        mrr_start, mrr_expanded, mrr_contracted, mrr_churned, net_revenue_retention, not is_complete as is_open,
        revenue_churn_rate
    from marts.mart_retention
    where period_grain = 'month' and basis = $basis
    order by period_start desc
    limit 13
"""
_COHORTS = """
    select cohort_month, months_since, customers, retention_rate, is_low_n
    from marts.mart_retention_cohort
    where basis = $basis and is_complete and months_since < $ages
        and cohort_month > (select max(cohort_month) from marts.mart_retention_cohort) - interval 18 month
    order by cohort_month desc, months_since
"""
_PARETO = """
    select value_rank, entity_name, value, cumulative_share, abc_class, top20_share, pct_for_80, entities
    from marts.mart_pareto
    where dimension = 'customer' and period_grain = 'all' and is_ranked
    order by value_rank, entity_name
"""
_CHANNELS = """
    select cohort_month, window_days, customers, customers_observed, average_revenue, average_profit, average_net_value,
        case when is_low_n then 'few_cases' end as caution
    from marts.mart_customer_value_cohort
    where window_days = 365 and is_mature
    order by cohort_month desc
    limit 13
"""
_CHURN = """
    select dimension_value, customers_start, customers_lost, churn_rate, mrr_lost, month_start,
        case when is_low_n then 'few_cases' end as caution
    from marts.mart_churn
    where basis = $basis and dimension = 'channel' and is_complete and month_start = (
        select max(month_start) from marts.mart_churn where basis = $basis and is_complete
    )
    order by customers_lost desc, dimension_value
"""
_SIGNALS = """
    select signals.week_start, accounts.account_name, signals.signal, signals.signals, signals.rep_name,
        signals.last_signal_on, case when signals.is_follow_up_open then 'behind' end as follow_up
    from marts.mart_upsell_signal as signals
    left join marts.dim_account as accounts on signals.customer_id = accounts.account_id
    order by signals.week_start desc, accounts.account_name, signals.signal
"""


def build(ask: Ask) -> Page:
    """Who stays, what they pay, who brings most, and who could buy more."""
    bases = [row["basis"] for row in ask.data.rows(_BASES)]
    basis = ask.filters.known("scope", bases, next(iter(bases), "subscription"))
    cards = [
        ask.tried("now", N_("The last whole month"), lambda: _tiles(ask, basis)),
        ask.tried("months", N_("Customers by month"), lambda: _months(ask, basis)),
        ask.tried("cohorts", N_("Who stays"), lambda: _cohorts(ask, basis)),
        ask.tried("pareto", N_("Who brings most"), lambda: _pareto(ask)),
        ask.tried("share", N_("Does 80/20 hold?"), lambda: _sentence(ask)),
        ask.tried("value", N_("What a customer brings in the first year"), lambda: _value(ask)),
        ask.tried("churn", N_("Who left, by channel"), lambda: _churn(ask, basis)),
        ask.tried("signals", N_("Who could buy more"), lambda: _signals(ask)),
    ]
    values = [(one, ask.say(KINDS[one]) if one in KINDS else one) for one in bases]
    return Page(cards, [Choice("scope", ask.say(N_("Customers by")), values, [basis])], MARTS)


KINDS = {"subscription": N_("subscriptions"), "orders": N_("orders")}


def _tiles(ask: Ask, basis: str) -> Card:
    rows = [row for row in ask.data.rows(_MONTHS, basis=basis) if not row["is_open"]]
    source = "marts.mart_retention"
    if not rows:
        return Tiles("now", ask.say(N_("The last whole month")), [])
    now, before = rows[0], rows[1] if len(rows) > 1 else {}
    asked = [
        ("customers_end", N_("Customers"), Kind.COUNT, "up"),
        ("customers_joined", N_("New customers"), Kind.COUNT, "up"),
        ("mrr_start", N_("MRR at the start"), Kind.MONEY, "up"), ("churn_rate", N_("Churn"), Kind.RATE, "down"),
        ("revenue_churn_rate", N_("Revenue churn"), Kind.RATE, "down"),
        ("net_revenue_retention", N_("Net revenue retention"), Kind.RATE, "up"),
    ]  # fmt: skip
    return Tiles(
        "now", ask.words.month(now["period_start"]),
        [
            Tile(ask.say(label), kind, now[key], source, key, before=before.get(key), good=good,
                 trend=[None if row[key] is None else float(row[key]) for row in reversed(rows)])
            for key, label, kind, good in asked
        ],
        ask.say(N_("before: {month}"), month=ask.words.month(before.get("period_start"))),
    )  # fmt: skip


def _months(ask: Ask, basis: str) -> Card:
    rows = list(reversed(ask.data.rows(_MONTHS, basis=basis)))
    return Table(
        "months", ask.say(N_("Customers by month")), "marts.mart_retention",
        [
            Column("period_start", N_("Month"), Kind.MONTH),
            Column("customers_start", N_("At the start"), Kind.COUNT),
            Column("customers_joined", N_("Joined"), Kind.COUNT),
            Column("customers_lost", N_("Left"), Kind.COUNT),
            Column("customers_end", N_("At the end"), Kind.COUNT),
            Column("churn_rate", N_("Churn"), Kind.RATE),
            Column("mrr_start", N_("MRR at the start"), Kind.MONEY),
            Column("mrr_expanded", N_("Expansion"), Kind.MONEY),
            Column("mrr_contracted", N_("Contraction"), Kind.MONEY),
            Column("mrr_churned", N_("Churned MRR"), Kind.MONEY),
            Column("net_revenue_retention", N_("Net revenue retention"), Kind.RATE),
        ],
        rows, ask.say(N_("No customer is known yet.")),
        chart=Chart("combined", "period_start", ["customers_end", "churn_rate"], lines=["churn_rate"],
                    open_row="is_open"), folded=True,
    )  # fmt: skip


def _cohorts(ask: Ask, basis: str) -> Card:
    cohorts: dict[object, dict[int, dict[str, object]]] = {}
    for row in ask.data.rows(_COHORTS, basis=basis, ages=AGES):
        cohorts.setdefault(row["cohort_month"], {})[row["months_since"]] = row
    rows = [
        (
            ask.words.month(month),  # type: ignore[arg-type]
            ask.words.number(cells[min(cells)]["customers"]),  # type: ignore[arg-type]
            [
                {"text": write(Kind.RATE, cells[age]["retention_rate"], ask.words) if age in cells else "",
                 "raw": cells[age]["retention_rate"] if age in cells else None,
                 "is_low": bool(cells[age]["is_low_n"]) if age in cells else False}
                for age in range(AGES)
            ],
        )
        for month, cells in cohorts.items()
    ]  # fmt: skip
    return Grid(
        "cohorts", ask.say(N_("Who stays")), "marts.mart_retention_cohort", "retention_rate",
        [str(age) for age in range(AGES)], rows, (ask.say(N_("Joined in")), ask.say(N_("Customers"))),
        ask.say(N_("No customer is known yet.")),
        ask.say(N_("Share of those who joined in a month that are customers so many months later. Pale: fewer than {n} "
                   "customers, so chance decides much."), n=30),
    )  # fmt: skip


def _pareto(ask: Ask) -> Card:
    rows = ask.data.rows(_PARETO)
    rows, more = ask.shown(rows, 20)
    return Table(
        "pareto", ask.say(N_("Who brings most")), "marts.mart_pareto",
        [
            Column("value_rank", N_("Rank"), Kind.COUNT),
            Column("entity_name", N_("Customer")),
            Column("value", N_("Revenue"), Kind.MONEY, bar=True),
            Column("cumulative_share", N_("Share up to here"), Kind.RATE),
            Column("abc_class", N_("Class")),
        ],
        rows, ask.say(N_("No customer is known yet.")), more=more,
        chart=Chart("combined", "value_rank", ["value", "cumulative_share"], lines=["cumulative_share"]),
        folded=True,
    )  # fmt: skip


def _sentence(ask: Ask) -> Card:
    row = ask.data.row(_PARETO + " limit 1")
    lines = []
    if row.get("top20_share") is not None:
        lines.append(
            ask.say(
                N_("The first fifth of {n} customers brings {share} of the revenue; {part} of them bring four fifths."),
                n=ask.words.number(row["entities"]), share=ask.words.share(row["top20_share"]),
                part=ask.words.share(row["pct_for_80"]),
            )
        )  # fmt: skip
        holds = row["top20_share"] >= 0.8
        lines.append(
            ask.say(N_("So 80/20 holds.")) if holds else ask.say(N_("So 80/20 does not hold: revenue is spread wider."))
        )
    return Note("share", ask.say(N_("Does 80/20 hold?")), lines or [ask.say(N_("Fewer than five customers: unknown."))],
                "marts.mart_pareto")  # fmt: skip


def _value(ask: Ask) -> Card:
    return Table(
        "value", ask.say(N_("What a customer brings in the first year")), "marts.mart_customer_value_cohort",
        [
            Column("cohort_month", N_("Joined in"), Kind.MONTH),
            Column("customers", N_("Customers"), Kind.COUNT),
            Column("average_revenue", N_("Revenue each"), Kind.MONEY),
            Column("average_profit", N_("Profit each"), Kind.MONEY),
            Column("average_net_value", N_("Less what winning them cost"), Kind.MONEY),
            Column("caution", N_("Caution"), Kind.WORD, "", tone="caution"),
        ],
        list(reversed(ask.data.rows(_CHANNELS))), ask.say(N_("No customer was followed for a year yet.")),
        chart=Chart("columns", "cohort_month", ["average_revenue", "average_net_value"]), folded=True,
    )  # fmt: skip


def _churn(ask: Ask, basis: str) -> Card:
    rows = ask.data.rows(_CHURN, basis=basis)
    note = ask.words.month(rows[0]["month_start"]) if rows else ""
    return Table(
        "churn", ask.say(N_("Who left, by channel")), "marts.mart_churn",
        [
            Column("dimension_value", N_("Channel"), Kind.WORD),
            Column("customers_start", N_("At the start"), Kind.COUNT),
            Column("customers_lost", N_("Left"), Kind.COUNT),
            Column("churn_rate", N_("Churn"), Kind.RATE),
            Column("mrr_lost", N_("Lost MRR"), Kind.MONEY),
            Column("caution", N_("Caution"), Kind.WORD, "", tone="caution"),
        ],
        rows, ask.say(N_("No whole month with customers is known yet.")), note,
    )  # fmt: skip


def _signals(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_SIGNALS))
    return Table(
        "signals", ask.say(N_("Who could buy more")), "marts.mart_upsell_signal",
        [
            Column("week_start", N_("Week of"), Kind.DATE),
            Column("account_name", N_("Customer")),
            Column("signal", N_("Signal"), Kind.WORD),
            Column("signals", N_("Times"), Kind.COUNT),
            Column("last_signal_on", N_("Last on"), Kind.DATE),
            Column("rep_name", N_("Sales representative"), Kind.WORD),
            Column("follow_up", N_("Follow-up"), Kind.WORD, "", tone="follow_up"),
        ],
        rows, ask.say(N_("No customer gave a sign lately.")), more=more,
    )  # fmt: skip
