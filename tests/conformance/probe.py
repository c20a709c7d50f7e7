#!/usr/bin/env python3
# probe.py: the app's own client layer against a server that knows the user's API alone
# SPDX-License-Identifier: GPL-3.0-or-later
"""probe.py PROBE [SERVER]

PROBE drives the session that the app uses, without windows, and prints TAP; SERVER is our server. It is run against api_server.py, in
whole and in small pieces of bytes, and (for comparison) against SERVER.
"""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from api_client import PASSWORD, Server  # noqa: E402
from tap import Tap  # noqa: E402

PATIENCE = 120


def run(tap, name, program, server, login):
    with tempfile.TemporaryDirectory(prefix='chat-probe-') as home:
        environment = dict(os.environ, G_DEBUG='fatal-warnings', HOME=home, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home, XDG_CACHE_HOME=home,
                           XDG_RUNTIME_DIR=home, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent')    # no keyring answers
        command = [program, '--server', '%s:%d' % server.address, '--insecure', '--login', login, '--pass', PASSWORD, '--peer', f'{login}.peer']
        try:
            result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE)
            output, errors, code = result.stdout, result.stderr, result.returncode
        except subprocess.TimeoutExpired as error:
            output, errors, code = (error.stdout or b'').decode(), (error.stderr or b'').decode(), 'none: it did not end'
    number = 0
    for line in output.splitlines():
        match = re.match(r'(not )?ok\s*\d*\s*(?:- )?(.*)', line)
        if match:
            number += 1
            skip = re.search(r'#\s*SKIP\s*(.*)', line)
            if skip:
                tap.skip(f'{name}: {match.group(2).partition("#")[0]}', skip.group(1) or 'without a reason')
            else:
                tap.ok(not match.group(1), f'{name}: {match.group(2)}', line + '\n' + errors[-1500:])
    tap.ok(code == 0 and number > 5, f'{name}: the probe ends well', f'status {code}, {number} steps\n{errors[:2500]}\n{output[-1500:]}')


def main():
    tap = Tap()
    program = sys.argv[1]
    for name, options in (('API server', ()), ('API server, in pieces of 7 bytes', ('--split', '7'))):
        log = tempfile.NamedTemporaryFile('r', suffix='.log', encoding='utf-8')
        server = Server([os.path.join(HERE, 'api_server.py')], api_only=True, extra=['--log', log.name, *options])
        tap.group(name, run, tap, name, program, server, 'olga')
        lines = log.read().splitlines()
        tap.eq([line for line in lines if line.startswith('!')], [], f'{name}: it was sent nothing that the API does not allow')
        tap.ok(len(lines) > 10, f'{name}: it was asked', len(lines))
        server.clean()
    for program_of_ours in sys.argv[2:]:
        server = Server([program_of_ours])
        tap.group('our server', run, tap, 'our server', program, server, 'pavel')
        server.clean()
    tap.finish()


if __name__ == '__main__':
    main()
