# Kamailio's xcap_server as the XCAP server of our client commands, and our XCAP server as that of Kamailio's xcap_client. Sourced by interop/run.
# shellcheck shell=bash
#
# Its documents are in text files (db_text); its configurations are interop/xcap/kamailio-xcap.cfg and kamailio-rules.cfg. A server of ours runs only for the
# second.

suite_xcap() {
  free_port
  there=$port
  mkdir -p "$work/xcap/documents"
  # the tables as Debian ships them: empty
  cp /usr/share/kamailio/dbtext/kamailio/xcap /usr/share/kamailio/dbtext/kamailio/version "$work/xcap/documents/"
  sed -e "s|MODULES|$(dirname "$(ls /usr/lib/*/kamailio/modules/xcap_server.so | head -n 1)")|" -e "s|PORT|$there|" \
    -e "s|DATABASE|$work/xcap/documents|" -e "s|DOMAIN|$domain|" "$here/xcap/kamailio-xcap.cfg" >"$work/xcap/kamailio.cfg"
  start "$work/xcap/kamailio.log" kamailio -f "$work/xcap/kamailio.cfg" -DD -E -m 32 -M 4 -P "$work/xcap/pid" -Y "$work/xcap"
  xcap_server=$pid
  printf 'domain = "%s"\nhttp.listen = ""\n' "$domain" >"$work/xcap/client.conf"
  printf 'no-such-password\n' >"$work/xcap/wrong"
  # the first command may have to build the program
  log=$work/xcap
  await 600 xcap first lists alice
  export TUCKET_BUILD=no
  scenario xcap-lists xcap_lists
  scenario xcap-profile xcap_profile
  scenario xcap-refused xcap_refused
  stop "$xcap_server"
  scenario xcap-client xcap_client
}

# xcap NAME COMMAND USER ARGUMENT...: our client command as that user, spoken to Kamailio; its exit code. What it prints is in NAME.json.
xcap() {
  local name=$1 command=$2 user=$3
  shift 3
  start "$log/$name.json" "$tucket" "$command" "$@" --json --config "$work/xcap/client.conf" --as "$user" --xcap "http://127.0.0.1:$there/xcap-root"
  ended 60 "$pid"
}

# The same, which must be refused: exit code 4.
xcap_no() {
  xcap "$@"
  [ $? = 4 ] || fail "$1 was not refused"
}

# printed NAME TEXT: a line of what it printed.
printed() { grep -qF "$2" "$log/$1.json" || fail "$1 did not print $2"; }

xcap_lists() {
  title='lists at Kamailio: made, changed, shown, taken apart'
  xcap before lists alice || fail 'no list could not be shown' || return 1
  ! grep -q '"list"' "$log/before.json" || fail 'there are lists already' || return 1
  xcap bob lists alice --add friends bob --name Bob || fail 'the document was not made' || return 1
  xcap carol lists alice --add friends carol || fail 'nobody could be added' || return 1
  xcap work lists alice --add 'work mates' bob || fail 'a second list was not made' || return 1
  xcap again lists alice --add friends bob --name Robert || fail 'no entry could be changed' || return 1
  xcap all lists alice || fail 'the lists could not be read' || return 1
  printed all '"list":"friends","user":"sip:bob@'"$domain"'","name":"Robert"' && printed all '"list":"friends","user":"sip:carol@'"$domain"'"' || return 1
  printed all '"list":"work mates","user":"sip:bob@'"$domain"'"' || return 1
  [ "$(grep -c '"list":"friends"' "$log/all.json")" = 2 ] || fail 'somebody is there twice' || return 1
  xcap remove lists alice --remove friends carol || fail 'nobody could be removed' || return 1
  xcap drop lists alice --drop 'work mates' || fail 'the list could not be dropped' || return 1
  xcap left lists alice || fail 'the lists could not be read again' || return 1
  [ "$(grep -c '"list"' "$log/left.json")" = 1 ] && printed left '"user":"sip:bob@'"$domain"'","name":"Robert"' || fail 'something else is left'
}

xcap_profile() {
  title='a profile at Kamailio: made, read, changed by If-Match; nobody else reads it'
  xcap made profile alice --change 'display-name=Alice Liddell' --change 'freetext=down the <rabbit> hole' || fail 'it was not made' || return 1
  xcap shown profile alice || fail 'it could not be read' || return 1
  printed shown '"display-name":"Alice Liddell"' && printed shown '"freetext":"down the <rabbit> hole"' || return 1
  xcap less profile alice --change freetext= || fail 'it could not be changed' || return 1
  xcap after profile alice || fail 'it could not be read again' || return 1
  printed after '"display-name":"Alice Liddell"' || return 1
  ! grep -q freetext "$log/after.json" || fail 'the free text is still there' || return 1
  xcap_no bob profile bob alice
}

xcap_refused() {
  title='what Kamailio refuses: wrong password, blocking and searching; nothing is half done'
  xcap_no password lists alice --password-file "$work/xcap/wrong" || return 1
  xcap_no block block alice mallory || return 1
  xcap blocked block alice || fail 'the blocked could not be shown' || return 1
  ! grep -q mallory "$log/blocked.json" || fail 'he is listed as blocked, but no rule says so' || return 1
  xcap_no search profile alice --search Liddell
}

# rules_server LINES: our server with a port for XCAP and one for metrics, and the data of the one before.
rules_server() {
  serve rules "http.listen = \"127.0.0.1:$metrics\"
xdms.listen = \"127.0.0.1:$rules\"
$1"
}

# rules_asked USER: he watches bob at Kamailio, which asks for bob's rules.
rules_asked() {
  start "$log/watch-$1.json" "$tucket" presence bob --json --config "$config" --server "udp:127.0.0.1:$there" --as "$1"
  ended 60 "$pid"
}

# answered STATUS: our server has answered a GET of XCAP with it.
answered() { curl -s "http://127.0.0.1:$metrics/metrics" | grep -q "^tucket_xcap_requests_total{method=\"GET\",status=\"$1\"}"; }

xcap_client() {
  title="Kamailio asks us for a user's rules without a password: 401 for a stranger, 200 for a trusted server"
  free_port
  rules=$port
  free_port
  metrics=$port
  free_port
  there=$port
  mkdir -p "$log/documents"
  cp /usr/share/kamailio/dbtext/kamailio/{xcap,presentity,active_watchers,watchers,version} "$log/documents/"
  sed -e "s|MODULES|$(dirname "$(ls /usr/lib/*/kamailio/modules/xcap_client.so | head -n 1)")|" -e "s|PORT|$there|" -e "s|DATABASE|$log/documents|" \
    -e "s|\"XCAP\"|\"http://127.0.0.1/xcap:$rules\"|" "$here/xcap/kamailio-rules.cfg" >"$log/kamailio.cfg"
  start "$log/kamailio.log" kamailio -f "$log/kamailio.cfg" -DD -E -m 32 -M 4 -P "$log/pid" -Y "$log"
  rules_server ''
  local xml='<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules"><rule id="a"><conditions><identity>'
  xml="$xml<one id=\"sip:carol@$domain\"/></identity></conditions><actions><pr:sub-handling>allow</pr:sub-handling></actions></rule></ruleset>"
  start "$log/put.json" "$tucket" documents put --json --config "$config" --as bob pres-rules/index --text "$xml"
  ended 60 "$pid" || fail 'bob could not write his rules' || return 1
  rules_asked alice || fail 'Kamailio did not notify alice' || return 1
  answered 401 || fail 'Kamailio has not asked, or was answered something else than 401' || return 1
  ! answered 200 || fail 'a stranger was given the rules' || return 1
  stop "$server"
  rules_server 'xdms.trusted.addresses = ["127.0.0.1"]'
  rules_asked carol || fail 'Kamailio did not notify carol' || return 1
  answered 200 || fail 'Kamailio was not given the rules' || return 1
  stop "$server"
}
