"""Meta Business Suite: the content exports of the Facebook page and the Instagram account, lifetime counters."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sample_company.chance import Chance
from sample_company.company import FACEBOOK, FACEBOOK_PAGE, INSTAGRAM, INSTAGRAM_ACCOUNT
from sample_company.story import ads, social
from sample_company.world import MONTHS, World, midnight
from sample_company.writers.output import Output, spaced_line

FB_HEADER = (
    "Post ID", "Page ID", "Page name", "Title", "Description", "Duration (sec)", "Publish time", "Caption type",
    "Permalink", "Is crosspost", "Is share", "Post type", "Languages", "Custom labels", "Funded content status",
    "Data comment", "Date", "Views", "Reach", "Reactions, Comments and Shares", "Reactions", "Comments", "Shares",
    "Total clicks", "Link Clicks", "Other Clicks", "Seconds viewed", "Average Seconds viewed", "Ad impressions",
)  # fmt: skip
IG_HEADER = (
    "Post ID", "Account ID", "Account username", "Account name", "Description", "Duration (sec)", "Publish time",
    "Permalink", "Post type", "Data comment", "Date", "Views", "Reach", "Likes", "Shares", "Follows", "Comments",
    "Saves",
)  # fmt: skip
_ERROR = "An error occurred while computing metadata for content with ID {}"


def exported_at(export: ads.Export) -> datetime:
    """The instant of a content export."""
    return midnight(export.exported) + timedelta(hours=16, minutes=20)


def exports(world: World) -> list[ads.Export]:
    """The content exports: the posts of each quarter and of the last 80 days."""
    return ads.exports(world, overlap=80)


def write(world: World, output: Output) -> None:
    """The exports of both platforms."""
    for platform in ("facebook", "instagram"):
        for export in exports(world):
            _write_one(world, output, platform, export)


def _write_one(world: World, output: Output, platform: str, export: ads.Export) -> None:
    is_facebook = platform == "facebook"
    account = FACEBOOK if is_facebook else INSTAGRAM
    at = exported_at(export)
    folder = output.folder(account, at, facts={"platform": platform}, has_currency=False)
    chance = Chance(world.seed, "content job", platform, export.exported)
    path = folder / f"{_day(export.first)}_{_day(export.last)}_{chance.digits(16)}.csv"
    cells = _facebook if is_facebook else _instagram
    header = FB_HEADER if is_facebook else IG_HEADER
    with output.writing(path, exported=at) as target:
        target.handle.write(b"\xef\xbb\xbf")
        target.text(spaced_line(header))
        for number, post in enumerate(social.posts(world, platform, export.first, export.last)):
            row = cells(post, social.counters_at(post, at))
            if number == 2:
                target.row(spaced_line(_with_error(row, header, chance)))
            # Some rows stop after their last filled cell.
            target.row(spaced_line(row[: -3 if is_facebook and number % 9 == 4 else None]))


def _day(day: date) -> str:
    return f"{MONTHS[day.month - 1][:3]}-{day.day:02d}-{day.year}"


def _with_error(row: list[str], header: tuple[str, ...], chance: Chance) -> list[str]:
    """A row whose post could not be described: the id is only in the comment, the counters are there."""
    kept = {"Date", "Views", "Reach"}
    broken = [cell if label in kept else "" for label, cell in zip(header, row, strict=True)]
    broken[header.index("Data comment")] = _ERROR.format(chance.digits(15))
    return broken


def _published(post: social.Post) -> str:
    return f"{post.published_local:%m/%d/%Y %H:%M}"


def _facebook(post: social.Post, seen: dict[str, int]) -> list[str]:
    total = seen["reactions"] + seen["comments"] + seen["shares"]
    return [
        post.post_id, *FACEBOOK_PAGE, "", post.text, str(post.seconds), _published(post), "N/A",
        f"https://www.facebook.com/{FACEBOOK_PAGE[0]}/posts/{post.post_id}", "0", "0", post.kind, "", "", "", "",
        "Lifetime", str(seen["views"]), str(seen["reach"]), str(total), str(seen["reactions"]),
        str(seen["comments"]), str(seen["shares"]), str(seen["clicks"]), str(seen["link_clicks"]),
        str(seen["clicks"] - seen["link_clicks"]), "", "", "",
    ]  # fmt: skip


def _instagram(post: social.Post, seen: dict[str, int]) -> list[str]:
    return [
        post.post_id, *INSTAGRAM_ACCOUNT, post.text, str(post.seconds), _published(post),
        f"https://www.instagram.com/p/{post.post_id}/", post.kind, "", "Lifetime", str(seen["views"]),
        str(seen["reach"]), str(seen["reactions"]), str(seen["shares"]), str(seen["follows"]),
        str(seen["comments"]), str(seen["saves"]),
    ]  # fmt: skip
