"""Two companies in one installation, their DAGs run one after the other in one process: nothing of one in the other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from funnelhouse.running.airflow_home import environment, fresh_home
from funnelhouse.settings import Settings, load_settings
from funnelhouse.tenants import read_tenants
from tests.conftest import prepared
from tests.integration.conftest import Command

pytestmark = pytest.mark.slow

WORDS = {"acme": "Zebradach", "beta": "Quokkadach"}
"""A campaign that only this company has."""
CHAIN = """
import json, os, sys
from pathlib import Path
from airflow.dag_processing.dagbag import DagBag
from airflow.models.asset import AssetDagRunQueue
from airflow.models.pool import Pool
from airflow.utils.session import create_session
from sqlalchemy import delete, select
from funnelhouse.store.locks import run_lock, writer_lock
from funnelhouse.tenants import pools, read_tenants

tenants = read_tenants().settings
bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
told = {name: value for name, value in os.environ.items() if name.startswith("FUNNELHOUSE_")}
with create_session() as session:
    for name, pool in pools(list(tenants)).items():
        Pool.create_or_update_pool(name, pool["slots"], pool["description"], False, session=session)
ran = []

def run(dag_id):
    state = bag.dags[dag_id].test().state
    with create_session() as session:
        due = sorted(session.scalars(select(AssetDagRunQueue.target_dag_id)))
        session.execute(delete(AssetDagRunQueue))
    ran.append([dag_id, str(getattr(state, "value", state)), due])
    return due

for tenant in tenants:
    for extraction in run(f"{tenant}__receive_exports"):
        run(extraction)
rules = tenants["beta"].own_pipelines / "channel_rules.csv"
rules.parent.mkdir()
rules.write_text("rule_number,applies_to\\n1,nothing\\n")
run("beta__build_warehouse")
# Whoever holds a lock of one company does not hold up the other: this would wait for ever.
with writer_lock(tenants["beta"], "test"), run_lock(tenants["beta"], "test"):
    run("acme__build_warehouse")
rules.unlink()
with writer_lock(tenants["acme"], "test"), run_lock(tenants["acme"], "test"):
    run("beta__build_warehouse")
changed = told != {name: value for name, value in os.environ.items() if name.startswith("FUNNELHOUSE_")}
Path(sys.argv[1]).write_text(json.dumps({"ran": ran, "changed": changed}))
"""


@dataclass(frozen=True)
class Two:
    """The installation, its tenants, and what ran: DAG, state, and the DAGs that became due by it."""

    folder: Path
    tenants: dict[str, Settings]
    ran: list[tuple[str, str, list[str]]]
    said: str
    is_environment_changed: bool


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, firm_folder: Path, prepared_home: Settings) -> Two:
    """Both companies have an advertiser of their own and the same person in their CRM."""
    root = tmp_path_factory.mktemp("two")
    (root / "tenants").mkdir()
    (root / "tenants" / "acme.env").write_text("FUNNELHOUSE_AS_OF=2026-11-15\n", encoding="utf-8")
    (root / "tenants" / "beta.env").write_text("# the defaults\n", encoding="utf-8")
    (root / "tenants" / "gamma.env").write_text("FUNNELHOUSE_CURRENCY=euro\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNNELHOUSE_TENANTS", str(root / "tenants"))
        patch.setenv("FUNNELHOUSE_HOME", str(root / "installation"))
        tenants = read_tenants().settings
        for tenant, settings in tenants.items():
            prepared(settings.home, prepared_home)
            _exports(firm_folder / "inbox", settings.inbox, WORDS[tenant])
        installation = load_settings()
        shutil.copytree(prepared_home.airflow, installation.airflow)
        done = subprocess.run(
            [sys.executable, "-c", CHAIN, str(root / "ran.json")],
            env=environment(installation, fresh_home(installation, "two")),
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads((root / "ran.json").read_text(encoding="utf-8"))
    return Two(root, tenants, [tuple(run) for run in found["ran"]], done.stdout + done.stderr, found["changed"])


def _exports(firm: Path, inbox: Path, word: str) -> None:
    """An advertising export with a campaign called `word`, and the firm's contacts."""
    for export in ("meta_ads/*/*/Solarhof-Kampagnen.csv", "hubspot/*/2026-11-01/*contacts*.csv"):
        path = next(firm.glob(export))
        folder = inbox / path.relative_to(firm).parent
        folder.mkdir(parents=True)
        (folder / path.name).write_bytes(path.read_bytes().replace(b"Dach im Abo", word.encode()))
        (folder / "_manifest.yml").write_bytes((path.parent / "_manifest.yml").read_bytes())


def _texts(files: list[Path]) -> str:
    """Every text in these database and Parquet files."""
    found: list[str] = []
    with duckdb.connect() as connection:
        for path in files:
            if path.suffix == ".parquet":
                found += map(str, connection.execute("from read_parquet(?)", [str(path)]).fetchall())
                continue
            connection.execute(f"attach '{path}' as looked_at (read_only)")
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'looked_at'"
            ).fetchall()
            for schema, table in tables:
                found += map(str, connection.execute(f'from looked_at."{schema}"."{table}"').fetchall())
            connection.execute("detach looked_at")
    return "\n".join(found)


def test_a_build_that_fails_stops_nobody_else(two: Two) -> None:
    builds = [(dag_id, state) for dag_id, state, _ in two.ran if dag_id.endswith("build_warehouse")]
    assert builds == [
        ("beta__build_warehouse", "failed"), ("acme__build_warehouse", "success"), ("beta__build_warehouse", "success"),
    ]  # fmt: skip
    assert "channel_rules.csv" in two.said


def test_an_event_of_one_company_makes_only_its_own_dags_due(two: Two) -> None:
    due = {dag_id: then for dag_id, _, then in two.ran}
    for tenant in WORDS:
        assert due[f"{tenant}__receive_exports"] == [f"{tenant}__extract_ads", f"{tenant}__extract_crm"]
        assert due[f"{tenant}__extract_ads"] == due[f"{tenant}__extract_crm"] == [f"{tenant}__build_warehouse"]
        assert due[f"{tenant}__build_warehouse"] == []


def test_nothing_of_one_company_is_in_what_the_other_has(two: Two) -> None:
    for tenant, settings in two.tenants.items():
        other = WORDS["beta" if tenant == "acme" else "acme"]
        files = [path for path in settings.home.rglob("*") if path.is_file() and not path.is_symlink()]
        tables = [path for path in files if path.suffix in (".parquet", ".duckdb")]
        texts = _texts(tables)
        assert WORDS[tenant] in texts
        assert other not in texts
        others_home = str(two.tenants["beta" if tenant == "acme" else "acme"].home)
        for path in files:
            if path not in tables:
                content = path.read_bytes()
                assert other.encode() not in content, path
                assert others_home.encode() not in content, path
        pages = [path for path in files if path.suffix == ".html" and "site" in path.parts]
        assert any(WORDS[tenant].encode() in path.read_bytes() for path in pages)


def test_nothing_is_left_outside_of_the_homes(two: Two) -> None:
    """What is the installation's own: Airflow's database and the logs of tasks, which only its login shows."""
    installation = two.folder / "installation"
    assert {path.name for path in (installation / "tenants").iterdir()} == {"acme", "beta"}
    assert {path.name for path in installation.iterdir()} <= {"airflow", "logs", "tenants"}


def test_the_same_address_has_another_hash_in_each_company(two: Two) -> None:
    hashes = {}
    for tenant, settings in two.tenants.items():
        with duckdb.connect() as connection:
            hashes[tenant] = dict(
                connection.execute(
                    "select record_id, email_hash from read_parquet(?) where email_hash is not null",
                    [str(settings.raw / "crm_contacts" / "**" / "*.parquet")],
                ).fetchall()
            )
    assert len(hashes["acme"]) > 10
    assert hashes["acme"].keys() == hashes["beta"].keys()
    assert not set(hashes["acme"].values()) & set(hashes["beta"].values())


def test_each_company_is_built_with_its_own_settings(two: Two) -> None:
    days = {}
    for tenant, settings in two.tenants.items():
        with duckdb.connect(str(settings.published_file.resolve()), read_only=True) as connection:
            days[tenant] = connection.execute("select distinct data_as_of::varchar from marts.dim_channel").fetchall()
    assert days == {"acme": [("2026-11-15",)], "beta": [("2026-11-01",)]}
    assert not two.is_environment_changed


def test_the_command_lists_the_companies_and_asks_which(two: Two, funnelhouse: Command) -> None:
    told = {
        "FUNNELHOUSE_TENANTS": str(two.folder / "tenants"), "FUNNELHOUSE_HOME": str(two.folder / "installation"),
    }  # fmt: skip
    listed = funnelhouse("tenants", "--json", environment=told)
    assert listed.returncode == 1  # since the file of gamma is refused
    assert "gamma.env" in listed.stderr and "FUNNELHOUSE_CURRENCY" in listed.stderr
    facts = {fact["tenant"]: fact for fact in json.loads(listed.stdout)["tenants"]}
    for tenant, settings in two.tenants.items():
        assert facts[tenant]["home"] == str(settings.home)
        assert facts[tenant]["published_version"] == settings.published_file.resolve().parent.name
        assert facts[tenant]["files_waiting"] == 0
    query = "select distinct campaign_name from marts.fct_ad_performance where campaign_name like '%dach'"
    for tenant, word in WORDS.items():
        asked = funnelhouse("--tenant", tenant, "query", query, "--format", "csv", environment=told)
        assert asked.stdout.split() == ["campaign_name", word]
    unasked = funnelhouse("query", query, environment=told)
    assert unasked.returncode == 1 and "--tenant" in unasked.stderr
    run = funnelhouse("run", environment={**told, "FUNNELHOUSE_TENANT": "acme", "PATH": os.environ["PATH"]})
    assert "Nothing new" in run.stdout


def test_without_tenants_an_installation_stays_as_it_was(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "home").tenant is None
    assert read_tenants().settings == {}
