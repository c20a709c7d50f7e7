#!/usr/bin/env python3
# hostile_server.py: a server that logs people in and then misbehaves
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python's standard library, and nothing of the project's own code.

    hostile_server.py --list
    hostile_server.py [--listen HOST:PORT] SCENARIO

serves SCENARIO until it is stopped (any login and password are good: `com.example.Chat --insecure --server HOST:PORT`), so that one
can look at it by hand. The tests make a Server of their own and turn it honest in the end.

A scenario is a class: `answer` may take a request away from the honest server, `attack` is what is sent once the person has asked
for the rooms. See scenarios.py.
"""

import argparse
import json
import socket
import sys
import threading
import time

DATE = '2026-01-31T12:34:56.789Z'
FEATURES = ('ping', 'request-id', 'client-ref', 'paging', 'room-info', 'sync', 'receipts', 'typing', 'presence', 'token')
HISTORY = 60            # messages that are there
OURS = 1                # the room with them
BIGGEST = 2 ** 53 - 1


def dump(thing):
    return json.dumps(thing, ensure_ascii=False, separators=(',', ':')).encode('utf-8', 'surrogatepass') + b'\n'


def message(number, text='Hello', room=OURS, sender='boris', **more):
    return {'type': 'READ_MSG', 'status': 'SUCCESS', 'room_id': room, 'message_id': number, 'msg_type': 'TEXT',
            'message': text, 'date': DATE, 'sender': sender, **more}


class Scenario:
    """What is overridden is the misbehaviour."""
    seconds = 1.0           # how long the attack lasts at most
    expect = 'any'          # 'online': the connection stays; 'left': it is given up, and the person is told
    tells = None            # words that the person is told
    opens = False           # whether the person opens all rooms

    def features(self, peer):
        return FEATURES

    def history(self):
        return [f'message {i}' for i in range(HISTORY)]

    def answer(self, peer, request):
        """True: it has dealt with it."""
        return False

    def attack(self, peer):
        """Yields bytes, or objects; may sleep by peer.rest()."""
        return ()

    def check(self, report):
        """A fault in the report of the probe, in words, or None."""
        return None


class Peer:
    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self.lock, self.gone = threading.Lock(), threading.Event()
        self.attacked = False
        self.login = None

    def say(self, thing):
        data = thing if isinstance(thing, (bytes, bytearray)) else dump(thing)
        with self.lock:
            self.connection.sendall(data)
            self.server.sent += len(data)

    def rest(self, seconds):
        """Sleeps; False when it is over."""
        return not self.gone.wait(seconds) and self.server.misbehaves()

    def hang_up(self):
        self.gone.set()
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def read(self):
        pending, decoder = '', json.JSONDecoder()
        while data := self.connection.recv(65536):
            if self.server.deaf:
                self.gone.wait()
            pending += data.decode('utf-8', 'replace')
            while pending := pending.lstrip():
                try:
                    request, end = decoder.raw_decode(pending)
                except ValueError:
                    break
                pending = pending[end:]
                self.take(request)

    def take(self, request):
        server = self.server
        server.asked[request.get('type')] = server.asked.get(request.get('type'), 0) + 1
        scenario = server.scenario
        if not (scenario and scenario.answer(self, request)):
            self.honest(request)
        if scenario and request.get('type') in ('OLD_DIALOGS', 'SYNC') and not self.attacked:
            self.attacked = True
            threading.Thread(target=self.attack, args=(scenario,), daemon=True).start()

    def attack(self, scenario):
        end = time.monotonic() + scenario.seconds
        try:
            for thing in scenario.attack(self):
                if time.monotonic() > end or not self.server.misbehaves() or self.gone.is_set():
                    break
                self.say(thing)
        except OSError:
            pass
        self.server.attacks += 1
        self.server.attack_over.set()

    # As it should be

    def honest(self, request):
        kind = request.get('type')
        answer = getattr(self, 'on_' + str(kind).lower(), None)
        number = {'request_id': request['request_id']} if 'request_id' in request else {}
        for thing in (answer(request) if answer else [{'type': kind, 'status': 'UNSUPPORTED', 'error': 'no'}]):
            self.say({**thing, **number} if 'pushed' not in thing else thing['pushed'])

    def on_request_login(self, request):
        self.login = request['login']
        scenario = self.server.scenario
        yield {'type': 'RESPONSE_LOGIN', 'status': 'LOGIN_OK', 'login': self.login, 'token': 'a-token',
               'features': list(scenario.features(self) if scenario else FEATURES)}

    def on_request_signup(self, request):
        yield {'type': 'RESPONSE_SIGNUP', 'status': 'SINGUP_OK'}

    def on_ping(self, request):
        yield {'type': 'PONG'}

    def on_pong(self, request):
        return ()

    on_typing = on_pong

    def on_old_dialogs(self, request):
        messages = self.server.messages
        last = max(messages)
        yield {'type': 'OLD_DIALOGS', 'dialogs': ['boris'], 'id': [OURS], 'first_massage_id': [min(messages)], 'kinds': ['direct'],
               'members': [[self.login, 'boris']], 'last_messages': [message(last, messages[last][0], sender=messages[last][1])],
               'unread': [0], 'read_marks': [last], 'muted': [False], 'pinned': [False],
               'members_read': [[last, last]], 'members_delivered': [[last, last]], 'seq': self.server.seq}

    def on_read_msg(self, request):
        if request['room_id'] != OURS:
            yield {'type': 'READ_MSG', 'status': 'ROOM_DOES_NOT_EXIST', 'error': 'no'}
            return
        numbers, limit = sorted(self.server.messages), request.get('limit', 50)
        if 'before' in request:
            found = [n for n in numbers if n < request['before']]
            page, more = found[-limit:], len(found) > limit
        elif 'after' in request:
            found = [n for n in numbers if n > request['after']]
            page, more = found[:limit], len(found) > limit
        elif 'around' in request:
            middle = sum(n < request['around'] for n in numbers)
            page = numbers[max(middle - limit // 2, 0):][:limit]
            more = bool(page) and page[-1] < numbers[-1]
        elif request.get('read') == 'ALL':
            page, more = numbers, False
        else:
            page, more = numbers[-limit:], len(numbers) > limit
        for n in page:
            yield message(n, self.server.messages[n][0], sender=self.server.messages[n][1])
        yield {'type': 'READ_MSG', 'status': 'END', 'room_id': OURS, 'more': more}

    def on_snd_msg(self, request):
        server = self.server
        number = server.add(request['message'], self.login)
        answer = {'type': 'SND_MSG', 'status': 'SUCCESS', 'room_id': request['room_id'], 'message_id': number, 'date': DATE, 'seq': server.seq}
        yield answer
        if not server.misbehaves():
            number = server.add('all is well', 'boris')
            yield {'pushed': message(number, 'all is well', seq=server.seq)}

    def on_edit_msg(self, request):
        yield {'type': 'EDIT_MSG', 'id': request['id'], 'new_msg': request['new_msg']}

    def on_delete_msg(self, request):
        yield {'type': 'DELETE_MSG', 'id': request['id']}

    def on_delete_room(self, request):
        yield {'type': 'DELETE_ROOM', 'id': request['id']}

    def on_create_room(self, request):
        yield {'type': 'CREATE_ROOM', 'id': OURS, 'customer': request['customer']}

    def on_search_user(self, request):
        yield {'type': 'SEARCH_USER', 'user': ['boris']}

    def on_mark_read(self, request):
        yield {'type': 'MARK_READ', 'room_id': request['room_id'], 'message_id': request['message_id'], 'unread': 0}

    def on_mark_delivered(self, request):
        yield {'type': 'MARK_DELIVERED', 'room_id': request['room_id'], 'message_id': request['message_id']}

    def on_set_room(self, request):
        yield {'type': 'SET_ROOM', 'room_id': request['room_id'], 'muted': request.get('muted', False), 'pinned': request.get('pinned', False)}

    def on_set_account(self, request):
        yield {'type': 'SET_ACCOUNT', 'receipts': True, 'typing': True, 'presence': True}

    def on_tokens(self, request):
        yield {'type': 'TOKENS', 'id': [1], 'devices': ['here'], 'created': [DATE], 'last_used': [DATE], 'current': 1}

    def on_revoke_token(self, request):
        yield {'type': 'REVOKE_TOKEN', 'id': request.get('id', 1)}

    def on_sync(self, request):
        server = self.server
        if not server.trusted_since <= request['since'] <= server.seq:
            yield {'type': 'SYNC', 'status': 'RESET', 'seq': server.seq}
            return
        for number in sorted(server.messages):
            if number > request['since']:
                yield message(number, server.messages[number][0], sender=server.messages[number][1], seq=number)
        yield {'type': 'SYNC', 'status': 'SUCCESS', 'seq': server.seq}


class Server:
    def __init__(self, scenario, address=('127.0.0.1', 0)):
        self.scenario = scenario
        self.messages = {100 + i: (text, 'boris') for i, text in enumerate(scenario.history())}
        self.seq = max(self.messages)
        self.deaf, self.trusted_since = False, 0
        self.sent = self.attacks = self.connections = 0
        self.asked, self.peers = {}, set()
        self.lock, self.attack_over = threading.Lock(), threading.Event()
        self.listener = socket.create_server(address)
        self.address = self.listener.getsockname()
        threading.Thread(target=self.listen, daemon=True).start()

    def misbehaves(self):
        return self.scenario is not None

    def add(self, text, sender):
        with self.lock:
            self.seq += 1
            self.messages[self.seq] = (text, sender)
            return self.seq

    def misbehave(self, scenario):
        """From now on, to whoever connects."""
        self.attack_over.clear()
        self.scenario = scenario
        self.trusted_since = self.seq + 1       # the rooms are asked for anew
        for peer in list(self.peers):
            peer.hang_up()

    def turn_honest(self):
        self.scenario, self.deaf = None, False
        self.seq += 10_000_000          # above all that an attack may have told of, of which nothing is true
        self.trusted_since = self.seq
        for peer in list(self.peers):
            peer.hang_up()

    def close(self):
        self.listener.close()
        self.turn_honest()

    def listen(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        peer = Peer(self, connection)
        self.peers.add(peer)
        try:
            peer.read()
        except OSError:
            pass
        finally:
            peer.gone.set()
            self.peers.discard(peer)
            connection.close()


def main():
    from scenarios import SCENARIOS
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--listen', default='127.0.0.1:7712', metavar='HOST:PORT')
    parser.add_argument('--list', action='store_true', help='names the scenarios')
    parser.add_argument('scenario', nargs='?', choices=sorted(SCENARIOS))
    options = parser.parse_args()
    if options.list or not options.scenario:
        for name, kind in SCENARIOS.items():
            print(f'{name:18} {kind.__doc__}')
        return
    host, _, port = options.listen.rpartition(':')
    kind = SCENARIOS[options.scenario]
    kind.seconds = float('inf')
    server = Server(kind(), (host.strip('[]'), int(port)))
    print('ready %s:%d' % server.address[:2], flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == '__main__':
    main()
