#!/usr/bin/python3
# test-seen.py: two people with the app open: what becomes of a message, who types, who is there
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
import atspi  # noqa: E402
from world import main  # noqa: E402

PASSWORD = 'correct horse'
LABELS = ('label',)


def sign_up(world, server, name):
    app = world.app(name, server)
    app.fill_sign_in(name, PASSWORD, sign_up=True)
    app.submit()
    app.on_rooms_page()
    return app


def seen(world):
    server = world.server()
    with world.step('two people; each sees in the other\'s room that they are there'):
        boris = sign_up(world, server, 'boris')
        anna = sign_up(world, server, 'anna')
        anna.search_person('bor')
        anna.choose_person('boris')
        anna.in_room('boris')
        anna.sees_room('boris', 'online')
        anna.find('online', LABELS)
        boris.sees_room('anna', 'online')
    with world.step('a message is delivered before the room is opened there'):
        anna.send('a first one')
        anna.sees_message('a first one', 'Delivered')
        anna.sees_room('boris', 'Delivered')
    with world.step('and read when it is'):
        boris.focus_window()
        boris.open_room('anna')
        boris.sees_message('a first one')
        anna.sees_message('a first one', re.compile('Read$'))
        anna.sees_room('boris', 'Read')
        anna.no_nameless()
    with world.step('who types is shown in the header and in the room'):
        place = anna.place_of('a first one')
        atspi.set_content(boris.composer(), 'half a thou')
        anna.find('typing…', LABELS)
        anna.sees_room('boris', 'typing…')
        anna.no_nameless()
    with world.step('until nothing was typed for a while'):
        anna.gone('typing…', LABELS)
        anna.find('online', LABELS)
        anna.sees_room('boris', 'a first one')
        assert anna.place_of('a first one') == place
    with world.step('or until it is sent'):
        atspi.set_content(boris.composer(), 'a whole thought')
        anna.find('typing…', LABELS)
        boris.send('a whole thought')
        anna.sees_message('a whole thought')
        anna.gone('typing…', LABELS)
    with world.step('who goes was last seen just now'):
        assert boris.quit() == 0
        anna.find(re.compile('^last seen (just now|1 minute)'), LABELS)
        atspi.wait(lambda: 'online' not in atspi.name(anna.sees_room('boris')), 'the dot to go')
    with world.step('what is sent meanwhile is sent, and no more'):
        anna.send('are you there?')
        anna.sees_message('are you there?', 'Sent')
        anna.sees_message('a first one', 'Read')
    with world.step('until the other one is back'):
        boris = world.app('boris', None)
        boris.on_rooms_page()
        anna.sees_message('are you there?', re.compile('Delivered|Read'))
        anna.find('online', LABELS)
    with world.step('without a server nobody is known to be there; what was read still is'):
        server.stop()
        anna.sees_offline()
        anna.gone('online', LABELS)
        anna.sees_message('a first one', 'Read')
    assert boris.quit() == 0 and anna.quit() == 0


main(seen)
