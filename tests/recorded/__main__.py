"""`python -m tests.recorded`: record anew what reading makes of the fixtures, after a change that is meant.

With `--dump DIR` everything behind the digests is written as well: dump before and after a change and compare the
folders to see which cell became another.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from funnelhouse.settings import load_settings
from tests.recorded.recording import PII_KEY, record_all
from tests.recorded.test_recorded import RECORDED, RUNS


def main() -> None:
    """Read the fixtures once a run, write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dump", type=Path, help="folder for typed rows and explanations")
    asked = parser.parse_args()
    os.environ["FUNNELHOUSE_PII_KEY"] = PII_KEY
    recorded = {}
    for run, (facts, is_long) in RUNS.items():
        with tempfile.TemporaryDirectory() as root:
            settings = load_settings(Path(root) / "home")
            settings.make_folders()
            found = record_all(settings, Path(root) / "inbox", facts, is_long=is_long, is_full=bool(asked.dump))
        for name, entry in found.items() if asked.dump else ():
            target = asked.dump / run / f"{name}.json"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(entry, indent=1, sort_keys=True, default=str, ensure_ascii=False))
        recorded[run] = found
    if asked.dump is None:
        RECORDED.write_text(json.dumps(recorded, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
