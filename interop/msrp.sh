# Kamailio's msrp module between two ends of our MSRP stack. Sourced by interop/run.
# shellcheck shell=bash
#
# `tucket bench msrp` starts Kamailio with bench/peer/kamailio-msrp.cfg, sends through it, and fails where a message was not answered or did not
# come whole.

suite_msrp() {
  scenario msrp-relay msrp_relay
}

msrp_relay() {
  title='messages through a relay of RFC 4976: all answered, all whole'
  start "$log/bench.json" "$tucket" bench msrp --json --rounds 1 --messages 2000 --warm 0
  ended 120 "$pid" || fail 'the benchmark failed' || return 1
  grep -q '"server" *: *"Kamailio msrp"' "$log/bench.json" || fail 'Kamailio was not in the path'
}
