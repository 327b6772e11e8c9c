"""Nightly care finds what is damaged, names it, and leaves the rest alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from funnelhouse.files import TEMPORARY_MARK, owner, remove_leftovers
from funnelhouse.maintenance import ArchiveDamaged, stale_sources, verify_archive
from funnelhouse.settings import Settings
from tests.raw_factory import RawFactory


def _archive(settings: Settings, content: bytes) -> Path:
    import hashlib

    sha = hashlib.sha256(content).hexdigest()
    path = settings.archive / sha[:2] / sha / "content"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def test_an_archive_whose_bytes_are_as_received_passes(settings: Settings) -> None:
    _archive(settings, b"one")
    _archive(settings, b"two")
    assert verify_archive(settings) == 2


def test_a_changed_archived_file_is_named(settings: Settings) -> None:
    path = _archive(settings, b"one")
    path.write_bytes(b"other")
    with pytest.raises(ArchiveDamaged, match=path.parent.name):
        verify_archive(settings)


def test_a_source_is_stale_if_its_newest_export_is_nine_days_behind_the_newest_of_all(
    settings: Settings, raw: RawFactory
) -> None:
    for source, exported in (
        ("google_ads", "2026-10-31T00:00:00"), ("mailchimp", "2026-10-22T00:00:00"), ("ga4", "2026-10-23T00:00:00")
    ):  # fmt: skip
        raw.add("ads_performance", [], source=source, account_id="a", exported_at=exported)
    assert stale_sources(settings) == {"mailchimp/a": 9}


def test_leftovers_go_and_everything_else_stays(settings: Settings) -> None:
    kept = settings.raw / "a.parquet"
    kept.write_bytes(b"x")
    (settings.raw / f".b.parquet{TEMPORARY_MARK}1234").write_bytes(b"half")
    assert remove_leftovers(settings.home) == 1
    assert kept.exists()


def test_scratch_folders_of_killed_processes_go_also_when_there_is_nothing_to_extract(settings: Settings) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    mine, dead = (
        settings.home / "work" / f"{who}-1234abcd" for who in (owner(), owner().split("-")[0] + f"-{gone.pid}")
    )
    for folder in (mine, dead):
        folder.mkdir(parents=True)
    assert remove_leftovers(settings.home) == 1
    assert mine.exists() and not dead.exists()
