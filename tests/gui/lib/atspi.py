# atspi.py: finds and drives controls through the accessibility tree, as assistive technology does
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands on dogtail: each node is a dogtail.tree.Node, and each search a dogtail.predicate.Predicate, Matching.

Made for GTK 4.8, where SHOWING is set on windows alone and what is hidden may stay in the tree with its last place: shown
is what has a size. Coordinates are those of the window: asking for those of the screen, as dogtail's own position,
extents and click() do, makes GTK warn, which is fatal in these tests.
"""

import contextlib
import os
import re
import shutil
import subprocess
import time
import warnings

warnings.simplefilter('ignore')
import gi  # noqa: E402
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

PATIENCE = 15.0
STEP = 0.03
STATE = Atspi.StateType


def load_dogtail():
    """Loads it so that it leaves nothing behind and minds no other program that does so at the same moment."""
    kept = {name: os.environ.get(name) for name in ('LOGNAME', 'NO_AT_BRIDGE')}
    # It makes folders in /tmp, after the name of the user; and it loads GTK 3, which would make an app of this program.
    os.environ.update(LOGNAME=f'chat-{os.getpid()}', NO_AT_BRIDGE='1')
    from dogtail.config import config
    # The effect is waited for, never a time; and what it would log on standard output is no TAP.
    config.load({'checkForA11y': False, 'logDebugToFile': False, 'logDebugToStdOut': False, 'actionDelay': 0, 'defaultDelay': 0,
                 'searchBackoffDuration': STEP, 'searchCutoffCount': int(PATIENCE / STEP), 'childrenLimit': 1 << 20})
    from dogtail import predicate, tree
    with contextlib.suppress(Exception):        # a lock for its viewer, which nobody would take away if this is killed
        tree.sniff_lock.unlock()
    shutil.rmtree(config.scratchDir, ignore_errors=True)
    for name, value in kept.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return predicate, tree


predicate, tree = load_dogtail()


def wait(probe, what, patience=PATIENCE):
    """Asks PROBE until it gives something true; a node that dies between two questions is asked for again."""
    end = time.monotonic() + patience
    trouble = None
    while True:
        try:
            found = probe()
            if found:
                return found
        except (GLib.Error, AttributeError, LookupError) as error:
            trouble = error
        if time.monotonic() > end:
            raise TimeoutError(f'waited {patience:.0f} s in vain for {what}' + (f' ({trouble})' if trouble else ''))
        time.sleep(STEP)


def children(node):
    return [one for one in (node.get_child_at_index(at) for at in range(node.get_child_count())) if one]


def walk(node):
    yield node
    for one in children(node):
        yield from walk(one)


def name(node):
    return node.get_name() or ''


def role(node):
    return node.get_role_name()


def words(node):
    """The name, or what is read where GTK 4.18 lets a status have none."""
    if not name(node) and role(node) == 'status bar':
        return content(node)
    return name(node)


def box(node):
    try:
        extents = node.get_extents(Atspi.CoordType.WINDOW)
    except GLib.Error:
        return 0, 0, 0, 0
    return extents.x, extents.y, extents.width, extents.height


def shown(node):
    _, _, width, height = box(node)
    return width > 0 and height > 0


def has_state(node, state):
    return node.get_state_set().contains(state)


def sensitive(node):
    return has_state(node, STATE.SENSITIVE)


class Matching(predicate.Predicate):
    """A node of a name (None: any, or a pattern to be found in it) and of one of ROLES, that is shown unless HIDDEN."""

    def __init__(self, wanted=None, roles=None, hidden=False):
        self.wanted, self.roles, self.hidden = wanted, (roles,) if isinstance(roles, str) else roles, hidden

    def satisfiedByNode(self, node):
        if self.roles and node.roleName not in self.roles:
            return False
        if isinstance(self.wanted, re.Pattern):
            if not self.wanted.search(words(node)):
                return False
        elif self.wanted is not None and words(node) != self.wanted:
            return False
        return self.hidden or shown(node)

    def describeSearchResult(self):
        wanted = self.wanted.pattern if isinstance(self.wanted, re.Pattern) else self.wanted
        return f'{"/".join(self.roles or ["node"])} {wanted!r}'


def all_of(root, wanted=None, roles=None, hidden=False):
    """As findChildren(), which waits long and in each version otherwise where a node dies while it is asked."""
    wanted = Matching(wanted, roles, hidden)
    found = []
    for node in walk(root):
        try:
            # A window that belongs to another one stands in the tree of GTK 4.18 more than once
            if node.satisfies(wanted) and node not in found:
                found.append(node)
        except GLib.Error:
            continue
    return found


def actions(node):
    return [node.get_action_name(at) for at in range(node.get_n_actions())]


def act(node, *wanted):
    """Does the first of the actions WANTED that the node, or a child or parent of it, has."""
    for one in [node, *children(node), *[one for one in [node.get_parent()] if one]]:
        have = actions(one)
        for action in wanted:
            if action in have:
                if not one.do_action(have.index(action)):
                    raise LookupError(f'{name(one)!r} refused {action}')
                return
    raise LookupError(f'{role(node)} {name(node)!r} has none of the actions {wanted}: {actions(node)}')


def content(node):
    """The text of an entry or a text view."""
    inner = next((one for one in walk(node) if 'Text' in one.get_interfaces() and 'EditableText' in one.get_interfaces()), node)
    return Atspi.Text.get_text(inner, 0, Atspi.Text.get_character_count(inner))


def set_content(node, text):
    inner = next((one for one in walk(node) if 'EditableText' in one.get_interfaces()), None)
    if inner is None or not Atspi.EditableText.set_text_contents(inner, text):
        raise LookupError(f'{role(node)} {name(node)!r} takes no text')


def dump(node, depth=0, lines=None, budget=None):
    """The tree as text, for whoever looks at a failure."""
    lines = [] if lines is None else lines
    budget = budget or [4000]
    budget[0] -= 1
    if budget[0] < 0:
        return lines
    try:
        states = ' '.join(sorted(state.value_nick for state in node.get_state_set().get_states()
                                 if state in (STATE.FOCUSED, STATE.CHECKED, STATE.SELECTED, STATE.EXPANDED, STATE.ACTIVE)
                                 or state == STATE.SENSITIVE and False))
        extra = f' {actions(node)}' if node.get_n_actions() else ''
        if not sensitive(node):
            states += ' insensitive'
        lines.append(f'{"  " * depth}{role(node)} {name(node)!r} {box(node)} {states}{extra}'.rstrip())
        for one in children(node):
            dump(one, depth + 1, lines, budget)
    except GLib.Error as error:
        lines.append(f'{"  " * depth}gone: {error}')
    return lines


# The keyboard and the pointer of the X server
def xdotool(*words):
    return subprocess.run(['xdotool', *map(str, words)], capture_output=True, text=True, check=True).stdout


# xdotool holds Alt with a function key where the keymap names that modifier for it, as since xkeyboard-config 2.45
# (https://github.com/jordansissel/xdotool/issues/491): these are told by their key on the keyboard
FUNCTION_KEYS = {f'F{n}': 66 + n if n <= 10 else 84 + n for n in range(1, 13)}


def press(*keys):
    for key in keys:
        xdotool('key', '--clearmodifiers', '+'.join(str(FUNCTION_KEYS.get(part, part)) for part in key.split('+')))


def type_text(text):
    xdotool('type', '--delay', '8', '--', text)       # less than 5 ms loses characters


def windows_of(pid):
    try:
        return [int(line) for line in xdotool('search', '--onlyvisible', '--pid', pid).split()]
    except subprocess.CalledProcessError:
        return []


def title_of(window):
    return subprocess.run(['xdotool', 'getwindowname', str(window)], capture_output=True, text=True).stdout.strip()


def geometry(window):
    pairs = dict(line.split('=') for line in xdotool('getwindowgeometry', '--shell', window).splitlines() if '=' in line)
    return int(pairs['X']), int(pairs['Y']), int(pairs['WIDTH']), int(pairs['HEIGHT'])


def frame_extents(window):
    """How wide the shadow of a window is: left, right, top, bottom."""
    out = subprocess.run(['xprop', '-id', str(window), '_GTK_FRAME_EXTENTS'], capture_output=True, text=True).stdout
    found = re.findall(r'\d+', out.partition('=')[2])
    return [int(one) for one in found] if len(found) == 4 else [0, 0, 0, 0]


def point(node):
    """Where on the screen the middle of a node is: by the X window that has the size of its toplevel, shadow and all."""
    top = node
    while role(top) not in ('frame', 'dialog', 'window', 'alert') and name(top) not in ('GtkPopover', 'GtkPopoverMenu'):
        top = top.get_parent()
    left, upper, width, height = box(top)
    x, y, own_width, own_height = box(node)
    out = subprocess.run(['xwininfo', '-root', '-tree'], capture_output=True, text=True).stdout
    for match in re.finditer(r'(0x[0-9a-f]+) .*?(\d+)x(\d+)\+-?\d+\+-?\d+  \+(-?\d+)\+(-?\d+)', out):
        outer_width, outer_height, at_x, at_y = map(int, match.groups()[1:])
        shadow = frame_extents(int(match.group(1), 16))
        if 0 <= outer_width - width - shadow[0] - shadow[1] <= 10 and 0 <= outer_height - height - shadow[2] - shadow[3] <= 10 and width > 10 \
                or 0 <= outer_width - width <= 10 and 0 <= outer_height - height <= 10 and width > 10:
            border_x, border_y = (outer_width - width) // 2, (outer_height - height) // 2
            return at_x + border_x + x - left + own_width // 2, at_y + border_y + y - upper + own_height // 2
    raise LookupError(f'no X window for {role(top)} of {width}x{height}')


def click(node, button=1):
    x, y = point(node)
    xdotool('mousemove', x, y, 'click', button)


def scroll(node, notches):
    """Turns the wheel over a node; up where NOTCHES is below zero."""
    x, y = point(node)
    xdotool('mousemove', x, y)
    xdotool('click', '--repeat', abs(notches), '--delay', '12', 4 if notches < 0 else 5)
