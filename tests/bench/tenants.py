"""Chapter tenants: what it takes Airflow to load the DAGs of many companies, beside those of one and beside none.

Subject: a fresh process that imports Airflow and loads the folder of DAGs with a file of settings per company. Reference
(1.0): the same process without loading them.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from funnelhouse.running.airflow_home import environment
from funnelhouse.settings import Settings
from tests.bench.measure import Measured, alternate, run_child

LOAD = """
import json, os, sys
os.environ.update(json.loads(sys.argv[1]))
from airflow.dag_processing.dagbag import DagBag
if int(sys.argv[2]):
    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    assert len(bag.dags) == int(sys.argv[2]) and not bag.import_errors, (len(bag.dags), bag.import_errors)
"""
DAGS = 10


def chapter(console: Console, runs: int, tenants: list[int]) -> list[dict[str, Any]]:
    """Each number of companies; seconds of whole processes, and what loading adds to Airflow's own start."""
    with tempfile.TemporaryDirectory() as root:
        alone = _told(Path(root), 0)
        ways = {
            "Airflow, no DAGs": lambda _: run_child(LOAD, alone, "0"),
            "one company": lambda _: run_child(LOAD, alone, str(DAGS)),
        }
        for number in tenants:
            told = _told(Path(root) / str(number), number)
            ways[f"{number} companies"] = lambda _, told=told, number=number: run_child(LOAD, told, str(DAGS * number))
        return [_shown(console, alternate(ways, runs))]


def _told(root: Path, tenants: int) -> str:
    settings = Settings(home=root / "home")
    told = {name: value for name, value in environment(settings, root / "airflow").items() if "__" in name}
    told |= {"AIRFLOW_HOME": str(root / "airflow"), "FUNNELHOUSE_HOME": str(settings.home), "FUNNELHOUSE_TENANTS": ""}
    if tenants:
        folder = root / "tenants"
        folder.mkdir(parents=True)
        for number in range(tenants):
            (folder / f"company{number}.env").write_text("FUNNELHOUSE_TIMEZONE=Europe/Berlin\n", encoding="utf-8")
        told["FUNNELHOUSE_TENANTS"] = str(folder)
    return json.dumps(told)


def _shown(console: Console, results: dict[str, Measured]) -> dict[str, Any]:
    shown = Table(title="Loading the DAGs", title_justify="left", box=None, pad_edge=False)
    for name in ("way", "CPU s", "wall s", "loading, CPU s", "loading, wall s", "peak MiB"):
        shown.add_column(name, justify="left" if name == "way" else "right")
    base = next(iter(results.values()))
    document: dict[str, Any] = {"title": "Loading the DAGs", "ways": {}}
    for name, measured in results.items():
        cpu, wall = statistics.median(measured.cpu), statistics.median(measured.wall)
        more = (cpu - statistics.median(base.cpu), wall - statistics.median(base.wall))
        shown.add_row(
            name, f"{cpu:.2f}", f"{wall:.2f}", *(f"{each:.2f}" for each in more), f"{max(measured.peak):,.0f}"
        )
        document["ways"][name] = {"loading_cpu": more[0], "loading_wall": more[1], **vars(measured)}
    console.print(shown)
    return document
