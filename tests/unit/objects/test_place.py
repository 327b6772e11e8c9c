"""Which URLs are taken, and what is said when packages are missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from funnelhouse.objects.place import Place, StoreRefused
from funnelhouse.settings import SettingsError, load_settings


@pytest.mark.parametrize("url", ["bucket/prefix", "s3:/bucket", "s3://", "file://relative/path", "file:///"])
def test_a_url_must_be_one(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNELHOUSE_RAW_URL", url)
    with pytest.raises(SettingsError, match="FUNNELHOUSE_RAW_URL"):
        load_settings()


def test_no_place_lies_in_another_or_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNELHOUSE_ARCHIVE_URL", "s3://conn@bucket/house")
    for raw in ("s3://conn@bucket/house", "s3://conn@bucket/house/raw"):
        monkeypatch.setenv("FUNNELHOUSE_RAW_URL", raw)
        with pytest.raises(SettingsError, match="place of its own"):
            load_settings()
    monkeypatch.setenv("FUNNELHOUSE_RAW_URL", "s3://conn@bucket/house2")
    assert load_settings().raw_url == "s3://conn@bucket/house2"
    monkeypatch.setenv("FUNNELHOUSE_RAW_URL", f"file://{tmp_path}/home/store")
    with pytest.raises(SettingsError, match="lies in the home"):
        load_settings(tmp_path / "home")


def test_a_store_that_needs_packages_names_the_command_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StoreRefused, match="make setup EXTRAS=objects"):
        Place("s3://conn@bucket/prefix")


def test_a_name_can_be_created_once(tmp_path: Path) -> None:
    place = Place(f"file://{tmp_path}/store")
    assert place.create("index/1.json", b"1")
    assert not place.create("index/1.json", b"2")
    assert place.read("index/1.json") == b"1"
    assert place.names("index") == {"index/1.json": 1}
    assert place.read("index/2.json") is None
