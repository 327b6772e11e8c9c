"""Klaviyo: the campaigns CSV, two snapshots; counts are written as decimals."""

from __future__ import annotations

from datetime import datetime

from sample_company.company import KLAVIYO
from sample_company.story import email
from sample_company.world import World
from sample_company.writers.output import Output, csv_line

HEADER = (
    "Campaign Name", "Tags", "Subject", "List", "Send Time", "Send Weekday", "Total Recipients",
    "Unique Placed Order", "Placed Order Rate", "Revenue", "Unique Opens", "Open Rate", "Total Opens",
    "Unique Clicks", "Click Rate", "Total Clicks", "Unsubscribes", "Spam Complaints", "Spam Complaints Rate",
    "Successful Deliveries", "Bounces", "Bounce Rate", "Campaign ID", "Campaign Channel",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def write(world: World, output: Output) -> None:
    """One CSV per snapshot."""
    everything = list(email.sends(world, KLAVIYO))
    for at in email.snapshots(world, KLAVIYO):
        folder = output.folder(KLAVIYO, at)
        with output.writing(folder / "campaigns.csv", exported=at) as target:
            target.text(csv_line(HEADER))
            for send in everything:
                if send.sent_at < at:
                    target.row(csv_line(_cells(send, at)))


def _rate(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "0.00%"


def _cells(send: email.Send, at: datetime) -> list[str]:
    seen = email.counters_at(send, at)
    delivered, bounces = send.delivered, send.hard_bounces + send.soft_bounces
    return [
        send.series.title + send.suffix, "", send.subject, send.series.audience,
        f"{send.sent_local:%Y-%m-%d %H:%M:%S}", _WEEKDAYS[send.sent_local.weekday()], f"{send.recipients}.0",
        f"{seen['orders']}.0", _rate(seen["orders"], delivered), f"{email.revenue_at(send, at):.2f}",
        f"{seen['opens']}.0", _rate(seen["opens"], delivered), f"{seen['opens_total']}.0", f"{seen['clicks']}.0",
        _rate(seen["clicks"], delivered), f"{seen['clicks_total']}.0", f"{seen['unsubscribes']}.0",
        f"{seen['complaints']}.0", _rate(seen["complaints"], delivered), f"{delivered}.0", f"{bounces}.0",
        _rate(bounces, send.recipients), send.campaign_id, "email",
    ]  # fmt: skip
