"""A home with a small published version, and a client that its guard lets in."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from funnelhouse.pages.app import create_app
from funnelhouse.settings import Settings, load_settings
from tests.unit.pages.little_house import published


def let_in(settings: Settings) -> TestClient:
    """Somebody whom the guard lets in; redirects are answers."""

    def everybody() -> None:
        """Let everybody in."""

    return TestClient(create_app(lambda: settings, [everybody]), follow_redirects=False)


@pytest.fixture(scope="session")
def little_house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with the little house published. Read it, do not change it."""
    settings = load_settings(tmp_path_factory.mktemp("little_house") / "home")
    settings.make_folders()
    published(settings)
    return settings


@pytest.fixture(scope="session")
def client(little_house: Settings) -> TestClient:
    """A reader of the little house."""
    return let_in(little_house)
