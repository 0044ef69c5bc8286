# Kamailio's msrp module between two ends of our MSRP stack. Sourced by interop/run.
# shellcheck shell=bash
#
# `tucket bench msrp` starts Kamailio with bench/peer/kamailio-msrp.cfg, sends through it, and fails where a message was not answered or did not
# come whole.

suite_msrp() {
  scenario msrp-relay msrp_relay
  free_port
  relay=$port
  serve msrp 'lab.users = true'
  sed -e "s/127\.0\.0\.1:2855/127.0.0.1:$relay/" "$here/msrp/kamailio-relay.cfg" >"$work/msrp/kamailio.cfg"
  start "$work/msrp/kamailio.log" kamailio -f "$work/msrp/kamailio.cfg" -DD -E -m 32 -M 4 -P "$work/msrp/pid" -Y "$work/msrp"
  local kamailio=$pid
  scenario msrp-auth msrp_auth
  stop "$kamailio"
  stop "$server"
}

msrp_auth() {
  title='our client logs in to a relay and talks by way of it: AUTH with digest, Use-Path; each message told as taken by its receiver'
  mkfifo "$log/keyboard"
  exec 7<>"$log/keyboard"
  start "$log/bob.json" bash -c 'exec "$0" chat alice --json --config "$1" --server "tcp:127.0.0.1:$2" --as bob <"$3"' "$tucket" "$config" "$tcp" "$log/keyboard"
  await 30 reported bob registered || fail 'bob was not registered' || return 1
  printf 'by way of the relay\nand once more\n' >"$log/lines"
  start "$log/alice.json" bash -c 'exec "$0" chat bob --json --stay 30 --config "$1" --server "tcp:127.0.0.1:$2" --as alice --msrp-relay "$3" <"$4"' \
    "$tucket" "$config" "$tcp" "msrp://127.0.0.1:$relay;tcp" "$log/lines"
  ended 90 "$pid" || fail 'a line of alice was not taken' || return 1
  [ "$(count alice '"event":"sent".*"status":200')" = 2 ] || fail 'not both were answered 200' || return 1
  [ "$(count alice '"event":"displayed"')" = 2 ] || fail 'not both were displayed' || return 1
  [ "$(count bob 'and once more')" = 1 ] || fail 'bob did not get it once' || return 1
  grep -q 'granted' "$work/msrp/kamailio.log" && grep -q 'passed on SEND' "$work/msrp/kamailio.log" || fail 'Kamailio was not in the path' || return 1
  exec 7>&-
}

msrp_relay() {
  title='messages through a relay of RFC 4976: all answered, all whole'
  start "$log/bench.json" "$tucket" bench msrp --json --rounds 1 --messages 2000 --warm 0
  ended 120 "$pid" || fail 'the benchmark failed' || return 1
  grep -q '"server" *: *"Kamailio msrp"' "$log/bench.json" || fail 'Kamailio was not in the path'
}
