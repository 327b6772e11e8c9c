"""Salesforce: the weekly Data Export, three weeks of it; each zip holds what existed on its day.

The story is walked once: each journey's rows are appended to the open files of all three exports.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import IO

from sample_company.company import CAMPAIGNS, EXPONENT, ORG_ID, PRODUCTS, REPS, SALESFORCE, TEAMS
from sample_company.story.records import NO_ID, Journey, Opportunity, salesforce_id
from sample_company.world import DAY, World, midnight
from sample_company.writers import salesforce_rows as rows
from sample_company.writers.output import Output, quoted_line, zip_files
from sample_company.writers.salesforce_headers import HEADERS

ENCODING = "cp1252"
ARCHIVE = f"WE_{ORG_ID}_1.ZIP"
_ROLES = ("Head of Sales", *TEAMS, "Marketing")
_MARKETING_BUDGET = 24_000


def snapshot_instants(world: World) -> list[datetime]:
    """When the weekly exports were made, oldest first; none before the story begins."""
    made = [world.exported - timedelta(hours=3) - DAY * back for back in (14, 7, 0)]
    return [at for at in made if at > midnight(world.start)]


def write(world: World, output: Output, journeys: Iterable[Journey]) -> Iterator[Journey]:
    """Write the exports while passing the journeys on, so that others can look at them too; zips when exhausted."""
    instants = snapshot_instants(world)
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        exports = [_Export(Path(scratch) / str(number), at, stack) for number, at in enumerate(instants)]
        for export in exports:
            _write_base(world, export)
        for journey in journeys:
            _write_journey(journey, exports)
            yield journey
        for export in exports:
            export.close()
            folder = output.folder(SALESFORCE, export.at, has_currency=False)
            members = ((f"{name}.csv", export.folder / f"{name}.csv") for name in HEADERS)
            zip_files(folder / ARCHIVE, members, export.at)
            output.note(folder / ARCHIVE, export.rows, export.at)


class _Export:
    """The open CSV files of one weekly export."""

    def __init__(self, folder: Path, at: datetime, stack: ExitStack) -> None:
        folder.mkdir()
        self.folder, self.at, self.rows = folder, at, 0
        self._files: dict[str, IO[bytes]] = {}
        for name, header in HEADERS.items():
            self._files[name] = stack.enter_context((folder / f"{name}.csv").open("wb"))
            self._files[name].write(quoted_line(header).encode(ENCODING))

    def add(self, name: str, line: bytes) -> None:
        """Append a row."""
        self._files[name].write(line)
        self.rows += 1

    def close(self) -> None:
        """Flush everything to disk."""
        for handle in self._files.values():
            handle.close()


def _line(name: str, row: rows.Row) -> bytes:
    return quoted_line(map(row.get, HEADERS[name], repeat(""))).encode(ENCODING)


def _write_journey(journey: Journey, exports: list[_Export]) -> None:
    """Append the journey to each export; what no longer changed between two exports is rendered once."""
    settled = journey.last_change()
    lines: list[tuple[str, bytes]] = []
    for number, export in enumerate(exports):
        if number == 0 or settled >= exports[number - 1].at:
            lines = [(name, _line(name, row)) for name, row in _rows(journey, export.at) if row is not None]
        for name, line in lines:
            export.add(name, line)


def _rows(journey: Journey, now: datetime) -> Iterator[tuple[str, rows.Row | None]]:
    """Every row of the journey as it was at `now`, with its object."""
    leads = {lead.id: lead for lead in journey.leads}
    for lead in journey.leads:
        yield "Lead", rows.lead(lead, now)
        for change in rows.lead_history(lead, now):
            yield "LeadHistory", change
    for account in journey.accounts:
        yield "Account", rows.account(account, now)
    for contact in journey.contacts:
        yield "Contact", rows.contact(contact, now)
    for member in journey.members:
        yield "CampaignMember", rows.member(member, leads, now)
    for role in journey.roles:
        yield "OpportunityContactRole", rows.role(role, now)
    for deal in journey.opportunities:
        yield from _deal_rows(deal, now)
    for subscription in journey.subscriptions:
        yield "Subscription__c", rows.subscription(subscription, now)
    for activity in journey.activities:
        yield "Event" if activity.kind == "event" else "Task", rows.activity(activity, now)


def _deal_rows(deal: Opportunity, now: datetime) -> Iterator[tuple[str, rows.Row | None]]:
    yield "Opportunity", rows.opportunity(deal, now)
    for step in rows.opportunity_history(deal, now):
        yield "OpportunityHistory", step
    for number, line in enumerate(deal.lines):
        yield "OpportunityLineItem", rows.line(line, deal, number, now)
    for split in deal.splits:
        yield "OpportunitySplit", rows.split(split, deal, now)
    yield "CampaignInfluence", rows.influence(deal, now)


def _write_base(world: World, export: _Export) -> None:
    founded = midnight(world.start) - timedelta(days=400)
    stamps = rows.stamps(founded, founded)
    makers: tuple[tuple[str, Callable[[World, rows.Row], Iterator[rows.Row]]], ...] = (
        ("UserRole", _roles),
        ("User", _users),
        ("Product2", _products),
        ("PricebookEntry", _prices),
        ("Campaign", _campaigns),
    )
    for name, make in makers:
        for row in make(world, stamps):
            export.add(name, _line(name, row))


def _roles(world: World, stamps: rows.Row) -> Iterator[rows.Row]:
    head = salesforce_id("00E", 1)
    for number, name in enumerate(_ROLES):
        parent = head if name in TEAMS else NO_ID
        yield {"Id": salesforce_id("00E", number + 1), "Name": name, "ParentRoleId": parent, **stamps}


def _users(world: World, stamps: rows.Row) -> Iterator[rows.Row]:
    zones = dict(zip(TEAMS, ("America/New_York", "Europe/Berlin", "Asia/Ho_Chi_Minh"), strict=True))
    staff = [
        (rows.USER_IDS[rep.name], rep.first_name, rep.last_name, rep.team, "Sales", "Account Executive", rep.active)
        for rep in REPS
    ]
    staff.append((rows.SYSTEM_USER, "Integration", "User", "Marketing", "Marketing", "Integration", True))
    for identity, first, last, role, department, title, active in staff:
        login = f"{first}.{last}".lower().replace(" ", "").replace("ä", "ae") + "@brightloom.example"
        yield {
            "Id": identity, "Username": login, "LastName": last, "FirstName": first, "CompanyName": "Brightloom",
            "Department": department, "Title": title, "Email": login, "Alias": last[:5].lower(),
            "IsActive": rows.flag(active), "TimeZoneSidKey": zones.get(role, "UTC"),
            "UserRoleId": salesforce_id("00E", _ROLES.index(role) + 1), "LocaleSidKey": "en_US",
            "DefaultCurrencyIsoCode": "USD", "UserType": "Standard", "ManagerId": NO_ID, **stamps,
        }  # fmt: skip


def _products(world: World, stamps: rows.Row) -> Iterator[rows.Row]:
    for product in PRODUCTS:
        yield {
            "Id": rows.PRODUCT_IDS[product.code], "Name": product.name, "ProductCode": product.code, "IsActive": "1",
            "Family": product.family, "CurrencyIsoCode": "USD", "IsDeleted": "0", "IsArchived": "0",
            "Unit_Cost__c": f"{product.unit_cost:f}", **stamps,
        }  # fmt: skip


def _prices(world: World, stamps: rows.Row) -> Iterator[rows.Row]:
    for product in PRODUCTS:
        for currency in EXPONENT:
            yield {
                "Id": rows.pricebook_entry_id(product.code, currency), "Name": product.name,
                "Pricebook2Id": rows.PRICEBOOK, "Product2Id": rows.PRODUCT_IDS[product.code],
                "CurrencyIsoCode": currency, "UnitPrice": f"{product.list_price[currency]:f}", "IsActive": "1",
                "UseStandardPrice": "0", "ProductCode": product.code, "IsDeleted": "0", "IsArchived": "0", **stamps,
            }  # fmt: skip


def _campaigns(world: World, stamps: rows.Row) -> Iterator[rows.Row]:
    for campaign in CAMPAIGNS:
        yield {
            "Id": rows.CAMPAIGN_IDS[campaign.name], "IsDeleted": "0", "Name": campaign.name, "ParentId": NO_ID,
            "Type": campaign.crm_type, "Status": "In Progress", "StartDate": rows.day(world.start),
            "EndDate": "", "CurrencyIsoCode": "USD", "ExpectedRevenue": "000",
            "BudgetedCost": f"{_MARKETING_BUDGET}.0", "ActualCost": "000", "NumberSent": "0.0", "IsActive": "1",
            "OwnerId": rows.SYSTEM_USER, **stamps,
        }  # fmt: skip
