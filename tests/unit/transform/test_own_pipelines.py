"""Own pipelines: what is merged, what is refused and how it is said, and that a change asks for a new build."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import Settings
from funnelhouse.transform.build_state import fingerprint
from funnelhouse.transform.dbt_runner import run_dbt
from funnelhouse.transform.own_pipelines import PipelineError, own_pipelines
from funnelhouse.transform.raw_views import expose_raw
from tests.conftest import prepared

STAGES = "entity,source,pipeline,source_stage,canonical_stage,stage_order,funnel_stage,stage_type,valid_from,valid_to\n"

RULES = "column_name,source,label,deal_type,counts_in_win_rate\n"

CHANNELS = "rule_number,applies_to,source_pattern,value_pattern,channel\n"

COSTS = "department,category,cost_target,channel,sales_step\n"


def write(home: Settings, name: str, text: str) -> None:
    (home.own_pipelines / f"{name}.csv").write_text(text, encoding="utf-8")


def merged(home: Settings, name: str) -> list[dict[str, str]]:
    with Path(own_pipelines(home)[name]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_own_channel_rules_are_tried_in_the_order_of_their_numbers(home: Settings) -> None:
    write(home, "channel_rules", CHANNELS + "1,lead_source,,garden show.*,Events\n10,ads,adlantis,,Paid Social\n")
    rules = {row["rule_number"]: tuple(row.values())[1:] for row in merged(home, "channel_rules")}
    assert rules["1"] == ("lead_source", "", "garden show.*", "Events")
    assert rules["10"] == ("ads", "adlantis", "", "Paid Social")
    assert rules["20"][3] == "Cross-network"


def test_without_own_files_nothing_is_exchanged(home: Settings) -> None:
    assert own_pipelines(home) == {}


def test_a_row_with_the_key_of_a_seeds_row_replaces_it_and_others_are_added(home: Settings) -> None:
    write(home, "pipeline_steps", "canonical_stage,sla_days\nProposal,5\n")
    write(
        home, "pipeline_stages", STAGES + "opportunity,Hubspot,Renewals,Talk,Proposal,4,Opportunity,open,2026-01-01,\n"
    )
    steps = {row["canonical_stage"]: row for row in merged(home, "pipeline_steps")}
    assert (steps["Proposal"]["sla_days"], steps["Proposal"]["buyer_step"]) == ("5", "")
    assert steps["Negotiation"]["sla_days"] == "14"
    last = merged(home, "pipeline_stages")[-1]
    assert (last["source"], last["pipeline"], last["source_stage"]) == ("hubspot", "renewals", "talk")


def test_a_rule_about_deals_replaces_the_one_of_its_label(home: Settings) -> None:
    write(home, "deal_rules", RULES + "opportunity_type,,Renewal,Renewal,false\nloss_reason,Salesforce,Dup,,false\n")
    rules = {(row["column_name"], row["source"], row["label"]): row for row in merged(home, "deal_rules")}
    assert rules["opportunity_type", "*", "renewal"]["counts_in_win_rate"] == "false"
    assert rules["opportunity_type", "*", "upsell"]["deal_type"] == "Expansion"
    assert rules["loss_reason", "salesforce", "dup"]["counts_in_win_rate"] == "false"


def test_a_rule_about_costs_is_for_any_of_what_it_leaves_empty(home: Settings) -> None:
    """The step may be called as a stage, as a step of deals or as what the buyer does."""
    write(home, "cost_steps", COSTS + "Sales,,,,compares offers\n,Production,,Display,Visitor\n")
    rules = {tuple(row.values())[:4]: row["sales_step"] for row in merged(home, "cost_steps")}
    assert rules["sales", "*", "*", "*"] == "compares offers"
    assert rules["*", "production", "*", "Display"] == "Visitor"
    assert rules["marketing", "*", "channel", "*"] == "Lead"


def test_bundles_stand_in_own_files_only(home: Settings) -> None:
    write(home, "product_bundles", "bundle,product,quantity\nSuite,P-1,2\nSuite,P-2,\n")
    assert [tuple(row.values()) for row in merged(home, "product_bundles")] == [
        ("*", "suite", "p-1", "2", ""), ("*", "suite", "p-2", "", ""),
    ]  # fmt: skip
    write(home, "product_bundles", "bundle,product\n")
    assert merged(home, "product_bundles") == []


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        pytest.param("stages", "a\n", "no such table", id="unknown file"),
        pytest.param("pipeline_steps", "step\nx\n", "unknown column step", id="unknown column"),
        pytest.param("pipeline_steps", "canonical_stage,sla_days\nProposal,soon\n",
                     "row 2: sla_days is 'soon'. Write a whole number", id="limit is not a number"),
        pytest.param("pipeline_steps", "canonical_stage\nProposal\nProposal\n", "row 3: the same", id="row twice"),
        pytest.param("pipeline_steps", "canonical_stage\nDance\n", "'Dance' is in no pipeline",
                     id="step of no pipeline"),
        pytest.param("pipeline_steps", "canonical_stage,is_moment_of_truth\nNegotiation,true\n",
                     "2 moments of truth: Negotiation, Proposal", id="more than one moment of truth"),
        pytest.param("funnel_stages", "funnel_stage,is_moment_of_truth\nMQL,true\n", "are moments of truth",
                     id="more than one moment of truth of leads"),
        pytest.param("funnel_stages", "funnel_stage\nDemo\n", "'Demo' is not one of", id="stage the funnel has not"),
        pytest.param("pipeline_stages", STAGES + "deal,,,talk,Talk,1,Opportunity,open,,\n",
                     "row 2: entity is 'deal'. Write one of lead, contact, opportunity", id="unknown entity"),
        pytest.param("pipeline_stages", STAGES + "opportunity,,,talk,,1,Opportunity,open,,\n",
                     "row 2: canonical_stage is empty. Fill it in", id="no step"),
        pytest.param("pipeline_stages", STAGES + "opportunity,,,talk,Talk,1,Opportunity,open,1.3.2026,\n",
                     "row 2: valid_from is '1.3.2026'. Write a day like 2026-03-31", id="day in another form"),
        pytest.param("pipeline_stages", STAGES + "opportunity,,,talk,Talk,1,Opportunity,open,2026-03-01,2026-03-01\n",
                     "is not after valid_from", id="validity without a day"),
        pytest.param("pipeline_stages", STAGES + "opportunity,,,talk,Talk,1,Opportunity,open,,2026-05-01\n"
                     "opportunity,,,talk,Chat,2,Opportunity,open,2026-04-01,\n",
                     "means both Talk and Chat at the same time", id="versions that overlap"),
        pytest.param("pipeline_stages", STAGES + "opportunity,,,talk,Proposal,2,Opportunity,open,,\n",
                     "step Proposal has the places 4 and 2 at the same time", id="step in two places"),
        pytest.param("conversion_pairs",
                     "metric,entity_type,from_stage,to_stage,pair_kind\nx,person,Lead,Moon,headline\n",
                     "unknown stage 'Moon'", id="conversion to nowhere"),
        pytest.param("channel_rules", CHANNELS + "1,leads,,fair.*,Events\n", "row 2: applies_to is 'leads'", id="kind"),
        pytest.param("channel_rules", CHANNELS + "1,ads,,fair(.*,Events\n", "row 2: value_pattern: 'fair(.*' is not",
                     id="pattern"),
        pytest.param("channel_rules", CHANNELS + "1,ads,,fair.*,Fairs\n", "channel 'Fairs' is not one of",
                     id="channel"),
        pytest.param("channel_rules", CHANNELS + "first,ads,,fair.*,Events\n", "rule_number is 'first'", id="rule"),
        pytest.param("channel_rules", CHANNELS + "1,ads,,,Events\n", "the rule is for everything", id="everything"),
        pytest.param("deal_rules", RULES + "opportunity_type,,renewal,Prolongation,\n",
                     "row 2: deal_type is 'Prolongation'. Write one of New business, Expansion, Renewal, Other",
                     id="unknown type of deal"),
        pytest.param("deal_rules", RULES + "opportunity_type,,renewal,,false\n", "row 2: deal_type is empty",
                     id="rule about types without a type"),
        pytest.param("deal_rules", RULES + "loss_reason,,duplicate,Renewal,false\n",
                     "row 2: deal_type follows from opportunity_type, not from loss_reason. Leave it empty",
                     id="type by a loss reason"),
        pytest.param("deal_rules", RULES + "stage,,disqualified,,\n",
                     "row 2: counts_in_win_rate is empty. Write false", id="rule that says nothing"),
        pytest.param("deal_rules", RULES + "stage,,A,,false\nstage,,a,,true\n",
                     "row 3: the same column_name, source, label as row 2", id="one label in two cases"),
        pytest.param("cost_steps", COSTS + "sales,,,,Proposel\n", "sales_step 'Proposel' is not a step. Write one of",
                     id="cost of a step that is none"),
        pytest.param("cost_steps", COSTS + "sales,salaries,,,MQL\n",
                     "row 2: category is 'salaries'. Write one of *, media", id="cost of an unknown category"),
        pytest.param("product_bundles", "bundle,product,quantity\nSuite,P,none\n",
                     "row 2: quantity is 'none'. Write a number above zero", id="no number of parts"),
        pytest.param("product_bundles", "bundle,product,list_price\nSuite,P,0\n",
                     "row 2: list_price is '0'. Write a number above zero", id="part without a price"),
    ],
)  # fmt: skip
def test_faults_name_file_row_and_how_to_fix_them(home: Settings, name: str, text: str, message: str) -> None:
    write(home, name, text)
    with pytest.raises(PipelineError) as problem:
        own_pipelines(home)
    assert str(home.own_pipelines / f"{name}.csv") in str(problem.value)
    assert message in str(problem.value)


def test_a_renamed_stage_has_versions_that_follow_each_other(home: Settings) -> None:
    write(home, "pipeline_stages", STAGES + "opportunity,,,talk,Talk,1,Opportunity,open,,2026-04-01\n"
          "opportunity,,,talk,Chat,2,Opportunity,open,2026-04-01,\n")  # fmt: skip
    assert [row["canonical_stage"] for row in merged(home, "pipeline_stages")[-2:]] == ["Talk", "Chat"]


def test_a_changed_file_asks_for_a_new_build(home: Settings) -> None:
    before = fingerprint(home)
    write(home, "pipeline_steps", "canonical_stage,sla_days\nProposal,5\n")
    changed = fingerprint(home)
    write(home, "pipeline_steps", "canonical_stage,sla_days\nProposal,6\n")
    assert len({before, changed, fingerprint(home)}) == 3


@pytest.mark.slow
def test_the_build_uses_own_rows_and_forgets_them_with_the_file(tmp_path: Path, prepared_home: Settings) -> None:
    home = prepared(tmp_path / "home", prepared_home)
    home.own_pipelines.mkdir()
    expose_raw(home.build_file, home.raw)
    found = []
    for own in (True, False):
        if own:
            write(home, "pipeline_steps", 'canonical_stage,sla_days,buyer_step\nProposal,5,"Asks, waits"\n')
        else:
            (home.own_pipelines / "pipeline_steps.csv").unlink()
        nodes = run_dbt(home, ["seed", "--select", "pipeline_steps"], stage="seed", as_of=date(2026, 10, 31))
        assert [node.status for node in nodes] == ["ok"]
        with duckdb.connect(str(home.build_file), read_only=True) as connection:
            found += connection.execute(
                "select sla_days, buyer_step, (select count(*) from seeds.pipeline_steps) from seeds.pipeline_steps "
                "where canonical_stage = 'Proposal'"
            ).fetchall()
    assert found == [(5, "Asks, waits", 5), (14, "Compares offers", 5)]
