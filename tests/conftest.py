"""Shared fixtures: a fresh home folder per test and nothing of the caller's environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from filelock import FileLock

from funnelhouse.running.airflow_home import migrated_database
from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import dbt_command, run_dbt, target_folder
from funnelhouse.transform.raw_views import expose_raw
from tests.bare_build import AS_OF, TIMEZONE, BareBuild
from tests.raw_factory import RawFactory

HOUSES = ("sample_house", "firm_house", "shop_house", "small_house", "empty_warehouse")
"""Fixtures that run dbt over the whole project; others that do so build on one of them."""
NODES = "nodes.json"
"""File of an empty warehouse's home with what became of each dbt node."""

OWN_CHANNEL_RULE = (
    "rule_number,applies_to,source_pattern,value_pattern,channel\n1,lead_source,hubspot,offline sources,Events\n"
)
"""The firm's offline sources are fairs: without this rule their leads are of channel Offline."""

SAID = "said.txt"
"""File of the prepared home with what dbt said while it parsed."""


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name`, filled by `make` in one of the workers of this run and shared by all."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{folder}.lock"):
        if not (done := folder / ".made").exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed at it
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first, and files that share a house far apart, so that no worker waits for another's house."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    queues: dict[str, list[Path]] = {}
    for path in dict.fromkeys(item.path for item in items):
        fixtures = {name for item in items if item.path == path for name in getattr(item, "fixturenames", ())}
        queues.setdefault(next((house for house in HOUSES if house in fixtures), str(path)), []).append(path)
    place = {path: (path not in slow, number) for queue in queues.values() for number, path in enumerate(queue)}
    items.sort(key=lambda item: place[item.path])


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("FUNNELHOUSE_", "AIRFLOW_", "AIRFLOW__")):
            monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh home folder."""
    loaded = load_settings(tmp_path / "home")
    loaded.make_folders()
    return loaded


@pytest.fixture
def raw(settings: Settings) -> RawFactory:
    """A factory of raw batches in a fresh home."""
    return RawFactory(settings)


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample company: three months of exports in `inbox`, the ground truth in `truth`."""
    from sample_company.generate import write_sample

    def make(folder: Path) -> None:
        write_sample(folder / "files" / "inbox", folder / "files" / "truth", months=3, scale=0.2)

    return once(tmp_path_factory, "sample", make) / "files"


@pytest.fixture(scope="session")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home without files that has what every first run makes: Airflow's empty database and dbt's parse."""

    def make(folder: Path) -> None:
        settings = load_settings(folder / "home")
        settings.make_folders()
        migrated_database(settings)
        expose_raw(settings.build_file, settings.raw)
        command, environment = dbt_command(settings, ["parse", "--show-all-deprecations"], AS_OF)
        done = subprocess.run(command, env=environment, cwd=settings.build, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        (settings.home / SAID).write_text(done.stdout + done.stderr, encoding="utf-8")
        settings.build_file.unlink()

    return load_settings(once(tmp_path_factory, "prepared", make) / "home")


def prepared(home: Path, prepared_home: Settings) -> Settings:
    """Settings of a new home that need not make again what `prepared_home` has; `small_house` does."""
    settings = load_settings(home)
    settings.make_folders()
    shutil.copytree(prepared_home.airflow, settings.airflow, dirs_exist_ok=True)
    target_folder(settings).mkdir(parents=True)
    shutil.copy2(target_folder(prepared_home) / "partial_parse.msgpack", target_folder(settings))
    return settings


@pytest.fixture(scope="session")
def sample_house(sample_folder: Path, prepared_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with the small sample company loaded, built and published. Read it, do not change it."""
    from tests import pipeline

    def make(folder: Path) -> None:
        pipeline.run(prepared(folder / "home", prepared_home), sample_folder / "inbox")

    return load_settings(once(tmp_path_factory, "sample_house", make) / "home")


@pytest.fixture(scope="session")
def firm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of the small firm on HubSpot: exports in `inbox`, the ground truth in `truth`."""
    from sample_company.generate import write_sample

    def make(folder: Path) -> None:
        write_sample(folder / "files" / "inbox", folder / "files" / "truth", company="firm", months=4, scale=0.5)

    return once(tmp_path_factory, "firm", make) / "files"


@pytest.fixture(scope="session")
def firm_house(firm_folder: Path, prepared_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with the firm loaded, built and published in its currency and time zone, with a channel rule of its own.

    Read it, do not change it.
    """
    from tests import pipeline

    def make(folder: Path) -> None:
        settings = prepared(folder / "home", prepared_home)
        settings.own_pipelines.mkdir(exist_ok=True)
        (settings.own_pipelines / "channel_rules.csv").write_text(OWN_CHANNEL_RULE, encoding="utf-8")
        pipeline.run(replace(settings, timezone="Europe/Berlin", currency="EUR"), firm_folder / "inbox")

    return load_settings(once(tmp_path_factory, "firm_house", make) / "home")


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of the shop without a CRM: exports in `inbox`, the ground truth in `truth`."""
    from sample_company.generate import write_sample

    def make(folder: Path) -> None:
        write_sample(folder / "files" / "inbox", folder / "files" / "truth", company="shop", months=4, scale=0.5)

    return once(tmp_path_factory, "shop", make) / "files"


@pytest.fixture(scope="session")
def shop_house(shop_folder: Path, prepared_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with the shop loaded, built and published in its time zone. Read it, do not change it."""
    from tests import pipeline

    def make(folder: Path) -> None:
        settings = prepared(folder / "home", prepared_home)
        pipeline.run(replace(settings, timezone="America/New_York"), shop_folder / "inbox")

    return load_settings(once(tmp_path_factory, "shop_house", make) / "home")


@pytest.fixture(scope="session")
def two_files(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inbox with one Google Ads daily report and one Mailchimp zip, as a newcomer would try it."""

    def make(folder: Path) -> None:
        for source, pattern in (("google_ads", "*/*/Daily*.csv"), ("mailchimp", "*/*/*.zip")):
            (folder / "exports").mkdir(exist_ok=True)
            shutil.copy2(sorted((sample_folder / "inbox" / source).glob(pattern))[0], folder / "exports")

    return once(tmp_path_factory, "two_files", make) / "exports"


@pytest.fixture(scope="session")
def small_house(two_files: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, str]:
    """A home after `funnelhouse run --inbox` on the two files, and what the run printed. Read it, do not change it."""

    def make(folder: Path) -> None:
        command = [sys.executable, "-m", "funnelhouse.cli", "run", "--home", str(folder / "home")]
        done = subprocess.run([*command, "--inbox", str(two_files)], capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
        (folder / "said.txt").write_text(done.stdout, encoding="utf-8")

    folder = once(tmp_path_factory, "small_house", make)
    return load_settings(folder / "home"), (folder / "said.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Every model and test on no rows, the compiled SQL beside, each node's fate in `nodes.json`. Do not change it."""

    def make(folder: Path) -> None:
        settings = replace(load_settings(folder / "home"), timezone=TIMEZONE)
        settings.make_folders()
        expose_raw(settings.build_file, settings.raw)
        # One invocation: dbt runs a model's unit tests after its inputs exist and before the model itself.
        nodes = run_dbt(settings, ["build"], stage="unit tests", as_of=AS_OF)
        (settings.home / NODES).write_text(json.dumps([asdict(node) for node in nodes]), encoding="utf-8")

    return load_settings(once(tmp_path_factory, "empty_warehouse", make) / "home")


@pytest.fixture(scope="session")
def bare_build(empty_warehouse: Settings) -> BareBuild:
    """Builds warehouses from raw batches with the compiled SQL alone."""
    return BareBuild(empty_warehouse)
