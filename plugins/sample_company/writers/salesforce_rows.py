"""Each CRM record as a row of the Salesforce export, as it was at one instant.

Booleans are 1 and 0, instants `2022-12-02 00:10:41` in UTC, days carry a midnight, an empty lookup is
`000000000000000AAA`. A function returns None if the record did not exist at the instant.
"""

from __future__ import annotations

from datetime import date, datetime

from sample_company.company import CAMPAIGNS, PRODUCTS, REPS, STAGES, Rep
from sample_company.story.records import (
    NO_ID,
    Activity,
    Contact,
    CrmAccount,
    Lead,
    Line,
    Member,
    Opportunity,
    Role,
    Split,
    Subscription,
    case_checksum,
    salesforce_id,
)

Row = dict[str, str]
LOCALISED_STAGE = {"Negotiation/Review": "Negociación"}
"""What users with a Spanish interface, the Mexican accounts', have as stage names."""

_ORDER = {name: number + 1 for number, (name, _) in enumerate(STAGES)}
_PROBABILITY = dict(STAGES)
_FORECAST = {"Closed Won": "Closed", "Closed Lost": "Omitted", "Negotiation/Review": "Commit"}
USER_IDS = {rep.name: salesforce_id("005", number + 1) for number, rep in enumerate(REPS)}
SYSTEM_USER = salesforce_id("005", 90)
CAMPAIGN_IDS = {one.name: salesforce_id("701", number + 1) for number, one in enumerate(CAMPAIGNS)}
PRODUCT_IDS = {one.code: salesforce_id("01t", number + 1) for number, one in enumerate(PRODUCTS)}
PRICEBOOK = salesforce_id("01s", 1)
INFLUENCE_MODEL = salesforce_id("03V", 1)
SPLIT_TYPES = {False: salesforce_id("1ST", 1), True: salesforce_id("1ST", 2)}


def instant(at: datetime) -> str:
    """An instant as the export writes it."""
    return str(at)[:19]


def day(value: date) -> str:
    """A date field as the export writes it."""
    return f"{value.isoformat()} 00:00:00"


def flag(value: bool) -> str:
    """A boolean as the export writes it."""
    return "1" if value else "0"


def stamps(created: datetime, modified: datetime, by: Rep | None = None) -> Row:
    """The five columns of creation and change."""
    user = USER_IDS[by.name] if by else SYSTEM_USER
    return {
        "CreatedDate": instant(created), "CreatedById": user, "LastModifiedDate": instant(modified),
        "LastModifiedById": user, "SystemModstamp": instant(modified),
    }  # fmt: skip


def _past(at: datetime | None, now: datetime) -> bool:
    return at is not None and at < now


def lead(one: Lead, now: datetime) -> Row | None:
    """A row of Lead."""
    if one.created_at >= now or _past(one.purged_at, now):
        return None
    changes = [change for change in one.changes if change.at < now]
    converted_at = one.converted_at()
    converted = _past(converted_at, now)
    deleted = _past(one.deleted_at, now)
    modified = max([changes[-1].at, *([one.deleted_at] if deleted and one.deleted_at else [])])
    who = one.person
    return {
        "Id": one.id, "IsDeleted": flag(deleted), "MasterRecordId": one.merged_into if deleted else NO_ID,
        "LastName": who.last_name, "FirstName": who.first_name, "Title": who.title, "Company": who.company,
        "Country": one.country.name if one.country else "", "Phone": who.phone, "Email": who.email,
        "LeadSource": one.lead_source, "Status": changes[-1].new,
        "CurrencyIsoCode": one.country.currency if one.country else "USD", "OwnerId": USER_IDS[one.owner.name],
        "HasOptedOutOfEmail": "0", "IsConverted": flag(converted),
        "ConvertedDate": day(converted_at.date()) if converted and converted_at else "",
        "ConvertedAccountId": one.account_id if converted else NO_ID,
        "ConvertedContactId": one.contact_id if converted else NO_ID,
        "ConvertedOpportunityId": one.opportunity_id if converted else NO_ID,
        "IsUnreadByOwner": flag(len(changes) == 1), "Originating_Department__c": one.department,
        **stamps(one.created_at, modified, one.owner),
    }  # fmt: skip


def lead_history(one: Lead, now: datetime) -> list[Row]:
    """The rows of LeadHistory of one lead: its creation, then each change of status."""
    if _past(one.purged_at, now):
        return []
    deleted = flag(_past(one.deleted_at, now))
    rows = []
    for change in one.changes:
        if change.at < now:
            creation = not change.old
            rows.append({
                "Id": change.id, "IsDeleted": deleted, "LeadId": one.id, "CreatedById": USER_IDS[one.owner.name],
                "CreatedDate": instant(change.at), "Field": "created" if creation else "Status",
                "OldValue": change.old, "NewValue": "" if creation else change.new,
            })  # fmt: skip
    return rows


def opportunity(one: Opportunity, now: datetime) -> Row | None:
    """A row of Opportunity."""
    history = [change for change in one.history if change.at < now]
    if not history:
        return None
    last = history[-1]
    moves = [change for change in history if change.stage != change.old]
    deleted = _past(one.deleted_at, now)
    modified = one.deleted_at if deleted and one.deleted_at else last.at
    probability = _PROBABILITY[last.stage]
    has_lines = any(line.created_at < now for line in one.lines)
    return {
        "Id": one.id, "IsDeleted": flag(deleted), "AccountId": one.account.id, "IsPrivate": "0", "Name": one.name,
        "StageName": stage_name(one, last.stage), "StageSortOrder": str(_ORDER[last.stage]),
        "Amount": f"{last.amount:f}", "Probability": f"{probability}.0",
        "ExpectedRevenue": f"{last.amount * probability / 100:f}", "CloseDate": day(last.close_date),
        "Type": one.kind, "LeadSource": one.lead_source, "IsClosed": flag(last.stage.startswith("Closed")),
        "IsWon": flag(last.stage == "Closed Won"), "ForecastCategory": _FORECAST.get(last.stage, "Pipeline"),
        "ForecastCategoryName": _FORECAST.get(last.stage, "Pipeline"), "CurrencyIsoCode": one.currency,
        "CampaignId": CAMPAIGN_IDS[one.campaign.name] if one.campaign else NO_ID,
        "HasOpportunityLineItem": flag(has_lines), "Pricebook2Id": PRICEBOOK if has_lines else NO_ID,
        "OwnerId": USER_IDS[one.owner.name], "Territory2Id": NO_ID,
        "LastStageChangeDate": instant(moves[-1].at) if len(moves) > 1 else "",
        "FiscalYear": str(last.close_date.year), "FiscalQuarter": str((last.close_date.month + 2) // 3),
        "ContactId": one.contacts[0] if one.contacts else NO_ID,
        "Distribution_Channel__c": one.distribution_channel,
        "Loss_Reason__c": one.loss_reason if last.stage == "Closed Lost" else "",
        **stamps(one.created_at, modified, one.owner),
    }  # fmt: skip


def stage_name(one: Opportunity, stage: str) -> str:
    """The stage as the deal's owner sees it."""
    mexican = one.account.country is not None and one.account.country.name == "Mexico"
    return LOCALISED_STAGE.get(stage, stage) if mexican else stage


def opportunity_history(one: Opportunity, now: datetime) -> list[Row]:
    """The rows of OpportunityHistory: exactly one, the current one, has a blank ValidThroughDate."""
    history = [change for change in one.history if change.at < now]
    deleted = flag(_past(one.deleted_at, now))
    rows = []
    for number, change in enumerate(history):
        before = history[number - 1] if number else None
        after = history[number + 1] if number + 1 < len(history) else None
        rows.append({
            "Id": change.id, "OpportunityId": one.id, "CreatedById": USER_IDS[one.owner.name],
            "CreatedDate": instant(change.at), "CreatedDateForInsert": instant(change.at),
            "StageName": stage_name(one, change.stage), "Amount": f"{change.amount:f}",
            "ExpectedRevenue": f"{change.amount * _PROBABILITY[change.stage] / 100:f}",
            "CloseDate": day(change.close_date), "Probability": f"{_PROBABILITY[change.stage]}.0",
            "ForecastCategory": _FORECAST.get(change.stage, "Pipeline"),
            "FromForecastCategory": _FORECAST.get(before.stage, "Pipeline") if before else "",
            "FromOpportunityStageName": stage_name(one, before.stage) if before else "",
            "PrevOpportunityStageUpdate": instant(before.at) if before else "",
            "CurrencyIsoCode": one.currency, "ValidThroughDate": instant(after.at) if after else "",
            "SystemModstamp": instant(change.at), "IsDeleted": deleted,
            "PrevAmount": f"{before.amount:f}" if before else "",
            "PrevCloseDate": day(before.close_date) if before else "",
        })  # fmt: skip
    return rows


def line(one: Line, deal: Opportunity, number: int, now: datetime) -> Row | None:
    """A row of OpportunityLineItem."""
    if one.created_at >= now:
        return None
    return {
        "Id": one.id, "OpportunityId": deal.id, "SortOrder": str(number + 1),
        "PricebookEntryId": pricebook_entry_id(one.product.code, deal.currency),
        "Product2Id": PRODUCT_IDS[one.product.code], "ProductCode": one.product.code,
        "Name": f"{deal.name} {one.product.name}", "CurrencyIsoCode": deal.currency,
        "Quantity": f"{one.quantity}.0", "TotalPrice": f"{one.total:f}", "UnitPrice": f"{one.unit_price:f}",
        "ListPrice": f"{one.product.list_price[deal.currency]:f}", "ServiceDate": "",
        "IsDeleted": flag(_past(deal.deleted_at, now)), **stamps(one.created_at, one.created_at, deal.owner),
    }  # fmt: skip


def split(one: Split, deal: Opportunity, now: datetime) -> Row | None:
    """A row of OpportunitySplit; its amount follows the deal's."""
    seen = [change for change in deal.history if change.at < now]
    if not seen:
        return None
    return {
        "Id": one.id, "OpportunityId": deal.id, "SplitOwnerId": USER_IDS[one.owner.name],
        "SplitPercentage": f"{one.percent:f}", "SplitAmount": f"{seen[-1].amount * one.percent / 100:f}",
        "SplitTypeId": SPLIT_TYPES[one.is_overlay], "Split": f"OPS-{one.id[9:15]}",
        "CurrencyIsoCode": deal.currency, "IsDeleted": flag(_past(deal.deleted_at, now)),
        **stamps(deal.created_at, seen[-1].at, deal.owner),
    }  # fmt: skip


def influence(deal: Opportunity, now: datetime) -> Row | None:
    """A row of CampaignInfluence: Salesforce's own model gives all of a deal to its primary campaign, if it has one."""
    seen = [change for change in deal.history if change.at < now]
    if not seen or deal.campaign is None or _past(deal.deleted_at, now):
        return None
    fifteen = "0hS" + deal.id[3:15]
    return {
        "Id": fifteen + case_checksum(fifteen), "CampaignId": CAMPAIGN_IDS[deal.campaign.name],
        "OpportunityId": deal.id, "ContactId": deal.contacts[0] if deal.contacts else NO_ID, "Influence": "100.0",
        "ModelId": INFLUENCE_MODEL, "RevenueShare": f"{seen[-1].amount:f}", "CurrencyIsoCode": deal.currency,
        **stamps(deal.created_at, seen[-1].at, deal.owner),
    }  # fmt: skip


def pricebook_entry_id(code: str, currency: str) -> str:
    """The id of a product's price in a currency."""
    number = [product.code for product in PRODUCTS].index(code) * 3 + ("USD", "EUR", "VND").index(currency)
    return salesforce_id("01u", number + 1)


def account(one: CrmAccount, now: datetime) -> Row | None:
    """A row of Account."""
    if one.created_at >= now:
        return None
    return {
        "Id": one.id, "IsDeleted": "0", "MasterRecordId": NO_ID, "Name": one.name, "Type": "Customer - Direct",
        "ParentId": NO_ID, "BillingCountry": one.country.name if one.country else "",
        "ShippingCountry": one.shipping.name if one.shipping else "", "Industry": one.industry,
        "NumberOfEmployees": str(one.employees), "CurrencyIsoCode": one.country.currency if one.country else "USD",
        "OwnerId": USER_IDS[one.owner.name], "AccountSource": one.lead_source, "Segment__c": one.segment,
        **stamps(one.created_at, one.created_at, one.owner),
    }  # fmt: skip


def contact(one: Contact, now: datetime) -> Row | None:
    """A row of Contact."""
    if one.created_at >= now:
        return None
    who = one.person
    return {
        "Id": one.id, "IsDeleted": "0", "MasterRecordId": NO_ID, "AccountId": one.account_id,
        "LastName": who.last_name, "FirstName": who.first_name, "Phone": who.phone, "Email": who.email,
        "MailingCountry": one.country.name if one.country else "", "Title": who.title, "LeadSource": one.lead_source,
        "CurrencyIsoCode": one.country.currency if one.country else "USD", "OwnerId": USER_IDS[one.owner.name],
        "HasOptedOutOfEmail": "0", "DoNotCall": "0", **stamps(one.created_at, one.created_at, one.owner),
    }  # fmt: skip


def member(one: Member, leads: dict[str, Lead], now: datetime) -> Row | None:
    """A row of CampaignMember; after a merge it belongs to the record that stayed, after a conversion to both."""
    if one.created_at >= now or (one.lead and _past(one.lead.purged_at, now)):
        return None
    holder = one.lead
    if holder and holder.merged_into != NO_ID and _past(holder.deleted_at, now):
        holder = leads[holder.merged_into]
    converted = holder is not None and _past(holder.converted_at(), now)
    responded = _past(one.responded_at, now)
    return {
        "Id": one.id, "IsDeleted": flag(holder is not None and _past(holder.deleted_at, now)),
        "CampaignId": CAMPAIGN_IDS[one.campaign.name], "LeadId": holder.id if holder else NO_ID,
        "ContactId": holder.contact_id if holder and converted else (one.contact_id or NO_ID),
        "Status": "Responded" if responded else "Sent", "HasResponded": flag(responded), "IsPrimary": "0",
        "FirstRespondedDate": day(one.responded_at.date()) if responded and one.responded_at else "",
        "CurrencyIsoCode": "USD", **stamps(one.created_at, one.created_at),
    }  # fmt: skip


def role(one: Role, now: datetime) -> Row | None:
    """A row of OpportunityContactRole."""
    if one.created_at >= now:
        return None
    return {
        "Id": one.id, "OpportunityId": one.opportunity.id, "ContactId": one.contact_id, "Role": one.role,
        "IsDeleted": flag(_past(one.opportunity.deleted_at, now)), "CurrencyIsoCode": one.opportunity.currency,
        **stamps(one.created_at, one.created_at, one.opportunity.owner),
    }  # fmt: skip


def subscription(one: Subscription, now: datetime) -> Row | None:
    """A row of Subscription__c, an object of the company's own."""
    seen = [change for change in one.changes if change.at < now]
    if not seen:
        return None
    last = seen[-1]
    return {
        "Id": one.id, "OwnerId": USER_IDS[one.account.owner.name], "IsDeleted": "0", "Name": f"SUB-{one.id[9:15]}",
        "CurrencyIsoCode": one.currency, "Account__c": one.account.id,
        "Opportunity__c": one.opportunity.id if one.opportunity else NO_ID,
        "Product__c": PRODUCT_IDS[one.product.code], "Plan__c": f"{one.product.name} {one.period}",
        "Status__c": last.status, "Amount__c": f"{last.amount:f}", "Billing_Period__c": one.period,
        "Quantity__c": f"{one.quantity}.0", "Start_Date__c": day(one.started_on),
        "End_Date__c": day(last.ended_on) if last.ended_on else "", "Is_Trial__c": flag(one.is_trial),
        "Churn_Reason__c": one.reason if last.status == "Cancelled" else "",
        **stamps(seen[0].at, last.at, one.account.owner),
    }  # fmt: skip


def activity(one: Activity, now: datetime) -> Row | None:
    """A row of Task, or of Event for a meeting. 0 seconds on a task means that it was no call or nobody answered."""
    if one.at >= now:
        return None
    contact_id = one.opportunity.contacts[0] if one.opportunity and one.opportunity.contacts else NO_ID
    who = one.lead.id if one.lead and not _past(one.lead.purged_at, now) else contact_id
    common = {
        "Id": one.id, "WhoId": who, "WhatId": one.opportunity.id if one.opportunity else NO_ID,
        "ActivityDate": day(one.at.date()), "OwnerId": USER_IDS[one.owner.name], "IsDeleted": "0",
        "AccountId": one.account_id or NO_ID, "CurrencyIsoCode": "USD", **stamps(one.at, one.at, one.owner),
    }  # fmt: skip
    if one.kind == "event":
        return {
            **common, "Subject": "Meeting", "IsAllDayEvent": "0", "ActivityDateTime": instant(one.at),
            "DurationInMinutes": str(one.minutes), "Type": "Meeting", "ShowAs": "Busy", "IsChild": "0",
            "IsGroupEvent": "0",
        }  # fmt: skip
    is_call = one.kind == "call"
    return {
        **common, "WhoCount": flag(who != NO_ID), "WhatCount": flag(one.opportunity is not None),
        "Subject": "Call" if is_call else "Email: your request", "Status": "Completed", "Priority": "Normal",
        "IsHighPriority": "0", "Type": "Call" if is_call else "Email", "IsClosed": "1", "IsArchived": "0",
        "Description": 'Left a message.\nSays: "call back on Monday"' if one.outcome == "No answer" else "",
        "CallDurationInSeconds": str(one.seconds) if is_call else "", "CallType": "Outbound" if is_call else "",
        "CallDisposition": one.outcome, "CompletedDateTime": instant(one.at),
    }  # fmt: skip
