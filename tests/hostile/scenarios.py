# scenarios.py: the ways in which the hostile server misbehaves
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each class is one; its name in dashes is that of the scenario, its documentation what it does."""

import itertools
import re

from hostile_server import BIGGEST, DATE, FEATURES, OURS, Scenario, dump, message

SCENARIOS = {}
FIRST = 10_000          # ids of what an attack tells: above all that is there


def scenario(kind):
    name = re.sub(r'(?<=[a-z])(?=[A-Z])', '-', kind.__name__).lower()
    kind.name = name
    SCENARIOS[name] = kind
    return kind


def blocks(things, size=100):
    """Many objects at once: the server is not to be the slow one."""
    things = iter(things)
    while block := list(itertools.islice(things, size)):
        yield b''.join(thing if isinstance(thing, bytes) else dump(thing) for thing in block)


def fast_messages(text, rooms=1, sender='boris'):
    head = dump(message(0, text, room=0, sender=sender, seq=0)).decode()
    head = head.replace('"room_id":0', '"room_id":%d').replace('"message_id":0', '"message_id":%d').replace('"seq":0', '"seq":%d')
    for number in itertools.count(FIRST):
        yield (head % (OURS + number % rooms, number, number)).encode()


# Too much

@scenario
class FloodMessages(Scenario):
    """new messages faster than the disk"""
    seconds, expect = 3, 'online'

    def attack(self, peer):
        yield from blocks(fast_messages('Come and see what I have found for you'))


@scenario
class FloodBig(Scenario):
    """messages of 64 KiB, in ten rooms, faster than the disk"""
    seconds, expect = 3, 'online'

    def attack(self, peer):
        for number in range(2, 11):
            yield {'type': 'CREATE_ROOM', 'id': number, 'customer': f'person.{number}', 'seq': 5000 + number}
        yield from fast_messages('wide ' * 13_000, 10)


@scenario
class FloodRooms(Scenario):
    """CREATE_ROOM without end, and a message in each"""
    seconds, expect = 3, 'online'

    def attack(self, peer):
        def things():
            for number in itertools.count(FIRST, 2):
                yield {'type': 'CREATE_ROOM', 'id': number, 'customer': f'person.{number}', 'seq': number}
                yield message(number + 1, 'x' * 2000, room=number, seq=number + 1)
        yield from blocks(things())

    def check(self, report):
        return f'{report["rooms"]} rooms' if report['rooms'] > 10_000 else None


@scenario
class LongNames(Scenario):
    """rooms and senders with names of a megabyte"""
    seconds, expect = 1.5, 'online'

    def attack(self, peer):
        for number in itertools.count(FIRST, 2):
            yield {'type': 'CREATE_ROOM', 'id': number, 'customer': f'{number} ' * 100_000, 'seq': number}
            yield message(number + 1, 'Hi', sender=f'{number} ' * 100_000, seq=number + 1)

    def check(self, report):
        return f'a name of {report["longest_name"]} bytes' if report['longest_name'] > 256 else None


@scenario
class FloodEdits(Scenario):
    """edits of 64 KiB of all that is there, and deletions of the newest"""
    seconds, expect = 2, 'online'

    def attack(self, peer):
        for round_ in itertools.count():
            yield from blocks({'type': 'EDIT_MSG', 'id': 100 + i, 'new_msg': f'{round_} ' + 'y' * 60_000} for i in range(50))
            yield from blocks(itertools.chain.from_iterable(
                (message(FIRST + round_ * 100 + i, 'gone at once'), {'type': 'DELETE_MSG', 'id': FIRST + round_ * 100 + i, 'room_id': OURS})
                for i in range(50)))


@scenario
class FloodMarks(Scenario):
    """read marks of people whom nobody knows"""
    seconds, expect = 1.5, 'online'

    def attack(self, peer):
        def things():
            for number in itertools.count(1):
                yield {'type': 'MARK_READ', 'room_id': OURS, 'message_id': 100 + number % 60, 'user': f'nobody.{number}'}
                yield {'type': 'MARK_DELIVERED', 'room_id': OURS + number % 3, 'message_id': BIGGEST, 'user': f'nobody.{number}'}
        yield from blocks(things())


@scenario
class FloodTyping(Scenario):
    """typing and presence of people whom nobody knows"""
    seconds = 1.5

    def attack(self, peer):
        def things():
            for number in itertools.count(1):
                yield {'type': 'TYPING', 'room_id': 1 + number % 1000, 'user': f'nobody.{number}'}
                yield {'type': 'PRESENCE', 'user': f'nobody.{number}', 'online': number % 2 == 0}
        yield from blocks(things())


@scenario
class FloodUnknown(Scenario):
    """objects of no known type, without end"""
    seconds, expect, tells = 1.5, 'left', 'not a Chat server'

    def attack(self, peer):
        yield from itertools.repeat(dump({'type': 'DANCE', 'with': 'me'}) * 200)


@scenario
class FloodPings(Scenario):
    """PING without end, whose answers nobody reads"""
    seconds, expect = 3, 'left'

    def attack(self, peer):
        peer.server.deaf = True
        yield from itertools.repeat(dump({'type': 'PING', 'request_id': BIGGEST}) * 200)


@scenario
class EndlessObject(Scenario):
    """one object that never ends"""
    seconds, expect, tells = 1.5, 'left', 'not a Chat server'

    def attack(self, peer):
        yield b'{"type":"READ_MSG","message":"'
        yield from itertools.repeat(b'a' * 65536)


@scenario
class EndlessSpace(Scenario):
    """white space without end"""
    seconds = 1.5

    def attack(self, peer):
        yield from itertools.repeat(b' \n\t\r' * 16384)


@scenario
class EndlessPage(Scenario):
    """a page of the history that never ends"""
    seconds, expect, tells = 1.5, 'left', 'not a Chat server'

    def answer(self, peer, request):
        if request['type'] == 'READ_MSG':
            self.number = request.get('request_id')
            return True

    def attack(self, peer):
        while not getattr(self, 'number', None) and peer.rest(0.02):
            pass
        number = getattr(self, 'number', 0)
        yield from blocks(message(n, 'old', request_id=number) for n in itertools.count(200))


@scenario
class EndlessSync(Scenario):
    """a replay that never ends"""
    seconds, expect, tells = 2, 'left', 'not a Chat server'

    def answer(self, peer, request):
        if request['type'] == 'SYNC':
            self.number = request.get('request_id')
            return True
        self.told = getattr(self, 'told', False) or request['type'] == 'READ_MSG'
        return False

    def attack(self, peer):
        if not hasattr(self, 'number'):         # the first connection is only there so that there is a second, which begins with its rooms
            for _ in range(100):
                if getattr(self, 'told', False) or not peer.rest(0.02):
                    break
            peer.hang_up()
            return
        yield from blocks(message(n, 'new', request_id=self.number, seq=n) for n in itertools.count(FIRST))


@scenario
class ManyDialogs(Scenario):
    """ten million rooms in one list: more than an object may hold"""
    seconds, expect, tells = 1.5, 'left', 'not a Chat server'

    def answer(self, peer, request):
        return request['type'] == 'OLD_DIALOGS'

    def attack(self, peer):
        yield b'{"type":"OLD_DIALOGS","dialogs":['
        yield from itertools.repeat(b'"somebody",' * 10_000, 1000)


@scenario
class FullDialogs(Scenario):
    """as many rooms as one object holds"""
    seconds, expect = 1, 'online'
    n = 50_000

    def answer(self, peer, request):
        if request['type'] != 'OLD_DIALOGS':
            return False
        ids = range(1, self.n + 1)
        peer.say({'type': 'OLD_DIALOGS', 'dialogs': ['boris'] + [''] * (self.n - 1), 'id': list(ids), 'first_massage_id': [0] * self.n,
                  'seq': 300, 'request_id': request['request_id']})
        return True

    def check(self, report):
        return f'{report["rooms"]} rooms' if report['rooms'] != 10_000 else None


@scenario
class ChangingDialogs(Scenario):
    """other rooms under the same numbers, each time that it is asked, as if the server had lost what it had again and again"""
    seconds, expect, tells = 2, 'left', 'not a Chat server'
    round = 0

    def answer(self, peer, request):
        if request['type'] != 'OLD_DIALOGS':
            return False
        self.round += 1
        peer.say({'type': 'OLD_DIALOGS', 'dialogs': [f'somebody.{self.round}'], 'id': [OURS], 'first_massage_id': [0],
                  'seq': 300, 'request_id': request['request_id']})
        return True

    def attack(self, peer):
        for number in itertools.count(FIRST):
            yield message(number, 'of a room that is not there', room=number)
            if not peer.rest(0.05):
                return

    def check(self, report):
        return f'{report["notices"]} notices' if report['notices'] > 20 else None


# Wrong

def wrong_values(kinds):
    return [value for kind, values in {
        'i': ['1', 1.5, None, True, [], {}, -1, 0, 2 ** 53, 2 ** 63, 2 ** 200, 1e300, -1e300],
        's': [1, None, True, [], {}, ['x'], {'type': 'READ_MSG'}],
        'a': [1, 'x', None, {}, [1, 'x'], [None], [[]], [{}]],
    }.items() if kind in kinds for value in values]


SAMPLES = (
    ({'type': 'READ_MSG', 'status': 'SUCCESS', 'room_id': OURS, 'message_id': 7, 'msg_type': 'TEXT', 'message': 'Hi', 'date': DATE,
      'sender': 'boris', 'client_ref': 'x', 'edited': DATE, 'seq': 7}, 'is'),
    ({'type': 'EDIT_MSG', 'id': 101, 'new_msg': 'Hi', 'room_id': OURS, 'seq': 8}, 'is'),
    ({'type': 'DELETE_MSG', 'id': 9999, 'room_id': OURS, 'seq': 9}, 'is'),
    ({'type': 'CREATE_ROOM', 'id': 9998, 'customer': 'eve', 'seq': 9}, 'is'),
    ({'type': 'DELETE_ROOM', 'id': 9997, 'seq': 9}, 'is'),
    ({'type': 'MARK_READ', 'room_id': OURS, 'message_id': 100, 'unread': 0, 'user': 'boris', 'seq': 9}, 'is'),
    ({'type': 'MARK_DELIVERED', 'room_id': OURS, 'message_id': 100, 'user': 'boris', 'seq': 9}, 'is'),
    ({'type': 'SET_ROOM', 'room_id': OURS, 'muted': False, 'pinned': False, 'seq': 9}, 'is'),
    ({'type': 'TYPING', 'room_id': OURS, 'user': 'boris'}, 'is'),
    ({'type': 'PRESENCE', 'user': 'boris', 'online': True, 'last_seen': DATE}, 'is'),
    ({'type': 'OLD_DIALOGS', 'dialogs': ['a'], 'id': [5], 'first_massage_id': [0], 'members': [['a']], 'last_messages': [None],
      'unread': [0], 'read_marks': [0], 'muted': [True], 'pinned': [True], 'kinds': ['direct']}, 'a'),
    ({'type': 'SEARCH_USER', 'user': ['a']}, 'a'),
    ({'type': 'SYNC', 'status': 'SUCCESS', 'seq': 9}, 'is'),
    ({'type': 'RESPONSE_LOGIN', 'status': 'LOGIN_OK', 'features': ['ping'], 'login': 'anna', 'token': 'x'}, 'as'),
    ({'type': 'ERROR', 'status': 'BAD_REQUEST', 'error': 'x'}, 's'),
)


@scenario
class WrongTypes(Scenario):
    """each field of each object of each wrong kind and out of each range"""
    seconds, expect, tells = 1.5, 'left', 'not a Chat server'

    def attack(self, peer):
        for sample, kinds in SAMPLES:
            for name in list(sample)[1:]:
                for value in wrong_values(kinds):
                    yield {**sample, name: value}
                yield {key: value for key, value in sample.items() if key != name}


@scenario
class WrongIds(Scenario):
    """ids of 0, below, at 2^53 - 1, above it and beyond everything, fewer than make it give up"""
    seconds, expect = 1, 'online'

    def attack(self, peer):
        for value in (0, -1, 2 ** 53, 2 ** 64, 10 ** 300):
            yield message(value)
            yield message(FIRST, room=value)
            yield {'type': 'DELETE_MSG', 'id': value}
            yield {'type': 'EDIT_MSG', 'id': value, 'new_msg': 'x'}
            yield {'type': 'CREATE_ROOM', 'id': value, 'customer': 'x'}
            yield {'type': 'DELETE_ROOM', 'id': value}
            yield {'type': 'MARK_READ', 'room_id': OURS, 'message_id': value, 'unread': value}
            yield dump(message(0)).replace(b'"message_id":0', b'"message_id":1e300')
        for _ in range(3):
            yield message(BIGGEST, 'the last of all', seq=BIGGEST)
            yield {'type': 'MARK_READ', 'room_id': OURS, 'message_id': BIGGEST, 'unread': BIGGEST, 'seq': BIGGEST}
            yield {'type': 'MARK_DELIVERED', 'room_id': OURS, 'message_id': BIGGEST, 'user': 'boris', 'seq': BIGGEST}
            yield {'type': 'CREATE_ROOM', 'id': BIGGEST, 'customer': 'the last', 'seq': BIGGEST}
            yield {'type': 'DELETE_ROOM', 'id': BIGGEST, 'seq': BIGGEST}


@scenario
class Strangers(Scenario):
    """messages, edits, deletions and marks of rooms and messages that are not ours, and ours told as of other rooms"""
    seconds, expect = 1.5, 'online'

    def attack(self, peer):
        def things():
            for number in itertools.count(FIRST):
                yield message(number, 'not yours ' + 'z' * 5000, room=number)
                yield {'type': 'EDIT_MSG', 'id': number + 1, 'new_msg': 'early ' + 'z' * 5000, 'room_id': number, 'seq': number}
                yield {'type': 'DELETE_MSG', 'id': number + 2, 'room_id': number}
                yield {'type': 'DELETE_ROOM', 'id': number}
                yield message(100 + number % 60, 'yours, but there', room=2)
                yield {'type': 'SET_ROOM', 'room_id': number, 'muted': True, 'pinned': True}
        yield from blocks(things())


@scenario
class ForeignPage(Scenario):
    """a page that is of another room, repeats itself, and says that there is more for ever"""
    seconds, expect = 1.5, 'online'

    def answer(self, peer, request):
        if request['type'] != 'READ_MSG':
            return False
        for number in (500, 400, 500, 300, BIGGEST, 1):
            peer.say(message(number, 'not of this room', room=77, request_id=request['request_id']))
            peer.say(message(number, 'of this room', request_id=request['request_id']))
        peer.say({'type': 'READ_MSG', 'status': 'END', 'room_id': 77, 'more': True, 'request_id': request['request_id']})
        return True


@scenario
class WrongAnswers(Scenario):
    """answers twice, to nothing, in the wrong order, and of another type"""
    seconds, expect = 1, 'any'

    def answer(self, peer, request):
        number = request.get('request_id', 0)
        if request['type'] in ('REQUEST_LOGIN', 'OLD_DIALOGS'):
            return False
        kept = peer.__dict__.setdefault('kept', [])
        kept.append(request)
        if len(kept) % 3 == 0:
            for old in reversed(kept[-3:]):
                peer.honest(old)
                peer.honest(old)
        for wrong in (number + 1, -number, BIGGEST):
            peer.say({'type': 'SND_MSG', 'status': 'SUCCESS', 'room_id': OURS, 'message_id': 5, 'date': DATE, 'request_id': wrong})
            peer.say({'type': 'RESPONSE_LOGIN', 'status': 'LOGIN_OK', 'features': [], 'login': 'somebody.else', 'request_id': wrong})
        peer.say({'type': 'TOKENS', 'status': 'ERROR', 'request_id': number})
        return True


@scenario
class NoAnswers(Scenario):
    """no answer to anything but the log-in"""
    seconds, expect, tells = 4.5, 'left', 'did not answer in time'

    def answer(self, peer, request):
        return request['type'] != 'REQUEST_LOGIN'

    def attack(self, peer):
        while peer.rest(0.1):
            pass
        yield b''


@scenario
class SlowDrip(Scenario):
    """an answer of which a byte comes now and then"""
    seconds, expect, tells = 4.5, 'left', 'did not answer in time'

    def answer(self, peer, request):
        return request['type'] == 'READ_MSG'

    def attack(self, peer):
        for byte in dump(message(FIRST, 'drip ' * 1000)):
            yield bytes([byte])
            if not peer.rest(0.2):
                return


@scenario
class ComesAndGoes(Scenario):
    """hangs up as soon as it has said that it is there"""
    seconds, expect, tells = 1.5, 'left', 'no connection'

    def attack(self, peer):
        peer.hang_up()
        yield b''


@scenario
class ResetAgain(Scenario):
    """RESET to each SYNC, and the end of the connection after it"""
    seconds, expect = 2, 'left'

    def answer(self, peer, request):
        if request['type'] != 'SYNC':
            return False
        peer.say({'type': 'SYNC', 'status': 'RESET', 'seq': 0, 'request_id': request['request_id']})
        return True

    def attack(self, peer):
        if peer.rest(0.15):
            peer.hang_up()
        yield b''


@scenario
class SyncBackwards(Scenario):
    """a replay and pushes whose numbers fall, jump and repeat themselves"""
    seconds, expect = 1.5, 'any'

    def answer(self, peer, request):
        if request['type'] != 'SYNC':
            return False
        number = request['request_id']
        for seq in (BIGGEST, 5, 0, 300, 300, 1):
            peer.say(message(FIRST + seq % 1000, 'replayed', seq=seq, request_id=number))
            peer.say({'type': 'DELETE_MSG', 'id': FIRST + seq % 1000, 'seq': seq, 'request_id': number})
        peer.say({'type': 'SYNC', 'status': 'SUCCESS', 'seq': 1, 'request_id': number})
        return True

    def attack(self, peer):
        for seq in (BIGGEST, 400, 0, BIGGEST, 1):
            yield message(FIRST + seq % 1000, 'pushed', seq=seq)
        if peer.server.connections < 3 and peer.rest(0.3):
            peer.hang_up()


@scenario
class RateLimited(Scenario):
    """asks to wait for a thousand years, or less than none"""
    seconds, expect, tells = 1, 'any', 'Too many'

    def answer(self, peer, request):
        if request['type'] in ('REQUEST_LOGIN', 'OLD_DIALOGS'):
            return False
        after = (31_536_000_000, -1, 2 ** 31 - 1, 10 ** 300)[request.get('request_id', 0) % 4]
        peer.say({'type': request['type'], 'status': 'RATE_LIMITED', 'error': 'wait', 'retry_after': after, **(
            {'request_id': request['request_id']} if 'request_id' in request else {})})
        return True


@scenario
class LogInLimited(Scenario):
    """lets nobody in again for a thousand years"""
    seconds, expect, tells = 1.5, 'left', 'Too many'

    def answer(self, peer, request):
        if request['type'] == 'REQUEST_LOGIN' and peer.server.connections > 1:
            peer.say({'type': 'RESPONSE_LOGIN', 'status': 'RATE_LIMITED', 'error': 'wait', 'retry_after': 2 ** 31 - 1})
            return True

    def attack(self, peer):
        peer.hang_up()
        yield b''


@scenario
class BigToken(Scenario):
    """a token of a megabyte, another name than asked for, and a thousand unknown features"""
    seconds, expect = 0.5, 'online'

    def answer(self, peer, request):
        if request['type'] != 'REQUEST_LOGIN':
            return False
        peer.login = request['login']
        peer.say({'type': 'RESPONSE_LOGIN', 'status': 'LOGIN_OK', 'token': 't' * 1_000_000, 'login': 'anna',
                  'features': list(FEATURES) + ['x-%d' % i for i in range(64 - len(FEATURES))]})
        return True


# No stream of objects

class Broken(Scenario):
    seconds, expect, tells, data = 0.7, 'left', 'not a Chat server', b''

    def attack(self, peer):
        yield self.data


@scenario
class BadUtf8(Broken):
    """bytes that are no UTF-8 in a text"""
    data = dump(message(FIRST, 'X')).replace(b'X', b'\xc0\xaf\xed\xa0\x80\xff')


@scenario
class EscapedNul(Broken):
    """\\u0000 in a text"""
    data = dump(message(FIRST, 'X')).replace(b'"X"', b'"a\\u0000b"')


@scenario
class LoneSurrogate(Broken):
    """half a surrogate pair in a text"""
    data = dump(message(FIRST, 'X')).replace(b'"X"', b'"\\ud800"')


@scenario
class DeepNesting(Broken):
    """arrays in arrays, a hundred thousand deep"""
    data = b'{"type":"READ_MSG","x":' + b'[' * 100_000


@scenario
class WebPage(Broken):
    """a page of the web in place of objects"""
    data = b'HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n<html>'


# Texts and names

ZALGO = ''.join(chr(0x300 + i % 0x6f) for i in range(20_000))
TEXTS = {
    'controls': ''.join(chr(i) for i in range(1, 32)) + '\x7f\x80\x9f',
    'overrides': 'pay \u202e\u2066001\u2069\u202c to \u202dbob\u2068\u2067\u202b never closed',
    'many overrides': '\u202e\u202d\u2067' * 7000,
    'isolates closed that were never opened': '\u2069' * 300 + ' and \u202c' * 300,
    'marks': 'tower' + ZALGO,
    'marks on each': ''.join('e' + ZALGO[i * 9:i * 9 + 9] for i in range(2000)),
    'no break': 'W' * 65_536,
    'no break, wide': '\u4e00' * 21_845,
    'no width': '\u200b\u200d\u2060\ufeff' * 5000 + 'seen?',
    'lines': '\n' * 65_536,
    'separators': '\u2028\u2029\x0b\x0c\r' * 5000,
    'emoji': '\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466' * 2000,
    'tabs': '\t' * 65_536,
    'arabic': '\ufdfa' * 20_000,
    'markup': '<b>&amp;</b><span size="1000000">' * 500 + '&#x0;',
    'formats': '%s%n%d' * 1000,
    'links': 'file:///etc/passwd javascript:alert(1) data:text/html,x smb://host/x https://\u202egro.elpmaxe http://a@b.c '
             'https://xn--80ak6aa92e.com mailto:' + 'x' * 3000 + ' http://[::1 https://example.com/' + '%' * 3000,
    'ten thousand links': 'http://a.b ' * 5900,
    'private use': '\ue000\uf8ff\U0010ffff\ufffe' * 2000,
}
NAMES = ('boris', 'bo\u200bris', 'b\u043eris', '\u202eanna\u202c', 'a' + ZALGO, 'line\nbreak\ttab', '\u2067\u2067\u2067', ' ', '',
         '\u200b' * 100, '\ufdfa' * 64, '<b>bold</b>&amp;', '\x01\x02\x1b[31m', 'W' * 5000, '\u05d0\u05d1\u05d2: you won', '%s%n', '../../etc',
         '\U0001f468\u200d\U0001f469\u200d\U0001f467', '\u3164', '\u115f\u1160')


def hostile_history():
    return list(TEXTS.values())


@scenario
class Texts(Scenario):
    """texts and names with controls, overrides, towers of marks, lines of 64 KiB, nothing to see, and links to files and scripts"""
    seconds, expect, opens = 1.5, 'online', True

    def history(self):
        return hostile_history()

    def attack(self, peer):
        for number, name in enumerate(NAMES):
            yield {'type': 'CREATE_ROOM', 'id': 1000 + number, 'customer': name, 'seq': 1000 + number}
        number = FIRST
        for name in NAMES:
            for text in TEXTS.values():
                number += 1
                yield message(number, text, sender=name, seq=number, room=OURS)
        for text in TEXTS.values():
            for place in range(len(NAMES)):
                number += 1
                yield message(number, text, room=1000 + place, sender=NAMES[-place], seq=number)
                yield {'type': 'EDIT_MSG', 'id': number, 'new_msg': text[::-1] or 'x', 'room_id': 1000 + place}
