# demo.sh: a server with sample people for app/run and data/screenshots/make, which source it
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034
#
# chat_build DIR           builds the app and the server of this tree in DIR, which may exist
# chat_start_demo DIR      starts the server with the sample people; sets DEMO_ADDRESS, DEMO_PID and DEMO_PASSWORD_FILE
# chat_stop_demo           ends it

CHAT_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DEMO_LOGIN=ada
DEMO_PASSWORD=chat-demo-1
DEMO_PID=

chat_build () {
  local build=$1 log=$1/build.log
  mkdir -p "$build"
  if [ ! -f "$build/build.ninja" ] && ! meson setup "$build" "$CHAT_ROOT" >"$log" 2>&1; then
    cat "$log" >&2
    return 1
  fi
  # shellcheck disable=SC2046
  if ! ninja -C "$build" $(sed 's#.*#po/&/LC_MESSAGES/chat.mo#' "$CHAT_ROOT/po/LINGUAS") app/com.example.Chat app/decoder/com.example.Chat.Decoder server-stub/com.example.Chat.Server data/gschemas.compiled >"$log" 2>&1; then
    tail -n 50 "$log" >&2
    return 1
  fi
  CHAT_APP=$build/app/com.example.Chat
  CHAT_SERVER=$build/server-stub/com.example.Chat.Server
  # Run from where it was built: its settings and languages lie there
  export GSETTINGS_SCHEMA_DIR=$build/data CHAT_DECODER=$build/app/decoder/com.example.Chat.Decoder
  export CHAT_LOCALE_DIR=$build/po
}

chat_start_demo () {
  local dir=$1 line
  (umask 077 && mkdir -p "$dir") || return 1
  DEMO_PASSWORD_FILE=$dir/password
  (umask 077 && printf '%s\n' "$DEMO_PASSWORD" >"$DEMO_PASSWORD_FILE")
  exec {DEMO_OUT}< <(exec "$CHAT_SERVER" --listen 127.0.0.1:0 --insecure --demo --data "$dir/server" 2>"$dir/server.log")
  DEMO_PID=$!
  if ! read -r -t 120 -u "$DEMO_OUT" line || [[ $line != ready\ * ]]; then
    echo "The server did not start:" >&2
    cat "$dir/server.log" >&2
    chat_stop_demo
    return 1
  fi
  DEMO_ADDRESS=${line#ready }
}

chat_stop_demo () {
  [ -n "$DEMO_PID" ] || return 0
  kill "$DEMO_PID" 2>/dev/null
  wait "$DEMO_PID" 2>/dev/null
  DEMO_PID=
}
