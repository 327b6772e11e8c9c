"""What each touch of a deal is credited with under an attribution model, by which rule, and the sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from funnelhouse.commands.query import print_result
from funnelhouse.errors import Verdict
from funnelhouse.publish import reader
from funnelhouse.settings import Settings

COLUMNS = ("opportunity_id", "stage", "model", "position", "touch_id", "touched_at", "campaign", "channel",
           "touch_type", "rule", "weight", "amount_native", "currency", "amount_reporting")  # fmt: skip

WHOLE = {
    "first_touch": ("is_first", "the first touch has all"),
    "last_touch": ("is_last", "the last touch has all"),
    "last_non_direct": ("is_last_non_direct", "the last touch that is not Direct has all"),
}
"""Models that give everything to the touch with one mark."""
SHARED = {
    "position_40_20_40": ({"is_first": "40", "is_last": "40"}, "20"),
    "u_shaped": ({"is_first": "40", "made_the_lead": "40"}, "20"),
    "w_shaped": ({"is_first": "30", "made_the_lead": "30", "is_last_before_deal": "30"}, "10"),
    "full_path": (
        {"is_first": "22.5", "made_the_lead": "22.5", "is_last_before_deal": "22.5", "is_last": "22.5"}, "10",
    ),
}  # fmt: skip
"""Models with milestones: their shares in percent, and that of all other touches together."""
OF_THE_ACCOUNT = "_account"
"""Ends the names of these models where they stand beside themselves with the people of the account."""
SAID = {
    "is_first": "first touch",
    "is_last": "last touch",
    "made_the_lead": "made the lead",
    "is_last_before_deal": "last before the deal",
}


@dataclass(frozen=True)
class Credit:
    """One touch on the path of a deal, or what stands for the lack of one, under one model."""

    model: str
    position: int | None
    touch_id: str
    touched_at: datetime | None
    campaign: str
    channel: str
    touch_type: str | None
    rule: str
    weight: Decimal
    amount_native: Decimal | None
    currency: str | None
    amount_reporting: Decimal | None


def explain_credit(console: Console, settings: Settings, asked: str, model: str, output: str) -> None:
    """Print the credits of a deal. Raises Verdict for an unknown deal, model or format."""
    if output not in ("table", "csv", "json"):
        raise Verdict(f"--format {output!r} is unknown; use table, csv or json")
    with reader.connect(settings) as connection:
        deal = _deal(connection, asked)
        credits = _credits(connection, deal, _models(connection, deal, model))
    if output == "table":
        _print(console, deal, credits)
        return
    rows = [
        (
            deal["opportunity_id"], deal["stage"], one.model, one.position, one.touch_id, one.touched_at, one.campaign,
            one.channel, one.touch_type, one.rule, one.weight, one.amount_native, one.currency, one.amount_reporting,
        )
        for one in credits
    ]  # fmt: skip
    print_result(console, COLUMNS, rows, output)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, *parameters: Any) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, list(parameters))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _deal(connection: duckdb.DuckDBPyConnection, asked: str) -> dict[str, Any]:
    """The one deal of an id, with or without the CRM's name in front; Salesforce's short ids are beginnings of ids."""
    found = _rows(
        connection,
        """select opportunity_id, opportunity_name, status, amount_native, currency, amount_reporting, is_refund,
            case status when 'won' then 'Won' else 'Opportunity' end as stage
        from marts.fct_opportunity
        where opportunity_id = $1 or split_part(opportunity_id, ':', 2) = $1
            or (length($1) = 15 and split_part(opportunity_id, ':', 2)[:15] = $1)
        order by opportunity_id""",
        asked.strip(),
    )
    if not found:
        raise Verdict(
            f"There is no opportunity {asked!r}. Ids are in column opportunity_id: "
            '`funnelhouse query "select opportunity_id, opportunity_name from marts.fct_opportunity"`'
        )
    if len(found) > 1:
        raise Verdict(
            f"{asked!r} is several deals: {', '.join(one['opportunity_id'] for one in found)}. Give one of them"
        )
    if found[0]["is_refund"]:
        raise Verdict(f"{found[0]['opportunity_id']} is a refund: refunds are credited to no touch")
    return found[0]


def _models(connection: duckdb.DuckDBPyConnection, deal: dict[str, Any], asked: str) -> list[str]:
    """The models that are meant. Raises Verdict for one that does not share out deals."""
    known = [row["model"] for row in _rows(
        connection,
        "select distinct model from marts.fct_attribution where conversion_id = $1 and stage = $2 order by model",
        deal["opportunity_id"], deal["stage"],
    )]  # fmt: skip
    other = {*WHOLE, *SHARED, "linear", "time_decay", "shapley", "crm"}
    other |= {name + OF_THE_ACCOUNT for name in other}
    if asked == "all":
        return known
    if asked == "points":
        return [name for name in known if name not in other]
    if asked == "markov":
        raise Verdict(
            "Markov credits channels and campaigns over all journeys, and no touch of one deal: see "
            "`funnelhouse query \"select * from marts.mart_attribution_markov where stage = 'Won'\"`"
        )
    if asked not in known:
        raise Verdict(f"--model {asked!r} is unknown; use points, all or one of {', '.join(known)}")
    return [asked]


def _credits(connection: duckdb.DuckDBPyConnection, deal: dict[str, Any], models: list[str]) -> list[Credit]:
    key = deal["opportunity_id"], deal["stage"]
    touches = _rows(
        connection,
        "select * from marts.fct_conversion_path where conversion_id = $1 and stage = $2 order by position",
        *key,
    )
    credited = {
        (row["model"], row["touch_id"]): row
        for row in _rows(
            connection, "select * from marts.fct_attribution where conversion_id = $1 and stage = $2", *key
        )
    }
    rules: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for row in _rows(
        connection,
        """select model, touch_id, criterion, label, points from marts.fct_influence_points
        where conversion_id = $1 and stage = $2 order by criterion, label""",
        *key,
    ):
        said = f"{row['criterion']} {row['label']}".strip()
        rules.setdefault((row["model"], row["touch_id"]), []).append((said, row["points"]))
    names = {row["campaign_id"]: row["campaign_name"] for row in _rows(
        connection, "select campaign_id, campaign_name from marts.dim_campaign")}  # fmt: skip
    found = []
    for model in models:
        people = next(row["people"] for (name, _), row in credited.items() if name == model)
        path = [touch for touch in touches if touch["people"] in ("both", people)]
        whole = [row for (name, touch), row in credited.items() if name == model and touch in ("(none)", "(crm)")]
        for touch in whole or path:
            row = credited.get((model, touch["touch_id"]), {})
            found.append(Credit(
                model=model,
                position=touch.get("position"),
                touch_id=touch["touch_id"],
                touched_at=touch["touched_at"],
                campaign=names.get(touch["campaign_id"]) or touch["campaign_id"],
                channel=touch["channel"],
                touch_type=touch.get("touch_type"),
                rule=_rule(model, touch, path, rules),
                weight=row.get("weight", Decimal(0)),
                amount_native=row.get("amount_native"),
                currency=row.get("currency"),
                amount_reporting=row.get("amount_reporting"),
            ))  # fmt: skip
    return found


def _rule(
    model: str, touch: dict[str, Any], path: list[dict[str, Any]], rules: dict[tuple[str, str], list[tuple[str, int]]]
) -> str:
    """Why a touch has what it has, in words."""
    base = model.removesuffix(OF_THE_ACCOUNT)
    if touch["touch_id"] == "(none)":
        return "no touch is known"
    if touch["touch_id"] == "(crm)":
        return "the CRM names it"
    if base in WHOLE:
        mark, said = WHOLE[base]
        return said if touch[mark] else "-"
    if base in SHARED:
        milestones, rest = SHARED[base]
        reached = [f"{SAID[mark]} {share}" for mark, share in milestones.items() if touch[mark]]
        others = sum(not any(one[mark] for mark in milestones) for one in path)
        return " + ".join(reached) or f"one of {others} others that share {rest}"
    if base == "linear":
        return f"one of {len(path)} touches"
    if base == "time_decay":
        return f"{touch['days_before']:.1f} days before"
    if base == "shapley":
        players = {_player(one) for one in path}
        same = sum(_player(one) == _player(touch) for one in path)
        return f"one of {len(players)} campaigns" + (f", which has {same} touches" if same > 1 else "")
    sums = [max(sum(points for _, points in rules.get((model, one["touch_id"]), [])), 0) for one in path]
    holding = rules.get((model, touch["touch_id"]), [])
    said = ", ".join(f"{rule} {points:+d}" for rule, points in holding) or "no rule holds"
    if not any(sums):
        return f"{said}; no touch has points: all count the same"
    own = max(sum(points for _, points in holding), 0)
    return f"{said}: {own} of {sum(sums)} points"


def _player(touch: dict[str, Any]) -> str:
    return str(touch["channel"] if touch["campaign_id"] == "(none)" else touch["campaign_id"])


def _print(console: Console, deal: dict[str, Any], credits: list[Credit]) -> None:
    name = escape(str(deal["opportunity_name"] or ""))
    amount = _money(deal["amount_native"], deal["currency"])
    console.print(f"[bold]{escape(deal['opportunity_id'])}[/] {name}", highlight=False)
    console.print(f"{deal['status']}, {'no amount' if amount == '-' else amount}", highlight=False)
    credited = {"Won": "the sale", "Opportunity": "the deal being begun"}[deal["stage"]]
    for model in dict.fromkeys(credit.model for credit in credits):
        rows = [credit for credit in credits if credit.model == model]
        console.print(f"\n[bold]{escape(model)}[/] credits {credited}:", highlight=False)
        table = Table(header_style="bold", box=None, pad_edge=False, show_footer=True)
        amounts = [row.amount_native for row in rows if row.amount_native is not None]
        table.add_column("share", justify="right", footer=f"{sum(row.weight for row in rows) * 100:.1f} %")
        table.add_column(
            "amount", justify="right", footer=_money(sum(amounts, Decimal(0)), deal["currency"]) if amounts else "-"
        )
        table.add_column("touched at (UTC)", no_wrap=True, footer="the sum")
        table.add_column("touch, and the rule", overflow="fold")
        for row in rows:
            said = ", ".join(dict.fromkeys(filter(None, (row.campaign, row.channel, row.touch_type))))
            table.add_row(
                f"{row.weight * 100:.1f} %",
                _money(row.amount_native, row.currency),
                f"{row.touched_at:%Y-%m-%d %H:%M}" if row.touched_at else "-",
                f"{escape(said)}\n[dim]{escape(row.rule)}[/]",
            )
        console.print(table)


def _money(amount: Decimal | None, currency: str | None) -> str:
    return "-" if amount is None else f"{amount:,.4f}".removesuffix("00") + f" {currency or ''}".rstrip()
