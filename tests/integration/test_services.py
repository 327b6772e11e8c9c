"""`make ui` for real: api-server, dag-processor, scheduler; a dropped file becomes a version by asset events alone."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from funnelhouse.running.airflow_home import environment, fresh_home
from funnelhouse.running.services import Services, airflow_services, token
from funnelhouse.running.supervised import descendants
from funnelhouse.settings import Settings, load_settings
from tests.conftest import prepared

pytestmark = pytest.mark.slow

PATIENCE = 900
"""Seconds after which something has not happened; a guard against waiting for ever, on a busy machine too."""


def _call(services: Services, path: str, body: dict[str, Any] | None = None, bearer: str | None = None) -> Any:
    headers = {"Content-Type": "application/json"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(services.url + path, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        if refused.code < 500:
            raise
        log = (services.logs / "api-server.log").read_text(encoding="utf-8", errors="replace")
        raise AssertionError(f"{path} answered {refused.code}: {refused.read()!r}\n{log[-6000:]}") from refused


def _trigger(services: Services, dag_id: str, bearer: str) -> None:
    """Start a DAG, and ask again as a person would: where two writes meet in SQLite, Airflow answers 500 to one."""
    for attempt in range(4):
        try:
            _call(services, f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None}, bearer)
        except AssertionError as busy:
            if attempt == 3 or "Database error" not in str(busy):
                raise
        else:
            return


def _wait(what: str, condition: Any, services: Services) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        services.check()
        if (value := condition()) is not None:
            return value
        time.sleep(1)
    raise AssertionError(f"{what} did not happen within {PATIENCE} s")


def _runs(services: Services, bearer: str, dag_id: str) -> list[dict[str, Any]]:
    return _call(services, f"/api/v2/dags/{dag_id}/dagRuns?order_by=-run_after", bearer=bearer)["dag_runs"]


def _drop(file: Path, inbox: Path, settings: Settings) -> None:
    """Put one export with its manifest where the scheduler's next look finds it."""
    target = settings.inbox / file.parent.relative_to(inbox)
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file.parent / "_manifest.yml", target)
    shutil.copy2(file, target)


def test_a_service_waits_for_another_ones_write(tmp_path: Path) -> None:
    """SQLite's own five seconds are too few on a busy machine: the request then ends as an error 500."""
    settings = load_settings(tmp_path / "home")
    address = environment(settings, fresh_home(settings, "busy"))["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    with create_engine(address).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() >= 15_000


def _look_at_pages(services: Services, bearer: str, version: str) -> None:
    """Airflow's menu leads to the pages, and its login is asked for on every one of their routes."""
    for route in ("", "overview", "funnel/steps.csv", "assets/echarts.min.js", "health.json", "no_such_page"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            _call(services, f"/marketing/{route}")
        assert refused.value.code == 401, route
    plugins = _call(services, "/api/v2/plugins", bearer=bearer)["plugins"]
    (entry,) = next(one["external_views"] for one in plugins if one["name"] == "funnelhouse")
    assert (entry["name"], entry["href"], entry["destination"]) == ("Marketing", "marketing/overview", "nav")
    assert _call(services, "/marketing/health.json", bearer=bearer)["version"] == version


def test_a_file_in_the_inbox_becomes_a_published_version(
    small_house: tuple[Settings, str], sample_folder: Path, tmp_path: Path
) -> None:
    settings = load_settings(tmp_path / "home")
    shutil.copytree(small_house[0].home, settings.home, symlinks=True)
    first = settings.published_file.resolve()
    inbox = sample_folder / "inbox"
    ads = sorted((inbox / "google_ads").glob("*/*/Daily*.csv"))
    with airflow_services(settings) as services:
        with pytest.raises(urllib.error.HTTPError) as refused:
            _call(services, "/api/v2/dags")
        assert refused.value.code == 401
        bearer = token(services)
        _look_at_pages(services, bearer, first.parent.name)

        def dag_versions() -> int | None:
            found = _call(services, "/api/v2/dags/~/dagVersions", bearer=bearer)["total_entries"]
            return found if found >= 10 else None

        def newer() -> Path | None:
            now = settings.published_file.resolve()
            return now if now != first else None

        _wait("parsing of the DAGs", dag_versions, services)
        _drop(ads[-1], inbox, settings)
        _trigger(services, "receive_exports", bearer)
        second = _wait("the new version", newer, services)
        builds = _runs(services, bearer, "build_warehouse")
        assert [run["run_type"] for run in builds] == ["asset_triggered"] * len(builds)
        assert _runs(services, bearer, "extract_ads")[0]["run_type"] == "asset_triggered"
        assert _runs(services, bearer, "extract_crm") == []
        assert first.exists() and second.exists()
        assert (settings.published / "site" / "en" / "overview.html").exists()
        assert _call(services, "/marketing/health.json", bearer=bearer)["version"] == second.parent.name
        processes = list(services.processes.values())
    assert all(process.poll() is not None for process in processes)


def _commands(pids: list[int]) -> dict[int, str]:
    """Those of the processes that live: pid to command line."""
    found = {}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def _listening_addresses(pids: set[int]) -> set[str]:
    """Local addresses, as the kernel writes them, that sockets of these processes listen on."""
    inodes = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").glob("*"):
            with contextlib.suppress(OSError):
                inodes.add(str(link.readlink()).removeprefix("socket:[").removesuffix("]"))
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {line[1].partition(":")[0] for line in lines if line[3] == "0A" and line[9] in inodes}


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_everything_the_services_started_ends_with_a_parent_that_is_killed(
    prepared_home: Settings, tmp_path: Path
) -> None:
    """kill -9 of `funnelhouse ui`: nothing of it is left, and the next one starts on the same database."""
    settings = prepared(tmp_path / "home", prepared_home)
    command = [sys.executable, "-m", "funnelhouse.cli", "ui", "--home", str(settings.home)]
    environ = {**os.environ, "COLUMNS": "200"}
    with (tmp_path / "said.txt").open("wb") as said:
        ui = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=environ)
    try:
        deadline = time.monotonic() + PATIENCE
        while "Ctrl-C stops it" not in (printed := (tmp_path / "said.txt").read_text()):
            assert ui.poll() is None and time.monotonic() < deadline, printed
            time.sleep(0.2)
        mine = _commands(descendants(ui.pid))
        assert sum("supervised" in command for command in mine.values()) == 3, mine
        assert len(mine) > 6, mine
        assert _listening_addresses(set(mine)) == {"0100007F"}, "something listens on other addresses than 127.0.0.1"
        modes = {
            path.name: path.stat().st_mode & 0o077 for path in (settings.airflow / "ui").iterdir() if path.is_file()
        }
        assert not any(modes.values()), modes
        assert settings.airflow.stat().st_mode & 0o077 == 0
    finally:
        ui.kill()
        ui.wait()
    deadline = time.monotonic() + 60
    while left := _commands(list(mine)):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
