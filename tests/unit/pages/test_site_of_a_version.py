"""The pages lie beside the published file they were made from, move with it, and never keep numbers back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from funnelhouse.pages import site
from funnelhouse.pages.site import site_of_version
from funnelhouse.publish.publisher import publish, rollback
from funnelhouse.settings import Settings, load_settings
from tests.unit.publish.publish_factory import SPEND, small_build


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load_settings(tmp_path / "home")
    settings.make_folders()
    return settings


def version_of_the_pages(settings: Settings) -> str:
    """The version that the pages readers find now say they are of."""
    page = (settings.published / "site" / "en" / "dictionary.html").read_text(encoding="utf-8")
    return page.split("Version ", 1)[1].split(" ", 1)[0]


def test_the_pages_are_published_with_their_version_and_go_back_with_it(settings: Settings) -> None:
    small_build(settings)
    first = publish(settings, beside=site_of_version(settings))
    assert version_of_the_pages(settings) == first.version
    manifest = json.loads((settings.published / "manifest.json").read_text(encoding="utf-8"))
    assert {"site/index.html", "site/vi/overview.html", "site/am/goals.html"} <= set(manifest["files"])
    small_build(settings, [*SPEND, ("2026-11-01", "Paid Search", "4.00")])
    second = publish(settings, beside=site_of_version(settings))
    assert version_of_the_pages(settings) == second.version
    rollback(settings)
    assert version_of_the_pages(settings) == first.version


def test_numbers_do_not_wait_for_a_page_that_cannot_be_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(site, "render_page", broken)
    small_build(settings)
    version = publish(settings, beside=site_of_version(settings))
    assert version.path.exists()
    assert not (version.path.parent / "site").exists()
    assert "the pages of this version could not be written" in caplog.text


def test_a_full_disk_is_told_as_such_and_nothing_is_published(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(site, "render_page", full)
    small_build(settings)
    with pytest.raises(OSError, match="No space"):
        publish(settings, beside=site_of_version(settings))
    assert not settings.published_file.exists()
