#!/usr/bin/python3
# test-window.py: the app's window before a hostile server
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worst of scenarios.py against the real app, one after the other, with a conversation open all the time. Preloaded into the app is
stall-meter.c. What is proven of each: no crash and no warning, a main loop that stands still for no longer than STALL_MS, memory within
PEAK_MIB, words where something is wrong, and that an honest server works again afterwards. The figures stand in the output.
"""

import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'gui', 'lib')]
METER = sys.argv.pop(1)
import atspi  # noqa: E402
from atspi import all_of, wait  # noqa: E402
from hostile_server import Server  # noqa: E402
from pages import part  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402
from world import main  # noqa: E402

STALL_MS = 3000         # on a machine that does other things as well
PEAK_MIB = 400
PATIENCE = 120


def megabytes(pid, what):
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        return next(int(line.split()[1]) for line in status if line.startswith(what)) / 1024


def begin_measuring(app, meter):
    with open(f'/proc/{app.pid}/clear_refs', 'w', encoding='ascii') as file:
        file.write('5')         # the peak of the memory is from now on
    if os.path.exists(meter):
        os.unlink(meter)
    wait(lambda: os.path.exists(meter), 'the meter to begin anew', PATIENCE)


def window_before_a_hostile_server(world):
    """A conversation is open all the time."""
    meter = os.path.join(world.run, 'stall')
    password = os.path.join(world.run, 'password')
    with open(password, 'w', encoding='ascii') as file:
        file.write('a good one\n')
    server = Server(SCENARIOS['big-token']())
    server.scenario = None
    rows = []
    try:
        with world.step('signs in and opens a conversation'):
            os.environ.update(LD_PRELOAD=METER, CHAT_STALL_FILE=meter)
            try:
                app = world.app('anna', '%s:%d' % server.address[:2], extra=('--sign-in', 'anna', '--password-file', password))
            finally:
                del os.environ['LD_PRELOAD'], os.environ['CHAT_STALL_FILE']
            app.on_rooms_page()
            app.open_room('boris')
            app.sees_message('message 59')
        for number, (name, words) in enumerate(ATTACKS):
            with world.step(f'{name}: {SCENARIOS[name].__doc__}'):
                rows.append((name, *attack(app, server, SCENARIOS[name], words, meter, number)))
        with world.step('quits'):
            assert app.quit() == 0
    finally:
        server.close()
        print('# scenario            stall ms  peak MiB  sent MiB  what the person is told')
        for name, stall, peak, sent, told in rows:
            print(f'# {name:18} {stall:9.0f} {peak:9.0f} {sent:9.1f}  {told}')


# With words that the window has to say
ATTACKS = (
    ('flood-messages', None),
    ('flood-rooms', None),
    ('full-dialogs', None),
    ('endless-object', 'does not understand'),
    ('changing-dialogs', 'The server has lost what it had'),
    ('texts', None),
)
SECONDS = 1.5           # of each


def attack(app, server, kind, words, meter, number):
    begin_measuring(app, meter)
    sent = server.sent
    scenario = kind()
    scenario.seconds = SECONDS
    server.misbehave(scenario)
    wait(lambda: server.sent > sent, 'the attack to begin', PATIENCE)
    # Where the app lets the server wait, it does not come to its end by itself
    server.attack_over.wait(SECONDS)
    told = ''
    if words:
        told = wait(lambda: next((atspi.words(one) for one in atspi.walk(app.node) if words in atspi.words(one)), None), f'the words {words!r}', PATIENCE)
    if kind.opens:
        app.focus_window()
        for _ in range(25):
            atspi.press('ctrl+Page_Down')
        if os.environ.get('CHAT_HOSTILE_PICTURES'):
            time.sleep(2)
            os.system(f'import -window root {os.environ["CHAT_HOSTILE_PICTURES"]}/{kind.name}.png')
    server.turn_honest()
    text = f'still here {number}'
    back(app)
    app.send(text)
    app.sees_message(text, re.compile('Sent|Delivered|Read'))
    app.sees_message('all is well')
    with open(meter, encoding='ascii') as file:
        stall = float(file.read())
    peak = megabytes(app.pid, 'VmHWM')
    assert stall < STALL_MS, f'the longest stall was {stall:.0f} ms'
    assert peak < PEAK_MIB, f'{peak:.0f} MiB'
    return stall, peak, (server.sent - sent) / 2 ** 20, told


def back(app):
    """Connected again, with the conversation of boris open, and no other one there."""
    def probe():
        app.try_now()
        return not [one for one in all_of(app.node, part('Trying again')) if atspi.shown(one)] and len(app.rooms()) == 1
    wait(probe, 'the honest server to be there', PATIENCE)
    app.open_room('boris')


main(window_before_a_hostile_server)
