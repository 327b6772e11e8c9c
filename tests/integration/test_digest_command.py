"""`funnelhouse digest` says what the published tables say, and the same every time."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from funnelhouse.cli import main
from funnelhouse.digest.pages import write_digests
from funnelhouse.digest.written import is_digest_due
from funnelhouse.settings import Settings
from funnelhouse.words import Words

pytestmark = pytest.mark.slow


def digest(settings: Settings, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(["digest", *arguments, "--home", str(settings.home)])
    printed = capsys.readouterr()
    assert left.value.code == 0, printed.err
    return printed.out


@pytest.mark.parametrize("day", ["2026-10-15", None])
def test_numbers_are_those_of_the_tables(
    sample_house: Settings, capsys: pytest.CaptureFixture[str], day: str | None
) -> None:  # fmt: skip
    arguments = ["--as-of", day] if day else []
    page = digest(sample_house, capsys, *arguments)
    assert page == digest(sample_house, capsys, *arguments)
    with duckdb.connect(str(sample_house.published_file.resolve()), read_only=True) as connection:
        newest = connection.execute("select max(data_as_of) from marts.dim_date").fetchall()[0][0]
        last = date.fromisoformat(day) if day else newest
        counts = [
            connection.execute(
                "select (select sum(leads) from marts.mart_lead_daily where date_day > $1 and date_day <= $2), "
                "(select sum(revenue) from marts.mart_sales_results where date_day > $1 and date_day <= $2)",
                [end - timedelta(days=28), end],
            ).fetchall()[0]
            for end in (last, last - timedelta(days=28))
        ]
        goals = connection.execute(
            "select count(*) from marts.goals_as_of($1) where goal_status in ('behind', 'at_risk', 'missed') "
            "and due >= $1 - interval 28 day", [last],
        ).fetchall()[0][0]  # fmt: skip
    words = Words("en", "USD")
    assert f"| Leads | {counts[0][0]} | {counts[1][0]} |" in page
    assert f"| Revenue | {words.money(counts[0][1])} | {words.money(counts[1][1])} |" in page
    shown = page.split("## Goals at risk")[1].split("## ")[0]
    assert (f"{goals} in all" in shown) if goals > 5 else (shown.count("\n|") - 2 == max(goals, -2))
    assert ("as of this day" in page) == (last < newest)


def test_what_cannot_be_shown_says_why(sample_house: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        (["--as-of", "2031-01-01"], "the data end on"),
        (["--language", "xx"], "there are en, vi, am"),
        (["--output", "pdf"], "there are html, md"),
    ):
        with pytest.raises(SystemExit) as left:
            main(["digest", *arguments, "--home", str(sample_house.home)])
        assert left.value.code == 1
        assert message in capsys.readouterr().err.replace("\n", " ")


def test_every_language_is_written_after_a_version_was_published(small_house: tuple[Settings, str]) -> None:
    settings, printed = small_house
    assert not is_digest_due(settings)
    assert {path.name for path in settings.reports.glob("digest-*")} == {
        f"digest-{language}.{output}" for language in ("en", "vi", "am") for output in ("html", "md")
    }
    assert "digest-en.html" in printed
    page = settings.reports / "digest-am.md"
    said = page.read_text(encoding="utf-8")
    write_digests(settings)
    assert page.read_text(encoding="utf-8") == said
