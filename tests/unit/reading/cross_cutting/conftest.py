"""One engine for all the rules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from funnelhouse.settings import load_settings
from tests.fuzz.driver import Driver, open_driver


@pytest.fixture(scope="package")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    settings = load_settings(tmp_path_factory.mktemp("rules") / "home")
    settings.make_folders()
    with open_driver(settings) as made:
        yield made
