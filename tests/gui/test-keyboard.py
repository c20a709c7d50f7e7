#!/usr/bin/python3
# test-keyboard.py: one whole conversation with nothing but keys
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
from atspi import press, type_text  # noqa: E402
from world import main  # noqa: E402

PASSWORD = 'correct horse'


def keyboard_alone(world):
    """Nothing is clicked, and no action is called: what is seen is read from the tree, what is done are keys."""
    server = world.server()
    ida = server.person('ida')
    with world.step('signs up: the fields one after the other, and Enter'):
        app = world.app('jonas', server)
        app.on_sign_in_page()
        app.focus_window()
        app.tab_to('Create Account', ('toggle button', 'radio button', 'button'))
        press('space')
        app.tab_to('User Name')
        type_text('jonas')
        app.tab_to('Password')
        type_text(PASSWORD)
        press('Return')
        app.on_rooms_page()
    with world.step('Ctrl+N finds a person and opens the conversation'):
        press('ctrl+n')
        app.focused('Name of the person')
        type_text('ida')
        app.sees('ida', ('list item', 'table row', 'label'))
        press('Return')
        app.in_room('ida')
    with world.step('the composer has the focus: Enter sends, Shift+Enter breaks the line'):
        app.composer_focused()
        type_text('one line')
        press('shift+Return')
        type_text('two lines')
        press('Return')
        app.sees_message('one line')
        room = ida.read()['id']
        assert ida.read()['message'] == 'one line\ntwo lines'
    with world.step('Up edits the last message'):
        press('Up')
        app.composer_holds('one line\ntwo lines')
        press('ctrl+a')
        type_text('edited by keys')
        press('Return')
        app.sees_message('edited by keys')
        assert ida.read()['new_msg'] == 'edited by keys'
    with world.step('Escape leaves the edit, and the text is as it was'):
        press('Up')
        app.composer_holds('edited by keys')
        press('Escape')
        app.composer_holds('')
    with world.step('the menu of a message opens from the keyboard, and deletes it'):
        app.focus_message('edited by keys')
        press('shift+F10')
        app.choose_by_keys('Delete')
        app.confirm_by_keys('Delete')
        app.sees_no_message('edited by keys')
        assert ida.read()['type'] == 'DELETE_MSG'
    with world.step('Ctrl+K finds a room'):
        kai = server.person('kai')
        other = kai.room('jonas')
        kai.say(other, 'here is kai')
        app.sees_room('kai', 'here is kai')
        press('ctrl+k')
        app.focused('Find a conversation')
        type_text('kai')
        press('Return')
        app.in_room('kai')
    with world.step('Ctrl+Page Down and Up change the room'):
        press('ctrl+Next')
        app.in_room('ida')
        press('ctrl+Prior')
        app.in_room('kai')
    with world.step('F6 goes around the parts of the window, Tab leaves the composer'):
        places = app.go_round('F6', 4)
        assert len(set(places)) >= 3, places
        app.focus_composer_by_keys()
        press('Tab')
        app.composer_not_focused()
    with world.step('Ctrl+? shows the shortcuts, Ctrl+comma the preferences; Escape closes both'):
        press('ctrl+question')
        app.sees_window('Keyboard shortcuts')
        app.no_nameless(toolkit=('GtkImage',))       # GTK's own button to search has no name there
        press('Escape')
        app.sees_no_window('Keyboard shortcuts')
        press('ctrl+comma')
        app.sees_window('Preferences')
        app.no_nameless()
        press('Escape')
        app.sees_no_window('Preferences')
    with world.step('Ctrl+Q quits'):
        press('ctrl+q')
        assert app.ended() == 0
    assert room > 0


main(keyboard_alone)
