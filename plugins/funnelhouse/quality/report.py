"""One offline HTML file per boundary and run, and its results as JSON.

The page loads nothing, needs no script, and every value in it is escaped: cells come from files of strangers.
"""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

from funnelhouse.files import write_bytes, write_json
from funnelhouse.quality.results import CheckResult, GateResult
from funnelhouse.quality.suites import SEVERITIES
from funnelhouse.settings import Settings

KEPT_REPORTS = 30
"""Dated copies kept per boundary."""

TITLES = {"raw": "Checks of the loaded exports", "marts": "Checks of the tables for readers"}
SAID = {
    "fail": "Not published: something critical is broken",
    "warn": "Published with warnings",
    "pass": "Everything passed",
}
MARKS = {"failed": "✗ failed", "raised": "✗ could not run", "no rows": "– no rows", "passed": "✓ passed"}

_STYLE = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d0d7de;--card:#f6f8fa;
--bad:#a40e26;--warn:#7a4d00;--good:#116329;--info:#0550ae}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--soft:#9da7b3;--line:#30363d;--card:#161b22;
--bad:#ff8b85;--warn:#e3b341;--good:#56d364;--info:#79c0ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:68rem;background:var(--bg);color:var(--fg);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Ethiopic",sans-serif}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.2rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:0;overflow-wrap:anywhere}
p{margin:.3rem 0}.soft{color:var(--soft)}.status{font-weight:700;font-size:1.1rem}
.bad{color:var(--bad)}.warn{color:var(--warn)}.good{color:var(--good)}.info{color:var(--info)}
article{background:var(--card);border:1px solid var(--line);border-left:.35rem solid currentColor;border-radius:.4rem;
padding:.7rem .9rem;margin:.7rem 0;break-inside:avoid}
article>*{color:var(--fg)}article>.tag{color:inherit;font-weight:700}
.scroll{overflow-x:auto;margin:.5rem 0}.scroll:focus{outline:2px solid var(--info)}
table{border-collapse:collapse;font-size:.875rem;width:100%}caption{text-align:left;color:var(--soft);padding:.2rem 0}
th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
td,.group{overflow-wrap:anywhere}.group{background:var(--card);padding-top:.6rem}.cell{white-space:pre-wrap;min-width:5rem}
ul.counts{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0}
ul.counts li{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.2rem .7rem}
@media print{body{max-width:none;font-size:10pt}.scroll{overflow:visible}a{color:inherit}}
"""

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title: $said</title>
<style>$style</style>
</head>
<body>
<header>
<h1>$title</h1>
<p class="status $tone">$said</p>
<p class="soft">Checked $started in $seconds seconds. $number checks of $tables tables.</p>
<ul class="counts" aria-label="Number of checks by outcome">$counts</ul>
</header>
<main>
$sections
</main>
</body>
</html>
""")


def write_report(settings: Settings, result: GateResult) -> Path:
    """Write `checks-<boundary>.html` and `.json` and a dated copy of both; the path of the HTML file."""
    path = settings.reports / f"checks-{result.boundary}.html"
    result.report = path
    page = render(result).encode()
    stamp = result.started_at.replace(":", "").replace("-", "").replace("+0000", "Z")
    history = settings.reports / "history"
    for target in (history / f"checks-{result.boundary}-{stamp}.html", path):
        write_bytes(target, page)
        write_json(target.with_suffix(".json"), result.to_document())
    for suffix in ("html", "json"):
        for old in sorted(history.glob(f"checks-{result.boundary}-*.{suffix}"))[:-KEPT_REPORTS]:
            old.unlink(missing_ok=True)
    return path


def render(result: GateResult) -> str:
    """The page. What is broken comes first, gravest first; everything that passed is one table at the end."""
    tone = {"fail": "bad", "warn": "warn", "pass": "good"}[result.status]
    sections = [_broken(result.broken(severity), severity) for severity in SEVERITIES if result.broken(severity)]
    sections.append(_quiet("Nothing to check", "no rows", result))
    if result.not_loaded:
        items = "".join(f"<li>{_text(table)}</li>" for table in result.not_loaded)
        sections.append(
            f'<section><h2>Not loaded ({len(result.not_loaded)})</h2><p class="soft">No file with such data '
            f"arrived, so there is nothing to check.</p><ul>{items}</ul></section>"
        )
    sections.append(_quiet("Passed", "passed", result))
    counts = "".join(f"<li>{_text(MARKS[outcome])}: {number}</li>" for outcome, number in result.counts.items())
    return _PAGE.substitute(
        title=_text(TITLES[result.boundary]), said=_text(_said(result)), tone=tone, style=_STYLE,
        started=_text(result.started_at.replace("T", " ").replace("+00:00", " UTC")), seconds=f"{result.seconds:.1f}",
        number=len(result.checks), tables=len({check.table for check in result.checks}), counts=counts,
        sections="\n".join(part for part in sections if part),
    )  # fmt: skip


def _said(result: GateResult) -> str:
    if result.boundary == "raw" and result.status != "fail":
        return {"warn": "Good enough to build on, with warnings", "pass": SAID["pass"]}[result.status]
    return SAID[result.status]


def _broken(checks: list[CheckResult], severity: str) -> str:
    tone = {"critical": "bad", "warning": "warn", "info": "info"}[severity]
    articles = "".join(_article(check, tone) for check in checks)
    return f"<section><h2>Broken, {severity} ({len(checks)})</h2>{articles}</section>"


def _article(check: CheckResult, tone: str) -> str:
    parts = [
        f'<p class="tag">{_text(MARKS[check.outcome])} · {_text(check.severity)}</p>',
        f"<h3>{_text(check.table)}: {_text(check.description)}</h3>",
        f"<p>Why it matters: {_text(check.why)}</p>",
    ]
    if check.rows_failed is not None:
        of = f" of {check.rows_checked:,}" if check.rows_checked else ""
        parts.append(f"<p>Failing rows: {check.rows_failed:,}{of}</p>")
    for label, value in (("Found", check.observed), ("Error", check.error)):
        if value:
            parts.append(f"<p>{label}: {_text(value)}</p>")
    if check.rows:
        parts.append(_rows(check))
    parts.append(f'<p class="soft">Check <code>{_text(check.check)}</code> of suite {_text(check.suite)}</p>')
    return f'<article class="{tone}">{"".join(parts)}</article>'


def _rows(check: CheckResult) -> str:
    head = "".join(f'<th scope="col">{_text(column)}</th>' for column in check.row_columns)
    body = "".join(
        "<tr>" + "".join(f'<td class="cell">{_text(cell)}</td>' for cell in row) + "</tr>" for row in check.rows
    )
    shown = f"{len(check.rows)} of {check.rows_failed:,} failing rows" if check.rows_failed else "Failing rows"
    label = _text(f"Failing rows of {check.table}, {check.check}")
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table><caption>{shown}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _quiet(title: str, outcome: str, result: GateResult) -> str:
    checks = [check for check in result.checks if check.outcome == outcome]
    if not checks:
        return ""
    by_table: dict[str, list[CheckResult]] = {}
    for check in checks:
        by_table.setdefault(check.table, []).append(check)
    body = "".join(_group(table, own) for table, own in by_table.items())
    return (
        f"<section><h2>{_text(title)} ({len(checks)})</h2>"
        f'<div class="scroll" role="region" tabindex="0" aria-label="{_text(title)}"><table><thead><tr>'
        '<th scope="col">Check</th><th scope="col">Severity</th><th scope="col">Why</th>'
        f"</tr></thead>{body}</table></div></section>"
    )


def _group(table: str, checks: list[CheckResult]) -> str:
    rows = "".join(
        f"<tr><td>{_text(check.description)}</td><td>{_text(check.severity)}</td><td>{_text(check.why)}</td></tr>"
        for check in checks
    )
    return f'<tbody><tr><th class="group" scope="rowgroup" colspan="3">{_text(table)}</th></tr>{rows}</tbody>'


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)
