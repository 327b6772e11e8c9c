"""Equal bytes are one content, but each of its deliveries is a fact: of its account, at its time of export."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import AS_OF, BareBuild
from tests.contracts.conftest import Exports

pytestmark = pytest.mark.slow

COSTS = (
    "cost_id,period_start,period_end,category,department,channel,amount,currency,kind\nC1,2026-03-01,2026-03-31,other,"
)
RIGHT, WRONG = (f"{COSTS}marketing,Paid Search,{amount},EUR,actual\n".encode() for amount in ("1000.00", "9999.00"))
META = "Reporting starts,Reporting ends,Campaign name,Day,Amount spent (EUR),Impressions,Link clicks\n"


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    settings = replace(load_settings(tmp_path / "home"), currency="EUR", as_of=AS_OF)
    settings.make_folders()
    return Exports(settings)


def ask(exports: Exports, build: BareBuild, model: str, columns: str) -> list[tuple[Any, ...]]:
    build.build(exports.settings, [model])
    with duckdb.connect(str(exports.settings.build_file), read_only=True) as connection:
        return connection.execute(f"select {columns} from {model_schema(model)}.{model} order by all").fetchall()


def model_schema(model: str) -> str:
    return "staging" if model.startswith("stg_") else "marts"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_a_file_that_goes_back_to_what_it_said_before_counts_again(
    exports: Exports, bare_build: BareBuild, order: tuple[int, ...]
) -> None:
    for number in order:
        day, content = ((1, RIGHT), (2, WRONG), (3, RIGHT))[number]
        told = {"account_id": "costs", "exported_at": f"2026-04-0{day}T08:00:00Z"}
        exports.drop(content, "marketing_costs.csv", f"plans/costs/{day}", **told).load()
    assert ask(exports, bare_build, "stg_marketing_costs", "amount::int") == [(1000,)]
    versions = ask(exports, bare_build, "stg_cost_versions", "reported_from::varchar, amount::int")
    assert versions == [("2026-04-01 08:00:00", 1000), ("2026-04-02 08:00:00", 9999), ("2026-04-03 08:00:00", 1000)]
    messages = ask(exports, bare_build, "mart_file_outcome", "message")
    assert any("the same bytes are 2 exports" in message for (message,) in messages), messages


def test_a_copy_is_no_delivery_of_its_own(exports: Exports, bare_build: BareBuild) -> None:
    told = {"account_id": "costs", "exported_at": "2026-04-01"}
    exports.drop(RIGHT, "marketing_costs.csv", "plans/costs", **told).load()
    before = sorted((exports.settings.raw / "_batches").iterdir())
    exports.drop(RIGHT, "marketing_costs (1).csv", "plans/costs", **told).load()  # downloaded twice
    exports.drop(RIGHT, "marketing_costs.csv", "").load()  # a copy that says less
    assert sorted((exports.settings.raw / "_batches").iterdir()) == before


def test_two_accounts_may_send_the_same_bytes(exports: Exports, bare_build: BareBuild) -> None:
    content = (META + "2026-05-01,2026-05-01,Brand,2026-05-01,5,100,2\n").encode()
    for account in ("7", "8"):
        exports.drop(content, "campaigns.csv", f"meta_ads/{account}").load()
    rows = ask(exports, bare_build, "fct_ad_performance", "account_id, spend_native::int")
    assert rows == [("7", 5), ("8", 5)]


@pytest.mark.parametrize("order", permutations(range(2)))
def test_two_accounts_in_one_folder_do_not_restate_each_other(
    exports: Exports, bare_build: BareBuild, order: tuple[int, ...]
) -> None:
    names = ["Loja-Norte-Campanhas-1-de-mai-de-2026-2-de-mai-de-2026.csv", "Loja-Sul-Campanhas-1-de-mai-de-2026.csv"]
    for number in order:
        row = f"2026-05-01,2026-05-01,Marca,2026-05-01,{(210, 84)[number]},100,2\n"
        exports.drop((META + row).encode(), names[number]).load()
    rows = ask(exports, bare_build, "fct_ad_performance", "account_id, spend_native::int")
    assert rows == [("Loja-Norte", 210), ("Loja-Sul", 84)]


@pytest.mark.parametrize("kind", [
    "Campaigns", "Ad-sets", "Campanhas", "Kampagnen", "Campañas", "Campan\u0303as", "Campagnes", "Campagne",
    "Kampanyalar", "Chiến-dịch", "Кампании", "キャンペーン",
])  # fmt: skip
def test_the_account_stands_in_front_of_the_kind_of_table_in_every_language(exports: Exports, kind: str) -> None:
    content = META + "2026-05-01,2026-05-01,Brand,2026-05-01,5,100,2\n"
    exports.drop(content.encode(), f"North-Shop-{kind}-Jun-1-2026-Jun-2-2026.csv").load()
    batch = next((exports.settings.raw / "_batches").glob("*.json"))
    assert json.loads(batch.read_text(encoding="utf-8"))["account_id"] == "North-Shop"
