"""LinkedIn Campaign Manager: UTF-16 tab-separated ad reports, one account in English, one in Dutch."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sample_company.company import LINKEDIN_NL, LINKEDIN_US, Account
from sample_company.story import ads
from sample_company.world import MONTHS, World, midnight
from sample_company.writers.output import Output, csv_line

HEADER_EN = (
    "Start Date (in UTC)", "Account Name", "Currency", "Campaign ID", "Campaign Name", "Campaign Status",
    "Ad Set ID", "Ad Set Name", "Ad Set Objective", "Ad Name", "Ad ID", "Ad Status", "Ad Introduction Text",
    "Ad Headline", "Click URL", "Total Spent", "Impressions", "Clicks", "Click Through Rate", "Average CPM",
    "Average CPC", "Total Engagements", "Conversions", "Leads", "Clicks to Landing Page", "Reach",
)  # fmt: skip
HEADER_NL = (
    "Begindatum (in UTC)", "Accountnaam", "Valuta", "Campagne-ID", "Campagnenaam", "Status campagne",
    "Advertentieset-ID", "Naam van advertentieset", "Doelstelling van advertentieset", "Advertentienaam",
    "Advertentie-ID", "Advertentiestatus", "Inleidende advertentietekst", "Kop van advertentie", "URL",
    "Totaal besteed", "Weergaven", "Klikken", "Doorklikfrequentie (CTR)", "Gemiddelde CPM", "Gemiddelde CPC",
    "Aantal interacties", "Conversies", "Leads", "Klikken naar bestemmingspagina",
    "Gemiddelde kijktijd (in seconden)",
)  # fmt: skip
_MONTHS_NL = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
              "november", "december")  # fmt: skip
ENCODING = "utf-16-le"


def write(world: World, output: Output) -> None:
    """The daily exports of both accounts."""
    for account in (LINKEDIN_US, LINKEDIN_NL):
        for export in ads.exports(world):
            _write_one(world, output, account, export)


def adset_id(campaign_id: str) -> str:
    """The id of a campaign's only ad set."""
    return f"{int(campaign_id) + 3_000_000}"


def ad_id(campaign_id: str) -> str:
    """The id of a campaign's only ad."""
    return f"{int(campaign_id) + 7_000_000}"


def _write_one(world: World, output: Output, account: Account, export: ads.Export) -> None:
    at = midnight(export.exported) + timedelta(hours=8, minutes=40)
    folder = output.folder(account, at, has_currency=False)
    dutch = account is LINKEDIN_NL
    if dutch:
        preamble = (
            "Rapport met advertentieprestaties (in UTC)",
            f"Begindatum van rapport: {_dutch(export.first)} 00:00",
            f"Einddatum van rapport: {_dutch(export.last)} 23:59",
            f"Datum aangemaakt: {_dutch(export.exported)} 08:40",
        )
    else:
        preamble = (
            "Ad Performance Report (in UTC)",
            f"Report Start: {_english(export.first)}, 12:00 AM",
            f"Report End: {_english(export.last)}, 11:59 PM",
            f"Date Generated: {_english(export.exported)}, 8:40 AM",
        )
    name = f"account_{account.account_id}_creative_performance_report.csv"
    with output.writing(folder / name, exported=at) as target:
        target.handle.write(b"\xff\xfe")
        for line in (*preamble, ""):
            target.text(line + "\n", ENCODING)
        target.text(csv_line(HEADER_NL if dutch else HEADER_EN, "\t"), ENCODING)
        for row in ads.rows(world, account, export):
            target.row(csv_line(_cells(row, dutch=dutch), "\t"), ENCODING)


def _english(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def _dutch(day: date) -> str:
    return f"{day.day} {_MONTHS_NL[day.month - 1]} {day.year}"


def _number(value: Decimal | int | float, places: int, *, dutch: bool) -> str:
    text = f"{value:,.{places}f}"
    return text.translate(str.maketrans(",.", ".,")) if dutch else text


def _cells(row: ads.AdDay, *, dutch: bool) -> list[str]:
    placement, day = row.placement, row.day
    account = placement.account
    shown = f"{day.day}-{day.month}-{day.year}" if dutch else f"{day.month}/{day.day}/{day.year}"
    rate = _number(100 * row.clicks / row.impressions, 3, dutch=dutch) + "%" if row.impressions else "-"
    mille = _number(row.spend * 1000 / row.impressions, 2, dutch=dutch) if row.impressions else "-"
    click = _number(row.spend / row.clicks, 2, dutch=dutch) if row.clicks else "-"
    common = [
        shown, account.name, account.currency, placement.campaign_id, placement.campaign,
        "Actief" if dutch else "Active", adset_id(placement.campaign_id), placement.campaign,
        "Leads genereren" if dutch else "Lead generation", "Demo video", ad_id(placement.campaign_id),
        "Actief" if dutch else "Active", "See your funnel in one page", "Book a demo",
        "https://brightloom.example/demo", _number(row.spend, 2, dutch=dutch),
        _number(row.impressions, 0, dutch=dutch), _number(row.clicks, 0, dutch=dutch), rate, mille, click,
        _number(row.clicks * 2, 0, dutch=dutch), str(row.conversions), str(row.conversions),
        _number(row.clicks * 4 // 5, 0, dutch=dutch),
    ]  # fmt: skip
    # The Dutch interface writes the average watch time with a dot although its other numbers have decimal commas.
    return [*common, f"{3 + row.clicks % 5}.2527773973" if dutch else (str(row.reach) if row.reach else "-")]
