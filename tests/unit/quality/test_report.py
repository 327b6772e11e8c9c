"""The report: one file, nothing loaded, everything escaped, broken things first."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from funnelhouse.quality.evidence import harmless
from funnelhouse.quality.report import KEPT_REPORTS, render, write_report
from funnelhouse.quality.results import CheckResult, GateResult, failure_message
from funnelhouse.settings import Settings

HOSTILE = "<script>alert(1)</script>\"'&"
PASSED = CheckResult("raw/x", "raw.x", "id_present", "Every row has an id", "id", "critical", "Why so.", "passed")
FAILED = replace(
    PASSED, check="spend_ok", description="Spend is right", outcome="failed", rows_checked=7, rows_failed=2,
    row_columns=("id", HOSTILE), rows=(("1", HOSTILE), ("2", "https://evil.example/x")),
)  # fmt: skip


def result(*checks: CheckResult) -> GateResult:
    return GateResult("raw", "2026-11-01T10:00:00+00:00", 1.5, list(checks), ["raw.goals"])


class Tags(HTMLParser):
    """Collects tags and checks that they nest."""

    VOID = frozenset({"meta", "link", "br", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    tags = parsed(render(result(FAILED, PASSED)))
    names = {name for name, _ in tags.seen}
    assert not names & {"script", "link", "img", "iframe", "a", "form", "object", "svg"}
    assert not any(key in {"src", "href", "onclick"} for _, attributes in tags.seen for key in attributes)
    policy = next(a["content"] for _, a in tags.seen if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_hostile_cells_are_text() -> None:
    page = render(result(FAILED))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;" in page


def test_it_is_readable_by_everybody() -> None:
    page = render(result(FAILED, PASSED))
    tags = parsed(page)
    assert ("html", {"lang": "en"}) in tags.seen
    assert any(attributes.get("name") == "viewport" for _, attributes in tags.seen)
    assert "prefers-color-scheme:dark" in page and "@media print" in page
    scrolled = [attributes for _, attributes in tags.seen if attributes.get("class") == "scroll"]
    assert scrolled and all(a["tabindex"] == "0" and a["role"] == "region" and a["aria-label"] for a in scrolled)
    assert {attributes.get("scope") for tag, attributes in tags.seen if tag == "th"} == {"col", "rowgroup"}
    assert page.count("<h1>") == 1 and page.count("<main>") == 1


def test_broken_checks_come_first_gravest_first() -> None:
    warned = replace(FAILED, severity="warning", check="soft")
    headings = re.findall(r"<h2>(.*?)</h2>", render(result(PASSED, warned, FAILED)))
    assert headings == ["Broken, critical (1)", "Broken, warning (1)", "Not loaded (1)", "Passed (1)"]


@pytest.mark.parametrize(
    ("boundary", "severity", "said"),
    [
        ("marts", "critical", "Not published: something critical is broken"),
        ("marts", "warning", "Published with warnings"),
        ("raw", "warning", "Good enough to build on, with warnings"),
        ("raw", "info", "Everything passed"),
    ],
)
def test_the_verdict_is_in_words(boundary: str, severity: str, said: str) -> None:
    found = replace(result(replace(FAILED, severity=severity)), boundary=boundary)
    tone = {"critical": "bad", "warning": "warn", "info": "good"}[severity]
    assert f'<p class="status {tone}">{said}</p>' in render(found)


def test_old_reports_are_deleted(settings: Settings) -> None:
    for number in range(KEPT_REPORTS + 5):
        write_report(settings, replace(result(PASSED), started_at=f"2026-11-01T10:00:{number:02}+00:00"))
    kept = sorted(path.name for path in (settings.reports / "history").glob("*.html"))
    assert len(kept) == KEPT_REPORTS and kept[0] == "checks-raw-20261101T100005Z.html"
    assert (settings.reports / "checks-raw.html").exists()


def test_the_message_shows_at_most_ten_rows() -> None:
    many = replace(FAILED, rows_failed=15, rows=tuple((str(n), f"row {n}") for n in range(15)))
    message = failure_message(result(many))
    assert "row 9" in message and "row 10" not in message
    assert "failing rows: 15 of 7" in message


def test_cells_cannot_command_a_terminal_or_show_addresses() -> None:
    assert harmless("\x1b[31mred\nline") == " [31mred line"
    assert harmless("to: Ann.Lee+x@mail.example.org!") == "to: <e-mail address>!"
    assert harmless(None) == "NULL"
