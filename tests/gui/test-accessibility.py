#!/usr/bin/python3
# test-accessibility.py: each screen, gone through by keys: every control has a name and is reached, and nothing is a trap
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
import atspi  # noqa: E402
from atspi import act, press, wait  # noqa: E402
from pages import Chat  # noqa: E402
from walker import Trap, Walk  # noqa: E402
from world import main  # noqa: E402

PASSWORD = 'correct horse'


class Broken(Chat):
    """The window with one fault."""

    profile = 'faults'

    def __init__(self, world, fault):
        self.process = subprocess.Popen([world.broken, fault], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        desktop = atspi.Atspi.get_desktop(0)
        self.node = wait(lambda: next((one for one in atspi.children(desktop) if one.get_process_id() == self.pid), None), 'the window', 30)
        wait(lambda: atspi.windows_of(self.pid), 'the window', 30)
        self.focus_window()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def faults(world):
    """What looks for faults finds each of them, and none where there is none."""
    for fault, kind, words in (('good', None, ''), ('nameless', AssertionError, 'without a name'), ('unreachable', AssertionError, "no key leads to.*'Third'"),
                               ('lost', AssertionError, "no key leads to.*'Row 2'"), ('trap', Trap, "Tab does not lead away from.*'Text'")):
        with world.step(f'a window that is {fault}'), Broken(world, fault) as window:
            found = None
            try:
                Walk(window).check()
            except AssertionError as error:
                found = error
            assert (found is None) == (kind is None), found
            assert kind is None or isinstance(found, kind) and re.search(words, str(found)), found


def screens(world):
    server = world.server()
    boris = server.person('boris')
    for login in ('anna', 'clara', 'claudia'):
        server.person(login, PASSWORD)
    for other in ('anna', 'clara'):
        boris.say(boris.room(other), f'hello {other}')
    clara = server.device('clara', PASSWORD)
    clara.say(clara.room('anna'), 'here is clara')
    room = boris.room('anna')
    for number in range(3):
        boris.say(room, f'message {number}, see https://example.org/{number}')

    def walk(title=None, toolkit=(), least=1):
        """Through the main window, or the one of this title."""
        window = app.sees_window(title) if title else None
        controls, stops = Walk(app, window, toolkit).check()
        assert controls >= least, (controls, stops)
        print(f'# {title or "the main window"}: {controls} controls, {stops} stops', flush=True)

    def leave(title):
        app.focus_window(None)
        press('Escape')
        app.sees_no_window(title)

    with world.step('signing in, with an error'):
        app = world.app('anna', server)
        app.on_sign_in_page()
        app.focus_window()
        app.fill_sign_in('anna', 'not the one')
        app.submit()
        app.sees_error('The password is not right')
        app.focused('Password')
        walk(least=6)
    with world.step('the conversations, none of them open'):
        app.fill_sign_in('anna', PASSWORD)
        app.submit()
        app.on_rooms_page()
        app.sees_room('clara')
        walk(least=6)
    with world.step('a conversation'):
        app.open_room('boris')
        app.sees_message('message 2')
        walk(least=10)
    with world.step('the menu of a message: the arrow keys go through it, and the message has the focus again'):
        app.focus_message('message 1')
        press('Menu')
        wait(lambda: atspi.all_of(app.node, None, ('menu item',)), 'the menu')
        app.no_nameless()
        press('Escape')
        wait(lambda: not atspi.all_of(app.node, None, ('menu item',)), 'the menu to close')
        wait(lambda: 'message 1' in atspi.name(app.focused_node()), 'the message to have the focus')
    with world.step('searching in it'):
        press('ctrl+f')
        wait(lambda: 'EditableText' in app.focused_node().get_interfaces(), 'the field')
        atspi.type_text('message')
        app.find(re.compile(r'\b\d+\b.*\d+|\d+ of \d+'), None)
        walk(least=10)
        app.focus_window()
    with world.step('a new conversation'):
        press('ctrl+n')
        app.focused('Name of the person')
        atspi.type_text('cla')
        app.sees('claudia', ('list item', 'table row', 'label'))
        walk('New Conversation', least=3)
        leave('New Conversation')
    with world.step('the preferences, page by page'):
        press('ctrl+comma')
        app.sees_window('Preferences')
        for page in ('General', 'Privacy', 'Account'):
            app.choose_preferences(page)
            if page == 'Account':
                app.sees('This device')
            walk('Preferences', least=4)
    with world.step('the password'):
        app.tab_to('Change Password…')
        press('Return')
        walk('Change Password', least=5)
        leave('Change Password')
        app.focused('Change Password…')
        leave('Preferences')
    with world.step('a question'):
        act(app.sees_room('clara'), 'row.menu')
        app.choose('Delete')
        walk('Delete the Conversation?', least=2)
        leave('Delete the Conversation?')


main(faults, screens)
