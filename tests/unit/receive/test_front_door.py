"""The front door: drained or only read, the same content once, whatever the order and the names."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from pathlib import Path

import pytest

from funnelhouse.extract.extraction import extract_channel
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.receive.inbox import pending
from funnelhouse.settings import Settings, SettingsError, load_settings
from tests.unit.reading.conftest import GOOD, OLD, Home


@pytest.fixture
def home(settings: Settings) -> Home:
    return Home(settings)


def outside(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    os.utime(path, (OLD, OLD))
    return path


def test_the_home_inbox_is_drained_and_another_folder_only_read(home: Home, tmp_path: Path) -> None:
    home.drop("a.csv", GOOD)
    given = outside(tmp_path / "given", "b.csv", GOOD.replace("Brand", "Other"))
    assert list(receive_exports(home.settings)) == ["ads"]
    assert not (home.settings.inbox / "a.csv").exists()
    assert list(receive_exports(home.settings, tmp_path / "given")) == ["ads"]
    assert given.exists()


def test_the_folder_of_the_setting_takes_the_inboxs_place_and_is_only_read(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.drop("a.csv", GOOD)
    given = outside(tmp_path / "given", "b.csv", GOOD.replace("Brand", "Other"))
    monkeypatch.setenv("FUNNELHOUSE_INBOX", str(tmp_path / "given"))
    settings = load_settings(home.settings.home)
    assert list(receive_exports(settings)) == ["ads"]
    assert given.exists() and (home.settings.home / "inbox" / "a.csv").exists()

    monkeypatch.setenv("FUNNELHOUSE_INBOX", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match=r"FUNNELHOUSE_INBOX=.*nowhere.* is not a folder"):
        load_settings(home.settings.home)


def test_a_file_that_may_not_be_removed_is_received_once_and_stops_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropped by another user, into a folder of theirs."""
    home.drop("theirs.csv", GOOD).drop("zz.csv", GOOD.replace("Brand", "Other"))
    removed = Path.unlink

    def guarded(self: Path, missing_ok: bool = False) -> None:
        if self.name == "theirs.csv" and self.parent == home.settings.inbox:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        removed(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", guarded)
    home.load()
    assert home.outcomes() == {"theirs.csv": ("loaded", None), "zz.csv": ("loaded", None)}
    assert not pending(home.settings)
    assert receive_exports(home.settings) == {}


def test_a_folder_seen_before_is_nothing_new(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    outside(folder, "b.csv", GOOD)
    outside(folder, "refused.csv", "a,b\n1,2\n")
    assert pending(home.settings, folder)
    receive_exports(home.settings, folder)
    assert pending(home.settings, folder)  # received, not extracted yet
    extract_channel(home.settings, "ads")
    assert not pending(home.settings, folder)
    assert receive_exports(home.settings, folder) == {}
    outside(folder, "b.csv", GOOD + "2026-10-03,Brand,101,EUR,1,1,1\n")
    assert pending(home.settings, folder)


def test_unfinished_hidden_and_manifest_files_are_left_alone(home: Home) -> None:
    for name in ("a.csv.part", "b.csv.crdownload", ".c.csv"):
        home.drop(name, GOOD)
    home.drop("_manifest.yml", "account_id: X1\n")
    assert not pending(home.settings)
    assert receive_exports(home.settings) == {}
    assert len(list(home.settings.inbox.iterdir())) == 4


def test_a_file_that_grows_while_we_look_waits_for_the_next_run(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home.settings.inbox / "growing.csv"
    path.write_text(GOOD)

    def grow(_: float) -> None:
        path.write_text(GOOD + "2026-10-03,Brand,101,EUR,1,1,1\n")

    with monkeypatch.context() as patch:
        patch.setattr("funnelhouse.receive.inbox.time.sleep", grow)
        assert receive_exports(home.settings) == {}
    assert path.exists()
    assert list(receive_exports(home.settings)) == ["ads"]


def test_folders_and_manifest_give_facts_and_the_nearest_manifest_wins(home: Home) -> None:
    home.drop("google_ads/_manifest.yml", "timezone: Europe/Berlin\nexported_at: 2026-10-05T08:00:00Z\n")
    home.drop(
        "google_ads/123-456-7890/_manifest.yml",
        "exported_at: 2026-10-06T08:00:00Z\nfiles:\n  'b*.csv': {exported_at: 2026-10-07T08:00:00Z}\n",
    )
    home.drop("google_ads/123-456-7890/a.csv", GOOD).drop("google_ads/123-456-7890/b.csv", GOOD.replace("Brand", "B"))
    home.load()
    found = {batch["file_name"]: (batch["account_id"], batch["exported_at"]) for batch in home.batches()}
    assert found == {
        "a.csv": ("123-456-7890", "2026-10-06T08:00:00"),
        "b.csv": ("123-456-7890", "2026-10-07T08:00:00"),
    }


def test_a_file_in_the_folder_of_another_platform_is_refused(home: Home) -> None:
    home.drop("meta_ads/act_1/a.csv", GOOD).load()
    assert home.outcomes()["a.csv"] == ("refused", "wrong_kind")
    assert "google_ads" in home.ledger()["a.csv"]["message"]


def test_the_same_content_under_any_names_in_any_order_is_one_batch(tmp_path: Path) -> None:
    # Three names of one content: the one in the account's folder knows most and is shortest, so its facts count.
    names = ["copy of report.csv", "google_ads/777/report.csv", "google_ads/777/report (1).csv"]
    seen = set()
    for number, order in enumerate(itertools.permutations(names)):
        settings = load_settings(tmp_path / f"home{number}")
        settings.make_folders()
        home = Home(settings)
        for name in order:
            home.drop(name, GOOD).load()
        batches = home.batches()
        (entry,) = home.ledger().values()
        seen.add((entry["file_name"], entry["folder"], entry["outcome"]))
        assert [(batch["account_id"], batch["rows_loaded"]) for batch in batches] == [("777", 2)]
        shutil.rmtree(settings.home)
    assert seen == {("report.csv", "google_ads/777", "loaded")}


def test_extracting_again_is_a_no_op_and_two_archives_of_one_file_agree(home: Home) -> None:
    home.drop("a.csv", GOOD).load()
    (first,) = home.batches()
    home.drop("a.csv", GOOD)
    assert home.load().new_batches == 0
    sha256 = first["file_sha256"]
    assert extract_channel(home.settings, "ads", only=[sha256]).new_batches == 0
    assert home.batches() == [first]


def test_addresses_in_file_names_are_masked_below_raw(home: Home) -> None:
    home.drop("export for jane.doe@example.com.csv", GOOD).load()
    (entry,) = home.ledger().values()
    assert entry["file_name"] == "export for [e-mail].csv" or "jane" not in entry["file_name"]
    for path in home.settings.raw.rglob("*"):
        assert not path.is_file() or b"jane.doe" not in path.read_bytes()
