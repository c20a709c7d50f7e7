# judge.py: what must be true at the end of a run; knows the files and the wire, and nothing of the code that made them
# SPDX-License-Identifier: GPL-3.0-or-later

import glob
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'conformance'))
from api_client import Client  # noqa: E402

FAILED = 2              # the state of a row in a store's outbox that waits for its person
FRESH = 1               # the kind of a span in which nothing may be missing or out of date
SEND = 0
SENT = 2                # of a message on the screen
MOST_UNREAD = 1000
FEATURES = ['request-id', 'client-ref', 'paging', 'room-info', 'sync', 'receipts']


def rows(path, *queries):
    """Each query's rows, all from one moment."""
    database = sqlite3.connect(f'file:{path}?mode=ro', uri=True, timeout=10)
    try:
        database.execute('BEGIN')
        return [database.execute(query).fetchall() for query in queries]
    finally:
        database.close()


class Truth:
    """What the server has, by its own database."""

    def __init__(self, data):
        users, rooms, members, messages, refs = rows(
            os.path.join(data, 'chat.db'),
            'SELECT id, login FROM users', 'SELECT id FROM rooms', 'SELECT room_id, user_id, read_mark, delivered_mark FROM members',
            'SELECT id, room_id, sender_id, text, edited FROM messages ORDER BY id', 'SELECT sender_id, client_ref, message_id FROM refs')
        self.users = dict(users)
        self.rooms = {room for room, in rooms}
        self.members = {}
        for room, user, read, delivered in members:
            self.members.setdefault(room, {})[self.users[user]] = (read, delivered)
        self.messages = {number: (room, self.users[sender], text, bool(edited)) for number, room, sender, text, edited in messages}
        self.refs = {ref: number for _, ref, number in refs}

    def of_room(self, room):
        return {number: one for number, one in self.messages.items() if one[0] == room}

    def rooms_of(self, person):
        return {room: next(name for name in members if name != person) for room, members in self.members.items() if person in members}

    def unread(self, room, person):
        mark = self.members[room][person][0]
        return min(MOST_UNREAD, sum(number > mark and one[1] != person for number, one in self.of_room(room).items()))


class Store:
    """What a device has, by the file."""

    def __init__(self, home):
        path, = glob.glob(os.path.join(home, 'stores', '*.db'))
        self.rooms, self.messages, spans, self.outbox, self.marks, self.dead, self.tombs = rows(
            path, 'SELECT id, name, read_mark, unread FROM rooms', 'SELECT id, room_id, sender, text, edited FROM messages',
            f'SELECT room_id, from_id, to_id FROM spans WHERE kind = {FRESH}',
            'SELECT client_ref, action, state, text, target_id, failure_text FROM outbox ORDER BY place',
            'SELECT room_id, name, delivered, read FROM marks', 'SELECT room_id FROM dead_rooms', 'SELECT id FROM tombstones')
        self.messages = {number: (room, sender, text, bool(edited)) for number, room, sender, text, edited in self.messages}
        self.spans = {}
        for room, first, last in spans:
            self.spans.setdefault(room, []).append((first, last))

    def is_fresh(self, room, number):
        return any(first <= number <= last for first, last in self.spans.get(room, ()))


def compare(truth, store, person, whole):
    """How STORE differs from the server; WHOLE: the person has looked at everything."""
    found = []
    for ref, action, state, text, target, _ in store.outbox:
        if state != FAILED:
            found.append(f'still waits: {("send", "edit", "delete")[action]} {ref} {target} {text!r:.40}')
    wanted = truth.rooms_of(person)
    for room in {room for room, *_ in store.rooms} ^ set(wanted):
        found.append(f'room {room} is on one side only')
    for room, name, mark, unread in store.rooms:
        if room not in wanted:
            continue
        if name != wanted[room]:
            found.append(f'room {room} is called {name}')
        if mark != truth.members[room][person][0]:
            found.append(f'room {room}: read up to {mark}, on the server {truth.members[room][person][0]}')
        if unread != truth.unread(room, person):
            found.append(f'room {room}: {unread} unread, on the server {truth.unread(room, person)} (mark {mark})')
    for number, (room, sender, text, edited) in store.messages.items():
        if not whole and not store.is_fresh(room, number):
            continue
        theirs = truth.messages.get(number)
        if theirs is None:
            found.append(f'message {number} is kept and not on the server: {text!r:.60}')
        elif theirs != (room, sender, text, edited):
            odd = {what: (f'{mine!r:.60}', f'{other!r:.60}') for what, mine, other
                   in zip(('room', 'sender', 'text', 'edited'), (room, sender, text, edited), theirs) if mine != other}
            found.append(f'message {number} ({name_of(text)}) differs from the server in {odd}')
    for number, (room, _, text, _) in truth.messages.items():
        if room in wanted and number not in store.messages and (whole or store.is_fresh(room, number)):
            found.append(f'message {number} is missing: {text!r:.60}')
    return found


def compare_marks(truth, store, person):
    """What is known of how far the others have got. That a mark rose because its owner wrote is told by the message alone: so only a mark at
    somebody else's message must be known; and none may say more than is true."""
    found = []
    told = {(room, name.lower()): (read, delivered) for room, name, delivered, read in store.marks}
    for room, peer in truth.rooms_of(person).items():
        read, delivered = truth.members[room][peer]
        for what, mark, got in zip(('read', 'got'), (read, max(read, delivered)), told.get((room, peer), (0, 0))):
            at = truth.messages.get(mark)
            if got > mark or (got < mark and at is not None and at[1] != peer):
                found.append(f'room {room}: {peer} has {what} up to {got}, on the server up to {mark}')
    return found


def compare_screen(truth, person, lines):
    """What is shown: LINES, as the device told them."""
    found = []
    shown = {}
    rooms = truth.rooms_of(person)
    seen = set()
    for words in (line.split('\t', 5) for line in lines):
        if words[0] == 'room':
            room, name, mark, unread, newest = int(words[1]), words[2], int(words[3]), int(words[4]), int(words[5])
            seen.add(room)
            if rooms.get(room) != name:
                found.append(f'room {room} is shown as {name}')
                continue
            wanted = (truth.members[room][person][0], truth.unread(room, person), max(truth.of_room(room), default=0))
            if (mark, unread, newest) != wanted:
                found.append(f'room {room} shows read, unread, newest {(mark, unread, newest)}, on the server {wanted}')
        elif words[0] == 'message':
            room, number, sender = int(words[1]), int(words[2]), words[3]
            state, text = words[4], words[5]
            shown.setdefault(room, []).append((number, sender, int(state), text))
    for room in seen ^ set(rooms):
        found.append(f'room {room} is shown on one side only')
    for room in rooms:
        sent = [(number, sender, text) for number, sender, state, text in shown.get(room, ()) if state == SENT]
        wanted = [(number, one[1], one[2]) for number, one in sorted(truth.of_room(room).items())]
        if sent != wanted:
            odd = [f'{one!r:.80}' for one in sent if one not in wanted][:4]
            missing = [f'{one!r:.80}' for one in wanted if one not in sent][:4]
            found.append(f'room {room} shows {len(sent)} messages in another order or state than the {len(wanted)} of the server; '
                         f'too many: {odd}; missing: {missing}')
        if any(state == SENT for _, _, state, _ in shown.get(room, ())[len(sent):]):
            found.append(f'room {room} shows what was not sent amid what was')
    return found


def compare_client(truth, person, address, tls, password):
    """What a new client is told, which asks for everything."""
    found = []
    client = Client(address, tls=tls)
    try:
        client.send('REQUEST_LOGIN', login=person, features=FEATURES, **{'pass': password})
        answer = client.until_type('RESPONSE_LOGIN')
        if answer.get('status') != 'LOGIN_OK':
            return [f'{person} can not log in any more: {answer}']
        client.send('OLD_DIALOGS', username=person, request_id=1)
        answer = client.until_type('OLD_DIALOGS')
        if dict(zip(answer['id'], answer['dialogs'])) != truth.rooms_of(person):
            found.append(f'the server tells other rooms than it has: {answer["id"]}')
            return found
        for room, unread, mark in zip(answer['id'], answer['unread'], answer['read_marks']):
            if (mark, unread) != (truth.members[room][person][0], truth.unread(room, person)):
                found.append(f'room {room}: the server tells mark {mark} and {unread} unread')
            client.send('READ_MSG', read='ALL', room_id=room, request_id=2)
            told = []
            while True:
                one = client.until_type('READ_MSG')
                if one.get('status') == 'END':
                    break
                told.append((one['message_id'], one['sender'], one['message'], 'edited' in one))
            wanted = [(number, *one[1:]) for number, one in sorted(truth.of_room(room).items())]
            if told != wanted:
                found.append(f'room {room}: the server tells {len(told)} messages and has {len(wanted)}, or others')
    finally:
        client.close()
        Client.everyone.remove(client)
    return found


def name_of(text):
    return text.split(' ', 1)[0]


class Tale:
    """What the people were shown in the whole run, from the lines of their devices and what these were told to do."""

    def __init__(self, history, orders):
        """HISTORY: for each device, the lines of all its lives; ORDERS: (device, room, name, text) of all that was to be sent."""
        self.asked = {name: (device, room, text) for device, room, name, text in orders}
        self.kept, self.sent, self.failed = {}, {}, {}      # by reference
        self.changes = [[] for _ in history]                # of each device: [message, text or '', accepted]
        self.notices = []
        for device, lines in enumerate(history):
            for words in (line.split('\t') for line in lines):
                if words[0] == 'kept':
                    self.kept[words[1]] = (device, words[2])
                elif words[0] == 'sent' and words[1]:
                    self.sent[words[1]] = (device, int(words[2]), words[3])
                elif words[0] == 'failed':
                    self.failed[words[1]] = (device, words[2], words[3])
                elif words[0] == 'changing':
                    self.changes[device].append([int(words[1]), words[2], None])
                elif words[0] in ('changed', 'unchanged'):
                    for change in self.changes[device]:
                        if change[:2] == [int(words[1]), words[2]] and change[2] is None:
                            change[2] = words[0] == 'changed'
                            break
                elif words[0] == 'notice':
                    self.notices.append((device, words[1]))

    def judge(self, truth, stores):
        found = []
        names = {}
        for number, (_, _, text, _) in truth.messages.items():
            names.setdefault(name_of(text), []).append(number)
        deletions = {number for changes in self.changes for number, text, _ in changes if not text}
        # Exactly once
        for name, numbers in names.items():
            if len(numbers) > 1:
                found.append(f'{name} is there {len(numbers)} times: {numbers}')
            if name not in self.asked:
                found.append(f'{name} was never written by anybody')
        for ref, (device, number, text) in self.sent.items():
            if truth.refs.get(ref, number) != number:
                found.append(f'{name_of(text)} was shown as sent under {number}, and is {truth.refs[ref]}')
            if number not in truth.messages and number not in deletions:
                found.append(f'{name_of(text)} was shown as sent (message {number}, device {device}) and is lost')
        # Nothing that was taken is lost
        waiting = {row[0]: row for store in stores for row in store.outbox if row[1] == SEND}
        for ref, (device, text) in self.kept.items():
            if ref in truth.refs or name_of(text) in names or ref in self.sent:
                continue
            row = waiting.get(ref)
            if row is None:
                found.append(f'{name_of(text)} was taken by device {device} ({ref}) and is lost')
            elif row[2] != FAILED or not row[5]:
                found.append(f'{name_of(text)} of device {device} neither goes out nor says why not: {row}')
        for ref in waiting:
            if ref in truth.refs:
                found.append(f'{name_of(waiting[ref][3])} is on the server and waits nevertheless: {waiting[ref]}')
        found += self.judge_changes(truth, deletions)
        found += self.judge_order(truth)
        return found

    def judge_changes(self, truth, deletions):
        found = []
        refused = any('not accept a change' in words or 'not delete' in words for _, words in self.notices)
        for device, changes in enumerate(self.changes):
            for number, text, accepted in changes:
                if not text and accepted and number in truth.messages and not refused:
                    found.append(f'message {number} was deleted by device {device}, and is there')
        for number, (_, _, text, edited) in truth.messages.items():
            name = name_of(text)
            original = self.asked.get(name, (0, 0, ''))[2]
            last = None         # (device, place) of the change that the text is from
            accepted = []
            for device, changes in enumerate(self.changes):
                for place, (target, new, done) in enumerate(changes):
                    if target != number or not new:
                        continue
                    if new == text:
                        last = device, place
                    if done:
                        accepted.append((device, place, new))
            if last is None and text != original:
                found.append(f'message {number} has a text that nobody gave it: {text!r:.80}')
            if last is None and accepted and not refused:
                found.append(f'message {number} was changed by device {accepted[0][0]} to {accepted[0][2]!r:.60}, and is as it was')
            for device, place, new in accepted:
                if last is not None and device == last[0] and place > last[1] and not refused:
                    found.append(f'message {number} was changed by device {device} to {new!r:.60}, and has an older text: {text!r:.60}')
            if edited != (text != original) and last is None:
                found.append(f'message {number} is marked as edited and is not, or the other way round')
        return found

    def judge_order(self, truth):
        """What one device writes in a room stands in that order."""
        found = []
        last = {}
        by_name = {name_of(text): ref for ref, (_, text) in self.kept.items()}
        for name, (device, room, _) in self.asked.items():
            ref = by_name.get(name)
            if ref is None or ref in self.failed or ref not in truth.refs:
                continue
            number = truth.refs[ref]
            before = last.get((device, room), (0, ''))
            if number < before[0]:
                found.append(f'device {device} wrote {name} after {before[1]}, and it stands before it')
            last[device, room] = (number, name)
        return found
