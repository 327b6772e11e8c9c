"""Tools that export events and no counters: each send is counted from what became of every recipient's mail."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from funnelhouse.contracts.entities import entities
from funnelhouse.settings import load_settings
from funnelhouse.transform.dbt_runner import target_folder
from tests.bare_build import AS_OF, BareBuild
from tests.contracts.conftest import Exports

pytestmark = pytest.mark.slow

HEADER = (
    "processed,message_id,event,recv_message_id,subject,from,email,url,attempt,username,marketing_campaign_id,"
    "marketing_campaign_name\n"
)


def event(at: str, kind: str, person: str, url: str = "", campaign: str = "c1,October") -> str:
    """A line of SendGrid's activity."""
    return (
        f"2026-10-01T{at}Z,m-{person},{kind},r1,Hello,team@shop.example,{person}@example.com,{url},,dana,{campaign}\n"
    )


def test_sends_are_counted_from_events(tmp_path: Path, bare_build: BareBuild) -> None:
    lines = [
        *(event("10:00:00", "delivered", person) for person in ("ann", "bob", "cy")),
        event("10:00:00", "bounce", "dee"),
        event("11:00:00", "click", "ann", "https://shop.example/a"),
        event("11:05:00", "click", "ann", "https://shop.example/b"),
        event("10:00:04", "click", "bob", "https://shop.example/a"),  # four seconds after the delivery
        *(event("12:00:00", "click", "cy", f"https://shop.example/{page}") for page in "abc"),  # three links at once
        event("12:09:00", "unsubscribe", "ann"),
        event("13:00:00", "delivered", "ann", campaign=","),  # a receipt
    ]
    exports = Exports(replace(load_settings(tmp_path / "home"), as_of=AS_OF))
    exports.settings.make_folders()
    exports.drop((HEADER + "".join(lines)).encode(), "activity.csv", "sendgrid/a1", exported_at="2026-11-01").load()
    bare_build.build(exports.settings, ["fct_email_campaign", "mart_channel_kpi_daily"])
    with duckdb.connect(str(exports.settings.build_file), read_only=True) as connection:
        sends = connection.execute(
            "select send_name, sent, delivered, bounces, clicks_unique, clicks_total, clicks_scanner, unsubscribes, "
            "round(click_rate, 4) from marts.fct_email_campaign order by 1"
        ).fetchall()
        channel = connection.execute(
            "select sum(delivered)::int from marts.mart_channel_kpi_daily where channel = 'Email'"
        ).fetchall()
    # Ann clicked twice in person; Bob's click and Cy's three are scanners'.
    assert sends == [
        ("October", 4, 3, 1, 1, 2, 4, 1, 0.3333),
        ("without campaign 2026-10-01", 1, 1, 0, 0, 0, 0, 0, 0),
    ]
    assert channel == [(4,)]


def test_every_entity_that_a_contract_can_load_has_a_reader(bare_build: BareBuild) -> None:
    """Beside the models that only count or version rows. The list of those without one only shrinks."""
    manifest = json.loads((target_folder(bare_build.empty) / "manifest.json").read_text(encoding="utf-8"))
    counting = ("quality", "versions")
    read = {
        parent.rsplit(".", 1)[-1]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and not set(counting).intersection(node["fqn"])
        for parent in node["depends_on"]["nodes"]
        if parent.startswith("source.")
    }
    assert sorted(set(entities()) - read) == ["ad_leads"]
