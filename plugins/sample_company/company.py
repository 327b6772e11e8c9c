"""Who the sample company is: Brightloom, a software company selling in the US, Germany and Vietnam.

Pure facts without chance. Currencies: USD, EUR, VND; reporting currency USD. Every person is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

REPORTING_CURRENCY = "USD"
EXPONENT = {"USD": 2, "EUR": 2, "VND": 0}
"""Decimal places of each currency (ISO 4217)."""

ORG_ID = "00D5f000004XyZqEAK"
HUBSPOT_PORTAL = "8834121"
FACEBOOK_PAGE = ("104882390011223", "Brightloom")
INSTAGRAM_ACCOUNT = ("17841403355667788", "brightloom.app", "Brightloom")
LINKEDIN_PAGE = "brightloom"


@dataclass(frozen=True)
class Account:
    """One account of one platform. `source` is the folder name and the warehouse's source."""

    source: str
    account_id: str
    name: str
    timezone: str
    currency: str


GOOGLE_US = Account("google_ads", "4826159043", "Brightloom US", "America/New_York", "USD")
GOOGLE_DE = Account("google_ads", "7719320458", "Brightloom DE", "Europe/Berlin", "EUR")
GOOGLE_VN = Account("google_ads", "3605578812", "Brightloom VN", "Asia/Ho_Chi_Minh", "VND")
META_EU = Account("meta_ads", "120210448812", "Brightloom EU", "Europe/Berlin", "EUR")
META_VN = Account("meta_ads", "120210993377", "Brightloom VN", "Asia/Ho_Chi_Minh", "VND")
MICROSOFT = Account("microsoft_ads", "180412907", "Brightloom US", "America/New_York", "USD")
LINKEDIN_US = Account("linkedin_ads", "508112233", "Brightloom US", "UTC", "USD")
LINKEDIN_NL = Account("linkedin_ads", "511730094", "Brightloom EU", "UTC", "EUR")
MAILCHIMP = Account("mailchimp", "a41f0c77d2", "Brightloom", "America/New_York", "USD")
KLAVIYO = Account("klaviyo", "XyZ4Kq", "Brightloom Store", "Europe/Berlin", "EUR")
FACEBOOK = Account("meta_business", FACEBOOK_PAGE[0], FACEBOOK_PAGE[1], "America/Los_Angeles", "USD")
INSTAGRAM = Account("meta_business", INSTAGRAM_ACCOUNT[0], INSTAGRAM_ACCOUNT[2], "America/Los_Angeles", "USD")
LINKEDIN = Account("linkedin_page", LINKEDIN_PAGE, "Brightloom", "UTC", "USD")
GA4_MAIN = Account("ga4", "312045781", "Brightloom web", "America/New_York", "USD")
GA4_LATAM = Account("ga4", "398114520", "Brightloom en español", "America/Mexico_City", "USD")
SALESFORCE = Account("salesforce", ORG_ID, "Brightloom", "UTC", "USD")
HUBSPOT = Account("hubspot", HUBSPOT_PORTAL, "Brightloom Partners", "America/New_York", "USD")
AIRCALL = Account("aircall", "brightloom", "Brightloom", "UTC", "USD")
PLANS = Account("plans", "company", "Brightloom", "UTC", "USD")


@dataclass(frozen=True)
class Product:
    """One product; list prices per unit and year, unit cost in the reporting currency."""

    code: str
    name: str
    family: str
    list_price: dict[str, Decimal]
    unit_cost: Decimal


def _product(code: str, name: str, family: str, usd: str, eur: str, vnd: str, cost: str) -> Product:
    return Product(code, name, family, {"USD": Decimal(usd), "EUR": Decimal(eur), "VND": Decimal(vnd)}, Decimal(cost))


PRODUCTS = (
    _product("LOOM-CRM", "Loom CRM", "Platform", "480.00", "455.00", "9600000", "96.00"),
    _product("LOOM-FLOW", "Loom Flow", "Platform", "300.00", "285.00", "6000000", "54.00"),
    _product("LOOM-VOICE", "Loom Voice", "Add-ons", "149.50", "139.90", "2990000", "41.25"),
    _product("LOOM-INSIGHT", "Loom Insight", "Add-ons", "89.90", "84.90", "1790000", "12.50"),
)


@dataclass(frozen=True)
class Rep:
    """One sales representative. `active` is False for someone who has left."""

    first_name: str
    last_name: str
    team: str
    active: bool = True

    @property
    def name(self) -> str:
        """First and last name as shown in the tools."""
        return f"{self.first_name} {self.last_name}"


TEAMS = ("Sales AMER", "Sales EMEA", "Sales APAC")
REPS = (
    Rep("Dana", "Whitfield", "Sales AMER"),
    Rep("Marcus", "Okafor", "Sales AMER"),
    Rep("Elena", "Ruiz", "Sales AMER"),
    Rep("Jonas", "Krämer", "Sales EMEA"),
    Rep("Sabine", "Vogt", "Sales EMEA"),
    Rep("Pieter", "de Wit", "Sales EMEA"),
    Rep("Linh", "Tran", "Sales APAC"),
    Rep("Quang", "Pham", "Sales APAC"),
    Rep("Thu", "Dang", "Sales APAC", active=False),
)
PARTNER_REPS = (REPS[2], REPS[5])
"""Who also works the partner unit's HubSpot deals."""


@dataclass(frozen=True)
class Country:
    """A market: name as the CRM writes it, sales region, deal currency, sales team and weight among leads."""

    name: str
    region: str
    currency: str
    team: str
    market: str


COUNTRIES = (
    Country("United States", "AMER", "USD", "Sales AMER", "US"),
    Country("USA", "AMER", "USD", "Sales AMER", "US"),
    Country("Canada", "AMER", "USD", "Sales AMER", "US"),
    Country("Mexico", "LATAM", "USD", "Sales AMER", "US"),
    Country("Germany", "EMEA", "EUR", "Sales EMEA", "DE"),
    Country("Deutschland", "EMEA", "EUR", "Sales EMEA", "DE"),
    Country("Austria", "EMEA", "EUR", "Sales EMEA", "DE"),
    Country("Netherlands", "EMEA", "EUR", "Sales EMEA", "DE"),
    Country("Vietnam", "APAC", "VND", "Sales APAC", "VN"),
    Country("Singapore", "APAC", "USD", "Sales APAC", "VN"),
)
MARKET_COUNTRIES: dict[str, tuple[tuple[Country, float], ...]] = {
    market: tuple(
        (country, weight)
        for country, weight in zip(COUNTRIES, (60, 6, 14, 9, 55, 5, 12, 14, 80, 9), strict=True)
        if country.market == market
    )
    for market in ("US", "DE", "VN")
}


@dataclass(frozen=True)
class Campaign:
    """One campaign of the CRM; the ad platforms and mailings use the same name.

    `channel` is the marketing channel, `lead_source` what the CRM records on leads, `share` the weight among leads,
    `months` the calendar months it runs in (empty: always).
    """

    name: str
    crm_type: str
    channel: str
    lead_source: str
    market: str
    share: float
    months: tuple[int, ...] = ()


CAMPAIGNS = (
    Campaign("US Search Brand", "Paid Search", "Paid Search", "Paid Search", "US", 9),
    Campaign("US Search Generic", "Paid Search", "Paid Search", "Paid Search", "US", 12),
    Campaign("US Retargeting Display", "Display", "Display", "Display", "US", 4),
    Campaign("DE Search Generic", "Paid Search", "Paid Search", "Paid Search", "DE", 10),
    Campaign("DE Performance Max", "Cross-network", "Cross-network", "Cross-network", "DE", 5),
    Campaign("VN Search Generic", "Paid Search", "Paid Search", "Paid Search", "VN", 9),
    Campaign("VN YouTube Awareness", "Paid Video", "Paid Video", "Paid Video", "VN", 0),
    Campaign("EU Social Leads", "Paid Social", "Paid Social", "Paid Social", "DE", 8),
    Campaign("VN Social Leads", "Paid Social", "Paid Social", "Paid Social", "VN", 9),
    Campaign("LinkedIn ABM", "Paid Social", "Paid Social", "Paid Social", "US", 6),
    Campaign("Spring Webinar Series", "Email", "Email", "Email", "US", 4, (3, 4, 5, 9, 10)),
    Campaign("Monthly Newsletter", "Email", "Email", "Email", "DE", 5),
    Campaign("Partner Referral Program", "Partner", "Partner", "Partner Referral", "VN", 4),
    Campaign("Trade Show Saigon", "Trade Show", "Events", "Trade Show", "VN", 3, (4, 10)),
)
"""`VN YouTube Awareness` spends and brings nobody; the last four have no media spend at all."""

UNCAMPAIGNED = (
    ("Organic Search", "Organic Search", 12.0),
    ("Direct", "Direct", 6.0),
    ("Referral", "Referral", 3.0),
    ("Organic Social", "Organic Social", 3.0),
    ("Outbound Sales", "Cold Call", 5.0),
    ("Unknown", "", 1.5),
)
"""Channel, lead source as the CRM records it, weight: leads that no campaign brought."""

DISTRIBUTION_CHANNELS = (("Direct", 54.0), ("Partner", 20.0), ("Online", 15.0), ("Store", 8.0), ("", 3.0))
SEGMENTS = ("SMB", "Mid-Market", "Enterprise")
INDUSTRIES = ("Manufacturing", "Retail", "Logistics", "Healthcare", "Education", "Technology")
LOSS_REASONS = ("Price", "No decision", "Competitor", "Missing feature", "Bad fit")

STAGES = (
    ("Prospecting", 10),
    ("Qualification", 20),
    ("Needs Analysis", 35),
    ("Proposal/Price Quote", 60),
    ("Negotiation/Review", 80),
    ("Closed Won", 100),
    ("Closed Lost", 0),
)
"""Opportunity stages in order with the CRM's default probability in percent."""

HUBSPOT_PIPELINE = "Partner Pipeline"
HUBSPOT_STAGES = (
    ("Appointment Scheduled", 20),
    ("Qualified To Buy", 40),
    ("Presentation Scheduled", 60),
    ("Decision Maker Bought-In", 80),
    ("Contract Sent", 90),
    ("Closed Won", 100),
    ("Closed Lost", 0),
)


@dataclass(frozen=True)
class Placement:
    """A campaign on one ad account: what a day of it costs and brings, in the account's currency.

    `cpc` cost per click, `ctr` clicks per impression, `cvr` conversions per click, `value` per conversion.
    """

    account: Account
    campaign: str
    campaign_id: str
    campaign_type: str
    daily_spend: float
    cpc: float
    ctr: float
    cvr: float
    value: float


PLACEMENTS = (
    Placement(GOOGLE_US, "US Search Brand", "20145118301", "Search", 55, 1.45, 0.11, 0.09, 95),
    Placement(GOOGLE_US, "US Search Generic", "20145118302", "Search", 190, 3.9, 0.045, 0.045, 90),
    Placement(GOOGLE_US, "US Retargeting Display", "20145118303", "Display", 60, 0.72, 0.006, 0.012, 80),
    Placement(GOOGLE_DE, "DE Search Generic", "20377450911", "Search", 120, 2.85, 0.05, 0.05, 85),
    Placement(GOOGLE_DE, "DE Performance Max", "20377450912", "Performance Max", 70, 1.1, 0.012, 0.02, 75),
    Placement(GOOGLE_VN, "VN Search Generic", "20988812001", "Search", 950_000, 6_200, 0.06, 0.05, 1_900_000),
    Placement(GOOGLE_VN, "VN YouTube Awareness", "20988812002", "Video", 400_000, 3_100, 0.004, 0.0, 0),
    Placement(META_EU, "EU Social Leads", "120210448812340417", "Leads", 85, 1.35, 0.013, 0.035, 70),
    Placement(META_VN, "VN Social Leads", "120210993377560221", "Leads", 700_000, 3_900, 0.018, 0.03, 1_500_000),
    Placement(MICROSOFT, "US Search Brand", "418230551", "Search", 14, 1.2, 0.09, 0.08, 95),
    Placement(MICROSOFT, "US Search Generic", "418230552", "Search", 45, 3.1, 0.03, 0.035, 90),
    Placement(LINKEDIN_US, "LinkedIn ABM", "640118233", "Sponsored", 95, 8.4, 0.005, 0.03, 140),
    Placement(LINKEDIN_NL, "LinkedIn ABM", "651220418", "Sponsored", 60, 7.2, 0.006, 0.03, 130),
)
