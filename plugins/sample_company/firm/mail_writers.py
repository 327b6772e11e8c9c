"""Solarhof's mailings: newsletters as lists of recipients from Brevo, tested invitations from Mailchimp."""

from __future__ import annotations

from datetime import datetime, timedelta

from sample_company.firm import story, tools
from sample_company.firm.story import BREVO, MAILCHIMP, ZONE
from sample_company.world import World
from sample_company.writers import mailchimp
from sample_company.writers.output import Output, csv_line, spaced_line, zip_files

_BREVO = (
    "Campaign ID", "Campaign Name", "Email_ID", "Send_Date", "Delivered_Date", "Open_Date", "Total Opens",
    "Total Apple MPP Opens", "Unsubscribe_Date", "Hard_Bounce_Date", "Hard_Bounce_Reason", "Soft_Bounce_Date",
    "Soft_Bounce_Reason", "Open_IP", "Click_IP", "Unsubscribe_IP", "Clicked_Links_Count", "Complaint_date",
)  # fmt: skip


def write(world: World, output: Output) -> None:
    """Every mailing of the firm."""
    _newsletters(world, output)
    _invitations(world, output)


def _second(at: datetime | None) -> str:
    return f"{at:%d-%m-%Y %H:%M:%S}" if at else ""


def _newsletters(world: World, output: Output) -> None:
    at = story.exports(world)[1]
    for send in tools.sends(world):
        path = output.folder(BREVO, at, has_currency=False) / f"{send.name}_recipients.csv"
        with output.writing(path, exported=at) as target:
            target.handle.write(b"\xef\xbb\xbf")
            target.text(csv_line(_BREVO, ";"))
            for one in send.recipients:
                target.row(csv_line([
                    send.campaign_id, send.name, one.contact.who.email, _second(send.sent_at),
                    _second(send.sent_at + timedelta(seconds=4)) if one.is_delivered else "", _second(one.opened_at),
                    str(one.human_opens), str(one.machine_opens), _second(one.unsubscribed_at),
                    "" if one.is_delivered else _second(send.sent_at + timedelta(seconds=6)),
                    "" if one.is_delivered else "unknown user", "", "", "", "", "", str(one.clicks), "",
                ], ";"))  # fmt: skip


def _invitations(world: World, output: Output) -> None:
    at = story.exports(world)[1]
    rows = []
    for half in tools.tested_sends(world):
        there = half.sent_at.astimezone(ZONE)
        rows.append([
            half.title, half.subject, "Kunden und Interessenten", mailchimp.send_date(there), f"{there:%A}",
            str(half.recipients), str(half.recipients - half.bounces), "0", str(half.bounces), str(half.bounces),
            "0", "0", str(half.opens), "n/a", str(half.opens), str(half.clicks), "n/a", str(half.clicks), "0", "0",
            "0", "", half.send_id, "0", "0.00", "0.00", *["n/a"] * 14,
        ])  # fmt: skip
    content = spaced_line(mailchimp.HEADER) + "".join(spaced_line(row) for row in rows)
    path = output.folder(MAILCHIMP, at) / "5520913_reports.zip"
    zip_files(path, [("5520913_reports/campaigns.csv", content.encode())], at)
    output.note(path, len(rows), at)
