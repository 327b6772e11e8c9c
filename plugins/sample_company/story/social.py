"""The posts on the company's pages and their lifetime counters, and the daily numbers of the LinkedIn page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sample_company.chance import Chance
from sample_company.company import FACEBOOK, INSTAGRAM, LINKEDIN, Account
from sample_company.world import World, midnight

_TEXTS = (
    "New in Loom Flow: approvals that run by themselves.",
    "Three questions to ask before you buy a CRM.\n\n1. Who types?\n2. Who reads?\n3. Who decides?",
    'A customer said: "We stopped counting in spreadsheets."\nThank you!',
    "Kaffee, Kollegen, Käsekuchen: ein Freitag in Berlin",
    "Hội thảo trực tuyến tuần này: đo lường phễu bán hàng\nĐăng ký ngay!",
    "= 40 % less typing, measured by you + us",
)
_TYPES = {
    "facebook": ("Photos", "Links", "Reels", "Text"),
    "instagram": ("IG image", "IG carousel", "IG reel"),
    "linkedin": ("Image", "Article", "Video"),
}
_RATE = {"facebook": 0.3, "instagram": 0.35, "linkedin": 0.28}
COUNTERS = ("views", "reach", "reactions", "comments", "shares", "saves", "follows", "clicks", "link_clicks")


@dataclass(frozen=True)
class Post:
    """One post; `counters` are those it would reach in a year."""

    platform: str
    account: Account
    post_id: str
    kind: str
    text: str
    published_local: datetime
    published_at: datetime
    seconds: int
    counters: dict[str, int]


def counters_at(post: Post, instant: datetime) -> dict[str, int]:
    """The lifetime counters as they stood at `instant`: most in the first week, the rest within a year."""
    age = max(0.0, (instant - post.published_at) / timedelta(days=1))
    share = min(0.8, 0.2 + 0.6 * age / 7) + 0.2 * min(1.0, age / 365)
    return {name: int(value * share) for name, value in post.counters.items()}


def platform_account(platform: str) -> Account:
    """The page of a platform."""
    return {"facebook": FACEBOOK, "instagram": INSTAGRAM, "linkedin": LINKEDIN}[platform]


def posts(world: World, platform: str, first: date, last: date) -> Iterator[Post]:
    """The posts published on the page's local days `first` to `last`."""
    account = platform_account(platform)
    zone = ZoneInfo(account.timezone)
    day = first
    while day <= last:
        chance = Chance(world.seed, "post", platform, day)
        if chance.happens(_RATE[platform]):
            clock = timedelta(hours=chance.between(7, 20), minutes=chance.between(0, 59))
            yield _post(world, chance, platform, account, midnight(day).replace(tzinfo=zone) + clock)
        day += timedelta(days=1)


def _post(world: World, chance: Chance, platform: str, account: Account, local: datetime) -> Post:
    views = chance.count(2_400 * world.growth(local.date()) * max(0.1, world.scale) * chance.within(0.3, 2.5))
    reach = int(views * chance.within(0.55, 0.85))
    reactions, comments = chance.count(reach * 0.025), chance.count(reach * 0.003)
    shares = chance.count(reach * 0.004)
    clicks = chance.count(reach * 0.015)
    kind = chance.pick(_TYPES[platform])
    return Post(
        platform,
        account,
        chance.digits(19 if platform == "linkedin" else 15 if platform == "facebook" else 17),
        kind,
        chance.pick(_TEXTS),
        local,
        local.astimezone(UTC),
        chance.between(8, 90) if "eel" in kind or kind == "Video" else 0,
        {
            "views": views,
            "reach": reach,
            "reactions": reactions,
            "comments": comments,
            "shares": shares,
            "saves": chance.count(reach * 0.005),
            "follows": chance.count(reach * 0.001),
            "clicks": clicks,
            "link_clicks": int(clicks * 0.4),
        },
    )


@dataclass(frozen=True)
class PageDay:
    """One day of the LinkedIn page. Reactions may be negative: people take them back."""

    day: date
    impressions_organic: int
    impressions_sponsored: int
    unique_impressions: int
    clicks_organic: int
    clicks_sponsored: int
    reactions: int
    comments: int
    reposts: int
    new_followers: int


def page_days(world: World, first: date, last: date) -> Iterator[PageDay]:
    """The LinkedIn page's days from `first` to `last`."""
    day = first
    while day <= last:
        chance = Chance(world.seed, "page", day)
        organic = chance.count(700 * world.growth(day) * world.scale)
        sponsored = chance.count(400 * world.scale)
        yield PageDay(
            day,
            organic,
            sponsored,
            int(organic * 0.6),
            chance.count(organic * 0.02),
            chance.count(sponsored * 0.005),
            chance.count(organic * 0.015) if not chance.happens(0.02) else -1,
            chance.count(organic * 0.001),
            chance.count(organic * 0.001),
            chance.count(3 * world.scale),
        )
        day += timedelta(days=1)
