# check_limits.py: floods, slow and silent peers, and what survives the end of the server
# SPDX-License-Identifier: GPL-3.0-or-later
"""PROTOCOL.md, "Bad input" and "Limits": the parts that need time, many bytes, or a server of their own."""

import os
import shutil
import tempfile
import threading
import time

from api_client import Client, Closed, PASSWORD, Server


class Patient:
    """Silent and dribbling peers: opened first, looked at last, so that their 30 seconds pass beside the other checks."""

    FROM, TO = 25.0, 45.0

    def __init__(self, server):
        self.ended = {}
        self.said = {}
        self.threads = []
        for name, feed in (('a peer that says nothing', None), ('a peer that sends white space', b' '), ('a peer that dribbles an object', b'x')):
            thread = threading.Thread(target=self._wait, args=(name, server, feed), daemon=True)
            thread.start()
            self.threads.append(thread)
        # Its first object came in time: it is no silent peer.
        self.polite = server.connect()
        self.polite_answer = self.polite.sign_up('polite').get('status')
        self.user = server.person('patient')

    def _wait(self, name, server, feed):
        client = server.connect()
        start = time.monotonic()
        began = False
        while time.monotonic() - start < self.TO + 5:
            try:
                if feed:
                    client.write(b'{"' + feed if feed == b'x' and not began else feed)
                    began = True
                self.said.setdefault(name, []).append(client.read(1.0))
            except (TimeoutError, ValueError):
                continue
            except (Closed, OSError):
                break
        self.ended[name] = time.monotonic() - start
        client.close()

    def check(self, tap):
        for thread in self.threads:
            thread.join(self.TO + 10)
        for name, after in self.ended.items():
            tap.ok(self.FROM <= after <= self.TO, f'{name} is cut off after about 30 s', f'after {after:.1f} s')
        tap.eq(len(self.ended), 3, 'all three of them')
        tap.eq(self.polite_answer, 'SINGUP_OK', 'a peer that said something')
        tap.eq(self.polite.log_in('polite').get('status'), 'LOGIN_OK', 'is served after that time too')
        tap.eq(self.user.ask('SEARCH_USER', user='patient').get('user'), ['patient'], 'and so is one who is logged in and was silent')


def slow_reader(tap, server):
    """One who does not read pushes is cut off when the queue is full, and harms nobody."""
    fast, other = server.person('fast'), server.person('witness')
    slow = Client(server.address, tls=server.tls, receive_buffer=4096)
    slow.sign_up('slow')
    slow.log_in('slow')
    slow.keep_raw = fast.keep_raw = False
    room, beside = fast.room('slow'), fast.room('witness')
    other.fence()
    before = server.memory()
    text = 'x' * 60000
    count = 400                                  # 24 MB: more than the queue and the buffers of the system hold
    good = 0
    longest = 0.0
    for number in range(count):
        start = time.monotonic()
        good += fast.say(room, text).get('status') == 'SUCCESS'
        longest = max(longest, time.monotonic() - start)
    tap.eq(good, count, 'one who writes to a peer that does not read gets all answers')
    tap.ok(longest < 5, 'without delay', f'{longest:.1f} s')
    fast.say(beside, 'still here')
    tap.eq(other.read().get('message'), 'still here', 'others get their messages meanwhile')
    tap.ok(server.memory() - before < 64 * 1024, 'the queue is bounded', f'{before} kB before, {server.memory()} kB after')
    came = slow.until_closed(60)
    tap.ok(slow.ended is not None and len(came) < count, 'the peer that did not read is cut off',
           f'{len(came)} of {count} came, ended by {slow.ended}')
    again = server.device('slow')
    again.keep_raw = False
    tap.eq(len(again.page(room)), count, 'it comes back and reads them all: what is asked for is produced as it is read')
    lazy = Client(server.address, tls=server.tls, receive_buffer=4096)
    lazy.keep_raw = False
    lazy.log_in('slow')
    lazy.send('READ_MSG', read='ALL', room_id=room)
    for number in range(20):                     # others go on while it does not read
        fast.say(beside, f'{number}')
    before = server.memory()
    more = lazy.fence()
    tap.eq(len(more), count, 'a history of 24 MB, larger than any queue, reaches one who reads late')
    tap.ok(server.memory() - before < 32 * 1024, 'and is not held in memory meanwhile', f'{before} kB before, {server.memory()} kB after')
    fast.ask('DELETE_ROOM', id=room)


def flood_of_requests(tap, server):
    """One who sends without reading is held back: neither memory nor others suffer."""
    flood, other = server.person('flood'), server.person('calm')
    flood.keep_raw = False
    question = b'{"type":"SEARCH_USER","user":"flood"}\n' * 1000
    flood.socket.settimeout(3)
    before = server.memory()
    sent = 0
    try:
        while sent < 64 * 1024 * 1024:
            flood.write(question)
            sent += len(question)
    except OSError:
        pass
    start = time.monotonic()
    tap.eq(other.ask('SEARCH_USER', user='calm').get('user'), ['calm'], 'a flood of requests whose answers nobody reads: others are served')
    tap.ok(time.monotonic() - start < 3, 'soon', f'{time.monotonic() - start:.1f} s')
    tap.ok(server.memory() - before < 32 * 1024, 'and memory does not fill', f'{sent} bytes sent, {before} kB before, {server.memory()} kB after')
    flood.close()


def rates(tap, command):
    """The limits as they are by default."""
    server = Server(command, limits=True)
    try:
        client = server.connect()
        answers = [client.sign_up(f'person{number}').get('status') for number in range(20)]
        tap.eq(answers, ['SINGUP_OK'] * 20, '20 sign-ups in a minute are within the limits')
        tap.eq(client.log_in('person0').get('status'), 'LOGIN_OK', 'and a log-in after them')
        room = client.room('person1')
        for number in range(100):
            client.send('SND_MSG', username='person0', room_id=room, message=f'{number}', msg_type='TEXT')
        tap.eq({client.read().get('status') for _ in range(100)}, {'SUCCESS'}, 'a burst of 100 messages is within the limits')
        tap.eq(len(client.page(room)), 100, 'and all are there')

        def limited(name, kind, ask, most):
            for number in range(most):
                answer = ask(number)
                if answer.get('status') == 'RATE_LIMITED':
                    wait = answer.get('retry_after')
                    tap.ok(answer.get('type') == kind and isinstance(wait, int) and 0 < wait <= 3600 and isinstance(answer.get('error'), str)
                           and set(answer) <= {'type', 'status', 'error', 'retry_after', 'room_id'},
                           f'{name}: RATE_LIMITED with the seconds to wait', answer)
                    return number
            tap.ok(False, f'{name}: RATE_LIMITED', f'not after {most}')
            return None

        guesser = server.connect()
        tries = limited('guesses of one password', 'RESPONSE_LOGIN', lambda number: guesser.log_in('person2', f'wrong horse {number}'), 200)
        tap.ok(tries is not None and 3 <= tries, 'but not after a slip of the finger', tries)
        fresh = server.connect()
        tap.eq(fresh.log_in('person2', 'wrong horse again').get('status'), 'RATE_LIMITED', 'a new connection does not begin anew')
        owner = server.connect()
        tap.eq(owner.log_in('person3').get('status'), 'LOGIN_OK', 'another account is not locked by it')
        limited('guesses of many accounts from one address', 'RESPONSE_LOGIN',
                lambda number: guesser.log_in(f'person{4 + number % 16}', 'wrong horse'), 2000)
        signer = server.connect()
        limited('sign-ups from one address', 'RESPONSE_SIGNUP', lambda number: signer.sign_up(f'more{number}'), 2000)

        def flood(number):
            if not number % 500:
                for _ in range(500):
                    client.send('SND_MSG', username='person0', room_id=room, message='flood', msg_type='TEXT')
            return client.read()
        refused = limited('a flood of messages', 'SND_MSG', flood, 20000)
        if refused is not None:
            for _ in range(499 - refused % 500):
                client.read()
        answer = client.ask('SEARCH_USER', user='x')
        tap.eq(answer.get('type'), 'SEARCH_USER', 'the connection lives on')
        tap.eq(owner.ask('SEARCH_USER', user='person3').get('user'), ['person3'],
               'and others are not limited by it')
    finally:
        server.clean()


def survival(tap, command):
    """What was answered is on disk: kill -9, and the same folder again."""
    data = tempfile.mkdtemp(prefix='chat-conformance-')
    try:
        server = Server(command, data=data)
        ann, bob = server.person('ann'), server.person('bob')
        room = ann.room('bob')
        newest = deleted = 0
        for turn in range(3):
            for number in range(300):
                ann.send('SND_MSG', username='ann', room_id=room, message=f'{turn}/{number}', msg_type='TEXT')
            answered = [ann.read() for _ in range(50 + 90 * turn)]
            server.kill()
            answered += [one for one in ann.until_closed() if one.get('type') == 'SND_MSG']
            server.clean()
            server = Server(command, data=data)
            ann, bob = server.device('ann'), server.device('bob')
            stored = {one['message_id']: one['message'] for one in bob.page(room)}
            lost = [one['message_id'] for one in answered if one['message_id'] not in stored]
            tap.eq(lost, [], f'kill -9, turn {turn + 1}: no answered message is lost ({len(answered)} answered)')
            tap.ok(min(one['message_id'] for one in answered) > newest, 'ids rise over a restart')
            newest = max(stored)
            ann.ask('DELETE_MSG', id=newest)
            deleted = newest
        server.kill()
        server.clean()
        server = Server(command, data=data)
        ann = server.device('ann')
        tap.ok(ann.say(room, 'after')['message_id'] > deleted, 'the id of the newest message, deleted, is not used again after a restart')
        tap.ok(deleted not in [one['message_id'] for one in ann.page(room)], 'and what was deleted stays so')
        ann.ask('DELETE_ROOM', id=room)
        server.stop()
        server.clean()
        server = Server(command, data=data)
        ann = server.device('ann')
        fresh = ann.room('bob')
        tap.ok(fresh > room, 'nor is the id of a deleted room', (room, fresh))
        tap.eq(oct(os.stat(os.path.join(data, 'server')).st_mode & 0o777), '0o700', 'the folder of the data is for its owner alone')
        paths = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(data, 'server')) for name in names]
        loose = [path for path in paths if b'correct horse' in open(path, 'rb').read()]
        tap.eq(loose, [], 'no password stands in it')
        server.clean()
    finally:
        shutil.rmtree(data, ignore_errors=True)


def orderly_end(tap, server):
    """SIGTERM finishes what was accepted."""
    client = server.person('last')
    server.person('witness2')
    room = client.room('witness2')
    for number in range(200):
        client.send('SND_MSG', username='last', room_id=room, message=f'{number}', msg_type='TEXT')
    first = client.read()
    tap.eq(first.get('status'), 'SUCCESS', 'messages are on their way when the server is told to end')
    tap.eq(server.stop(), 0, 'SIGTERM: it ends with 0')
    rest = client.until_closed()
    tap.ok(all(one.get('type') == 'SND_MSG' and one.get('status') == 'SUCCESS' for one in rest), 'what was answered until then is whole',
           [one for one in rest if one.get('status') != 'SUCCESS'][:3])
    left = server.process.stdout.read()
    tap.eq(left, b'', 'standard output held the one line "ready" and no other')
    log = server.tail()
    tap.ok('CRITICAL' not in log and 'WARNING' not in log and 'Sanitizer' not in log, 'and its log no warning of a defect', log)


def run(tap, server, command):
    tap.group('a peer that does not read', slow_reader, tap, server)
    tap.group('a flood of requests', flood_of_requests, tap, server)
    tap.group('rate limits', rates, tap, command)
    tap.group('kill -9', survival, tap, command)


__all__ = ['Patient', 'run', 'orderly_end', 'PASSWORD']
