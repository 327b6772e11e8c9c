"""Solarhof's export files: HubSpot's in English, LinkedIn's and Meta's in German, Brevo, Aircall, own costs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sample_company.firm import mail_writers, service, story, tools, web_writers, website
from sample_company.firm.story import AIRCALL, HUBSPOT, LINKEDIN, LOST, META, PIPELINE, PLANS, STAGES, WON, ZONE
from sample_company.world import World
from sample_company.writers.output import Output, csv_line, quoted_line, spaced_line

_CONTACTS = (
    "Record ID", "First Name", "Last Name", "Email", "Phone Number", "Company Name", "Contact owner",
    "Lifecycle Stage", "Create Date", "Original Traffic Source", "Country/Region", "Became a Lead Date",
    "Became a Marketing Qualified Lead Date", "Became a Sales Qualified Lead Date", "Became an Opportunity Date",
    "Became a Customer Date", "Merged vids with timestamps of a contact", "Associated Company IDs", "First Page Seen",
)  # fmt: skip
_COMPANIES = ("Record ID", "Company name", "Company owner", "Create Date", "Country/Region")
_DEALS = (
    "Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Currency", "Close Date", "Create Date",
    "Deal owner", "Is Closed Won", "Closed Lost Reason", "Last Modified Date", "Original Traffic Source",
    *(f'Date entered "{stage} ({PIPELINE})"' for stage in STAGES), "Associated Contact IDs", "Associated Company",
    "Associated Company IDs", "Merged Deal IDs",
)  # fmt: skip
_CALLS = ("Record ID", "Call title", "Activity date", "Call duration", "Call outcome", "Call direction",
          "Activity assigned to")  # fmt: skip
_LINKEDIN = (
    "Startdatum (in UTC)", "Kontoname", "Währung", "Kampagnen-ID", "Kampagnenname", "Kampagnenstatus",
    "Gesamtausgaben", "Impressions", "Klicks", "Conversions",
)  # fmt: skip
_META = (
    "Kampagnenname", "Kampagnen-ID", "Tag", "Ergebnisse", "Ergebnis-Indikator", "Reichweite", "Impressionen",
    "Ausgegebener Betrag (EUR)", "Link-Klicks", "Berichtsstart", "Berichtsende",
)  # fmt: skip
_FORMS = (
    "id", "created_time", "ad_id", "ad_name", "adset_id", "adset_name", "campaign_id", "campaign_name", "form_id",
    "form_name", "is_organic", "platform", "wie_groß_ist_ihr_dach?", "full_name", "phone_number", "email",
    "lead_status",
)  # fmt: skip
_AIRCALL = (
    "line", "date (TZ offset incl.)", "time (TZ offset incl.)", "number timezone", "datetime (UTC)", "country_code",
    "direction", "from", "to", "answered", "missed_call_reason", "user", "duration (total)", "duration (in call)",
    "via", "voicemail", "tags",
)  # fmt: skip
_OURS = "+4942155501"


def write(world: World, output: Output) -> None:
    """Every file of the firm."""
    for at in story.exports(world):
        folder = output.folder(HUBSPOT, at)
        for name, header, rows in (
            ("contacts", _CONTACTS, _contacts(world, at)),
            ("companies", _COMPANIES, _companies(world, at)),
            ("deals", _DEALS, _deals(world, at)),
        ):
            path = folder / f"hubspot-crm-exports-all-{name}-{at:%Y-%m-%d}.csv"
            with output.writing(path, exported=at) as target:
                target.text(quoted_line(header))
                for row in rows:
                    target.row(quoted_line(row))
    _calls(world, output)
    _linkedin(world, output)
    _meta(world, output)
    _forms(world, output)
    mail_writers.write(world, output)
    _costs(world, output)
    _budgets(world, output)
    web_writers.write(world, output)
    service.write(world, output)


# --- HubSpot ---


def _minute(at: datetime | None, until: datetime) -> str:
    """A time on the account's clock; empty if it has not come yet."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" if at and at < until else ""


def _contacts(world: World, at: datetime) -> list[list[str]]:
    rows = []
    won = {deal.contact_id: step[1] for deal in story.deals(world) for step in deal.entered if step[0] == WON}
    for one in story.contacts(world):
        if one.created_at >= at:
            continue
        steps = [one.created_at, one.mql_at, one.sql_at, one.opportunity_at, won.get(one.record_id)]
        reached = [name for name, when in zip(_LIFE, steps, strict=True) if when and when < at]
        is_merged = one.merged_at is not None and one.merged_at < at
        merged = f"{one.copy_id}:{int(one.merged_at.timestamp() * 1000)}" if is_merged and one.merged_at else ""
        who, owner = one.who, one.owner
        start = [who.first_name, who.last_name, who.email, who.phone, who.company, owner]
        rows.append([
            one.record_id, *start, reached[-1], _minute(one.created_at, at), one.source, "Deutschland",
            *(_minute(when, at) for when in steps), merged, story.company_id(one), _first_page(world, one),
        ])  # fmt: skip
        if one.copied_at and one.copied_at < at and not is_merged:
            copied = _minute(one.copied_at, at)
            start[2] = f"zweit.{who.email}"
            rows.append([
                one.copy_id, *start, "Lead", copied, "Direct Traffic", "Deutschland", copied, *[""] * 7,
            ])  # fmt: skip
    return rows


def _first_page(world: World, contact: story.Contact) -> str:
    page = website.first_page(world, contact)
    return f"{website.HOST}{page}?utm_source={contact.number % 3}" if page else ""


_LIFE = ("Lead", "Marketing Qualified Lead", "Sales Qualified Lead", "Opportunity", "Customer")


def _companies(world: World, at: datetime) -> list[list[str]]:
    known: dict[str, list[str]] = {}
    for one in story.contacts(world):
        if one.created_at < at:
            # Somebody writes a market where a country belongs.
            country = "DACH" if int(story.company_id(one)) % 7 == 0 else "Deutschland"
            row = [story.company_id(one), one.who.company, one.owner, _minute(one.created_at, at), country]
            known.setdefault(row[0], row)
    return list(known.values())


def _deals(world: World, at: datetime) -> list[list[str]]:
    rows = []
    for deal in story.deals(world):
        if deal.created_at >= at:
            continue
        stage, since = deal.stage_at(at)
        is_merged = deal.merged_at is not None and deal.merged_at < at
        ends = since if stage in (WON, LOST) else deal.created_at + timedelta(days=45)
        entered = dict(deal.entered)
        tail = [deal.contact_id, deal.company, deal.company_id]
        rows.append([
            deal.record_id, deal.name, STAGES[stage], PIPELINE, f"{deal.amount:.2f}", "EUR",
            f"{ends.astimezone(ZONE):%Y-%m-%d %H:%M}", _minute(deal.created_at, at), deal.owner,
            "true" if stage == WON else "false", deal.loss_reason if stage == LOST else "", _minute(since, at),
            deal.source, *(_minute(entered.get(number), at) for number in range(len(STAGES))), *tail,
            deal.copy_id if is_merged else "",
        ])  # fmt: skip
        if deal.copy_id and not is_merged:
            # The second copy stays where it was begun until somebody notices.
            rows.append([
                deal.copy_id, deal.name, STAGES[0], PIPELINE, f"{deal.amount:.2f}", "EUR",
                f"{deal.created_at + timedelta(days=45):%Y-%m-%d %H:%M}", _minute(deal.created_at, at), deal.owner,
                "false", "", _minute(deal.created_at, at), deal.source, _minute(deal.created_at, at),
                *[""] * (len(STAGES) - 1), *tail, "",
            ])  # fmt: skip
    return rows


# --- telephone: the same calls in two systems ---


def _calls(world: World, output: Output) -> None:
    everything = list(story.calls(world))
    at = story.exports(world)[1]
    folder = output.folder(AIRCALL, at, has_currency=False)
    zone = ZoneInfo("Europe/Berlin")
    with output.writing(folder / f"calls_{world.start}_{world.end}.csv", exported=at) as target:
        target.text(csv_line(_AIRCALL))
        for call in everything:
            there = call.started_at.astimezone(zone)
            ways = (call.phone, _OURS) if call.is_inbound else (_OURS, call.phone)
            target.row(csv_line([
                "Vertrieb", f"{there:%Y-%m-%d}", f"{there:%H:%M:%S}", str(zone), f"{call.started_at:%Y-%m-%d %H:%M:%S}",
                "DE", "inbound" if call.is_inbound else "outbound", *ways, "Yes" if call.talk_seconds else "No",
                "" if call.talk_seconds else "no_available_agent", call.agent,
                str(call.ringing_seconds + call.talk_seconds), str(call.talk_seconds), "", "", "",
            ]))  # fmt: skip
    folder = output.folder(HUBSPOT, at)
    with output.writing(folder / f"hubspot-crm-exports-all-calls-{at:%Y-%m-%d}.csv", exported=at) as target:
        target.text(quoted_line(_CALLS))
        for call in everything:
            target.row(quoted_line([
                str(55_000_000 + call.number), "Anruf", _minute(call.started_at, at), str(1000 * call.talk_seconds),
                "Connected" if call.talk_seconds else "No answer", "Inbound" if call.is_inbound else "Outbound",
                call.agent,
            ]))  # fmt: skip


# --- ads ---


def _german(value: object, places: int) -> str:
    return f"{value:,.{places}f}".translate(str.maketrans(",.", ".,"))


def _spelled(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _linkedin(world: World, output: Output) -> None:
    at = story.exports(world)[1]
    path = (
        output.folder(LINKEDIN, at, has_currency=False)
        / f"account_{LINKEDIN.account_id}_campaign_performance_report.csv"
    )
    with output.writing(path, exported=at) as target:
        target.handle.write(b"\xff\xfe")
        for line in (
            "Kampagnenleistungsbericht (in UTC)", f"Berichtsanfang: {_spelled(world.start)} 00:00",
            f"Berichtsende: {_spelled(world.end)} 23:59", f"Erstellungsdatum: {_spelled(at.date())} 07:00", "",
        ):  # fmt: skip
            target.text(line + "\n", "utf-16-le")
        target.text(csv_line(_LINKEDIN, "\t"), "utf-16-le")
        for one in tools.ad_days(world, LINKEDIN):
            target.row(csv_line([
                _spelled(one.day), LINKEDIN.name, "EUR", tools.CAMPAIGNS[one.campaign][1], one.campaign, "Aktiv",
                _german(one.spend, 2), _german(one.impressions, 0), _german(one.clicks, 0), str(one.results),
            ], "\t"), "utf-16-le")  # fmt: skip


def _meta(world: World, output: Output) -> None:
    at = story.exports(world)[1]
    path = output.folder(META, at, has_currency=False) / "Solarhof-Kampagnen.csv"
    with output.writing(path, exported=at) as target:
        target.handle.write(b"\xef\xbb\xbf")
        target.text(spaced_line(_META))
        for one in tools.ad_days(world, META):
            target.row(spaced_line([
                one.campaign, tools.CAMPAIGNS[one.campaign][1], one.day, one.results or "",
                "actions:leadgen_grouped" if one.results else "", one.impressions * 4 // 5, one.impressions,
                f"{one.spend:f}", one.clicks, one.day, one.day,
            ]))  # fmt: skip


def _forms(world: World, output: Output) -> None:
    at = story.exports(world)[1]
    path = output.folder(META, at, has_currency=False) / f"Dachcheck_Leads_{world.start}_{world.end}.csv"
    with output.writing(path, exported=at) as target:
        target.handle.write(b"\xff\xfe")
        target.text(csv_line(_FORMS, "\t"), "utf-16-le")
        for one in story.contacts(world):
            if not one.form_campaign:
                continue
            campaign = tools.CAMPAIGNS[one.form_campaign][1]
            when = one.created_at.astimezone(ZONE).isoformat(timespec="seconds")
            target.row(csv_line([
                f"l:{one.form_lead_id}", when, f"ag:{campaign}3", "Video Dach", f"as:{campaign}2", "Nord",
                f"c:{campaign}", one.form_campaign, "f:77001234", "Dachcheck", "false",
                "ig" if one.number % 3 else "fb", "über 500 m²", f"{one.who.first_name} {one.who.last_name}",
                f"p:{one.who.phone}", one.who.email, "created",
            ], "\t"), "utf-16-le")  # fmt: skip


# --- money ---


def _costs(world: World, output: Output) -> None:
    at = story.exports(world)[1]
    folder = output.folder(PLANS, facts={"exported_at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}, has_currency=False)
    with output.writing(folder / "kosten.csv", exported=at) as target:
        target.text(csv_line(["Von", "Bis", "Kategorie", "Abteilung", "Kanal", "Betrag", "Währung"], ";"))
        for first, last in tools.months(world):
            for category, department, channel, amount in tools.COSTS:
                cells = [_spelled(first), _spelled(last), category, department, channel, _german(amount, 2), "EUR"]
                target.row(csv_line(cells, ";"))


def _budgets(world: World, output: Output) -> None:
    """What campaigns may cost: one budget has no end, one is of a campaign that has not begun."""
    at = story.exports(world)[1]
    folder = output.folder(PLANS, facts={"exported_at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}, has_currency=False)
    with output.writing(folder / "kosten budgets.csv", exported=at) as target:
        target.text(csv_line(["Von", "Bis", "Kategorie", "Kampagne", "Betrag", "Währung", "Art"], ";"))
        for one in tools.budgets(world):
            cells = [_spelled(one.first), _spelled(one.last) if one.last else "", "media", one.campaign]
            target.row(csv_line([*cells, _german(one.amount, 2), "EUR", "planned"], ";"))
