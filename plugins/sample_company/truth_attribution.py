"""The truth about what brought the won deals: which touches there were, and what simple rules credit them with.

Touches are answers to campaigns, and becoming a lead where no answer within an hour made it. Those from 90 days before
the deal was begun until the end of the day of its close count.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from sample_company.story.records import Journey, Lead, Opportunity
from sample_company.truth import TruthTables
from sample_company.world import DAY, midnight

LOOK_BACK = 90 * DAY
GRACE = timedelta(minutes=60)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Touch:
    """One touch of somebody in a deal."""

    at: datetime
    campaign: str
    channel: str


def open_credits(tables: TruthTables) -> None:
    """touch_credits: what the campaigns of each won deal that came from a lead are credited with; crm_influence: the
    campaign to which the CRM gives all of a won deal.
    """
    tables.open("touch_credits", ("opportunity_id", "model", "campaign", "channel", "amount_usd"))
    tables.open("crm_influence", ("opportunity_id", "campaign", "amount_native"))


def add_credits(
    tables: TruthTables, journey: Journey, live: list[Lead], deal: Opportunity, closed: date, usd: Decimal
) -> None:  # fmt: skip
    """Write the credits of one won deal; nothing for a deal that came from no living lead."""
    if deal.campaign:
        tables.add("crm_influence", (deal.id, deal.campaign.name, deal.history[-1].amount))
    if not [lead for lead in live if lead.id in deal.lead_ids]:
        return
    first, last = deal.created_at - LOOK_BACK, midnight(closed + DAY)
    path = [touch for touch in _touches(journey, live) if first <= touch.at < last]
    if not path:
        for model in ("first_touch", "last_touch", "linear"):
            tables.add("touch_credits", (deal.id, model, "(none)", "(none)", usd))
        return
    for model, shares in (
        ("first_touch", [(path[0], usd)]), ("last_touch", [(path[-1], usd)]), ("linear", _evenly(path, usd)),
    ):  # fmt: skip
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for touch, amount in shares:
            sums[touch.campaign, touch.channel] += amount
        for (campaign, channel), amount in sums.items():
            tables.add("touch_credits", (deal.id, model, campaign, channel, amount))


def _touches(journey: Journey, live: list[Lead]) -> list[Touch]:
    """The touches of the journey's people in order of time."""
    kept = {lead.id for lead in live}
    found: list[Touch] = []
    for member in journey.members:
        is_kept = member.lead is None or member.lead.id in kept or member.lead.merged_into in kept
        if is_kept and member.responded_at:
            found.append(Touch(member.responded_at, member.campaign.name, member.campaign.channel))
    for key in {lead.person.key for lead in live}:
        lead = min((one for one in live if one.person.key == key), key=lambda one: one.created_at)
        name = lead.campaign.name if lead.campaign else "(none)"
        is_made_by_answer = any(touch.campaign == name and touch.at <= lead.created_at + GRACE for touch in found)
        if lead.channel != "Unknown" and not is_made_by_answer:
            found.append(Touch(lead.created_at, name, lead.channel))
    return sorted(found, key=lambda touch: touch.at)


def _evenly(path: list[Touch], usd: Decimal) -> list[tuple[Touch, Decimal]]:
    """The same to each, in whole cents; those left over to the earlier ones."""
    part = (usd / len(path)).quantize(_CENT, ROUND_FLOOR)
    left = int((usd - part * len(path)) / _CENT)
    return [(touch, part + (_CENT if place < left else 0)) for place, touch in enumerate(path)]
