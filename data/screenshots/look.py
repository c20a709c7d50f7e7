#!/usr/bin/python3
# look.py: starts the app, waits for what its windows show, and takes their pictures
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   look.py --scene rooms|sign-in [--room NAME] [--size WxH] [--whole] OUT.png -- COMMAND [ARGUMENT]...
#
# Runs in a session of tests/lib/session.sh. Everything is waited for, through the accessibility tree and the pixels.
import argparse
import os
import re
import subprocess
import sys
import time
import warnings

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi  # noqa: E402

warnings.simplefilter('ignore')
PATIENCE_S = 90
RADIUS = 12


class Gone(Exception):
    """The app ended before it had shown what was waited for."""


def wait(probe, what, seconds=PATIENCE_S, app=None):
    """Asks PROBE until it gives something; a node that dies between two questions is asked for again."""
    end = time.monotonic() + seconds
    while True:
        try:
            found = probe()
        except Exception:
            found = None
        if found:
            return found
        if app and app.poll() is not None:
            raise Gone(f'the app ended with {app.returncode} before it showed {what}')
        if time.monotonic() > end:
            raise TimeoutError(f'waited {seconds} s in vain for {what}')
        time.sleep(0.05)


def children(node):
    return [c for c in (node.get_child_at_index(i) for i in range(node.get_child_count())) if c]


def walk(node):
    yield node
    for child in children(node):
        yield from walk(child)


def shown(node):
    extents = node.get_extents(Atspi.CoordType.WINDOW)
    return extents.width > 0 and extents.height > 0


def actions(node):
    return [node.get_action_name(i) for i in range(node.get_n_actions())]


def tree_of(pid):
    desktop = Atspi.get_desktop(0)
    return next((a for a in children(desktop) if a.get_process_id() == pid), None)


def rooms_of(pid):
    return [n for n in walk(tree_of(pid)) if 'row.open' in actions(n) and n.get_name() and shown(n)]


def messages_of(pid):
    return [n for n in walk(tree_of(pid)) if n.get_role_name() == 'list item' and n.get_name() and shown(n)
            and 'row.open' not in [a for c in [n] + children(n) for a in actions(c)]]


def password_fields(pid):
    return [n for n in walk(tree_of(pid)) if n.get_role_name() == 'password text' and shown(n)]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def window_of(pid):
    """The largest window of the process, and how much of it is shadow: left, right, top, bottom."""
    best = None
    for window in run('xdotool', 'search', '--onlyvisible', '--pid', str(pid)).split():
        geometry = dict(line.split('=') for line in run('xdotool', 'getwindowgeometry', '--shell', window).splitlines())
        box = tuple(int(geometry[k]) for k in ('X', 'Y', 'WIDTH', 'HEIGHT'))
        if best is None or box[2] * box[3] > best[1][2] * best[1][3]:
            best = (window, box)
    if best is None:
        return None
    extents = re.findall(r'\d+', run('xprop', '-id', best[0], '_GTK_FRAME_EXTENTS').partition('=')[2])
    return best[0], best[1], [int(e) for e in extents] if len(extents) == 4 else [0, 0, 0, 0]


def resize(pid, width, height):
    def done():
        _, (_, _, w, h), (left, right, top, bottom) = window_of(pid)
        return (w - left - right, h - top - bottom) == (width, height)
    window, _, (left, right, top, bottom) = wait(lambda: window_of(pid), 'the window')
    run('xdotool', 'windowsize', window, str(width + left + right), str(height + top + bottom))
    run('xdotool', 'windowmove', window, '20', '20')
    wait(done, f'a window of {width}x{height}', 15)


def settle():
    """Waits until the screen has not changed for a while: what the tree tells may not be painted yet."""
    last, since = None, time.monotonic()
    end = since + 20
    while time.monotonic() < end:
        now = subprocess.run(['import', '-window', 'root', 'rgb:-'], check=True, capture_output=True).stdout
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > 0.5:
            return
        time.sleep(0.1)


def take(pid, out, whole):
    settle()
    if whole:
        run('import', '-window', 'root', out)
        return
    _, (x, y, w, h), (left, right, top, bottom) = window_of(pid)
    w, h = w - left - right, h - top - bottom
    mask = f'roundrectangle 0,0 {w - 1},{h - 1} {RADIUS},{RADIUS}'
    run('import', '-window', 'root', '-crop', f'{w}x{h}+{x + left}+{y + top}', '+repage', out)
    run('convert', out, '-alpha', 'set', '(', '-size', f'{w}x{h}', 'xc:none', '-fill', 'white', '-draw', mask, ')',
        '-compose', 'DstIn', '-composite', '-strip', '-define', 'png:compression-level=9', out)


def open_room(pid, name, app):
    def find():
        return next((n for n in rooms_of(pid) if n.get_name().startswith(name)), None)
    room = wait(find, f'the room of {name}', app=app)
    room.do_action(actions(room).index('row.open'))
    wait(lambda: len(messages_of(pid)) >= 3, 'the messages of the room', 30, app)


def choose_font():
    """GNOME's own, where it is; the display is private, and so is its configuration."""
    folder = os.path.join(os.environ['XDG_CONFIG_HOME'], 'gtk-4.0')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'settings.ini'), 'w', encoding='utf-8') as file:
        file.write('[Settings]\ngtk-font-name=Cantarell 11\n')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--scene', choices=['rooms', 'sign-in'], default='rooms')
    parser.add_argument('--room', help='opens the room of this person first')
    parser.add_argument('--size', help='of the window, WxH')
    parser.add_argument('--whole', action='store_true', help='the whole screen')
    parser.add_argument('out')
    parser.add_argument('command', nargs='+')
    options = parser.parse_args()

    choose_font()
    app = subprocess.Popen(options.command)
    try:
        if options.scene == 'rooms':
            wait(lambda: len(rooms_of(app.pid)) >= 3, 'the rooms', app=app)
            if options.room:
                open_room(app.pid, options.room, app)
        else:
            wait(lambda: password_fields(app.pid), 'the sign-in page', app=app)
        if options.size:
            resize(app.pid, *map(int, options.size.split('x')))
        take(app.pid, options.out, options.whole)
    except (Gone, TimeoutError) as error:
        print(f'look: {error}', file=sys.stderr)
        tree = tree_of(app.pid) if app.poll() is None else None
        for node in walk(tree) if tree else []:
            if node.get_name():
                print(f'  {node.get_role_name()}: {node.get_name()}', file=sys.stderr)
        subprocess.run(['import', '-window', 'root', os.path.splitext(options.out)[0] + '-failed.png'], check=False)
        return 1
    finally:
        if app.poll() is None:
            app.terminate()
            try:
                app.wait(10)
            except subprocess.TimeoutExpired:
                app.kill()
                app.wait()
    return 0


sys.exit(main())
