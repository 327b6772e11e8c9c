"""Leads, deals and what became of them, journey by journey, streamed in order of their first day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sample_company.chance import Chance
from sample_company.company import CAMPAIGNS, UNCAMPAIGNED, Campaign
from sample_company.story.builder import STAGE_NAMES, WON, Builder
from sample_company.story.edges import edge_journeys
from sample_company.story.paths import deal_path, later, lead_path
from sample_company.story.records import CrmAccount, Journey, Lead, Opportunity
from sample_company.story.subscriptions import older_customers, sold_with
from sample_company.world import DAY, World, midnight

LEADS_A_DAY = 5.0
DIRECT_DEALS_A_DAY = 0.3
_MAILINGS = tuple(one for one in CAMPAIGNS if one.channel == "Email")


def journeys(world: World) -> Iterator[Journey]:
    """Every journey of the story; the odd cases that a test must always find come at the end, older customers last."""
    builder = Builder(world)
    for journey in _told(builder):
        journey.subscriptions = sold_with(builder, journey)
        yield journey
    yield from older_customers(builder)


def _told(builder: Builder) -> Iterator[Journey]:
    world = builder.world
    for day in world.days():
        chance = Chance(world.seed, "crm", day)
        volume = world.scale * world.growth(day) * (0.5 if day.weekday() >= 5 else 1.2)
        for number in range(chance.count(LEADS_A_DAY * volume)):
            yield lead_journey(builder, Chance(world.seed, "lead", day, number), day)
        for number in range(chance.count(DIRECT_DEALS_A_DAY * volume)):
            yield direct_deal(builder, Chance(world.seed, "direct", day, number), day)
    yield from edge_journeys(builder)


def lead_journey(builder: Builder, chance: Chance, day: date) -> Journey:
    """Somebody shows interest on `day`: the lead, its responses, and the deals it may lead to."""
    campaign, channel, source, market = _origin(chance, day)
    country = builder.choose_country(chance, market)
    known = country if not chance.happens(0.03) else None
    created = _moment(chance, day)
    owner = builder.choose_rep(chance, country, created)
    journey = Journey()
    lead = builder.lead(
        builder.new_person(market),
        lead_path(chance, created),
        lead_source=source,
        channel=channel,
        campaign=campaign,
        country=known,
        owner=owner,
        department=_department(source, campaign),
    )
    journey.leads.append(lead)
    if campaign:
        journey.members.append(builder.member(lead, campaign, created, responded=True))
    _more_responses(builder, chance, journey, lead)
    converted = lead.converted_at()
    if converted:
        _convert(builder, chance, journey, lead, converted)
    _mishaps(builder, chance, journey, lead)
    journey.activities = builder.activities_of(chance, journey)
    return journey


def direct_deal(builder: Builder, chance: Chance, day: date) -> Journey:
    """A deal that began without a lead."""
    market = chance.weighted((("US", 4.0), ("DE", 3.0), ("VN", 3.0)))
    country = builder.choose_country(chance, market)
    created = _moment(chance, day)
    who = builder.new_person(market)
    owner = builder.choose_rep(chance, country, created)
    known = country if not chance.happens(0.05) else None
    account = builder.account(chance, who, known, owner, "", created)
    journey = Journey(accounts=[account])
    if chance.happens(0.8):
        journey.contacts.append(builder.contact(who, account, created))
    deal = builder.opportunity(
        chance,
        account,
        deal_path(chance, created),
        owner=owner,
        currency=country.currency,
        kind="New Business",
        campaign=None,
        lead_source="",
    )
    journey.opportunities.append(deal)
    for contact in journey.contacts:
        journey.roles.append(builder.role(deal, contact, "Decision Maker", created))
    journey.activities = builder.activities_of(chance, journey)
    return journey


def _origin(chance: Chance, day: date) -> tuple[Campaign | None, str, str, str]:
    """(campaign, channel, lead source, market) of a new lead."""
    running = [(one, one.share) for one in CAMPAIGNS if one.share and (not one.months or day.month in one.months)]
    options: list[tuple[Campaign | tuple[str, str], float]] = [
        *running,
        *(((channel, source), weight) for channel, source, weight in UNCAMPAIGNED),
    ]
    drawn = chance.weighted(options)
    if isinstance(drawn, Campaign):
        return drawn, drawn.channel, drawn.lead_source, drawn.market
    market = chance.weighted((("US", 5.0), ("DE", 4.0), ("VN", 3.0)))
    return None, *drawn, market


def _department(source: str, campaign: Campaign | None) -> str:
    by_source = {"Cold Call": "Sales", "Partner Referral": "Partner", "Referral": "Customer Success", "": ""}
    return by_source.get(source, "Marketing") if not campaign or source in by_source else "Marketing"


def _moment(chance: Chance, day: date) -> datetime:
    return midnight(day) + timedelta(seconds=chance.between(3_600, 82_000))


def _more_responses(builder: Builder, chance: Chance, journey: Journey, lead: Lead) -> None:
    """Later touches: mailings the lead was sent, some of them answered; another campaign's form."""
    at = lead.created_at
    for campaign in _MAILINGS:
        if chance.happens(0.22) and campaign is not lead.campaign:
            at = later(chance, at + DAY, 8)
            if builder.happened(at):
                journey.members.append(builder.member(lead, campaign, at, responded=chance.happens(0.45)))


def _convert(builder: Builder, chance: Chance, journey: Journey, lead: Lead, at: datetime) -> None:
    """The lead becomes a contact of an account, usually with one deal, sometimes two or none."""
    account = builder.account(chance, lead.person, lead.country, lead.owner, lead.lead_source, at)
    contact = builder.contact(lead.person, account, at)
    journey.accounts.append(account)
    journey.contacts.append(contact)
    lead.account_id, lead.contact_id = account.id, contact.id
    if chance.happens(0.08):
        return
    first = _deal(builder, chance, journey, account, lead, at, "New Business")
    lead.opportunity_id = first.id
    if chance.happens(0.18):
        colleague = builder.contact(builder.new_person(_market(lead)), account, at)
        journey.contacts.append(colleague)
        journey.roles.append(builder.role(first, colleague, "Influencer", at))
    if first.history[-1].stage == STAGE_NAMES[WON] and chance.happens(0.3):
        again = later(chance, first.history[-1].at, 60)
        if builder.happened(again):
            _deal(builder, chance, journey, account, lead, again, "Existing Business")


def _deal(
    builder: Builder, chance: Chance, journey: Journey, account: CrmAccount, lead: Lead, at: datetime, kind: str
) -> Opportunity:
    deal = builder.opportunity(
        chance,
        account,
        deal_path(chance, at),
        owner=lead.owner,
        currency=lead.country.currency if lead.country else "USD",
        kind=kind,
        campaign=lead.campaign,
        lead_source=lead.lead_source,
    )
    deal.lead_ids.append(lead.id)
    journey.opportunities.append(deal)
    journey.roles.append(builder.role(deal, journey.contacts[0], "Decision Maker", at))
    return deal


def _market(lead: Lead) -> str:
    return lead.country.market if lead.country else "US"


def _mishaps(builder: Builder, chance: Chance, journey: Journey, lead: Lead) -> None:
    """A second form by the same person, a duplicate merged away, a record deleted or purged."""
    fate = chance.share()
    if fate < 0.03:
        second_form(builder, chance, journey, lead, lead.created_at + timedelta(hours=chance.between(30, 200)))
    elif fate < 0.045:
        copy = second_form(builder, chance, journey, lead, lead.created_at + timedelta(hours=chance.between(25, 60)))
        merged = later(chance, lead.created_at + timedelta(days=4), 5)
        if copy and builder.happened(merged):
            copy.merged_into, copy.deleted_at = lead.id, merged
    elif lead.converted_at() is None:
        gone = later(chance, max(change.at for change in lead.changes), 10)
        if fate < 0.053 and builder.happened(gone):
            lead.deleted_at = gone
        elif fate < 0.058 and builder.happened(gone):
            lead.purged_at = gone
    for deal in journey.opportunities:
        gone = later(chance, deal.history[-1].at, 10)
        if deal.history[-1].stage not in STAGE_NAMES[WON:] and chance.happens(0.02) and builder.happened(gone):
            deal.deleted_at = gone


def second_form(builder: Builder, chance: Chance, journey: Journey, lead: Lead, at: datetime) -> Lead | None:
    """The same person fills in another form: a second lead row that nobody works on; None if after the end."""
    if not builder.happened(at):
        return None
    campaign = chance.pick([one for one in CAMPAIGNS if one.share and one is not lead.campaign])
    copy = builder.lead(
        lead.person,
        [("New", at)],
        lead_source=campaign.lead_source,
        channel=campaign.channel,
        campaign=campaign,
        country=lead.country,
        owner=lead.owner,
        department="Marketing",
    )
    journey.leads.append(copy)
    journey.members.append(builder.member(copy, campaign, at, responded=True))
    return copy
