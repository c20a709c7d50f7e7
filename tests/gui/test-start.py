#!/usr/bin/python3
# test-start.py: what the desktop asks of the app: by its bus name, its launcher and its links
# SPDX-License-Identifier: GPL-3.0-or-later

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
import atspi  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402
from world import main  # noqa: E402

PASSWORD = 'correct horse'
BUS = Gio.bus_get_sync(Gio.BusType.SESSION, None)


def ask(profile, method, *arguments):
    """A method of org.freedesktop.Application, as a launcher or a notification calls it."""
    name = 'com.example.Chat' + (f'.Profile_{profile}' if profile else '')
    BUS.call_sync(name, '/' + name.replace('.', '/'), 'org.freedesktop.Application', method, GLib.Variant(*arguments), None,
                  Gio.DBusCallFlags.NONE, 10000, None)


def act_on(profile, action, *target):
    ask(profile, 'ActivateAction', '(sava{sv})', (action, [GLib.Variant(*target)] if target else [], {}))


def actions(world):
    """Each action of the launcher and of notifications, with the account there, and before it is."""
    server = world.server()
    boris, clara = server.person('boris'), server.person('clara')
    server.person('anna', PASSWORD)
    rooms = {'boris': boris.room('anna'), 'clara': clara.room('anna')}
    boris.say(rooms['boris'], 'Hello from Boris')
    clara.say(rooms['clara'], 'Hello from Clara')
    address = '%s:%d' % server.address

    def open_room(person, server=address, login='anna'):
        act_on('start', 'open-room', '(ssx)', (server, login, rooms.get(person, person)))

    with world.step('what is asked before anybody has signed in waits for that'):
        anna = world.app('start', server)
        anna.on_sign_in_page()
        open_room('boris')
        anna.fill_sign_in('anna', PASSWORD)
        anna.submit()
        anna.on_rooms_page()
        anna.in_room('boris')
    with world.step('a notification opens its room'):
        open_room('clara')
        anna.in_room('clara')
    with world.step('not for another account, and not one that is not there'):
        open_room('boris', login='eve')
        anna.sees('another account')
        open_room('boris', server='elsewhere.example')
        anna.in_room('clara')
    with world.step('one that does not come is forgotten where another one is chosen meanwhile'):
        open_room(1000000)
        anna.open_room('boris')
    with world.step('the launcher begins a conversation: one dialog, however often it is asked for'):
        act_on('start', 'preferences')
        anna.sees_window('Preferences')
        anna.close_preferences()
        act_on('start', 'begin-conversation')
        anna.find('Name of the person')
        act_on('start', 'begin-conversation')
        open_room('clara')
        anna.in_room('clara')
        assert len(atspi.all_of(anna.node, 'Name of the person', ('text', 'entry'))) == 1
    with world.step('the next start goes to the room of the notification, not to that of the last time, also where it is not known yet'):
        anna.focus_window('New Conversation')
        atspi.press('Escape')
        anna.sees_no_window('New Conversation')
        assert anna.quit() == 0
        rooms['dora'] = server.person('dora').room('anna')
        anna = world.app('start', None, insecure=False)
        open_room('dora')
        anna.in_room('dora')


main(actions)
