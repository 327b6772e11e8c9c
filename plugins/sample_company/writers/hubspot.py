"""HubSpot: the deals export of the partner unit, two snapshots, with the columns that say when a stage was entered."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sample_company.company import HUBSPOT, HUBSPOT_PIPELINE, HUBSPOT_STAGES
from sample_company.story.partner import LOST, WON, PartnerDeal, deals
from sample_company.world import DAY, World
from sample_company.writers.output import Output, quoted_line

HEADER = (
    "Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Currency", "Close Date", "Create Date",
    "Deal owner", "Deal Type", "Annual contract value", "Is Closed Won", "Closed Lost Reason", "Last Modified Date",
    "Original Traffic Source", "Distribution Channel",
    *(f'Date entered "{stage} ({HUBSPOT_PIPELINE})"' for stage, _ in HUBSPOT_STAGES), "Associated Company",
    "Associated Company IDs",
)  # fmt: skip
_ZONE = ZoneInfo(HUBSPOT.timezone)


def write(world: World, output: Output) -> None:
    """The export of a month before the end and the newest one."""
    everything = list(deals(world))
    for at in (world.exported - 28 * DAY, world.exported):
        folder = output.folder(HUBSPOT, at)
        path = folder / f"hubspot-crm-exports-all-deals-{at:%Y-%m-%d}.csv"
        with output.writing(path, exported=at) as target:
            target.text(quoted_line(HEADER))
            for deal in everything:
                if deal.created_at < at:
                    target.row(quoted_line(_cells(deal, at)))


def _local(at: datetime) -> str:
    return f"{at.astimezone(_ZONE):%Y-%m-%d %H:%M}"


def _yearly(deal: PartnerDeal) -> str:
    """Every second deal is for two years; of some somebody wrote that it is not known yet."""
    number = int(deal.deal_id)
    if number % 10 == 3:
        return "on request"
    return f"{(deal.amount / (1 + number % 2)).quantize(deal.amount):f}"


def _cells(deal: PartnerDeal, at: datetime) -> list[str]:
    entered = {stage: when for stage, when in deal.entered if when < at}
    stage = deal.stage_at(at)
    newest = max(entered.values())
    expected = deal.created_at + timedelta(days=40)
    return [
        deal.deal_id, deal.name, HUBSPOT_STAGES[stage][0], HUBSPOT_PIPELINE, f"{deal.amount:f}", deal.currency,
        _local(newest if stage in (WON, LOST) else max(expected, newest)), _local(deal.created_at), deal.owner.name,
        "New Business", _yearly(deal), "true" if stage == WON else "false", deal.loss_reason if stage == LOST else "",
        _local(newest), deal.traffic_source, "Partner",
        *(_local(entered[number]) if number in entered else "" for number in range(len(HUBSPOT_STAGES))),
        deal.company, deal.company_id,
    ]  # fmt: skip
