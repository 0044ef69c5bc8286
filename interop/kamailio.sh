# Kamailio as the SIP/IP Core, Tucket's IM Server behind it as its application server: both legs, online and offline. Sourced by interop/run.
# shellcheck shell=bash
#
# The core is examples/kamailio-core/kamailio.cfg with other ports; users and passwords are those of that file. The users' devices are our own
# client, which speaks to Kamailio alone.

suite_kamailio() {
  domain=ims.example
  free_port
  core=$port
  serve kamailio "core.mode = external
core.external { route = \"sip:127.0.0.1:$core;lr;odi=lab-secret-new\", trusted = [\"127.0.0.1:$core\"] }"
  sed -e "s/127\.0\.0\.1:5070/127.0.0.1:$core/" -e "s/127\.0\.0\.1:5080/127.0.0.1:$udp/" "$here/../examples/kamailio-core/kamailio.cfg" >"$work/kamailio/kamailio.cfg"
  start "$work/kamailio/kamailio.log" kamailio -f "$work/kamailio/kamailio.cfg" -DD -E -m 32 -M 4 -P "$work/kamailio/pid" -Y "$work/kamailio"
  kamailio=$pid
  printf 'domain = "%s"\nhttp.listen = ""\n' "$domain" >"$work/kamailio/client.conf"
  printf 'alice-secret\n' >"$work/kamailio/alice"
  printf 'bob-secret\n' >"$work/kamailio/bob"
  if ! await 20 via first alice register; then
    say "Kamailio did not take a registration: $work/kamailio/kamailio.log" >&2
    failed=$((failed + 1))
    return
  fi
  scenario kamailio-online kamailio_online
  scenario kamailio-offline kamailio_offline
  scenario kamailio-reports-stored kamailio_reports_stored
  scenario kamailio-vanished kamailio_vanished
  scenario kamailio-untrusted kamailio_untrusted
  scenario kamailio-session kamailio_session
  scenario kamailio-session-offline kamailio_session_offline
  scenario kamailio-large kamailio_large
  stop "$kamailio"
  stop "$server"
}

# via NAME USER COMMAND ARGUMENT...: our client as that user, by way of Kamailio, until it ends.
via() {
  via_start "$@"
  ended 60 "$pid"
}

via_start() {
  local name=$1 user=$2
  shift 2
  start "${log:-$work}/$name.json" "$tucket" "$@" --json --config "$work/kamailio/client.conf" --server "udp:127.0.0.1:$core" --as "$user" \
    --password-file "$work/kamailio/$user"
}

count() { grep -c "$2" "$log/$1.json"; }

kamailio_online() {
  title='both legs online: handed over; delivered and displayed come back'
  via_start bob bob listen --displayed --count 1 --timeout 60
  local bob=$pid
  await 30 reported bob registered || fail 'bob was not registered' || return 1
  via alice alice send bob 'hello through the core' --wait displayed --timeout 40 || fail 'no displayed' || return 1
  sent alice 200 && reported alice delivered || fail 'not 200 and delivered' || return 1
  ended 60 "$bob" || fail 'bob did not get it' || return 1
  grep -q '"text":"hello through the core"' "$log/bob.json" || fail 'the text came otherwise'
}

kamailio_offline() {
  title='the recipient is not registered: stored; pushed after the third-party REGISTER, once and in order'
  local i
  for i in first second; do
    via "alice-$i" alice send bob "$i, while you were away" && sent "alice-$i" 202 || fail "the $i message was not answered 202" || return 1
  done
  via bob bob listen --timeout 8 || fail 'bob did not end well' || return 1
  [ "$(count bob 'while you were away')" = 2 ] || fail "not just both: $(count bob 'while you were away')" || return 1
  grep 'while you were away' "$log/bob.json" | head -n 1 | grep -q first || fail 'not in the order of sending' || return 1
  via again bob listen --timeout 3 || return 1
  [ "$(count again 'while you were away')" = 0 ] || fail 'they came again'
}

kamailio_reports_stored() {
  title='the sender is gone when the report comes: the notification waits for her'
  via alice alice send bob 'tell me later' && sent alice 202 || fail 'not answered 202' || return 1
  via bob bob listen --displayed --count 1 --timeout 40 || fail 'bob did not get it' || return 1
  via later alice listen --timeout 6 || return 1
  reported later delivered && reported later displayed || fail 'delivered or displayed is missing'
}

kamailio_vanished() {
  title='the recipient vanished without a word: silence leads to the deferred function too'
  via_start gone bob listen --timeout 120
  local bob=$pid
  await 30 reported gone registered || fail 'bob was not registered' || return 1
  kill -KILL "$bob"
  via alice alice send bob 'are you there' --timeout 50 && sent alice 202 || fail 'not answered 202' || return 1
  via back bob listen --count 1 --timeout 40 || fail 'it did not come' || return 1
  [ "$(count back 'are you there')" = 1 ] || fail 'not exactly once'
}

kamailio_untrusted() {
  title='the IM Server believes the core alone: a client that goes round it is turned away'
  start "$log/mallory.json" "$tucket" send bob 'let me in' --json --config "$work/kamailio/client.conf" --server "udp:127.0.0.1:$udp" --as alice \
    --password-file "$work/kamailio/alice"
  ! ended 40 "$pid" || fail 'the message was taken' || return 1
  grep -q '403' "$log/mallory.json" || fail 'it was not answered 403'
}

# chat NAME USER PEER: a conversation of that user by way of Kamailio, with what comes on standard input as his lines; its id is in $pid.
chat() {
  local name=$1 user=$2 peer=$3
  "$tucket" chat "$peer" --json --stay 30 --config "$work/kamailio/client.conf" --server "udp:127.0.0.1:$core" --as "$user" \
    --password-file "$work/kamailio/$user" <&0 >"$log/$name.json" 2>&1 &
  pid=$!
  started+=("$pid")
}

kamailio_session() {
  title='a session on both legs (INVITE and MSRP): each message is taken; delivered and displayed come back; BYE ends both'
  mkfifo "$log/keyboard"
  exec 7<>"$log/keyboard"
  chat bob bob alice <"$log/keyboard"
  local bob=$pid
  await 30 reported bob registered || fail 'bob was not registered' || return 1
  chat alice alice bob < <(printf 'hello in session\nand more\n')
  ended 60 "$pid" || fail 'a line of alice was not taken' || return 1
  [ "$(count alice '"event":"sent".*"status":200')" = 2 ] || fail 'not both were answered 200' || return 1
  [ "$(count alice '"event":"displayed"')" = 2 ] || fail 'not both were displayed' || return 1
  [ "$(count bob 'hello in session')" = 1 ] && [ "$(count bob 'and more')" = 1 ] || fail 'bob did not get each once' || return 1
  await 30 reported bob ended || fail 'BYE did not reach bob' || return 1
  exec 7>&-
  kill "$bob"
}

kamailio_session_offline() {
  title='a session with somebody who is away: accepted in his place, each line stored; he gets them when he registers, in order'
  chat alice alice bob < <(printf 'first while you were out\nsecond while you were out\n')
  local alice=$pid
  await 30 eval '[ "$(count alice "\"event\":\"sent\".*\"status\":200")" = 2 ]' || fail 'not both were answered 200' || return 1
  via bob bob listen --displayed --timeout 8 || fail 'bob did not end well' || return 1
  [ "$(count bob 'while you were out')" = 2 ] || fail "not just both: $(count bob 'while you were out')" || return 1
  grep 'while you were out' "$log/bob.json" | head -n 1 | grep -q first || fail 'not in the order of sending' || return 1
  ended 60 "$alice" || fail 'alice did not end well' || return 1
  [ "$(count alice '"event":"displayed"')" = 2 ] || fail 'alice was not told displayed'
}

kamailio_large() {
  title='a message of 20000 bytes: in large message mode to him who is there, stored for him who is away'
  local text
  text=$(printf 'x%.0s' {1..20000})
  via_start bob bob listen --count 1 --timeout 60
  local bob=$pid
  await 30 reported bob registered || fail 'bob was not registered' || return 1
  via alice alice send bob "$text" || fail 'the message was not taken' || return 1
  ended 60 "$bob" || fail 'bob did not get it' || return 1
  grep -q "\"text\":\"$text\"" "$log/bob.json" || fail 'the text came otherwise' || return 1
  via alice-again alice send bob "$text" && sent alice-again 202 || fail 'not answered 202' || return 1
  via back bob listen --count 1 --timeout 40 || fail 'it did not come' || return 1
  [ "$(count back "\"text\":\"$text\"")" = 1 ] || fail 'not exactly once, as it was'
}
