"""The DAGs load, keep the house's conventions, and stand in the graph that is drawn in `graph.json`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from funnelhouse.contracts.entities import channels
from funnelhouse.settings import REPOSITORY, load_settings

GRAPH = Path(__file__).with_name("graph.json")
DESCRIBE = """
import json, os, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
def assets(condition):
    return sorted(a.name for a in getattr(condition, "objects", [])) if hasattr(condition, "objects") else []
print("GRAPH " + json.dumps({"errors": {p: e[-500:] for p, e in bag.import_errors.items()}, "dags": {
    i: {"schedule": assets(d.timetable.asset_condition) if hasattr(d.timetable, "asset_condition") else str(d.schedule),
        "tags": sorted(d.tags), "doc": d.doc_md or "", "catchup": d.catchup, "max_active_runs": d.max_active_runs,
        "tasks": {t.task_id: {"downstream": sorted(t.downstream_task_ids), "retries": t.retries, "pool": t.pool,
                              "queue": t.queue,
                              "owner": t.owner, "outlets": sorted(o.name for o in t.outlets)} for t in d.tasks}}
    for i, d in bag.dags.items()}, "heavy": [m for m in
        ("duckdb", "pandas", "great_expectations", "dbt", "xlsxwriter", "python_calamine", "pydantic_core")
        if m in sys.modules and m != "pydantic_core"]}))
"""


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow sees of the DAG folder, described by a process of its own."""
    from funnelhouse.running.airflow_home import environment

    home = tmp_path_factory.mktemp("airflow")
    settings = load_settings(home / "house")
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBE], env=environment(settings, home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    line = next(line for line in done.stdout.splitlines() if line.startswith("GRAPH "))
    return json.loads(line.removeprefix("GRAPH "))


def test_every_dag_file_loads(bag: dict[str, Any]) -> None:
    assert bag["errors"] == {}
    assert set(bag["dags"]) == {"receive_exports", "replay_archive", "build_warehouse", "maintain_warehouse"} | {
        f"extract_{channel}" for channel in channels()
    }


def test_loading_the_dags_imports_no_heavy_library(bag: dict[str, Any]) -> None:
    assert bag["heavy"] == []


def test_every_dag_says_what_triggers_it_what_it_produces_and_what_to_do_if_it_fails(bag: dict[str, Any]) -> None:
    for dag_id, dag in bag["dags"].items():
        for part in ("**Trigger**", "**Produces**", "**If it fails**"):
            assert part in dag["doc"], f"{dag_id} lacks {part}"


def test_every_task_has_an_owner_and_retries(bag: dict[str, Any]) -> None:
    for dag_id, dag in bag["dags"].items():
        for task_id, task in dag["tasks"].items():
            assert task["retries"] >= 1, (dag_id, task_id)
            assert task["owner"] != "airflow", (dag_id, task_id)


def test_every_dag_has_one_known_tag_and_never_catches_up(bag: dict[str, Any]) -> None:
    for dag_id, dag in bag["dags"].items():
        assert len(dag["tags"]) == 1 and set(dag["tags"]) <= {"receive", "extract", "build", "maintain"}, dag_id
        assert not dag["catchup"]
        assert dag["max_active_runs"] == 1


def test_whoever_writes_the_build_file_is_in_the_pool_of_one(bag: dict[str, Any]) -> None:
    tasks = bag["dags"]["build_warehouse"]["tasks"]
    assert {name for name, task in tasks.items() if task["pool"] != "warehouse_writer"} == {"digest"}  # it only reads


def test_whoever_is_in_the_pool_of_one_is_in_the_queue_of_the_one_worker_with_its_memory(bag: dict[str, Any]) -> None:
    """No queue that no worker of docker-compose.yml serves, either: such a task would wait for ever."""
    tasks = {(dag_id, name): task for dag_id, dag in bag["dags"].items() for name, task in dag["tasks"].items()}
    expected = {
        name: "warehouse_writer" if task["pool"] == "warehouse_writer" else "default" for name, task in tasks.items()
    }
    assert {name: task["queue"] for name, task in tasks.items()} == expected


def test_the_graph_is_the_reviewed_one(bag: dict[str, Any]) -> None:
    """A change of tasks, edges or assets shows in review: copy the printed graph into graph.json if it is wanted."""
    graph = {
        dag_id: {
            "schedule": dag["schedule"],
            "tasks": {task_id: [task["downstream"], task["outlets"]] for task_id, task in dag["tasks"].items()},
        }
        for dag_id, dag in sorted(bag["dags"].items())
    }
    assert graph == json.loads(GRAPH.read_text(encoding="utf-8")), json.dumps(graph, indent=1)


def test_dag_files_stay_short() -> None:
    for path in (REPOSITORY / "dags").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 120, path.name


def test_the_plugins_folder_hides_the_packages_from_airflows_scan() -> None:
    """Airflow imports every module below plugins/ by its bare name and would shadow the standard library's."""
    ignored = (REPOSITORY / "plugins" / ".airflowignore").read_text(encoding="utf-8").splitlines()
    packages = {path.parent.name for path in (REPOSITORY / "plugins").glob("*/__init__.py")}
    assert packages == {"funnelhouse", "sample_company", "duckdb_to_spark"}
    assert {f"{package}/" for package in packages} <= set(ignored)


def test_nothing_imports_from_the_dag_folder() -> None:
    for path in [*(REPOSITORY / "plugins").rglob("*.py"), *(REPOSITORY / "tests").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        assert "from dags" not in text.replace('"from dags"', "") and "import dags" not in text.replace(
            '"import dags"', ""
        ), path


def test_only_two_modules_of_the_library_import_airflow_when_loaded() -> None:
    allowed = {"assets.py", "dag_parts.py"}
    for path in (REPOSITORY / "plugins" / "funnelhouse").rglob("*.py"):
        lines = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.startswith(("import airflow", "from airflow"))
        ]
        assert not lines or path.name in allowed, path
