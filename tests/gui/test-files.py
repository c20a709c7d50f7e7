#!/usr/bin/python3
# test-files.py: two people with the app open send each other a file and an image
# SPDX-License-Identifier: GPL-3.0-or-later
import hashlib
import os
import re
import struct
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
import atspi  # noqa: E402
from atspi import act, all_of, press, wait  # noqa: E402
from world import main  # noqa: E402

PASSWORD = 'correct horse'
BUTTONS = ('push button', 'button')


def sign_up(world, server, name):
    app = world.app(name, server)
    app.fill_sign_in(name, PASSWORD, sign_up=True)
    app.submit()
    app.on_rooms_page()
    return app


def png(width, height):
    """One colour."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    rows = (b'\0' + b'\x20\x80\xe0' * width) * height
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def put(world, name, data):
    path = os.path.join(world.run, name)
    with open(path, 'wb') as file:
        file.write(data)
    return path


def has_file(world, data, but):
    """Whether a file of these bytes lies anywhere in what the apps keep, other than where the test put it."""
    wanted = hashlib.sha256(data).digest()
    for folder, _, names in os.walk(world.run):
        for name in names:
            path = os.path.join(folder, name)
            try:
                if path not in but and os.path.getsize(path) == len(data):
                    with open(path, 'rb') as file:
                        if hashlib.sha256(file.read()).digest() == wanted:
                            yield path
            except OSError:
                continue


def button(app, name):
    return wait(lambda: next((one for one in all_of(app.node, name, BUTTONS) if atspi.sensitive(one)), None), f'the button {name!r}')


def attach(app, path, caption=None):
    app.focus_window()
    act(button(app, 'Attach files'), 'click')
    wait(lambda: all_of(app.node, 'Choose Files'), 'the file chooser')
    press('slash')
    # Not typed: while it is, newer choosers complete it
    entry = wait(lambda: next((one for one in all_of(app.node, None, ('text', 'entry')) if atspi.content(one).startswith('/')), None), 'the place for a path')
    atspi.set_content(entry, path)
    wait(lambda: atspi.content(entry) == path, 'the path to stand there')
    press('Return')
    wait(lambda: all_of(app.node, re.compile(f'^Do not send {re.escape(os.path.basename(path))}$'), BUTTONS), 'the dialog before sending')
    if caption:
        entry = wait(lambda: next(iter(all_of(app.node, 'Caption', ('text', 'entry'))), None), 'the caption')
        atspi.set_content(entry, caption)
    # The composer has a button of this name as well, which has nothing to send
    act(button(app, 'Send'), 'click')
    wait(lambda: not all_of(app.node, re.compile('^Do not send')), 'the dialog to go')


def files(world):
    server = world.server()
    data = bytes(range(256)) * 4000
    picture = png(640, 480)
    report, photo = put(world, 'report.bin', data), put(world, 'photo.png', picture)
    with world.step('two people in one room'):
        boris = sign_up(world, server, 'boris')
        anna = sign_up(world, server, 'anna')
        anna.search_person('bor')
        anna.choose_person('boris')
        anna.in_room('boris')
        boris.sees_room('anna')
        boris.focus_window()
        boris.open_room('anna')
    with world.step('a file goes, with its caption after it'):
        attach(anna, report, caption='the numbers')
        anna.sees_message('report.bin', re.compile('Sent|Delivered|Read'))
        anna.sees_message('the numbers')
        anna.no_nameless()
    with world.step('it comes when the other one asks for it, byte for byte'):
        row = boris.sees_message('report.bin', 'not downloaded')
        boris.sees_message('the numbers')
        act(row, 'message.start-transfer')
        boris.sees_message('report.bin', 'on this computer')
        assert len(list(has_file(world, data, [report]))) >= 2, list(has_file(world, data, [report]))
    with world.step('an image comes by itself'):
        attach(anna, photo)
        anna.sees_message('photo.png', re.compile('Image photo.png.*(Sent|Delivered|Read)'))
        boris.sees_message('photo.png', re.compile('Image photo.png.*on this computer'))
        boris.no_nameless()
    with world.step('it fills a window of its own, which Escape leaves'):
        boris.focus_window()
        act(boris.sees_message('photo.png'), 'message.view')
        boris.sees_window('photo.png')
        boris.no_nameless()
        press('plus')
        press('Escape')
        boris.sees_no_window('photo.png')
    with world.step('all of it is there again after a start without a server'):
        assert boris.quit() == 0
        server.stop()
        boris = world.app('boris', None)
        boris.on_rooms_page()
        boris.focus_window()
        boris.open_room('anna')
        boris.sees_message('photo.png', 'on this computer')
        boris.sees_message('report.bin', 'on this computer')
    assert boris.quit() == 0 and anna.quit() == 0


main(files)
