"""Lists that people write by hand as YAML (goals, costs): one mapping of plain values per record becomes a row.

The table is then read like any other text. Scalars stay the texts they are, so that dates and numbers follow the rules
of all exports; what a text cannot say (lists, mappings inside) is refused with its line.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from funnelhouse.contracts.reasons import Refused

LARGEST = 4 << 20
"""Bytes; nobody writes more by hand, and a parser of YAML needs many times the size of its file."""
_EMPTY = r"(?:[ \t]*(?:#[^\n]*)?\r?\n|---[ \t]*\r?\n)*"
_BEGINS = re.compile(
    rf"(?:\xef\xbb\xbf)?{_EMPTY}(?:\w+:{_EMPTY}[ \t]*)?- +\w[\w ]* *:(?:[ \t]|\r?\n)".encode("latin-1")
)
"""A dash, a name, a colon: after comments, and after the name of the whole list (`goals:`) if it has one."""


def is_record_list(head: bytes) -> bool:
    """True if a text begins like a YAML list of mappings; no export of a platform does."""
    return _BEGINS.match(head) is not None


def write_table(source: Path, target: Path, label: str) -> None:
    """Write the records of a YAML file as CSV, a column per name in the order the names come first.

    Raises Refused (damaged_file, too_large) with the line that cannot be read.
    """
    size = source.stat().st_size
    if size > LARGEST:
        raise Refused(
            "too_large", f"{label}: {size >> 20} MB of YAML, the limit is {LARGEST >> 20} MB; write it as CSV"
        )
    records = _records(source.read_bytes(), label)
    names = list(dict.fromkeys(name for record in records for name in record))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)


def _records(content: bytes, label: str) -> list[dict[str, str]]:
    import yaml

    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or error
        raise Refused("damaged_file", f"{label}{where}: this is no YAML ({problem}); correct the file") from None
    if isinstance(root, yaml.MappingNode) and len(root.value) == 1:
        root = root.value[0][1]  # the list has a name
    if not isinstance(root, yaml.SequenceNode):
        raise Refused("damaged_file", f"{label}: write one list, each record beginning with a dash")
    return [_record(node, label) for node in root.value]


def _record(node: Any, label: str) -> dict[str, str]:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise Refused("damaged_file", f"{label}, line {_line(node)}: write `name: value` for each value of a record")
    record: dict[str, str] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            raise Refused("damaged_file", f"{label}, line {_line(key)}: the value is no text or number; write one")
        if key.value in record:
            raise Refused("damaged_file", f"{label}, line {_line(key)}: {key.value} twice in one record; remove one")
        is_nothing = not value.style and value.value in ("null", "~")
        record[key.value] = "" if is_nothing else value.value
    return record


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
