# SIPp as plain SIP devices: no instance id, one socket, MD5 only. Sourced by interop/run.
# shellcheck shell=bash
#
# Debian's SIPp speaks no TLS. For it, socat stands between: it takes SIPp's TCP and connects by TLS, checking the server's certificate, or the other way
# round. What SIPp writes (Via, Contact) says TLS.

suite_sipp() {
  # SIPp 3.6 gives up where the first challenge it reads is not MD5
  serve sipp 'core.algorithms = ["MD5", "SHA-256"]'
  tls_way_in
  local t
  for t in udp tcp tls; do
    transport=$t
    scenario "sipp-$t-register" sipp_register
    scenario "sipp-$t-online" sipp_online
    scenario "sipp-$t-offline" sipp_offline
    scenario "sipp-$t-fork" sipp_fork
    scenario "sipp-$t-contact" sipp_contact
    scenario "sipp-$t-publish" sipp_publish
    scenario "sipp-$t-subscribe" sipp_subscribe
    scenario "sipp-$t-presence" sipp_presence
    scenario "sipp-$t-no-credentials" sipp_no_credentials
    scenario "sipp-$t-wrong-password" sipp_wrong_password
  done
  transport=udp
  scenario sipp-guessing sipp_guessing
  stop "$server"
}

# A TCP port that leads to the server's TLS port, in $bridge.
tls_way_in() {
  free_port
  bridge=$port
  start "$work/sipp/socat.log" socat "TCP-LISTEN:$bridge,bind=127.0.0.1,reuseaddr,fork" "OPENSSL:127.0.0.1:$tls,cafile=$work/tls/ca.pem,verify=1"
}

# The arguments that go with the transport: mode, where to, Via; $parameter is what a Contact of that transport has at its end.
by_transport() {
  case $transport in
    udp) mode=u1 to=$udp parameter='' ;;
    tcp) mode=t1 to=$tcp parameter=';transport=tcp' ;;
    tls) mode=t1 to=$bridge parameter=';transport=tls' ;;
  esac
}

# sipp_start NAME SCENARIO USER PORT [ARGUMENT...]: one call, at most 40 s. Its Contact is $contact, or where that is empty its own port. Logs under the
# scenario's folder: NAME.out, NAME.messages, NAME.log.
contact=''
sipp_start() {
  local name=$1 xml=$2 user=$3 own=$4
  shift 4
  by_transport
  start "$log/$name.out" sipp "127.0.0.1:$to" -sf "$here/sipp/$xml.xml" -inf "$here/sipp/$user.csv" -t "$mode" -i 127.0.0.1 -p "$own" \
    -m 1 -nostdin -timeout 40 -timeout_error -recv_timeout 20000 -auth_uri "127.0.0.1:${!transport}" \
    -key via "${transport^^}" -key contact "${contact:-127.0.0.1:$own$parameter}" \
    -trace_msg -message_file "$log/$name.messages" -message_overwrite true \
    -trace_logs -log_file "$log/$name.log" -log_overwrite true \
    -trace_err -error_file "$log/$name.errors" "$@"
}

# The same to its end: exit code 0 where the scenario went as written.
sipp_run() {
  sipp_start "$@"
  ended 45 "$pid"
}

# device NAME WANTED: bob on a device that waits for so many messages; returns when it is registered. Its process is in $pid.
device() {
  free_port
  sipp_start "$1" device bob "$port" -oocsf "$here/sipp/received.xml" -set wanted "$2"
  await 20 grep -q '^registered' "$log/$1.log" || fail "$1 was not registered"
}

# message NAME STATUS TEXT: alice sends bob a message and is answered STATUS.
message() {
  free_port
  sipp_run "$1" message alice "$port" -key to bob -key id "$1.$transport.$RANDOM$RANDOM" -key asks negative-delivery -key text "$3" ||
    fail "SIPp could not send: $1.errors, $1.messages" || return 1
  grep -q "^answered $2" "$log/$1.log" || fail "the message was not answered $2 but: $(grep '^answered' "$log/$1.log")"
}

# got NAME TIMES TEXT: the device has had the text so many times.
got() {
  local times
  times=$(grep -c "^$3" "$log/$1.log")
  [ "$times" = "$2" ] || fail "$1 got \"$3\" $times times instead of $2"
}

sipp_register() {
  title='REGISTER: challenged, answered by digest, accepted'
  by_transport
  free_port
  local contact="127.0.0.1:$port$parameter"
  sipp_run register register bob "$port" -key expires 300 || fail 'no 200' || return 1
  free_port
  sipp_run unregister register bob "$port" -key expires 0 || fail 'could not unregister'
}

sipp_online() {
  title='MESSAGE to somebody who is there: he has it, 200'
  device bob 1 || return 1
  local bob=$pid
  message alice 200 "hello over $transport" || return 1
  ended 45 "$bob" || fail 'the device did not end well' || return 1
  got bob 1 "hello over $transport"
}

sipp_offline() {
  title='MESSAGE to somebody who is away: 202, pushed once when he registers'
  message alice 202 "first over $transport" && message again 202 "second over $transport" || return 1
  device bob 2 || return 1
  ended 45 "$pid" || fail 'the messages did not come' || return 1
  got bob 1 "first over $transport" && got bob 1 "second over $transport" || return 1
  [ "$(grep -n '^first' "$log/bob.log" | cut -d: -f1)" -lt "$(grep -n '^second' "$log/bob.log" | cut -d: -f1)" ] || fail 'not in the order of sending' || return 1
  device later 0 || return 1
  ended 45 "$pid" || fail 'the device did not end well' || return 1
  got later 0 '== received'
}

sipp_fork() {
  title='MESSAGE to somebody with two devices: both have it'
  device one 1 || return 1
  local one=$pid
  device two 1 || return 1
  local two=$pid
  message alice 200 "to both over $transport" || return 1
  ended 45 "$one" || fail 'the first device did not get it' || return 1
  ended 45 "$two" || fail 'the second device did not get it' || return 1
  got one 1 "to both over $transport" && got two 1 "to both over $transport"
}

# The device registers over one connection, closes it, and listens on the port of its Contact: the server has to connect.
sipp_contact() {
  title='MESSAGE to a Contact that is not where the REGISTER came from'
  free_port
  local own=$port listener
  by_transport
  local contact="127.0.0.1:$own$parameter" listens=$own
  if [ "$transport" = tls ]; then
    free_port
    listens=$port
    start "$log/socat.out" socat "OPENSSL-LISTEN:$own,bind=127.0.0.1,reuseaddr,fork,cert=$work/tls/cert.pem,key=$work/tls/key.pem,verify=0" \
      "TCP:127.0.0.1:$listens"
  fi
  sipp_start listener received bob "$listens"
  listener=$pid
  free_port
  sipp_run register register bob "$port" -key expires 300 || fail 'not registered' || return 1
  message alice 200 "to the contact over $transport" || return 1
  ended 45 "$listener" || fail 'nobody came to the contact' || return 1
  got listener 1 "to the contact over $transport" || return 1
  free_port
  sipp_run unregister register bob "$port" -key expires 0 || fail 'could not unregister'
}

sipp_publish() {
  title='PUBLISH of settings: made, refreshed, removed, 412 for the tag that is gone'
  free_port
  sipp_run publish publish bob "$port" || fail 'PUBLISH did not go as written' || return 1
  got publish 1 published && got publish 1 refreshed && got publish 1 removed
}

sipp_subscribe() {
  title='SUBSCRIBE to presence: NOTIFY with PIDF, and a last one at the end'
  by_transport
  free_port
  local contact="127.0.0.1:$port$parameter"
  sipp_run subscribe subscribe bob "$port" || fail 'SUBSCRIBE did not go as written' || return 1
  got subscribe 1 told && got subscribe 1 ended
}

# said NAME SCENARIO STATUS ARGUMENT...: bob's PUBLISH of presence, answered STATUS; the entity tag of the answer is then in $tag.
tag=''
said() {
  local name=$1 xml=$2 status=$3
  shift 3
  free_port
  sipp_run "$name" "$xml" bob "$port" -key tag "$tag" "$@" || fail "PUBLISH $name did not go as written" || return 1
  grep -q "^answered $status" "$log/$name.log" || fail "PUBLISH $name was not answered $status" || return 1
  tag=$(sed -n 's/^tag //p' "$log/$name.log" | tr -d '\r')
}

# saw WHAT: the watcher has been told so.
saw() {
  await 20 grep -q "^$1" "$log/watcher.log" || fail "the watcher was not told: $1"
}

sipp_presence() {
  title='presence: PUBLISH open, refreshed, closed, removed, 412; each to a watcher by NOTIFY'
  by_transport
  free_port
  local contact="127.0.0.1:$port$parameter" watcher old
  sipp_start watcher presence-watch bob "$port"
  watcher=$pid
  saw 'notified ' || return 1
  tag=''
  said open presence-publish 200 -key basic open -key note 'at my desk' || return 1
  saw 'saw open' && saw 'told again' || return 1
  old=$tag
  said refresh presence-keep 200 -key expires 600 || return 1
  [ -n "$tag" ] && [ "$tag" != "$old" ] || fail 'the refresh gave no new entity tag' || return 1
  said closed presence-change 200 -key basic closed -key note 'out for lunch' || return 1
  saw 'saw closed' || return 1
  local last=$tag
  tag=$old
  said stale presence-change 412 -key basic open -key note 'too late' || return 1
  tag=$last
  said removed presence-keep 200 -key expires 0 || return 1
  saw 'saw gone' || return 1
  tag=$last
  said again presence-keep 412 -key expires 600 || return 1
  ended 45 "$watcher" || fail 'the subscription did not end well: watcher.errors, watcher.messages' || return 1
  got watcher 1 refreshed && got watcher 1 ended || return 1
  ! grep -q 'too late' "$log/watcher.log" || fail 'what was refused was told'
}

sipp_no_credentials() {
  title='MESSAGE without credentials: 407'
  free_port
  sipp_run alice no-credentials alice "$port" -key to bob -key id "none.$RANDOM" -key asks negative-delivery -key text nothing || fail 'no 407'
}

sipp_wrong_password() {
  title='REGISTER with a wrong password: 401, no more'
  free_port
  sipp_run carol wrong-password wrong "$port" || fail 'no 401'
}

sipp_guessing() {
  title='five wrong passwords: 403 with Retry-After'
  free_port
  sipp_run mallory guessing nobody "$port" || fail 'no 403' || return 1
  grep -q '^wait [0-9]' "$log/mallory.log" || fail 'no Retry-After'
}
