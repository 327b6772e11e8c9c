"""LinkedIn page analytics: the content workbook with the sheets `Metrics` and `All posts`, and the followers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sample_company.company import LINKEDIN, LINKEDIN_PAGE
from sample_company.story import ads, social
from sample_company.world import World, midnight
from sample_company.writers.output import Output, repack

_KINDS = ("organic", "sponsored", "total")
METRICS_HEADER = (
    "Date",
    *(f"Impressions ({kind})" for kind in _KINDS),
    "Unique impressions (organic)",
    *(f"{name} ({kind})" for name in ("Clicks", "Reactions", "Comments", "Reposts") for kind in _KINDS),
    *(f"Engagement rate ({kind})" for kind in _KINDS),
)
POSTS_HEADER = (
    "Post title", "Post link", "Post type", "Campaign name", "Posted by", "Created date", "Campaign start date",
    "Campaign end date", "Audience", "Impressions", "Views", "Offsite Views", "Clicks", "Click through rate (CTR)",
    "Likes", "Comments", "Reposts", "Follows", "Engagement rate", "Content Type",
)  # fmt: skip
FOLLOWERS_HEADER = ("Date", "Sponsored followers", "Organic followers", "Auto-invited followers", "Total followers")
_NOTE = "Aggregated engagement metrics for your organic and sponsored posts. Data is in UTC."
Cell = str | int | float


def exports(world: World) -> list[ads.Export]:
    """The page's exports: a quarter each, and the last 80 days."""
    return ads.exports(world, overlap=80)


def exported_at(export: ads.Export) -> datetime:
    """The instant of an export, which is also in the file's name."""
    return midnight(export.exported) + timedelta(hours=10, minutes=1)


def write(world: World, output: Output) -> None:
    """The content workbooks, and one followers workbook of the newest period."""
    made = exports(world)
    for export in made:
        at = exported_at(export)
        days = list(social.page_days(world, export.first, export.last))
        posts = list(social.posts(world, "linkedin", export.first, export.last))
        sheets = (
            ("Metrics", [[_NOTE], METRICS_HEADER, *map(_metrics, days)]),
            ("All posts", [[_NOTE], POSTS_HEADER, *(_post(post, social.counters_at(post, at)) for post in posts)]),
        )
        _save(output, f"{LINKEDIN_PAGE}_content_{_epoch(at)}.xlsx", sheets, len(days) + len(posts), at)
    at = exported_at(made[-1])
    days = list(social.page_days(world, made[-1].first, made[-1].last))
    followers: list[list[Cell]] = [[_us(day.day), 0, day.new_followers, 0, day.new_followers] for day in days]
    _save(
        output,
        f"{LINKEDIN_PAGE}_followers_{_epoch(at)}.xlsx",
        (("New followers", [FOLLOWERS_HEADER, *followers]),),
        len(days),
        at,
    )


def _epoch(at: datetime) -> int:
    return int(at.timestamp()) * 1000


def _us(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _metrics(day: social.PageDay) -> list[Cell]:
    shown = day.impressions_organic
    engaged = day.clicks_organic + day.reactions + day.comments + day.reposts
    paid_rate = day.clicks_sponsored / day.impressions_sponsored if day.impressions_sponsored else 0.0
    total = shown + day.impressions_sponsored
    return [
        _us(day.day), shown, day.impressions_sponsored, total, day.unique_impressions,
        day.clicks_organic, day.clicks_sponsored, day.clicks_organic + day.clicks_sponsored,
        day.reactions, 0, day.reactions, day.comments, 0, day.comments, day.reposts, 0, day.reposts,
        round(engaged / shown, 6) if shown else 0.0, round(paid_rate, 6),
        round((engaged + day.clicks_sponsored) / total, 6) if total else 0.0,
    ]  # fmt: skip


def _post(post: social.Post, seen: dict[str, int]) -> list[Cell]:
    views = seen["views"]
    engaged = seen["clicks"] + seen["reactions"] + seen["comments"] + seen["shares"]
    return [
        post.text, f"https://www.linkedin.com/feed/update/urn:li:activity:{post.post_id}", "Organic", "",
        "Brightloom", _us(post.published_local.date()), "", "", "All followers", views,
        int(views * 0.3) if post.kind == "Video" else "", "", seen["clicks"],
        round(seen["clicks"] / views, 6) if views else 0.0, seen["reactions"], seen["comments"], seen["shares"],
        seen["follows"], round(engaged / views, 6) if views else 0.0, post.kind,
    ]  # fmt: skip


def _save(
    output: Output, name: str, sheets: Iterable[tuple[str, Sequence[Sequence[Cell]]]], rows: int, at: datetime
) -> None:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - the library wants a naive instant
    for title, table in sheets:
        sheet = book.add_worksheet(title)
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
    book.close()
    folder = output.folder(LINKEDIN, has_currency=False)
    output.write(folder / name, repack(buffer.getvalue()), rows=rows, exported=at)
