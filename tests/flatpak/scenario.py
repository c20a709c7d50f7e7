#!/usr/bin/python3
# scenario.py: a person uses the app in its sandbox
# SPDX-License-Identifier: GPL-3.0-or-later
"""scenario.py ID LOG: within tests/lib/session.sh, the app being installed and a server with sample people at FLATPAK_SCENARIO_SERVER.

What only a sandbox can get wrong: the bus, the portals for secrets and files, settings and data that last, the process that decodes images.
LOG is that of portal.py, which this starts."""

import glob
import json
import os
import re
import struct
import subprocess
import sys
import traceback
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'gui', 'lib'))
import atspi  # noqa: E402
from atspi import act, all_of, wait  # noqa: E402
from pages import BUTTONS, Chat  # noqa: E402

ID, LOG = sys.argv[1:3]
SERVER, PICTURES = os.environ['FLATPAK_SCENARIO_SERVER'], os.environ['FLATPAK_SCENARIO_PICTURES']
LOGIN, PASSWORD, FRIEND = 'ada', 'chat-demo-1', 'grace'
KEPT = os.path.join(os.environ['HOME'], '.var', 'app', ID)


def windows_of(pid):
    """By their names: a window from a sandbox does not tell its process."""
    return [int(line) for line in subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', 'Chat$'], capture_output=True, text=True).stdout.split()]


atspi.windows_of = windows_of


class App(Chat):
    """The app in its sandbox."""

    profile = 'default'

    def __init__(self):
        self.log_path = LOG + '.app'
        self.log = open(self.log_path, 'ab')
        self.process = subprocess.Popen(['flatpak', 'run', ID, '--server', SERVER, '--insecure'], stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL)
        self.pid = None
        self.node = wait(self._find, 'the app on the accessibility bus', 60)
        wait(lambda: atspi.windows_of(self.pid), 'its window')

    def _find(self):
        if self.process.poll() is not None:
            raise SystemError(f'the app ended with {self.process.returncode}: {self.tail()}')
        return next((one for one in atspi.children(atspi.Atspi.get_desktop(0)) if atspi.name(one) == ID), None)

    def tail(self):
        self.log.flush()
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()[-3000:]

    def quit(self):
        window = str(windows_of(self.pid)[-1])
        subprocess.run(['xdotool', 'windowactivate', window], check=True)
        wait(lambda: subprocess.run(['xdotool', 'getactivewindow'], capture_output=True, text=True).stdout.strip() == window, 'the window to be active')
        atspi.press('ctrl+q')
        return self.process.wait(20)


def png(width, height):
    """Red above, blue below."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    rows = (b'\0' + b'\xe0\x20\x20' * width) * (height // 2) + (b'\0' + b'\x20\x20\xe0' * width) * (height - height // 2)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def asked():
    with open(LOG, encoding='utf-8') as file:
        return [json.loads(line) for line in file]


def picture(name):
    os.makedirs(PICTURES, exist_ok=True)
    subprocess.run(['import', '-window', 'root', os.path.join(PICTURES, name + '.png')], check=True)


def colours():
    """How much of the screen has the colours of the image."""
    pixels = subprocess.run(['import', '-window', 'root', '-depth', '8', 'rgb:-'], check=True, capture_output=True).stdout
    return [sum(pixels[at:at + 3] == colour for at in range(0, len(pixels), 3 * 17)) * 17 for colour in (b'\xe0\x20\x20', b'\x20\x20\xe0')]


def send_image(app):
    path = os.path.join(KEPT, 'data', 'photo.png')
    with open(path, 'wb') as file:
        file.write(png(320, 240))
    with open(LOG + '.file', 'w', encoding='utf-8') as file:
        file.write(path)
    act(app.find('Attach files', BUTTONS), 'click')
    wait(lambda: all_of(app.node, re.compile('^Do not send photo.png$'), BUTTONS), 'the dialog before sending', 30)
    act(wait(lambda: next((one for one in all_of(app.node, 'Send', BUTTONS) if atspi.sensitive(one)), None), 'the button to send'), 'click')
    app.sees_message('photo.png', re.compile('Image photo.png.*(Sent|Delivered|Read)'))
    # Its pixels, which the decoder made
    wait(lambda: min(colours()) > 2000, 'the image on the screen', 30)


def step(words):
    print(f'# {words}', flush=True)


def main():
    portal = subprocess.Popen([sys.executable, os.path.join(HERE, 'portal.py'), LOG])
    app = None
    try:
        step('portals')
        wait(lambda: os.path.exists(LOG) and {'ready': True} in asked(), 'the portals')
        step('sign in')
        app = App()
        app.fill_sign_in(LOGIN, PASSWORD)
        app.submit()
        app.on_rooms_page()
        step('a message')
        app.open_room(FRIEND)
        app.send('from the sandbox')
        app.sees_message('from the sandbox', re.compile('Sent|Delivered|Read'))
        step('an image')
        send_image(app)
        picture('sent')
        step('quit')
        assert app.quit() == 0, app.tail()
        assert any(one.get('method') == 'OpenFile' for one in asked()), 'no portal was asked for a file'
        assert any(one.get('method') == 'RetrieveSecret' for one in asked()), 'no portal was asked for a secret'

        step('come back')
        # Straight to the rooms, with all that was
        app = App()
        app.on_rooms_page()
        app.open_room(FRIEND)
        app.sees_message('photo.png')
        wait(lambda: min(colours()) > 2000, 'the image on the screen again', 30)
        picture('again')
        assert app.quit() == 0, app.tail()

        outside = glob.glob(os.path.join(os.environ['HOME'], '.local', 'share', ID + '*')) + glob.glob(os.path.join(os.environ['HOME'], '.config', ID + '*'))
        assert not outside, f'written outside of the sandbox: {outside}'
        assert os.path.isdir(os.path.join(KEPT, 'data', ID)), os.listdir(os.path.join(KEPT, 'data'))
        assert not re.search('WARNING|CRITICAL', app.tail()), app.tail()
    except Exception:
        traceback.print_exc(file=sys.stdout)
        picture('failed')
        if app is not None:
            with open(os.path.join(PICTURES, 'failed.txt'), 'w', encoding='utf-8') as file:
                file.write('\n'.join(atspi.dump(app.node)) if app.process.poll() is None else f'ended with {app.process.returncode}')
            print(app.tail())
        print(f'the screen, and what stands on it: {PICTURES}/failed.png, failed.txt')
        return 1
    finally:
        if app is not None and app.process.poll() is None:
            subprocess.run(['flatpak', 'kill', ID], check=False)
            app.process.wait()
        portal.terminate()
        portal.wait()
    return 0


sys.exit(main())
