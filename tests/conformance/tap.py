# tap.py: test lines in the Test Anything Protocol
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each check is one line; a group that dies is one failed line and does not stop the others."""

import os
import sys
import threading
import traceback


class Tap:
    def __init__(self, only=None):
        self.number = self.failed = self.skipped = 0
        self.only = only
        self.lock = threading.Lock()

    def line(self, good, name, note='', skip=None):
        with self.lock:
            self.number += 1
            name = name.replace('#', '').replace('\n', ' ')
            if skip:
                self.skipped += 1
                print(f'ok {self.number} - {name} # SKIP {skip}', flush=True)
                return True
            print(f'{"ok" if good else "not ok"} {self.number} - {name}', flush=True)
            if not good:
                self.failed += 1
                for text in str(note).splitlines()[:30]:
                    print(f'#   {text[:600]}', flush=True)
            return bool(good)

    def ok(self, good, name, note=''):
        return self.line(good, name, note)

    def eq(self, got, wanted, name):
        return self.line(got == wanted, name, f'got    {got!r}\nwanted {wanted!r}')

    def skip(self, name, why):
        return self.line(True, name, skip=why)

    def group(self, name, function, *arguments):
        """Runs FUNCTION; what it throws is a failure of its own, and the next group goes on."""
        if self.only and not any(part in name for part in self.only):
            return
        before = self.number
        try:
            function(*arguments)
            if self.number == before:
                self.ok(False, name, 'the group made no check')
        except BaseException as error:  # whatever it was, it has to be seen as a failed line
            if isinstance(error, KeyboardInterrupt):
                raise
            self.ok(False, f'{name}: ran to its end', ''.join(traceback.format_exception(error)))

    def finish(self):
        print(f'1..{self.number}', flush=True)
        if self.failed:
            print(f'# {self.failed} of {self.number} failed', flush=True)
        sys.stdout.flush()
        # Threads that still wait for a peer must not hold the program back.
        os._exit(1 if self.failed or not self.number else 0)
