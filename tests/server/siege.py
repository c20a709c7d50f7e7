#!/usr/bin/python3
# siege.py: the real server among hostile clients, on a hostile machine
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the program can show: ten thousand connections, floods beside an honest person, a disk that is full, and that fails, a clock
that jumps, and folders that can not be served from.

    siege.py [--instrumented] [--only WORD]... [--machine LIBRARY] SERVER

SERVER runs on a free port of the loopback, on a folder of its own. LIBRARY is libchat-machine.so, which is loaded into the program
where a disk or a clock has to misbehave.
"""

import argparse
import errno
import json
import os
import random
import resource
import select
import shutil
import signal
import socket
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), folder) for folder in ('conformance', 'lib')]
from api_client import PASSWORD, Client, Closed, Server  # noqa: E402
from machine import Machine  # noqa: E402
from tap import Tap  # noqa: E402

INSTRUMENTED = False
SECONDS_A_DAY = 86400


def quiet(client):
    client.keep_raw = False
    return client


def person(server, login, **fields):
    """A connection of LOGIN, who is signed up if need be; FIELDS go into the log-in."""
    client = quiet(server.connect())
    client.sign_up(login)
    return log_in(client, login, **fields)


def log_in(client, login, **fields):
    answer = client.ask('REQUEST_LOGIN', login=login, **{'pass': PASSWORD, **fields})
    if answer.get('status') != 'LOGIN_OK':
        raise RuntimeError(f'{login} can not log in: {answer}')
    client.user = login
    client.token = answer.get('token')
    return client


def took(function, *arguments, **fields):
    start = time.monotonic()
    function(*arguments, **fields)
    return time.monotonic() - start


def milliseconds(times):
    return f'p50 {statistics.median(times) * 1e3:.2f} ms, longest {max(times) * 1e3:.1f} ms of {len(times)}'


def pss(pid):
    with open(f'/proc/{pid}/smaps_rollup') as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith('Pss:'))


class Honest:
    """Two who write to each other, and how long a message takes from one to the other."""

    def __init__(self, server, name='honest', **options):
        self.ann, self.bob = quiet(server.connect(**options)), quiet(server.connect(**options))
        for client, login in ((self.ann, f'{name}-ann'), (self.bob, f'{name}-bob')):
            client.sign_up(login)
            log_in(client, login)
        self.room = self.ann.room(f'{name}-bob')
        self.bob.fence()
        self.number = 0

    def one(self):
        self.number += 1
        text = f'honest {self.number}'
        start = time.monotonic()
        self.ann.send('SND_MSG', username=self.ann.user, room_id=self.room, message=text, msg_type='TEXT')
        came = self.bob.read()
        answer = self.ann.read()
        if came.get('message') != text or answer.get('status') != 'SUCCESS':
            raise RuntimeError(f'{text}: {answer}, {came}')
        return time.monotonic() - start

    def many(self, count):
        return [self.one() for _ in range(count)]

    def while_alive(self, thread, least=20):
        times = []
        while thread.is_alive() or len(times) < least:
            times.append(self.one())
            if len(times) > 200:
                time.sleep(0.03)        # within what a person may ask for
        return times


# Many connections

class Crowd:
    """Connections that log in, all at once as far as that goes, and then are silent."""

    def __init__(self, server, count, people):
        self.poll = select.epoll()
        self.sockets = {}
        self.silent = []
        self.failed = 0
        self.server = server
        opened = 0
        end = time.monotonic() + 60
        while len(self.silent) + self.failed < count and time.monotonic() < end:
            while opened < count and len(self.sockets) < 256:
                self._open(opened, people)
                opened += 1
            for fd, _ in self.poll.poll(1):
                self._ready(fd)

    def _open(self, number, people):
        one = socket.socket()
        # Each thousand from an address of its own, and without TIME_WAIT at the end: other tests need the ports
        one.setsockopt(socket.IPPROTO_IP, 24, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        one.bind((f'127.0.1.{1 + number // 1000}', 0))
        one.connect(self.server.address)
        one.sendall(json.dumps({'type': 'REQUEST_LOGIN', 'login': f'crowd{number % people}', 'pass': PASSWORD}).encode() + b'\n')
        self.sockets[one.fileno()] = one
        self.poll.register(one.fileno(), select.EPOLLIN)

    def _ready(self, fd):
        one = self.sockets.pop(fd)
        self.poll.unregister(fd)
        try:
            answer = one.recv(4096)
        except OSError:
            answer = b''
        if b'LOGIN_OK' in answer:
            self.silent.append(one)
        else:
            self.failed += 1
            one.close()

    def ask(self, one):
        one.settimeout(20)
        one.sendall(b'{"type":"SEARCH_USER","user":""}\n')
        return one.recv(4096)

    def close(self):
        for one in [*self.silent, *self.sockets.values()]:
            one.close()


def ten_thousand(tap, command):
    count = 2000 if INSTRUMENTED else 10000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count + 200:
        tap.skip(f'{count} connections', f'the hard limit of open files is {hard}')
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = Server(command)
    crowd = None
    try:
        honest = Honest(server)
        signer = quiet(server.connect())
        for number in range(100):
            signer.sign_up(f'crowd{number}')
        alone = honest.many(100)
        before = pss(server.process.pid)
        start = time.monotonic()
        crowd = Crowd(server, count, 100)
        spent = time.monotonic() - start
        tap.eq((len(crowd.silent), crowd.failed), (count, 0), f'{count} connections are logged in at once')
        beside = honest.many(100)
        each = (pss(server.process.pid) - before) / count
        print(f'# {count} log-ins took {spent:.1f} s; {each:.2f} KiB each; a message alone: {milliseconds(alone)}; '
              f'beside them: {milliseconds(beside)}', flush=True)
        tap.ok(INSTRUMENTED or each < 4, 'each costs less than 4 KiB', f'{each:.2f}')
        tap.ok(statistics.median(beside) < 10 * statistics.median(alone) + 0.05, 'and a message beside them is no slower',
               f'{milliseconds(alone)}; {milliseconds(beside)}')
        answers = [crowd.ask(one) for one in random.sample(crowd.silent, 100)]
        tap.ok(all(b'SEARCH_USER' in answer for answer in answers), 'those that are asked are alive')
        tap.ok(took(person, server, 'newcomer') < 5, 'one more is let in')
        crowd.close()
        tap.ok(took(honest.one) < 5, 'and when they all go at once the others go on')
        tap.eq(server.stop(), 0, 'an orderly end after that')
    finally:
        if crowd:
            crowd.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        server.clean()


# Floods

def storm(address, seconds):
    """Connections that come, say something or nothing, and go. Returns a thread."""
    def run():
        end = time.monotonic() + seconds
        number = 0
        while time.monotonic() < end:
            number += 1
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            try:
                one.bind((f'127.0.2.{1 + number % 200}', 0))
                one.connect(address)
                if number % 3 == 1:
                    one.sendall(b'{"type":"PING"}')
                elif number % 3 == 2:
                    one.sendall(b'\x16\x03\x01 nonsense')
            except OSError:
                pass
            one.close()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def flooding(address, lines, source, seconds, first=b''):
    """Objects without end from one connection, whose answers are read and thrown away. Returns a thread."""
    def run():
        end = time.monotonic() + seconds
        number = 0
        one = None
        while time.monotonic() < end:
            try:
                if one is None:
                    one = socket.socket()
                    one.bind((source, 0))
                    one.connect(address)
                    one.sendall(first)
                    one.setblocking(False)
                _, writable, _ = select.select([one], [one], [], 0.05)
                if writable:
                    one.send(lines(number))
                    number += 1
                while one.recv(1 << 20):
                    pass
                raise ConnectionError
            except BlockingIOError:
                pass
            except OSError:
                one.close()
                one = None
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def line(**fields):
    return json.dumps(fields).encode() + b'\n'


def floods(tap, command):
    server = Server(command, limits=True)
    try:
        honest = Honest(server)
        person(server, 'mallory').close()
        alone = honest.many(30)
        seconds = 1.5
        log_in_line = line(type='REQUEST_LOGIN', login='mallory', **{'pass': PASSWORD})
        before = server.memory()
        for name, start in (
                ('connections that come and go', lambda: storm(server.address, seconds)),
                ('requests', lambda: flooding(server.address, lambda _: line(type='SEARCH_USER', user='a') * 200, '127.0.3.1', seconds, log_in_line)),
                ('log-ins', lambda: flooding(server.address, lambda _: log_in_line * 100, '127.0.3.2', seconds)),
                ('wrong log-ins', lambda: flooding(server.address, lambda number: line(type='REQUEST_LOGIN', login=f'{"mallory" if number % 2 else "honest-ann"}', **{'pass': 'wrong horse'}) * 50, '127.0.3.3', seconds)),
                ('sign-ups', lambda: flooding(server.address, lambda number: b''.join(line(type='REQUEST_SIGNUP', login=f's{number}-{i}', **{'pass': PASSWORD}) for i in range(50)), '127.0.3.4', seconds)),
                ('unknown objects', lambda: flooding(server.address, lambda _: b'{"type":"X"}' * 1000, '127.0.3.5', seconds))):
            beside = Honest(server, name.replace(' ', '-')).while_alive(start())
            print(f'# {name}: {milliseconds(beside)} (alone: {milliseconds(alone)})', flush=True)
            # The flood is made on the same two cores, and by the same interpreter
            tap.ok(statistics.median(beside) < 20 * statistics.median(alone) + 0.1 and max(beside) < 5,
                   f'a flood of {name}: two others write to each other as before', f'{milliseconds(alone)}; {milliseconds(beside)}')
        tap.ok(server.memory() - before < 64 * 1024, 'and no memory fills', f'{before} kB before, {server.memory()} kB after')
        tap.eq(quiet(server.connect()).log_in('honest-bob').get('status'), 'LOGIN_OK', 'and who was not guessed at logs in')
    finally:
        server.clean()


def swallow(client, until=None):
    """What comes until the end, or until that, as bytes: large objects are not looked at one letter after the other."""
    came = bytearray()
    client.socket.settimeout(20)
    try:
        while until is None or until not in came[-4096:]:
            data = client.socket.recv(1 << 20)
            if not data:
                return came or b'nothing'
            came += data
    except ConnectionError:
        return came or b'nothing'
    except TimeoutError:
        return b'' if until is None else came
    return came


def deaf(tap, command):
    """Ten who do not read while they are written to and ask for all there is, what waits for each is bounded."""
    server = Server(command)
    try:
        honest = Honest(server)
        writer = person(server, 'writer')
        rooms = []
        for number in range(10):
            quiet(server.connect()).sign_up(f'deaf{number}')
            rooms.append(writer.room(f'deaf{number}'))
        text = 'x' * 60000
        for room in rooms:
            writer.say(room, text)
        ears = [log_in(quiet(server.connect(receive_buffer=4096)), f'deaf{number}') for number in range(10)]
        before = server.memory()
        for number, one in enumerate(ears):
            if number % 2:
                one.send('READ_MSG', read='ALL', room_id=rooms[number])
        times = []
        for _ in range(150):
            for room in rooms:
                writer.send('SND_MSG', username='writer', room_id=room, message=text, msg_type='TEXT')
            answers = [writer.read().get('status') for _ in rooms]
            if answers != ['SUCCESS'] * 10:
                break
            times.append(honest.one())
        tap.eq(len(times), 150, 'ten who do not read: who writes to them gets all answers')
        tap.ok(max(times) < 5, 'and two others write to each other meanwhile', milliseconds(times))
        # Ten queues of 4 MiB, and what is on its way
        tap.ok(server.memory() - before < 10 * 8 * 1024, 'what waits for them is bounded', f'{before} kB before, {server.memory()} kB after')
        tap.ok(all(swallow(one) for one in ears), 'each of them is cut off')
        back = log_in(quiet(server.connect()), 'deaf0')
        back.send('READ_MSG', read='ALL', room_id=rooms[0])
        back.send('SEARCH_USER', user='')
        came = swallow(back, until=b'"SEARCH_USER"')
        tap.eq(came.count(b'"READ_MSG"'), 151, 'and finds all of it when it is back')
    finally:
        server.clean()


def hashing(tap, command):
    """Passwords at their real cost: one who logs in on forty connections at once waits behind oneself."""
    # Not by Server, which has them hashed cheaply
    data = tempfile.mkdtemp(prefix='chat-siege-')
    process = subprocess.Popen([*command, '--listen', '127.0.0.1:0', '--data', data, '--insecure'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        port = int(process.stdout.readline().rsplit(b':', 1)[1])
        address = ('127.0.0.1', port)
        ann = Client(address)
        ann.sign_up('ann')
        ann.sign_up('mallory')
        many = [quiet(Client(address)) for _ in range(40)]
        own = []

        def attack(client, until):
            while time.monotonic() < until:
                start = time.monotonic()
                answer = client.ask('REQUEST_LOGIN', login='mallory', **{'pass': PASSWORD})
                if answer.get('status') == 'LOGIN_OK':
                    own.append(time.monotonic() - start)
                else:
                    time.sleep(0.2)
        until = time.monotonic() + (6 if INSTRUMENTED else 3)
        threads = [threading.Thread(target=attack, args=(client, until), daemon=True) for client in many]
        for thread in threads:
            thread.start()
        while not own and time.monotonic() < until + 60:
            time.sleep(0.01)
        honest = []
        while time.monotonic() < until:
            client = Client(address)
            honest.append(took(log_in, client, 'ann'))
            client.close()
        for thread in threads:
            thread.join(60)
        print(f'# the honest one: {milliseconds(honest)}; the forty: {milliseconds(own)}', flush=True)
        # In one line all would wait as long as the others
        tap.ok(statistics.median(honest) < statistics.median(own) / 1.5, 'an honest log-in passes forty of one other person',
               f'{milliseconds(honest)}; {milliseconds(own)}')
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        shutil.rmtree(data, ignore_errors=True)


# Disks

class Disk:
    """A file system of a few megabytes that is seen by those alone who are started in it, and goes with this program. None where this
    may not be made."""

    def __init__(self, megabytes):
        self.data = tempfile.mkdtemp(prefix='chat-siege-')
        self.inside = os.path.join(self.data, 'server')
        os.mkdir(self.inside)
        options = ['-m'] if os.geteuid() == 0 else ['-Urm']
        script = f'mount -t tmpfs -o size={megabytes}m,mode=0700 tmpfs "$1" && echo ready && exec cat'
        self.holder = subprocess.Popen(['unshare', *options, 'sh', '-c', script, 'sh', self.inside], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
        self.works = self.holder.stdout.readline() == b'ready\n'
        user = [] if os.geteuid() == 0 else ['-U', '--preserve-credentials']
        self.enter = ['nsenter', '-t', str(self.holder.pid), *user, '-m']

    def path(self, name):
        return f'/proc/{self.holder.pid}/root{self.inside}/{name}'

    def fill(self):
        """Takes all the room there is."""
        with open(self.path('filler'), 'ab', buffering=0) as filler:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        filler.write(b'\0' * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def make_room(self):
        os.unlink(self.path('filler'))

    def run(self, *command):
        return subprocess.run([*self.enter, *command], capture_output=True, check=False)

    def clean(self):
        self.holder.stdin.close()
        self.holder.wait(20)
        self.holder.stdout.close()
        self.holder.stderr.close()
        shutil.rmtree(self.data, ignore_errors=True)


def full_disk(tap, command):
    disk = Disk(8)
    server = None
    try:
        if not disk.works:
            tap.skip('a full disk', f'no file system may be mounted here: {disk.holder.stderr.readline().decode().strip()}')
            return
        command = [*disk.enter, *command]
        server = Server(command, data=disk.data)
        ann, bob = person(server, 'ann', features=['token'], device='phone'), person(server, 'bob')
        room = ann.room('bob')
        bob.fence()
        kept = [ann.say(room, f'before {number}')['message_id'] for number in range(20)]
        bob.fence()
        disk.fill()
        refused = []
        for number in range(200):
            # Large ones, so that what room the log has within its file is soon used up
            answer = ann.say(room, f'{number} ' + 'x' * 20000)
            if answer.get('status') == 'SUCCESS':
                kept.append(answer['message_id'])
            else:
                refused.append(answer)
                if len(refused) == 20:
                    break
        tap.eq({one.get('status') for one in refused}, {'ERROR'}, 'a full disk: what can not be kept is answered with ERROR')
        tap.ok(all(one.get('error') for one in refused), 'and a sentence')
        pushed = [one['message_id'] for one in bob.fence() if one.get('type') == 'READ_MSG']
        tap.ok(set(pushed) <= set(kept), 'nobody is told of it')
        page = [one['message_id'] for one in bob.page(room)]
        tap.ok(page == kept, 'reading goes on, and holds what was answered', f'{len(page)} read, {len(kept)} kept')
        again = quiet(server.connect())
        tap.eq(again.ask('REQUEST_LOGIN', login='ann', token=ann.token).get('status'), 'LOGIN_OK', 'a token logs in')
        again.user = 'ann'
        tap.eq(len(again.page(room)), len(kept), 'and reads')
        wall = server.tail()
        tap.ok('full' in wall and wall.count('WARNING') <= 3, 'the log says so, and does not flood', wall)

        # Killed meanwhile, and started on the disk that is still full
        server.kill()
        server.clean()
        try:
            server = Server(command, data=disk.data)
            ann, bob = log_in(quiet(server.connect()), 'ann'), log_in(quiet(server.connect()), 'bob')
            tap.eq([one['message_id'] for one in bob.page(room)], kept, 'kill -9 and a start on the full disk: all that was answered is there')
        except RuntimeError as error:
            tap.ok('full' in str(error) or 'No space' in str(error), 'kill -9 and a start on the full disk: it says why it can not', error)
            disk.make_room()
            server = Server(command, data=disk.data)
            ann, bob = log_in(quiet(server.connect()), 'ann'), log_in(quiet(server.connect()), 'bob')
            tap.eq([one['message_id'] for one in bob.page(room)], kept, 'and with room all that was answered is there')
            disk.fill()
        ann.say(room, 'y' * 60000)
        bob.fence()
        kept = [one['message_id'] for one in bob.page(room)]
        if os.path.exists(disk.path('filler')):
            disk.make_room()
        answers = [ann.say(room, f'after {number}') for number in range(20)]
        tap.eq({one.get('status') for one in answers}, {'SUCCESS'}, 'when there is room again it goes on by itself')
        tap.eq([one.get('message_id') for one in bob.fence() if one.get('type') == 'READ_MSG'], [one['message_id'] for one in answers],
               'and passes on')
        tap.ok(answers[0]['message_id'] > kept[-1], 'ids rise')
        tap.eq(server.stop(), 0, 'and ends in order')
        server.clean()
        server = Server(command, data=disk.data)
        bob = log_in(quiet(server.connect()), 'bob')
        tap.eq([one['message_id'] for one in bob.page(room)], kept + [one['message_id'] for one in answers], 'with all of it after a restart')
    finally:
        if server:
            server.clean()
        disk.clean()


def failing_disk(tap, command, library):
    machine = Machine(library, INSTRUMENTED)
    server = Server([*machine.command, *command])
    try:
        ann, bob = person(server, 'ann'), person(server, 'bob')
        room = ann.room('bob')
        bob.fence()
        kept = [ann.say(room, f'before {number}')['message_id'] for number in range(10)]
        for name, fault in (('no room', {'write': errno.ENOSPC}), ('errors of writing', {'write': errno.EIO}), ('errors of getting it on the disk', {'sync': errno.EIO}),
                            ('a file system that became read-only', {'write': errno.EROFS, 'sync': errno.EROFS}), ('a quota', {'write': errno.EDQUOT})):
            machine.set(**fault)
            answers = [ann.say(room, f'{name} {number}').get('status') for number in range(5)]
            tap.eq(set(answers), {'ERROR'}, f'{name}: ERROR')
            tap.eq([one['message_id'] for one in bob.page(room) if one.get('type') == 'READ_MSG'][-len(kept):], kept, f'{name}: reading goes on')
            machine.set()
            answer = ann.say(room, f'after {name}')
            tap.eq(answer.get('status'), 'SUCCESS', f'{name}: it recovers by itself')
            kept.append(answer.get('message_id'))
            bob.fence()
        machine.set(read=errno.EIO)
        answer = ann.say(room, 'read errors')
        if answer.get('status') == 'SUCCESS':
            kept.append(answer['message_id'])
        tap.ok(answer.get('status') in ('SUCCESS', 'ERROR'), 'errors of reading: an answer')
        machine.set()
        bob.fence()
        tap.eq([one['message_id'] for one in bob.page(room)], kept, 'and when they are over all is there')
        # What is on the disk is what was answered, also after a kill in the midst of a fault
        machine.set(sync=errno.EIO)
        tap.eq(ann.say(room, 'never').get('status'), 'ERROR', 'a fault again')
        server.kill()
        machine.set()
        again = Server([*machine.command, *command], data=server.data)
        try:
            bob = log_in(quiet(again.connect()), 'bob')
            there = [one['message_id'] for one in bob.page(room)]
            tap.ok(there[:len(kept)] == kept and len(there) <= len(kept) + 1, 'kill -9 in the midst of it: what was answered is there',
                   f'{there[-3:]} {kept[-3:]}')
        finally:
            again.clean()
    finally:
        server.clean()


def clock(tap, command, library):
    machine = Machine(library, INSTRUMENTED)
    data = tempfile.mkdtemp(prefix='chat-siege-')
    server = None
    try:
        server = Server([*machine.command, *command], data=data, extra=['--keep', '30'])
        ann, bob = person(server, 'ann', features=['sync']), person(server, 'bob', features=['sync'])
        room = ann.room('bob')
        bob.fence()
        sent = []

        def say(text):
            answer = ann.say(room, text)
            sent.append((answer.get('message_id'), answer.get('seq'), answer.get('date')))
            return answer
        for ahead in (0, 3650 * SECONDS_A_DAY, -3650 * SECONDS_A_DAY, 400 * SECONDS_A_DAY, 0):
            machine.set(ahead=ahead)
            for number in range(3):
                say(f'{ahead} {number}')
        ids = [one[0] for one in sent]
        years = [one[2][:4] for one in sent]
        tap.eq(len(set(years)) > 2, True, f'the clock jumps: {years}')
        tap.ok(ids == sorted(set(ids)) and [one[1] for one in sent] == ids, 'ids and numbers of changes rise', sent)
        tap.eq([one['message_id'] for one in bob.fence() if one.get('type') == 'READ_MSG'], ids, 'pushes come in the order of the ids')
        tap.eq([one['message_id'] for one in bob.page(room)], ids, 'and pages are in it')
        machine.set(ahead=3650 * SECONDS_A_DAY)
        silent = server.connect()
        time.sleep(0.3)
        silent.send('PING')
        tap.eq(silent.read(), {'type': 'PONG'}, 'times to wait do not jump with it')
        # The first thing that a server with --keep does is to look for what is old
        for ahead in (3650 * SECONDS_A_DAY, -3650 * SECONDS_A_DAY, 0):
            server.stop()
            server.clean()
            machine.set(ahead=ahead)
            server = Server([*machine.command, *command], data=data, extra=['--keep', '30'])
            bob = log_in(quiet(server.connect()), 'bob', features=['sync'])
            tap.eq([one['message_id'] for one in bob.page(room)], ids, f'a start with a clock that is {ahead // SECONDS_A_DAY} days ahead deletes nothing')
    finally:
        if server:
            server.clean()
        machine.file.close()
        shutil.rmtree(data, ignore_errors=True)


# Folders that can not be served from

def refused(command, data, *more):
    """Exit status and words of a start that must fail."""
    done = subprocess.run([*command, '--listen', '127.0.0.1:0', '--insecure', '--data', data, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def folders(tap, command):
    data = tempfile.mkdtemp(prefix='chat-siege-')
    inside = os.path.join(data, 'server')
    database = os.path.join(inside, 'chat.db')

    def check(name, words, *arguments):
        before = open(database, 'rb').read()
        status, output, errors = refused(*arguments)
        tap.ok(status == 1 and output == '' and words in errors, f'{name}: refused with 1 and a sentence',
               f'{status} {output!r} {errors!r}')
        tap.ok(open(database, 'rb').read() == before, f'{name}: the database is as it was')

    try:
        server = Server(command, data=data)
        ann = person(server, 'ann')
        person(server, 'bob')
        room = ann.room('bob')
        for number in range(100):
            ann.say(room, 'x' * 2000)
        server.stop()
        server.clean()

        # Held by another program: it starts, serves what can be read, says what it can not keep, and goes on when that has let go
        holder = sqlite3.connect(database, isolation_level=None)
        holder.execute('BEGIN EXCLUSIVE')
        server = Server(command, data=data)
        bob = log_in(quiet(server.connect()), 'bob')
        tap.eq(len(bob.page(room)), 100, 'a database that another program holds: it can be read')
        first, then = [], []
        waited = took(lambda: first.append(bob.say(room, 'held')))
        again = took(lambda: then.append(bob.say(room, 'held')))
        tap.eq([first[0].get('status'), then[0].get('status')], ['ERROR', 'ERROR'], 'what can not be kept is answered with ERROR')
        tap.ok(waited < 15 and again < 3, 'within seconds, and then sooner', f'{waited:.1f} s, {again:.1f} s')
        tap.ok('locked' in server.tail(), 'the log says why', server.tail())
        holder.execute('ROLLBACK')
        holder.close()
        tap.eq(bob.say(room, 'free').get('status'), 'SUCCESS', 'and it goes on by itself')
        server.stop()
        server.clean()

        # Read-only: the file, the folder, the file system
        as_nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] if os.geteuid() == 0 else []
        if as_nobody:
            for path in (data, inside):
                os.chmod(path, 0o755)
            os.chown(os.path.join(inside, 'lock'), 65534, 65534)
        os.chmod(database, 0o444)
        check('a database that may not be written', 'ermission denied', [*as_nobody, *command], inside)
        os.chmod(database, 0o600)
        os.chmod(inside, 0o500)
        check('a folder that may not be written', 'ermission denied', [*as_nobody, *command], inside)
        os.chmod(inside, 0o700)
        disk = Disk(8)
        if disk.works:
            shutil.copy(database, disk.path('chat.db'))
            disk.run('mount', '-o', 'remount,ro', disk.inside)
            status, output, errors = refused([*disk.enter, *command], disk.inside)
            tap.ok(status == 1 and output == '' and 'ead-only' in errors, 'a read-only file system: refused with 1 and a sentence', f'{status} {errors!r}')
        else:
            tap.skip('a read-only file system', 'none may be mounted here')
        disk.clean()

        # Damaged in its midst
        with open(database, 'r+b') as file:
            file.seek(0, 2)
            size = file.tell()
            for page in range(4096, size, 8192):
                file.seek(page)
                file.write(os.urandom(2048))
        check('a damaged database', 'damaged', command, inside)
        # A path that is no folder
        status, output, errors = refused(command, database)
        tap.ok(status == 1 and output == '' and len(errors) > 20, 'a file in the place of the folder: refused with 1 and a sentence', f'{status} {errors!r}')
    finally:
        shutil.rmtree(data, ignore_errors=True)


# kill -9

def killed(tap, command):
    """Twenty who write at once, more than a batch each, and the program killed at any time."""
    data = tempfile.mkdtemp(prefix='chat-siege-')
    server = None
    try:
        server = Server(command, data=data)
        writers = [person(server, f'w{number}') for number in range(20)]
        rooms = [one.room(f'w{(number + 1) % 20}') for number, one in enumerate(writers)]
        for one in writers:
            one.fence()
        for turn in range(3):
            answered = {}
            for number, one in enumerate(writers):
                one.write(b''.join(line(type='SND_MSG', username=one.user, room_id=rooms[number], message=f'{turn} {i}', msg_type='TEXT') for i in range(500)))
            first = [writers[turn].read() for _ in range(random.randint(1, 200))]
            server.kill()
            for number, one in enumerate(writers):
                for came in [*(first if number == turn else []), *one.until_closed()]:
                    if came.get('status') == 'SUCCESS':      # an answer, or a push
                        answered[came['message_id']] = came['room_id']
            server.clean()
            server = Server(command, data=data)
            writers = [log_in(quiet(server.connect()), f'w{number}') for number in range(20)]
            there = {one['message_id']: one['room_id'] for number in range(20) for one in writers[number].page(rooms[number])
                     if 'message_id' in one}
            lost = [one for one in answered.items() if one not in there.items()]
            tap.eq(lost, [], f'kill -9 among twenty writers, turn {turn + 1}: what was answered or pushed is there ({len(answered)} of 10000)')
    finally:
        if server:
            server.clean()
        shutil.rmtree(data, ignore_errors=True)


def main():
    global INSTRUMENTED
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--instrumented', action='store_true', help='the server is slow and large: fewer connections, no check of its memory')
    parser.add_argument('--only', action='append', metavar='WORD', help='only groups with WORD in their name')
    parser.add_argument('--machine', metavar='LIBRARY', required=True)
    parser.add_argument('server', nargs='+')
    chosen = parser.parse_args()
    INSTRUMENTED = Server.instrumented = chosen.instrumented
    chosen.machine = os.path.abspath(chosen.machine)
    if os.path.exists(chosen.server[0]):
        chosen.server[0] = os.path.abspath(chosen.server[0])
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    tap = Tap(chosen.only)
    tap.group('ten thousand connections', ten_thousand, tap, chosen.server)
    tap.group('floods', floods, tap, chosen.server)
    tap.group('deaf', deaf, tap, chosen.server)
    tap.group('hashing', hashing, tap, chosen.server)
    tap.group('full disk', full_disk, tap, chosen.server)
    tap.group('failing disk', failing_disk, tap, chosen.server, chosen.machine)
    tap.group('clock', clock, tap, chosen.server, chosen.machine)
    tap.group('folders', folders, tap, chosen.server)
    tap.group('killed', killed, tap, chosen.server)
    tap.finish()


if __name__ == '__main__':
    main()
