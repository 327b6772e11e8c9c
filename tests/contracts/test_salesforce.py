"""Salesforce objects, from the weekly Data Export and from Data Loader, without anybody's personal data."""

from __future__ import annotations

from tests.contracts.conftest import FILES, Exports

FOLDER = "salesforce_weekly_export"
WEEKLY = "WE_00D5f000004XyZqEAK_1.ZIP"


def objects(*names: str) -> dict[str, str | bytes]:
    """Members of a weekly export zip: all fixtures, or the named ones."""
    wanted = names or tuple(sorted(path.stem for path in (FILES / FOLDER).glob("*.csv")))
    return {f"{name}.csv": f"{FOLDER}/{name}.csv" for name in wanted}


def test_every_object_of_the_weekly_export_finds_its_entity(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects()).load()
    assert dict(exports.query("select scope, entities from raw._batches")) == {
        "account": "crm_accounts",
        "campaign": "crm_campaigns",
        "campaign_influence": "crm_influences",
        "campaign_member": "crm_campaign_members",
        "contact": "crm_contacts",
        "contact_role": "crm_contact_roles",
        "event": "crm_activities",
        "lead": "crm_leads",
        "lead_history": "crm_lead_history",
        "opportunity": "crm_opportunities",
        "opportunity_history": "crm_opportunity_history",
        "opportunity_line": "crm_opportunity_lines",
        "opportunity_split": "crm_opportunity_splits",
        "product": "crm_products",
        "subscription": "crm_subscriptions",
        "task": "crm_activities",
        "user": "crm_users",
        "user_role": "crm_user_roles",
        "voice_call": "crm_calls",
    }
    # The org is in the zip's name, the time of the export is that of its members.
    assert exports.query("select distinct account_id, exported_at::varchar from raw._batches") == [
        ("00D5f000004XyZqEAK", "2026-11-01 02:00:00")
    ]


def test_opportunities_keep_currency_and_amount_and_lose_empty_lookups(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("Opportunity"), account_name="Our own org").load()
    assert exports.rows(
        "crm_opportunities",
        "record_id, opportunity_name, account_name, stage, amount, currency, probability, close_date, is_closed, "
        "is_won, campaign_id, distribution_channel, loss_reason, created_at",
    ) == [
        ("0065f00000AAAAAAA1", "Müller GmbH – Loom", None, "Closed Won", "9225.225000", "EUR", "1.0", "2026-03-01",
         "true", "true", None, "Partner", None, "2026-01-05 10:15:00"),
        # Amount 000 is an empty currency field; the stage name is the org's own.
        ("0065f00000AAAAAAA2", "Segunda", None, "Negociación", None, "MXN", "0.75", "2026-12-31",
         "false", "false", "7015f00000AAAAAAA1", None, "Price", "2026-02-05 10:15:00"),
    ]  # fmt: skip


def test_stage_history_has_one_open_row_per_opportunity(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("OpportunityHistory")).load()
    assert exports.rows("crm_opportunity_history", "opportunity_id, from_stage, stage, changed_at, valid_through") == [
        ("0065f00000AAAAAAA1", "Prospecting", "Closed Won", "2026-03-01 08:00:00", None),
        ("0065f00000AAAAAAA1", None, "Prospecting", "2026-01-05 10:15:00", "2026-03-01 08:00:00"),
    ]


def test_lines_and_products(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("OpportunityLineItem", "Product2")).load()
    # 19.5 x 497.98 less 5 % = 9225.225 as the file says, to the third decimal.
    assert exports.rows("crm_opportunity_lines", "product_id, quantity, unit_price, discount_rate, total_price") == [
        ("01t5f00000AAAAAAA1", "19.500000", "497.980000", "0.05", "9225.225000")
    ]
    assert exports.rows("crm_products", "product_code, product_name, unit_cost, is_active") == [
        ("LOOM-CRM", "Loom CRM", "96.000000", "true")
    ]


def test_splits_are_fractions_whatever_they_come_to(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("OpportunitySplit")).load()
    # An overlay of 150 % needs not come to 100.
    columns = "record_id, opportunity_id, owner_id, split_rate, split_amount, split_type_id, is_deleted"
    deal, jane, jonas = "0065f00000AAAAAAA1", "0055f00000AAAAAAA1", "0055f00000AAAAAAA2"
    expected = [
        ("1SL5f00000AAAAAAA1", deal, jane, "0.625", "5765.770000", "1ST5f00000AAAAAAA1", "false"),
        ("1SL5f00000AAAAAAA2", deal, jonas, "0.375", "3459.460000", "1ST5f00000AAAAAAA1", "false"),
        ("1SL5f00000AAAAAAA3", deal, jonas, "1.5", "13837.840000", "1ST5f00000AAAAAAA2", "true"),
    ]
    assert exports.rows("crm_opportunity_splits", columns) == expected


def test_tags_of_leads_are_kept_whoever_named_their_fields(exports: Exports) -> None:
    for number, prefix in enumerate(("", "pi__", "Original_")):
        labels = "".join(f',"{prefix}{name}"' for name in ("utm_source__c", "UTM_Medium__c", "utm_campaign__c"))
        exports.drop(
            f'"ID","STATUS","ISCONVERTED","COMPANY","CREATEDDATE"{labels}\n"00Q5f00000AAAAAAA{number}","New","false",'
            f'"Acme","2026-01-05T10:15:00.000Z","google","cpc","Spring sale"\n'.encode(),
            f"lead_extract_{number}.csv",
            folder="salesforce/00D5f000004XyZqEAK",
            exported_at="2026-03-05",
        )
    exports.load()
    assert exports.rows("crm_leads", "utm_source, utm_medium, utm_campaign") == [("google", "cpc", "Spring sale")] * 3


def test_influence_is_a_fraction_and_may_have_no_contact(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("CampaignInfluence")).load()
    columns = "opportunity_id, campaign_id, contact_id, influence_rate, revenue_share, model_id, currency"
    deal, model = "0065f00000AAAAAAA1", "0hM5f00000AAAAAAA1"
    assert exports.rows("crm_influences", columns) == [
        (deal, "7015f00000AAAAAAA1", "0035f00000AAAAAAA1", "0.625", "5765.770000", model, "EUR"),
        (deal, "7015f00000AAAAAAA2", None, "0.375", "3459.460000", model, "EUR"),
    ]


def test_data_loader_writes_splits_without_a_kind(exports: Exports) -> None:
    exports.drop(
        b'"ID","OPPORTUNITYID","SPLITOWNERID","SPLITPERCENTAGE","SPLITAMOUNT","SPLITTYPEID","ISDELETED","CREATEDDATE"\n'
        b'"1SL5f00000AAAAAAA4","0065f00000AAAAAAA4","0055f00000AAAAAAA1","33.34","","","false","2026-01-05T10:15:00.000Z"\n',
        "opportunitysplit_extract.csv",
        folder="salesforce/00D5f000004XyZqEAK",
        exported_at="2026-03-05",
    )
    exports.load()
    assert exports.rows("crm_opportunity_splits", "opportunity_id, split_rate, split_type_id, created_at") == [
        ("0065f00000AAAAAAA4", "0.3334", None, "2026-01-05 10:15:00")
    ]


def test_merged_and_deleted_records_say_so_and_person_accounts_have_no_name(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("Account")).load()
    assert exports.rows(
        "crm_accounts", "record_id, account_name, is_deleted, merged_into_id, segment, billing_country"
    ) == [
        ("0015f00000AAAAAAA1", "Müller GmbH", "false", None, "Mid-Market", "Germany"),
        ("0015f00000AAAAAAA2", "(person)", "true", "0015f00000AAAAAAA1", None, "Germany"),
    ]


def test_lead_and_contact_of_one_person_share_a_hash(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("Lead", "Contact")).load()
    # The contact's address is written " Jane.Roe@Example.com ", the lead's jane.roe@example.com.
    assert len(exports.query("select email_hash from raw.crm_leads union select email_hash from raw.crm_contacts")) == 1
    assert exports.rows(
        "crm_leads", "status, department, is_converted, converted_at, converted_contact_id, converted_opportunity_id"
    ) == [("Qualified", "Marketing", "true", "2026-01-05 00:00:00", "0035f00000AAAAAAA1", None)]


def test_lead_history_keeps_the_way_of_the_lead_and_no_addresses(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("LeadHistory")).load()
    assert exports.rows("crm_lead_history", "lead_id, field, old_value, new_value, changed_at") == [
        ("00Q5f00000AAAAAAA1", "Status", "New", "MQL", "2025-12-22 09:00:00")
    ]


def test_activities_are_tasks_and_events_with_their_durations(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("Task", "Event")).load()
    assert exports.rows(
        "crm_activities", "activity_kind, activity_type, call_type, activity_at, duration_seconds, outcome, is_closed"
    ) == [
        (
            "event",
            "Demo",
            None,
            "2026-01-20 13:00:00",
            "2700",
            None,
            None,
        ),  # 45 minutes; the colleague's copy is dropped
        ("task", "Call", "Outbound", "2025-12-21 08:05:00", "185", "Connected", "true"),
        ("task", "Email", None, "2025-12-22 00:00:00", None, None, "true"),  # 0 seconds means: no call
    ]


def test_campaigns_members_and_roles(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("Campaign", "CampaignMember", "OpportunityContactRole")).load()
    assert exports.rows(
        "crm_campaigns", "campaign_name, campaign_type, start_date, budgeted_cost, actual_cost, is_active"
    ) == [("Spring Webinar", "Webinar", "2026-02-01", "500.000000", "480.500000", "true")]
    assert exports.rows("crm_campaign_members", "lead_id, contact_id, has_responded, first_responded_at") == [
        ("00Q5f00000AAAAAAA1", None, "true", "2026-02-10 00:00:00")
    ]
    assert exports.rows("crm_contact_roles", "opportunity_id, contact_id, role") == [
        ("0065f00000AAAAAAA1", "0035f00000AAAAAAA1", "Decision Maker")
    ]


def test_employees_keep_their_names_and_portal_users_are_no_employees(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("User", "UserRole")).load()
    assert exports.rows("crm_users", "first_name, last_name, role_id, is_active") == [
        ("Dana", "Whitfield", "00E5f00000AAAAAAA1", "true")
    ]
    assert exports.rows("crm_user_roles", "role_name") == [("Sales AMER",)]


def test_voice_calls_tell_answered_from_missed(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("VoiceCall")).load()
    assert exports.rows(
        "crm_calls", "direction, started_at, duration_talk_seconds, is_answered, agent_id, related_id"
    ) == [
        ("inbound", "2026-01-15 10:00:00", "0", "false", None, None),
        ("outbound", "2026-01-15 09:00:00", "175", "true", "0055f00000AAAAAAA1", "00Q5f00000AAAAAAA1"),
    ]
    # The customer's number is the called one in the first and the calling one in the second.
    assert len(exports.query("select distinct caller_hash from raw.crm_calls")) == 1


def test_nothing_personal_is_kept_not_even_from_custom_fields(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects()).load()
    kept = exports.bytes_kept()
    for secret in ("jane", "roe.", "Roe", "1234567", "7654321", "Hauptstr", "brightloom.example"):
        assert secret.encode() not in kept, secret
    assert b"Whitfield" in kept


def test_data_loader_dialect_is_recognised_and_adds_up(exports: Exports) -> None:
    exports.drop(f"{FOLDER}/Opportunity.csv", folder="salesforce/00D5f000004XyZqEAK", exported_at="2026-03-05")
    exports.drop(
        "salesforce_data_loader/extract.csv", folder="salesforce/00D5f000004XyZqEAK/later", exported_at="2026-12-31"
    )
    exports.load()
    # Upper-case labels, ISO times with Z, true and false.
    assert exports.query(
        "select stage, amount::varchar, close_date::varchar, is_won, is_closed, created_at::varchar "
        "from raw.crm_opportunities where record_id = '0065f00000AAAAAAA2' order by _exported_at desc limit 1"
    ) == [("Closed Lost", "1200.500000", "2026-12-31", False, True, "2026-02-05 10:15:00")]
    # The answer to a query is not the whole object.
    assert exports.query("select distinct restatement from raw._batches") == [("upsert",)]


def test_subscriptions_have_a_price_per_period_and_days(exports: Exports) -> None:
    exports.drop_zip(WEEKLY, objects("Subscription__c")).load()
    assert exports.rows(
        "crm_subscriptions",
        "record_id, crm_account_id, opportunity_id, plan_name, status, amount, currency, billing_period, quantity, "
        "started_on, ended_on, is_trial, churn_reason",
    ) == [
        ("a0S5f00000AAAAAAA1", "0015f00000AAAAAAA1", "0065f00000AAAAAAA1", "Loom CRM - jährlich", "Active",
         "9225.225000", "EUR", "Yearly", "19.500000", "2026-03-01", None, "false", None),
        ("a0S5f00000AAAAAAA2", "0015f00000AAAAAAA2", None, "Loom Voice", "Cancelled", "2990000.000000", "VND",
         "Monthly", "1.000000", "2026-02-01", "2026-06-30", "false", "Bad fit"),
        ("a0S5f00000AAAAAAA3", "0015f00000AAAAAAA1", None, "Loom Insight", "Trialing", "0.000000", "USD", "Monthly",
         "5.000000", "2026-10-20", "2026-11-03", "true", None),
    ]  # fmt: skip
    assert b"kunde.example" not in exports.bytes_kept()


def test_a_price_per_unit_is_taken_for_all_units(exports: Exports) -> None:
    """3 seats at 20.50 each."""
    exports.drop(
        b'"ID","ACCOUNT__C","NAME","UNIT_PRICE__C","SEATS__C","BILLING_CYCLE__C","STARTDATE__C"\n'
        b'"a0S5f00000AAAAAAA9","0015f00000AAAAAAA1","Team","20.50","3","monthly","2026-01-01"\n',
        "Subscription__c.csv",
    ).load()
    assert exports.rows("crm_subscriptions", "plan_name, amount, quantity, billing_period") == [
        ("Team", "61.500000", "3.000000", "monthly")
    ]


def test_report_export_is_refused_with_the_way_out(exports: Exports) -> None:
    exports.drop("salesforce_report/report1760000000000.csv").load()
    outcome, reason, message = exports.outcomes()["report1760000000000.csv"]
    assert (outcome, reason) == ("refused", "wrong_kind")
    assert "Data Export" in message


def test_objects_with_alike_columns_are_not_mixed_up(exports: Exports) -> None:
    price_book = (
        b'"Id","Name","Pricebook2Id","Product2Id","UnitPrice","IsActive","ProductCode","CreatedDate","SystemModstamp"\n'
    )
    asset = b'"Id","Name","AccountId","ContactId","Product2Id","ProductCode","Status","CreatedDate","SystemModstamp"\n'
    contract = b'"Id","AccountId","Status","StartDate","EndDate","ContractNumber","CreatedDate","SystemModstamp"\n'
    order = b'"Id","Name","AccountId","Status","EffectiveDate","TotalAmount","Type","CreatedDate","SystemModstamp"\n'
    row = b'"8015f00000AAAAAAA1","a","b","c","d","e","f","2026-01-01 00:00:00","2026-01-01 00:00:00"\n'
    members: dict[str, str | bytes] = {
        "PricebookEntry.csv": price_book + row,
        "Asset.csv": asset + row,
        "Contract.csv": contract + row.replace(b'"f",', b""),
        "Order.csv": order + row,
        **objects("Case", "UserRole"),
    }
    exports.drop_zip(WEEKLY, members).load()
    assert exports.query("select scope from raw._batches") == [("user_role",)]


def test_objects_without_use_are_no_failure_of_the_weekly_export(exports: Exports) -> None:
    members: dict[str, str | bytes] = {
        **objects("Opportunity"),
        "ApexClass.csv": b"Id,Name,CreatedDate,SystemModstamp\n01p5f00000AAAAA,Tool,2026-01-01,2026-01-02\n",
    }
    exports.drop_zip(WEEKLY, members).load()
    assert exports.outcomes()[WEEKLY][:2] == ("loaded", None)
    exports.drop(members["ApexClass.csv"], "ApexClass.csv").load()
    assert exports.outcomes()["ApexClass.csv"][:2] == ("refused", "not_used")


def test_subscriptions_say_how_many_seats_are_in_use(exports: Exports) -> None:
    content = (
        "Id,Account__c,Start_Date__c,End_Date__c,Amount__c,Billing_Period__c,Seats__c,Seats_Used__c,CurrencyIsoCode\n"
        "a0B1,0015f00000001,2026-01-01,2026-12-31,100,monthly,50,46,USD\n"
    )
    exports.drop(content.encode(), "Subscription__c.csv", folder="salesforce/org").load()
    assert exports.query("select quantity::int, seats_used::int from raw.crm_subscriptions") == [(50, 46)]
