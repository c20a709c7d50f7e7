#!/usr/bin/python3
# test-files.py: two people with the app open send each other an image and a file of 100 MB, from a chooser and from another program
# SPDX-License-Identifier: GPL-3.0-or-later
import hashlib
import itertools
import os
import re
import stat
import struct
import subprocess
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
import atspi  # noqa: E402
from atspi import act, all_of, press, wait  # noqa: E402
from world import main  # noqa: E402

PASSWORD = 'correct horse'
BUTTONS = ('push button', 'button')
TABS = ('toggle button', 'radio button', 'page tab', 'push button', 'button')


def sign_up(world, server, name):
    app = world.app(name, server)
    app.fill_sign_in(name, PASSWORD, sign_up=True)
    app.submit()
    app.on_rooms_page()
    return app


def opener(world):
    """The program that this desktop has for files: it says what it was given, and how its bytes add up."""
    told = os.path.join(world.run, 'opened')
    script = put(world, 'opener', f'#!/bin/sh\nsha256sum "$1" > {told}.part && mv {told}.part {told}\n'.encode())
    os.chmod(script, stat.S_IRWXU)
    folder = os.path.join(os.environ['XDG_DATA_HOME'], 'applications')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'opener.desktop'), 'w') as file:
        file.write(f'[Desktop Entry]\nType=Application\nName=Opener\nExec={script} %f\nMimeType=application/octet-stream;\n')
    with open(os.path.join(os.environ['XDG_CONFIG_HOME'], 'mimeapps.list'), 'w') as file:
        file.write('[Default Applications]\napplication/octet-stream=opener.desktop\n')
    return told


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


def listed(app, text):
    return next((one for one in atspi.walk(app.node) if atspi.name(one).startswith(text) and 'message.menu' in atspi.actions(one)
                 and atspi.shown(one)), None)


def drag(what, given, app, target):
    """By the pointer, from the window of another program onto TARGET, a node of APP; returns whether it was taken."""
    told = os.path.join(app.world.run, 'drag.log')
    with open(told, 'wb') as log:
        source = subprocess.Popen([os.environ['CHAT_DRAG_SOURCE'], what, *given], stdin=subprocess.DEVNULL, stdout=log)
    steps = itertools.count()

    def taken():
        # Each target is asked as the pointer moves over it
        step = next(steps)
        atspi.xdotool('mousemove', str(x + step % 2), str(y))
        with open(told, encoding='utf-8') as log:
            return step > 9 and log.read().splitlines()[-1:] == ['taken']
    try:
        window = wait(lambda: next((one for one in atspi.windows_of(source.pid) if atspi.title_of(one) == 'Drag source'), None),
                      'the window to drag from')
        # Below the other one's middle, so that both are seen
        x, y = atspi.point(target)
        app.focus_window()
        atspi.xdotool('windowmove', '--sync', str(window), '1000', '500')
        atspi.xdotool('windowactivate', '--sync', str(window))
        place = atspi.geometry(window)
        left, top = place[0] + place[2] // 2, place[1] + place[3] // 2
        atspi.xdotool('mousemove', str(left), str(top), 'mousedown', '1')
        # A drag begins beyond a threshold
        for step in range(1, 11):
            atspi.xdotool('mousemove', str(left + (x - left) * step // 10), str(top + (y - top) * step // 10))
        wait(taken, 'the place below the pointer to take it')
        atspi.xdotool('mouseup', '1')
        return source.wait(timeout=20) == 0
    finally:
        if source.poll() is None:
            source.kill()
            source.wait()


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
    data = os.urandom(1000 * 1000) * 100
    picture = png(640, 480)
    report, photo = put(world, 'report.dat', data), put(world, 'photo.png', picture)
    told = opener(world)
    with world.step('two people in one room'):
        boris = sign_up(world, server, 'boris')
        anna = sign_up(world, server, 'anna')
        anna.search_person('bor')
        anna.choose_person('boris')
        anna.in_room('boris')
        boris.sees_room('anna')
        boris.focus_window()
        boris.open_room('anna')
    with world.step('a file of 100 MB goes, with its caption after it'):
        attach(anna, report, caption='the numbers')
        anna.sees_message('report.dat', re.compile('Sent|Delivered|Read'))
        anna.sees_message('the numbers')
        anna.no_nameless()
    with world.step('it comes when the other one asks for it, and opens with the same bytes'):
        row = boris.sees_message('report.dat', 'not downloaded')
        boris.sees_message('the numbers')
        act(row, 'message.start-transfer')
        act(boris.sees_message('report.dat', 'on this computer'), 'message.open')
        wait(lambda: os.path.exists(told), 'the file to be opened')
        digest, path = open(told).read().split()
        assert digest == hashlib.sha256(data).hexdigest(), digest
        assert path in list(has_file(world, data, [report])), path
        # What the other program shows as its title
        assert os.path.basename(path) == 'report.dat', path
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
    with world.step('the room lists both, by keys, and leads back to them'):
        boris.focus_window()
        press('ctrl+i')
        boris.sees_window('Images and Files')
        wait(lambda: listed(boris, 'anna: Image photo.png'), 'the image in the list')
        boris.no_nameless()
        press('Return')
        boris.sees_window('photo.png')
        press('Escape')
        boris.sees_no_window('photo.png')
        act(next(one for one in all_of(boris.node, re.compile('^_?Files'), TABS)), 'click')
        row = wait(lambda: listed(boris, 'anna: File report.dat'), 'the file in the list')
        boris.no_nameless()
        act(row, 'message.show-in-conversation')
        boris.sees_no_window('Images and Files')
        boris.sees_message('report.dat')
    with world.step('files are dragged from another program; a folder among them is refused with a word, and text is text'):
        folder = os.path.join(world.run, 'a folder')
        os.mkdir(folder)
        boris.focus_window()
        assert drag('files', [put(world, 'one.txt', b'one'), folder, put(world, 'two.txt', b'two')], boris, boris.composer())
        wait(lambda: all_of(boris.node, 'Do not send two.txt', BUTTONS), 'the dialog before sending')
        wait(lambda: any('Folders can not be sent' in atspi.name(one) for one in atspi.walk(boris.node)), 'the word about the folder')
        act(button(boris, 'Do not send a folder'), 'click')
        act(button(boris, 'Send'), 'click')
        wait(lambda: not all_of(boris.node, re.compile('^Do not send')), 'the dialog to go')
        anna.sees_message('one.txt')
        anna.sees_message('two.txt')
        assert drag('text', ['words that were dragged'], boris, boris.composer())
        wait(lambda: atspi.content(boris.composer()) == 'words that were dragged', 'the text in the composer')
        atspi.set_content(boris.composer(), '')
    with world.step('one that is not here yet is saved as soon as it is'):
        saved = os.path.join(world.run, 'saved.txt')
        anna.focus_window()
        act(anna.sees_message('one.txt', 'not downloaded'), 'message.save-as')
        entry = wait(lambda: next((one for one in all_of(anna.node, None, ('text', 'entry')) if atspi.content(one) == 'one.txt'), None),
                     'the name in the file chooser')
        atspi.set_content(entry, saved)
        wait(lambda: atspi.content(entry) == saved, 'the path to stand there')
        press('Return')
        wait(lambda: os.path.exists(saved) and open(saved, 'rb').read() == b'one', 'the file to be saved')
        anna.sees_message('one.txt', 'on this computer')
    with world.step('all of it is there again after a start without a server'):
        assert boris.quit() == 0
        server.stop()
        boris = world.app('boris', None)
        boris.on_rooms_page()
        boris.focus_window()
        boris.open_room('anna')
        boris.sees_message('photo.png', 'on this computer')
        boris.sees_message('report.dat', 'on this computer')
    assert boris.quit() == 0 and anna.quit() == 0


main(files)
