# Kamailio's presence module as the presence server of the IM Server, which watches its users there and publishes for them. Sourced by interop/run.
# shellcheck shell=bash
#
# bob's device is registered with our server; what he says of himself he publishes to Kamailio alone.

suite_presence() {
  free_port
  there=$port
  mkdir -p "$work/presence"
  presence_configuration >"$work/presence/kamailio.cfg"
  start "$work/presence/kamailio.log" kamailio -f "$work/presence/kamailio.cfg" -DD -E -m 32 -M 4 -P "$work/presence/pid" -Y "$work/presence"
  presence_server=$pid
  serve presence "presence.external = \"sip:127.0.0.1:$there;transport=tcp\""
  scenario presence-closed presence_closed
  scenario presence-source presence_source
  stop "$server"
  stop "$presence_server"
}

presence_configuration() {
  local modules
  modules=$(dirname "$(ls /usr/lib/*/kamailio/modules/presence_xml.so | head -n 1)")
  cat <<CONF
#!KAMAILIO
children=2
listen=udp:127.0.0.1:$there
listen=tcp:127.0.0.1:$there
mpath="$modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "presence.so"
loadmodule "presence_xml.so"
# all in memory; everybody may watch
modparam("presence", "publ_cache", 2)
modparam("presence", "subs_db_mode", 0)
modparam("presence", "server_address", "sip:127.0.0.1:$there;transport=tcp")
modparam("presence_xml", "force_active", 1)
request_route {
  if (is_method("PUBLISH|SUBSCRIBE")) {
    if (!t_newtran()) {
      sl_reply_error();
      exit;
    }
    if (is_method("PUBLISH")) handle_publish(); else handle_subscribe();
    t_release();
    exit;
  }
  sl_send_reply("404", "Not here");
}
CONF
}

# with_presence NAME USER ARGUMENT...: our command `presence`, spoken to Kamailio.
with_presence() {
  local name=$1 user=$2
  shift 2
  start "$log/$name.json" "$tucket" presence "$@" --json --config "$config" --server "udp:127.0.0.1:$there" --as "$user"
  ended 60 "$pid"
}

presence_closed() {
  title='closed at Kamailio: messages wait; open: delivered at once'
  start "$log/bob.json" "$tucket" listen --json --config "$config" --server "udp:127.0.0.1:$udp" --as bob --timeout 120
  await 30 grep -q registered "$log/bob.json" || fail 'bob was not registered' || return 1
  with_presence closed bob --say closed || fail 'PUBLISH to Kamailio failed' || return 1
  local i
  for i in {1..20}; do # until the NOTIFY has come
    start "$log/send-$i.json" "$tucket" send bob "wait $i" --json --config "$config" --server "udp:127.0.0.1:$udp" --as alice
    ended 60 "$pid"
    grep -q 202 "$log/send-$i.json" && break
  done
  grep -q 202 "$log/send-$i.json" || fail 'messages do not wait' || return 1
  ! grep -q "wait $i\"" "$log/bob.json" || fail 'it was delivered though he is closed' || return 1
  with_presence open bob --say open --if-match "$(sed -n 's/.*"tag":"\([^"]*\)".*/\1/p' "$log/closed.json")" || fail 'the second PUBLISH failed' || return 1
  await 30 grep -q "wait $i\"" "$log/bob.json" || fail 'it did not come when he was open'
}

presence_source() {
  title='our tuples at Kamailio: open while a device is there'
  start "$log/carol.json" "$tucket" listen --json --config "$config" --server "udp:127.0.0.1:$udp" --as carol --timeout 60
  local carol=$pid
  await 30 grep -q registered "$log/carol.json" || fail 'carol was not registered' || return 1
  await 30 presence_is open || fail 'Kamailio does not show her open' || return 1
  kill "$carol"
  await 60 presence_is_not open || fail 'it still shows her open'
}

presence_is() {
  with_presence "look-$1" alice carol && grep -q "\"im\":\"$1\"" "$log/look-$1.json"
}

presence_is_not() {
  with_presence "look-not-$1" alice carol && ! grep -q "\"im\":\"$1\"" "$log/look-not-$1.json"
}
