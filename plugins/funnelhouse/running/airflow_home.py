"""Airflow homes under the home folder: their settings as environment, and a migrated database to start from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from funnelhouse.errors import Verdict
from funnelhouse.files import private_folder, replacing
from funnelhouse.settings import REPOSITORY, Settings, load_settings
from funnelhouse.tenants import CHOSEN, FOLDER, tenants_folder

LOCK_PATIENCE = 20
"""Seconds a service waits while another one writes to the metadata database. SQLite's own 5 are less than a busy
machine takes to write ten parsed DAGs, and the request that waited for them ends as an error 500. Not longer: a request
may wait for one that the same api-server has begun and, while it waits, cannot end; it had better fail soon then."""


def environment(settings: Settings, home: Path) -> dict[str, str]:
    """Environment that makes Airflow use `home` and nothing of the caller's own Airflow but connections.

    With the settings of a tenant for processes that know this tenant only, with those of an installation for all.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if (not name.startswith("AIRFLOW") or name.startswith("AIRFLOW_CONN_")) and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {
        **kept,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(settings.dags),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}?timeout={LOCK_PATIENCE}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(settings.logs / "airflow"),
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        **_whose(settings),
        "GX_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def _whose(settings: Settings) -> dict[str, str]:
    """Absolute, since Airflow's processes have working directories of their own."""
    folder = tenants_folder()
    if folder is None:
        return {"FUNNELHOUSE_HOME": str(settings.home)}
    installation = load_settings().home if settings.tenant else settings.home
    return {"FUNNELHOUSE_HOME": str(installation), FOLDER: str(folder), CHOSEN: settings.tenant or ""}


def migrated_database(settings: Settings) -> Path:
    """A migrated, empty metadata database of this Airflow version; made once (some seconds), then only copied."""
    template = settings.airflow / f"empty-{version('apache-airflow-core')}.db"
    if template.exists():
        return template
    scratch = settings.airflow / f"migrating-{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)
    private_folder(scratch)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"],
            env=environment(settings, scratch), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise Verdict(f"Airflow could not create its database:\n{done.stderr[-2000:]}")
        with replacing(template, mode=0o600) as temporary:
            shutil.copyfile(scratch / "airflow.db", temporary)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return template


def fresh_home(settings: Settings, name: str) -> Path:
    """An Airflow home with an empty, migrated database; whatever was there before is gone."""
    template = migrated_database(settings)
    home = settings.airflow / name
    shutil.rmtree(home, ignore_errors=True)
    private_folder(home)
    with replacing(home / "airflow.db", mode=0o600) as database:
        shutil.copyfile(template, database)
    return home
