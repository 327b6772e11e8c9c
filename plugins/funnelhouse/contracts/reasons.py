"""Why a file or a row was not loaded: reason codes and the exception that carries one."""

from __future__ import annotations

from typing import Any

REASONS = {
    "empty_file": "the file has no content",
    "unknown_kind": "no contract knows this kind of export",
    "unfinished_contract": "its contract is a draft with open questions",
    "ambiguous_kind": "several contracts fit equally well",
    "wrong_kind": "an export of another kind than the warehouse can use",
    "missing_columns": "the right kind of export, but without columns that the warehouse needs",
    "not_used": "a real export that answers no question of the warehouse",
    "header_only": "an export without rows",
    "damaged_zip": "the zip cannot be read",
    "damaged_file": "the file is damaged",
    "not_text": "binary content of no known container",
    "too_large": "beyond the limits of size, ratio, nesting, members or time",
    "unsafe_path": "a zip with names that leave the folder",
    "xlsx_unsafe": "a workbook with formulas, macros, external links or entities",
    "wrong_encoding": "bytes that are not text in the expected encoding",
    "mixed_delimiters": "rows cut by different delimiters",
    "damaged_ids": "ids turned into rounded numbers by a spreadsheet",
    "unknown_period": "sums of a period that is not stated",
    "missing_fact": "a fact that neither file nor manifest gives",
    "most_rows_fail": "most rows cannot be read as this kind",
    "unreadable": "the file cannot be opened",
    "not_a_file": "a link, device or pipe in the place of a file",
    "encrypted": "protected by a password",
    "bad_manifest": "the _manifest.yml beside the file cannot be used",
    "disk_full": "no space left while writing",
    "timed_out": "reading took longer than a file may take",
}
"""Every reason a file is refused for."""

LIMITED = {"too_large", "timed_out"}
"""Reasons that are beyond a limit: another limit may give another outcome."""

NO_VERDICT = {"disk_full", "timed_out"}
"""Reasons that say nothing about the content: what was loaded of the file before stays."""


class Refused(Exception):
    """A file or table that must not be loaded. `reason` is a key of `REASONS`, `message` says what to do."""

    def __init__(self, reason: str, message: str, **facts: Any) -> None:
        if reason not in REASONS:
            raise KeyError(reason)
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.facts = facts


class EmptyReport(Exception):
    """A valid export without a single row."""
