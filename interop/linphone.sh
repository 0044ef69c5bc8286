# Linphone against our own client, in both directions. Bob uses Linphone, Alice ./tucket. Sourced by interop/run.
# shellcheck shell=bash
#
# linphone/chat.c is a Linphone without a face: linphonec has no command that marks a message as read, which is what makes Linphone tell `displayed`.

suite_linphone() {
  serve linphone ''
  chat=$work/linphone/chat
  if ! gcc -Wall -Wextra -Wno-deprecated-declarations -o "$chat" "$here/linphone/chat.c" -llinphone -lbctoolbox >"$chat.log" 2>&1; then
    say "gcc did not compile $here/linphone/chat.c: $chat.log" >&2
    failed=$((failed + 1))
    return
  fi
  local t
  for t in tcp udp; do
    transport=$t
    cpim=1
    new_linphone
    scenario "linphone-$t-to" linphone_to
    scenario "linphone-$t-from" linphone_from
    scenario "linphone-$t-to-offline" linphone_to_offline
    scenario "linphone-$t-from-offline" linphone_from_offline
    scenario "linphone-$t-reports-stored" linphone_reports_stored
  done
  transport=tcp
  new_linphone
  scenario linphonec linphone_console
  cpim=0
  new_linphone
  scenario linphone-plain linphone_to
  stop "$server"
  # SIPp sees what is on the wire; it wants MD5 first
  serve linphone-wire 'core.algorithms = ["MD5", "SHA-256"]'
  cpim=1
  new_linphone
  scenario linphone-deflate linphone_deflate
  stop "$server"
}

# A Linphone that was never started: its own home with account and database, in $phone.
phones=0
new_linphone() {
  phones=$((phones + 1))
  phone=$work/linphone/phone$phones
  mkdir -p "$phone/.local/share/linphone" "$phone/.config/linphone" # it makes only the last of the folders itself
  sed -e 's/@NAME@/bob/g' -e "s/@PORT@/${!transport}/g" -e "s/@TRANSPORT@/$transport/g" -e "s/@CPIM@/$cpim/" \
    "$here/linphone/linphonerc" >"$phone/linphonerc"
  rm -f "$phone/in"
  mkfifo "$phone/in"
}

# on NAME [linphonec]: turns Bob's Linphone on and waits until it is registered. Its output is NAME.out, its process $bob.
on() {
  local out=$log/$1.out
  local -a program=("$chat" "$phone/linphonerc")
  [ "${2:-}" != linphonec ] || program=(stdbuf -oL linphonec -c "$phone/linphonerc" -d 5 -l "$log/$1.log")
  exec {keys}<>"$phone/in"
  env -u XDG_RUNTIME_DIR -u DISPLAY HOME="$phone" XDG_DATA_HOME="$phone/.local/share" XDG_CONFIG_HOME="$phone/.config" "${program[@]}" \
    >"$out" 2>"$log/$1.errors" <"$phone/in" &
  bob=$!
  started+=("$bob")
  if [ "${2:-}" = linphonec ]; then
    await 30 grep -q 'to \[LinphoneRegistrationOk\]' "$log/$1.log" || fail 'linphonec was not registered'
  else
    await 30 grep -q '^registration LinphoneRegistrationOk' "$out" || fail 'Linphone was not registered'
  fi
}

# type TEXT: a line for the Linphone that is on.
type_in() { printf '%s\n' "$1" >&"$keys"; }

# Turns Linphone off as a user does: it unregisters.
off() {
  type_in quit
  ended 15 "$bob" || stop "$bob"
  exec {keys}>&-
}

# client NAME COMMAND ARGUMENT...: our own client as Alice, JSON into NAME.json; its process is in $pid.
client() {
  local name=$1
  shift
  start "$log/$name.json" "$tucket" "$@" --json --config "$config" --server "$transport:127.0.0.1:${!transport}" --as alice
}

sent() { grep -q "\"event\":\"sent\".*\"status\":$2" "$log/$1.json"; }

reported() { grep -q "\"event\":\"$2\"" "$log/$1.json"; }

# has NAME TIMES TEXT: that output of Linphone shows the message so many times.
has() {
  local times
  times=$(grep -c "^message sip:alice@$domain [^ ]* $3\$" "$log/$1.out")
  [ "$times" = "$2" ] || fail "Linphone got \"$3\" $times times instead of $2"
}

state() { await 20 grep -q "^state LinphoneChatMessageState$2 $3\$" "$log/$1.out" || fail "Linphone was not told $2"; }

linphone_to() {
  title='ours to Linphone: text; delivered by itself, displayed when it is read'
  on bob || return 1
  client alice send bob "hello Linphone, größer als ASCII" --wait displayed --timeout 40
  local alice=$pid
  await 30 reported alice delivered || fail 'no delivered' || return 1
  sent alice 200 || fail 'the message was not answered 200' || return 1
  has bob 1 'hello Linphone, größer als ASCII' || return 1
  ! reported alice displayed || fail 'displayed before it was read' || return 1
  type_in read
  ended 40 "$alice" || fail 'no displayed' || return 1
  reported alice displayed || fail 'no displayed' || return 1
  grep -q '^Content-Encoding: deflate' "$log/bob.out" || fail 'Linphone no longer deflates its notifications' || return 1
  off
}

linphone_from() {
  title='Linphone to ours: text; delivered and displayed reach Linphone'
  on bob || return 1
  client alice listen --displayed --count 1 --timeout 60
  local alice=$pid
  await 30 reported alice registered || fail 'our client was not registered' || return 1
  type_in "send sip:alice@$domain hello Tucket, größer als ASCII"
  ended 60 "$alice" || fail 'the text did not come' || return 1
  grep -q '"text":"hello Tucket, größer als ASCII"' "$log/alice.json" || fail 'the text came otherwise' || return 1
  state bob Delivered 'hello Tucket, größer als ASCII' && state bob DeliveredToUser 'hello Tucket, größer als ASCII' &&
    state bob Displayed 'hello Tucket, größer als ASCII' || return 1
  off
}

linphone_to_offline() {
  title='ours to a Linphone that is off: stored; it has it once when it is on'
  local i
  for i in first second; do
    client "alice-$i" send bob "$i, while you were off"
    ended 40 "$pid" && sent "alice-$i" 202 || fail "the $i message was not answered 202" || return 1
  done
  on bob || return 1
  await 30 grep -q '^message .* second, while you were off' "$log/bob.out" || fail 'the messages did not come' || return 1
  off
  has bob 1 'first, while you were off' && has bob 1 'second, while you were off' || return 1
  grep '^message ' "$log/bob.out" | head -n 1 | grep -q 'first' || fail 'not in the order of sending' || return 1
  on again || return 1
  client alice send bob 'and now' --ask none
  ended 40 "$pid" || fail 'could not send' || return 1
  await 30 grep -q '^message .* and now' "$log/again.out" || fail 'the third message did not come' || return 1
  off
  has again 0 'first, while you were off' && has again 1 'and now'
}

linphone_from_offline() {
  title='Linphone to ours that is off: stored; we have it once; Linphone is told'
  on bob || return 1
  type_in "send sip:alice@$domain you are away"
  state bob Delivered 'you are away' || return 1
  ! grep -q '^state LinphoneChatMessageStateDeliveredToUser you are away' "$log/bob.out" || fail 'told delivered too early' || return 1
  client alice listen --displayed --timeout 8
  ended 60 "$pid" || fail 'our client did not end well' || return 1
  [ "$(grep -c '"text":"you are away"' "$log/alice.json")" = 1 ] || fail 'not exactly once' || return 1
  state bob DeliveredToUser 'you are away' && state bob Displayed 'you are away' || return 1
  client again listen --timeout 3
  ended 60 "$pid" || fail 'our client did not end well' || return 1
  ! reported again message || fail 'it came again' || return 1
  off
}

linphone_reports_stored() {
  title='we are off when Linphone reports: delivered and displayed wait for us'
  on bob || return 1
  client alice send bob 'tell me later'
  ended 40 "$pid" && sent alice 200 || fail 'the message was not answered 200' || return 1
  await 20 has bob 1 'tell me later' || fail 'the text did not come' || return 1
  type_in read
  await 10 grep -q '^read' "$log/bob.out" || fail 'Linphone did not read' || return 1
  off
  client later listen --timeout 6
  ended 60 "$pid" || fail 'our client did not end well' || return 1
  reported later delivered || fail 'no delivered' || return 1
  reported later displayed || fail 'no displayed'
}

linphone_console() {
  title='linphonec, both ways: text, delivered'
  on bob linphonec || return 1
  client alice send bob 'hello linphonec' --wait delivered --timeout 40
  ended 60 "$pid" || fail 'no delivered' || return 1
  await 10 grep -q 'hello linphonec' "$log/bob.out" || fail 'linphonec does not show the text' || return 1
  client listener listen --displayed --count 1 --timeout 60
  local alice=$pid
  await 30 reported listener registered || fail 'our client was not registered' || return 1
  type_in "chat sip:alice@$domain hello from linphonec" # what its help says of quotes is not so: they would be sent
  ended 60 "$alice" || fail 'the text did not come' || return 1
  grep -q '"text":"hello from linphonec"' "$log/listener.json" || fail 'the text came otherwise' || return 1
  await 20 grep -q 'moving from .* to DeliveredToUser' "$log/bob.log" || fail 'linphonec was not told delivered' || return 1
  off
}

linphone_deflate() {
  title='Linphone deflates its notifications: others have them in clear, as CPIM'
  on bob || return 1
  free_port
  sipp_start device device alice "$port" -oocsf "$here/sipp/received.xml" -set wanted 2
  local alice=$pid
  await 20 grep -q '^registered' "$log/device.log" || fail 'SIPp was not registered' || return 1
  free_port
  sipp_run message message alice "$port" -key to bob -key id "deflated.$RANDOM" -key asks 'positive-delivery, display' -key text 'report to a SIPp' ||
    fail 'SIPp could not send' || return 1
  await 20 grep -q "^message sip:alice@$domain [^ ]* report to a SIPp" "$log/bob.out" || fail 'the text did not come' || return 1
  type_in read
  ended 45 "$alice" || fail 'the notifications did not come' || return 1
  off
  grep -q '^Content-Encoding: deflate' "$log/bob.out" || fail 'Linphone no longer deflates its notifications' || return 1
  ! grep -qi '^Content-Encoding:' "$log/device.log" || fail 'a notification came encoded' || return 1
  grep -q '<delivered */>' "$log/device.log" && grep -q '<displayed */>' "$log/device.log" || fail 'the notifications are not readable' || return 1
  [ "$(grep -ci '^Content-Type: message/cpim' "$log/device.log")" = 2 ] || fail 'a notification came without CPIM'
}
