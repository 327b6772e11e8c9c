"""Words of the marts and what people call them. Names of channels, campaigns, people and products stay as they are."""

from __future__ import annotations

LABELS = {
    # Attribution models
    "linear": "Linear", "first_touch": "First touch", "last_touch": "Last touch", "last_non_direct": "Last non-direct",
    "position_40_20_40": "Position 40/20/40", "u_shaped": "U-shaped", "w_shaped": "W-shaped", "full_path": "Full path",
    "time_decay": "Time decay", "markov": "Markov", "shapley": "Shapley", "crm": "The CRM's own",
    "influence_balanced": "Points, balanced", "influence_sourcing": "Points, sourcing",
    # Verdicts, advice and their reasons
    "success": "success", "neutral": "neutral", "fail": "fail", "insufficient data": "insufficient data",
    "too early": "too early", "raise": "raise", "lower": "lower", "change": "change", "keep": "keep",
    "not enough evidence": "not enough evidence", "pays": "pays surely", "may_pay": "may pay, may not",
    "few_deals": "too few deals", "no_interval": "its range is not known", "few_cases": "too few cases",
    "few_sales": "too few sales", "no_variants": "nothing told apart", "one_variant": "one variant only",
    "not_running": "not running", "no_difference": "no sure difference", "average": "average of its weeks",
    "curve": "curve of its weeks",
    "budget": "Budget", "message": "Message", "audience": "Audience", "distribution_channel": "Distribution channel",
    # Goals
    "achieved": "achieved", "on_track": "on track", "at_risk": "at risk", "behind": "behind", "missed": "missed",
    "no_data": "no data", "not_started": "not started", "pass": "pass", "warn": "warning", "company": "company",
    "under-assigned": "under-assigned", "over-assigned": "over-assigned", "assigned": "assigned",
    # Stages and what is counted
    "Visitor": "Visitor", "Inquiry": "Inquiry", "Lead": "Lead", "Contacted": "Contacted", "Opportunity": "Opportunity",
    "Customer": "Customer", "Won": "Won", "Lost": "Lost", "Recycled": "Recycled", "Retained": "Retained",
    "Churned": "Churned", "session": "sessions", "response": "responses", "person": "people", "opportunity": "deals",
    # Where
    "all": "all", "channel": "channel", "campaign": "campaign", "source": "source", "region": "region",
    "segment": "segment", "owner": "owner", "team": "team", "(none)": "none named", "(all)": "all",
    "Unknown": "unknown",
    "lead_without_campaign": "lead without a campaign", "cost_without_touch": "spend without a touch",
    "visit_without_channel": "visit without a channel", "lead_without_channel": "lead without a channel",
    "lead_tag_without_channel": "tag of a lead without a channel", "tag_of_no_campaign": "tag of no known campaign",
    "trial": "trial of another product",
    "campaign_response": "answered a campaign", "email_click": "clicked in a mail",
    "renewal_due": "renewal is due", "seats_near_limit": "seats near the limit",
    # Data
    "Nothing is loaded that feeds it": "Nothing is loaded that feeds it",
    "The last total of a platform differs": "The last total of a platform differs",
    "A file that would feed it is suspended": "A file that would feed it is suspended",
    "An account that feeds it is behind": "An account that feeds it is behind",
    "Rows that would feed it were rejected": "Rows that would feed it were rejected",
    "What feeds it is fresh and complete": "What feeds it is fresh and complete",
    "unknown": "unknown", "count": "number", "money": "reporting currency", "rate": "share", "ratio": "ratio",
    "days": "days", "minutes": "minutes", "none": "neither",
    "loaded": "loaded", "refused": "refused", "suspended": "suspended", "withdrawn": "withdrawn", "counts": "counts",
    "agrees": "agrees", "differs": "differs", "fills_period": "fills the period", "failed": "failed",
    "passed": "passed", "raised": "could not run", "no rows": "no rows", "critical": "critical", "warning": "warning",
    "info": "for information", "publish": "published", "rollback": "rolled back", "unchanged": "unchanged",
    "already loaded": "already loaded", "empty report": "empty report",
    "leak": "leak", "slow": "slower than before",
    "subscription": "subscriptions", "orders": "orders", "up": "higher is better", "down": "lower is better",
}  # fmt: skip
"""Words of the marts -> their English texts."""
