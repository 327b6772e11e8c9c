"""A home in which a user keeps own pipelines."""

from __future__ import annotations

from pathlib import Path

import pytest

from funnelhouse.settings import Settings, load_settings


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings of a fresh home with an empty folder `pipelines`."""
    settings = load_settings(tmp_path / "home")
    settings.make_folders()
    settings.own_pipelines.mkdir()
    return settings
