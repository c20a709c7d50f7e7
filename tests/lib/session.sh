#!/bin/bash
# session.sh: runs a command on a private X display, bus and window manager, all of which end with it
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   session.sh COMMAND [ARGUMENT]...
#
# SCREEN=1280x800x24  the size of the display;  COMPOSITE=1  starts a compositor (for screenshots of popovers)
# Everything a program keeps goes to a folder of its own (RUNDIR) that is removed at the end.
set -u
[ $# -gt 0 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }

W=$(mktemp -d /tmp/chat.XXXXXX) || exit 1        # short: the path of a Unix socket is limited to 108 bytes
mkdir -m 700 "$W/rt" && mkdir -p "$W/home/.config" "$W/home/.cache" "$W/home/.local/share" || exit 1
export RUNDIR=$W HOME=$W/home XDG_RUNTIME_DIR=$W/rt XDG_CONFIG_HOME=$W/home/.config XDG_DATA_HOME=$W/home/.local/share
export XDG_CACHE_HOME=${GUI_CACHE:-$W/home/.cache} XDG_STATE_HOME=$W/home/.local/state
export GDK_BACKEND=x11 GSK_RENDERER=cairo GTK_A11Y=atspi GSETTINGS_BACKEND=keyfile GIO_USE_VFS=local GIO_USE_NETWORK_MONITOR=base
export GTK_USE_PORTAL=0 ADW_DISABLE_PORTAL=1 LIBGL_ALWAYS_SOFTWARE=1
export LC_ALL=C.UTF-8 LANG=C.UTF-8 LANGUAGE= TZ=UTC
unset WAYLAND_DISPLAY DISPLAY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS NO_AT_BRIDGE GTK_MODULES GTK_THEME

mkfifo "$W/display" || exit 1
Xvfb -displayfd 3 -screen 0 "${SCREEN:-1280x800x24}" -nolisten tcp -noreset 3>"$W/display" >"$W/xvfb.log" 2>&1 &
X=$!
trap 'kill $X 2>/dev/null; wait $X 2>/dev/null; rm -rf "$W"' EXIT
trap 'exit 143' TERM INT HUP
read -r -t 60 number <"$W/display" || { echo "no X display:" >&2; cat "$W/xvfb.log" >&2; exit 1; }
export DISPLAY=:$number

# The bus gets no standard output: services that it starts would write into the command's.
# shellcheck disable=SC2016
dbus-run-session -- bash -c '
  openbox >/dev/null 2>&1 & WM=$!
  # Without a window manager focus is lost after dialogs.
  for ((i = 0; i < 3000; i++)); do
    xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 0x && break
    read -r -t 0.01 <> <(:)
  done
  # Out of the way: what happens to be under it looks as under the pointer, and has a tooltip
  width=${SCREEN:-1280x800x24} height=${width#*x}
  xdotool mousemove $((${width%%x*} - 1)) $((${height%%x*} - 1)) >/dev/null 2>&1
  [ -n "${COMPOSITE:-}" ] && { xcompmgr >/dev/null 2>&1 & CM=$!; }
  "$@" >&4 4>&-; rc=$?
  kill $WM ${CM:-} 2>/dev/null
  wait
  exit $rc' _ "$@" 4>&1 >/dev/null 2>"$W/err"
rc=$?
grep -vE 'fd limit|Activating service|Successfully activated|SpiRegistry|dbind-WARNING|X connection' "$W/err" >&2
exit $rc
