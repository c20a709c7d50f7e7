#!/usr/bin/python3
# test-store.py: what becomes of what the app keeps, where its file is damaged, is of a newer version, or the disk is full
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import errno
import glob
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
from world import main  # noqa: E402

import atspi  # noqa: E402

PASSWORD = 'correct horse'


def store_of(profile):
    return glob.glob(os.path.join(os.environ['XDG_DATA_HOME'], 'com.example.Chat', profile, 'stores', '*.db'))[0]


def rows(profile, query):
    with contextlib.closing(sqlite3.connect(f'file:{store_of(profile)}?mode=ro', uri=True)) as store:
        return store.execute(query).fetchall()


def set_aside(profile):
    path = store_of(profile)
    return [one for one in os.listdir(os.path.dirname(path)) if one.startswith(os.path.basename(path) + '.')]


def signed_in(world, server, login, **options):
    app = world.app(login, server, **options)
    app.fill_sign_in(login, PASSWORD)
    app.submit()
    app.on_rooms_page()
    return app


def texts_of(room, device):
    return [one['message'] for one in device.page(room) if one.get('type') == 'READ_MSG']


def spoilt_file(world):
    server = world.server()
    clara, david = server.person('clara'), server.person('david')
    room = clara.room('david')
    for number in range(60):
        clara.say(room, f'message number {number:02}')
    with world.step('signs in, and reads'):
        app = signed_in(world, server, 'david')
        app.open_room('clara')
        app.go_to_newest('message number 59')
        app.kill()
    for what, words in (('damaged', 'was damaged. It was set aside'), ('of a newer version', 'of a newer version of Chat. It was set aside')):
        before = set(set_aside('david'))
        with world.step(f'the file is {what}: it is set aside, the person is told, and all is fetched again'):
            path = store_of('david')
            if what == 'damaged':
                for one in glob.glob(path + '*'):
                    if one not in before:
                        with open(one, 'r+b') as file:
                            file.write(b'x' * os.path.getsize(one))
            else:
                with contextlib.closing(sqlite3.connect(path)) as store:
                    store.execute('PRAGMA user_version = 1000')
            app = world.app('david', None, insecure=False)
            app.on_rooms_page()
            app.sees(words)
            app.sees_room('clara', 'message number 59')
            app.open_room('clara')
            app.go_to_newest('message number 59')
            app.no_nameless()
            assert set(set_aside('david')) - before - {os.path.basename(path) + '-wal', os.path.basename(path) + '-shm'}, set_aside('david')
        with world.step(f'after a file {what}: it is kept anew, and read without a server'):
            app.scroll_up_to('message number 00')
            atspi.wait(lambda: rows('david', 'SELECT count(*) FROM messages') == [(60,)], 'all messages to be kept')
            app.kill()
            server.kill()
            app = world.app('david', None, insecure=False)
            app.on_rooms_page()
            app.sees_offline()
            app.sees_room('clara', 'message number 59')
            assert not [one for one in atspi.walk(app.node) if 'set aside' in atspi.name(one)]
            app.kill()
            server = world.again(server)


def full_disk(world):
    server = world.server()
    erik, freda = server.person('erik'), server.person('freda')
    room = erik.room('freda')
    erik.say(room, 'before')
    machine = world.machine()
    with world.step('signs in, in the room'):
        app = signed_in(world, server, 'freda', machine=machine)
        app.open_room('erik')
        app.sees_message('before')
        app.send('while there was room')
        app.sees_message('while there was room', 'Sent')
    with world.step('the disk is full: what is written stays, not sent, and says so'):
        machine.set(write=errno.ENOSPC)
        app.send('no room for this')
        app.sees_message('no room for this', 'could not be saved')
        app.sees('The disk is full')
        app.send('nor for this')
        app.sees_message('nor for this', 'could not be saved')
        app.no_nameless()
        assert texts_of(room, server.device('erik')) == ['before', 'while there was room']
    with world.step('what others write shows nevertheless'):
        erik.say(room, 'can you read this?')
        app.sees_message('can you read this?')
    with world.step('what is in the composer stays there'):
        atspi.set_content(app.composer(), 'half a thought')
        app.sees_message('can you read this?')
        app.composer_holds('half a thought')
    with world.step('there is room again: what could not be kept is kept, by itself'):
        machine.set()
        atspi.wait(lambda: rows('freda', 'SELECT text FROM drafts') == [('half a thought',)], 'the draft to be kept', 30)
        atspi.wait(lambda: rows('freda', 'SELECT text FROM outbox ORDER BY id') == [('no room for this',), ('nor for this',)],
                   'the messages to be kept', 30)
    with world.step('it outlives a kill, and is not sent before the person wants it'):
        app.kill()
        app = world.app('freda', None, insecure=False, machine=machine)
        app.on_rooms_page()
        app.in_room('erik')
        app.composer_holds('half a thought')
        app.sees_message('no room for this', 'could not be saved')
        app.sees_message('can you read this?')
        assert texts_of(room, server.device('erik')) == ['before', 'while there was room', 'can you read this?']
    with world.step('tried again, they are sent once, in order'):
        for text in ('no room for this', 'nor for this'):
            app.open_menu(text)
            app.choose('Try Again')
            app.sees_message(text, 'Sent')
        app.send('and this')
        app.sees_message('and this', 'Sent')
        assert texts_of(room, server.device('erik'))[-3:] == ['no room for this', 'nor for this', 'and this']
        assert app.quit() == 0


main(spoilt_file, full_disk)
