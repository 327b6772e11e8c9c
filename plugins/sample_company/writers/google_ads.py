"""Google Ads: the daily report of the report editor, and the campaign table of the interface with its totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sample_company.company import EXPONENT, GOOGLE_DE, GOOGLE_US, GOOGLE_VN, Account, Placement
from sample_company.money import month_start
from sample_company.story import ads
from sample_company.world import DAY, MONTHS, World, midnight
from sample_company.writers.output import Counted, Output, csv_line, grouped

DAILY_HEADER = (
    "Day", "Campaign", "Campaign ID", "Campaign type", "Currency code", "Cost", "Impr.", "Clicks",
    "Conversions", "Conv. value",
)  # fmt: skip
UI_HEADER = (
    "Campaign status", "Campaign", "Campaign ID", "Budget", "Budget name", "Budget type", "Status", "Status reasons",
    "Campaign type", "Impr.", "CTR", "Currency code", "Cost", "Clicks", "Conv. rate", "Conversions", "Avg. CPC",
    "Cost / conv.", "Conv. value",
)  # fmt: skip


@dataclass(frozen=True)
class _Style:
    """Bytes of one variant: UTF-16LE tab-separated ("Excel .csv") or UTF-8 comma-separated (".csv")."""

    encoding: str
    delimiter: str
    bom: bytes


TAB_STYLE = _Style("utf-16-le", "\t", b"\xff\xfe")
COMMA_STYLE = _Style("utf-8", ",", b"")
STYLES = {GOOGLE_US: TAB_STYLE, GOOGLE_DE: COMMA_STYLE, GOOGLE_VN: TAB_STYLE}


def write(world: World, output: Output) -> None:
    """Every Google Ads file of the sample."""
    for account in STYLES:
        for export in ads.exports(world):
            write_daily(world, output, account, export)
    write_daily(world, output, GOOGLE_US, ads.late_export(world), note="late: an older export that arrives last")
    for account, first, last in ui_periods(world):
        write_ui(world, output, account, first, last)


def exported_at(export: ads.Export) -> datetime:
    """The instant of a daily export."""
    return midnight(export.exported) + timedelta(hours=6, minutes=12)


def write_daily(world: World, output: Output, account: Account, export: ads.Export, note: str = "") -> Path:
    """One daily report file; the late one carries its own export day but a later mtime."""
    style = STYLES[account]
    made = exported_at(export)
    folder = output.folder(account, made, has_currency=False)
    path = folder / ("Daily campaign report (1).csv" if note else "Daily campaign report.csv")
    arrived = world.exported + DAY if note else made
    with output.writing(path, exported=arrived, note=note) as target:
        target.handle.write(style.bom)
        emit = _emitter(target, style)
        target.text("Daily campaign report\n", style.encoding)
        emit([_range(account, export.first, export.last)], False)
        emit(DAILY_HEADER, False)
        for row in ads.rows(world, account, export):
            emit(_daily_cells(row), True)
    return path


def _emitter(target: Counted, style: _Style) -> Callable[[Sequence[str], bool], None]:
    def emit(cells: Sequence[str], is_row: bool) -> None:
        (target.row if is_row else target.text)(csv_line(cells, style.delimiter), style.encoding)

    return emit


def _range(account: Account, first: date, last: date) -> str:
    """The date range line: American for the US account, British for the others."""
    if account is GOOGLE_US:
        return f"{_american(first)} - {_american(last)}"
    return " - ".join(f"{day.day} {MONTHS[day.month - 1]} {day.year}" for day in (first, last))


def _american(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def _daily_cells(row: ads.AdDay) -> list[str]:
    placement = row.placement
    return [
        row.day.isoformat(),
        placement.campaign,
        placement.campaign_id,
        placement.campaign_type,
        placement.account.currency,
        _cost(row.spend),
        grouped(row.impressions),
        grouped(row.clicks),
        f"{row.conversions:,.2f}",
        grouped(row.value),
    ]


def _cost(amount: Decimal) -> str:
    """Cost is never grouped."""
    return f"{amount:f}"


def ui_periods(world: World) -> list[tuple[Account, date, date]]:
    """The whole months the interface reports cover: the last two finished ones, and the one before the history."""
    closing = month_start(world.end + DAY)
    periods = [(GOOGLE_US, *ads.before_period(world))]
    for account, back in ((GOOGLE_US, 1), (GOOGLE_US, 2), (GOOGLE_DE, 1), (GOOGLE_VN, 1)):
        first = month_start(closing, -back)
        if first >= world.start:
            periods.append((account, first, month_start(first, 1) - DAY))
    return periods


@dataclass
class Sums:
    """The numbers of one campaign, or of a total, over a period."""

    spend: Decimal = Decimal(0)
    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    value: Decimal = Decimal(0)

    def add(self, other: Sums | ads.AdDay) -> None:
        """Add another's numbers."""
        self.spend += other.spend
        self.impressions += other.impressions
        self.clicks += other.clicks
        self.conversions += other.conversions
        self.value += other.value


def period_sums(world: World, account: Account, first: date, last: date) -> list[tuple[Placement, Sums]]:
    """The settled numbers of each campaign of the account over the period."""
    found = []
    for placement in ads.placements(world, account):
        sums = Sums()
        day = first
        while day <= last:
            one = ads.ad_day(world, placement, day)
            if one is not None:
                sums.add(one)
            day += DAY
        found.append((placement, sums))
    return found


def write_ui(world: World, output: Output, account: Account, first: date, last: date) -> None:
    """One campaign table of the interface: a row per campaign for the whole period, then overlapping totals."""
    style = STYLES[account]
    made = world.exported + timedelta(hours=1, minutes=12)
    folder = output.folder(account, made, has_currency=False)
    path = folder / "Campaign report.csv"
    number = sum(one.path.startswith(path.relative_to(output.root).as_posix()[:-4]) for one in output.files)
    if number:
        path = folder / f"Campaign report ({number}).csv"
    rows = period_sums(world, account, first, last)
    totals: dict[str, Sums] = {"Campaigns": Sums(), "Account": Sums()}
    with output.writing(path, exported=made) as target:
        target.handle.write(style.bom)
        emit = _emitter(target, style)
        target.text("Campaign report\n", style.encoding)
        emit([_range(account, first, last)], False)
        emit(UI_HEADER, False)
        for placement, sums in rows:
            emit(_ui_cells(account, placement, sums), True)
            for name in ("Campaigns", "Account", placement.campaign_type):
                totals.setdefault(name, Sums()).add(sums)
        for name, sums in totals.items():
            emit(_ui_cells(account, name, sums), False)


def _ui_cells(account: Account, row: Placement | str, sums: Sums) -> list[str]:
    nothing = " --"
    places = EXPONENT[account.currency]
    spend = sums.spend
    rates = [
        f"{sums.clicks / sums.impressions:.2%}" if sums.impressions else nothing,
        f"{sums.conversions / sums.clicks:.2%}" if sums.clicks else nothing,
        f"{spend / sums.clicks:.{places}f}" if sums.clicks else nothing,
        f"{spend / sums.conversions:.{places}f}" if sums.conversions else nothing,
    ]
    if isinstance(row, str):
        lead = [f"Total: {row}", nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing]
    else:
        budget = f"{round(row.daily_spend, places):.{places}f}"
        lead = [
            "Enabled", row.campaign, row.campaign_id, budget, row.campaign, "Daily", "Eligible", nothing,
            row.campaign_type,
        ]  # fmt: skip
    return [
        *lead, grouped(sums.impressions), rates[0], account.currency, _cost(spend), grouped(sums.clicks), rates[1],
        f"{sums.conversions:,.2f}", rates[2], rates[3], grouped(sums.value),
    ]  # fmt: skip
