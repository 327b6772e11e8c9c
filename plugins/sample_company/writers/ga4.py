"""GA4: the traffic acquisition report by channel group and date, one property with a Spanish preamble."""

from __future__ import annotations

from datetime import timedelta

from sample_company.company import GA4_LATAM, GA4_MAIN, Account
from sample_company.story import ads, web
from sample_company.world import World, midnight
from sample_company.writers.output import Output, csv_line

HEADER = (
    "Session primary channel group (Default Channel Group)", "Date", "Users", "Sessions", "Engaged sessions",
    "Average engagement time per session", "Engaged sessions per user", "Events per session", "Engagement rate",
    "Event count", "Key events", "Session key event rate", "Total revenue",
)  # fmt: skip
_END = "\r\n"
_RULE = "# ----------------------------------------"


def write(world: World, output: Output) -> None:
    """The exports of both properties."""
    for account in (GA4_MAIN, GA4_LATAM):
        for export in ads.exports(world):
            _write_one(world, output, account, export)


def _preamble(account: Account, export: ads.Export) -> list[str]:
    first, last = f"{export.first:%Y%m%d}", f"{export.last:%Y%m%d}"
    if account is GA4_LATAM:
        return [
            _RULE, "# Adquisición de tráfico", "# Exportar informe en formato CSV", "# Cuenta: Brightloom",
            f"# Propiedad: {account.name}", _RULE, "# ", "# Todos los usuarios", f"# Fecha de inicio: {first}",
            f"# Fecha de finalización: {last}",
        ]  # fmt: skip
    return [
        _RULE, "# Traffic acquisition", "# Report CSV Export", "# Account: Brightloom", f"# Property: {account.name}",
        _RULE, "# ", "# All Users", f"# Start date: {first}", f"# End date: {last}",
    ]  # fmt: skip


def _write_one(world: World, output: Output, account: Account, export: ads.Export) -> None:
    at = midnight(export.exported) + timedelta(hours=13)
    folder = output.folder(account, at)
    name = "Traffic_acquisition_Session_primary_channel_group_(Default_Channel_Group).csv"
    with output.writing(folder / name, exported=at) as target:
        for line in _preamble(account, export):
            target.text(line + _END)
        target.text(csv_line(HEADER, end=_END))
        for final in web.web_days(world, account, export.first, export.last):
            row = final if export.is_final(final.day) else web.first_reported(final)
            target.row(csv_line(_cells(row), end=_END))


def _cells(row: web.WebDay) -> list[str]:
    return [
        row.channel_group, f"{row.day:%Y%m%d}", str(row.users), str(row.sessions), str(row.engaged),
        repr(round(row.seconds / row.sessions, 12)), repr(round(row.engaged / row.users, 12)),
        repr(round(row.events / row.sessions, 12)), repr(round(row.engaged / row.sessions, 12)), str(row.events),
        str(row.key_events), repr(round(row.key_events / row.sessions, 12)), f"{row.revenue:f}",
    ]  # fmt: skip
