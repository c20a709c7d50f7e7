#!/usr/bin/env python3
# api_client.py: a client written from the user's API alone, run against a server through all of it
# SPDX-License-Identifier: GPL-3.0-or-later
"""An independent client: Python's standard library, and nothing of the project's own code.

    api_client.py [--plain] [--tls] [--api-only] [--only WORD]... SERVER [ARGUMENT]...

SERVER is started on a free port of the loopback; it has to print "ready HOST:PORT". With --api-only the server
gets no option but --listen, and the checks are those that follow from the API alone; without, every rule of
PROTOCOL.md that such a client can see is checked too. No extension field is ever sent.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import Tap  # noqa: E402

PATIENCE = 20.0          # seconds that an answer may take on a loaded machine
PASSWORD = 'correct horse'


class Closed(Exception):
    """The peer ended the connection."""


def objects(buffer):
    """Takes whole objects off BUFFER (a bytearray): an object ends with its closing brace, whatever surrounds it."""
    found = []
    while True:
        while buffer[:1] in (b' ', b'\t', b'\r', b'\n'):
            del buffer[0]
        if not buffer:
            return found
        if buffer[:1] != b'{':
            raise ValueError(f'no object: {bytes(buffer[:80])!r}')
        depth = 0
        inside = escaped = False
        for at, byte in enumerate(buffer):
            if escaped:
                escaped = False
            elif inside:
                if byte == 0x5c:
                    escaped = True
                elif byte == 0x22:
                    inside = False
            elif byte == 0x22:
                inside = True
            elif byte in b'{[':
                depth += 1
            elif byte in b'}]':
                depth -= 1
                if not depth:
                    found.append(json.loads(bytes(buffer[:at + 1]).decode('utf-8')))
                    del buffer[:at + 1]
                    break
        else:
            return found


class Client:
    """One connection."""

    everyone = []        # every one that was made, so that the end of the run can look at all that came

    def __init__(self, address, tls=False, receive_buffer=0, nodelay=True, version=None):
        self.user = None
        self.raw = bytearray()
        self.buffer = bytearray()
        self.waiting = []
        self.keep_raw = True
        self.ended = None
        family = socket.AF_INET6 if ':' in address[0] else socket.AF_INET
        plain = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if nodelay:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(PATIENCE)
        plain.connect(address)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            if version is not None:
                context.minimum_version = context.maximum_version = version
            plain = context.wrap_socket(plain)
        self.socket = plain
        Client.everyone.append(self)

    # Writing
    def write(self, data):
        self.socket.sendall(data)

    def send(self, kind, **fields):
        self.write(json.dumps({'type': kind, **fields}, ensure_ascii=False).encode() + b'\n')

    # Reading
    def read(self, patience=PATIENCE):
        """The next object; Closed where the peer ended."""
        end = time.monotonic() + patience
        while not self.waiting:
            if self.ended is not None:
                raise Closed(self.ended)
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f'nothing came within {patience} s; before: {bytes(self.raw[-200:])!r}')
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except (TimeoutError, socket.timeout):
                continue
            except (ConnectionError, ssl.SSLError) as error:
                self.ended = f'broken: {error}'
                continue
            if not data:
                self.ended = 'end'
                continue
            if self.keep_raw:
                self.raw += data
            self.buffer += data
            self.waiting += objects(self.buffer)
        return self.waiting.pop(0)

    def ask(self, kind, **fields):
        self.send(kind, **fields)
        return self.read()

    def until_closed(self, patience=PATIENCE):
        """All that still comes; how it ended stands in self.ended afterwards."""
        came = []
        end = time.monotonic() + patience
        while True:
            try:
                came.append(self.read(max(0.01, end - time.monotonic())))
            except Closed:
                return came

    def until_type(self, kind):
        """The next object of that type; others before it are dropped."""
        while True:
            one = self.read()
            if one.get('type') == kind:
                return one

    def fence(self):
        """All that came before the answer to a question asked now: how a push that must not come is seen."""
        self.send('SEARCH_USER', user='')
        came = []
        while True:
            one = self.read()
            if one.get('type') == 'SEARCH_USER':
                return came
            came.append(one)

    def page(self, room, read='ALL'):
        """READ_MSG has no end in the API: the answer to a second question tells that the first is over."""
        self.send('READ_MSG', read=read, room_id=room)
        return self.fence()

    def close(self):
        try:
            self.socket.close()
        except OSError:
            pass

    # People
    def sign_up(self, login, password=PASSWORD):
        return self.ask('REQUEST_SIGNUP', login=login, **{'pass': password})

    def log_in(self, login, password=PASSWORD):
        answer = self.ask('REQUEST_LOGIN', login=login, **{'pass': password})
        if answer.get('status') == 'LOGIN_OK':
            self.user = login
        return answer

    def room(self, customer):
        answer = self.ask('CREATE_ROOM', username=self.user, customer=customer)
        return answer['id']

    def say(self, room, text, kind='TEXT'):
        return self.ask('SND_MSG', username=self.user, room_id=room, message=text, msg_type=kind)


class Server:
    """The program under test."""

    instrumented = False

    def __init__(self, command, tls=False, limits=False, api_only=False, data=None, extra=(),
                 listen='127.0.0.1:0'):
        self.tls = tls
        self.own_data = data is None
        self.data = data or tempfile.mkdtemp(prefix='chat-conformance-')
        arguments = ['--listen', listen]
        if not api_only:
            arguments += ['--data', os.path.join(self.data, 'server'), '--test-hash-cost']
            if not tls:
                arguments.append('--insecure')
            if not limits:
                arguments.append('--no-rate-limit')
        self.log = open(os.path.join(self.data, 'server.log'), 'ab')
        self.process = subprocess.Popen([*command, *arguments, *extra], stdout=subprocess.PIPE, stderr=self.log)
        line = self._first_line()
        if not line.startswith('ready '):
            self.process.kill()
            raise RuntimeError(f'the server said {line!r} instead of "ready HOST:PORT"; {self.tail()}')
        host, port = line[6:].rsplit(':', 1)
        self.address = (host.strip('[]'), int(port))

    def _first_line(self):
        answer = []
        reader = threading.Thread(target=lambda: answer.append(self.process.stdout.readline()), daemon=True)
        reader.start()
        reader.join(60)
        return answer[0].decode().strip() if answer else ''

    def tail(self):
        self.log.flush()
        with open(self.log.name, 'rb') as log:
            return log.read()[-2000:].decode(errors='replace')

    def connect(self, **options):
        return Client(self.address, tls=self.tls, **options)

    def person(self, login, password=PASSWORD):
        """A connection of LOGIN, who is signed up if need be."""
        client = self.connect()
        client.sign_up(login, password)
        answer = client.log_in(login, password)
        if answer.get('status') != 'LOGIN_OK':
            raise RuntimeError(f'{login} can not log in: {answer}')
        return client

    def device(self, login, password=PASSWORD):
        client = self.connect()
        answer = client.log_in(login, password)
        if answer.get('status') != 'LOGIN_OK':
            raise RuntimeError(f'{login} can not log in: {answer}')
        return client

    def memory(self):
        """Resident kilobytes, the most there were."""
        if self.instrumented:
            return 0
        with open(f'/proc/{self.process.pid}/status') as status:
            return next(int(line.split()[1]) for line in status if line.startswith('VmHWM'))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Asks it to end; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def clean(self):
        if self.process.poll() is None:
            self.kill()
        self.process.stdout.close()
        self.log.close()
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)


def main():
    import check_api
    import check_bad_input
    import check_limits
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--plain', action='store_true', help='without TLS (the default is both)')
    parser.add_argument('--tls', action='store_true', help='over TLS')
    parser.add_argument('--api-only', action='store_true', help='the server knows the API alone')
    parser.add_argument('--instrumented', action='store_true', help='the server is slow and large: no check of its memory')
    parser.add_argument('--only', action='append', metavar='WORD', help='only groups with WORD in their name')
    parser.add_argument('server', nargs='+')
    chosen = parser.parse_args()
    tap = Tap(chosen.only)
    Server.instrumented = chosen.instrumented
    if chosen.api_only:
        server = Server(chosen.server, api_only=True)
        check_api.run(tap, server, strict=False)
        server.clean()
        tap.finish()
    both = chosen.plain == chosen.tls
    if chosen.plain or both:
        server = Server(chosen.server)
        # These wait for the server's own limits of time: they do so beside all the others.
        patient = check_limits.Patient(server)
        check_api.run(tap, server, strict=True)
        check_bad_input.run(tap, server)
        check_limits.run(tap, server, chosen.server)
        tap.group('silent peers', patient.check, tap)
        tap.group('lines', check_api.lines, tap, Client.everyone)
        tap.group('end', check_limits.orderly_end, tap, server)
        server.clean()
    if chosen.tls or both:
        server = Server(chosen.server, tls=True)
        check_api.run(tap, server, strict=True, prefix='TLS: ')
        check_bad_input.run_tls(tap, server)
        tap.group('TLS: end', check_limits.orderly_end, tap, server)
        server.clean()
    tap.finish()


if __name__ == '__main__':
    # The checks import this file for its classes: it must be the same module for them.
    sys.modules['api_client'] = sys.modules['__main__']
    main()
