"""Which channel a text means: Google's default channel group case by case, and the pick lists of the CRMs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import AS_OF, BareBuild
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

# source, medium, campaign as Analytics would export them (None: the report was not cut by it), channel.
VISITS: list[tuple[str | None, str | None, str | None, str]] = [
    # Google's definitions of manual traffic, in their order.
    ("(direct)", "(none)", "(direct)", "Direct"),
    ("(direct)", "(not set)", None, "Direct"),
    ("google", "cpc", "x cross-network y", "Cross-network"),
    ("shopping.example", "cpc", "Spring Shop", "Paid Shopping"),
    ("amazon.com", "ppc", "x", "Paid Shopping"),
    ("google", "cpc", "workshop", "Paid Search"),
    ("bing", "paid", None, "Paid Search"),
    ("duckduckgo", "retargeting", None, "Paid Search"),
    ("facebook.com", "cpc", None, "Paid Social"),
    ("l.instagram.com", "paid_social", None, "Paid Social"),
    ("youtube.com", "cpv_cpm", None, "Paid Video"),
    ("example.com", "display", None, "Display"),
    ("example.com", "banner", None, "Display"),
    ("example.com", "expandable", None, "Display"),
    ("example.com", "interstitial", None, "Display"),
    ("example.com", "cpm", None, "Display"),
    ("example.com", "cpc", None, "Paid Other"),
    ("chatgpt.com", "ai-assistant", None, "AI Assistant"),
    ("etsy.com", "referral", None, "Organic Shopping"),
    ("example.com", "referral", "shopping week", "Organic Shopping"),
    ("vk.com", "referral", None, "Organic Social"),
    ("example.com", "social", None, "Organic Social"),
    ("example.com", "social-network", None, "Organic Social"),
    ("example.com", "sm", None, "Organic Social"),
    ("vimeo.com", "referral", None, "Organic Video"),
    ("example.com", "in-video", None, "Organic Video"),
    ("yahoo", "referral", None, "Organic Search"),
    ("example.com", "organic", None, "Organic Search"),
    ("e_mail", "newsletter", None, "Email"),
    ("email", "referral", None, "Email"),
    ("example.com", "e-mail", None, "Email"),
    ("example.com", "affiliate", None, "Affiliates"),
    ("example.com", "referral", None, "Referral"),
    ("example.com", "app", None, "Referral"),
    ("example.com", "link", None, "Referral"),
    ("chatgpt.com", "referral", None, "Referral"),
    ("spotify", "audio", None, "Audio"),
    ("sms", "promo", None, "SMS"),
    ("example.com", "sms", None, "SMS"),
    ("example.com", "web-push", None, "Mobile Push Notifications"),
    ("example.com", "mobile-app", None, "Mobile Push Notifications"),
    ("example.com", "notification_x", None, "Mobile Push Notifications"),
    ("firebase", "x", None, "Mobile Push Notifications"),
    ("example.com", "flyer", None, "Unassigned"),
    # A report by source alone.
    ("facebook.com", None, None, "Organic Social"),
    ("google", None, None, "Organic Search"),
    ("duckduckgo", None, None, "Organic Search"),
    ("mail.google.com", None, None, "Email"),
    ("docs.google.com", None, None, "Referral"),
    ("youtube.com", None, None, "Organic Video"),
    ("(direct)", None, None, "Direct"),
    # A report by medium alone.
    (None, "organic", None, "Organic Search"),
    (None, "cpc", None, "Paid Search"),
    (None, "email", None, "Email"),
    (None, "referral", None, "Referral"),
    (None, "display", None, "Display"),
    (None, "affiliate", None, "Affiliates"),
    (None, "sms", None, "SMS"),
    (None, "(none)", None, "Unassigned"),
    # A subdomain of a search engine that is not search.
    ("mail.yahoo.com", "referral", None, "Referral"),
    ("groups.google.com", "referral", None, "Organic Social"),
]  # fmt: skip

GROUPS = {
    "AI Assistant": "AI Assistant", "Audio": "Audio", "Paid Shopping": "Paid Shopping", "Email": "Email",
    "Organic Shopping": "Organic Shopping", "Mobile Push Notifications": "Mobile Push Notifications",
    "Cross-network": "Cross-network", "Unassigned": "Unassigned",
}  # fmt: skip

# What Salesforce, HubSpot, Zoho, Dynamics and Pipedrive offer for where a lead came from, and what people add.
LEAD_SOURCES = {
    "Advertisement": "Offline", "Cold Call": "Outbound Sales", "Conference": "Events", "Customer Event": "Events",
    "Direct Mail": "Offline", "Direct traffic": "Direct", "Email marketing": "Email", "Employee Referral": "Referral",
    "External Referral": "Referral", "Google AdWords": "Paid Search", "Live chat": "Direct",
    "Offline sources": "Offline", "OnlineStore": "Direct", "Organic search": "Organic Search",
    "Organic social": "Organic Social", "Other": "Unassigned", "Other campaigns": "Paid Other",
    "Paid search": "Paid Search", "Paid social": "Paid Social", "AI Referrals": "AI Assistant", "Partner": "Partner",
    "Partner Referral": "Partner", "Phone Inquiry": "Outbound Sales", "Prospector": "Outbound Sales",
    "Public Relations": "Offline", "Purchased List": "Outbound Sales", "Referrals": "Referral",
    "Seminar - Internal": "Events", "Seminar - Partner": "Events", "Seminar Partner": "Events",
    "Social Media": "Organic Social", "Trade Show": "Events", "Web": "Direct", "Web forms": "Direct",
    "Webinar": "Events", "Website": "Direct", "Word of mouth": "Referral", "X (Twitter)": "Organic Social",
    "Plumbing fair": "Events", "Semantic forum": "Unknown", "Recall list": "Unknown", "google_ads": "Paid Search",
    "Metals catalogue": "Unknown",
}  # fmt: skip
CAMPAIGN_TYPES = {
    "Conference": "Events", "Webinar": "Events", "Trade Show": "Events", "Public Relations": "Offline",
    "Partners": "Partner", "Referral Program": "Referral", "Advertisement": "Offline", "Banner Ads": "Display",
    "Direct Mail": "Offline", "Email": "Email", "Telemarketing": "Outbound Sales", "Seminar / Conference": "Events",
    "Other": "Unassigned", "Others": "Unassigned",
}  # fmt: skip
AD_TYPES = {
    ("google_ads", "Search"): "Paid Search", ("google_ads", "Performance Max"): "Cross-network",
    ("google_ads", "Shopping"): "Paid Shopping", ("google_ads", "Video"): "Paid Video",
    ("google_ads", "Display"): "Display", ("google_ads", "App"): "Paid Other",
    ("microsoft_ads", "DynamicSearchAds"): "Paid Search", ("microsoft_ads", "Audience"): "Display",
    ("meta_ads", "OUTCOME_LEADS"): "Paid Social", ("metabase_ads", ""): "Paid Other",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> RawFactory:
    raw = RawFactory(replace(load_settings(tmp_path_factory.mktemp("channel_rules") / "home"), as_of=AS_OF))
    day = {"date": "2026-10-05", "sessions": 1}
    for number, (source, medium, campaign, _) in enumerate(VISITS):
        row = {**day, "session_source": source, "session_medium": medium, "campaign_name": campaign}
        raw.add("web_traffic", [row], source="ga4", account_id=f"visit {number}")
    for group in GROUPS:
        raw.add("web_traffic", [{**day, "channel_group": group}], source="ga4", account_id=group)
    raw.add("crm_leads", [
        {"record_id": source, "created_at": "2026-10-05T09:00:00", "status": "New", "lead_source": source}
        for source in LEAD_SOURCES
    ])  # fmt: skip
    raw.add("crm_campaigns", [
        {"record_id": kind, "campaign_name": f"{kind} 2026", "campaign_type": kind, "start_date": "2026-10-01",
         "end_date": "2026-10-02", "actual_cost": 10, "currency": "USD"}
        for kind in CAMPAIGN_TYPES
    ])  # fmt: skip
    for source, kind in AD_TYPES:
        raw.add("ads_performance", [
            {"level": "campaign", "date": "2026-10-05", "campaign_id": kind, "campaign_name": kind, "spend": "1",
             "campaign_type": kind, "currency": "USD"}
        ], source=source, account_id=kind)  # fmt: skip
    bare_build.build(
        raw.settings, ["fct_web_traffic", "dim_person", "fct_cost", "fct_ad_performance", "mart_lead_daily"]
    )
    return raw


def test_a_visit_belongs_to_the_channel_that_google_defines(built: RawFactory) -> None:
    rows = built.rows("select account_id, channel from marts.fct_web_traffic")
    found = {row["account_id"]: row["channel"] for row in rows}
    assert {visit: found[f"visit {number}"] for number, visit in enumerate(VISITS)} == {
        visit: visit[3] for visit in VISITS
    }
    assert {group: found[group] for group in GROUPS} == GROUPS


def test_the_standard_lead_sources_of_crms_have_their_channel(built: RawFactory) -> None:
    rows = built.rows("select person_id, channel from marts.dim_person")
    assert {row["person_id"].split(":", 1)[1]: row["channel"] for row in rows} == LEAD_SOURCES


def test_the_standard_campaign_types_of_crms_have_their_channel(built: RawFactory) -> None:
    rows = built.rows("select cost_id, coalesce(channel, 'Unknown') as channel from marts.fct_cost "
                      "where cost_origin = 'crm_campaign'")  # fmt: skip
    assert {row["cost_id"].split(":", 1)[1].removesuffix(" | actual"): row["channel"] for row in rows} == CAMPAIGN_TYPES


def test_campaign_types_of_ad_platforms_have_their_channel(built: RawFactory) -> None:
    rows = built.rows("select source, account_id, channel from marts.fct_ad_performance")
    assert {(row["source"], row["account_id"]): row["channel"] for row in rows} == AD_TYPES
