#!/bin/bash
# sanitized.sh: runs a program under the sanitizers, again where the leak checker itself broke down
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The leak checker stops all threads at the end and reads them. Now and then a thread that is just ending makes it fall over
# ("Tracer caught signal 11"): it has then found nothing, and proved nothing. A finding is never tried again.
set -u
said=$(mktemp) || exit 1
trap 'rm -f "$said" "$said.err"' EXIT
for try in 1 2 3; do
  "$@" >"$said" 2>"$said.err"
  rc=$?
  grep -q 'LeakSanitizer has encountered a fatal error' "$said" "$said.err" || break
  [ $try = 3 ] || echo "# the leak checker broke down: once more" >&2
done
cat "$said"
cat "$said.err" >&2
exit $rc
