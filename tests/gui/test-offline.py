#!/usr/bin/python3
# test-offline.py: what the app keeps: a start without a server, what is written meanwhile, a killed app
# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import glob
import os
import re
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
from world import main  # noqa: E402

import atspi  # noqa: E402
from atspi import press, type_text  # noqa: E402

PASSWORD = 'correct horse'


def picture(name):
    """For whoever wants to look: CHAT_PICTURES names a folder."""
    folder = os.environ.get('CHAT_PICTURES')
    if folder:
        subprocess.run(['import', '-window', 'root', os.path.join(folder, name + '.png')], check=False)


def drafts(profile):
    path = glob.glob(os.path.join(os.environ['XDG_DATA_HOME'], 'com.example.Chat', profile, 'stores', '*.db'))[0]
    with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as store:
        return store.execute('SELECT text FROM drafts').fetchall()


def offline(world):
    server = world.server()
    clara, david = server.person('clara'), server.person('david')
    room = clara.room('david')
    for number in range(120):
        clara.send('SND_MSG', username='clara', room_id=room, message=f'message number {number:03}', msg_type='TEXT')
    for _ in range(120):
        clara.read()
    with world.step('signs in, and reads back to the beginning'):
        app = world.app('david', server)
        app.fill_sign_in('david', PASSWORD)
        app.submit()
        app.on_rooms_page()
        app.open_room('clara')
        app.scroll_up_to('message number 000')
        app.jump_to_newest()
        app.sees_message('message number 119')
    with world.step('writes two messages, which are sent'):
        for text in ('to be changed', 'to be deleted'):
            app.send(text)
            app.sees_message(text, 'Sent')
    with world.step('begins to write, and is killed'):
        atspi.set_content(app.composer(), 'half a thought')
        app.sees_room('clara', 'half a thought')
        atspi.wait(lambda: drafts('david') == [('half a thought',)], 'the draft to be written')
        app.kill()
    server.kill()
    with world.step('starts without a server: the room, its messages and the draft are there'):
        app = world.app('david', None, insecure=False)
        app.on_rooms_page()
        app.sees_offline()
        app.sees_room('clara')
        app.in_room('clara')
        app.composer_holds('half a thought')
        app.sees_message('to be deleted')
        picture('1-offline')
        app.no_nameless()
    with world.step('reads back to the beginning, without a connection'):
        app.scroll_up_to('message number 000')
        picture('2-beginning')
        app.jump_to_newest()
    with world.step('writes; it waits'):
        app.send('written offline')
        app.sees_message('written offline', 'Waiting')
        app.send('and a second one')
        app.sees_message('and a second one', 'Waiting')
        app.send('better not')
        app.sees_message('better not', 'Waiting')
        picture('3-waiting')
    with world.step('changes what waits, by the Up key, and what was sent; deletes one of each'):
        app.discard('better not')
        app.focus_window()
        app.focus_composer_by_keys()
        press('Up')
        app.composer_holds('and a second one')
        press('ctrl+a')
        type_text('and a second one, in other words')
        press('Return')
        app.sees_message('and a second one, in other words', 'Waiting')
        app.edit('to be changed', 'was changed')
        app.sees_message('was changed')
        app.delete('to be deleted')
        picture('4-changed')
    with world.step('is killed and starts again: it still waits'):
        app.kill()
        app = world.app('david', None, insecure=False)
        app.on_rooms_page()
        app.in_room('clara')
        app.sees_message('written offline', 'Waiting')
        app.sees_message('and a second one, in other words', 'Waiting')
        app.sees_message('was changed')
        app.sees_no_message('better not')
        picture('5-still-waiting')
    with world.step('the server comes back: each is sent once, in order, in its last words'):
        server = world.again(server)
        app.try_now()
        app.sees_message('written offline', 'Sent')
        app.sees_message('and a second one, in other words', 'Sent')
        app.sees_no_message('to be deleted')
        app.sees_message('was changed', re.compile('Sent.*[Ee]dited|[Ee]dited.*Sent'))
        picture('6-sent')
        names = [one for one in map(atspi.name, app.message_rows()) if 'written offline' in one or 'a second one' in one]
        assert len(names) == 2 and 'written offline' in names[0], names
        clara = server.person('clara')
        clara.send('READ_MSG', read='RESENT', room_id=room)
        texts = [clara.read()['message'] for _ in range(50)]
        assert texts[-4:] == ['message number 119', 'was changed', 'written offline', 'and a second one, in other words'], texts[-5:]
        assert len(texts) == len(set(texts)), texts
    with world.step('quits in good order'):
        assert app.quit() == 0


main(offline)
