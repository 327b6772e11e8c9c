"""`funnelhouse contract check`: explain every decision of reading a file."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from rich.console import Console

from funnelhouse.errors import Verdict
from funnelhouse.extract.check_file import check_file
from funnelhouse.reading.explanation.render import print_explanation
from funnelhouse.settings import Settings


def check(
    console: Console, settings: Settings, path: Path, facts: dict[str, Any], *, as_json: bool, everything: bool
) -> bool:  # fmt: skip
    """Print the explanation; True if the file would load. Raises Verdict if the file does not exist."""
    logging.getLogger("funnelhouse").addHandler(logging.NullHandler())  # what matters is in the explanation
    if not path.is_file():
        raise Verdict(f"{path} is not a file. Give one export file: funnelhouse contract check FILE")
    explanation = check_file(settings, path, facts)
    if as_json:
        print(json.dumps(explanation, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - for machines
    else:
        print_explanation(console, explanation, everything=everything)
    return bool(explanation["would_load"])


def given_facts(pairs: list[str], source: str | None) -> dict[str, str]:
    """Facts of `name=value` options. Raises Verdict for one without a value."""
    facts = {"source": source} if source else {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals and value):
            raise Verdict(f"--fact {pair!r} must be name=value, for example --fact currency=EUR")
        facts[name.strip()] = value.strip()
    return facts
