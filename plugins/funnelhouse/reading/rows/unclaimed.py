"""What a contract says of columns that no field claims."""

from __future__ import annotations

import re
from typing import Any

from funnelhouse.contracts.schema import Contract
from funnelhouse.text import label_key


def ignored_labels(contract: Contract) -> list[Any]:
    """Tests of label keys: true for a column that the contract ignores."""
    return _tests_of(contract.ignore)


def money_labels(contract: Contract) -> list[Any]:
    """Tests of label keys: true for a column that holds money, if no field claims it."""
    return _tests_of(contract.money)


def _tests_of(labels: list[str]) -> list[Any]:
    tests: list[Any] = []
    for label in labels:
        if label.startswith("~"):
            tests.append(re.compile(label[1:], re.IGNORECASE).fullmatch)
        else:
            key = label_key(label)
            tests.append(lambda text, key=key: text == key)
    return tests
