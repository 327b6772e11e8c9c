"""Mailchimp: the "all campaign reports" zip, several snapshots of growing counters."""

from __future__ import annotations

from datetime import datetime

from sample_company.company import MAILCHIMP
from sample_company.story import email
from sample_company.world import MONTHS, World
from sample_company.writers.output import Output, spaced_line, zip_files

HEADER = (
    "Title", "Subject", "List", "Send Date", "Send Weekday", "Total Recipients", "Successful Deliveries",
    "Soft Bounces", "Hard Bounces", "Total Bounces", "Times Forwarded", "Forwarded Opens", "Unique Opens",
    "Open Rate", "Total Opens", "Unique Clicks", "Click Rate", "Total Clicks", "Unsubscribes", "Abuse Complaints",
    "Times Liked on Facebook", "Folder Id", "Unique Id", "Total Orders", "Total Gross Sales", "Total Revenue",
    "Analytics ROI", "Campaign Cost", "Revenue Created", "Visits", "New Visits", "Pages/Visit", "Bounce Rate",
    "Time on Site", "Goal Conversion Rate", "Per Visit Goal Value", "Transactions", "Ecommerce Conversion Rate",
    "Per Visit Value", "Average Value",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def write(world: World, output: Output) -> None:
    """One zip per snapshot, each in the folder of its day: the name is the same every time."""
    everything = list(email.sends(world, MAILCHIMP))
    for at in email.snapshots(world, MAILCHIMP):
        folder = output.folder(MAILCHIMP, at)
        rows = [_cells(send, at) for send in everything if send.sent_at < at]
        content = spaced_line(HEADER) + "".join(spaced_line(row) for row in rows)
        path = folder / "3184407_reports.zip"
        zip_files(path, [("3184407_reports/campaigns.csv", content.encode())], at)
        output.note(path, len(rows), at)


def send_date(at: datetime) -> str:
    """`Jun 09, 2018 09:30 pm` on the account's clock."""
    half = "am" if at.hour < 12 else "pm"
    return f"{MONTHS[at.month - 1][:3]} {at.day:02d}, {at.year} {(at.hour - 1) % 12 + 1:02d}:{at.minute:02d} {half}"


def _cells(send: email.Send, at: datetime) -> list[str]:
    seen = email.counters_at(send, at)
    delivered = send.delivered
    revenue = f"{email.revenue_at(send, at):.2f}"
    return [
        send.series.title + send.suffix, send.subject, send.series.audience, send_date(send.sent_local),
        _WEEKDAYS[send.sent_local.weekday()], str(send.recipients), str(delivered), str(send.soft_bounces),
        str(send.hard_bounces), str(send.soft_bounces + send.hard_bounces), str(seen["forwards"]), "0",
        str(seen["opens"]), f"{seen['opens'] / delivered:.2%}" if delivered else "n/a", str(seen["opens_total"]),
        str(seen["clicks"]), f"{seen['clicks'] / delivered:.2%}" if delivered else "n/a",
        str(seen["clicks_total"]), str(seen["unsubscribes"]), str(seen["complaints"]), "0", "", send.campaign_id,
        str(seen["orders"]), revenue, revenue, *["n/a"] * 14,
    ]  # fmt: skip
