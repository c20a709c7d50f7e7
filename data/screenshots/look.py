#!/usr/bin/python3
# look.py: starts the app, waits for what its windows show, and takes their pictures
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   look.py --scene rooms|sign-in [--room NAME] [--fill] OUT.png -- COMMAND [ARGUMENT]...
#
# Runs in a session of tests/lib/session.sh. Everything is waited for, through the accessibility tree and the pixels.
import argparse
import ctypes
import os
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
BORDER = 5      # of a window where the window manager knows no shadows


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


def sign_in_buttons(pid):
    return [n for n in walk(tree_of(pid)) if n.get_role_name() == 'push button' and n.get_name() == 'Sign In' and shown(n)]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent, as long as an XEvent."""
    _fields_ = [('type', ctypes.c_int), ('serial', ctypes.c_ulong), ('send_event', ctypes.c_int),
                ('display', ctypes.c_void_p), ('window', ctypes.c_ulong), ('message_type', ctypes.c_ulong),
                ('format', ctypes.c_int), ('data', ctypes.c_long * 5), ('pad', ctypes.c_long * 24)]


def window_of(pid):
    """The largest window of the process, and its size."""
    best = None
    for window in run('xdotool', 'search', '--onlyvisible', '--pid', str(pid)).split():
        geometry = dict(line.split('=') for line in run('xdotool', 'getwindowgeometry', '--shell', window).splitlines())
        size = int(geometry['WIDTH']), int(geometry['HEIGHT'])
        if best is None or size > best[1]:
            best = (int(window), size)
    return best


def fill_screen(pid):
    """Makes the window as large as the screen."""
    window, _ = wait(lambda: window_of(pid), 'the window')
    x11 = ctypes.CDLL('libX11.so.6')
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = x11.XDefaultRootWindow.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(None))

    def atom(name):
        return x11.XInternAtom(display, name, 0)
    event = ClientMessage(type=33, display=display, window=window, message_type=atom(b'_NET_WM_STATE'), format=32)
    event.data[:] = [1, atom(b'_NET_WM_STATE_MAXIMIZED_VERT'), atom(b'_NET_WM_STATE_MAXIMIZED_HORZ'), 1, 0]
    redirect_and_notify = 1 << 20 | 1 << 19
    x11.XSendEvent(display, ctypes.c_ulong(x11.XDefaultRootWindow(display)), 0, ctypes.c_long(redirect_and_notify),
                   ctypes.byref(event))
    x11.XFlush(display)
    screen = x11.XDisplayWidth(display, 0), x11.XDisplayHeight(display, 0)
    wait(lambda: window_of(pid)[1] == screen, f'a window of {screen[0]}x{screen[1]}', 15)
    x11.XCloseDisplay(display)


def settle(patience=20, still=0.5):
    """Waits until the screen has not changed for a while: what the tree tells may not be painted yet."""
    last, since = None, time.monotonic()
    end = since + patience
    while time.monotonic() < end:
        now = subprocess.run(['import', '-window', 'root', 'rgb:-'], check=True, capture_output=True).stdout
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > still:
            return
        time.sleep(0.1)


def take(out, rounded):
    settle()
    run('import', '-window', 'root', out)
    if rounded:
        run('convert', out, '-shave', f'{BORDER}x{BORDER}', '+repage', out)
        width, height = map(int, run('identify', '-format', '%w %h', out).split())
        mask = f'roundrectangle 0,0 {width - 1},{height - 1} {RADIUS},{RADIUS}'
        run('convert', out, '-alpha', 'set', '(', '-size', f'{width}x{height}', 'xc:none', '-fill', 'white', '-draw', mask,
            ')', '-compose', 'DstIn', '-composite', '-strip', '-define', 'png:compression-level=9', out)


def open_room(pid, name, app):
    def find():
        return next((n for n in rooms_of(pid) if n.get_name().startswith(name)), None)
    room = wait(find, f'the room of {name}', app=app)
    room.do_action(actions(room).index('row.open'))
    wait(lambda: len(messages_of(pid)) >= 3, 'the messages of the room', 30, app)


def choose_font(*settings):
    """GNOME's own, where it is, and SETTINGS of GTK; the display is private, and so is its configuration."""
    folder = os.path.join(os.environ['XDG_CONFIG_HOME'], 'gtk-4.0')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'settings.ini'), 'w', encoding='utf-8') as file:
        file.write('\n'.join(['[Settings]', 'gtk-font-name=Cantarell 11', *settings, '']))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--scene', choices=['rooms', 'sign-in'], default='rooms')
    parser.add_argument('--room', help='opens the room of this person first')
    parser.add_argument('--fill', action='store_true', help='maximizes the window, takes its border off and rounds its corners')
    parser.add_argument('out')
    parser.add_argument('command', nargs='+')
    options = parser.parse_args()

    choose_font()
    app = subprocess.Popen(options.command)
    try:
        if options.scene == 'rooms':
            wait(lambda: len(rooms_of(app.pid)) >= 3, 'the rooms', app=app)
            if options.fill:
                fill_screen(app.pid)
            if options.room:
                open_room(app.pid, options.room, app)
        else:
            wait(lambda: sign_in_buttons(app.pid), 'the sign-in page', app=app)
            if options.fill:
                fill_screen(app.pid)
        take(options.out, options.fill)
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


if __name__ == '__main__':
    sys.exit(main())
