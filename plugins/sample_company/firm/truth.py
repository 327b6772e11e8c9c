"""The truth about Solarhof, from its story alone: what the warehouse must find in the exports.

Days are those of the firm's clock, money is in euros. Copies that were merged by the newest export are in no table;
copies that nobody has noticed yet are deals and leads like others, for the warehouse cannot know better.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from sample_company.firm import service, story, tools, website
from sample_company.firm.story import LOST, WON, local_day
from sample_company.truth import TruthTables
from sample_company.world import DAY, World


def write_truth(world: World, folder: Path) -> None:
    """Write every table below `folder`."""
    with ExitStack() as stack:
        tables = TruthTables(folder, stack)
        _leads(world, tables)
        _deals(world, tables)
        _calls(world, tables)
        _ads(world, tables)
        _sends(world, tables)
        _tested_sends(world, tables)
        _costs(world, tables)
        _budgets(world, tables)
        _website(world, tables)
        service.write_truth(world, tables)


def _leads(world: World, tables: TruthTables) -> None:
    at = story.exports(world)[1]
    columns = (
        "record_id",
        "form_lead_id",
        "created_on",
        "channel",
        "mql_on",
        "sql_on",
        "opportunity_on",
        "form_campaign",
    )
    tables.open("leads", columns)
    for one in story.contacts(world):
        days = [local_day(when) if when else None for when in (one.mql_at, one.sql_at, one.opportunity_at)]
        channel = story.SOURCES[one.source]
        created = local_day(one.created_at)
        tables.add("leads", (one.record_id, one.form_lead_id, created, channel, *days, one.form_campaign))
        if one.copied_at and one.copied_at < at and not (one.merged_at and one.merged_at < at):
            tables.add("leads", (one.copy_id, "", local_day(one.copied_at), "Direct", None, None, None, ""))


def _deals(world: World, tables: TruthTables) -> None:
    at = story.exports(world)[1]
    columns = ("record_id", "created_on", "status", "closed_on", "amount", "owner", "company", "contact", "loss_reason")
    tables.open("deals", columns)
    tables.open("deal_steps", ("record_id", "stage", "entered_at"))
    for deal in story.deals(world):
        stage, since = deal.stage_at(at)
        status = {WON: "won", LOST: "lost"}.get(stage, "open")
        closed = None if status == "open" else local_day(since)
        tables.add("deals", (
            deal.record_id, local_day(deal.created_at), status, closed, deal.amount, deal.owner, deal.company_id,
            deal.contact_id or None, deal.loss_reason,
        ))  # fmt: skip
        for number, when in deal.entered:
            entered = when.replace(second=0, microsecond=0, tzinfo=None)
            tables.add("deal_steps", (deal.record_id, story.STAGES[number], entered))


def _calls(world: World, tables: TruthTables) -> None:
    tables.open("calls_daily", ("date", "rep", "calls", "outbound", "answered", "talk_seconds"))
    days: dict[tuple[object, str], list[int]] = {}
    for call in story.calls(world):
        sums = days.setdefault((local_day(call.started_at), call.agent), [0, 0, 0, 0])
        for place, more in enumerate((1, not call.is_inbound, call.talk_seconds > 0, call.talk_seconds)):
            sums[place] += int(more)
    for (day, agent), sums in days.items():
        tables.add("calls_daily", (day, agent, *sums))


def _ads(world: World, tables: TruthTables) -> None:
    tables.open("ads_daily", ("date", "source", "campaign", "spend", "impressions", "clicks"))
    for account in (story.LINKEDIN, story.META):
        for one in tools.ad_days(world, account):
            cells = (one.day, account.source, one.campaign, one.spend, one.impressions, one.clicks)
            tables.add("ads_daily", cells)


def _sends(world: World, tables: TruthTables) -> None:
    tables.open("sends", ("campaign_id", "name", "sent", "delivered", "bounces", "human_openers", "machine_openers",
                          "clickers", "unsubscribed"))  # fmt: skip
    for send in tools.sends(world):
        everybody = send.recipients
        delivered = [one for one in everybody if one.is_delivered]
        tables.add("sends", (
            send.campaign_id, send.name, len(everybody), len(delivered), len(everybody) - len(delivered),
            sum(one.human_opens > 0 for one in delivered), sum(one.machine_opens > 0 for one in delivered),
            sum(one.clicks > 0 for one in delivered), sum(one.unsubscribed_at is not None for one in delivered),
        ))  # fmt: skip


def _costs(world: World, tables: TruthTables) -> None:
    tables.open("costs", ("month", "category", "department", "amount"))
    for first, _ in tools.months(world):
        for category, department, _, amount in tools.COSTS:
            tables.add("costs", (first, category, department, amount))


def _tested_sends(world: World, tables: TruthTables) -> None:
    tables.open("tested_sends", ("name", "sent", "delivered", "opens", "clicks"))
    for half in tools.tested_sends(world):
        name = half.title.partition(" |")[0]
        tables.add("tested_sends", (name, half.recipients, half.recipients - half.bounces, half.opens, half.clicks))


def _budgets(world: World, tables: TruthTables) -> None:
    """Days that have come: what is planned for a campaign without an end reaches to the last of them."""
    tables.open("budget_days", ("date", "campaign", "amount"))
    for one in tools.budgets(world):
        last = one.last or local_day(story.newest_export(world))
        days = (last - one.first).days + 1
        for number in range(days):
            tables.add("budget_days", (one.first + number * DAY, one.campaign, one.amount / days))


def _website(world: World, tables: TruthTables) -> None:
    tables.open("landing_pages", ("date", "page", "channel", "sessions", "engaged", "key_events"))
    for visit in website.visit_days(world):
        tables.add("landing_pages", (
            visit.day, visit.page, visit.channel, visit.sessions, visit.engaged, visit.key_events,
        ))  # fmt: skip
    tables.open("first_pages", ("created_on", "page", "channel"))
    for contact in story.contacts(world):
        if page := website.first_page(world, contact):
            tables.add("first_pages", (local_day(contact.created_at), page, story.SOURCES[contact.source]))
    tables.open("searches", ("date", "query", "page", "country", "device", "clicks", "impressions",
                             "position"))  # fmt: skip
    for search in website.search_days(world):
        tables.add("searches", (
            search.day, search.query or "", website.HOST + search.page, search.country, search.device,
            search.clicks, search.impressions, search.position,
        ))  # fmt: skip
