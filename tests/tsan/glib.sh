#!/bin/bash
# glib.sh FOLDER: builds in FOLDER the GLib of this system with the thread sanitizer, from the source of its package
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the sanitizer does not see it takes for a race: the locks of a GLib that was built without it, for one. Prints the folders of the
# libraries, for LD_LIBRARY_PATH. A folder that is complete is used as it is.
set -eu
mkdir -p "${1:?FOLDER}"
FOLDER=$(realpath "$1")
LOG=$FOLDER/build.log

folders () {
  printf '%s' "$FOLDER/build/glib:$FOLDER/build/gobject:$FOLDER/build/gio:$FOLDER/build/gmodule:$FOLDER/build/gthread"
}

# fetch: the source package of the version that is installed, by apt, from where the system has its packages; nothing of the
# system's own lists is changed
fetch () {
  local version sources=$FOLDER/apt/sources apt
  mkdir -p "$sources" "$FOLDER/apt/lists/partial"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] && sed -E 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$file" >"$sources/$(basename "$file")"
  done
  apt=(apt-get -q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$sources" -o "Dir::State::Lists=$FOLDER/apt/lists"
    -o APT::Sandbox::User=root)
  "${apt[@]}" update
  version=$(dpkg-query -W -f '${source:Version}' libglib2.0-dev)
  (cd "$FOLDER" && rm -rf glib2.0-*/ && { "${apt[@]}" source "glib2.0=$version" || "${apt[@]}" source glib2.0; })
}

if [ ! -f "$FOLDER/complete" ]; then
  {
    fetch
    cd "$FOLDER"/glib2.0-*/
    # Written in assembler these locks can not be seen; GLib has them in C for other processors
    sed -i '/define USE_ASM_GOTO/d' glib/gbitlock.c
    rm -rf "$FOLDER/build"
    CC=gcc meson setup "$FOLDER/build" --buildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false -Dtests=false -Dnls=disabled \
      -Dselinux=disabled -Dlibmount=disabled -Dman=false -Dsysprof=disabled -Dlibelf=disabled
    nice ninja -C "$FOLDER/build"
    touch "$FOLDER/complete"
  } >"$LOG" 2>&1 || {
    tail -n 20 "$LOG" >&2
    echo "the whole log: $LOG" >&2
    exit 1
  }
fi
folders
