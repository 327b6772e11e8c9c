"""Meta Ads Manager: daily campaign CSVs, one of them in Spanish, some with a grand-total row."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from sample_company.company import META_EU, META_VN, Account
from sample_company.story import ads
from sample_company.world import World, midnight
from sample_company.writers.output import Output, spaced_line

_SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def header(currency: str) -> tuple[str, ...]:
    """The English labels."""
    return (
        "Campaign name", "Campaign ID", "Day", "Campaign delivery", "Attribution setting", "Results",
        "Result indicator", "Reach", "Impressions", "Cost per results", f"Amount spent ({currency})", "Link clicks",
        "Clicks (all)", "Purchases", "Purchases conversion value", "Reporting starts", "Reporting ends",
    )  # fmt: skip


def header_es(currency: str) -> tuple[str, ...]:
    """The Spanish labels of the smaller Spanish report."""
    return (
        "Nombre de la campaña", "Identificador de la campaña", "Día", "Alcance", "Impresiones",
        f"Importe gastado ({currency})", "Clics en el enlace", "Compras", "Valor de conversión de compras",
        "Inicio del informe", "Fin del informe",
    )  # fmt: skip


def write(world: World, output: Output) -> None:
    """The daily exports of both accounts; the second-last of the European account is Spanish."""
    for account in (META_EU, META_VN):
        made = ads.exports(world)
        for index, export in enumerate(made):
            spanish = account is META_EU and index == len(made) - 2
            _write_one(world, output, account, export, spanish=spanish, total=index % 2 == 0)


def exported_at(export: ads.Export) -> datetime:
    """The instant of an export."""
    return midnight(export.exported) + timedelta(hours=7, minutes=5)


def _write_one(
    world: World, output: Output, account: Account, export: ads.Export, *, spanish: bool, total: bool
) -> None:
    made = exported_at(export)
    folder = output.folder(account, made, has_currency=False)
    name = f"{account.name.replace(' ', '-')}-Campaigns-{_day(export.first)}{_day(export.last)}.csv"
    labels = (header_es if spanish else header)(account.currency)
    cells = _cells_es if spanish else _cells
    spent, shown = Decimal(0), 0
    with output.writing(folder / name, exported=made) as target:
        if account is META_EU:
            target.handle.write(b"\xef\xbb\xbf")
        target.text(spaced_line(labels))
        for row in ads.rows(world, account, export):
            target.row(spaced_line(cells(row)))
            spent += row.spend
            shown += row.impressions
        if total and not spanish:
            target.text(spaced_line(_total(labels, account.currency, spent, shown, export)))


def _day(day: date) -> str:
    return f"{day.day}-{_SHORT_MONTHS[day.month - 1]}-{day.year}"


def _count(value: object) -> str:
    """Meta leaves zero counts blank."""
    return str(value) if value else ""


def _cells(row: ads.AdDay) -> list[str]:
    per_result = f"{row.spend / row.conversions:.8f}" if row.conversions else ""
    return [
        row.placement.campaign, row.placement.campaign_id, row.day.isoformat(), "active",
        "7-day click or 1-day view", _count(row.conversions),
        "actions:offsite_conversion.fb_pixel_purchase" if row.conversions else "", _count(row.reach),
        str(row.impressions), per_result, f"{row.spend:f}", _count(row.clicks), _count(row.clicks * 13 // 10),
        _count(row.conversions), f"{row.value:f}" if row.conversions else "", row.day.isoformat(),
        row.day.isoformat(),
    ]  # fmt: skip


def _cells_es(row: ads.AdDay) -> list[str]:
    return [
        row.placement.campaign, row.placement.campaign_id, row.day.isoformat(), _count(row.reach),
        str(row.impressions), f"{row.spend:f}", _count(row.clicks), _count(row.conversions),
        f"{row.value:f}" if row.conversions else "", row.day.isoformat(), row.day.isoformat(),
    ]  # fmt: skip


def _total(labels: tuple[str, ...], currency: str, spent: Decimal, shown: int, export: ads.Export) -> list[str]:
    """The grand total that stands last: names and ids blank."""
    known = {
        f"Amount spent ({currency})": f"{spent:f}",
        "Impressions": str(shown),
        "Reporting starts": export.first.isoformat(),
        "Reporting ends": export.last.isoformat(),
    }
    return [known.get(label, "") for label in labels]
