"""Tables that are patched by what a change touches are those of a build from nothing (D-06), whatever changed.

A small company whose records are exported again and again with other contents: addresses move between people, leads are
converted and merged, deals are lost, owners and companies change, exports come late, and days pass.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import as_of_date, run_dbt
from funnelhouse.transform.raw_views import expose_raw
from tests.bare_build import TIMEZONE, BareBuild
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

MODELS = ("fct_stage_interval", "mart_funnel_daily")
PATCHED = {
    "stg_crm_leads", "stg_crm_contacts", "stg_crm_lead_history", "stg_crm_lead_owners", "int_identity_edge",
    "int_identity_component", "int_person_link", "int_lead_creation", "int_person", "int_person_origin",
    "int_person_stage_event", "int_person_stage", "int_stage_entry", "int_person_interval", "int_stage_interval",
}  # fmt: skip
STEPS = 6
STATUSES = ("New", "MQL", "SAL", "Recycled", "Unqualified", "Converted")
LIFECYCLES = ("lead", "MQL", "customer")
STAGES = ("Prospecting", "Proposal", "Closed Won", "Closed Lost")
START = datetime(2026, 9, 1, 8, tzinfo=UTC).replace(tzinfo=None)


Exports = list[tuple[str, list[dict[str, Any]], datetime]]


class Company:
    """Makes rows of a few records each, as a CRM would export them on some day."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.number = 0

    def one(self, kind: str, among: int, missing: float = 0.0) -> str | None:
        return None if self.random.random() < missing else f"{kind}{self.random.randrange(among)}"

    def moment(self, day: datetime, back: int, ahead: int = 0) -> datetime:
        return day + timedelta(hours=self.random.randint(-24 * back, 24 * ahead))

    def lead(self, day: datetime) -> dict[str, Any]:
        converted = self.random.random() < 0.25
        return {
            "record_id": self.one("L", 14),
            "is_deleted": self.random.random() < 0.05,
            "merged_into_id": self.one("L", 14) if self.random.random() < 0.04 else None,
            "company_name": self.random.choice(["Acme", "Acme", "Acme", "Test Test"]),
            "email_hash": self.one("hash", 9, missing=0.2),
            "lead_source": self.random.choice(["Web", "Email", "Trade Show"]),
            "status": self.random.choice(STATUSES[:-1]),
            "owner_id": self.one("U", 3),
            "country": self.random.choice(["Germany", "Japan", None]),
            "loss_reason": self.random.choice(["Price", "Timing", None]),
            "is_converted": converted,
            "converted_at": self.moment(day, 3) if converted else None,
            "converted_contact_id": self.one("C", 8, missing=0.2) if converted else None,
            "converted_account_id": self.one("A", 4, missing=0.2) if converted else None,
            "converted_opportunity_id": self.one("O", 6, missing=0.2) if converted else None,
            "created_at": self.moment(day, 20, ahead=2),
        }

    def contact(self, day: datetime) -> dict[str, Any]:
        return {
            "record_id": self.one("C", 8),
            "is_deleted": self.random.random() < 0.05,
            "crm_account_id": self.one("A", 4, missing=0.2),
            "email_hash": self.one("hash", 9, missing=0.3),
            "lifecycle_stage": self.random.choice([*LIFECYCLES, None]),
            "country": self.random.choice(["Germany", "Japan", None]),
            "owner_id": self.one("U", 3),
            "created_at": self.moment(day, 20),
        }

    def change(self, day: datetime) -> dict[str, Any]:
        field = self.random.choice(["Status", "Status", "Status", "Lifecycle Stage", "Rejection_Reason__c"])
        of_contact = field == "Lifecycle Stage"
        self.number += 1
        return {
            "record_id": f"H{self.number if self.random.random() < 0.8 else self.random.randint(1, self.number)}",
            "lead_id": self.one("C", 8) if of_contact else self.one("L", 14),
            "field": field,
            "old_value": self.random.choice(["New", "MQL", None]),
            "new_value": self.random.choice(STATUSES),
            "changed_at": self.moment(day, 10, ahead=3),
            "is_deleted": self.random.random() < 0.03,
        }

    def account(self, day: datetime) -> dict[str, Any]:
        return {
            "record_id": self.one("A", 4),
            "account_name": self.random.choice(["Acme", "Globex"]),
            "billing_country": self.random.choice(["Germany", "Japan", "Brazil"]),
            "segment": self.random.choice(["SMB", "Enterprise", None]),
            "owner_id": self.one("U", 3),
            "created_at": self.moment(day, 20),
        }

    def deal(self, day: datetime) -> dict[str, Any]:
        won, lost = self.random.choice([(False, False), (True, False), (False, True)])
        return {
            "record_id": self.one("O", 6),
            "is_deleted": self.random.random() < 0.05,
            "opportunity_name": "Deal",
            "crm_account_id": self.one("A", 4, missing=0.2),
            "contact_id": self.one("C", 8, missing=0.4),
            "stage": "Closed Won"
            if won
            else "Closed Lost"
            if lost
            else self.random.choice(["Prospecting", "Proposal"]),
            "is_closed": won or lost,
            "is_won": won,
            "amount": self.random.choice([100, 250]),
            "currency": "USD",
            "close_date": self.moment(day, 5).date() if won or lost else None,
            "owner_id": self.one("U", 3),
            "loss_reason": self.random.choice(["Price", "Competitor", None]) if lost else None,
            "created_at": self.moment(day, 15),
        }

    def subscription(self, day: datetime) -> dict[str, Any]:
        return {
            "record_id": self.one("S", 4),
            "crm_account_id": self.one("A", 4),
            "opportunity_id": self.one("O", 6, missing=0.5),
            "started_on": self.moment(day, 120).date(),
            "ended_on": self.random.choice([None, self.moment(day, 40).date()]),
            "amount": 10,
            "currency": "USD",
        }

    def names(self, day: datetime) -> Exports:
        """An export in which every name of a stage stands once: a name nobody saw before touches everybody."""
        leads = [self.lead(day) | {"record_id": f"L{n}", "status": name} for n, name in enumerate(STATUSES)]
        contacts = [
            self.contact(day) | {"record_id": f"C{n}", "lifecycle_stage": name} for n, name in enumerate(LIFECYCLES)
        ]
        deals = [
            self.deal(day) | {"record_id": f"O{n}", "stage": name, "is_closed": n > 1, "is_won": n == 2}
            for n, name in enumerate(STAGES)
        ]  # fmt: skip
        changes = [self.change(day) | {"field": "Status", "new_value": name} for name in STATUSES]
        changes += [self.change(day) | {"field": "Lifecycle Stage", "new_value": name} for name in STATUSES]
        rows = {"crm_leads": leads, "crm_contacts": contacts, "crm_opportunities": deals, "crm_lead_history": changes}
        return [(entity, list({row["record_id"]: row for row in made}.values()), day) for entity, made in rows.items()]

    def exports(self, day: datetime) -> Exports:
        """Entity, rows and moment of what is exported on a day; one in five exports is older than it came."""
        makers: dict[str, Callable[[datetime], dict[str, Any]]] = {
            "crm_leads": self.lead, "crm_contacts": self.contact, "crm_lead_history": self.change,
            "crm_accounts": self.account, "crm_opportunities": self.deal, "crm_subscriptions": self.subscription,
        }  # fmt: skip
        made = []
        for entity in self.random.sample(sorted(makers), self.random.randint(1, 4)):
            rows = {row["record_id"]: row for row in (makers[entity](day) for _ in range(self.random.randint(1, 4)))}
            late = timedelta(days=self.random.randint(1, 9)) if self.random.random() < 0.2 else timedelta()
            made.append((entity, list(rows.values()), day - late))
        return made


class House:
    """The company's warehouse, built on from export to export, and its like from nothing."""

    def __init__(self, folder: Path, empty: Settings, bare_build: BareBuild) -> None:
        self.folder, self.bare_build = folder, bare_build
        self.settings = replace(load_settings(folder / "home"), timezone=TIMEZONE)
        shutil.copytree(empty.build, self.settings.build)
        self.raw = RawFactory(self.settings)
        nodes = bare_build.nodes
        read = {bare_build.models[name] for name in MODELS}
        while (
            more := {parent for key in read for parent in nodes[key]["depends_on"]["nodes"] if parent in nodes} - read
        ):
            read |= more
        self.tables = sorted(
            f"{nodes[key]['schema']}.{nodes[key]['name']}"
            for key in read
            if nodes[key]["config"]["materialized"] != "ephemeral"
        )
        self.patched: set[str] = set()

    def load(self, exports: Exports) -> None:
        for entity, rows, exported_at in exports:
            self.raw.add(entity, rows, exported_at=exported_at.isoformat())

    def build(self) -> None:
        expose_raw(self.settings.build_file, self.settings.raw)
        nodes = run_dbt(
            self.settings,
            ["build", "--select", *(f"+{name}" for name in MODELS), "--exclude-resource-type", "test",
             "--exclude-resource-type", "unit_test", "--exclude-resource-type", "seed"],
            stage="patched",
            as_of=as_of_date(self.settings),
        )  # fmt: skip
        assert not [node for node in nodes if node.status not in ("ok", "unchanged")]
        self.patched |= {
            row["name"]
            for row in self.raw.rows("select split_part(id, '.', 3) as name from build_state.nodes where touched > 0")
        }

    def differs_from_nothing(self) -> list[str]:
        """Tables whose rows are not those of a build of the same batches from nothing."""
        anew = replace(load_settings(self.folder / "anew"), timezone=TIMEZONE)
        anew.make_folders()
        shutil.copytree(self.settings.raw, anew.raw, dirs_exist_ok=True)
        self.bare_build.build(anew, MODELS)
        with duckdb.connect() as connection:
            for name, settings in {"ours": self.settings, "anew": anew}.items():
                connection.execute(f"attach '{settings.build_file}' as {name} (read_only)")
            rows = "select count(*), sum(hash(t)::hugeint), bit_xor(hash(t)) from {} as t"
            return [
                table
                for table in self.tables
                if connection.execute(rows.format(f"ours.{table}")).fetchone()
                != connection.execute(rows.format(f"anew.{table}")).fetchone()
            ]


@pytest.mark.parametrize("seed", [1])
def test_patched_tables_are_those_of_a_build_from_nothing(
    seed: int, empty_warehouse: Settings, bare_build: BareBuild, tmp_path: Path
) -> None:
    company, house, day = Company(seed), House(tmp_path, empty_warehouse, bare_build), START
    for step in range(STEPS):
        house.load(company.exports(day) if step else company.names(day))
        house.build()
        assert not house.differs_from_nothing(), f"seed {seed}, export {step} of {day}"
        day += timedelta(days=company.random.choice([0, 1, 1, 2, 5]), minutes=1)
    assert house.patched >= PATCHED
