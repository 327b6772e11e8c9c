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
