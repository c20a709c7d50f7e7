#!/usr/bin/python3
# test-api-server.py: the app against a server that knows nothing but the user's API
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
from world import main  # noqa: E402

PASSWORD = 'correct horse'


def plain_server(world):
    """What needs an extension is hidden or explained; what the API has works."""
    log = os.path.join(world.run, 'requests.log')
    server = world.api_server(log)
    lena = server.person('lena')
    with world.step('a wrong user, a sign-up'):
        app = world.app('malte', server)
        app.fill_sign_in('malte', PASSWORD)
        app.submit()
        app.sees_error('This server knows nobody of this name')
        app.fill_sign_in('malte', PASSWORD, sign_up=True)
        app.submit()
        app.on_rooms_page()
    with world.step('finds a person and makes the room'):
        app.search_person('len')
        app.choose_person('lena')
        app.in_room('lena')
        room = lena.read()['id']
    with world.step('sends and receives'):
        app.send('to an old server')
        app.sees_message('to an old server', 'Sent')
        assert lena.read()['message'] == 'to an old server'
        lena.say(room, 'and from it')
        app.sees_message('and from it')
        app.no_nameless()
    with world.step('the date that it writes in its own way shows as it is'):
        app.sees_message('and from it', re.compile(r'\d\d\.\d\d\.\d{4}'))
    with world.step('edits and deletes'):
        app.edit('to an old server', 'to an older server')
        app.sees_message('to an older server')
        assert lena.read()['new_msg'] == 'to an older server'
        app.delete('to an older server')
        app.sees_no_message('to an older server')
        assert lena.read()['type'] == 'DELETE_MSG'
    with world.step('a long history is there, and can be read to its beginning'):
        for number in range(150):
            lena.say(room, f'line {number:03}')
        app.sees_message('line 149')
        assert app.quit() == 0
        app = world.app('malte', server)
        # Such a server gives no token: the password is asked for again, but not the name.
        app.on_sign_in_page()
        app.line_holds('User Name', 'malte')
        app.write_password(PASSWORD)
        app.submit()
        app.on_rooms_page()
        app.sees_room('lena')
        app.open_room('lena')
        app.sees_message('line 149')
        app.scroll_up_to('and from it')
    with world.step('what such a server can not keep holds for this run'):
        app.choose_for_room('lena', 'Pin')
        app.sees_room('lena', 'pinned')
        app.choose_for_room('lena', 'Mute')
        app.sees_room('lena', 'muted')
        app.choose_for_room('lena', 'Unpin')
    with world.step('deletes the room'):
        app.delete_room('lena')
        app.sees_no_room('lena')
        assert lena.until_type('DELETE_ROOM')['id'] == room
    with world.step('it was sent nothing that a server of the API can not understand'):
        with open(log, encoding='utf-8') as file:
            bad = [line for line in file if line.startswith('!')]
        assert not bad, bad
        assert app.quit() == 0


main(plain_server)
