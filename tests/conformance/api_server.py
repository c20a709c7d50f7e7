#!/usr/bin/env python3
# api_server.py: a server written from the user's API alone, for clients that must work with such a one
# SPDX-License-Identifier: GPL-3.0-or-later
"""An independent server: Python's standard library, and nothing of the project's own code.

It knows what the API names and nothing else: no status where the API shows none, so that what it can not do it does not
answer; nothing at the end of a history; nothing for an empty one; dates in a form of its own; pretty-printed objects;
unknown types are ignored; every field that the API does not name is ignored and never sent back.

    api_server.py [--listen HOST:PORT] [--log FILE] [--split N]

prints "ready HOST:PORT" when it accepts connections. It keeps everything in memory.
"""

import argparse
import asyncio
import json
import signal
import sys
import time

KNOWN = {
    'REQUEST_LOGIN': {'login': str, 'pass': str},
    'REQUEST_SIGNUP': {'login': str, 'pass': str},
    'CREATE_ROOM': {'username': str, 'customer': str},
    'SND_MSG': {'username': str, 'room_id': int, 'message': str, 'msg_type': str},
    'READ_MSG': {'read': str, 'room_id': int},
    'SEARCH_USER': {'user': str},
    'DELETE_ROOM': {'id': int},
    'DELETE_MSG': {'id': int},
    'EDIT_MSG': {'id': int, 'new_msg': str},
    'OLD_DIALOGS': {'username': str},
}


class Room:
    def __init__(self, number, members):
        self.number, self.members, self.messages = number, members, {}


class Server:
    def __init__(self, split, log):
        self.users, self.rooms, self.peers = {}, {}, set()
        self.split, self.log = split, log
        self.next_room, self.next_message = 7, 1001      # two counters: the API says nothing of one for all

    def record(self, line):
        if self.log:
            print(line, file=self.log, flush=True)

    def room_of(self, message):
        return next((room for room in self.rooms.values() if message in room.messages), None)

    def tell(self, members, answer, but=None):
        for peer in list(self.peers):
            if peer.user in members and peer is not but:
                peer.send(answer)


class Peer:
    def __init__(self, server, writer):
        self.server, self.writer, self.user = server, writer, None

    def send(self, answer):
        data = (json.dumps(answer, indent=4, ensure_ascii=False) + '\r\n').encode()
        if self.server.split:
            for start in range(0, len(data), self.server.split):
                self.writer.write(data[start:start + self.server.split])
        else:
            self.writer.write(data)

    def handle(self, request):
        kind = request.get('type')
        fields = KNOWN.get(kind)
        self.server.record(json.dumps(request, ensure_ascii=False))
        if fields is None:
            return
        for name, wanted in fields.items():
            if not isinstance(request.get(name), wanted):
                self.server.record(f'! {kind} without a proper {name}')
                return
        if self.user is None and not kind.startswith('REQUEST_'):
            self.server.record(f'! {kind} before log-in')
            return
        getattr(self, kind.lower())(request)

    def request_signup(self, request):
        if request['login'] in self.server.users:
            status = 'SIGNUP_USER_EXIST'
        elif not request['login'] or not request['pass']:
            status = 'SINGUP_FAIL'
        else:
            status = 'SINGUP_OK'
            self.server.users[request['login']] = request['pass']
        self.send({'type': 'RESPONSE_SIGNUP', 'status': status})

    def request_login(self, request):
        known = self.server.users.get(request['login'])
        if known is None:
            status = 'LOGIN_WRONG_USER'
        elif known != request['pass']:
            status = 'LOGIN_WRONG_PASS'
        else:
            status = 'LOGIN_OK'
            self.user = request['login']
        self.send({'type': 'RESPONSE_LOGIN', 'status': status})

    def create_room(self, request):
        server, other = self.server, request['customer']
        if other not in server.users or other == self.user:
            return
        room = next((room for room in server.rooms.values() if room.members == {self.user, other}), None)
        if room:
            self.send({'type': 'CREATE_ROOM', 'id': room.number, 'customer': other})
            return
        room = server.rooms[server.next_room] = Room(server.next_room, {self.user, other})
        server.next_room += 1
        self.send({'type': 'CREATE_ROOM', 'id': room.number, 'customer': other})
        server.tell({self.user}, {'type': 'CREATE_ROOM', 'id': room.number, 'customer': other}, self)
        server.tell({other}, {'type': 'CREATE_ROOM', 'id': room.number, 'customer': self.user}, self)

    def read_object(self, room, number):
        message = room.messages[number]
        return {'type': 'READ_MSG', 'status': 'SUCCESS', 'room_id': room.number, 'message_id': number, 'msg_type': message['kind'],
                'message': message['text'], 'date': message['date'], 'sender': message['sender']}

    def snd_msg(self, request):
        server, room = self.server, self.server.rooms.get(request['room_id'])
        if not room or self.user not in room.members:
            self.send({'type': 'SND_MSG', 'status': 'ERROR', 'room_id': request['room_id'], 'message_id': 0, 'date': ''})
            return
        number = server.next_message
        server.next_message += 1
        room.messages[number] = {'kind': request['msg_type'], 'text': request['message'], 'sender': self.user,
                                 'date': time.strftime('%d.%m.%Y %H:%M', time.gmtime())}
        self.send({'type': 'SND_MSG', 'status': 'SUCCESS', 'room_id': room.number, 'message_id': number, 'date': room.messages[number]['date']})
        server.tell(room.members, self.read_object(room, number), self)

    def read_msg(self, request):
        room = self.server.rooms.get(request['room_id'])
        if not room or self.user not in room.members:
            return
        numbers = sorted(room.messages)
        for number in numbers if request['read'] == 'ALL' else numbers[-20:]:
            self.send(self.read_object(room, number))

    def search_user(self, request):
        self.send({'type': 'SEARCH_USER', 'user': sorted(name for name in self.server.users if request['user'] and request['user'].lower() in name.lower())})

    def delete_room(self, request):
        room = self.server.rooms.get(request['id'])
        if room and self.user in room.members:
            del self.server.rooms[request['id']]
            self.server.tell(room.members, {'type': 'DELETE_ROOM', 'id': room.number})

    def delete_msg(self, request):
        room = self.server.room_of(request['id'])
        if room and room.messages[request['id']]['sender'] == self.user:
            del room.messages[request['id']]
            self.server.tell(room.members, {'type': 'DELETE_MSG', 'id': request['id']})

    def edit_msg(self, request):
        room = self.server.room_of(request['id'])
        if room and room.messages[request['id']]['sender'] == self.user:
            room.messages[request['id']]['text'] = request['new_msg']
            self.server.tell(room.members, {'type': 'EDIT_MSG', 'id': request['id'], 'new_msg': request['new_msg']})

    def old_dialogs(self, request):
        rooms = [room for room in self.server.rooms.values() if self.user in room.members]
        self.send({'type': 'OLD_DIALOGS', 'dialogs': [next(iter(room.members - {self.user})) for room in rooms],
                   'id': [room.number for room in rooms],
                   'first_massage_id': [min(room.messages, default=0) for room in rooms]})


async def serve(server, reader, writer):
    peer = Peer(server, writer)
    server.peers.add(peer)
    decoder, text, pending = json.JSONDecoder(), '', b''
    try:
        while data := await reader.read(65536):
            pending += data
            try:
                text, pending = text + pending.decode(), b''
            except UnicodeDecodeError as error:
                if len(pending) - error.start > 3:
                    return
                text, pending = text + pending[:error.start].decode(), pending[error.start:]
            while text := text.lstrip():
                try:
                    request, end = decoder.raw_decode(text)
                except ValueError:
                    break                       # its end has not come
                text = text[end:]
                if isinstance(request, dict):
                    peer.handle(request)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        server.peers.discard(peer)
        writer.close()


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--listen', default='127.0.0.1:0')
    parser.add_argument('--log', help='every object that came, a line each; "!" marks what a client must not send')
    parser.add_argument('--split', type=int, default=0, help='write in pieces of so many bytes')
    chosen = parser.parse_args()
    server = Server(chosen.split, open(chosen.log, 'a') if chosen.log else None)
    host, port = chosen.listen.rsplit(':', 1)
    listener = await asyncio.start_server(lambda reader, writer: serve(server, reader, writer), host.strip('[]'), int(port))
    host, port = listener.sockets[0].getsockname()[:2]
    print(f'ready {host}:{port}', flush=True)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()
    listener.close()


if __name__ == '__main__':
    asyncio.run(main())
    sys.exit(0)
