"""Shared fixtures: a fresh home folder per test and nothing of the caller's environment."""

from __future__ import annotations

import os
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
