#!/usr/bin/python3
# test-start.py: what the desktop asks of the app: by its bus name, its launcher and its links
# SPDX-License-Identifier: GPL-3.0-or-later

import glob
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
import atspi  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402
from pages import Chat  # noqa: E402
from world import main  # noqa: E402

PASSWORD = 'correct horse'
NAME = 'com.example.Chat'
SEARCH = 'org.gnome.Shell.SearchProvider2'
BUS = Gio.bus_get_sync(Gio.BusType.SESSION, None)


def call(name, path, interface, method, signature='()', *arguments, patience=20):
    answer = BUS.call_sync(name, path, interface, method, GLib.Variant(signature, arguments), None, Gio.DBusCallFlags.NONE, patience * 1000, None)
    return answer.unpack()


def ask(profile, method, *arguments):
    """A method of org.freedesktop.Application, as a launcher or a notification calls it."""
    name = NAME + (f'.Profile_{profile}' if profile else '')
    call(name, '/' + name.replace('.', '/'), 'org.freedesktop.Application', method, *arguments)


def act_on(profile, action, *target):
    ask(profile, 'ActivateAction', '(sava{sv})', action, [GLib.Variant(*target)] if target else [], {})


def look_for(*terms):
    return call(NAME, '/com/example/Chat/SearchProvider', SEARCH, 'GetInitialResultSet', '(as)', list(terms))[0]


def describe(ids):
    return call(NAME, '/com/example/Chat/SearchProvider', SEARCH, 'GetResultMetas', '(as)', ids)[0]


def bus(method, *arguments):
    return call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method, *arguments)


def running():
    return bus('NameHasOwner', '(s)', NAME)[0]


class Started(Chat):
    """What the bus has started, once it has a window."""

    def __init__(self):
        self.profile, self.pid = 'default', bus('GetConnectionUnixProcessID', '(s)', NAME)[0]
        self.node = atspi.wait(lambda: next((one for one in atspi.children(atspi.Atspi.get_desktop(0)) if one.get_process_id() == self.pid), None),
                               'the app that the bus started', 30)
        atspi.wait(lambda: atspi.windows_of(self.pid), 'its window', 30)


def install(world):
    """As it is installed: the bus knows how to start the app."""
    folder = os.path.join(os.environ['XDG_DATA_HOME'], 'dbus-1', 'services')
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(world.run, 'service')
    decoder = os.path.join(os.path.dirname(os.path.abspath(world.program)), 'decoder', 'com.example.Chat.Decoder')
    with open(program, 'w', encoding='utf-8') as file:
        file.write(f"""#!/bin/sh
export G_DEBUG=fatal-warnings GSETTINGS_SCHEMA_DIR='{world.schemas}' CHAT_DECODER='{decoder}' SECRET_BACKEND=file
export SECRET_FILE_TEST_PATH='{world.run}/default.keyring' SECRET_FILE_TEST_PASSWORD=tests LD_PRELOAD='{os.environ.get('CHAT_TEST_PRELOAD', '')}'
exec '{os.path.abspath(world.program)}' --gapplication-service >>'{world.run}/service.log' 2>&1
""")
    os.chmod(program, 0o755)
    with open(os.path.join(folder, NAME + '.service'), 'w', encoding='utf-8') as file:
        file.write(f'[D-BUS Service]\nName={NAME}\nExec={program}\n')
    bus('ReloadConfig')


def command_line(world):
    with world.step('what nobody can mean is refused, with words and a status'):
        for words, part in ((['--nonsense'], 'nonsense'), (['nonsense'], 'not a link'), (['chat://h:0/person/a'], 'not a link'),
                            (['https://example.com'], 'not a link'), (['chat://h/person/a', 'chat://h/person/b'], 'One link'),
                            (['--server', 'a:b:c'], 'not the address'), (['--profile', ''], 'name of a profile')):
            end = subprocess.run([world.program, *words], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL,
                                 env=dict(os.environ, GSETTINGS_SCHEMA_DIR=world.schemas))
            assert end.returncode == 1 and part in end.stderr and not end.stdout, (words, end)
    with world.step('it says what it takes, and which it is'):
        for option, part in (('--help', '[LINK]'), ('--version', 'Chat ')):
            said = subprocess.run([world.program, option], capture_output=True, text=True, timeout=30, check=True).stdout
            assert part in said, said


def actions(world):
    """Each action of the launcher and of notifications, with the account there, and before it is."""
    server = world.server()
    boris, clara = server.person('boris'), server.person('clara')
    server.person('anna', PASSWORD)
    rooms = {'boris': boris.room('anna'), 'clara': clara.room('anna')}
    boris.say(rooms['boris'], 'Hello from Boris')
    clara.say(rooms['clara'], 'Hello from Clara')
    address = '%s:%d' % server.address

    def open_room(person, server=address, login='anna'):
        act_on('start', 'open-room', '(ssx)', (server, login, rooms.get(person, person)))

    with world.step('what is asked before anybody has signed in waits for that'):
        anna = world.app('start', server)
        anna.on_sign_in_page()
        open_room('boris')
        anna.fill_sign_in('anna', PASSWORD)
        anna.submit()
        anna.on_rooms_page()
        anna.in_room('boris')
    with world.step('a notification opens its room'):
        open_room('clara')
        anna.in_room('clara')
    with world.step('not for another account, and not one that is not there'):
        open_room('boris', login='eve')
        anna.sees('another account')
        open_room('boris', server='elsewhere.example')
        anna.in_room('clara')
    with world.step('one that does not come is forgotten where another one is chosen meanwhile'):
        open_room(1000000)
        anna.open_room('boris')
    with world.step('the launcher begins a conversation: one dialog, however often it is asked for'):
        act_on('start', 'preferences')
        anna.sees_window('Preferences')
        anna.close_preferences()
        act_on('start', 'begin-conversation')
        anna.find('Name of the person')
        act_on('start', 'begin-conversation')
        open_room('clara')
        anna.in_room('clara')
        assert len(atspi.all_of(anna.node, 'Name of the person', ('text', 'entry'))) == 1
    with world.step('the next start goes to the room of the notification, not to that of the last time, also where it is not known yet'):
        anna.focus_window('New Conversation')
        atspi.press('Escape')
        anna.sees_no_window('New Conversation')
        assert anna.quit() == 0
        rooms['dora'] = server.person('dora').room('anna')
        anna = world.app('start', None, insecure=False)
        open_room('dora')
        anna.in_room('dora')

        assert anna.quit() == 0


def links(world):
    """Links: from the bus, the command line and a message: nothing happens before one has agreed."""
    server = world.server(tls=True)
    boris = server.person('boris')
    server.person('anna', PASSWORD)
    server.person('dora')
    room = boris.room('anna')
    boris.say(room, 'Hello from Boris')
    address = '%s:%d' % server.address
    person = f'chat://{address}/person/'

    def open_link(link):
        ask('links', 'Open', '(asa{sv})', [link], {})

    with world.step('signed out: it offers to sign in there, and asks again after that'):
        anna = world.app('links', None)
        anna.on_sign_in_page()
        open_link(person + 'boris')
        anna.answer_question('You Are Not Signed In', 'Sign In')
        anna.line_holds('Server', address)
        anna.fill_sign_in('anna', PASSWORD)
        anna.submit()
        anna.certificate_asked()
        anna.answer_dialog('Accept')
        anna.on_rooms_page()
        anna.answer_question('Open the Conversation?', 'Open')
        anna.in_room('boris')
    with world.step('a person whom one does not know yet: only after the answer'):
        status, words = world.second_start('links', person + 'dora')
        assert status == 0, words
        anna.answer_question('Begin a Conversation?', 'Cancel')
        anna.in_room('boris')
        anna.sees_no_room('dora')
        world.second_start('links', person + 'dora')
        anna.sees_window('Begin a Conversation?')
        anna.no_nameless()
        anna.answer_question('Begin a Conversation?', 'Begin')
        anna.in_room('dora')
    with world.step('another server, and what is no link'):
        open_link('chat://elsewhere.example/person/boris')
        anna.answer_question('Another Server', 'Close')
        open_link(f'chat://{address}/person/../../x')
        anna.answer_question('This Link Can Not Be Opened', 'Close')
        open_link('file:///etc/passwd')
        anna.answer_question('This Link Can Not Be Opened', 'Close')
    with world.step('a question that stands is not replaced, and Enter is no'):
        open_link(person + 'boris')
        anna.sees_window('Open the Conversation?')
        for _ in range(20):
            open_link('chat://elsewhere.example/person/boris')
        assert not [one for one in atspi.children(anna.node) if 'Another Server' in atspi.name(one)]
        anna.focus_window('Open the Conversation?')
        atspi.press('Return')
        anna.sees_no_window('Open the Conversation?')
        anna.in_room('dora')
    with world.step('the next start has the window, the room and the place where one was reading'):
        for number in range(60):
            boris.say(room, f'Number {number:02} of many')
        anna.open_room('boris')
        anna.go_to_newest('Number 59')
        anna.open_room('dora')          # what is new there is new no more, and the line for it goes
        anna.open_room('boris')
        anna.go_to_newest('Number 59')
        anna.resize(880, 600)
        anna.scroll_up_to('Number 02')
        place = anna.place_of('Number 02')
        assert anna.quit() == 0
        anna = world.app('links', None)
        anna.in_room('boris')
        anna.sees_message('Number 02')
        assert anna.width() == 880, anna.width()
        atspi.wait(lambda: abs(anna.place_of('Number 02') - place) <= 1, f'the message at {place}')
        assert anna.quit() == 0


def search(world):
    """The desktop's search, with a window, without one, and with nobody signed in; and what the bus starts."""
    server = world.server()
    boris, clara = server.person('boris'), server.person('clara')
    server.person('anna', PASSWORD)
    rooms = {'boris': boris.room('anna'), 'clara': clara.room('anna')}
    boris.say(rooms['boris'], 'The key is under the flowerpot')
    clara.say(rooms['clara'], 'Nothing of that kind')
    install(world)

    with world.step('with a window: people by parts of their names, and no messages before that is allowed'):
        anna = world.app('default', server)
        anna.fill_sign_in('anna', PASSWORD)
        anna.submit()
        anna.on_rooms_page()
        found = look_for('BOR')
        assert [one['name'] for one in describe(found)] == ['boris'], found
        assert 'icon' in describe(found)[0]
        assert look_for('flowerpot') == [] and look_for('nobody') == []
    with world.step('messages too, once it is allowed'):
        anna.open_preferences('General')
        anna.switch('Find Messages Too', True)
        anna.close_preferences()
        found = look_for('flower', 'KEY')
        assert [(one['name'], one['description']) for one in describe(found)] == [('boris', 'boris: The key is under the flowerpot')], describe(found)
    with world.step('a result opens its room, and the whole search the filter of the rooms'):
        call(NAME, '/com/example/Chat/SearchProvider', SEARCH, 'ActivateResult', '(sasu)', look_for('clara')[0], ['clara'], 0)
        anna.in_room('clara')
        call(NAME, '/com/example/Chat/SearchProvider', SEARCH, 'ActivateResult', '(sasu)', found[0], ['flower'], 0)
        anna.in_room('boris')
        anna.sees_message('flowerpot')
        call(NAME, '/com/example/Chat/SearchProvider', SEARCH, 'LaunchSearch', '(asu)', ['cla'], 0)
        anna.line_holds('Find a conversation', 'cla')
        anna.sees_no_room('boris')
    with world.step('what nobody types does no harm'):
        assert look_for() == [] and look_for('', ' ') == []
        look_for(*['o'] * 5000)
        assert look_for('x' * 1000000) == []
        assert describe(['', 'x', 'room', '/room/1', found[0] + '/1', found[0].replace('message', 'room'), '\n%s' * 1000] * 100) == []
        for bad in ('', 'deadbeef/room/1', 'x' * 100000):
            call(NAME, '/com/example/Chat/SearchProvider', SEARCH, 'ActivateResult', '(sasu)', bad, [], 0)
    with world.step('of many letters typed at once each is answered, and the last one is right'):
        answers = {}
        for at in range(1, 10):
            BUS.call(NAME, '/com/example/Chat/SearchProvider', SEARCH, 'GetSubsearchResultSet', GLib.Variant('(asas)', (found, ['flowerpot'[:at]])),
                     None, Gio.DBusCallFlags.NONE, 20000, None, lambda bus, result, at: answers.update({at: bus.call_finish(result).unpack()[0]}), at)
        while len(answers) < 9:
            GLib.MainContext.default().iteration(True)
        assert answers[9] == found, answers
    with world.step('the window goes, and with it the program'):
        assert anna.quit() == 0
        assert not running()
    with world.step('a search starts it, without a window'):
        assert look_for('flower', 'KEY') == found
        pid = bus('GetConnectionUnixProcessID', '(s)', NAME)[0]
        assert [one['name'] for one in describe(look_for('clar'))] == ['clara']
        assert not atspi.windows_of(pid)
    actions(world)
    links(world)
    command_line(world)
    with world.step('it has ended by itself, without ever having had a window'):
        atspi.wait(lambda: not running(), 'the program to end', 30)
    with world.step('a result starts it again, and opens its room'):
        call(NAME, '/com/example/Chat/SearchProvider', SEARCH, 'ActivateResult', '(sasu)', found[0], ['flower'], 0)
        anna = Started()
        anna.in_room('boris')
        anna.sees_message('flowerpot')
        act_on(None, 'quit')
        atspi.wait(lambda: not running(), 'the program to end')
    with world.step('the launcher starts it too: with the dialog that finds a person, and what a search found damaged before is told'):
        path = glob.glob(os.path.join(os.environ['XDG_DATA_HOME'], NAME, 'default', 'stores', '*.db'))[0]
        for one in glob.glob(path + '*'):
            with open(one, 'r+b') as file:
                file.write(b'x' * os.path.getsize(one))
        look_for('boris')
        assert not atspi.windows_of(bus('GetConnectionUnixProcessID', '(s)', NAME)[0])
        act_on(None, 'begin-conversation')
        anna = Started()
        anna.sees('was damaged. It was set aside')
        anna.find('Name of the person')
        anna.focus_window('New Conversation')
        atspi.press('Escape')
        anna.sees_no_window('New Conversation')
        anna.sign_out()
        anna.on_sign_in_page()
    with world.step('nothing is found of who has signed out'):
        assert look_for('boris') == []
        call(NAME, '/com/example/Chat/SearchProvider', SEARCH, 'ActivateResult', '(sasu)', found[0], ['flower'], 0)
        anna.on_sign_in_page()
        act_on(None, 'quit')
        atspi.wait(lambda: not running(), 'the program to end')


main(search)
