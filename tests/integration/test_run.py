"""`funnelhouse run` through its own door: two files of one's own, a second run, a bad value, a reader meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import REPOSITORY, Settings, load_settings
from tests.integration.conftest import Command

pytestmark = pytest.mark.slow


def _run(settings: Settings, inbox: Path | None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "funnelhouse.cli", "run", "--home", str(settings.home)]
    command += ["--inbox", str(inbox)] if inbox else []
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, env=dict(os.environ))


def _value(settings: Settings, query: str) -> object:
    with duckdb.connect(str(settings.published_file.resolve()), read_only=True) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def test_two_files_of_ones_own_show_nothing_of_the_sample(small_house: tuple[Settings, str]) -> None:
    settings, printed = small_house
    assert _value(settings, "select count(*) from marts.mart_file_outcome") == 2
    assert _value(settings, "select count(distinct source) from marts.fct_ad_performance") == 1
    assert _value(settings, "select count(*) from marts.fct_ad_performance") > 0
    assert _value(settings, "select count(*) from marts.fct_email_campaign") > 0
    assert _value(settings, "select count(*) from marts.fct_opportunity") == 0
    assert not list(settings.inbox.rglob("*.csv"))
    assert "warehouse.duckdb" in printed


def test_the_users_folder_is_only_read(small_house: tuple[Settings, str], two_files: Path) -> None:
    assert len([path for path in two_files.rglob("*") if path.is_file()]) == 2


def test_a_second_run_starts_no_dbt_and_says_so(small_house: tuple[Settings, str], two_files: Path) -> None:
    settings, _ = small_house
    log = settings.logs / "dbt"
    before = {path: path.stat().st_mtime_ns for path in log.rglob("*")}
    version = settings.published_file.resolve()
    done = _run(settings, two_files)
    assert done.returncode == 0
    assert "Nothing new" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in log.rglob("*")} == before
    assert settings.published_file.resolve() == version


def test_a_negative_spend_is_said_and_what_was_right_before_is_published(
    small_house: tuple[Settings, str], two_files: Path, tmp_path: Path
) -> None:
    settings = load_settings(tmp_path / "home")
    shutil.copytree(small_house[0].home, settings.home, symlinks=True)
    version = settings.published_file.resolve()
    inbox = tmp_path / "bad"
    inbox.mkdir()
    report = Path(shutil.copy2(next(two_files.glob("*.csv")), inbox))
    (inbox / "_manifest.yml").write_text("exported_at: '2026-11-05T00:00:00Z'\n", encoding="utf-8")
    _make_one_spend_negative(report)
    spend = "select sum(spend_native) from marts.fct_ad_performance"
    before = _value(settings, spend)

    done = _run(settings, inbox)

    assert done.returncode == 0, done.stderr
    assert settings.published_file.resolve() != version
    assert "kept aside: spend_not_negative" in " ".join(done.stdout.split())
    assert _value(settings, spend) == before
    assert _value(settings, "select sum(rows_kept_aside) from marts.mart_file_outcome") == 1


def _make_one_spend_negative(report: Path) -> None:
    """Put a minus before the cost of the first data row, whatever the dialect of the file is."""
    content = report.read_bytes()
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = content.decode(encoding).splitlines()
    header = next(i for i, line in enumerate(lines) if {"Cost", "Kosten"} & set(_cells(line)))
    names, cells = _cells(lines[header]), _cells(lines[header + 1])
    position = next(i for i, name in enumerate(names) if name in ("Cost", "Kosten"))
    cells[position] = "-" + (cells[position] if cells[position].strip("0.,") else "12.50")
    delimiter = "\t" if "\t" in lines[header] else ","
    lines[header + 1] = delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in cells)
    report.write_bytes("\n".join([*lines, ""]).encode("utf-16" if encoding == "utf-16" else "utf-8"))


def _cells(line: str) -> list[str]:
    import csv

    return next(csv.reader([line], delimiter="\t" if "\t" in line else ","), [])


@pytest.fixture(scope="module")
def with_more(
    small_house: tuple[Settings, str], sample_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Settings, list[tuple[int]], list[tuple[int]]]:
    """The small house after a run with plans and an unknown platform, and what a reader saw that was open meanwhile."""
    folder = tmp_path_factory.mktemp("more")
    settings = load_settings(folder / "home")
    shutil.copytree(small_house[0].home, settings.home, symlinks=True)
    shutil.copytree(sample_folder / "inbox" / "plans", folder / "inbox" / "plans")
    page = (REPOSITORY / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
    export = folder / "inbox" / "adlantis daily.csv"
    export.write_text(page.partition("```csv\n")[2].partition("```")[0], encoding="utf-8")
    command = [sys.executable, "-m", "funnelhouse.cli", "contract", "new", str(export), "--home", str(settings.home)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    ask = "select count(*) from marts.fct_ad_performance"
    with duckdb.connect(str(settings.published_file.resolve()), read_only=True) as reader:
        before = reader.execute(ask).fetchall()
        done = _run(settings, folder / "inbox")
        assert done.returncode == 0, done.stdout + done.stderr
        return settings, before, reader.execute(ask).fetchall()


def test_a_reader_may_stay_open_while_a_run_publishes(
    with_more: tuple[Settings, list[tuple[int]], list[tuple[int]]],
) -> None:
    settings, before, after = with_more
    assert after == before
    assert _value(settings, "select count(*) from marts.mart_file_outcome") > 2
    assert _value(settings, "select count(*) from marts.fct_ad_performance") == before[0][0] + 3


def test_an_unknown_platforms_export_reaches_the_channel_mart_with_one_drafted_yaml(
    with_more: tuple[Settings, list[tuple[int]], list[tuple[int]]],
) -> None:
    """The export of docs/adding-a-source.md: 1.204,50 + 998,10 + 55,00 EUR in 10,000 + 9,250 + 700 views."""
    settings, _, _ = with_more
    found = _value(
        settings,
        "select (sum(spend_native)::varchar, sum(impressions)::bigint, sum(clicks)::bigint) "
        "from marts.fct_ad_performance where source = 'adlantis'",
    )
    assert found == ("2257.600000", 19950, 401)
    found = _value(
        settings,
        "select (sum(impressions)::bigint, sum(clicks)::bigint, min(date_day)::varchar, count(distinct campaign_id)) "
        "from marts.mart_channel_kpi_daily where source = 'adlantis'",
    )
    assert found == (19950, 401, "2026-10-03", 2)


def test_an_inbox_that_is_no_folder_is_a_clear_mistake(settings: Settings, funnelhouse: Command) -> None:
    done = funnelhouse("run", "--home", settings.home, "--inbox", settings.home / "nowhere")
    assert done.returncode == 1
    assert "is not a folder" in " ".join(done.stderr.split()), "wherever the line is broken"
