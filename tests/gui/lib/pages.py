# pages.py: the app's windows as a person knows them: by the names of their controls
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place that knows what controls are called. Every method waits for the effect that it tells of."""

import re
import subprocess
import time

import atspi
from atspi import act, all_of, content, name, press, role, set_content, shown, type_text, wait

BUTTONS = ('push button', 'button', 'toggle button', 'radio button')
LINES = ('text', 'entry', 'password text')
ROWS = ('list item', 'table row', 'table cell')
DIALOGS = ('dialog', 'alert', 'window', 'frame')
MENU_ITEMS = ('menu item', 'push button', 'check menu item')
# What a person operates or is told of; the rest is layout and decoration
CONTROLS = {*BUTTONS, *LINES, *ROWS, 'check box', 'switch', 'combo box', 'slider', 'spin button', 'link', 'menu item', 'check menu item',
            'radio menu item', 'page tab', 'frame', 'dialog', 'alert'}
# GTK 4.8 names what has no name after its class.
DOUBLED = re.compile(r'^(?P<word>\S.*) (?P=word)$|^_(?P<plain>\S.*) (?P=plain)$')     # and so it does with a mnemonic: "_Accept Accept"
CLASS_NAME = re.compile('^(Gtk|Adw|Chat)[A-Z][A-Za-z]+$')


def mnemonic(word):
    """A name that may stand with its underlined letter, and twice where GTK 4.8 puts both."""
    letters = '_?'.join(map(re.escape, word))
    return re.compile(rf'^_?{letters}…?( _?{letters}…?)?$', re.IGNORECASE)


def part(text):
    return re.compile(re.escape(text))


class Chat:
    """What scenarios do and see; App in world.py adds the process."""

    # Looking
    def find(self, wanted=None, roles=None, patience=atspi.PATIENCE, root=None):
        return wait(lambda: next(iter(all_of(root or self.node, wanted, roles)), None), f'{roles or "a node"} {self._say(wanted)} in the app of {self.profile}',
                    patience)

    @staticmethod
    def _say(wanted):
        return wanted.pattern if isinstance(wanted, re.Pattern) else repr(wanted)

    def sees(self, text, roles=None):
        return self.find(part(text), roles)

    def gone(self, wanted, roles=None):
        wait(lambda: not all_of(self.node, wanted, roles), f'{roles or ""} {self._say(wanted)} to go from the app of {self.profile}')

    def sees_window(self, title):
        return wait(lambda: next((one for one in atspi.children(self.node) if title in name(one)), None), f'a window {title!r}')

    def sees_no_window(self, title):
        wait(lambda: not [one for one in atspi.children(self.node) if title in name(one)], f'the window {title!r} to close')
        # The keys go to the main window only when it has the focus back.
        wait(lambda: any(atspi.has_state(one, atspi.STATE.ACTIVE) for one in atspi.children(self.node) if role(one) == 'frame'),
             'the main window to be active')

    def focus_window(self, title=None):
        window = [one for one in atspi.windows_of(self.pid) if title in (None, atspi.title_of(one))][-1]
        subprocess.run(['xdotool', 'windowactivate', '--sync', str(window)], capture_output=True)
        wait(lambda: subprocess.run(['xdotool', 'getactivewindow', 'getwindowpid'], capture_output=True, text=True).stdout.strip() == str(self.pid),
             'the window to be active')

    def focused_node(self):
        """In the active window: the others remember theirs. A dialog may not say that it is active; it is the last one then."""
        windows = atspi.children(self.node)
        active = [one for one in windows if atspi.has_state(one, atspi.STATE.ACTIVE)]
        for window in active or reversed(windows):
            for one in atspi.walk(window):
                if one != window and atspi.has_state(one, atspi.STATE.FOCUSED):
                    return one
        return None

    def focused(self, wanted):
        """Waits until the control WANTED, or what is inside it, has the focus."""
        def probe():
            node = self.focused_node()
            while node is not None and role(node) != 'application':
                if name(node) == wanted:
                    return True
                node = node.get_parent()
            return False
        wait(probe, f'{wanted!r} to have the focus')

    def dump(self):
        return '\n'.join(atspi.dump(self.node))

    # Signing in
    def is_on_sign_in_page(self):
        def probe():
            if all_of(self.node, 'User Name', LINES):
                return 'sign in'
            if self._rooms_shown():
                return 'rooms'
            return None
        return wait(probe, 'either page', 30) == 'sign in'

    def on_sign_in_page(self):
        self.find('User Name', LINES, 30)

    def _rooms_shown(self):
        return all_of(self.node, 'Find a conversation', LINES)

    def on_rooms_page(self):
        wait(self._rooms_shown, 'the rooms', 30)
        wait(lambda: not all_of(self.node, part('Loading conversations')), 'the rooms to be loaded', 30)

    def fill_sign_in(self, login, password, sign_up=False, server=None):
        self.on_sign_in_page()
        wanted = 'Create Account' if sign_up else 'Sign In'
        if not self._submit_button(wanted):
            act(self.find(wanted, BUTTONS), 'click')
            wait(lambda: self._submit_button(wanted), 'the form to change')
        if server:
            set_content(self.find('Server', LINES), server)
        set_content(self.find('User Name', LINES), login)
        set_content(self.find('Password', LINES), password)

    def line_holds(self, line, text):
        wait(lambda: content(self.find(line, LINES)) == text, f'{text!r} in {line!r}')

    def write_password(self, password):
        set_content(self.find('Password', LINES), password)

    def _submit_button(self, wanted):
        """The button below the form: the second of its name, since the first is the switch above."""
        found = all_of(self.node, wanted, BUTTONS)
        return found[-1] if len(found) > 1 and atspi.sensitive(found[-1]) else None

    def submit(self):
        button = wait(lambda: self._submit_button('Sign In') or self._submit_button('Create Account'), 'the button to sign in')
        act(button, 'click')

    def sees_error(self, text):
        """The words are there, and they are the description of the field that has the focus, or a label beside it."""
        self.find(part(text))
        wait(lambda: self._submit_button('Sign In') or self._submit_button('Create Account'), 'the form to be usable again')

    def certificate_asked(self):
        """The fingerprint that is shown."""
        node = self.find(re.compile(r'(?:[0-9A-F]{2}:){31}[0-9A-F]{2}'))
        return re.search(r'(?:[0-9A-F]{2}:){31}[0-9A-F]{2}', name(node)).group()

    def answer_dialog(self, answer):
        """Each button of such a dialog stands in the tree twice; one of them has a size."""
        button = self.find(mnemonic(answer), ('push button', 'button'))
        act(button, 'click')
        wait(lambda: not any(True for _ in [one for one in all_of(self.node, mnemonic(answer), ('push button', 'button'))]), f'the dialog with {answer!r} to close')

    def answer_question(self, title, answer):
        """The same, where the window behind has a button of that name."""
        act(self.find(mnemonic(answer), ('push button', 'button'), root=self.sees_window(title)), 'click')
        wait(lambda: not [one for one in atspi.children(self.node) if title in name(one)], f'the question {title!r} to close')

    # Rooms
    def rooms(self):
        """The rows of the rooms; each row and its child have the same name."""
        return [one for one in atspi.walk(self.node) if 'row.open' in atspi.actions(one) and name(one) and shown(one)]

    def _room(self, person, text=None):
        return next((one for one in self.rooms() if re.match(rf'{re.escape(person)}\b', name(one)) and (text is None or text in name(one))), None)

    def sees_room(self, person, text=None):
        return wait(lambda: self._room(person, text), f'the room of {person}' + (f' with {text!r}' if text else ''))

    def sees_no_room(self, person):
        wait(lambda: not self._room(person), f'the room of {person} to go')

    def open_room(self, person):
        act(self.sees_room(person), 'row.open')
        self.in_room(person)

    def composer(self):
        return self.find(re.compile('^Message( to |$)'), ('text', 'entry'))

    def in_room(self, person):
        self.sees_window(f'{person} – Chat')
        self.composer()

    def search_person(self, text):
        if not all_of(self.node, 'Name of the person', LINES):
            act(self.find(mnemonic('New Conversation'), BUTTONS), 'click')
        set_content(self.find('Name of the person', LINES), text)

    def choose_person(self, person):
        row = wait(lambda: next((one for one in atspi.walk(self.node) if name(one) == person and 'row.open' in atspi.actions(one) and shown(one)
                                 and role(one) in ROWS), None), f'{person} among the people found')
        act(row, 'row.open')

    # Messages
    def message(self, text):
        """The row of the newest message with TEXT in it."""
        rows = [one for one in self.message_rows() if text in name(one)]
        return rows[-1] if rows else None

    def message_rows(self):
        return [one for one in all_of(self.node, None, ROWS) if name(one) and 'message.menu' in [a for c in [one, *atspi.children(one)] for a in atspi.actions(c)]]

    def sees_message(self, text, state=None):
        def probe():
            row = self.message(text)
            if row is None or state is None:
                return row
            good = state.search(name(row)) if isinstance(state, re.Pattern) else state in name(row)
            return row if good else None
        return wait(probe, f'the message {text!r}' + (f' with {self._say(state)}' if state else '') + f' in the app of {self.profile}')

    def sees_no_message(self, text):
        wait(lambda: self.message(text) is None, f'the message {text!r} to go from the app of {self.profile}')

    def send(self, text):
        set_content(self.composer(), text)
        button = wait(lambda: next((one for one in all_of(self.node, re.compile('^(Send|Save)$'), BUTTONS) if atspi.sensitive(one)), None), 'the button to send')
        act(button, 'click')
        wait(lambda: content(self.composer()) == '', 'the composer to be empty')

    def open_menu(self, text):
        act(self.sees_message(text), 'message.menu')
        return wait(lambda: all_of(self.node, None, ('menu item', 'check menu item')), 'the menu of the message')

    def menu_of(self, text):
        """The names in the menu of a message; the menu is closed again."""
        names = [name(one) for one in self.open_menu(text)]
        press('Escape')
        wait(lambda: not all_of(self.node, None, ('menu item',)), 'the menu to close')
        return names

    def offers(self, text, action):
        self.focus_window()
        return any(mnemonic(action).match(one) for one in self.menu_of(text))

    def choose(self, action):
        item = self.find(mnemonic(action), MENU_ITEMS)
        act(item, 'click')

    def edit(self, text, new):
        self.open_menu(text)
        self.choose('Edit')
        wait(lambda: content(self.composer()) == text, 'the text in the composer')
        self.send(new)

    def delete(self, text):
        self.open_menu(text)
        self.choose('Delete')
        self.answer_dialog('Delete')

    def discard(self, text):
        self.open_menu(text)
        self.choose('Discard')
        self.sees_no_message(text)

    # The life of a room
    def room_menu(self, person):
        act(self.sees_room(person), 'row.menu')
        return wait(lambda: all_of(self.node, None, ('menu item', 'check menu item')), 'the menu of the room')

    def choose_for_room(self, person, action):
        self.room_menu(person)
        self.choose(action)

    def delete_room(self, person):
        self.room_menu(person)
        self.choose('Delete')
        self.answer_dialog('Delete')

    def sign_out(self):
        button = self.find(mnemonic('Main Menu'), BUTTONS)
        act(atspi.children(button)[0] if 'click' not in atspi.actions(button) else button, 'click')
        self.choose('Sign Out')
        wait(lambda: all_of(self.node, mnemonic('Sign Out'), ('push button', 'button')) or all_of(self.node, 'User Name', LINES), 'the question or the page')
        if not all_of(self.node, 'User Name', LINES):
            self.answer_dialog('Sign Out')

    # Preferences
    def open_preferences(self, page):
        self.focus_window()
        press('ctrl+comma')
        self.sees_window('Preferences')
        self.choose_preferences(page)

    def choose_preferences(self, page):
        """The buttons for the pages stand at the top and, in a narrow window, at the bottom: those that are shown have a size."""
        button = self.find(mnemonic(page), (*BUTTONS, 'page tab', 'toggle button'))
        if not atspi.has_state(button, atspi.STATE.CHECKED) and not atspi.has_state(button, atspi.STATE.PRESSED):
            act(button, 'click', 'toggle')

    def close_preferences(self):
        self.focus_window('Preferences')
        press('Escape')
        self.sees_no_window('Preferences')

    def _switch(self, title):
        return self.find(title, ('check box', 'switch', 'toggle button'))

    def switched(self, title, on):
        wait(lambda: atspi.has_state(self._switch(title), atspi.STATE.CHECKED) == on, f'{title!r} to be {"on" if on else "off"}')

    def switch(self, title, on):
        self.switched(title, not on)
        act(self._switch(title), 'toggle', 'click')
        self.switched(title, on)

    def _sign_out_buttons(self):
        return all_of(self.node, re.compile('^Sign Out “'), BUTTONS)

    def other_devices(self, number):
        wait(lambda: all_of(self.node, re.compile('This device')) and len(self._sign_out_buttons()) == number, f'{number} other devices')

    def sign_out_device_by_keys(self):
        """Escape leaves the question, and the keyboard is where it was; the second time it is answered."""
        def asked():
            return [one for one in atspi.children(self.node) if 'Sign Out “' in name(one)]
        self.focus_window('Preferences')
        button = name(self._sign_out_buttons()[0])
        self.tab_to(button)
        press('Return')
        wait(asked, 'the question')
        press('Escape')
        wait(lambda: not asked(), 'the question to close')
        self.focused(button)
        press('Return')
        wait(asked, 'the question')
        self.confirm_by_keys('Sign Out')
        wait(lambda: not asked(), 'the question to close')

    def focused_in(self, title):
        """Something in the window TITLE has the keyboard."""
        window = self.sees_window(title)
        wait(lambda: any(atspi.has_state(one, atspi.STATE.FOCUSED) for one in atspi.walk(window) if one != window), f'the focus in {title!r}')

    def sign_out_in_preferences(self):
        act(self.find(re.compile('^_?Sign Out…'), BUTTONS), 'click')
        self.answer_question('Sign Out?', 'Sign Out')

    def change_password(self, password, new):
        self.focus_window()
        self.tab_to('Change Password…')
        press('Return')
        self.sees_window('Change Password')
        self.write_passwords(password, new)

    def write_passwords(self, password, new):
        for field, text in (('Current Password', password), ('New Password', new), ('Repeat New Password', new)):
            set_content(self.find(field, LINES), text)
        act(self.find('Change', BUTTONS), 'click')

    def sign_in_again(self, password):
        act(self.find(mnemonic('Sign In'), BUTTONS), 'click')
        self.on_sign_in_page()
        self.write_password(password)
        self.submit()

    def gone_words(self, text):
        self.gone(part(text))

    # Scrolling
    def timeline(self):
        return self.find('Messages', 'list')

    def scroll_up_to(self, text):
        def probe():
            if self.message(text):
                return True
            atspi.scroll(self.timeline(), -25)
            return False
        self.focus_window()
        wait(probe, f'{text!r} to come by scrolling up', 40)
        self.rests(text)

    def rests(self, text, during=0.6):
        """The message has stood where it is for a while: what of the wheel is still on its way would undo what follows. Rows are used
        again, so the one that is asked is looked for anew where it shows another message."""
        row, place, since, asked = None, None, 0.0, 0

        def stands():
            nonlocal row, place, since, asked
            if row is None or text not in name(row):
                row, place = self.message(text), None
            now = atspi.box(row) if row is not None else None
            if now is None or now != place:
                place, since, asked = now, time.monotonic(), 0
            asked += 1
            return now is not None and asked > 5 and time.monotonic() - since > during
        wait(stands, 'the timeline to stand still', 40)

    def place_of(self, text):
        return atspi.box(self.sees_message(text))[1]

    def jump_to_newest(self):
        act(self.find(re.compile('^Go to the newest message'), BUTTONS), 'click')

    def go_to_newest(self, text):
        """To the message TEXT, wherever the room has opened."""
        def probe():
            if self.message(text):
                return True
            for button in all_of(self.node, re.compile('^Go to the newest message'), BUTTONS)[:1]:
                act(button, 'click')
            return False
        wait(probe, f'the newest message, {text!r}')

    # The connection
    def sees_offline(self):
        self.find(re.compile('Offline|Trying again|Reconnecting|Connecting'), None, 30)

    def try_now(self):
        """Asks for a try at once, where the window still offers it."""
        for one in all_of(self.node, mnemonic('Try Now'), BUTTONS):
            if atspi.sensitive(one):
                act(one, 'click')

    # The size of the window
    def resize(self, width, height):
        window = atspi.windows_of(self.pid)[-1]

        def done():
            left, right, top, bottom = atspi.frame_extents(window)
            _, _, now_width, now_height = atspi.geometry(window)
            return (now_width - left - right, now_height - top - bottom) == (width, height)
        left, right, top, bottom = atspi.frame_extents(window)
        atspi.xdotool('windowsize', window, width + left + right, height + top + bottom)
        wait(done, f'a window of {width}x{height}')

    def width(self):
        window = atspi.windows_of(self.pid)[-1]
        left, right, _, _ = atspi.frame_extents(window)
        return atspi.geometry(window)[2] - left - right

    def inside_window(self):
        """Nothing that can be operated stands outside of the window."""
        frame = next(one for one in atspi.children(self.node) if shown(one))
        x, _, width, _ = atspi.box(frame)
        out = [f'{role(one)} {name(one)!r} {atspi.box(one)}' for one in all_of(self.node, None, BUTTONS + LINES)
               if atspi.box(one)[0] < x - 1 or atspi.box(one)[0] + atspi.box(one)[2] > x + width + 1]
        assert not out, out

    def back(self):
        act(self.find(mnemonic('Back to the conversations'), BUTTONS), 'click')

    # Keys
    def tab_to(self, wanted, roles=None):
        for _ in range(40):
            node = self.focused_node()
            while node is not None and role(node) != 'application':
                if name(node) == wanted and (roles is None or role(node) in roles):
                    return
                node = node.get_parent()
            before = self.focused_node()
            press('Tab')
            try:
                wait(lambda: self.focused_node() != before, 'the focus to move', 2)
            except TimeoutError:
                continue
        raise TimeoutError(f'Tab does not lead to {wanted!r}')

    def composer_focused(self):
        wait(lambda: any(atspi.has_state(one, atspi.STATE.FOCUSED) for one in atspi.walk(self.composer())), 'the composer to have the focus')

    def composer_not_focused(self):
        wait(lambda: not any(atspi.has_state(one, atspi.STATE.FOCUSED) for one in atspi.walk(self.composer())), 'the focus to leave the composer')

    def composer_holds(self, text):
        wait(lambda: content(self.composer()) == text, f'{text!r} in the composer')

    def focus_composer_by_keys(self):
        for _ in range(6):
            if any(atspi.has_state(one, atspi.STATE.FOCUSED) for one in atspi.walk(self.composer())):
                return
            before = self.focused_node()
            press('F6')
            wait(lambda: self.focused_node() != before, 'the focus to move', 3)
        raise TimeoutError('F6 does not lead to the composer')

    def go_round(self, key, times):
        """The names of what has the focus after each press."""
        places = []
        for _ in range(times):
            before = self.focused_node()
            press(key)
            wait(lambda: self.focused_node() not in (None, before), 'the focus to move', 3)
            node = self.focused_node()
            places.append((role(node), name(node)))
        return places

    def focus_message(self, text):
        """To the timeline by F6, and in it by the arrow keys."""
        def inside(node):
            return node is not None and 'Messages' in (name(node.get_parent()), name(node.get_parent().get_parent()))

        def reached(node):
            return inside(node) and text in name(node)
        for _ in range(4):
            before = self.focused_node()
            if inside(before):
                break
            press('F6')
            wait(lambda: self.focused_node() not in (None, before), 'the focus to move', 3)
        for _ in range(30):
            before = self.focused_node()
            if reached(before):
                return
            press('Up')
            wait(lambda: self.focused_node() not in (None, before), 'the message before', 3)
        raise TimeoutError(f'no key leads to the message {text!r}')

    def choose_by_keys(self, action):
        wait(lambda: all_of(self.node, mnemonic(action), ('menu item',)), f'{action!r} in the menu')
        for _ in range(12):
            node = self.focused_node()
            if node is not None and mnemonic(action).match(name(node)):
                press('Return')
                return
            before = node
            press('Down')
            try:
                wait(lambda: self.focused_node() != before, 'the next item', 2)
            except TimeoutError:
                continue
        raise TimeoutError(f'no key leads to {action!r}')

    def confirm_by_keys(self, answer):
        self.find(mnemonic(answer), ('push button', 'button'))
        for _ in range(10):
            node = self.focused_node()
            if node is not None and mnemonic(answer).match(name(node)) and role(node) in BUTTONS:
                press('Return')
                return
            before = node
            press('Tab')
            try:
                wait(lambda: self.focused_node() != before, 'the focus to move', 2)
            except TimeoutError:
                continue
        raise TimeoutError(f'no key leads to {answer!r}')

    # The screen reader
    def no_nameless(self, toolkit=()):
        """Every control that is shown has a name. TOOLKIT: what stands within a window that GTK itself made, by class."""
        def nameless():
            bad = []
            for one in atspi.walk(self.node):
                words = name(one).strip()
                if role(one) not in CONTROLS or not shown(one):
                    continue
                # A row that holds a form's field is layout: it takes neither focus nor click.
                if role(one) in ROWS and not atspi.has_state(one, atspi.STATE.FOCUSABLE) and not atspi.actions(one):
                    continue
                # The list of a choice of libadwaita's; ours have names. GTK 4.8 calls it by its class, 4.18 not at all
                if words in toolkit or role(one) in ROWS and role(one.get_parent()) == 'list' and name(one.get_parent()) in ('', 'GtkListView'):
                    continue
                if not words or CLASS_NAME.match(words):
                    bad.append(f'{role(one)} {words!r} {atspi.box(one)} in {role(one.get_parent())} {name(one.get_parent())!r}')
                elif words.startswith('_') and not DOUBLED.match(words):
                    bad.append(f'{role(one)} is named {words!r}')
            return bad
        found = []

        def clean():
            found[:] = nameless()
            return not found
        try:
            wait(clean, 'every control to have a name', 3)
        except TimeoutError:
            raise AssertionError(f'controls without a name in the app of {self.profile}: {found}') from None


__all__ = ['Chat', 'type_text']
