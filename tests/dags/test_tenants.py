"""The DAGs of fifty companies: each has all of them, and nothing that belongs to another."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from funnelhouse.running.airflow_home import environment
from funnelhouse.settings import load_settings

TENANTS = [f"company{number}" for number in range(1, 51)]
DESCRIBE = """
import json, os, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
def reads(dag):
    return sorted(a.uri for a in getattr(getattr(dag.timetable, "asset_condition", None), "objects", []))
print("GRAPH " + json.dumps({"errors": list(bag.import_errors.values()), "dags": {
    i: {"tags": sorted(d.tags), "every": str(d.schedule), "reads": reads(d),
        "writes": sorted({o.name for t in d.tasks for o in t.outlets}),
        "pools": sorted({t.pool for t in d.tasks} - {"default_pool"}),
        "tenants": sorted({t.op_args[0] for t in d.tasks if t.op_args})}
    for i, d in bag.dags.items()}, "heavy": [m for m in
        ("duckdb", "pandas", "great_expectations", "dbt", "xlsxwriter", "python_calamine") if m in sys.modules]}))
"""


def _describe(folder: Path, home: Path, chosen: str = "", parsing: str = "") -> dict[str, Any]:
    """What Airflow sees of the DAGs, with `parsing` as a process that is about to run a task of that DAG."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNNELHOUSE_TENANTS", str(folder))
        patch.setenv("FUNNELHOUSE_HOME", str(home / "house"))
        told = environment(load_settings(), home) | ({"FUNNELHOUSE_TENANT": chosen} if chosen else {})
    if parsing:
        told |= {"_AIRFLOW_PARSING_CONTEXT_DAG_ID": parsing, "_AIRFLOW_PARSING_CONTEXT_TASK_ID": "extract"}
    done = subprocess.run([sys.executable, "-c", DESCRIBE], env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    line = next(line for line in done.stdout.splitlines() if line.startswith("GRAPH "))
    return json.loads(line.removeprefix("GRAPH "))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty files, the last with its own rhythm, and one that cannot be used."""
    folder = tmp_path_factory.mktemp("tenants")
    for tenant in TENANTS:
        (folder / f"{tenant}.env").write_text("FUNNELHOUSE_TIMEZONE=Europe/Berlin\n", encoding="utf-8")
    (folder / f"{TENANTS[-1]}.env").write_text("FUNNELHOUSE_RECEIVE_MINUTES=45\n", encoding="utf-8")
    (folder / "broken.env").write_text("FUNNELHOUSE_COLOUR=red\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def graph(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow sees of all of them."""
    return _describe(folder, tmp_path_factory.mktemp("airflow"))


def test_each_company_has_every_dag_and_nothing_heavy_is_imported_for_it(graph: dict[str, Any]) -> None:
    names = {dag_id.split("__", 1)[1] for dag_id in graph["dags"]}
    assert len(names) == 10
    assert set(graph["dags"]) == {f"{tenant}__{name}" for tenant in TENANTS for name in names}
    assert graph["heavy"] == []


def test_what_a_dag_reads_writes_and_waits_for_is_its_companys_alone(graph: dict[str, Any]) -> None:
    for dag_id, dag in graph["dags"].items():
        tenant, name = dag_id.split("__", 1)
        assert f"tenant:{tenant}" in dag["tags"]
        assert all(uri.startswith(f"x-funnelhouse://{tenant}/") for uri in dag["reads"]), dag_id
        assert all(outlet.startswith(f"{tenant}/") for outlet in dag["writes"]), dag_id
        assert dag["pools"] in ([], [f"warehouse_writer__{tenant}"])
        assert dag["tenants"] in ([], [tenant])
        assert bool(dag["reads"]) == name.startswith(("extract_", "build_"))


def test_a_company_says_how_often_its_inbox_is_looked_into(graph: dict[str, Any]) -> None:
    assert graph["dags"]["company50__receive_exports"]["every"] == "0:45:00"
    assert graph["dags"]["company1__receive_exports"]["every"] == "0:03:00"


def test_a_file_that_cannot_be_used_is_an_import_error_and_stops_nobody(graph: dict[str, Any]) -> None:
    (said,) = graph["errors"]
    assert "broken.env" in said and "FUNNELHOUSE_COLOUR" in said


def test_who_works_for_one_company_loads_its_dags_only(folder: Path, tmp_path: Path) -> None:
    only = _describe(folder, tmp_path, chosen="company7")
    assert {dag_id.split("__", 1)[0] for dag_id in only["dags"]} == {"company7"}
    assert only["errors"] == []
    running = _describe(folder, tmp_path, parsing="company7__extract_ads")
    assert {dag_id.split("__", 1)[0] for dag_id in running["dags"]} == {"company7"}
