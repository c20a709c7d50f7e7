#!/usr/bin/python3
# test-background.py: notifications, with a window, without one, and of an app that has ended; running in the background
# SPDX-License-Identifier: GPL-3.0-or-later

import json
import os
import shlex
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
import atspi  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402
from world import Activated, main  # noqa: E402

PASSWORD = 'correct horse'
NAME = 'com.example.Chat'
BUS = Gio.bus_get_sync(Gio.BusType.SESSION, None)


def call(name, path, interface, method, arguments=None, kind=None):
    answer = BUS.call_sync(name, path, interface, method, arguments, kind and GLib.VariantType(kind), Gio.DBusCallFlags.NONE, 30000, None)
    return answer.unpack()


def of_bus(method, *arguments):
    return call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method, GLib.Variant(*arguments) if arguments else None)


def choose(action, kind=None, target=None):
    """What the shell does when a notification or its button is clicked; the bus starts the app if need be."""
    call(NAME, '/com/example/Chat', 'org.freedesktop.Application', 'ActivateAction',
         GLib.Variant('(sava{sv})', (action.removeprefix('app.'), [GLib.Variant(kind, target)] if kind else [], {})))


class Shell:
    def __init__(self, log):
        self.log = log

    def events(self):
        with open(self.log, encoding='utf-8') as log:
            return [json.loads(line) for line in log.read().splitlines() if line.endswith('}')]

    def shown(self):
        """What shows now, by id."""
        now = {}
        for event in self.events():
            if 'add' in event:
                now[event['add']] = event
            elif 'remove' in event:
                now.pop(event['remove'], None)
        return now

    def shows(self, body, patience=atspi.PATIENCE):
        return atspi.wait(lambda: next((one for one in self.shown().values() if one['body'] == body), None), f'a notification {body!r}', patience)

    def empty(self):
        atspi.wait(lambda: not self.shown(), 'the notifications to go')


def install(world):
    """The file by which the bus starts the app, as `meson install` puts it; the session's own folders are empty."""
    folder = os.path.join(os.environ['XDG_DATA_HOME'], 'dbus-1', 'services')
    script = os.path.join(world.run, 'start')
    words = ' '.join(f'{key}={shlex.quote(value)}' for key, value in world.environment_of('default').items())
    with open(script, 'w', encoding='utf-8') as file:
        file.write(f'#!/bin/sh\nexec env {words} {shlex.quote(world.program)} "$@" >>{shlex.quote(world.run)}/default.log 2>&1\n')
    os.chmod(script, 0o755)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, NAME + '.service'), 'w', encoding='utf-8') as file:
        file.write(f'[D-BUS Service]\nName={NAME}\nExec={script} --gapplication-service\n')
    of_bus('ReloadConfig')


def no_window(app):
    atspi.wait(lambda: not atspi.windows_of(app.pid), 'the window to go')
    assert app.alive()


def close(app):
    app.focus_window()
    atspi.press('ctrl+w')


def background(world):
    server = world.server()
    shell = Shell(world.shell())
    boris = server.person('boris')
    server.person('anna', PASSWORD)
    room = boris.room('anna')
    target = ('%s:%d' % server.address, 'anna', room)

    with world.step('what comes in a room that is not open is told; it goes when the room is read'):
        anna = world.app('default', server)
        anna.fill_sign_in('anna', PASSWORD)
        anna.submit()
        anna.on_rooms_page()
        boris.say(room, 'one')
        note = shell.shows('one')
        assert (note['app'], note['title'], note['action'], tuple(note['target'])) == (NAME, 'boris', 'app.open-room', target), note
        assert [one['label'] for one in note['buttons']] == ['Mark as Read'], note
        anna.focus_window()
        anna.open_room('boris')
        anna.sees_message('one')
        shell.empty()
    with world.step('what one sees needs no notification'):
        before = len(shell.events())
        boris.say(room, 'before my eyes')
        anna.sees_message('before my eyes')
        anna.send('I see')
        anna.sees_message('I see', 'Sent')
        assert len(shell.events()) == before, shell.events()[before:]
    with world.step('the first window that is closed asks, once'):
        close(anna)
        anna.sees_window('Keep Receiving Messages?')
        anna.no_nameless()
        anna.answer_dialog('Run in Background')
        no_window(anna)
    with world.step('without a window messages come still, and are told'):
        boris.say(room, 'two')
        shell.shows('two')
        boris.say(room, 'three')
        shell.shows('three\n2 new messages')
    with world.step('Mark as Read needs no window'):
        button = list(shell.shown().values())[0]['buttons'][0]
        choose(button['action'], '(ssxx)', tuple(button['target']))
        shell.empty()
        no_window(anna)
    with world.step('a click opens a window with the room, as it is now'):
        boris.say(room, 'four')
        note = shell.shows('four')
        choose(note['action'], '(ssx)', tuple(note['target']))
        anna.in_room('boris')
        anna.sees_message('four')
        anna.sees_message('I see')
        shell.empty()
    with world.step('the preferences show what was chosen, and start it at login'):
        anna.open_preferences('General')
        anna.switched('Run in Background', True)
        file = os.path.join(os.environ['XDG_CONFIG_HOME'], 'autostart', NAME + '.desktop')
        anna.switch('Start at Login', True)
        assert '--background' in open(file, encoding='utf-8').read()
        anna.switch('Start at Login', False)
        assert not os.path.exists(file)
        anna.switch('Show Message Text', False)
        anna.no_nameless()
        anna.close_preferences()
    with world.step('the window closes without a question; the words are hidden'):
        close(anna)
        no_window(anna)
        boris.say(room, 'a secret')
        shell.shows('New message')
    with world.step('Quit ends it, also without a window; what was told stays'):
        choose('quit')
        assert anna.ended() == 0
        assert len(shell.shown()) == 1
    with world.step('a click on what is left starts the app, and opens the room'):
        install(world)
        note = shell.shows('New message')
        choose(note['action'], '(ssx)', tuple(note['target']))
        anna = Activated(world, 'default', of_bus('GetConnectionUnixProcessID', '(s)', (NAME,))[0]).meet()
        anna.in_room('boris')
        anna.focus_window()
        anna.sees_message('a secret')
        shell.empty()
        anna.quit()
    with world.step('what came while it did not run is told in sum by the next start without a window'):
        for number in range(12):
            boris.say(room, f'missed {number}')
        anna = world.app('default', None, extra=['--background'], window=False)
        shell.shows('12 new messages', 30)
        no_window(anna)
    with world.step('the end of the session ends it as Quit does'):
        anna.process.terminate()
        assert anna.ended() == 0


main(background)
