#!/usr/bin/env python3
# count.py: counts every single test in meson's log, or in TAP on standard input
# SPDX-License-Identifier: GPL-3.0-or-later
"""count.py testlog.json [SUITE] | count.py --tap NAME <TAP

Prints "PASSED FAILED SKIPPED" on the first line, then what failed, a line each. A program that ended badly without saying
which of its tests failed counts as one failure, and so does one that did not say how many tests it has, or has none; a log
without a test is one as well: nothing was proved.
"""

import json
import os
import re
import sys

LINE = re.compile(r'^(\s*)(not ok|ok)\b\s*\d*\s*(?:-\s*)?(.*)$')
PLAN = re.compile(r'^1\.\.(\d+)', re.MULTILINE)
FINE = ('OK', 'SKIP', 'EXPECTEDFAIL')


def tap(text):
    """(passed, failed, skipped, names of the failed); a test that has subtests is counted through them, at any depth."""
    counts = {'ok': 0, 'not ok': 0, 'skip': 0}
    names, groups = [], [(0, 0)]        # for each depth that is open: its indent, and how many had failed as it began
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            continue
        depth, verdict, name = len(match.group(1)), match.group(2), match.group(3)
        closes, before = False, counts['not ok']
        while groups[-1][0] > depth:
            closes, before = True, groups.pop()[1]
        if groups[-1][0] < depth:
            groups.append((depth, before))
        # The line that closes a group of subtests says nothing new, unless it alone failed.
        if closes and (verdict == 'ok' or counts['not ok'] > before):
            continue
        if re.search(r'#\s*(SKIP|TO[D]O)', name, re.IGNORECASE):
            verdict = 'skip'
        counts[verdict] += 1
        if verdict == 'not ok':
            names.append(name.strip() or line.strip())
    return counts['ok'], counts['not ok'], counts['skip'], names


def missing(text):
    """What its plan lacks: None if as many tests came as were announced."""
    plans = PLAN.findall(text)
    if not plans:
        return 'no plan'
    came = sum(1 for line in text.splitlines() if LINE.match(line) and not line[:1].isspace())
    return f'{came} of {plans[0]} tests' if came != int(plans[0]) else None


def parts(name):
    """The suite and the name of a test, as meson calls it: "project:suite / name", or "suite - project:name" with newer ones."""
    if ' / ' in name:
        suite, _, own = name.partition(' / ')
        return suite.rpartition(':')[2], own
    suite, _, own = name.rpartition(' - ')
    return suite, own.rpartition(':')[2]


def without_tap(log):
    """The tests that tell by their exit status alone, as meson noted beside the logs."""
    try:
        with open(os.path.join(os.path.dirname(log), '..', 'meson-info', 'intro-tests.json'), encoding='utf-8') as notes:
            return {test['name'] for test in json.load(notes) if test['protocol'] != 'tap'}
    except OSError:
        return set()


def main():
    total = [0, 0, 0]
    failures = []

    def add(name, text, result, is_tap=True):
        passed, failed, skipped, names = tap(text) if is_tap else (0, 0, 0, [])
        trouble = None if result in FINE else result
        if is_tap:
            trouble = trouble or missing(text)
            skipped += not trouble and not passed + failed + skipped        # a plan of none
        elif not trouble:
            passed, skipped = (0, 1) if result == 'SKIP' else (1, 0)
        if trouble and not failed:
            failed = 1
            names = [f'the program itself ({trouble})']
        total[0] += passed
        total[1] += failed
        total[2] += skipped
        failures.extend(f'{name}: {one}' for one in names)

    if sys.argv[1:2] == ['--tap']:
        text = sys.stdin.read()
        add(sys.argv[2], text, 'OK')
    else:
        try:
            with open(sys.argv[1], encoding='utf-8') as log:
                tests = [json.loads(line) for line in log if line.strip()]
        except OSError:
            tests = []
        if len(sys.argv) > 2:
            tests = [test for test in tests if parts(test['name'])[0] == sys.argv[2]]
        silent = without_tap(sys.argv[1])
        for test in tests:
            add(test['name'], test.get('stdout', ''), test['result'], parts(test['name'])[1] not in silent)
        if not tests:
            total[1] += 1
            failures.append('no test ran')
    print(*total)
    for one in failures:
        print(one)


if __name__ == '__main__':
    main()
