"""Chapter pages, second half: what the pages cost on a channel mart of five million rows.

The marts that pages read grow with it: the sample company's rows are repeated with other campaigns, sends, goals, customers and files,
as a company has that many campaigns. Bars: CPU of the slowest page 0.3 s; the first page of a server 1 s; 160 requests, 8 at a time,
95 of 100 within 1 s on two cores; peak memory of the server 200 MiB; CPU of the site of three languages 20 s.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from funnelhouse.pages.catalogue import PAGES
from funnelhouse.settings import REPOSITORY, Settings, load_settings
from tests.bench.measure import RESULTS, run_child

REQUESTS, AT_ONCE = 160, 8
NAMES = [entry.name for entry in PAGES]
GROWN = {
    "mart_channel_kpi_daily": (("campaign_id",), "true", 1.0),
    "mart_period_comparison": (("scope_id", "scope_label"), "scope_type = 'campaign'", 1.0),
    "mart_funnel_conversion": (("dimension_value",), "dimension_type <> 'all'", 0.2),
    "mart_funnel_monthly": (("dimension_value",), "dimension_type <> 'all'", 0.1),
    "mart_funnel_velocity": (("dimension_value",), "dimension_type <> 'all'", 0.05),
    "mart_funnel_bottleneck": (("dimension_value",), "dimension_type <> 'all'", 0.004),
    "mart_stuck_leads": (("campaign_id", "campaign_name"), "true", 0.002),
    "mart_attribution_share": (("dimension_key", "dimension_label"), "dimension_type = 'campaign'", 0.01),
    "mart_attribution_disagreement": (("dimension_key", "dimension_label"), "dimension_type = 'campaign'", 0.001),
    "mart_campaign_scorecard": (("campaign_id", "campaign_name"), "true", 0.01),
    "mart_campaign_variant": (("campaign_id", "campaign_name"), "true", 0.004),
    "mart_recommendation": (("campaign_id", "campaign_name"), "true", 0.002),
    "mart_goal_attainment": (("goal_id", "goal_name"), "true", 0.04),
    "mart_goal_smart": (("goal_id", "goal_name"), "true", 0.002),
    "mart_pareto": (("entity_id", "entity_name"), "true", 0.02),
    "mart_landing_page": (("landing_page",), "true", 0.02),
    "fct_search_performance": (("query",), "true", 0.05),
    "fct_email_campaign": (("send_id", "send_name"), "true", 0.001),
    "mart_file_outcome": (("file_sha256", "file_name"), "true", 0.001),
}
"""Marts with the columns that tell the repeated rows apart, the rows repeated, and their number as a share of the channel mart's."""
COST_OF_A_PAGE = """
import json, sys, time
from funnelhouse.pages.app import page
from funnelhouse.pages.kept import Kept
from funnelhouse.pages.filters import read_filters
from funnelhouse.settings import load_settings
settings, kept, found = load_settings(sys.argv[1]), Kept(), {}
for name in sys.argv[3].split(","):
    costs = []
    for _ in range(int(sys.argv[4]) + 1):
        started = time.process_time()
        answer = page(settings, name, read_filters([]), kept.connect)
        costs.append(time.process_time() - started)
        assert answer.status_code == 200, answer.body[-2000:]
    found[name] = {"cpu": costs[1:], "bytes": len(answer.body)}
open(sys.argv[2], "w").write(json.dumps(found))
"""
"""Arguments: home, file for the costs, pages, how often."""
SITE = """
import sys
from pathlib import Path
from funnelhouse.pages.site import write_site
from funnelhouse.publish import reader
from funnelhouse.settings import load_settings
settings = load_settings(sys.argv[1])
with reader.connect(settings) as connection:
    write_site(connection, settings, Path(sys.argv[2]))
"""
SERVER = """
import sys
from funnelhouse.pages.login import Login
from funnelhouse.pages.server import serve
from funnelhouse.settings import load_settings
settings = load_settings(sys.argv[1])
serve(lambda: settings, Login(settings), int(sys.argv[2]))
"""


def measure_pages(console: Console, runs: int, rows: list[int], home: Path | None) -> list[dict[str, Any]]:
    """Each size of the channel mart; grown from a home's published version, or from the sample company's."""
    return [_one(console, runs, number, _grown(_base(home), number)) for number in rows]


def _one(console: Console, runs: int, rows: int, settings: Settings) -> dict[str, Any]:
    costs, site = settings.home / "costs.json", settings.home / "site"
    run_child(COST_OF_A_PAGE, settings.home, costs, ",".join(NAMES), str(runs))
    pages = json.loads(costs.read_text())
    shutil.rmtree(site, ignore_errors=True)
    site_cpu, _, site_peak = run_child(SITE, settings.home, site)
    first, waits, served_cpu, peak = _served(settings)
    slowest = max(pages, key=lambda name: statistics.median(pages[name]["cpu"]))
    shown = Table(title=f"Pages on a channel mart of {rows:,} rows", title_justify="left", box=None, pad_edge=False)
    for name in ("measure", "value", "bar"):
        shown.add_column(name, justify="left" if name == "measure" else "right")
    for name in NAMES:
        size = pages[name]["bytes"] / 1e3
        shown.add_row(f"page {name}, {size:,.0f} kB", f"{statistics.median(pages[name]['cpu']) * 1e3:,.0f} ms CPU", "")
    figures = {
        "slowest_page_cpu": statistics.median(pages[slowest]["cpu"]), "first_page": first,
        "served_cpu": served_cpu, "wait_p50": statistics.median(waits), "wait_p95": statistics.quantiles(waits, n=20)[-1], "peak_mib": peak,
        "site_cpu": site_cpu, "site_peak_mib": site_peak,
    }  # fmt: skip
    shown.add_row(f"slowest page ({slowest})", f"{figures['slowest_page_cpu'] * 1e3:,.0f} ms CPU", "300 ms")
    shown.add_row("first page of a server", f"{first:.2f} s", "1 s")
    shown.add_row(f"{REQUESTS} requests, {AT_ONCE} at a time, p50", f"{figures['wait_p50']:.2f} s", "")
    shown.add_row(f"{REQUESTS} requests, {AT_ONCE} at a time, p95", f"{figures['wait_p95']:.2f} s", "1 s")
    shown.add_row(f"CPU of the server for {REQUESTS} requests", f"{served_cpu:.1f} s CPU", "")
    shown.add_row("peak memory of the server", f"{peak:,.0f} MiB", "200 MiB")
    shown.add_row("site of three languages", f"{site_cpu:.1f} s CPU", "20 s")
    console.print(shown)
    return {"title": shown.title, "rows": rows, "pages": pages, **figures}


def _base(home: Path | None) -> Settings:
    """A home with a published version: the given one, which is only read, or the sample company's, built once."""
    if home is not None:
        return load_settings(home)
    from sample_company.generate import write_sample
    from tests import pipeline

    folder = RESULTS / "data" / "pages-sample"
    settings = load_settings(folder / "home")
    if not settings.published_file.exists():
        shutil.rmtree(folder, ignore_errors=True)
        write_sample(folder / "inbox", folder / "truth", months=12)
        pipeline.run(settings, folder / "inbox")
    return settings


def _grown(base: Settings, rows: int) -> Settings:
    """A home whose published file is the base's with as many rows in the channel mart, and the others in proportion."""
    settings = load_settings(RESULTS / "data" / "pages-grown" / str(rows))
    shutil.rmtree(settings.home, ignore_errors=True)
    settings.make_folders()
    settings.published.mkdir(exist_ok=True)
    shutil.copyfile(base.published_file.resolve(), settings.published_file)
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute("set preserve_insertion_order = false; set memory_limit = '4GB'; set threads = 2")
        for mart, (names, where, share) in GROWN.items():
            connection.execute(f"create temp table repeated as select * from marts.{mart} where {where}")
            [(here,)] = connection.execute("select count(*) from repeated").fetchall()
            times = int(rows * share / here) if here else 0
            renamed = ", ".join(f"{name} || ' ' || copy as {name}" for name in names)
            connection.execute(f"""
                insert into marts.{mart}
                select * exclude (copy) replace ({renamed}) from repeated cross join range(1, {times}) as copies (copy)
            """)
            connection.execute("drop table repeated")
            _sort(connection, mart)
        connection.execute("checkpoint")
    settings.published_file.chmod(0o444)
    return settings


def _sort(connection: duckdb.DuckDBPyConnection, mart: str) -> None:
    """Put a mart into the order in which it is published: by its key."""
    [(said,)] = connection.execute(
        "select description from meta.data_dictionary where object_name = ? and column_name is null", [mart]
    ).fetchall()
    key = re.search(r"Primary key: ([\w, ]+)\.", said)
    assert key is not None
    connection.execute(f"create temp table sorted as select * from marts.{mart} order by {key[1]}")
    connection.execute(f"truncate marts.{mart}")
    connection.execute("set preserve_insertion_order = true")
    connection.execute(f"insert into marts.{mart} select * from sorted")
    connection.execute("set preserve_insertion_order = false")
    connection.execute("drop table sorted")


def _served(settings: Settings) -> tuple[float, list[float], float, float]:
    """Seconds to the first page of a server, seconds of each request, CPU seconds of all, and peak memory in MiB."""
    with _server(settings) as (server, port):
        cookie = _logged_in(settings, port)
        first = _seconds(port, cookie, NAMES[0])
        with ThreadPoolExecutor(AT_ONCE) as pool:
            asked = [NAMES[number % len(NAMES)] for number in range(REQUESTS)]
            before = _cpu(server.pid)
            waits = list(pool.map(lambda name: _seconds(port, cookie, name), asked))
            cpu = _cpu(server.pid) - before
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())
        assert peak is not None
        return first, waits, cpu, int(peak[1]) / 1024


def _cpu(process: int) -> float:
    """CPU seconds of a process so far."""
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _server(settings: Settings) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    from funnelhouse.running.services import free_port

    port = free_port(None, 8190, "")
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'plugins'}"}
    with subprocess.Popen([sys.executable, "-c", SERVER, str(settings.home), str(port)], env=environment) as server:
        try:
            while not _answers(port):
                if server.poll() is not None:
                    raise RuntimeError("the server ended")
                time.sleep(0.1)
            yield server, port
        finally:
            server.terminate()


def _answers(port: int) -> bool:
    try:
        return _ask(port, "GET", "/login")[0] == 200
    except ConnectionRefusedError:
        return False


def _ask(port: int, method: str, path: str, **options: Any) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, **options)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def _logged_in(settings: Settings, port: int) -> str:
    password = (settings.home / "pages" / "password").read_text(encoding="ascii").strip()
    _, headers, _ = _ask(port, "POST", "/login", body=f"user=reader&password={password}")
    return str(headers["set-cookie"]).split(";", 1)[0]


def _seconds(port: int, cookie: str, name: str) -> float:
    started = time.perf_counter()
    status, _, _ = _ask(port, "GET", f"/{name}", headers={"cookie": cookie})
    if status != 200:
        raise RuntimeError(f"page {name} answered {status}")
    return time.perf_counter() - started
