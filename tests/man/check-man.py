#!/usr/bin/env python3
# check-man.py: whether a man page and its program know the same options
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-man.py PAGE PROGRAM ...: TAP. What stands in `PROGRAM --help` stands in PAGE, and the other way round."""

import os
import re
import subprocess
import sys

# Of GLib and GTK: told of together
NOT_OURS = re.compile('^--(help|help-.*|gapplication-service|gtk-.*|class|name|display|no-xshm)$')


def of_program(program):
    """The options of --help, long and short."""
    said = subprocess.run([program, '--help'], capture_output=True, text=True, timeout=60, check=True,
                          env=dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE='')).stdout
    found = set()
    for line in said.splitlines():
        if match := re.match(r'\s+(?:(-\w), )?(--[\w-]+)', line):
            found |= {one for one in match.groups() if one}
    return {one for one in found if not NOT_OURS.match(one)} - {'-h', '-?'}


def of_page(page):
    """The options that a page in mdoc has an item for."""
    found = set()
    with open(page, encoding='utf-8') as file:
        for line in file:
            if line.startswith('.It Fl '):
                for word in re.sub(r' Ns .*', '', line[len('.It Fl '):]).replace(',', ' ').split():
                    found.add('-' + word)
    return {one for one in found if not NOT_OURS.match(one)} - {'-h'}


def main():
    pairs = list(zip(sys.argv[1::2], sys.argv[2::2]))
    print(f'1..{2 * len(pairs)}')
    failed = 0
    for number, (page, program) in enumerate(pairs):
        ours, told = of_program(program), of_page(page)
        name = os.path.basename(page)
        for at, (wrong, words) in enumerate(((ours - told, 'every option of --help stands in it'), (told - ours, 'every option in it is there'))):
            wrong = sorted(wrong) or ([] if len(ours) > 3 else ['hardly any option was found at all'])
            failed += bool(wrong)
            print(f'{"not ok" if wrong else "ok"} {2 * number + at + 1} - {name}: {words}')
            for one in wrong:
                print(f'#   {one}')
    return 1 if failed else 0


sys.exit(main())
