"""The truth about ads, mailings, the web, posts, calls, costs and goals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import astuple, fields
from datetime import date
from decimal import Decimal

from sample_company.company import (
    GA4_LATAM,
    GA4_MAIN,
    KLAVIYO,
    LINKEDIN,
    MAILCHIMP,
    PLACEMENTS,
    Account,
)
from sample_company.money import to_usd
from sample_company.story import ads, calls, email, plans, social, web
from sample_company.truth import TruthTables
from sample_company.world import World
from sample_company.writers import google_ads, linkedin_ads, linkedin_page, meta_content


def write_channels(world: World, tables: TruthTables) -> None:
    """Write every table of this module."""
    for write in (_ads, _ad_periods, _email, _web, _posts, _page, _calls, _costs):
        write(world, tables)


def _accounts() -> list[Account]:
    return list(dict.fromkeys(placement.account for placement in PLACEMENTS))


def _ads(world: World, tables: TruthTables) -> None:
    """ad_spend_daily: the settled numbers of each campaign's day, in the account's currency and in USD.

    `date` is the platform's day; `conversions` are purchases on Meta; `spend_usd` and `conversion_value_usd` have
    6 decimals. Days on which a campaign was paused are absent. `adset_id` is LinkedIn's only ad set of the campaign
    (called campaign until 2026), which has the campaign's name.
    """
    tables.open("ad_spend_daily", (
        "date", "source", "account_id", "campaign_id", "campaign_name", "campaign_type", "currency", "spend_native",
        "spend_usd", "impressions", "clicks", "conversions", "conversion_value", "conversion_value_usd",
        "adset_id",
    ))  # fmt: skip
    for account in _accounts():
        for placement in ads.placements(world, account):
            for day in world.days():
                one = ads.ad_day(world, placement, day)
                if one is not None:
                    usd = [to_usd(world.seed, amount, account.currency, day, 6) for amount in (one.spend, one.value)]
                    tables.add("ad_spend_daily", (
                        day, account.source, account.account_id, placement.campaign_id, placement.campaign,
                        placement.campaign_type, account.currency, one.spend, usd[0], one.impressions, one.clicks,
                        one.conversions, one.value, usd[1],
                        linkedin_ads.adset_id(placement.campaign_id) if account.source == "linkedin_ads" else None,
                    ))  # fmt: skip


def _ad_periods(world: World, tables: TruthTables) -> None:
    """ad_periods: the whole-month reports, one row per campaign and period.

    `covered_by_daily` is 0 for the month before the daily history, which only this report knows.
    """
    tables.open("ad_periods", (
        "period_start", "period_end", "source", "account_id", "campaign_id", "campaign_name", "currency",
        "spend_native", "impressions", "clicks", "conversions", "conversion_value", "covered_by_daily",
    ))  # fmt: skip
    for account, first, last in google_ads.ui_periods(world):
        for placement, sums in google_ads.period_sums(world, account, first, last):
            tables.add("ad_periods", (
                first, last, account.source, account.account_id, placement.campaign_id, placement.campaign,
                account.currency, sums.spend, sums.impressions, sums.clicks, sums.conversions, sums.value,
                int(first >= world.start),
            ))  # fmt: skip


def _email(world: World, tables: TruthTables) -> None:
    """email_campaigns: each send with the counters of the newest snapshot; `sent_at` in UTC."""
    tables.open("email_campaigns", (
        "source", "account_id", "campaign_id", "campaign_name", "sent_at", "sent_on", "recipients", "delivered",
        "bounces_hard", "bounces_soft", "bounces", *email.GROWING, "revenue", "currency",
    ))  # fmt: skip
    for account in (MAILCHIMP, KLAVIYO):
        newest = email.snapshots(world, account)[-1]
        for send in email.sends(world, account):
            seen = email.counters_at(send, newest)
            apart = account is MAILCHIMP  # Klaviyo does not separate hard from soft bounces and has no forwards
            tables.add("email_campaigns", (
                account.source, account.account_id, send.campaign_id, send.series.title + send.suffix,
                f"{send.sent_at:%Y-%m-%dT%H:%M:%S}", send.sent_at.date(), send.recipients, send.delivered,
                send.hard_bounces if apart else None, send.soft_bounces if apart else None,
                send.hard_bounces + send.soft_bounces,
                *(seen[name] if apart or name != "forwards" else None for name in email.GROWING),
                email.revenue_at(send, newest), account.currency,
            ))  # fmt: skip


def _web(world: World, tables: TruthTables) -> None:
    """web_daily: the settled sessions of each property, day and default channel group (users are not additive)."""
    tables.open("web_daily", (
        "date", "source", "account_id", "channel_group", "users", "sessions", "engaged_sessions", "event_count",
        "key_events", "revenue", "currency",
    ))  # fmt: skip
    for account in (GA4_MAIN, GA4_LATAM):
        for one in web.web_days(world, account, world.start, world.end):
            tables.add("web_daily", (
                one.day, account.source, account.account_id, one.channel_group, one.users, one.sessions, one.engaged,
                one.events, one.key_events, one.revenue, account.currency,
            ))  # fmt: skip


def _posts(world: World, tables: TruthTables) -> None:
    """social_posts: each post with the lifetime counters of the newest export that has it; published in UTC
    (LinkedIn gives only the day).

    `views` are Facebook's and Instagram's views and LinkedIn's impressions. A counter the export has no column for
    is empty.
    """
    tables.open("social_posts", (
        "source", "account_id", "platform", "post_id", "published_at", "exported_on", *social.COUNTERS,
    ))  # fmt: skip
    absent = {
        "facebook": {"saves", "follows"},
        "instagram": {"clicks", "link_clicks"},
        "linkedin": {"reach", "saves", "link_clicks"},
    }
    for platform in ("facebook", "instagram", "linkedin"):
        account = social.platform_account(platform)
        module = linkedin_page if platform == "linkedin" else meta_content
        for export in module.exports(world):
            for post in social.posts(world, platform, export.first, export.last):
                if not export.is_final(post.published_local.date()):
                    continue
                seen = social.counters_at(post, module.exported_at(export))
                counters = [None if name in absent[platform] else seen[name] for name in social.COUNTERS]
                at = post.published_local if platform == "linkedin" else post.published_at
                published = f"{at:%Y-%m-%dT00:00:00}" if platform == "linkedin" else f"{at:%Y-%m-%dT%H:%M:%S}"
                tables.add("social_posts", (
                    account.source, account.account_id, platform, post.post_id, published, export.exported, *counters,
                ))  # fmt: skip


def _page(world: World, tables: TruthTables) -> None:
    """social_page_daily: the LinkedIn page's days; reactions may be negative."""
    names = [one.name for one in fields(social.PageDay)][1:]
    tables.open("social_page_daily", ("date", "source", "account_id", *names))
    for one in social.page_days(world, world.start, world.end):
        day, *values = astuple(one)
        tables.add("social_page_daily", (day, LINKEDIN.source, LINKEDIN.account_id, *values))


def _calls(world: World, tables: TruthTables) -> None:
    """calls_daily: calls of each representative and UTC day; `rep` is empty for calls nobody was assigned to.

    `answered` were talked, for `talk_seconds` in all; `over_4h` of them are suspicious and still in the sums.
    """
    tables.open("calls_daily", ("date", "rep", "team", "calls", "outbound", "answered", "talk_seconds", "over_4h"))
    sums: dict[tuple[date, str, str], list[int]] = defaultdict(lambda: [0] * 5)
    for call in calls.calls(world, world.start, world.end):
        row = sums[(call.started_at.date(), call.rep.name if call.rep else "", call.team if call.rep else "")]
        talked = call.talk_seconds
        for index, value in enumerate((1, not call.inbound, call.answered, talked, talked > 4 * 3600)):
            row[index] += value
    for (day, rep, team), values in sorted(sums.items()):
        tables.add("calls_daily", (day, rep, team, *values))


def _costs(world: World, tables: TruthTables) -> None:
    """costs: the ledger as entered, with `amount_usd` by the rate of the period's first day."""
    tables.open("costs", (*(one.name for one in fields(plans.Cost)), "amount_usd"))
    for cost in plans.costs(world):
        usd = to_usd(world.seed, Decimal(cost.amount), cost.currency, cost.period_start)
        tables.add("costs", (*astuple(cost), usd))
