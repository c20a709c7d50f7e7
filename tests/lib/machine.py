# machine.py: the clock and the disk of one program, by libchat-machine.so (tests/server/machine.c)
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import struct
import tempfile


class Machine:
    def __init__(self, library, instrumented=False):
        self.file = tempfile.NamedTemporaryFile(prefix='chat-machine-')
        self.file.write(b'\0' * 24)
        self.file.flush()
        self.environment = {'LD_PRELOAD': library, 'CHAT_TEST_MACHINE': self.file.name}
        if instrumented:
            self.environment['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'
        self.command = ['env', *(f'{name}={value}' for name, value in self.environment.items())]

    def set(self, ahead=0, write=0, sync=0, read=0):
        """How far the clock is ahead (s), and the errors that writing, syncing and reading fail with; 0: they do not."""
        self.file.seek(0)
        self.file.write(struct.pack('qiii', int(ahead * 1e6), write, sync, read))
        self.file.flush()
