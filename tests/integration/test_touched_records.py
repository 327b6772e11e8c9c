"""Incremental models of CRM records hold what a build from nothing would (D-06), whatever came in which order.

Small companies, each a CRM and a shop of its own, whose records are exported again and again with other contents:
addresses move between people and are shared, leads are converted and merged, deals are lost, owners and companies
change, people order, exports come late, builds are killed, and days pass. Other companies by hand:
`TOUCHED_SEEDS="6 7 8"` before `make test`.
"""

from __future__ import annotations

import os
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
from funnelhouse.transform import due
from funnelhouse.transform.dbt_runner import as_of_date, run_dbt
from funnelhouse.transform.raw_views import expose_raw
from tests.bare_build import TIMEZONE, BareBuild
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

SEEDS = tuple(int(seed) for seed in os.environ.get("TOUCHED_SEEDS", "1 2 3 4 5").split())
MODELS = ("fct_stage_interval", "mart_funnel_daily", "fct_attribution")
STEPS = 6
KILLED_AT = (2, 4)
"""Steps before which a build began, wrote a part of the tables and was killed."""
STATUSES = ("New", "MQL", "SAL", "Recycled", "Unqualified", "Converted")
LIFECYCLES = ("lead", "MQL", "customer")
STAGES = ("Prospecting", "Proposal", "Closed Won", "Closed Lost")
START = datetime(2026, 9, 1, 8, tzinfo=UTC).replace(tzinfo=None)

LEADS, CONTACTS, ACCOUNTS, DEALS, ADDRESSES = 40, 24, 16, 20, 40
"""So many records that most belong together with two or three others: a wrong closure leaves somebody out."""

Exports = list[tuple[str, list[dict[str, Any]], datetime]]


class Company:
    """Makes rows of a few records each, as a CRM would export them on some day."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.number = 0

    def one(self, kind: str, among: int, missing: float = 0.0) -> str | None:
        return None if self.random.random() < missing else f"{kind}{self.random.randrange(among)}"

    def address(self, missing: float) -> str | None:
        """The hash of one of the company's own addresses."""
        return (address := self.one("hash", ADDRESSES, missing)) and f"{address} of {self.seed}"

    def moment(self, day: datetime, back: int, ahead: int = 0) -> datetime:
        return day + timedelta(hours=self.random.randint(-24 * back, 24 * ahead))

    def lead(self, day: datetime) -> dict[str, Any]:
        converted = self.random.random() < 0.25
        return {
            "record_id": self.one("L", LEADS),
            "is_deleted": self.random.random() < 0.05,
            "merged_into_id": self.one("L", LEADS) if self.random.random() < 0.04 else None,
            "company_name": self.random.choice(["Acme", "Acme", "Acme", "Test Test"]),
            "email_hash": self.address(missing=0.2),
            "lead_source": self.random.choice(["Web", "Email", "Trade Show"]),
            "status": self.random.choice(STATUSES[:-1]),
            "owner_id": self.one("U", 3),
            "country": self.random.choice(["Germany", "Japan", None]),
            "loss_reason": self.random.choice(["Price", "Timing", None]),
            "is_converted": converted,
            "converted_at": self.moment(day, 3) if converted else None,
            "converted_contact_id": self.one("C", CONTACTS, missing=0.2) if converted else None,
            "converted_account_id": self.one("A", ACCOUNTS, missing=0.2) if converted else None,
            "converted_opportunity_id": self.one("O", DEALS, missing=0.2) if converted else None,
            "created_at": self.moment(day, 20, ahead=2),
        }

    def contact(self, day: datetime) -> dict[str, Any]:
        return {
            "record_id": self.one("C", CONTACTS),
            "is_deleted": self.random.random() < 0.05,
            "crm_account_id": self.one("A", ACCOUNTS, missing=0.2),
            "email_hash": self.address(missing=0.3),
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
            "lead_id": self.one("C", CONTACTS) if of_contact else self.one("L", LEADS),
            "field": field,
            "old_value": self.random.choice(["New", "MQL", None]),
            "new_value": self.random.choice(STATUSES),
            "changed_at": self.moment(day, 10, ahead=3),
            "is_deleted": self.random.random() < 0.03,
        }

    def account(self, day: datetime) -> dict[str, Any]:
        return {
            "record_id": self.one("A", ACCOUNTS),
            "account_name": self.random.choice(["Acme", "Globex"]),
            "billing_country": self.random.choice(["Germany", "Japan", "Brazil"]),
            "segment": self.random.choice(["SMB", "Enterprise", None]),
            "owner_id": self.one("U", 3),
            "created_at": self.moment(day, 20),
        }

    def deal(self, day: datetime) -> dict[str, Any]:
        won, lost = self.random.choice([(False, False), (True, False), (False, True)])
        return {
            "record_id": self.one("O", DEALS),
            "is_deleted": self.random.random() < 0.05,
            "opportunity_name": "Deal",
            "crm_account_id": self.one("A", ACCOUNTS, missing=0.2),
            "contact_id": self.one("C", CONTACTS, missing=0.4),
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
            "crm_account_id": self.one("A", ACCOUNTS),
            "opportunity_id": self.one("O", DEALS, missing=0.5),
            "started_on": self.moment(day, 120).date(),
            "ended_on": self.random.choice([None, self.moment(day, 40).date()]),
            "amount": 10,
            "currency": "USD",
        }

    def order(self, day: datetime) -> dict[str, Any]:
        status = self.random.choice(["paid", "paid", "pending", "refunded", "cancelled"])
        return {
            "record_id": self.one("W", DEALS),
            "order_number": "1",
            "status": status,
            "email_hash": self.address(missing=0.2),
            "subtotal": self.random.choice([100, 250]),
            "total": 250,
            "currency": "USD",
            "created_at": (made := self.moment(day, 30, ahead=2)),
            "paid_at": None if status == "pending" else made,
        }

    def refund(self, day: datetime) -> dict[str, Any]:
        return {
            "record_id": self.one("R", 8),
            "order_id": self.one("W", DEALS),
            "amount": self.random.choice([50, 250]),
            "currency": "USD",
            "refunded_at": self.moment(day, 5, ahead=1),
        }

    def names(self, day: datetime) -> Exports:
        """An export in which every name of a stage appears once: a name nobody saw before touches everybody."""
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
            "orders": self.order, "refunds": self.refund,
        }  # fmt: skip
        made = []
        for entity in self.random.sample(sorted(makers), self.random.randint(2, 6)):
            rows = {row["record_id"]: row for row in (makers[entity](day) for _ in range(self.random.randint(1, 8)))}
            late = timedelta(days=self.random.randint(1, 9)) if self.random.random() < 0.2 else timedelta()
            made.append((entity, list(rows.values()), day - late))
        return made


class House:
    """The companies' warehouse, built on from export to export, and its like from nothing."""

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
        # What is touched, and when lookups changed, is about the way here and not about the records.
        by_build = {"stg_crm_touched", "stg_last_build", "int_touched", "int_lookup_version"}
        self.tables = sorted(
            f"{nodes[key]['schema']}.{nodes[key]['name']}"
            for key in read
            if nodes[key]["config"]["materialized"] != "ephemeral" and nodes[key]["name"] not in by_build
        )

    def load(self, source: str, exports: Exports) -> None:
        for entity, rows, exported_at in exports:
            self.raw.add(entity, rows, source=source, exported_at=exported_at.isoformat())

    def build(self, models: tuple[str, ...] = MODELS, *, is_killed: bool = False) -> bool:
        """Build models and all they read; whether only touched records were read."""
        expose_raw(self.settings.build_file, self.settings.raw)
        day = as_of_date(self.settings)
        work = due.begin(self.settings, day)
        nodes = run_dbt(
            self.settings,
            ["build", "--select", *(f"+{name}" for name in models), *(["--full-refresh"] if work.full_refresh else []),
             "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"],
            stage="touched",
            as_of=day,
        )  # fmt: skip
        assert not [node for node in nodes if node.status != "ok"]
        if not is_killed:
            due.complete(self.settings)
        return not work.full_refresh

    def left_alone(self) -> int:
        """People whom the last build did not read again."""
        found = self.raw.rows(
            "select count(*) as people from intermediate.int_person "
            "where person_id not in (select record_id from intermediate.int_touched)"
        )
        return int(found[0]["people"])

    def differs_from_nothing(self) -> list[str]:
        """Tables whose rows are not those of a build of the same batches from nothing."""
        anew = replace(load_settings(self.folder / "anew"), timezone=TIMEZONE)
        anew.make_folders()
        shutil.copytree(self.settings.raw, anew.raw, dirs_exist_ok=True)
        self.bare_build.build(anew, MODELS)
        ours, other = (self._contents(settings) for settings in (self.settings, anew))
        return [table for table in self.tables if table != "staging.stg_crm_link" and ours[table] != other[table]]

    def _contents(self, settings: Settings) -> dict[str, Any]:
        """Rows and hashes of each table; views name the database as its file is called, so it is not attached."""
        with duckdb.connect(str(settings.build_file), read_only=True) as connection:
            return {
                table: connection.execute(
                    f"select count(*), sum(hash(t)::hugeint), bit_xor(hash(t)) from {table} as t"
                ).fetchone()
                for table in self.tables
            }


def test_incremental_models_hold_what_a_build_from_nothing_would(
    empty_warehouse: Settings, bare_build: BareBuild, tmp_path: Path
) -> None:
    companies = [Company(seed) for seed in SEEDS]
    house, day = House(tmp_path, empty_warehouse, bare_build), START
    days = random.Random(SEEDS[0])
    left_alone: list[int] = []
    for step in range(STEPS):
        if step in KILLED_AT:
            for company in companies:
                house.load(f"crm{company.seed}", company.exports(day))
            house.build(("int_person_stage",), is_killed=True)
        for company in companies:
            house.load(f"crm{company.seed}", company.exports(day) if step else company.names(day))
        is_incremental = house.build()
        assert not house.differs_from_nothing(), f"seeds {SEEDS}, export {step} of {day}"
        assert is_incremental is (step > 0)
        left_alone.append(house.left_alone())
        day += timedelta(days=days.choice([0, 1, 1, 2, 5]), minutes=1)
    assert max(left_alone[1:]) > 3 * len(SEEDS), f"{left_alone}: nothing is tested where everybody is built again"
    # Credits are shared out again only where something changed: whoever is left alone keeps even a wrong number.
    with duckdb.connect(str(house.settings.build_file)) as connection:
        connection.execute("update intermediate.int_attribution_credit set points = [-1]")
    house.load(f"crm{SEEDS[0]}", [("crm_opportunities", [companies[0].deal(day) for _ in range(3)], day)])
    house.build()
    kept, shared_again = (
        house.raw.rows(f"select count(*) as rows from intermediate.int_attribution_credit where points {sign} [-1]")[0]
        for sign in ("=", "<>")
    )
    assert kept["rows"] > shared_again["rows"] > 0
