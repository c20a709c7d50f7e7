# check_bad_input.py: what is no object of the protocol, and what must follow
# SPDX-License-Identifier: GPL-3.0-or-later
"""PROTOCOL.md, "Framing" and "Bad input": a stream that can not be read is told why and ends; all else lives on."""

import json
import socket
import ssl
import time

from api_client import Closed
from check_api import alive, fails

LIMIT = 1024 * 1024

# What is no JSON of RFC 8259, with a name; each stands in a connection of its own.
MALFORMED = (
    (b'hello there\n', 'words'), (b'[1, 2]\n', 'an array'), (b'"text"\n', 'a string'), (b'42\n', 'a number'), (b'null\n', 'null'),
    (b'}\n', 'a closing brace'), (b'{]\n', 'a wrong closing bracket'), (b'{"type":"SEARCH_USER","user":["a"}\n', 'an array closed by a brace'),
    (b'{"type":"SEARCH_USER","user":"a",}\n', 'a comma before the end'), (b'{"type":"SEARCH_USER" "user":"a"}\n', 'a comma missing'),
    (b'{"type" "SEARCH_USER"}\n', 'a colon missing'), (b'{"type":}\n', 'a value missing'), (b'{,}\n', 'a lone comma'),
    (b'{"type":"SEARCH_USER","user":["a",]}\n', 'a comma before the end of an array'),
    (b'{type:"SEARCH_USER","user":"a"}\n', 'a name without quotes'), (b"{'type':'SEARCH_USER','user':'a'}\n", 'single quotes'),
    (b'{"type":"SEARCH_USER",/* x */"user":"a"}\n', 'a comment'), (b'{"type":"SEARCH_USER",// x\n"user":"a"}\n', 'a comment to the line\'s end'),
    (b'# x\n{"type":"SEARCH_USER","user":"a"}\n', 'a comment before the object'),
    (b'{"type":"SEARCH_USER","user":"a","x":01}\n', 'the number 01'), (b'{"type":"SEARCH_USER","user":"a","x":0x10}\n', 'the number 0x10'),
    (b'{"type":"SEARCH_USER","user":"a","x":+1}\n', 'the number +1'), (b'{"type":"SEARCH_USER","user":"a","x":.5}\n', 'the number .5'),
    (b'{"type":"SEARCH_USER","user":"a","x":1.}\n', 'the number 1.'), (b'{"type":"SEARCH_USER","user":"a","x":-}\n', 'a lone minus'),
    (b'{"type":"SEARCH_USER","user":"a","x":1e}\n', 'the number 1e'), (b'{"type":"SEARCH_USER","user":"a","x":1e+}\n', 'the number 1e+'),
    (b'{"type":"SEARCH_USER","user":"a","x":-01}\n', 'the number -01'), (b'{"type":"SEARCH_USER","user":"a","x":1 2}\n', 'two numbers'),
    (b'{"type":"SEARCH_USER","user":"a","x":NaN}\n', 'NaN'), (b'{"type":"SEARCH_USER","user":"a","x":Infinity}\n', 'Infinity'),
    (b'{"type":"SEARCH_USER","user":"a","x":-Infinity}\n', '-Infinity'), (b'{"type":"SEARCH_USER","user":"a","x":undefined}\n', 'undefined'),
    (b'{"type":"SEARCH_USER","user":"a","x":True}\n', 'True'), (b'{"type":"SEARCH_USER","user":"a","x":nul}\n', 'half of null'),
    (b'{"type":"SEARCH_USER","user":"a\\u0000b"}\n', 'an escaped NUL'), (b'{"type":"SEARCH_USER","us\\u0000er":"a"}\n', 'an escaped NUL in a name'),
    (b'{"type":"SEARCH_USER","user":"a","x":[["\\u0000"]]}\n', 'an escaped NUL deep inside'),
    (b'{"type":"SEARCH_USER","user":"a\x00b"}\n', 'a NUL in a string'), (b'\x00{"type":"SEARCH_USER","user":"a"}\n', 'a NUL between objects'),
    (b'{"type":"SEARCH_USER","user":"\\ud800"}\n', 'a high surrogate alone'), (b'{"type":"SEARCH_USER","user":"\\udc00"}\n', 'a low surrogate alone'),
    (b'{"type":"SEARCH_USER","user":"\\ud800\\ud800"}\n', 'two high surrogates'), (b'{"type":"SEARCH_USER","user":"\\udc00\\ud800"}\n', 'surrogates the wrong way round'),
    (b'{"type":"SEARCH_USER","user":"\\ud800x\\udc00"}\n', 'surrogates with a letter between'), (b'{"type":"SEARCH_USER","user":"\\ud800\\n"}\n', 'a surrogate and another escape'),
    (b'{"type":"SEARCH_USER","user":"a\nb"}\n', 'a raw line break in a string'), (b'{"type":"SEARCH_USER","user":"a\tb"}\n', 'a raw tab in a string'),
    (b'{"type":"SEARCH_USER","user":"a\x1fb"}\n', 'a raw control character in a string'), (b'{"type":"SEARCH_USER","user":"\\x41"}\n', 'the escape \\x41'),
    (b'{"type":"SEARCH_USER","user":"\\\'"}\n', "the escape \\'"), (b'{"type":"SEARCH_USER","user":"\\u12g4"}\n', 'no hexadecimal digit'),
    (b'{"type":"SEARCH_USER","user":"\\u12"}\n', 'half of a \\u'), (b'{"type":"SEARCH_USER","user":"\\U0041"}\n', 'a capital \\U'),
    (b'{"type":"SEARCH_USER","user":"\xff"}\n', 'the byte FF'), (b'{"type":"SEARCH_USER","user":"\x80"}\n', 'a continuation byte alone'),
    (b'{"type":"SEARCH_USER","user":"\xc3"}\n', 'half a character'), (b'{"type":"SEARCH_USER","user":"\xc0\xaf"}\n', 'an overlong slash'),
    (b'{"type":"SEARCH_USER","user":"\xe0\x80\xaf"}\n', 'an overlong slash of three bytes'), (b'{"type":"SEARCH_USER","user":"\xc0\x80"}\n', 'an overlong NUL'),
    (b'{"type":"SEARCH_USER","user":"\xed\xa0\x80"}\n', 'a surrogate in UTF-8'), (b'{"type":"SEARCH_USER","user":"\xf4\x90\x80\x80"}\n', 'a character past U+10FFFF'),
    (b'{"type":"SEARCH_USER","user":"\xf8\x88\x80\x80\x80"}\n', 'five bytes of UTF-8'), (b'{"type":"SEARCH_USER","user":"J\xfcrgen"}\n', 'Latin-1'),
    (b'{"type":"SEARCH_USER","us\xfer":"a"}\n', 'the byte FE in a name'), (b'\xef\xbb\xbf{"type":"SEARCH_USER","user":"a"}\n', 'a byte order mark'),
    (b'{\xc2\xa0"type":"SEARCH_USER"}\n', 'a no-break space between tokens'), (b'{"type":"SEARCH_USER",\x0b"user":"a"}\n', 'a vertical tab between tokens'),
    ('{"type":"SEARCH_USER","user":"a"}\n'.encode('utf-16'), 'UTF-16'), (b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'the first bytes of TLS'),
    (b'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n', 'a request of HTTP'), (b'<stream>\n', 'XML'), (b'\x00' * 64, 'zeros'),
)


def refused(tap, client, status, name):
    """One ERROR, then an orderly end: not a reset, which would take the reason away from the peer."""
    came = client.until_closed()
    last = came[-1] if came else {}
    tap.ok(len(came) == 1 and last.get('type') == 'ERROR' and last.get('status') == status and isinstance(last.get('error'), str)
           and last['error'] and set(last) == {'type', 'status', 'error'} and client.ended == 'end',
           f'{name}: ERROR {status}, then the end', f'came {came!r}, ended by {client.ended!r}')
    client.close()


def malformed(tap, server):
    for data, name in MALFORMED:
        client = server.connect()
        client.write(data)
        refused(tap, client, 'BAD_REQUEST', name)


def in_midst(tap, server):
    client = server.person('Midst')
    question = json.dumps({'type': 'SEARCH_USER', 'user': 'Midst'}).encode()
    client.write(question * 3 + b'oops' + question * 1000)
    came = client.until_closed()
    tap.eq([(one.get('type'), one.get('status')) for one in came], [('SEARCH_USER', None)] * 3 + [('ERROR', 'BAD_REQUEST')],
           'what came before is answered first, in its order, and nothing after')
    tap.eq(client.ended, 'end', 'an orderly end, though more had come')
    client = server.person('Midst')
    client.write(b'{"type":"SEARCH_USER","user":"\\ud83d')
    client.write(b'\\ude00"}')
    tap.eq(client.read().get('user'), [], 'a surrogate pair that is split over two packets is no trap')
    for piece in (b'{"type":"SEARCH_USER","user":"\xf0\x9f', b'\x98', b'\x80"}'):
        client.write(piece)
    tap.eq(client.read().get('user'), [], 'nor a character of four bytes in three')
    for data, name in ((b'-0', '-0'), (b'1e400', '1e400'), (b'1E-400', '1E-400'), (b'123456789012345678901234567890', 'a number of 30 digits'),
                       (b'0.1e+5', '0.1e+5'), (b'"\\ud83d\\ude00"', 'a pair of surrogates'), (b'"\xef\xbb\xbf"', 'U+FEFF in a string'),
                       (b'"\x7f"', 'DEL in a string'), (b'"\xf4\x8f\xbf\xbf"', 'U+10FFFF'), (b'"\\u0001"', 'an escaped control character')):
        client.write(b'{"type":"SEARCH_USER","user":"Midst","x":' + data + b'}')
        tap.eq(client.read().get('user'), ['Midst'], f'{name} is no trap')
    client.write(b'{"type":"SEARCH_USER","user":"zzz","user":"Midst","type":"SEARCH_USER"}')
    tap.eq(client.read().get('type'), 'SEARCH_USER', 'names that come twice: answered')
    alive(tap, client, 'after them')
    if server.tls:
        return                                   # TLS knows no end of one side alone
    client.write(b'{"type":"SEARCH_USER","user":"Mi')
    client.socket.shutdown(socket.SHUT_WR)
    client.until_closed()
    tap.ok(client.ended is not None, 'a peer that ends within an object: its connection ends')
    client = server.person('Midst')
    client.write(question * 50)
    answers = [client.read() for _ in range(50)]
    client.socket.shutdown(socket.SHUT_WR)
    tap.eq((len(answers), client.until_closed(), client.ended), (50, [], 'end'), 'a peer that ends its writing side is let go in order')


def sizes(tap, server):
    def of(size):
        head, end = b'{"type":"SEARCH_USER","user":"Sid","x":"', b'"}'
        return head + b'x' * (size - len(head) - len(end)) + end

    client = server.person('Sid')
    for size in (65535, 65536, 65537, LIMIT - 1, LIMIT):
        client.write(of(size))
        tap.eq(client.read().get('user'), ['Sid'], f'an object of {size} bytes')
    client.write(of(LIMIT) + of(LIMIT))
    tap.eq([client.read().get('user') for _ in range(2)], [['Sid']] * 2, 'two objects of 1 MiB in one go')
    client.write(of(LIMIT + 1))
    refused(tap, client, 'TOO_LARGE', 'an object of 1 MiB and one byte')
    client = server.person('Sid')
    client.write(of(LIMIT + 4096)[:LIMIT + 1])
    refused(tap, client, 'TOO_LARGE', 'an object that is too large, before its end has come')
    client = server.connect()
    client.write(b'{"type":"REQUEST_LOGIN","login":"' + b'a' * (LIMIT + 9))
    refused(tap, client, 'TOO_LARGE', 'a name without an end')
    client = server.connect()
    client.write(b' \n' * LIMIT)
    tap.eq(client.sign_up('Sid.after.white').get('status'), 'SINGUP_OK', '2 MiB of white space between objects are no object')
    before = server.memory()
    client = server.connect()
    sent = 0
    try:
        while sent < 256 * LIMIT:
            client.write((b'{"x":"' if not sent else b'') + b'y' * LIMIT)
            sent += LIMIT
    except OSError:
        pass
    tap.ok(sent < 64 * LIMIT, 'a peer that goes on after the limit is cut off', f'{sent} bytes were taken')
    tap.ok(server.memory() - before < 16 * 1024, 'and fills no memory', f'{before} kB before, {server.memory()} kB after')
    client.close()


def depths(tap, server):
    client = server.person('Dee')

    def of(depth, opening=b'[', closing=b']', label=b''):
        return b'{"type":"SEARCH_USER","user":"Dee","x":' + (opening + label) * (depth - 1) + closing * (depth - 1) + b'}'

    client.write(of(32))
    tap.eq(client.read().get('user'), ['Dee'], 'an object of 32 levels')
    client.write(b'{"type":"SEARCH_USER","user":"Dee","x":' + b'{"x":' * 30 + b'{}' + b'}' * 30 + b'}')
    tap.eq(client.read().get('user'), ['Dee'], 'an object of 32 objects in each other')
    client.write(b'{"type":"SEARCH_USER","user":"Dee","x":[' + b'[[]],' * 5000 + b'[]]}')
    tap.eq(client.read().get('user'), ['Dee'], 'many brackets that are not deep')
    client.write(of(33))
    refused(tap, client, 'TOO_LARGE', 'an object of 33 levels')
    client = server.person('Dee')
    client.write(b'{"x":' * 33)
    refused(tap, client, 'TOO_LARGE', '33 objects that are opened')
    client = server.connect()
    client.write(b'{"x":' + b'[' * 500000)
    refused(tap, client, 'TOO_LARGE', 'half a million brackets')


def types(tap, server):
    client = server.person('Ty')
    for data, name in ((b'{}', 'an empty object'), (b'{"x":1}', 'no type'), (b'{"type":1}', 'a number for a type'), (b'{"type":null}', 'null for a type'),
                       (b'{"type":["SEARCH_USER"]}', 'an array for a type'), (b'{"type":{}}', 'an object for a type'), (b'{"type":true}', 'true for a type'),
                       (b'{"Type":"SEARCH_USER"}', 'a capital letter')):
        client.write(data)
        fails(tap, client.read(), 'ERROR', 'BAD_REQUEST', name)
        alive(tap, client, name)
    for kind in ('NO_SUCH_TYPE', 'search_user', 'RESPONSE_LOGIN', 'SINGUP_OK', 'ERROR', 'Привіт "\\', 'x' * 300, '', ' '):
        fails(tap, client.ask(kind, user='a'), kind, 'UNSUPPORTED', f'the type {kind[:20]!r}')
    alive(tap, client, 'after unknown types')
    client = server.connect()
    client.write(b'{}{"type":"NO_SUCH_TYPE"}')
    tap.eq([client.read().get('status') for _ in range(1)], ['BAD_REQUEST'], 'no type before log-in')
    tap.ok(client.read().get('status') in ('UNSUPPORTED', 'NOT_LOGGED_IN'), 'an unknown type before log-in is refused')
    tap.eq(client.sign_up('Ty.after').get('status'), 'SINGUP_OK', 'and the connection lives on')


def abrupt(tap, server):
    """Peers that vanish at any point leave the server as it was."""
    import struct
    for data in (b'', b'{', b'{"type":"REQUEST_LOGIN","login":"Ty","pass":"correct horse"}',
                 b'{"type":"REQUEST_SIGNUP","login":"abrupt","pass":"correct horse"}' * 20, b'oops'):
        for _ in range(5):
            client = server.connect()
            client.write(data)
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            client.close()
    client = server.person('Ty')
    tap.eq(client.ask('SEARCH_USER', user='Ty').get('type'), 'SEARCH_USER', 'peers that reset their connections harm nobody')
    many = [server.connect() for _ in range(200)]
    start = time.monotonic()
    tap.eq(client.ask('SEARCH_USER', user='Ty').get('type'), 'SEARCH_USER', '200 silent connections harm nobody')
    tap.ok(time.monotonic() - start < 2, 'and delay nobody', time.monotonic() - start)
    for one in many:
        one.close()


def run(tap, server):
    for function in (malformed, in_midst, sizes, depths, types, abrupt):
        tap.group(f'bad input: {function.__name__}', function, tap, server)


def run_tls(tap, server):
    tap.group('TLS: bad input: in_midst', in_midst, tap, server)
    tap.group('TLS: bad input: sizes', sizes, tap, server)
    tap.group('TLS: bad input: depths', depths, tap, server)
    tap.group('TLS: no TLS', no_tls, tap, server)
    tap.group('TLS: versions', versions, tap, server)


def versions(tap, server):
    from api_client import Client
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        try:
            client = Client(server.address, tls=True, version=version)
            tap.eq(client.ask('PING').get('type'), 'PONG', f'{version.name} is spoken')
            client.close()
        except ssl.SSLError as error:
            tap.ok(False, f'{version.name} is spoken', error)


def no_tls(tap, server):
    from api_client import Client
    for data, name in ((b'{"type":"REQUEST_LOGIN"}\n' * 10, 'an unencrypted request'), (b'\x00' * 4096, 'zeros'), (b'\x16\x03\x01\xff\xff' * 400, 'a broken handshake')):
        client = Client(server.address)
        client.keep_raw = False
        client.write(data)
        try:
            end = time.monotonic() + 40
            while time.monotonic() < end:
                client.socket.settimeout(max(.1, end - time.monotonic()))
                if not client.socket.recv(4096):
                    break
            closed = time.monotonic() < end
        except ConnectionError:
            closed = True
        except (TimeoutError, OSError):
            closed = False
        tap.ok(closed, f'{name} on the port of TLS: closed')
        client.close()
    silent = [Client(server.address) for _ in range(60)]
    start = time.monotonic()
    server.person('Tina')
    tap.ok(time.monotonic() - start < 2, 'a log-in is not delayed by 60 silent peers that never shake hands', time.monotonic() - start)
    for one in silent:
        one.close()


__all__ = ['run', 'run_tls', 'Closed']
