# What both suites use: packages, processes, ports, certificates, the server, and how a scenario is told. Sourced by interop/run.
# shellcheck shell=bash

passed=0
failed=0
started=() # ids of the processes that we have started and that may still run
why=''     # the reason of the failure
log=''     # the folder of the scenario's logs

say() { printf '%s\n' "$*"; }

# The programs and files that the suites need, each with its Debian package.
need_packages() {
  local -A from=([openssl]=openssl)
  local missing=() program suite
  for suite in "${suites[@]}"; do
    case $suite in
      sipp) from[sipp]=sip-tester from[socat]=socat ;;
      kamailio | msrp) from[kamailio]=kamailio ;;
      presence)
        from[kamailio]=kamailio
        ls /usr/lib/*/kamailio/modules/presence_xml.so >/dev/null 2>&1 || missing+=(kamailio-presence-modules)
        ;;
      xcap)
        from[kamailio]=kamailio
        ls /usr/lib/*/kamailio/modules/xcap_server.so >/dev/null 2>&1 || missing+=(kamailio-presence-modules)
        from[curl]=curl
        ;;
      linphone) from[linphonec]=linphone-cli from[gcc]=gcc from[sipp]=sip-tester ;;
    esac
  done
  for program in "${!from[@]}"; do
    command -v "$program" >/dev/null 2>&1 || missing+=("${from[$program]}")
  done
  if [ -n "${from[gcc]:-}" ] && [ ! -r /usr/include/linphone/core.h ]; then
    missing+=(liblinphone-dev libc6-dev)
  fi
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing ${missing[*]} ..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 && return 0
    say "apt-get could not install them: try it by hand" >&2
  fi
  say "missing: install with   apt-get install ${missing[*]}" >&2
  exit 2
}

# start LOG COMMAND...: runs it in the background; its id is in $pid.
start() {
  local to=$1
  shift
  "$@" >"$to" 2>&1 </dev/null &
  pid=$!
  started+=("$pid")
}

# stop ID: ends one of ours and waits for it.
stop() {
  kill "$1" 2>/dev/null
  local i
  for i in {1..100}; do
    kill -0 "$1" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$1" 2>/dev/null
  wait "$1" 2>/dev/null
  local left=() p
  for p in ${started[@]+"${started[@]}"}; do
    [ "$p" = "$1" ] || left+=("$p")
  done
  started=(${left[@]+"${left[@]}"})
  return 0
}

finish() {
  local p
  for p in ${started[@]+"${started[@]}"}; do
    stop "$p"
  done
  if [ "$failed" = 0 ] && [ "${KEEP:-no}" != yes ] && [ "$passed" -gt 0 ]; then
    rm -rf "$work"
  else
    say "logs: $work"
  fi
}

# await SECONDS COMMAND...: until the command succeeds.
await() {
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.1
  done
}

# ended SECONDS ID: waits for the end of one of ours; its exit code, or 124 where it is too late.
ended() {
  local until=$((SECONDS + $1))
  while kill -0 "$2" 2>/dev/null; do
    [ "$SECONDS" -lt "$until" ] || return 124
    sleep 0.1
  done
  wait "$2"
}

# A port of loopback that nobody uses, below those that the kernel gives away by itself; never the same twice in a run. In $port.
taken=' '
free_port() {
  local hex
  while :; do
    port=$((RANDOM % 12000 + 20000))
    hex=$(printf ':%04X ' "$port")
    case $taken in *" $port "*) continue ;; esac
    grep -q "$hex" /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null || break
  done
  taken="$taken$port "
}

# A lab authority and certificates for 127.0.0.1 by it, in $work/tls.
certificates() {
  local tls=$work/tls
  mkdir -p "$tls"
  {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=interop lab authority' -keyout "$tls/ca.key" -out "$tls/ca.pem"
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$domain" -keyout "$tls/key.pem" -out "$tls/request.pem"
    printf 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:%s\n' "$domain" >"$tls/names"
    openssl x509 -req -in "$tls/request.pem" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 2 -extfile "$tls/names" -out "$tls/cert.pem"
  } >"$tls/log" 2>&1 || { say "openssl made no certificate: $tls/log" >&2; exit 2; }
}

# serve NAME LINES: a server of its own with fresh data; more configuration in LINES. Its ports are then in $udp, $tcp and $tls.
serve() {
  local folder=$work/$1
  mkdir -p "$folder"
  [ -r "$work/tls/ca.pem" ] || certificates
  cat >"$folder/tucket.conf" <<CONF
domain = "$domain"
data = "$folder/data"
sip.listen = ["udp:127.0.0.1:0", "tcp:127.0.0.1:0", "tls:127.0.0.1:0"]
sip.tls { certificate = "$work/tls/cert.pem", key = "$work/tls/key.pem", trust = "$work/tls/ca.pem" }
http.listen = ""
log.level = debug
$2
CONF
  start "$folder/server.log" "$tucket" serve --json --config "$folder/tucket.conf"
  server=$pid
  config=$folder/tucket.conf
  # the first start may have to build the program
  if ! await 600 ready_or_dead "$folder/server.log" || ! grep -q '"event":"ready"' "$folder/server.log"; then
    say "the server did not start: $folder/server.log" >&2
    tail -n 5 "$folder/server.log" >&2
    failed=$((failed + 1))
    exit 1
  fi
  local line
  line=$(grep '"event":"ready"' "$folder/server.log")
  udp=$(port_of udp "$line")
  tcp=$(port_of tcp "$line")
  tls=$(port_of tls "$line")
  export TUCKET_BUILD=no # not again before each command
}

ready_or_dead() { grep -q '"event":"ready"' "$1" || ! kill -0 "$server"; }

port_of() { sed "s/.*\"$1:127\.0\.0\.1:\([0-9]*\)\".*/\1/" <<<"$2"; }

# fail REASON: for the scenario's functions, as `... || fail "..."`.
fail() {
  why=$1
  return 1
}

# scenario NAME FUNCTION: plays it and tells how it went.
scenario() {
  log=$work/$1
  why='a step failed'
  mkdir -p "$log"
  local began=$SECONDS before=" ${started[*]-} " p
  if "$2"; then
    passed=$((passed + 1))
    printf 'ok      %-28s %s (%d s)\n' "$1" "$title" $((SECONDS - began))
  else
    failed=$((failed + 1))
    printf 'FAILED  %-28s %s: %s. Log: %s\n' "$1" "$title" "$why" "$log"
  fi
  for p in ${started[@]+"${started[@]}"}; do
    case $before in *" $p "*) ;; *) stop "$p" ;; esac
  done
}

summary() {
  say "$passed passed, $failed failed"
  [ "$failed" = 0 ] || exit 1
}
