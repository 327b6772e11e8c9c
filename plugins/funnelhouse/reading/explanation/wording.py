"""Words for codes: what a rejected row, a restatement rule and an outcome mean, and what to do."""

from __future__ import annotations

ROW_REASONS = {
    "bad_number": ("the cell is not a number in the file's style", "look at the cell in the original export; if the "
                   "platform writes it so, add the token to null_tokens of the contract"),
    "bad_date": ("the cell is not a day or time in the file's format", "export again without opening the file in a "
                 "spreadsheet; if the platform writes it so, add the format to `formats` of the field"),
    "bad_boolean": ("the cell is neither yes nor no", "map it with `values` of the field"),
    "bad_value": ("the cell is not one of the values that the contract knows", "add it to `values` of the field"),
    "missing_key": ("a cell that the row cannot do without is empty", "a total or note row? Name it under drop_rows"),
    "too_few_cells": ("the row has fewer cells than the header", "the file was cut or edited; export it again"),
    "too_many_cells": ("the row has more cells than the header", "an unquoted delimiter in a text; export it again"),
    "mixed_delimiters": ("the row is cut by another delimiter than the header", "two exports were pasted together; "
                         "export it again"),
    "damaged_id": ("a spreadsheet rounded the id (1.2E+17)", "it is lost; export again and do not open it there"),
    "not_a_day": ("the row covers more than a day among daily ones", "a grand total: nothing is missing. Otherwise "
                  "choose the day as the time segment"),
}  # fmt: skip
"""Reason of a rejected row -> what it means, what to do."""

RESTATEMENTS = {
    "upsert": "the newest export wins per key; rows it does not have stay",
    "replace_period": "the newest export replaces every row of its period",
    "snapshot": "counters to date: every export is kept, the newest is current, days are differences",
    "full": "the whole object each time: rows missing from the newest export are deleted",
}

OUTCOMES = {
    "loaded": ("would load", "green", "nothing to do"),
    "loaded_with_rejects": ("would load, with rejects", "yellow", "the rows that load are complete; correct the "
                            "rejected ones in the platform and export again, or let them go"),
    "empty_report": ("has no rows", "yellow", "nothing to do if the period was empty; otherwise export a longer one"),
    "refused": ("would be refused", "red", ""),
    "failed": ("cannot be explained", "red", ""),
}  # fmt: skip
"""Outcome -> headline, colour, what to do where the message does not say it."""
