#!/usr/bin/python3
# test-history.py: a long history, a server that goes away, a narrow window
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
from world import main  # noqa: E402

PASSWORD = 'correct horse'


def signed_in(world, server, person):
    app = world.app(person, server)
    app.fill_sign_in(person, PASSWORD)
    app.submit()
    app.on_rooms_page()
    return app


def older_history(world):
    """The other side is a client that knows the API alone."""
    server = world.server()
    clara, david = server.person('clara'), server.person('david')
    room = clara.room('david')
    for number in range(300):
        clara.send('SND_MSG', username='clara', room_id=room, message=f'message number {number:03}', msg_type='TEXT')
    for _ in range(300):
        clara.read()
    with world.step('a room opens at the first unread message, however many there are'):
        app = signed_in(world, server, 'david')
        app.sees_room('clara', 'message number 299')
        app.open_room('clara')
        app.sees_message('message number 000')
        app.no_nameless()
    with world.step('a button leads to the newest'):
        app.jump_to_newest()
        app.sees_message('message number 299')
        app.sees_no_message('message number 000')
    with world.step('older history comes by scrolling up, to its beginning'):
        app.scroll_up_to('message number 000')
    with world.step('the reading position does not move when something arrives'):
        before = app.place_of('message number 000')
        clara.say(room, 'brand new')
        app.sees_room('clara', 'brand new')
        assert app.place_of('message number 000') == before, (before, app.place_of('message number 000'))
    with world.step('jumps back to the newest'):
        app.jump_to_newest()
        app.sees_message('brand new')
    with world.step('at the bottom, what arrives is followed'):
        clara.say(room, 'one more')
        app.sees_message('one more')
    with world.step('what another client edits and deletes shows'):
        number = clara.say(room, 'to be edited')['message_id']
        app.sees_message('to be edited')
        clara.ask('EDIT_MSG', id=number, new_msg='was edited')
        app.sees_message('was edited')
        clara.ask('DELETE_MSG', id=number)
        app.sees_no_message('was edited')
    with world.step('a room that another deletes goes'):
        clara.ask('DELETE_ROOM', id=room)
        app.sees_no_room('clara')
        assert app.quit() == 0


def server_goes_away(world):
    server = world.server()
    erik, freda = server.person('erik'), server.person('freda')
    room = erik.room('freda')
    erik.say(room, 'before the fall')
    with world.step('signed in, in the room'):
        app = signed_in(world, server, 'freda')
        app.open_room('erik')
        app.sees_message('before the fall')
    with world.step('the server is killed: the window says so and stays usable'):
        server.kill()
        app.sees_offline()
        app.send('written while it was away')
        app.sees_message('written while it was away', 'aiting')
        app.no_nameless()
    with world.step('the server is back: the message goes out by itself, once'):
        server = world.again(server)
        app.try_now()
        app.sees_message('written while it was away', 'Sent')
        erik = server.device('erik')
        texts = [one.get('message') for one in erik.page(room)]
        assert texts == ['before the fall', 'written while it was away'], texts
    with world.step('and messages arrive again'):
        erik.say(room, 'welcome back')
        app.sees_message('welcome back')
        assert app.quit() == 0


def narrow_window(world):
    server = world.server()
    gerda, hanno = server.person('gerda'), server.person('hanno')
    room = gerda.room('hanno')
    gerda.say(room, 'a word ' * 60 + 'the end')
    gerda.say(room, 'x' * 3000)
    with world.step('in a window 360 pixels wide the rooms are the one column'):
        app = world.app('hanno', server)
        app.resize(360, 600)
        app.fill_sign_in('hanno', PASSWORD)
        app.submit()
        app.on_rooms_page()
        app.sees_room('gerda')
        assert app.width() <= 360, app.width()
        app.no_nameless()
    with world.step('a room opens in its place'):
        app.open_room('gerda')
        app.sees_message('the end')
        app.sees_no_room('gerda')
        assert app.width() <= 360, app.width()
        app.inside_window()
        app.no_nameless()
    with world.step('messages are sent from there'):
        app.send('from a narrow place')
        app.sees_message('from a narrow place', 'Sent')
    with world.step('and there is a way back'):
        app.back()
        app.sees_room('gerda', 'from a narrow place')
        assert app.quit() == 0


main(older_history, server_goes_away, narrow_window)
