"""Microsoft Advertising: the scheduled daily campaign report with its preamble, row count and copyright line."""

from __future__ import annotations

from datetime import date, timedelta

from sample_company.company import MICROSOFT
from sample_company.story import ads
from sample_company.world import World, midnight
from sample_company.writers.output import Output, quoted_line

HEADER = (
    "TimePeriod", "AccountName", "AccountId", "CampaignName", "CampaignId", "CampaignType", "CurrencyCode",
    "Impressions", "Clicks", "Spend", "Conversions", "Revenue", "Ctr",
)  # fmt: skip
_END = "\r\n"


def write(world: World, output: Output) -> None:
    """The daily exports; the newest one says that its data may be incomplete."""
    made = ads.exports(world)
    for index, export in enumerate(made):
        _write_one(world, output, export, newest=index == len(made) - 1)


def _write_one(world: World, output: Output, export: ads.Export, *, newest: bool) -> None:
    at = midnight(export.exported) + timedelta(hours=9)
    folder = output.folder(MICROSOFT, at)
    rows = list(ads.rows(world, MICROSOFT, export))
    last = export.last
    preamble = [
        "Report Name: Daily campaign performance",
        f"Report Time: {_day(export.first)},{_day(export.last)}",
        "Time Zone: (GMT-05:00) Eastern Time (US & Canada)",
        f"Last Completed Available Day: {_day(last)} 11:59:59 PM (GMT)",
        f"Last Completed Available Hour: {_day(last)} 11:00:00 PM (GMT)",
        "Report Aggregation: Daily",
        "Report Filter: ",
        f"Potential Incomplete Data: {'true' if newest else 'false'}",
        f"Rows: {len(rows)}",
    ]
    with output.writing(folder / "Daily campaign performance.csv", exported=at) as target:
        target.handle.write(b"\xef\xbb\xbf")
        for line in preamble:
            target.text(quoted_line([line], _END))
        target.text(_END)
        target.text(quoted_line(HEADER, _END))
        for row in rows:
            target.row(quoted_line(_cells(row), _END))
        target.text(_END)
        target.text(quoted_line([f"©{export.exported.year} Microsoft Corporation. All rights reserved. "], _END))


def _day(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def _cells(row: ads.AdDay) -> list[str]:
    placement = row.placement
    return [
        row.day.isoformat(), placement.account.name, placement.account.account_id, placement.campaign,
        placement.campaign_id, placement.campaign_type, placement.account.currency, str(row.impressions),
        str(row.clicks), f"{row.spend:f}", f"{row.conversions}.00", f"{row.value:f}",
        f"{row.clicks / row.impressions:.2%}" if row.impressions else "",
    ]  # fmt: skip
