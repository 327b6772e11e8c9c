"""Shared fixtures: a fresh home folder per test and nothing of the caller's environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from funnelhouse.settings import Settings, load_settings
from tests.raw_factory import RawFactory


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
    from funnelhouse.sample.generate import write_sample

    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder / "inbox", folder / "truth", months=3, scale=0.2)
    return folder


@pytest.fixture(scope="session")
def sample_house(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with the small sample company loaded, built and published. Read it, do not change it."""
    from tests import pipeline

    loaded = load_settings(tmp_path_factory.mktemp("house") / "home")
    pipeline.run(loaded, sample_folder / "inbox")
    return loaded


@pytest.fixture(scope="session")
def two_files(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An inbox with one Google Ads daily report and one Mailchimp zip, as a newcomer would try it."""
    folder = tmp_path_factory.mktemp("mine") / "exports"
    folder.mkdir()
    for source, pattern in (("google_ads", "*/*/Daily*.csv"), ("mailchimp", "*/*/*.zip")):
        shutil.copy2(sorted((sample_folder / "inbox" / source).glob(pattern))[0], folder)
    return folder


@pytest.fixture(scope="session")
def small_house(two_files: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, str]:
    """A home after `funnelhouse run --inbox` on the two files, and what the run printed. Read it, do not change it."""
    settings = load_settings(tmp_path_factory.mktemp("small") / "home")
    command = [sys.executable, "-m", "funnelhouse.cli", "run", "--home", str(settings.home), "--inbox", str(two_files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return settings, done.stdout
