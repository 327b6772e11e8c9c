"""The odd cases that every sample holds, however short: each a journey with hand-made dates before the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from sample_company.chance import Chance
from sample_company.company import CAMPAIGNS, COUNTRIES, REPS, Country, Rep
from sample_company.story.builder import LOST, WON, Builder
from sample_company.story.paths import Step
from sample_company.story.records import Journey, Opportunity

_US, _GERMANY, _VIETNAM = COUNTRIES[0], COUNTRIES[4], COUNTRIES[8]
_BY_NAME = {one.name: one for one in CAMPAIGNS}


def edge_journeys(builder: Builder) -> Iterator[Journey]:
    """One journey per odd case, in a fixed order. Dates lie within the last 45 days (and within the story)."""
    for make in (
        _same_person_twice,
        _merged_duplicate,
        _deleted_lead,
        _purged_lead,
        _skipped_statuses,
        _recycled_and_back,
        _converted_without_deal,
        _two_deals,
        _reopened,
        _zero_amount,
        _missing_region,
        _left_employee,
        _without_lines,
        _lines_below_header,
        _lines_above_header,
        _deleted_deal,
        _quick_win,
        _vietnamese_win,
    ):
        yield make(builder, Chance(builder.world.seed, "edge", make.__name__))


def _ago(builder: Builder, days: float) -> datetime:
    """An instant `days` before the end of the story, never before its first noon."""
    first = builder.world.cutoff - timedelta(days=(builder.world.end - builder.world.start).days + 0.5)
    return max(first, builder.world.cutoff - timedelta(days=days)).replace(microsecond=0)


def _lead(
    builder: Builder,
    journey: Journey,
    path: list[tuple[str, float]],
    campaign: str = "US Search Generic",
    country: Country = _US,
    rep: Rep = REPS[0],
) -> None:
    """Add a lead whose statuses were reached so many days before the end."""
    source = _BY_NAME[campaign]
    who = journey.leads[0].person if journey.leads else builder.new_person(country.market)
    lead = builder.lead(
        who,
        [(status, _ago(builder, days)) for status, days in path],
        lead_source=source.lead_source,
        channel=source.channel,
        campaign=source,
        country=country,
        owner=rep,
        department="Marketing",
    )
    journey.leads.append(lead)
    journey.members.append(builder.member(lead, source, lead.created_at, responded=True))


def _won_path(days: float) -> list[tuple[str, float]]:
    return [("New", days), ("Working", days - 1), ("MQL", days - 2), ("SAL", days - 3), ("Qualified", days - 4)]


def _account(
    builder: Builder, chance: Chance, journey: Journey, country: Country | None, rep: Rep, days: float
) -> None:
    """Convert the first lead if there is one, else a stranger, into an account with a contact."""
    at = _ago(builder, days)
    market = country.market if country else "US"
    who = journey.leads[0].person if journey.leads else builder.new_person(market)
    account = builder.account(chance, who, country, rep, "", at)
    account.shipping = country
    contact = builder.contact(who, account, at)
    journey.accounts.append(account)
    journey.contacts.append(contact)
    if journey.leads:
        journey.leads[0].account_id, journey.leads[0].contact_id = account.id, contact.id


def _deal(
    builder: Builder,
    chance: Chance,
    journey: Journey,
    stages: list[tuple[int, float]],
    *,
    currency: str = "USD",
    lines: int = 1,
    gap: str = "0",
    free: bool = False,
) -> Opportunity:
    """Add a deal of the first account whose stages were reached so many days before the end."""
    account = journey.accounts[0]
    lead = journey.leads[0] if journey.leads else None
    deal = builder.opportunity(
        chance,
        account,
        [Step(stage, _ago(builder, days)) for stage, days in stages],
        owner=account.owner,
        currency=currency,
        kind="New Business",
        campaign=lead.campaign if lead else None,
        lead_source=lead.lead_source if lead else "",
        lines=lines,
        gap=Decimal(gap),
        free=free,
    )
    if lead:
        deal.lead_ids.append(lead.id)
        lead.opportunity_id = deal.id if len(journey.opportunities) == 0 else lead.opportunity_id
    journey.opportunities.append(deal)
    journey.roles.append(builder.role(deal, journey.contacts[0], "Decision Maker", deal.created_at))
    return deal


_STRAIGHT = [(0, 40.0), (1, 34.0), (2, 29.0), (3, 22.0), (4, 15.0), (WON, 8.0)]


def _same_person_twice(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _lead(builder, journey, [("New", 30), ("Working", 29), ("MQL", 27)])
    _lead(builder, journey, [("New", 26)], campaign="Monthly Newsletter")
    return journey


def _merged_duplicate(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _lead(builder, journey, [("New", 33), ("Working", 32), ("MQL", 30), ("SAL", 28)])
    _lead(builder, journey, [("New", 31)], campaign="US Retargeting Display")
    journey.leads[1].merged_into = journey.leads[0].id
    journey.leads[1].deleted_at = _ago(builder, 9.5)  # between the first and the second weekly export
    return journey


def _deleted_lead(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _lead(builder, journey, [("New", 25), ("Working", 24), ("MQL", 22)])
    journey.leads[0].deleted_at = _ago(builder, 3.5)
    return journey


def _purged_lead(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _lead(builder, journey, [("New", 25), ("Working", 24), ("MQL", 21)])
    journey.leads[0].purged_at = _ago(builder, 3.5)
    return journey


def _skipped_statuses(builder: Builder, chance: Chance) -> Journey:
    """From New straight to Qualified: MQL and SAL were never recorded."""
    journey = Journey()
    _lead(builder, journey, [("New", 35), ("Qualified", 30)])
    _account(builder, chance, journey, _US, REPS[0], 30)
    _deal(builder, chance, journey, [(1, 30), (4, 18), (LOST, 6)])
    return journey


def _recycled_and_back(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _lead(builder, journey, [("New", 44), ("Working", 43), ("MQL", 41), ("Recycled", 38), ("MQL", 20), ("SAL", 18)])
    return journey


def _converted_without_deal(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _lead(builder, journey, _won_path(28), campaign="EU Social Leads", country=_GERMANY, rep=REPS[3])
    _account(builder, chance, journey, _GERMANY, REPS[3], 24)
    return journey


def _two_deals(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _lead(builder, journey, _won_path(42), campaign="DE Search Generic", country=_GERMANY, rep=REPS[4])
    _account(builder, chance, journey, _GERMANY, REPS[4], 38)
    _deal(builder, chance, journey, [(0, 38), (2, 30), (3, 25), (4, 20), (WON, 12)], currency="EUR", lines=2)
    _deal(builder, chance, journey, [(1, 20), (3, 10)], currency="EUR")
    return journey


def _reopened(builder: Builder, chance: Chance) -> Journey:
    """Lost, opened again, won: the last close counts."""
    journey = Journey()
    _account(builder, chance, journey, _US, REPS[1], 42)
    stages = [(0, 42), (2, 36), (3, 30), (LOST, 24), (4, 15), (WON, 5)]
    _deal(builder, chance, journey, [(stage, float(days)) for stage, days in stages])
    return journey


def _zero_amount(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _account(builder, chance, journey, _US, REPS[2], 40)
    _deal(builder, chance, journey, _STRAIGHT, free=True)
    return journey


def _missing_region(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _account(builder, chance, journey, None, REPS[0], 40)
    _deal(builder, chance, journey, _STRAIGHT, lines=2)
    return journey


def _left_employee(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _account(builder, chance, journey, _VIETNAM, REPS[8], 40)
    _deal(builder, chance, journey, _STRAIGHT, currency="VND")
    return journey


def _without_lines(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _account(builder, chance, journey, _GERMANY, REPS[5], 40)
    _deal(builder, chance, journey, _STRAIGHT, currency="EUR", lines=0)
    return journey


def _lines_below_header(builder: Builder, chance: Chance) -> Journey:
    """The header says 250 more than the lines (a service that has no product)."""
    journey = Journey()
    _account(builder, chance, journey, _US, REPS[0], 40)
    _deal(builder, chance, journey, _STRAIGHT, lines=2, gap="250.00")
    return journey


def _lines_above_header(builder: Builder, chance: Chance) -> Journey:
    """The header says 99.50 less than the lines (a discount given at the end)."""
    journey = Journey()
    _account(builder, chance, journey, _GERMANY, REPS[3], 40)
    _deal(builder, chance, journey, _STRAIGHT, currency="EUR", lines=3, gap="-99.50")
    return journey


def _deleted_deal(builder: Builder, chance: Chance) -> Journey:
    """A won deal that was a test and was deleted before the last weekly export."""
    journey = Journey()
    _account(builder, chance, journey, _US, REPS[1], 40)
    _deal(builder, chance, journey, _STRAIGHT).deleted_at = _ago(builder, 4.5)
    return journey


def _quick_win(builder: Builder, chance: Chance) -> Journey:
    """Lead, deal and win of one week."""
    journey = Journey()
    _lead(builder, journey, _won_path(12), campaign="Spring Webinar Series")
    _account(builder, chance, journey, _US, REPS[2], 8)
    _deal(builder, chance, journey, [(1, 8), (3, 6), (4, 5), (WON, 4)], lines=2)
    return journey


def _vietnamese_win(builder: Builder, chance: Chance) -> Journey:
    journey = Journey()
    _lead(builder, journey, _won_path(41), campaign="VN Social Leads", country=_VIETNAM, rep=REPS[6])
    _account(builder, chance, journey, _VIETNAM, REPS[6], 37)
    _deal(builder, chance, journey, [(0, 37), (2, 30), (3, 22), (4, 16), (WON, 9)], currency="VND", lines=2)
    return journey
