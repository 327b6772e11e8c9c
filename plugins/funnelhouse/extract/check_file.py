"""`funnelhouse contract check`: the explanation of a file that was not received, whatever it is."""

from __future__ import annotations

import tempfile
from pathlib import Path
from traceback import extract_tb
from typing import Any

from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.loader import load_contracts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract
from funnelhouse.extract.dry_run import reading_key
from funnelhouse.reading.explanation.document import explain_file, from_refusal
from funnelhouse.reading.read_file import FileOutcome, process
from funnelhouse.reading.rows.loaded import FileFacts
from funnelhouse.reading.trace import Trace
from funnelhouse.reading.workspace import engine, scratch
from funnelhouse.receive.manifest import facts_of_file
from funnelhouse.settings import Settings


def known_contracts(settings: Settings) -> dict[str, Contract]:
    """The product's contracts and the home's; the home is not written to for it. Raises ContractError."""
    return load_contracts(settings.user_contracts, settings.cache if settings.cache.is_dir() else None)


def check_file(
    settings: Settings, path: Path, facts: dict[str, Any] | None = None, contracts: dict[str, Contract] | None = None
) -> dict[str, Any]:
    """Explain every decision of reading `path`, writing nothing below the home. Raises ContractError only.

    `facts` win over a _manifest.yml; `contracts` stand in for those of the product and the home.
    """
    contracts = known_contracts(settings) if contracts is None else contracts
    given, size, trace = Facts(), 0, Trace(is_full=True)
    with tempfile.TemporaryDirectory(prefix="funnelhouse-") as root, scratch(Path(root)) as workspace:
        try:
            size = path.stat().st_size
            given = facts_of_file(path, settings.inbox, {c.source for c in contracts.values()}, facts or {})
            file = FileFacts("0" * 64, path.name, given, path.stat().st_mtime)
            with engine(settings, reading_key(settings), workspace) as connection:
                outcome = process(
                    path, file, contracts, connection, workspace, lambda _: None, settings.limits, trace=trace
                )
        except Refused as refusal:
            outcome = from_refusal(refusal)
        except OSError as error:
            outcome = from_refusal(Refused("unreadable", f"the file cannot be opened ({error.strerror or error}); "
                                           "check its name and permissions"))  # fmt: skip
        except Exception as error:  # noqa: BLE001 (logged below, with its place)
            # The file is known to be odd: a person at its door needs a word, not a traceback.
            place = extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
            message = f"Funnelhouse itself failed on it ({where}); that is a defect: report it, and keep the file"
            outcome = FileOutcome("refused", "unreadable", message)
        return explain_file(path.name, size, given, trace, outcome)
