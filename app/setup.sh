# setup.sh: what Chat needs from the system, and how it gets there. Sourced by app/run, server-stub/run and tests/run.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034
#
#   . app/setup.sh
#   chat_need_packages CHAT_SERVER_BUILD_PACKAGES CHAT_TEST_PACKAGES
#
# The lists name Debian's packages (12 and newer, and what comes from it). "a|b" is one need under two names: the
# first that is installed, or else the first that can be, serves. Nothing is done, and nothing printed, where all is there.

# To build the protocol library and the server
CHAT_SERVER_BUILD_PACKAGES=(
  gcc libc6-dev 'pkgconf|pkg-config' meson ninja-build gettext
  libglib2.0-dev libjson-glib-dev libsoup-3.0-dev libsqlite3-dev libsodium-dev libgnutls28-dev
)
CHAT_SERVER_BUILD_PROBES=(cc pkg-config meson ninja msgfmt
  pkg:glib-2.0 pkg:json-glib-1.0 pkg:libsoup-3.0 pkg:sqlite3 pkg:libsodium pkg:gnutls)

# To build the app as well
CHAT_BUILD_PACKAGES=(
  "${CHAT_SERVER_BUILD_PACKAGES[@]}"
  libgtk-4-dev libadwaita-1-dev libgdk-pixbuf-2.0-dev libsecret-1-dev libportal-gtk4-dev libgtk-4-bin libxml2-utils desktop-file-utils appstream
)
CHAT_BUILD_PROBES=("${CHAT_SERVER_BUILD_PROBES[@]}" xmllint desktop-file-validate
  pkg:gtk4 pkg:libadwaita-1 pkg:gdk-pixbuf-2.0 pkg:libsecret-1 pkg:libportal-gtk4)

# To run the app, on a display or on a virtual one
CHAT_RUN_PACKAGES=(
  glib-networking librsvg2-common webp-pixbuf-loader adwaita-icon-theme fonts-dejavu-core fonts-noto-color-emoji
  'dbus-daemon|dbus' at-spi2-core dconf-gsettings-backend
)
CHAT_RUN_PROBES=(dbus-run-session)

# The virtual display: a screen, a window manager, a compositor, letters, eyes and hands
CHAT_DISPLAY_PACKAGES=(
  xvfb x11-utils openbox xcompmgr imagemagick xdotool
  fonts-cantarell 'fonts-wqy-microhei|fonts-droid-fallback|fonts-noto-cjk'
  python3 python3-gi gir1.2-atspi-2.0
)
CHAT_DISPLAY_PROBES=(Xvfb xprop openbox import xdotool python3)

# To run every test
CHAT_TEST_PACKAGES=(
  "${CHAT_DISPLAY_PACKAGES[@]}" python3-dogtail python3-pyatspi openssl locales
)
CHAT_TEST_PROBES=("${CHAT_DISPLAY_PROBES[@]}" openssl)

# The second compiler, where a check wants both
CHAT_CLANG_PACKAGES=(clang)
CHAT_CLANG_PROBES=(clang)

# libFuzzer, the sanitizers of clang, and what tells which lines were reached
CHAT_FUZZ_PACKAGES=(clang libclang-rt-dev llvm)
CHAT_FUZZ_PROBES=(clang llvm-cov)

# The checks on demand: memory by valgrind, which needs to know the C library; threads, with GLib built from its source
CHAT_MEMCHECK_PACKAGES=(valgrind libc6-dbg)
CHAT_MEMCHECK_PROBES=(valgrind)
CHAT_TSAN_PACKAGES=(dpkg-dev)
CHAT_TSAN_PROBES=(dpkg-source)

# The flatpak, and a runtime made of Debian's packages
CHAT_FLATPAK_PACKAGES=(flatpak flatpak-builder bubblewrap mmdebstrap ostree elfutils jq)
CHAT_FLATPAK_PROBES=(flatpak flatpak-builder bwrap mmdebstrap ostree eu-strip jq)

# chat_available PACKAGE: whether apt could install it
chat_available () {
  local policy
  policy=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null) || return 1
  grep -q '^  Candidate: [^(]' <<<"$policy"
}

# chat_missing NEED...: prints the needs that no installed package serves
chat_missing () {
  local need name found status
  local -A installed=()
  while read -r name status; do
    [ "$status" = installed ] && installed[$name]=1
  done < <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' 2>/dev/null)
  for need in "$@"; do
    found=
    for name in ${need//|/ }; do
      [ -n "${installed[$name]:-}" ] && found=1
    done
    [ -n "$found" ] || printf '%s\n' "$need"
  done
}

# chat_resolve NEED...: prints for each the package that apt can install; fails, naming it, where there is none
chat_resolve () {
  local need name found rc=0
  for need in "$@"; do
    found=
    for name in ${need//|/ }; do
      if chat_available "$name"; then found=$name; break; fi
    done
    if [ -n "$found" ]; then printf '%s\n' "$found"; else printf 'no package for %s\n' "$need" >&2; rc=1; fi
  done
  return $rc
}

# chat_probe PROBE...: on a system without dpkg: commands, and "pkg:" modules of pkg-config; prints those not found
chat_probe () {
  local probe
  for probe in "$@"; do
    case $probe in
      pkg:*) pkg-config --exists "${probe#pkg:}" 2>/dev/null || printf '%s\n' "$probe" ;;
      *) command -v "$probe" >/dev/null 2>&1 || printf '%s\n' "$probe" ;;
    esac
  done
}

# chat_as_root COMMAND...
chat_as_root () {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# chat_need_packages LIST...: LIST is the name of an array above. Returns 0 once all of it is installed.
chat_need_packages () {
  local list needs=() probes=() missing=() packages=()
  for list in "$@"; do
    local -n chat_list=$list chat_probes=${list%_PACKAGES}_PROBES
    needs+=("${chat_list[@]}") probes+=("${chat_probes[@]}")
    unset -n chat_list chat_probes
  done

  if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    mapfile -t missing < <(chat_probe "${probes[@]}" | sort -u)
    [ ${#missing[@]} = 0 ] && return 0
    {
      echo "This system has no apt: please install what is missing with its own package manager."
      echo "  not found (pkg: is a development package, by its pkg-config name): ${missing[*]}"
      echo "  on Debian all of it comes from: ${needs[*]}"
    } >&2
    return 1
  fi

  mapfile -t missing < <(chat_missing "${needs[@]}" | sort -u)
  [ ${#missing[@]} = 0 ] && return 0

  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1 || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
      echo "These packages are missing, and installing them takes an administrator:" >&2
      echo "  apt-get install --no-install-recommends ${missing[*]%%|*}" >&2
      return 1
    fi
  fi

  echo "Missing packages: ${missing[*]}" >&2
  # A fresh machine knows no packages yet; an old list may name files that are gone, so a failure asks once more
  if ! mapfile -t packages < <(chat_resolve "${missing[@]}" 2>/dev/null) || [ ${#packages[@]} != ${#missing[@]} ]; then
    chat_as_root apt-get -q -o DPkg::Lock::Timeout=600 update >&2 || return 1
    mapfile -t packages < <(chat_resolve "${missing[@]}")
    [ ${#packages[@]} = ${#missing[@]} ] || return 1
  fi
  echo "Installing: ${packages[*]}" >&2
  chat_install "${packages[@]}" && return 0
  chat_as_root apt-get -q -o DPkg::Lock::Timeout=600 update >&2 || return 1
  chat_install "${packages[@]}"
}

chat_install () {
  chat_as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
    install --no-install-recommends "$@" >&2
}
