"""Tables as pictures: options of ECharts whose every label was written on the server.

The script in the page only draws: it takes colours from the style sheet and texts from here, and computes nothing.
"""

from __future__ import annotations

import math
from typing import Any

from funnelhouse.pages.parts import Chart, Column, Kind, Table
from funnelhouse.pages.say import short, write
from funnelhouse.words import Words

TICKS = 4


def picture(table: Table, words: Words) -> dict[str, Any] | None:
    """What the script draws of a table: categories, series with their texts, axes with their ticks. None: no rows."""
    chart = table.chart
    if chart is None or not table.rows:
        return None
    columns = {column.key: column for column in table.columns}
    label = columns[chart.label]
    rows = [
        row
        for row in table.rows
        if (chart.only is None or row.get(chart.only)) and any(row.get(key) is not None for key in chart.series)
    ][: chart.most]
    if not rows:
        return None
    left = [key for key in chart.series if key not in chart.lines]
    axes = [_axis(rows, [columns[key] for key in left], words, whole=chart.kind == "range")]
    if chart.lines:
        axes.append(_axis(rows, [columns[key] for key in chart.lines], words))
    return {
        "kind": chart.kind,
        "title": table.title,
        "categories": [write(label.kind, row.get(chart.label), words, row=row) for row in rows],
        "open": [bool(row.get(chart.open_row)) for row in rows] if chart.open_row else [],
        "axes": axes,
        "series": [_series(columns[key], chart, rows, words) for key in chart.series],
    }


def _series(column: Column, chart: Chart, rows: list[dict[str, Any]], words: Words) -> dict[str, Any]:
    values = [row.get(column.key) for row in rows]
    is_line = column.key in chart.lines or chart.kind == "lines"
    if is_line and chart.open_row:  # a line into a period that has just begun would look like a fall
        values = [None if row.get(chart.open_row) else value for row, value in zip(rows, values, strict=True)]
    return {
        "name": words.text(column.label),
        "line": is_line,
        "axis": 1 if column.key in chart.lines else 0,
        "mark": column.key == chart.highlight,
        "values": [None if value is None else float(value) for value in values],
        "texts": [write(column.kind, value, words, change=column.change, row=row)
                  for value, row in zip(values, rows, strict=True)],
    }  # fmt: skip


def _axis(rows: list[dict[str, Any]], columns: list[Column], words: Words, *, whole: bool = False) -> dict[str, Any]:
    """Ends and ticks of an axis that holds all values; bars begin at 0, as their length is what is read."""
    values = [float(row[column.key]) for column in columns for row in rows if row.get(column.key) is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    step = nice_step((high - low) or 1)
    first, last = math.floor(low / step), math.ceil(high / step) or 1
    kind = columns[0].kind if columns else Kind.NUMBER
    ticks = [float(f"{step * number:.12g}") for number in range(first, last + 1)]
    return {
        "min": ticks[0], "max": ticks[-1], "step": step, "places": ticks,
        "ticks": [_tick(kind, tick, step, words) for tick in ticks],
    }  # fmt: skip


def _tick(kind: Kind, tick: float, step: float, words: Words) -> str:
    if kind is Kind.RATE:
        return words.number(tick * 100, _places(step * 100)) + "%"
    if abs(tick) >= 10_000:
        return short(Kind.NUMBER, tick, words)
    return words.number(tick, _places(step))


def _places(step: float) -> int:
    """Decimal places that tell two neighbours apart."""
    return max(0, -math.floor(math.log10(step) + 1e-9))


def nice_step(span: float) -> float:
    """Distance of ticks, of the shape 1, 2 or 5 times a power of ten, that gives about four of them."""
    rough = span / TICKS
    power = 10 ** math.floor(math.log10(rough))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999))


def trend(values: list[float | None]) -> str:
    """A line through the values, for a box of 100 x 24, as points of an SVG polyline; empty for fewer than two."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    width = len(values) - 1
    return " ".join(
        f"{place / width * 100:.1f},{22 - (value - low) / (high - low) * 20:.1f}" if high > low
        else f"{place / width * 100:.1f},12.0"
        for place, value in known
    )  # fmt: skip
