"""Exports of e-mail platforms become sends with their counters, or events of hashed recipients."""

from __future__ import annotations

from tests.contracts.conftest import Exports


def test_mailchimp_zip_gives_one_snapshot_row_per_send(exports: Exports) -> None:
    exports.drop_zip(
        "3184407_reports.zip",
        {"3184407_reports/campaigns.csv": "mailchimp_campaigns/campaigns.csv"},
        "mailchimp/a41f",
        timezone="America/New_York",
        currency="USD",
    ).load()
    # 09:30 pm in New York in June is 01:30 UTC of the next day; 27.78 % = 30 / 108 delivered.
    assert exports.rows(
        "email_campaigns",
        "account_id, campaign_id, subject, sent_at, is_sent_at_utc, recipients, delivered, bounces_hard, bounces_soft, "
        "opens_unique, clicks_unique, orders, revenue, currency, open_rate_reported",
    ) == [
        ("a41f", "a1b2c3d4e5", "Our June news, fresh", "2026-06-10 01:30:00", "true", "112", "108", "1", "3",
         "30", "6", "2", "95.500000", "USD", "0.2778"),
        ("a41f", "f6a7b8c9d0", "Try this", "2026-06-10 01:30:00", "true", "1751", "1742", "1", "8",
         "141", "20", "0", "0.000000", "USD", "0.0809"),
    ]  # fmt: skip
    assert exports.query("select restatement, scope, exported_at::varchar from raw._batches") == [
        ("snapshot", "campaign", "2026-11-01 02:00:00")
    ]


def test_mailchimp_file_saved_again_by_a_spreadsheet_is_read_all_the_same(exports: Exports) -> None:
    exports.drop("mailchimp_campaigns/resaved_macroman.csv", folder="mailchimp/a41f").load()
    # No id is left: title and send time name the send. Rates have lost their percent signs.
    assert exports.rows("email_campaigns", "campaign_id, subject, sent_at, delivered, open_rate_reported") == [
        ("Spring @ 2026-02-24 11:29:00", "Café news", "2026-02-24 11:29:00", "190", "0.3")
    ]


def test_mailchimp_report_of_one_campaign_is_read_label_by_label(exports: Exports) -> None:
    exports.drop("mailchimp_campaign_report/report.csv", folder="mailchimp/a41f").load()
    assert exports.rows(
        "email_campaigns", "campaign_name, sent_at, recipients, bounces, opens_unique, clicks_unique, revenue"
    ) == [("Spring report", "2026-04-27 12:25:00", "1751", "9", "141", "20", "12.500000")]


def test_klaviyo_counts_written_as_floats_are_whole_numbers(exports: Exports) -> None:
    exports.drop("klaviyo_campaigns/campaigns.csv", folder="klaviyo/K1", currency="EUR").load()
    assert exports.rows(
        "email_campaigns",
        "campaign_name, message_channel, recipients, delivered, orders, revenue, currency, open_rate_reported",
    ) == [
        ("Last call", "sms", "500", "490", "3", "120.000000", "EUR", "0.4082"),
        ("Spring sale", "email", "121401", "119760", "310", "15230.500000", "EUR", "0.4843"),
    ]


def test_klaviyo_flow_message_is_one_send_per_day(exports: Exports) -> None:
    exports.drop("klaviyo_flows/flows.csv", folder="klaviyo/K1", timezone="Asia/Ho_Chi_Minh").load()
    # The day stays the day whatever the zone; rates are fractions in this export.
    assert exports.rows("email_campaigns", "campaign_id, sent_at, delivered, opens_unique, open_rate_reported") == [
        ("XaBcDe|YfGhIj|2026-09-04", "2026-09-04 00:00:00", "200", "90", "0.45"),
        ("XaBcDe|YfGhIj|2026-09-05", "2026-09-05 00:00:00", "100", "40", "0.4"),
    ]
    assert exports.query("select restatement from raw._batches") == [("upsert",)]


def test_recipients_of_brevo_become_events_and_machine_opens_are_told_apart(exports: Exports) -> None:
    exports.drop("brevo_recipients/campaign.csv", folder="brevo/B1").load()
    # Two people: three sent, two delivered, one hard bounce, an open of a person (twice), one of a machine, a click.
    assert exports.query(
        "select event_type, is_machine, count(*), sum(event_count) from raw.email_events group by all order by all"
    ) == [
        ("click", False, 1, 1),
        ("delivered", False, 2, 2),
        ("hard_bounce", False, 1, 1),
        ("open", False, 1, 2),
        ("open", True, 1, 0),
        ("sent", False, 3, 3),
    ]
    # 03-10-2026 is the third of October.
    assert exports.query("select min(event_at)::varchar from raw.email_events") == [("2026-10-03 10:45:06",)]


def test_the_same_person_has_the_same_hash_on_every_platform(exports: Exports) -> None:
    exports.drop("brevo_recipients/campaign.csv", folder="brevo/B1")
    exports.drop("sendgrid_activity/activity.csv", folder="sendgrid/S1")
    exports.drop("mailchimp_audience/unsubscribed_members_export_1a2b.csv", folder="mailchimp/M1").load()
    shared = "select recipient_hash from raw.email_events group by 1 having count(distinct source) = 3"
    assert len(exports.query(shared)) == 1


def test_audience_export_keeps_no_personal_data(exports: Exports) -> None:
    exports.drop("mailchimp_audience/unsubscribed_members_export_1a2b.csv", folder="mailchimp/M1").load()
    assert exports.rows("email_events", "event_type, event_at, campaign_id") == [
        ("confirm", "2025-03-16 14:40:47", None),
        ("subscribe", "2025-03-16 14:40:47", None),
        ("unsubscribe", "2026-05-02 08:00:00", "a1b2c3d4e5"),
    ]
    kept = exports.bytes_kept()
    for secret in (b"jane.roe", b"Jane", b"Roe", b"John Poe", b"203.0.113.7"):
        assert secret not in kept


def test_sendgrid_statistics_are_one_send_per_day(exports: Exports) -> None:
    exports.drop("sendgrid_statistics/stats.csv", folder="sendgrid/S1").load()
    assert exports.rows("email_campaigns", "campaign_id, sent_at, recipients, delivered, opens_unique, complaints") == [
        ("2026-10-01", "2026-10-01 00:00:00", "1000", "980", "300", "1")
    ]


def test_hubspot_emails_say_whether_machine_opens_are_left_out(exports: Exports) -> None:
    exports.drop("hubspot/email_performance.csv", folder="hubspot/1").load()
    assert exports.rows(
        "email_campaigns",
        "campaign_name, recipients, delivered, opens_unique, is_machine_opens_excluded, clicks_unique",
    ) == [("October news", "1000", "980", "250", "true", "40")]
