#!/usr/bin/env python3
# count.py: counts every single test in meson's log, or in TAP on standard input
# SPDX-License-Identifier: GPL-3.0-or-later
"""count.py testlog.json | count.py --tap NAME <TAP

Prints "PASSED FAILED SKIPPED" on the first line, then what failed, a line each. A program that ended badly without saying
which of its tests failed counts as one failure; a log without a test is one as well: nothing was proved.
"""

import json
import re
import sys

LINE = re.compile(r'^(\s*)(not ok|ok)\b\s*\d*\s*(?:-\s*)?(.*)$')
PLAN = re.compile(r'^1\.\.(\d+)', re.MULTILINE)


def tap(text):
    """(passed, failed, skipped, names of the failed); a test that has subtests is counted through them."""
    passed = failed = skipped = 0
    names, inner, inner_failed = [], 0, 0
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            continue
        indent, verdict, name = match.groups()
        if indent:
            inner += 1
        elif inner:
            # The line that closes a group of subtests says nothing new, unless it alone failed.
            inner = 0
            if verdict == 'ok' or inner_failed:
                inner_failed = 0
                continue
            inner_failed = 0
        if re.search(r'#\s*(SKIP|TO[D]O)', name, re.IGNORECASE):
            skipped += 1
        elif verdict == 'ok':
            passed += 1
        else:
            failed += 1
            inner_failed += bool(indent)
            names.append(name.strip() or line.strip())
    return passed, failed, skipped, names


def missing(text):
    """Tests that were announced and did not come."""
    plan = PLAN.search(text)
    if not plan:
        return 0
    came = sum(1 for line in text.splitlines() if LINE.match(line) and not line[:1].isspace())
    return max(0, int(plan.group(1)) - came)


def main():
    total = [0, 0, 0]
    failures = []

    def add(name, text, result):
        passed, failed, skipped, names = tap(text)
        if result in ('OK', 'SKIP', 'EXPECTEDFAIL') and passed + failed + skipped == 0:
            passed, skipped = (1, 0) if result == 'OK' else (0, 1)
        elif result not in ('OK', 'SKIP', 'EXPECTEDFAIL') and not failed:
            failed = 1
            names = [f'the program itself ({result})']
        total[0] += passed
        total[1] += failed
        total[2] += skipped
        failures.extend(f'{name}: {one}' for one in names)

    if sys.argv[1:2] == ['--tap']:
        text = sys.stdin.read()
        plan = PLAN.search(text)
        add(sys.argv[2], text, 'ERROR' if not plan or missing(text) else 'OK')
    else:
        try:
            with open(sys.argv[1], encoding='utf-8') as log:
                tests = [json.loads(line) for line in log if line.strip()]
        except OSError:
            tests = []
        for test in tests:
            add(test['name'], test.get('stdout', ''), test['result'])
        if not tests:
            total[1] += 1
            failures.append('no test ran')
    print(*total)
    for one in failures:
        print(one)


if __name__ == '__main__':
    main()
