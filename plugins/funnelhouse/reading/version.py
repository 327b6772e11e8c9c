"""What decides how bytes are read: a contract's content, the whole set of contracts, the reader's own code, the limits.

Replay compares these with what a file was read under; batch ids carry the first and the third.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from funnelhouse.contracts.schema import Contract
from funnelhouse.limits import Limits

_CODE = Path(__file__).parents[1]


@lru_cache(maxsize=1)
def reader_code() -> str:
    """Hash of the code that turns bytes into rows, so that reading again with a corrected reader gives new batches."""
    digest = hashlib.sha256()
    reading = [path for path in (_CODE / "reading").rglob("*.py") if path.parent.name != "explanation"]
    for path in sorted([*reading, *(_CODE / "contracts").glob("ent*.*ml"), _CODE / "contracts" / "expressions.py"]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def reading(contract: Contract) -> str:
    """Stands for one way to read a file under this contract; another way has another text."""
    return f"{contract.version}:{contract.content_hash}:{reader_code()}"


def batch_id(file_sha256: str, table: str, contract: str, version: int | str, facts: dict[str, Any]) -> str:
    """Sixteen hexadecimal digits that stand for this content under this contract and these manifest facts.

    `version` is whatever distinguishes one reading of the contract from another.
    """
    identity = json.dumps([file_sha256, table, contract, version, facts], sort_keys=True, default=str)
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def scan_mark(limits: Limits) -> str:
    """Stands for the check of a workbook by this code under these limits: who finds it need not check again."""
    return _short(f"{reader_code()}{sorted(asdict(limits).items())!r}")


def conditions(contracts: dict[str, Contract], limits: Limits) -> dict[str, str]:
    """Under what a file is read now: a hash each of the contracts, the limits and the reader's code."""
    named = ",".join(f"{name}:{contract.content_hash}" for name, contract in sorted(contracts.items()))
    return {"contracts": _short(named), "limits": _short(repr(sorted(asdict(limits).items()))), "reader": reader_code()}


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
