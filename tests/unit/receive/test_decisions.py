"""`funnelhouse accept` and `funnelhouse withdraw`: logged, undone, and kept in the archive."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from funnelhouse.assets import assets_of
from funnelhouse.cli import app
from funnelhouse.dag_parts import receive
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.quality.files import expose_files, left_out
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import Settings
from funnelhouse.store.archive import archived_hashes
from funnelhouse.store.batches import announced
from funnelhouse.transform.build_state import fingerprint
from tests.raw_factory import RawFactory
from tests.unit.reading.conftest import OLD

HEAD = (
    'Campaign report\n"October 1, 2026 - October 3, 2026"\nDay,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks\n'
)
DAYS = [f"2026-10-{day:02},Autumn,11,EUR,100.00,1000,20\n" for day in (1, 2, 3)]
TOTAL = "Total: Campaigns, --, --, EUR,300.00,3000,60\n"

META = (
    "Account name,Campaign name,Campaign ID,Day,Reach,Amount spent (EUR),Impressions,Link clicks,"
    "Reporting starts,Reporting ends\n"
    "Acme,Leads,120210448812340001,2025-09-01,10,10.00,12,3,2025-09-01,2025-09-01\n"
    "Acme,Leads,120210448812340001,2025-09-02,8,6.00,9,1,2025-09-02,2025-09-02\n"
)
META_TOTAL = ",,,,15,16.00,21,4,2025-09-01,2025-09-02\n"


def put(settings: Settings, day: int, text: str) -> Path:
    """The report as it was exported on a day of November, in the inbox."""
    folder = settings.inbox / "google_ads" / "A1" / f"2026-11-{day:02}"
    folder.mkdir(parents=True)
    (folder / "_manifest.yml").write_text(f"timezone: UTC\nexported_at: 2026-11-{day:02}T05:00:00\n", encoding="utf-8")
    (folder / "Campaign report.csv").write_text(text, encoding="utf-8")
    return folder / "Campaign report.csv"


def load(settings: Settings) -> None:
    receive_exports(settings)
    extract_channel(settings, "ads")


def spend(settings: Settings) -> list[str]:
    """Spend of each export that counts."""
    expose_files(settings)
    rows = RawFactory(settings).rows(
        "select sum(spend)::varchar as spend from raw.ads_performance group by _exported_at order by _exported_at"
    )
    return [row["spend"].removesuffix(".000000") for row in rows]


def standing(settings: Settings) -> list[tuple[str, str]]:
    """What a build shows of the files that do not count."""
    expose_files(settings)
    rows = RawFactory(settings).rows("select standing, reason from raw._left_out")
    return [(row["standing"], row["reason"]) for row in rows]


def call(settings: Settings, *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--home", str(settings.home)])


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Path:
    """A right report of 1 November and one of the 2nd that lacks a day; the second file, as it was received."""
    put(settings, 1, HEAD + "".join(DAYS) + TOTAL)
    wrong = put(settings, 2, HEAD + "".join(DAYS[:2]) + TOTAL)
    kept = tmp_path / "Campaign report of 2 November.csv"
    shutil.copy2(wrong, kept)
    load(settings)
    return kept


def test_a_report_whose_own_total_differs_does_not_count_until_it_is_accepted(settings: Settings, house: Path) -> None:
    assert spend(settings) == ["300"]
    status = json.loads(call(settings, "status", "--json").stdout)
    (said,) = status["files_suspended"]
    assert said.startswith(
        "Campaign report.csv: its row 'Total: Campaigns' says spend 300.00, the rows of the file add up"
    )
    assert said.endswith(f"or, if it is right as it is: funnelhouse accept {_sha(house)[:12]}")
    before = fingerprint(settings)
    done = call(settings, "accept", house)
    assert done.exit_code == 0 and "counts from the next build on" in done.stdout
    assert spend(settings) == ["300", "200"]
    assert fingerprint(settings) != before and announced(settings.raw) == []  # the build above has read it
    assert json.loads(call(settings, "status", "--json").stdout)["files_suspended"] == []


def test_the_command_that_loads_a_file_says_that_it_does_not_count(settings: Settings, house: Path) -> None:
    shutil.copy2(settings.inbox / "google_ads" / "A1" / "2026-11-02" / "_manifest.yml", house.parent)
    done = " ".join(call(settings, "extract", house).stdout.split())
    assert "it does not count (suspended): its row 'Total: Campaigns' says spend 300.00" in done
    assert f"funnelhouse accept {_sha(house)[:12]}" in done


def test_a_decision_is_logged_and_can_be_undone(settings: Settings, house: Path) -> None:
    call(settings, "accept", house)
    assert announced(settings.raw) == ["ads"]
    assert call(settings, "accept", house).exit_code == 1
    undone = call(settings, "accept", "--undo", house)
    assert undone.exit_code == 0 and "is suspended" in undone.stdout
    assert spend(settings) == ["300"]
    (log,) = settings.archive.glob("??/*/decisions.json")
    (entry,) = json.loads(log.read_text(encoding="utf-8"))
    assert entry["verb"] == "accept" and entry["decided_at"] <= entry["undone_at"]
    again = call(settings, "accept", "--undo", house)
    assert again.exit_code == 1 and "nothing to undo" in again.stderr


def test_any_file_can_be_withdrawn_and_older_exports_count_again(settings: Settings) -> None:
    put(settings, 1, HEAD + "".join(DAYS) + TOTAL)
    other = put(settings, 2, HEAD + "".join(DAYS).replace("100.00", "7.00") + TOTAL.replace("300.00", "21.00"))
    load(settings)
    assert spend(settings) == ["300", "21"]
    folder = other.parent.relative_to(settings.inbox)
    assert call(settings, "withdraw", f"{folder}/{other.name}").exit_code == 0
    assert spend(settings) == ["300"]
    assert call(settings, "accept", f"{folder}/{other.name}").exit_code == 1
    assert call(settings, "withdraw", "--undo", f"{folder}/{other.name}").exit_code == 0
    assert spend(settings) == ["300", "21"]


def test_decisions_hold_after_everything_was_rebuilt_from_the_archive(settings: Settings, house: Path) -> None:
    call(settings, "accept", house)
    shutil.rmtree(settings.raw)
    settings.build_file.unlink(missing_ok=True)
    load(settings)
    assert spend(settings) == ["300", "200"]


def test_the_right_report_lifts_it_by_itself(settings: Settings, house: Path) -> None:
    put(settings, 3, HEAD + "".join(DAYS) + TOTAL.replace("Total: Campaigns", "Total: Account"))
    load(settings)
    assert spend(settings) == ["300", "300"]
    assert RawFactory(settings).rows("select standing, reason from raw._left_out") == [
        {"standing": "replaced", "reason": "total_differs"}
    ]


@pytest.mark.parametrize("by", ["inbox", "command"])
def test_the_right_report_dropped_again_with_the_same_bytes_lifts_it(
    settings: Settings, house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """The platform wrote the same report again: nothing is new in the archive, and still it is the answer."""
    right = tmp_path / "Campaign report.csv"
    right.write_text(HEAD + "".join(DAYS) + TOTAL, encoding="utf-8")
    manifest = settings.inbox / "google_ads" / "A1" / "2026-11-01" / "_manifest.yml"
    assert standing(settings) == [("suspended", "total_differs")]
    if by == "inbox":
        shutil.copy2(right, manifest.parent)
        monkeypatch.setenv("FUNNELHOUSE_HOME", str(settings.home))
        receive(None, None, {assets_of(None).archived: Events()})
    else:
        shutil.copy2(manifest, right.parent)
        assert call(settings, "extract", right).exit_code == 0
    status = json.loads(call(settings, "status", "--json").stdout)
    assert status["files_suspended"] == [] and status["channels_to_extract"] == ["ads"], "the marts still say it"
    assert spend(settings) == ["300"]
    assert standing(settings) == [("replaced", "total_differs")]

    shutil.rmtree(settings.raw)
    load(settings)
    assert spend(settings) == ["300"]
    assert standing(settings) == [("replaced", "total_differs")], "the archive alone is enough to know"


def test_a_row_is_missing_in_a_meta_export_and_the_same_export_is_downloaded_again(settings: Settings) -> None:
    """As people do it: files of one name from the browser, without a manifest, at half past, at one, at two o'clock."""
    whole = META + META_TOTAL
    lines = META.splitlines(keepends=True)
    cut = "".join([*lines[:2], *lines[3:]]) + META_TOTAL
    for hour, text, said in [
        (0.5, whole, []),
        (1.0, cut, [("suspended", "total_differs")]),
        (2.0, whole, [("replaced", "total_differs")]),
    ]:
        path = settings.inbox / "Acme-Campaigns.csv"
        path.write_text(text, encoding="utf-8")
        os.utime(path, (OLD + 3600 * hour, OLD + 3600 * hour))
        load(settings)
        assert standing(settings) == said
        assert spend(settings) == ["16"]
    (one,) = left_out(settings)
    assert one.message.startswith("its row of totals says spend 16.00, the rows of the file add up to 6.00 less; ")


def test_the_wrong_report_dropped_once_more_is_suspended_again(settings: Settings, house: Path) -> None:
    first, second = (settings.inbox / "google_ads" / "A1" / f"2026-11-{day:02}" for day in (1, 2))
    (first / "Campaign report.csv").write_text(HEAD + "".join(DAYS) + TOTAL, encoding="utf-8")
    load(settings)
    assert standing(settings) == [("replaced", "total_differs")]
    shutil.copy2(house, second / "Campaign report.csv")
    load(settings)
    assert standing(settings) == [("suspended", "total_differs")]


class Events:
    """Stands for Airflow's outlet events."""

    def add(self, *_: object, **__: object) -> None:
        """Nobody listens."""


def test_a_file_that_cannot_be_meant_is_said(settings: Settings, house: Path, tmp_path: Path) -> None:
    several = call(settings, "withdraw", "Campaign report.csv")
    assert several.exit_code == 1 and "2 received files are called so" in several.stderr
    assert all(sha256[:12] in several.stderr for sha256 in archived_hashes(settings))
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    unknown = call(settings, "accept", tmp_path / "other.csv")
    assert unknown.exit_code == 1 and "no such file was received" in " ".join(unknown.stderr.split())
    right = next(sha256 for sha256 in archived_hashes(settings) if sha256 != _sha(house))
    counting = call(settings, "accept", right)
    assert counting.exit_code == 1 and "counts already" in counting.stderr


def _sha(path: Path) -> str:
    from funnelhouse.files import sha256_of

    return sha256_of(path)
