# walker.py: goes through a window by keys alone, and finds what they do not lead to
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is looked for in a window: a control without a name, one that no key leads to, and a place that Tab does not leave.

Tab is pressed until the focus is where it began; in a list, and among the tabs of pages, the arrow keys go on. A control is reached if it, something inside of it, or the
row or button around it had the focus. Where text is written Shift+Tab must lead out as well.
"""

import time

import atspi
from atspi import STATE, children, has_state, name, press, role, shown
from pages import BUTTONS, CONTROLS, LINES, ROWS

PATIENCE = 2.0          # seconds for the focus to move; on a machine that is busy it takes its time
LISTS = ('list', 'list box', 'table', 'tree table', 'grouping', 'radio group')
TABS = ('page tab list',)
MOST = 80               # stops of a window
LONG = 12               # rows of a list of which not each is gone to
# GTK's own buttons of a title bar never take the focus: the desktop has keys for what they do
TITLE_BAR = {'Close', 'Minimize', 'Maximize', 'Restore'}
# The sign within a field for words to look for is the pointer's; the keyboard has Escape
FIELD_SIGNS = {'Clear'}


class Trap(AssertionError):
    """Keys do not lead away from where they led to."""


def inside(node, outer):
    while node is not None and role(node) != 'application':
        if node == outer:
            return True
        node = node.get_parent()
    return False


def say(node):
    return f'{role(node)} {name(node)!r} {atspi.box(node)}'


class Walk:
    def __init__(self, app, window=None, toolkit=()):
        """TOOLKIT: names of what GTK itself made so that it can not be reached or has no name."""
        self.app, self.window, self.toolkit = app, window, toolkit
        self.stops, self.lists, self.long = [], [], []

    def _root(self):
        if self.window is None:
            return next(one for one in children(self.app.node) if shown(one))
        return self.window

    @staticmethod
    def in_title_bar(node):
        return role(node) in BUTTONS and name(node) in TITLE_BAR and all(name(one) in TITLE_BAR for one in children(node.get_parent()))

    def controls(self):
        found = []
        for one in atspi.walk(self._root()):
            if role(one) not in CONTROLS or role(one) in ('frame', 'dialog', 'alert') or not shown(one) or not atspi.sensitive(one):
                continue
            if name(one) in self.toolkit or name(one) in FIELD_SIGNS or self.in_title_bar(one):
                continue
            # The list of a choice of libadwaita's, which is closed
            if role(one) in ROWS and not name(one) and name(one.get_parent()) in ('GtkListView', ''):
                continue
            # A row that holds a form's field is layout; so is the line of a field, whose text takes the focus
            if role(one) in ROWS and not has_state(one, STATE.FOCUSABLE) and not atspi.actions(one):
                continue
            found.append(one)
        return found

    def focus(self):
        """What has the focus: looked for among what can have it first, since a walk through the tree costs time."""
        for one in self.able:
            if has_state(one, STATE.FOCUSED):
                return one
        self.able = [one for one in atspi.walk(self._root()) if has_state(one, STATE.FOCUSABLE)]
        return next((one for one in self.able if has_state(one, STATE.FOCUSED)), None)

    def press(self, key, patience=PATIENCE):
        """Where the focus is after KEY; None: it did not move."""
        before, end = self.focus(), time.monotonic() + patience
        press(key)
        while time.monotonic() < end:
            now = self.focus()
            if now is not None and now != before:
                return now
            time.sleep(atspi.STEP)
        return None

    def list_of(self, node):
        """The list whose row has the focus: not one that is in a row, or a field in a row of a form."""
        parent = node.get_parent()
        for outer in (parent, parent.get_parent() if parent is not None else None):
            if outer is not None and role(outer) in LISTS:
                return outer
        return None

    def rows_of(self, outer):
        """From top to bottom."""
        rows = [one for one in children(outer) if shown(one) and atspi.sensitive(one) and role(one) in ROWS]
        return sorted(rows, key=lambda one: atspi.box(one)[1])

    def by_arrows(self, node):
        """In a list with more rows than one the arrow keys lead to each; of a long one two are tried."""
        outer = self.list_of(node)
        if outer is None or outer in self.lists:
            return
        self.lists.append(outer)
        rows = self.rows_of(outer)
        at = next((number for number, one in enumerate(rows) if inside(node, one)), None)
        if at is None or len(rows) < 2:
            return
        if len(rows) <= LONG:
            keys = ['Down'] * (len(rows) - 1 - at) + ['Up'] * (len(rows) - 1 if at > 0 else 0)
        else:
            keys = ['Down', 'Up'] if at < len(rows) - 1 else ['Up', 'Down']
        for key in keys:
            now = self.press(key)
            if now is None or not inside(now, outer):
                return
            self.stops.append(now)
        if len(rows) > LONG:
            self.long.append(outer)

    def by_tabs(self, node):
        """From one tab of pages to the others; it is the active one that Tab leads to, and it is so again. libadwaita before 1.8: Tab goes by each."""
        outer = node.get_parent()
        if role(node) != 'page tab' or outer is None or role(outer) not in TABS or outer in self.lists:
            return
        self.lists.append(outer)
        tabs = sorted((one for one in children(outer) if shown(one)), key=lambda one: atspi.box(one)[0])
        at = tabs.index(node) if node in tabs else 0
        for key in ['Right'] * (len(tabs) - 1 - at) + ['Left'] * (len(tabs) - 1) + ['Right'] * at:
            now = self.press(key)
            if now is None or now not in tabs:
                return
            self.stops.append(now)

    def go(self):
        self.able = []
        first = self.focus() or self.press('Tab')
        if first is None:
            if self.controls():
                raise Trap(f'no key gives the focus to anything in {say(self._root())}')
            return
        here, seen = first, []
        for _ in range(MOST):
            self.stops.append(here)
            self.by_arrows(here)
            self.by_tabs(here)
            if role(here) in LINES or 'EditableText' in here.get_interfaces():
                there = self.press('shift+Tab')
                if there is None and len(self.able) > 1:
                    raise Trap(f'Shift+Tab does not lead away from {say(here)}')
                if self.press('Tab') is None:
                    raise Trap(f'Tab does not lead away from {say(there)}')
            now = self.press('Tab') or self.press('Tab')     # at the end of a window it may have none for a moment
            if now is None:
                if len(self.able) > 1:
                    raise Trap(f'Tab does not lead away from {say(here)}')
                return
            # A list is entered where it was left
            if now == first or self.list_of(first) is not None and self.list_of(now) == self.list_of(first):
                return
            if seen.count(now) > 1:
                raise Trap(f'Tab goes round and round and does not come back to {say(first)}: {[say(one) for one in seen[-6:]]}')
            seen.append(now)
            here = now
        raise Trap(f'after {MOST} steps Tab is not back: {[say(one) for one in self.stops[-6:]]}')

    def reached(self, control):
        if any(inside(stop, control) for stop in self.stops):
            return True
        # GTK 4.8 leaves in the tree what is not shown at this width: libadwaita has the same there once more
        if any(role(stop) == role(control) and name(stop) == name(control) for stop in self.stops):
            return True
        if any(inside(control, stop) for stop in self.stops if role(stop) in (*BUTTONS, *ROWS)):
            return True
        return any(inside(control, outer) for outer in self.long)

    def check(self):
        self.app.no_nameless(self.toolkit)
        controls = self.controls()
        self.go()
        # What was on its way out as it began is not there any more
        left = self.controls()
        missed = [say(one) for one in controls if one in left and shown(one) and not self.reached(one)]
        if missed:
            raise AssertionError(f'no key leads to {missed}; Tab goes by {[say(one) for one in self.stops]}')
        return len(controls), len(self.stops)
