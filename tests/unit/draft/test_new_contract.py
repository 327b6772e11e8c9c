"""`funnelhouse contract new`: an unseen export to rows through a draft, and a clear question where it must ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from funnelhouse.cli import main
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.draft.guess import guess
from funnelhouse.draft.look import look_at
from funnelhouse.draft.new import NewContract, new_contract
from funnelhouse.errors import Verdict
from funnelhouse.extract.check_file import check_file
from funnelhouse.extract.replay import Selection, replay
from funnelhouse.reading.explanation.candidates import known_labels
from funnelhouse.settings import Settings
from tests.unit.reading.conftest import GOOD, Home, home
from tests.unit.reading.test_bad_input import REFUSED

__all__ = ["home"]
FILES = Path(__file__).parents[2] / "files"

ADS = """Outdoor Network report,account 4711
Datum;Kampagne;Ad squad;Kosten (EUR);Einblendungen;Klicks;Wetter
03.10.2026;Herbst;Nord;1.204,50;10.000;212;Regen
04.10.2026;Herbst;Nord;998,10;9.250;180;Sonne
Summe;;;2.202,60;19.250;392;
"""


def _new(settings: Settings, folder: Path, content: str, name: str = "outdoor daily.csv") -> NewContract:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return new_contract(settings, path)


def test_an_unseen_platforms_export_becomes_rows_through_its_draft(home: Home, tmp_path: Path) -> None:
    made = _new(home.settings, tmp_path, ADS)
    assert made.path == home.settings.user_contracts / "outdoor__daily.yml"
    assert (made.draft.entity, made.draft.blocking, made.explanation["outcome"]) == ("ads_performance", [], "loaded")
    home.drop("outdoor daily.csv", ADS).load()
    # 1.204,50 is 1204.50 by the comma; "Summe" holds no data; the account is above the header.
    assert home.rows(
        "ads_performance",
        "date::varchar, account_id, campaign_name, adset_name, level, currency, spend::varchar, impressions, clicks, "
        "extra",
    ) == [
        ("2026-10-03", "4711", "Herbst", "Nord", "adset", "EUR", "1204.500000", 10000, 212, '{"Wetter":"Regen"}'),
        ("2026-10-04", "4711", "Herbst", "Nord", "adset", "EUR", "998.100000", 9250, 180, '{"Wetter":"Sonne"}'),
    ]
    # 1204.50 + 998.10 = 2202.60, 10000 + 9250 = 19250, 212 + 180 = 392: the draft saw that the totals agree.
    assert home.batches()[0]["totals"][0]["differences"] == {}


def test_a_question_that_decides_refuses_with_it_until_it_is_answered(home: Home, tmp_path: Path) -> None:
    ads = "Date,Campaign,Cost (USD),Impressions,Clicks\n03/10/2026,A,1.50,100,2\n04/10/2026,A,1.60,120,3\n"
    made = _new(home.settings, tmp_path, ads, "posters.csv")
    assert len(made.draft.blocking) == 1
    home.drop("posters.csv", ads).load()
    assert home.outcomes()["posters.csv"] == ("refused", "unfinished_contract")
    message = home.ledger()["posters.csv"]["message"]
    assert "which comes first, day or month?" in message
    assert made.path.name in message
    text = made.path.read_text(encoding="utf-8")
    answered = re.sub(r"(?m)^(refuse|channel):.*\n(  .*\n)*", "", text).replace("date_order: mdy", "date_order: dmy")
    made.path.write_text(answered, encoding="utf-8")
    replay(home.settings, Selection())  # the file is still there: it needs no second drop
    assert home.rows("ads_performance", "date::varchar, spend::varchar") == [
        ("2026-10-03", "1.500000"),
        ("2026-10-04", "1.600000"),
    ]


def test_money_without_a_currency_loads_once_a_manifest_names_it(home: Home, tmp_path: Path) -> None:
    ads = "Date,Campaign,Media cost,Views,Taps\n2026-10-03,A,1.50,100,2\n2026-10-04,A,1.60,120,3\n"
    made = _new(home.settings, tmp_path, ads, "flyers.csv")
    assert [question for question in made.draft.questions if "currency" in question]
    home.drop("flyers.csv", ads).load()
    assert home.outcomes()["flyers.csv"] == ("refused", "missing_fact")
    assert "_manifest.yml" in home.ledger()["flyers.csv"]["message"]
    home.drop("more/_manifest.yml", "currency: CHF\n").drop("more/flyers2.csv", ads + "2026-10-05,A,1,90,1\n").load()
    assert home.rows("ads_performance", "distinct currency") == [("CHF",)]


def test_a_file_that_is_known_is_not_drafted_unless_forced(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "campaigns.csv"
    path.write_text(GOOD)
    with pytest.raises(Verdict, match="google_ads__report_editor"):
        new_contract(settings, path)
    assert not list(settings.user_contracts.glob("*.yml"))
    made = new_contract(settings, path, force=True)
    assert "google_ads__report_editor recognises the file already" in made.path.read_text(encoding="utf-8")


def test_a_draft_is_never_overwritten_unless_forced(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "outdoor daily.csv"
    path.write_text(ADS, encoding="utf-8")
    other = tmp_path / "outdoor__spend.yml"
    assert new_contract(settings, path, output=other).path == other
    assert "contract: outdoor__spend" in other.read_text(encoding="utf-8")
    other.write_text("mine")
    with pytest.raises(Verdict, match="exists already"):
        new_contract(settings, path, output=other)
    assert other.read_text() == "mine"
    assert new_contract(settings, path, output=other, force=True).explanation["outcome"] == "loaded"
    for wrong in (tmp_path / "spend.yml", tmp_path / "Outdoor Spend.txt"):
        with pytest.raises(Verdict, match="<source>__<kind>"):
            new_contract(settings, path, output=wrong)


def test_an_entity_may_be_named_and_an_unknown_one_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "trees.csv"
    path.write_text("plant,height\nfern,12\npalm,90\n")
    asked = new_contract(settings, path)
    assert asked.draft.entity is None
    assert asked.explanation["reason"] == "unfinished_contract"
    made = new_contract(settings, path, entity="ads_period", force=True)
    assert made.draft.entity == "ads_performance"
    with pytest.raises(Verdict, match="is not an entity"):
        new_contract(settings, path, entity="trees", force=True)


def test_personal_columns_are_found_by_content_and_never_kept(home: Home, tmp_path: Path) -> None:
    deals = (
        "ID,Deal title,Stage,Value,Currency,Created on,Buyer,Contact name,Reach them,Mobile\n"
        "17,Big one,Proposal,1000.00,EUR,2026-10-01 09:00,Acme,Ann Smith,ann.smith@example.com,+49 30 1234567\n"
        "18,Small one,Won,250.50,EUR,2026-10-02 09:00,Beta,Bob Jones,bob.jones@example.com,+49 30 7654321\n"
    )
    made = _new(home.settings, tmp_path, deals, "closely deals.csv")
    assert made.draft.entity == "crm_opportunities"
    text = made.path.read_text(encoding="utf-8")
    assert text.count("pii: drop") == 3
    home.drop("closely deals.csv", deals).load()
    assert home.rows("crm_opportunities", "record_id, amount::varchar, stage") == [
        ("17", "1000.000000", "Proposal"),
        ("18", "250.500000", "Won"),
    ]
    kept = text + str(home.rows("crm_opportunities", "*")) + str(home.batches())
    assert not [word for word in ("Ann", "Smith", "Bob", "Jones", "example.com", "1234567") if word in kept]


def test_a_list_of_people_is_no_contract(settings: Settings, tmp_path: Path) -> None:
    headerless = "Ann Smith,ann.smith@example.com\nBob Jones,bob@example.com\n"
    with pytest.raises(Verdict) as refused:
        _new(settings, tmp_path, headerless, "people.csv")
    assert "column labels" in str(refused.value)
    assert "Ann" not in str(refused.value)


@pytest.mark.parametrize("case", [case for case in REFUSED if case != "unknown kind"])
def test_hostile_files_get_a_verdict(settings: Settings, tmp_path: Path, case: str) -> None:
    name, content, _ = REFUSED[case]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Verdict):
        new_contract(settings, path)
    assert not list(settings.user_contracts.glob("*.yml"))


@pytest.mark.parametrize(
    ("file", "own", "entity"),
    [
        ("linkedin_ads/nl.csv", "linkedin_ads", "ads_performance"),
        ("google_ads_ui_table/Kampagnenbericht.csv", "google_ads", "ads_performance"),
        ("tiktok_ads/daily.csv", "tiktok_ads", "ads_performance"),
        ("mailchimp_campaigns/campaigns.csv", "mailchimp", "email_campaigns"),
        ("ga4_report/traffic_by_day.csv", "ga4", "web_traffic"),
        ("meta_business_content/instagram.csv", "meta_business", "social_posts"),
        ("tiktok/Business overview.csv", "tiktok", "social_daily"),
        ("hubspot/hubspot-crm-exports-all-deals-2026-10-31.csv", "hubspot", "crm_opportunities"),
        ("aircall/calls.csv", "aircall", "crm_calls"),
    ],
)
def test_the_entity_of_a_platform_is_guessed_from_what_the_others_call_things(
    tmp_path: Path, file: str, own: str, entity: str
) -> None:
    others = [contract for contract in load_contracts().values() if contract.source != own]
    look = look_at(FILES / file, tmp_path, known_labels(others))
    found = guess(look, others, None)
    assert found.entity is not None
    assert found.entity.name == entity


def test_the_command_writes_the_draft_and_says_what_it_asks(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "outdoor daily.csv"
    path.write_text(ADS, encoding="utf-8")
    for code in (0, 1):  # the second time it is recognised by its draft
        with pytest.raises(SystemExit) as left:
            main(["contract", "new", str(path), "--home", str(settings.home)])
        assert left.value.code == code
    printed = capsys.readouterr()
    assert "outdoor__daily.yml" in printed.out
    assert "2 rows load, 0 rejected, 1 dropped by rule" in printed.out
    assert "recognised already, by your contract" in printed.err.replace("\n", " ")
    assert check_file(settings, path)["would_load"]


DEALS = (
    "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value,fee_paid,key_owner,"
    "review_on\n"
    "Q1,Agent A,Tool 0,Firm 0,Lost,2026-01-01,2026-01-31,0,1,Ada,2026-01-11\n"
    "Q2,Agent B,Tool 1,Firm 1,Won,2026-01-02,2026-02-01,1000,2,Bo,2026-01-12\n"
    "Q3,Agent A,Tool 1,Firm 2,Won,2026-01-03,2026-02-02,500,3,Ada,2026-01-13\n"
)


def test_words_that_crms_and_people_use_have_their_columns(home: Home, tmp_path: Path) -> None:
    draft = _new(home.settings, tmp_path, DEALS, "deals of ours.csv").draft
    fields = {name: label for name, label in re.findall(r"^  (\w+): {labels: \['(\w+)'\]", draft.text, re.M)}
    assert draft.entity == "crm_opportunities"
    expected = {"amount": "close_value", "created_at": "engage_date", "close_date": "close_date",
                "owner_name": "sales_agent", "stage": "deal_stage", "account_name": "account"}  # fmt: skip
    assert {name: fields.get(name) for name in expected} == expected


@pytest.mark.parametrize(("label", "column"), [
    ("won_date", "close_date"), ("close_value", "amount"), ("engage_date", "created_at"), ("origin", "lead_source"),
])  # fmt: skip
def test_a_word_of_public_data_sets_is_guessed(home: Home, tmp_path: Path, label: str, column: str) -> None:
    cell = {"amount": "1000", "lead_source": "web"}.get(column, "2026-01-01")
    rows = "".join(f"D{n},Deal {n},Won,{cell}\n" for n in range(4))
    draft = _new(home.settings, tmp_path, f"deal_id,deal_name,deal_stage,{label}\n{rows}", "deals.csv").draft
    assert f"  {column}: {{labels: ['{label}']" in draft.text


def test_money_days_and_owners_that_become_nothing_are_asked_about(home: Home, tmp_path: Path) -> None:
    questions = _new(home.settings, tmp_path, DEALS, "deals of ours.csv").draft.questions
    asked = {label: text for text in questions for label in ("fee_paid", "key_owner", "review_on") if label in text}
    assert "looks like money" in asked["fee_paid"] and "looks like an owner" in asked["key_owner"]
    assert "looks like days" in asked["review_on"]
    assert "of the first 3 rows 3 filled" in asked["fee_paid"]  # a count of what was looked at
    assert any("in which currency" in text for text in questions)


def test_the_folder_below_the_inbox_names_the_source(home: Home) -> None:
    path = home.settings.inbox / "our-crm" / "main" / "deals.csv"
    path.parent.mkdir(parents=True)
    path.write_text(DEALS, encoding="utf-8")
    made = new_contract(home.settings, path)
    assert made.path.stem == "our_crm__deals" and "\nsource: our_crm\n" in made.draft.text
    again = new_contract(home.settings, path, force=True)  # the draft itself is no rival
    assert not any("recognises the file already" in text for text in again.draft.questions)


SPLIT = "month,day,campaign_number,displays,cost,clicks\n"


def test_a_day_of_two_columns_is_a_day_in_the_year_of_the_manifest(home: Home, tmp_path: Path) -> None:
    rows = "January,31,camp 0,1000,12.5,30\nFebruary,1,camp 1,1001,13.5,31\nFebruary,2,camp 2,1002,14.5,32\n"
    made = _new(home.settings, tmp_path, SPLIT + rows, "billboard daily.csv")
    assert made.draft.entity == "ads_performance" and made.draft.guessed == 6
    assert any("of which year" in text for text in made.draft.questions)
    assert not any("no column of days" in text for text in made.draft.questions)
    home.drop("billboard daily.csv", SPLIT + rows).drop("_manifest.yml", "currency: EUR\n").load()
    assert home.outcomes()["billboard daily.csv"] == ("refused", "missing_fact")
    assert "`year: 2026`" in home.ledger()["billboard daily.csv"]["message"]
    more = "Total,,,3003,40.5,93\nFebruary,30,camp 2,7,1,1\n,3,camp 2,7,1,1\n"  # not a day, no month
    home.drop("b/_manifest.yml", "currency: EUR\nyear: 2027\n").drop("b/daily.csv", SPLIT + rows + more).load()
    assert home.rows("ads_performance", "date::varchar, campaign_id, spend::varchar, impressions, extra") == [
        ("2027-01-31", "camp 0", "12.500000", 1000, None), ("2027-02-01", "camp 1", "13.500000", 1001, None),
        ("2027-02-02", "camp 2", "14.500000", 1002, None),
    ]  # fmt: skip


def test_a_day_of_three_columns_needs_no_manifest(home: Home, tmp_path: Path) -> None:
    text = "Jahr,Monat,Tag,Kampagne,Kosten (EUR),Klicks\n2026,3,9,A,1.50,3\n2026,12,10,A,2.50,4\n"
    made = _new(home.settings, tmp_path, text, "plakate.csv")
    assert not any("of which year" in question for question in made.draft.questions)
    home.drop("plakate.csv", text).load()
    assert home.rows("ads_performance", "date::varchar, spend::varchar") == [
        ("2026-03-09", "1.500000"), ("2026-12-10", "2.500000"),
    ]  # fmt: skip


def test_the_product_of_a_deal_is_a_line_of_it(home: Home, tmp_path: Path) -> None:
    draft = _new(home.settings, tmp_path, DEALS, "deals of ours.csv").draft
    assert any("'product' the one product of the deal" in question for question in draft.questions)
    home.drop("deals of ours.csv", DEALS).drop("_manifest.yml", "currency: USD\n").load()
    assert home.rows("crm_opportunity_lines", "opportunity_id, product_id, quantity::int, total_price::int") == [
        ("Q1", "Tool 0", 1, 0), ("Q2", "Tool 1", 1, 1000), ("Q3", "Tool 1", 1, 500),
    ]  # fmt: skip
    assert home.rows("crm_opportunities", "record_id, amount::int") == [("Q1", 0), ("Q2", 1000), ("Q3", 500)]


def test_a_product_beside_few_labels_that_mean_something(settings: Settings, tmp_path: Path) -> None:
    text = "product,number,total\n" + "".join(f"Tool {n},N{n},{n}\n" for n in range(4))
    path = tmp_path / "things.csv"
    path.write_text(text, encoding="utf-8")
    draft = new_contract(settings, path, entity="crm_opportunities").draft
    assert draft.text.count("labels: ['product']") == 1


def test_a_list_of_sales_people_keeps_manager_and_region(home: Home, tmp_path: Path) -> None:
    text = "sales_agent,manager,regional_office\nAgent A,Boss X,North\nAgent B,Boss X,North\nAgent C,Boss Y,South\n"
    asked = _new(home.settings, tmp_path, text, "teams.csv")
    assert any("list of sales people is crm_users" in question for question in asked.draft.blocking)
    made = new_contract(home.settings, tmp_path / "teams.csv", entity="crm_users", force=True)
    assert made.path == asked.path  # the draft that only asked is replaced: two would contradict each other
    assert not any("recognises the file already" in question for question in made.draft.questions)
    home.drop("teams.csv", text).load()
    assert home.rows("crm_users", "record_id, first_name, manager_id, department") == [
        ("Agent A", "Agent A", "Boss X", "North"), ("Agent B", "Agent B", "Boss X", "North"),
        ("Agent C", "Agent C", "Boss Y", "South"),
    ]  # fmt: skip
