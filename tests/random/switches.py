#!/usr/bin/env python3
# switches.py: does the property notice what it is there for? A server that does wrong on purpose must be caught
# SPDX-License-Identifier: GPL-3.0-or-later
"""switches.py DEVICE SERVER PROXY

Plays runs in which the server, built for tests, leaves out what makes the property true, and counts it as a failure if none of them is found
wrong in the way that is to be expected."""

import os
import re
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = range(1, 9)     # as many tries; nearly always the first will do
QUIET = 5               # no more time for them to come to rest: they may never
SWITCHES = (
    ('refs', 'client_ref is not looked at: a message that was sent again is there twice', r'is there \d+ times'),
    ('snapshot', 'replay and subscription are not one step: what was pushed between them is missing', r'message \d+ .*is missing'),
    ('commit', 'answered before it is committed: what was shown as sent is lost', r'was shown as sent .* and is lost'),
)


def catch(programs, switch, words, pattern, results):
    said = ''
    with tempfile.TemporaryDirectory(prefix='chat-switches-') as folder:
        for seed in SEEDS:
            command = [sys.executable, os.path.join(HERE, 'run.py'), '--seed', str(seed), '--switches', switch, '--quiet', str(QUIET),
                       '--failures', folder, '--programs', *programs]
            said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
            found = re.search(f'^#.*{pattern}.*$', said, re.MULTILINE)
            if found:
                results[switch] = True, f'{words} (seed {seed}: {found.group()[1:].strip():.100})', ''
                return
    results[switch] = False, words, said


def main():
    results = {}
    threads = [threading.Thread(target=catch, args=(sys.argv[1:4], *switch, results)) for switch in SWITCHES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, (switch, *_) in enumerate(SWITCHES, 1):
        caught, words, said = results.get(switch, (False, switch, 'the test itself has failed'))
        print(f'{"ok" if caught else "not ok"} {number} - {words}'.replace('#', ''))
        for line in said.splitlines()[:30] if not caught else ():
            print(f'#   {line:.300}')
    print(f'1..{len(SWITCHES)}')
    sys.exit(not all(caught for caught, *_ in results.values()))


if __name__ == '__main__':
    main()
