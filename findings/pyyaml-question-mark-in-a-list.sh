#!/usr/bin/env bash
# One would guess: the two safe loaders of PyYAML, the one in Python and the one over libyaml, read the same files; the
#   second is only faster, which is why tools (dbt among them) take it where it is there and the other where it is not.
# True: a plain text with a question mark in a list in brackets, such as a column label of Klaviyo's campaign export
#   (`Winning Variant?`), is read by the loader over libyaml and is a ParserError for the one in Python, wherever in the
#   text the mark stands. In a list with dashes, or quoted, both read it.
# Version: PyYAML 6.0.3.
# Why it matters here: contracts list the labels of exports in brackets, and labels of platforms are questions now and
#   then. Such a contract loads on one machine and is "not YAML" on another: labels with a question mark are quoted.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "PyYAML==6.0.3"
"$folder/venv/bin/python" - <<'PY'
import yaml

print("PyYAML", yaml.__version__)
BRACKETS, DASHES = "labels: [Send Time, Winning Variant?, Opens]\n", "labels:\n- Send Time\n- Winning Variant?\n"
read = {}
for name, text in {"in brackets": BRACKETS, "with dashes": DASHES}.items():
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        try:
            read[name, loader.__name__] = yaml.load(text, loader)["labels"]
        except yaml.YAMLError as error:
            read[name, loader.__name__] = type(error).__name__
        print(f"{name}, {loader.__name__}: {read[name, loader.__name__]}")
assert read["in brackets", "CSafeLoader"] == ["Send Time", "Winning Variant?", "Opens"]
assert read["in brackets", "SafeLoader"] == "ParserError"
assert read["with dashes", "CSafeLoader"] == read["with dashes", "SafeLoader"] == ["Send Time", "Winning Variant?"]
PY
