# check_api.py: every request of the user's API, its answers and its pushes
# SPDX-License-Identifier: GPL-3.0-or-later
"""With strict=False only what the API itself says is checked, else every rule of PROTOCOL.md too."""

import json
import re

from api_client import Client, Closed, PASSWORD

DATE = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
FAILURE = {'type', 'status', 'error'}
SENT = {'type', 'status', 'room_id', 'message_id', 'date'}
READ = {'type', 'status', 'room_id', 'message_id', 'msg_type', 'message', 'date', 'sender'}


def fails(tap, answer, kind, status, name, also=()):
    """A refusal: its type, its status, a sentence for a log, and no field that would look like success."""
    tap.ok(answer.get('type') == kind and answer.get('status') == status
           and isinstance(answer.get('error'), str) and answer['error']
           and set(answer) <= FAILURE | set(also), name, f'got    {answer!r}\nwanted {kind} {status}')


def alive(tap, client, name):
    try:
        tap.ok(client.ask('SEARCH_USER', user='').get('type') == 'SEARCH_USER', f'{name}: the connection lives on')
    except Closed as error:
        tap.ok(False, f'{name}: the connection lives on', error)


class Api:
    def __init__(self, tap, server, strict):
        self.tap, self.server, self.strict = tap, server, strict

    # Accounts
    def sign_up(self):
        tap, client = self.tap, self.server.connect()
        tap.eq(client.sign_up('ann'), {'type': 'RESPONSE_SIGNUP', 'status': 'SINGUP_OK'}, 'sign-up succeeds')
        tap.ok(b'SINGUP_OK' in client.raw and b'SIGNUP_OK' not in client.raw,
               "success of a sign-up is spelt as in the API", bytes(client.raw))
        again = client.sign_up('ann')
        tap.eq((again.get('type'), again.get('status')), ('RESPONSE_SIGNUP', 'SIGNUP_USER_EXIST'),
               'a second sign-up of the name is refused')
        if not self.strict:
            return
        fails(tap, again, 'RESPONSE_SIGNUP', 'SIGNUP_USER_EXIST', 'a taken name: the fields of a failure')
        fails(tap, client.sign_up('ANN'), 'RESPONSE_SIGNUP', 'SIGNUP_USER_EXIST', 'names are compared without case')
        fails(tap, client.ask('OLD_DIALOGS', username='ann'), 'OLD_DIALOGS', 'NOT_LOGGED_IN',
              'sign-up does not log in')
        for name, why in (('', 'empty'), ('a b', 'with a space'), ('n' * 65, 'of 65 letters'), ('имя', 'in Cyrillic'),
                          ('a/b', 'with a slash'), ('a\nb', 'with a line break'), ('<b>', 'with brackets'),
                          ('a@b', 'with an at sign')):
            answer = client.sign_up(name)
            fails(tap, answer, 'RESPONSE_SIGNUP', 'SINGUP_FAIL', f'sign-up of a name {why} is refused', ['reason'])
            tap.eq(answer.get('reason'), 'NAME', f'sign-up of a name {why}: the reason')
        for name in ('n' * 64, 'A', '0', '._-', '-'):
            tap.eq(client.sign_up(name).get('status'), 'SINGUP_OK', f'the name {name[:10]!r} ({len(name)}) is taken')
        for word, why in (('short67', 'of 7 bytes'), ('', 'that is empty'), ('p' * 1025, 'of 1,025 bytes')):
            answer = client.sign_up('pw.refused', word)
            fails(tap, answer, 'RESPONSE_SIGNUP', 'SINGUP_FAIL', f'a password {why} is refused', ['reason'])
            tap.eq(answer.get('reason'), 'PASSWORD', f'a password {why}: the reason')
        for word, name in (('12345678', 'pw.8'), ('p' * 1024, 'pw.1024'), ('пять', 'pw.cyrillic'), ('a "\\\n😀', 'pw.odd')):
            tap.eq(client.sign_up(name, word).get('status'), 'SINGUP_OK', f'a password for {name} is taken')
            tap.eq(self.server.connect().log_in(name, word).get('status'), 'LOGIN_OK', f'{name} logs in with it')
        for fields, why in (({'login': 5, 'pass': PASSWORD}, 'a number for a name'),
                            ({'login': None, 'pass': PASSWORD}, 'null for a name'),
                            ({'login': ['x'], 'pass': PASSWORD}, 'an array for a name'),
                            ({'login': 'kinds', 'pass': 12345678}, 'a number for a password'),
                            ({'login': 'kinds', 'pass': {'a': 'b'}}, 'an object for a password'),
                            ({'login': 'kinds'}, 'no password'), ({'pass': PASSWORD}, 'no name'), ({}, 'nothing')):
            fails(tap, client.ask('REQUEST_SIGNUP', **fields), 'RESPONSE_SIGNUP', 'BAD_REQUEST', f'sign-up with {why}')
        tap.eq(client.sign_up('kinds').get('status'), 'SINGUP_OK', 'refused sign-ups left no account behind')

    def log_in(self):
        tap = self.tap
        self.server.person('Lea')
        client = self.server.connect()
        wrong = client.ask('REQUEST_LOGIN', login='nobody.here', **{'pass': PASSWORD})
        tap.eq((wrong.get('type'), wrong.get('status')), ('RESPONSE_LOGIN', 'LOGIN_WRONG_USER'), 'log-in: wrong user')
        other = client.log_in('Lea', 'wrong horse')
        tap.eq((other.get('type'), other.get('status')), ('RESPONSE_LOGIN', 'LOGIN_WRONG_PASS'), 'log-in: wrong password')
        tap.eq(client.log_in('Lea'), {'type': 'RESPONSE_LOGIN', 'status': 'LOGIN_OK'},
               'log-in succeeds on the same connection, with the fields of the API and no others')
        if not self.strict:
            return
        fails(tap, wrong, 'RESPONSE_LOGIN', 'LOGIN_WRONG_USER', 'wrong user: the fields of a failure')
        fails(tap, other, 'RESPONSE_LOGIN', 'LOGIN_WRONG_PASS', 'wrong password: the fields of a failure')
        client = self.server.connect()
        fails(tap, client.log_in('Lea', 'wrong horse'), 'RESPONSE_LOGIN', 'LOGIN_WRONG_PASS', 'wrong again')
        fails(tap, client.ask('OLD_DIALOGS', username='Lea'), 'OLD_DIALOGS', 'NOT_LOGGED_IN', 'a failed log-in binds nobody')
        for name in ('a b', '', 'x' * 65, 'имя', "' OR 1=1 --", '%'):
            fails(tap, client.log_in(name), 'RESPONSE_LOGIN', 'LOGIN_WRONG_USER', f'log-in as {name[:12]!r}')
        for word in ('short', '', 'p' * 1025, '%'):
            fails(tap, client.log_in('Lea', word), 'RESPONSE_LOGIN', 'LOGIN_WRONG_PASS',
                  f'log-in with a password of {len(word)} bytes')
        for fields, why in (({'login': 5, 'pass': PASSWORD}, 'a number for a name'),
                            ({'login': 'Lea', 'pass': True}, 'true for a password'),
                            ({'login': 'Lea', 'pass': None}, 'null for a password'),
                            ({'login': 'Lea'}, 'no password'), ({'pass': PASSWORD}, 'no name'), ({}, 'nothing')):
            fails(tap, client.ask('REQUEST_LOGIN', **fields), 'RESPONSE_LOGIN', 'BAD_REQUEST', f'log-in with {why}')
        tap.eq(client.log_in('LEA').get('status'), 'LOGIN_OK', 'log-in compares names without case')
        tap.eq(client.ask('OLD_DIALOGS', username='lea').get('dialogs'), [], 'and so does "username" afterwards')
        self.server.person('Lou')
        client.ask('REQUEST_LOGIN', login='Lou', **{'pass': PASSWORD})
        tap.eq(client.ask('OLD_DIALOGS', username='Lea').get('dialogs'), [],
               'the first successful log-in binds the connection: a later one does not make it another person')

    def not_logged_in(self):
        tap, client = self.tap, self.server.connect()
        if not self.strict:
            return tap.skip('requests before log-in', 'the API says nothing of them')
        for kind, fields in (('CREATE_ROOM', {'username': 'ann', 'customer': 'ann'}),
                             ('SND_MSG', {'username': 'ann', 'room_id': 1, 'message': 'x', 'msg_type': 'TEXT'}),
                             ('READ_MSG', {'read': 'ALL', 'room_id': 1}), ('SEARCH_USER', {'user': 'ann'}),
                             ('DELETE_ROOM', {'id': 1}), ('DELETE_MSG', {'id': 1}),
                             ('EDIT_MSG', {'id': 1, 'new_msg': 'x'}), ('OLD_DIALOGS', {'username': 'ann'})):
            fails(tap, client.ask(kind, **fields), kind, 'NOT_LOGGED_IN', f'{kind} before log-in', ['room_id'])
        tap.eq(client.sign_up('late').get('status'), 'SINGUP_OK', 'the connection lives on, for a sign-up')
        tap.eq(client.log_in('late').get('status'), 'LOGIN_OK', 'and a log-in')

    # Rooms
    def create_room(self):
        tap, server = self.tap, self.server
        uma, vic = server.person('Uma'), server.person('Vic')
        uma2, vic2 = server.device('Uma'), server.device('Vic')
        room = uma.ask('CREATE_ROOM', username='Uma', customer='Vic')
        tap.eq((set(room), room.get('type'), room.get('customer')), ({'type', 'id', 'customer'}, 'CREATE_ROOM', 'Vic'),
               'a room is made, with the fields of the API and no others')
        number = room.get('id')
        tap.ok(isinstance(number, int) and 0 < number < 2 ** 53, 'its id is a positive integer below 2^53', room)
        tap.eq(vic.read(), {'type': 'CREATE_ROOM', 'id': number, 'customer': 'Uma'}, 'the other person is told, by name')
        tap.eq(vic2.read(), {'type': 'CREATE_ROOM', 'id': number, 'customer': 'Uma'}, 'on the second device as well')
        tap.eq(uma2.read(), {'type': 'CREATE_ROOM', 'id': number, 'customer': 'Vic'}, "the asker's second device too")
        tap.eq(uma.ask('CREATE_ROOM', username='Uma', customer='Vic').get('id'), number, 'asked again: the same id')
        tap.eq(vic.ask('CREATE_ROOM', username='Vic', customer='Uma'),
               {'type': 'CREATE_ROOM', 'id': number, 'customer': 'Uma'}, 'asked from the other side: the same room')
        tap.eq([one.fence() for one in (uma, uma2, vic, vic2)], [[], [], [], []],
               'a room that exists is told to nobody but the asker')
        if not self.strict:
            return
        tap.eq(uma.ask('CREATE_ROOM', username='UMA', customer='vIC'),
               {'type': 'CREATE_ROOM', 'id': number, 'customer': 'Vic'}, 'names without case; the answer as it is written')
        for fields, status, why in (({'username': 'Uma', 'customer': 'nobody.here'}, 'USER_DOES_NOT_EXIST', 'with nobody'),
                                    ({'username': 'Uma', 'customer': ''}, 'USER_DOES_NOT_EXIST', 'with an empty name'),
                                    ({'username': 'Vic', 'customer': 'Uma'}, 'FORBIDDEN', 'in the name of another'),
                                    ({'username': 'Uma', 'customer': 'Uma'}, 'FORBIDDEN', 'with oneself'),
                                    ({'username': 'Uma'}, 'BAD_REQUEST', 'without a customer'),
                                    ({'customer': 'Vic'}, 'BAD_REQUEST', 'without a username'),
                                    ({'username': 1, 'customer': 'Vic'}, 'BAD_REQUEST', 'with a number for a name'),
                                    ({'username': 'Uma', 'customer': ['Vic']}, 'BAD_REQUEST', 'with an array for a name')):
            fails(tap, uma.ask('CREATE_ROOM', **fields), 'CREATE_ROOM', status, f'a room {why}')
        alive(tap, uma, 'after refused rooms')

    def delete_room(self):
        tap, server = self.tap, self.server
        wim, xan, yul = server.person('Wim'), server.person('Xan'), server.person('Yul')
        wim2, xan2 = server.device('Wim'), server.device('Xan')
        room = wim.room('Xan')
        sent = wim.say(room, 'soon gone')
        for one in (wim2, xan, xan2):
            one.fence()
        gone = {'type': 'DELETE_ROOM', 'id': room}
        if self.strict:
            fails(tap, yul.ask('DELETE_ROOM', id=room), 'DELETE_ROOM', 'FORBIDDEN', 'a stranger can not delete a room')
            fails(tap, wim.ask('DELETE_ROOM', id=room + 100000), 'DELETE_ROOM', 'ROOM_DOES_NOT_EXIST', 'a room that is none')
            for bad in ('1', None, 1.5, -1, 0, 2 ** 53, 2 ** 63, 2 ** 64 + room, [room], True):
                fails(tap, wim.ask('DELETE_ROOM', id=bad), 'DELETE_ROOM', 'BAD_REQUEST', f'DELETE_ROOM of {bad!r}')
            fails(tap, wim.ask('DELETE_ROOM'), 'DELETE_ROOM', 'BAD_REQUEST', 'DELETE_ROOM without an id')
        tap.eq(xan.ask('DELETE_ROOM', id=room), gone, 'the other member deletes the room')
        tap.eq([wim.read(), wim2.read(), xan2.read()], [gone] * 3, 'each other device of each member is told')
        tap.eq([one.fence() for one in (wim, wim2, xan, xan2, yul)], [[]] * 5, 'exactly once, and nobody else')
        tap.eq(wim.ask('OLD_DIALOGS', username='Wim').get('id'), [], 'it is gone from the dialogs')
        if self.strict:
            fails(tap, wim.ask('DELETE_ROOM', id=room), 'DELETE_ROOM', 'ROOM_DOES_NOT_EXIST', 'deleted twice')
            fails(tap, wim.ask('READ_MSG', read='ALL', room_id=room), 'READ_MSG', 'ROOM_DOES_NOT_EXIST', 'read after deletion',
                  ['room_id'])
            fails(tap, wim.say(room, 'x'), 'SND_MSG', 'ROOM_DOES_NOT_EXIST', 'written to after deletion', ['room_id'])
            fails(tap, wim.ask('EDIT_MSG', id=sent['message_id'], new_msg='x'), 'EDIT_MSG', 'MESSAGE_DOES_NOT_EXIST',
                  'its messages are gone with it')
        new = wim.room('Xan')
        tap.ok(new > room, 'a new room of the two has a new id', (room, new))
        tap.eq([one for one in wim.page(new) if 'message' in one], [], 'and is empty')

    def old_dialogs(self):
        tap, server = self.tap, self.server
        zoe = server.person('Zoe')
        tap.eq(zoe.ask('OLD_DIALOGS', username='Zoe'),
               {'type': 'OLD_DIALOGS', 'dialogs': [], 'id': [], 'first_massage_id': []}, 'nobody has dialogs at first')
        names = ['Abe', 'Bob', 'Cyd']
        rooms = []
        for name in names:
            server.person(name)
            rooms.append(zoe.room(name))
        first = zoe.say(rooms[0], 'the first')['message_id']
        second = zoe.say(rooms[0], 'the second')['message_id']
        other = zoe.say(rooms[2], 'another')['message_id']
        zoe.say(rooms[1], 'fleeting')
        answer = zoe.ask('OLD_DIALOGS', username='Zoe')
        tap.eq(set(answer), {'type', 'dialogs', 'id', 'first_massage_id'}, 'the fields of the API, spelt as there')
        tap.ok(b'"first_massage_id"' in zoe.raw and b'first_message_id' not in zoe.raw, '"first_massage_id" on the wire')
        tap.ok(len(answer['dialogs']) == len(answer['id']) == len(answer['first_massage_id']) == 3,
               'three arrays of one length', answer)
        found = dict(zip(answer['dialogs'], zip(answer['id'], answer['first_massage_id'])))
        tap.eq({name: found[name][0] for name in names}, dict(zip(names, rooms)), 'each with its name and id')
        tap.eq((found['Abe'][1], found['Cyd'][1]), (first, other), 'and the id of its oldest message')
        if not self.strict:
            return
        tap.eq(answer['dialogs'], ['Bob', 'Cyd', 'Abe'], 'the newest activity first')
        zoe.say(rooms[0], 'again')
        tap.eq(zoe.ask('OLD_DIALOGS', username='Zoe')['dialogs'], ['Abe', 'Bob', 'Cyd'], 'a message moves its room up')
        zoe.ask('DELETE_MSG', id=first)
        fleeting = found['Bob'][1]
        zoe.ask('DELETE_MSG', id=fleeting)
        answer = zoe.ask('OLD_DIALOGS', username='ZOE')
        found = dict(zip(answer['dialogs'], answer['first_massage_id']))
        tap.eq(found['Abe'], second, 'after a deletion the next message is the oldest')
        tap.eq(found['Bob'], 0, 'and 0 where there is none')
        fails(tap, zoe.ask('OLD_DIALOGS', username='Abe'), 'OLD_DIALOGS', 'FORBIDDEN', 'the dialogs of another')
        fails(tap, zoe.ask('OLD_DIALOGS', username='nobody.here'), 'OLD_DIALOGS', 'FORBIDDEN', 'the dialogs of nobody')
        fails(tap, zoe.ask('OLD_DIALOGS'), 'OLD_DIALOGS', 'BAD_REQUEST', 'dialogs without a username')
        fails(tap, zoe.ask('OLD_DIALOGS', username=3), 'OLD_DIALOGS', 'BAD_REQUEST', 'dialogs of a number')
        tap.eq(server.device('Abe').ask('OLD_DIALOGS', username='Abe')['dialogs'], ['Zoe'], 'the other side sees the asker')

    # Messages
    def send(self):
        tap, server = self.tap, self.server
        dan, eve, fay = server.person('Dan'), server.person('Eve'), server.person('Fay')
        dan2, eve2 = server.device('Dan'), server.device('Eve')
        room = dan.room('Eve')
        for one in (dan2, eve, eve2):
            one.fence()
        answer = dan.say(room, 'Hello')
        tap.eq((set(answer), answer.get('type'), answer.get('room_id')), (SENT, 'SND_MSG', room),
               'a message is sent; the answer has the fields of the API and no others')
        number, date = answer.get('message_id'), answer.get('date')
        tap.ok(isinstance(number, int) and 0 < number < 2 ** 53, 'its id is a positive integer below 2^53', answer)
        tap.ok(isinstance(date, str) and date, 'it has a date', answer)
        pushed = eve.read()
        tap.eq({key: value for key, value in pushed.items() if key != 'status'},
               {'type': 'READ_MSG', 'room_id': room, 'message_id': number, 'msg_type': 'TEXT', 'message': 'Hello',
                'date': date, 'sender': 'Dan'}, 'it arrives at the other person as the READ_MSG of the API')
        tap.eq(set(pushed), READ, 'with all fields of the API')
        tap.eq([eve2.read(), dan2.read()], [pushed] * 2, 'at the other devices of both as well')
        tap.eq([one.fence() for one in (dan, dan2, eve, eve2, fay)], [[]] * 5, 'once each; the sender and strangers get none')
        texts = ['Grüße, 世界! Привіт 👩‍👩‍👧 \u202bעברית\u202c', 'line\nbreak\ttab "quote" \\ / \u0001 \u007f \u2028', ' ', '</b>&amp;',
                 '😀' * 100, "Robert'); DROP TABLE messages;--", '{"type":"READ_MSG"}', '\ufeffmark', '\ud7ff\ue000\U0010ffff']
        ids = [dan.say(room, text)['message_id'] for text in texts]
        tap.eq([eve.read().get('message') for _ in texts], texts, 'texts of all kinds arrive as they were written')
        tap.eq([one['message'] for one in eve.page(room)], ['Hello', *texts], 'and stand in the history')
        tap.ok(all(a < b for a, b in zip([number, *ids], ids)), 'ids rise', ids)
        for kind in ('FILE', 'IMAGE', 'TEXT'):
            dan.say(room, 'https://example.com/x', kind)
            tap.eq(eve.read().get('msg_type'), kind, f'a message of the type {kind}')
        if not self.strict:
            return
        tap.eq((answer.get('status'), pushed.get('status')), ('SUCCESS', 'SUCCESS'), 'the status of both is SUCCESS')
        tap.ok(DATE.match(date), 'the date is RFC 3339, UTC, with milliseconds', date)
        for size, text in ((65536, 'x' * 65536), (65536, 'я' * 32768), (1, '.')):
            tap.eq(dan.say(room, text).get('status'), 'SUCCESS', f'a text of {size} bytes')
            tap.ok(eve.read().get('message') == text, f'a text of {size} bytes arrives whole')
        tap.eq(dan.say(room, '\U0001f600' * 16384).get('status'), 'SUCCESS', '64 KiB that are escaped on the way are no longer for it')
        for fields, status, why in (({'message': 'x' * 65537}, 'TOO_LARGE', 'a text of 65,537 bytes'),
                                    ({'message': 'я' * 32768 + 'x'}, 'TOO_LARGE', 'too many bytes in fewer characters'),
                                    ({'message': ''}, 'BAD_REQUEST', 'an empty text'),
                                    ({'message': 5}, 'BAD_REQUEST', 'a number for a text'),
                                    ({'message': None}, 'BAD_REQUEST', 'null for a text'),
                                    ({'message': None, 'drop': 'message'}, 'BAD_REQUEST', 'no text'),
                                    ({'msg_type': 'VIDEO'}, 'BAD_REQUEST', 'an unknown msg_type'),
                                    ({'msg_type': 'text'}, 'BAD_REQUEST', 'a msg_type in small letters'),
                                    ({'msg_type': 1}, 'BAD_REQUEST', 'a number for msg_type'),
                                    ({'drop': 'msg_type'}, 'BAD_REQUEST', 'no msg_type'),
                                    ({'username': 'Eve'}, 'FORBIDDEN', 'in the name of another'),
                                    ({'username': 'nobody.here'}, 'FORBIDDEN', 'in the name of nobody'),
                                    ({'username': 7}, 'BAD_REQUEST', 'a number for a username'),
                                    ({'drop': 'username'}, 'BAD_REQUEST', 'no username'),
                                    ({'room_id': room + 100000}, 'ROOM_DOES_NOT_EXIST', 'to a room that is none'),
                                    ({'room_id': str(room)}, 'BAD_REQUEST', 'a string for a room'),
                                    ({'room_id': room + 0.5}, 'BAD_REQUEST', 'a fraction for a room'),
                                    ({'room_id': 0}, 'BAD_REQUEST', 'the room 0'), ({'room_id': -room}, 'BAD_REQUEST', 'a room below 0'),
                                    ({'room_id': 2 ** 53}, 'BAD_REQUEST', 'the room 2^53'),
                                    ({'room_id': 2 ** 64 + room}, 'BAD_REQUEST', 'a room that wraps around'),
                                    ({'room_id': 10 ** 400}, 'BAD_REQUEST', 'a room of 401 digits'),
                                    ({'drop': 'room_id'}, 'BAD_REQUEST', 'no room')):
            request = {'username': 'Dan', 'room_id': room, 'message': 'x', 'msg_type': 'TEXT', **fields}
            request.pop(request.pop('drop', None), None)
            fails(tap, dan.ask('SND_MSG', **request), 'SND_MSG', status, f'SND_MSG: {why}', ['room_id'])
        fails(tap, fay.say(room, 'x'), 'SND_MSG', 'FORBIDDEN', 'a stranger can not write to a room', ['room_id'])
        eve.read()
        tap.eq(eve.fence(), [], 'nothing of what was refused arrived')
        tap.eq(dan.ask('SND_MSG', username='dAN', room_id=room, message='x', msg_type='TEXT').get('status'), 'SUCCESS',
               '"username" is compared without case')
        tap.eq(eve.read().get('sender'), 'Dan', 'the sender is written as at sign-up')

    def read(self):
        tap, server = self.tap, self.server
        gus, hal, ivy = server.person('Gus'), server.person('Hal'), server.person('Ivy')
        room = gus.room('Hal')
        hal.fence()
        empty = [one for one in gus.page(room)]
        tap.ok(not [one for one in empty if 'message' in one], 'an empty room holds no message', empty)
        if self.strict:
            tap.ok(len(empty) == 1 and (empty[0].get('type'), empty[0].get('status'), empty[0].get('room_id')) ==
                   ('READ_MSG', 'MESSAGE_DOES_NOT_EXIST', room) and set(empty[0]) <= FAILURE | {'room_id'},
                   'an empty result is one object that says so', empty)
            tap.eq(gus.page(room, 'RESENT'), empty, 'the same for the newest page')
        count = 130
        for number in range(count):
            (gus if number % 3 else hal).send('SND_MSG', username='Gus' if number % 3 else 'Hal', room_id=room,
                                              message=f'number {number}', msg_type='TEXT')
            if not number % 3:  # both write in turn: the order between the two has to be known
                hal.read()
                gus.read()
            elif number % 3 == 2:
                gus.read(), gus.read(), hal.read(), hal.read()
        gus.fence(), hal.fence()
        whole = gus.page(room)
        tap.eq([one.get('message') for one in whole], [f'number {number}' for number in range(count)],
               'ALL is the whole history, oldest first, and nothing at its end')
        tap.ok(all(set(one) == READ for one in whole), 'each object has the fields of the API and no others')
        tap.ok(all(a['message_id'] < b['message_id'] for a, b in zip(whole, whole[1:])), 'by rising id')
        tap.ok({one['sender'] for one in whole} == {'Gus', 'Hal'}, 'with their senders')
        recent = gus.page(room, 'RESENT')
        tap.ok(recent and recent == whole[-len(recent):], 'RESENT is the end of it, oldest first')
        tap.eq(hal.page(room), whole, 'the other person reads the same')
        if not self.strict:
            return
        tap.eq(len(recent), 50, 'RESENT is the newest page of 50')
        tap.eq(gus.page(room, 'RECENT'), recent, 'RECENT is read as the same')
        gus.write(b''.join(json.dumps({'type': 'READ_MSG', 'read': 'ALL', 'room_id': room}).encode() for _ in range(3)))
        for number in range(20):
            hal.send('SND_MSG', username='Hal', room_id=room, message=f'meanwhile {number}', msg_type='TEXT')
        for _ in range(20):
            hal.read()
        came = [one['message_id'] for one in gus.fence()]
        pages, good = [[]], True
        for number in came:
            if pages[-1] and number <= pages[-1][-1]:
                pages.append([])
            pages[-1].append(number)
        old = [one['message_id'] for one in whole]
        good = sum(page[:count] == old for page in pages) == 3
        tap.ok(good, 'three histories while the other writes: none has a push between its objects', [len(p) for p in pages])
        fresh = sorted(number for number in set(came) if number > old[-1])
        tap.eq(len(fresh), 20, 'and all pushes came')
        for fields, status, why in (({'read': 'SOME'}, 'BAD_REQUEST', 'an unknown "read"'), ({'read': 'all'}, 'BAD_REQUEST', 'small letters'),
                                    ({'read': 1}, 'BAD_REQUEST', 'a number for "read"'), ({'drop': 'read'}, 'BAD_REQUEST', 'no "read"'),
                                    ({'room_id': 'x'}, 'BAD_REQUEST', 'a string for a room'), ({'drop': 'room_id'}, 'BAD_REQUEST', 'no room'),
                                    ({'room_id': 0}, 'BAD_REQUEST', 'the room 0'), ({'room_id': 1e300}, 'BAD_REQUEST', 'the room 1e300'),
                                    ({'room_id': room + 100000}, 'ROOM_DOES_NOT_EXIST', 'a room that is none')):
            request = {'read': 'ALL', 'room_id': room, **fields}
            request.pop(request.pop('drop', None), None)
            fails(tap, gus.ask('READ_MSG', **request), 'READ_MSG', status, f'READ_MSG: {why}', ['room_id'])
        fails(tap, ivy.ask('READ_MSG', read='ALL', room_id=room), 'READ_MSG', 'FORBIDDEN', 'a stranger can not read a room', ['room_id'])

    def edit(self):
        tap, server = self.tap, self.server
        jan, kim, leo = server.person('Jan'), server.person('Kim'), server.person('Leo')
        jan2, kim2 = server.device('Jan'), server.device('Kim')
        room = jan.room('Kim')
        message = jan.say(room, 'frist')['message_id']
        for one in (jan2, kim, kim2):
            one.fence()
        edited = {'type': 'EDIT_MSG', 'id': message, 'new_msg': 'first 👍'}
        tap.eq(jan.ask('EDIT_MSG', id=message, new_msg='first 👍'), edited, 'the sender edits, answered with the fields of the API')
        tap.eq([jan2.read(), kim.read(), kim2.read()], [edited] * 3, 'each other device of each member is told')
        tap.eq([one.fence() for one in (jan, jan2, kim, kim2, leo)], [[]] * 5, 'exactly once, and nobody else')
        history = kim.page(room)
        tap.eq([(one['message'], one['message_id'], one['sender']) for one in history], [('first 👍', message, 'Jan')],
               'the history has the new text, the old id and sender')
        tap.eq([set(one) for one in history], [READ], 'and no field that the API does not name')
        if not self.strict:
            return
        fails(tap, kim.ask('EDIT_MSG', id=message, new_msg='x'), 'EDIT_MSG', 'FORBIDDEN', 'the other member can not edit it')
        fails(tap, leo.ask('EDIT_MSG', id=message, new_msg='x'), 'EDIT_MSG', 'MESSAGE_DOES_NOT_EXIST', 'to a stranger it does not exist')
        for fields, status, why in (({'id': message + 100000}, 'MESSAGE_DOES_NOT_EXIST', 'none of that id'),
                                    ({'id': room}, 'MESSAGE_DOES_NOT_EXIST', 'the id of a room'),
                                    ({'id': str(message)}, 'BAD_REQUEST', 'a string for an id'), ({'id': 0}, 'BAD_REQUEST', 'the id 0'),
                                    ({'id': 2 ** 64 + message}, 'BAD_REQUEST', 'an id that wraps around'), ({'drop': 'id'}, 'BAD_REQUEST', 'no id'),
                                    ({'new_msg': ''}, 'BAD_REQUEST', 'an empty text'), ({'new_msg': None}, 'BAD_REQUEST', 'null for a text'),
                                    ({'drop': 'new_msg'}, 'BAD_REQUEST', 'no text'), ({'new_msg': 'x' * 65537}, 'TOO_LARGE', 'a text too long')):
            request = {'id': message, 'new_msg': 'x', **fields}
            request.pop(request.pop('drop', None), None)
            fails(tap, jan.ask('EDIT_MSG', **request), 'EDIT_MSG', status, f'EDIT_MSG: {why}')
        tap.eq([one.fence() for one in (jan2, kim, kim2)], [[]] * 3, 'nobody is told of what was refused')
        tap.eq(jan.page(room)[0]['message'], 'first 👍', 'and the text stands')

    def delete(self):
        tap, server = self.tap, self.server
        mia, ned, oda = server.person('Mia'), server.person('Ned'), server.person('Oda')
        mia2, ned2 = server.device('Mia'), server.device('Ned')
        room = mia.room('Ned')
        kept = mia.say(room, 'kept')['message_id']
        message = mia.say(room, 'deleted')['message_id']
        for one in (mia2, ned, ned2):
            one.fence()
        gone = {'type': 'DELETE_MSG', 'id': message}
        if self.strict:
            fails(tap, ned.ask('DELETE_MSG', id=message), 'DELETE_MSG', 'FORBIDDEN', 'the other member can not delete it')
            fails(tap, oda.ask('DELETE_MSG', id=message), 'DELETE_MSG', 'MESSAGE_DOES_NOT_EXIST', 'to a stranger it does not exist')
            for bad in (str(message), None, message + .5, 0, -message, 2 ** 53, 2 ** 64 + message, {}, False):
                fails(tap, mia.ask('DELETE_MSG', id=bad), 'DELETE_MSG', 'BAD_REQUEST', f'DELETE_MSG of {bad!r}')
            fails(tap, mia.ask('DELETE_MSG'), 'DELETE_MSG', 'BAD_REQUEST', 'DELETE_MSG without an id')
        tap.eq(mia.ask('DELETE_MSG', id=message), gone, 'the sender deletes, answered with the fields of the API')
        tap.eq([mia2.read(), ned.read(), ned2.read()], [gone] * 3, 'each other device of each member is told')
        tap.eq([one.fence() for one in (mia, mia2, ned, ned2, oda)], [[]] * 5, 'exactly once, and nobody else')
        tap.eq([one['message_id'] for one in ned.page(room)], [kept], 'it is gone from the history, the others stand')
        if self.strict:
            fails(tap, mia.ask('DELETE_MSG', id=message), 'DELETE_MSG', 'MESSAGE_DOES_NOT_EXIST', 'deleted twice')
            fails(tap, mia.ask('EDIT_MSG', id=message, new_msg='x'), 'EDIT_MSG', 'MESSAGE_DOES_NOT_EXIST', 'edited after deletion')
        later = mia.say(room, 'later')['message_id']
        tap.ok(later > message, 'the id of a deleted message is not used again', (message, later))

    def search(self):
        tap, server = self.tap, self.server
        client = server.person('finder')
        for name in ('Quill', 'quiet', 'Xquick', 'QUAIL', 'aquila'):
            client.sign_up(name)
        answer = client.ask('SEARCH_USER', user='qui')
        tap.eq((set(answer), answer.get('type')), ({'type', 'user'}, 'SEARCH_USER'), 'search has the fields of the API and no others')
        tap.ok({'Quill', 'quiet'} <= set(answer.get('user', ())), 'it finds people by the beginning of their names', answer)
        tap.eq(client.ask('SEARCH_USER', user='zzzz.nobody'), {'type': 'SEARCH_USER', 'user': []}, 'and nobody where there is nobody')
        if not self.strict:
            return
        tap.eq(answer['user'], ['quiet', 'Quill', 'aquila', 'Xquick'], 'those that begin with it first, then those that contain it')
        tap.eq(client.ask('SEARCH_USER', user='QUI'), answer, 'without case')
        tap.eq(client.ask('SEARCH_USER', user=''), {'type': 'SEARCH_USER', 'user': []}, 'nobody for an empty text')
        for text in ('%', '_%', 'q_i', '*', "'", 'юя', 'x' * 1000):
            tap.eq(client.ask('SEARCH_USER', user=text).get('user'), [], f'no wildcards: {text[:8]!r}')
        for number in range(60):
            client.send('REQUEST_SIGNUP', login=f'many{number:02}', **{'pass': PASSWORD})
        tap.eq({client.read().get('status') for _ in range(60)}, {'SINGUP_OK'}, '60 sign-ups in one go')
        tap.eq(client.ask('SEARCH_USER', user='many').get('user'), [f'many{number:02}' for number in range(50)], 'at most 50, in order')
        for fields in ({}, {'user': 5}, {'user': ['qui']}, {'user': None}):
            fails(tap, client.ask('SEARCH_USER', **fields), 'SEARCH_USER', 'BAD_REQUEST', f'a search for {fields!r}')

    # The stream
    def order(self):
        tap, server = self.tap, self.server
        client = server.person('Pia')
        server.person('Ray')
        room = client.room('Ray')
        requests, kinds = [], []
        for number in range(25):
            for kind, fields in (('SND_MSG', {'username': 'Pia', 'room_id': room, 'message': f'{number}', 'msg_type': 'TEXT'}),
                                 ('SEARCH_USER', {'user': 'Pi'}), ('OLD_DIALOGS', {'username': 'Pia'}),
                                 ('CREATE_ROOM', {'username': 'Pia', 'customer': 'Ray'}),
                                 ('REQUEST_SIGNUP', {'login': f'order{number}', 'pass': PASSWORD})):
                requests.append(json.dumps({'type': kind, **fields}))
                kinds.append(kind.replace('REQUEST_', 'RESPONSE_'))
        client.write(''.join(requests).encode())
        answers = [client.read() for _ in kinds]
        tap.eq([one['type'] for one in answers], kinds, '125 requests in one write, nothing between them: answered in their order')
        ids = [one['message_id'] for one in answers if one['type'] == 'SND_MSG']
        tap.eq(ids, sorted(ids), 'the messages among them are stored in their order')
        client.write('\r\n\t '.join(requests[1:3]).encode() + b' \n\n\n')
        tap.eq([client.read()['type'] for _ in range(2)], kinds[1:3], 'any white space between objects')
        client.write(json.dumps({'type': 'SEARCH_USER', 'user': 'Pi'}, indent=4).encode())
        tap.eq(client.read()['type'], 'SEARCH_USER', 'a pretty-printed object, without a line break after it')
        for byte in json.dumps({'type': 'SND_MSG', 'username': 'Pia', 'room_id': room, 'message': 'ключ 👍 "\\', 'msg_type': 'TEXT'},
                               ensure_ascii=False).encode():
            client.write(bytes([byte]))
        tap.eq(client.read()['type'], 'SND_MSG', 'an object sent byte by byte')
        tap.eq(client.page(room, 'RESENT')[-1]['message'], 'ключ 👍 "\\', 'arrives as it was written')
        client.write(b'{"msg_type":"TEXT","\\u0072oom_id":%d,"mess\\u0061ge":"\\ud83d\\ude00\\/\\b\\f","username":"Pia","type":"SND_MSG"}' % room)
        tap.eq(client.read().get('type'), 'SND_MSG', 'fields in any order, with escapes in names')
        tap.eq(client.page(room, 'RESENT')[-1]['message'], '\U0001f600/\b\f', 'escapes in texts')
        odd = {'type': 'SEARCH_USER', 'x': {'y': [[], {}, None, True, -0.5e-10, 'z' * 999]}, 'user': 'Pia', 'type_': 1, '': ''}
        tap.eq(client.ask(odd.pop('type'), **odd).get('user'), ['Pia'], 'unknown fields are ignored')


def run(tap, server, strict, prefix=''):
    api = Api(tap, server, strict)
    for name in ('sign_up', 'log_in', 'not_logged_in', 'create_room', 'send', 'read', 'edit', 'delete', 'delete_room',
                 'old_dialogs', 'search', 'order'):
        tap.group(prefix + name, getattr(api, name))


def lines(tap, clients):
    """All that came on all connections: JSON Lines, and no spelling that the API does not know."""
    joined = wrong = 0
    strange = set()
    known = {'RESPONSE_LOGIN', 'RESPONSE_SIGNUP', 'CREATE_ROOM', 'SND_MSG', 'READ_MSG', 'SEARCH_USER', 'DELETE_ROOM', 'DELETE_MSG',
             'EDIT_MSG', 'OLD_DIALOGS', 'ERROR'}
    fields = READ | SENT | FAILURE | {'reason', 'retry_after', 'id', 'customer', 'user', 'dialogs', 'first_massage_id', 'new_msg'}
    extra = set()
    for client in clients:
        for line in bytes(client.raw).split(b'\n')[:-1]:
            try:
                one = json.loads(line.decode('utf-8'))
                joined += 1
                if one['type'] not in known and one.get('status') != 'UNSUPPORTED':
                    strange.add(one['type'])
                extra |= set(one) - fields
            except (ValueError, TypeError, KeyError):
                wrong += 1
    tap.ok(joined > 500 and not wrong, f'each line of all that came is one whole object ({joined})', f'{wrong} are not')
    tap.eq(strange, set(), 'no type came that the API does not name')
    tap.eq(extra, set(), 'no field came that the API does not name')


__all__ = ['run', 'lines', 'fails', 'alive', 'Client']
