#!/usr/bin/python3
# sheet.py: goes through all screens, dialogs and states of the app in one look, and puts their pictures on one sheet
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Started by the script beside it, in a session of tests/lib/session.sh. It stands on what the gui suite knows (tests/gui/lib); words are
# looked up in the language of the look. A state that can not be reached is told at the end, and the others are shown nevertheless.
import argparse
import contextlib
import errno
import gettext
import os
import re
import shutil
import socket
import subprocess
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', '..', 'tests', 'gui', 'lib')]
import atspi  # noqa: E402
import look  # noqa: E402
from atspi import act, all_of, name, press, set_content, wait  # noqa: E402
from gi.repository import Gio, GLib  # noqa: E402
from pages import BUTTONS, LINES, MENU_ITEMS  # noqa: E402
from world import World  # noqa: E402

PASSWORD = 'chat-demo-1'
PEOPLE = ('grace', 'linus', 'khalid')
TILE = {True: (300, 6), False: (640, 4)}       # narrow or not: width of a picture on the sheet, and how many stand side by side
SETTINGS = ['gtk-cursor-blink=0']


def draw(path, width, height, colours):
    """A picture as somebody may have taken it: an evening, with hills."""
    subprocess.run(['convert', '-size', f'{width}x{height}', f'gradient:{colours}', '-fill', '#00000055',
                    '-draw', f'ellipse {width // 4},{height} {width // 2},{height // 3} 0,360',
                    '-draw', f'ellipse {width * 4 // 5},{height} {width // 2},{height // 2} 0,360',
                    '-fill', '#ffe9a0', '-draw', f'circle {width * 2 // 3},{height // 3} {width * 2 // 3},{height // 3 + height // 14}', path], check=True)
    return path


def two_free_ports():
    while True:
        with contextlib.suppress(OSError), socket.socket() as one, socket.socket() as two:
            one.bind(('127.0.0.1', 0))
            port = one.getsockname()[1]
            two.bind(('127.0.0.1', port + 1))
            return port


class Look:
    def __init__(self, options):
        self.options, self.only = options, options.only
        self.out = options.out
        self.world = World(None, 'sheet', options)
        self.narrow = int(os.environ.get('SCREEN', '1290').partition('x')[0]) < 600
        self.words = gettext.translation('chat', options.languages, [options.language], fallback=True) if options.language else gettext.NullTranslations()
        self.shots, self.missing, self.app = [], [], None
        os.makedirs(self.out, exist_ok=True)

    # Words
    def tr(self, words):
        return self.words.gettext(words).replace('_', '')

    def like(self, words):
        return re.compile('_?'.join(map(re.escape, self.tr(words))))

    # The app
    def start(self, profile, server, **options):
        self.app = self.world.app(profile, server, **options)
        look.fill_screen(self.app.pid)
        self.app.focus_window()

    def ask(self, action, *target):
        """An action of the application, as the desktop does it."""
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        owner = f'com.example.Chat.Profile_{self.app.profile}'
        bus.call_sync(owner, '/' + owner.replace('.', '/'), 'org.freedesktop.Application', 'ActivateAction',
                      GLib.Variant('(sava{sv})', (action, [GLib.Variant(*target)] if target else [], {})), None, Gio.DBusCallFlags.NONE, 10000)

    def find(self, words, roles=None):
        return self.app.find(self.like(words), roles)

    def click(self, words, roles=BUTTONS):
        node = wait(lambda: next((one for one in all_of(self.app.node, self.like(words), roles) if atspi.sensitive(one)), None), f'{words!r} to click')
        act(atspi.children(node)[0] if 'click' not in atspi.actions(node) and atspi.children(node) else node, 'click')

    def write(self, words, text):
        set_content(self.find(words, LINES), text)

    def windows(self):
        return [one for one in atspi.children(self.app.node) if atspi.shown(one)]

    def window(self, number=2):
        wait(lambda: len(self.windows()) >= number, 'another window')

    def alone(self):
        """Leaves dialogs and menus, as a person does."""
        for _ in range(4):
            if len(self.windows()) <= 1 and not all_of(self.app.node, None, MENU_ITEMS[:1]):
                return
            press('Escape')
            with contextlib.suppress(TimeoutError):
                wait(lambda: len(self.windows()) <= 1, 'the dialog to close', 2)
        self.app.focus_window()

    def composer(self):
        fields = [one for one in all_of(self.app.node, None, 'text') if 'EditableText' in one.get_interfaces() and atspi.sensitive(one)]
        return max(fields, key=lambda one: atspi.box(one)[1] + atspi.box(one)[3])

    def open(self, person):
        if self.narrow:
            press('alt+Left')
        act(wait(lambda: next((one for one in self.app.rooms() if person in name(one)), None), f'the room of {person}'), 'row.open')
        wait(lambda: len(self.app.message_rows()) >= 3, 'the messages', 30)

    def find_newest(self, text):
        """However far below what is new it is."""
        def probe():
            if self.app.message(text):
                return True
            self.app.focus_window()
            press('F6')
            press('End')
            return False
        wait(probe, f'the message {text!r}')

    def send(self, text):
        set_content(self.composer(), text)
        self.app.focus_window()
        self.click('Send')
        self.app.sees_message(text)

    def choose_files(self, paths):
        """Through the chooser, up to the dialog."""
        self.app.focus_window()
        self.click('Attach files')
        self.find('Choose Files')
        press('slash')
        entry = wait(lambda: next((one for one in all_of(self.app.node, None, ('text', 'entry')) if atspi.content(one).startswith('/')), None), 'the place for a path')
        set_content(entry, paths[0])
        wait(lambda: atspi.content(entry) == paths[0], 'the path to stand there')
        press('Return')
        wait(lambda: not [one for one in self.windows() if self.tr('Choose Files') in name(one)] and len(self.windows()) > 1, 'the dialog before sending')

    # Pictures
    @contextlib.contextmanager
    def state(self, key, caption, settle=6):
        """What is done within leads to the state KEY, of which a picture is taken."""
        try:
            yield
        except Exception as error:
            self.missing.append(f'{key}: {error}')
            traceback.print_exc(limit=3)
            if self.app is not None and not self.app.alive():
                print(self.app.tail(), file=sys.stderr)
            caption += ' (NOT REACHED)'
        if self.only and self.only not in key:
            return
        path = os.path.join(self.out, f'{len(self.shots):02}-{key}.png' if not self.only else f'only-{key}.png')
        look.settle(settle, 0.25)
        look.run('import', '-window', 'root', path)
        look.run('convert', path, '-shave', f'{look.BORDER}x{look.BORDER}', '+repage', '-strip', path)
        self.shots.append((path, caption))

    def sheet(self):
        width, columns = TILE[self.narrow]
        command = ['montage', '-background', '#808080', '-fill', 'white', '-font', 'DejaVu-Sans', '-pointsize', '14']
        for path, caption in self.shots:
            command += ['-label', caption, path]
        title = os.path.basename(self.out)
        look.run(*command, '-tile', f'{columns}x', '-geometry', f'{width}x>+10+8', '-title', title,
                 os.path.join(os.path.dirname(self.out), f'sheet-{title}.png'))

    # The screens
    def signing_in(self, server, secure, other):
        self.start('first', server)
        with self.state('sign-in', 'Signing in'):
            self.app.find(self.tr('User Name'), LINES, 30)
        with self.state('sign-in-wrong-user', 'A name that nobody has'):
            self.write('User Name', 'nobody')
            self.write('Password', 'something else')
            self.submit()
            self.find('This server knows nobody of this name.')
        with self.state('sign-in-wrong-password', 'A wrong password'):
            self.write('User Name', 'ada')
            self.submit()
            self.find('The password is not right.')
        with self.state('sign-in-unreachable', 'No server there'):
            self.write('Server', '127.0.0.1:1')
            self.submit()
            wait(lambda: not all_of(self.app.node, self.like('The password is not right.')), 'another error')
            wait(lambda: self.app.focused_node() is not None and 'EditableText' in self.app.focused_node().get_interfaces(), 'the answer')
        with self.state('sign-up', 'Creating an account'):
            self.click('Create Account')
        with self.state('sign-up-taken', 'A name that is taken'):
            self.write('Server', '%s:%d' % server.address)
            self.write('User Name', 'grace')
            self.submit()
            self.find('This name is taken. Choose another one.')
        with self.state('rooms-empty', 'No conversation yet'):
            self.write('User Name', 'newcomer')
            self.submit()
            self.app.find(self.tr('Find a conversation'), LINES, 30)
            self.find('No Conversations Yet')
        self.app.kill()

        self.start('secure', secure, insecure=False)
        with self.state('certificate', 'A certificate that nobody vouches for'):
            self.app.find(self.tr('User Name'), LINES, 30)
            self.write('User Name', 'ada')
            self.write('Password', PASSWORD)
            self.submit()
            self.window()
        with self.state('certificate-changed', 'It is another one than before'):
            self.click('Accept')
            self.app.find(self.tr('Find a conversation'), LINES, 30)
            secure.kill()
            other(secure)
            wait(lambda: all_of(self.app.node, self.like('_Try Now')) or all_of(self.app.node, self.like('_Details')), 'the banner', 30)
            for one in all_of(self.app.node, self.like('_Try Now'), BUTTONS):
                act(one, 'click')
            self.click('_Details')
            self.window()
        self.app.kill()

    def submit(self):
        act(wait(lambda: next((one for words in ('Sign In', 'Create Account') for one in all_of(self.app.node, self.like(words), BUTTONS)[1:]
                               if atspi.sensitive(one)), None), 'the button below the form'), 'click')

    def rooms(self):
        with self.state('rooms', 'Conversations'):
            wait(lambda: len(self.app.rooms()) >= 5, 'the conversations', 40)
        with self.state('rooms-filter', 'The filter'):
            press('ctrl+k')
            self.write('Find a conversation', 'a')
        with self.state('rooms-no-match', 'Nobody of that name'):
            self.write('Find a conversation', 'zzz')
            self.find('No Conversation Found')
        press('Escape')
        with self.state('room-menu', 'The menu of a conversation in the list'):
            act(wait(lambda: next((one for one in self.app.rooms() if 'linus' in name(one)), None), 'a room'), 'row.menu')
            self.find('_Pin', MENU_ITEMS)
        self.alone()
        with self.state('main-menu', 'The main menu'):
            press('F10')
            self.find('_Preferences', MENU_ITEMS)
        self.alone()
        with self.state('new-conversation', 'A new conversation'):
            press('ctrl+n')
            self.find('Name of the person', LINES)
        with self.state('new-conversation-found', 'People found'):
            self.write('Name of the person', 'li')
            wait(lambda: [one for one in atspi.walk(self.app.node) if 'linus' in name(one) and 'row.open' in atspi.actions(one)], 'a person')
        with self.state('new-conversation-nobody', 'Nobody found'):
            self.write('Name of the person', 'zzzz')
        self.alone()
        with self.state('link', 'A link to a person'):
            self.world.second_start(self.app.profile, 'chat://%s:%d/person/mei' % self.server.address)
            self.window()
        self.alone()

    def conversation(self, pictures):
        with self.state('conversation', 'A conversation, with what is new'):
            self.open('grace')
        with self.state('pictures', 'A file and an image that came'):
            self.open('linus')
            self.find_newest('lake.png')
        with self.state('viewer', 'An image alone'):
            act(self.app.sees_message('lake.png', None), 'message.view')
            self.window()
        self.alone()
        with self.state('file-menu', 'The menu of a file'):
            act(self.app.sees_message('machines-1952'), 'message.menu')
            self.find('De_tails', MENU_ITEMS)
        self.alone()
        with self.state('room-files', 'The images and files of a conversation'):
            press('ctrl+i')
            self.window()
        self.alone()
        with self.state('send-files', 'Before a file is sent'):
            self.choose_files(pictures)
        self.alone()
        with self.state('right-to-left-text', 'Arabic'):
            self.open('khalid')
        with self.state('long-words', 'Long words'):
            self.open('jules')
        with self.state('search', 'Searching'):
            self.open('grace')
            press('ctrl+f')
            wait(lambda: self.app.focused_node() is not None and 'EditableText' in self.app.focused_node().get_interfaces(), 'the field')
            atspi.type_text('museum')
            wait(lambda: all_of(self.app.node, re.compile(r'\d')), 'the result')
            press('Return')
        press('Escape')
        self.find_newest('tickets')
        with self.state('message-menu', "The menu of somebody else's message"):
            act(self.app.sees_message('tickets'), 'message.menu')
            self.find('De_tails', MENU_ITEMS)
        self.alone()
        with self.state('own-message-menu', "The menu of one's own message"):
            self.send('See you at 11 😀')
            act(self.app.sees_message('See you'), 'message.menu')
            self.find('_Edit', MENU_ITEMS)
        with self.state('edit', 'Changing a message'):
            self.click('_Edit', MENU_ITEMS)
            wait(lambda: 'See you' in atspi.content(self.composer()), 'the text in the composer')
        self.app.focus_window()
        press('Escape')
        with self.state('delete-message', 'Deleting a message'):
            act(self.app.sees_message('See you'), 'message.delete')
            self.window()
        self.alone()
        with self.state('message-details', 'The details of a message'):
            act(self.app.sees_message('See you'), 'message.details')
            self.window()
        self.alone()
        with self.state('emoji', 'Emoji'):
            press('ctrl+period')
        press('Escape')
        with self.state('conversation-menu', 'The menu of the conversation'):
            self.click('Conversation menu')
            self.find('_Mute', MENU_ITEMS)
        self.alone()
        with self.state('delete-conversation', 'Deleting a conversation'):
            self.ask('delete-room')
            self.window()
        self.alone()
        with self.state('focused-message', 'The keyboard on a message'):
            self.app.focus_window()
            self.open('grace')
            self.app.focus_message('tickets')
        self.open('grace')
        with self.state('long-text', 'A long text in the composer'):
            set_content(self.composer(), 'One more line of what is to be said.\n' * 12)
        set_content(self.composer(), '')

    def windows_of_its_own(self):
        self.app.focus_window()
        for page in ('General', 'Privacy', 'Account', 'Notifications', 'Desktop'):
            if page in ('Notifications', 'Desktop') and page not in self.preference_pages():
                continue
            with self.state(f'preferences-{page.lower()}', f'Preferences: {page}'):
                if len(self.windows()) < 2:
                    press('ctrl+comma')
                    self.window()
                button = self.find('_' + page, (*BUTTONS, 'page tab'))
                if not atspi.has_state(button, atspi.STATE.CHECKED) and not atspi.has_state(button, atspi.STATE.PRESSED):
                    act(button, 'click', 'toggle')
                if page == 'Account':
                    self.find('This device')
        with self.state('password', 'Changing the password'):
            button = self.find('Account', (*BUTTONS, 'page tab'))
            if not atspi.has_state(button, atspi.STATE.CHECKED) and not atspi.has_state(button, atspi.STATE.PRESSED):
                act(button, 'click', 'toggle')
            self.app.tab_to(self.tr('Change _Password…'))
            press('Return')
            self.window(3)
        self.alone()
        with self.state('shortcuts', 'Keyboard shortcuts'):
            press('ctrl+question')
            self.window()
        self.alone()
        with self.state('about', 'About'):
            self.ask('about')
            self.window()
        self.alone()
        with self.state('sign-out', 'Signing out'):
            self.ask('sign-out')
            self.window()
        self.alone()

    @staticmethod
    def preference_pages():
        with open(os.path.join(HERE, '..', '..', 'app', 'ui', 'chat-preferences-window.ui'), encoding='utf-8') as file:
            return re.findall(r'<property name="title" translatable="yes">_(Notifications|Desktop)', file.read())

    def trouble(self, machine):
        self.app.focus_window()
        with self.state('offline', 'Without a connection: what is written waits'):
            self.server.kill()
            self.find('_Try Now', BUTTONS)
            self.open('grace')
            self.send('This waits for the server.')
            self.send('And this, after it.')
        with self.state('store-full', 'The disk is full: nothing is kept, and it is said'):
            machine.set(write=errno.ENOSPC)
            self.send('No room for this one.')
            self.app.sees_message('No room for this one.')
            wait(lambda: all_of(self.app.node, self.like('Close')), 'the notice')
        with self.state('failed-menu', 'The menu of what was not sent'):
            act(self.app.sees_message('No room'), 'message.menu')
            self.find('_Try Again', MENU_ITEMS)
        self.alone()
        machine.set()
        with self.state('offline-search', 'Looking for a person, without a connection'):
            press('ctrl+n')
            self.write('Name of the person', 'li')
        self.alone()
        self.app.kill()

    def run(self):
        pictures = [draw(os.path.join(self.world.run, 'evening.png'), 900, 600, '#f6a21e-#3b1f6b')]
        copied = shutil.copytree(self.options.people, os.path.join(self.world.run, 'people'))
        # What was sent has the address of the server in it
        with open(os.path.join(copied, 'address'), encoding='utf-8') as file:
            self.server = self.world.server(data=copied, listen=file.read())
        secure = self.world.server(tls=True)
        secure.person('ada', PASSWORD)
        if not self.only or self.only in 'certificate-changed sign-in sign-up rooms-empty':
            self.signing_in(self.server, secure, lambda old: self.world.server(tls=True, listen='%s:%d' % old.address))
        machine = self.world.machine()
        password = os.path.join(self.world.run, 'password')
        with open(password, 'w', encoding='utf-8') as file:
            file.write(PASSWORD + '\n')
        self.start('ada', self.server, machine=machine, extra=['--sign-in', 'ada', '--password-file', password])
        self.rooms()
        self.conversation(pictures)
        self.windows_of_its_own()
        self.trouble(machine)

    def prepare(self):
        """The sample people, of whom one has sent files."""
        # Files are at the next port, which must be the same for each look
        server = self.world.server(data=self.options.people, extra=['--demo'], listen=f'127.0.0.1:{two_free_ports()}')
        with open(os.path.join(self.options.people, 'address'), 'w', encoding='utf-8') as file:
            file.write('%s:%d' % server.address)
        password = os.path.join(self.world.run, 'password')
        with open(password, 'w', encoding='utf-8') as file:
            file.write(PASSWORD + '\n')
        self.start('linus', server, extra=['--sign-in', 'linus', '--password-file', password])
        wait(lambda: self.app.rooms(), 'the conversations', 60)
        self.open('ada')
        lake = draw(os.path.join(self.world.run, 'lake.png'), 1200, 800, '#9ad5f0-#20506b')
        tower = draw(os.path.join(self.world.run, 'tower.png'), 400, 900, '#f0d59a-#6b2050')
        paper = os.path.join(self.world.run, 'machines-1952.pdf')
        with open(paper, 'wb') as file:
            file.write(b'%PDF-1.4\n' + os.urandom(3_400_000))
        for path in (paper, tower, lake):
            self.choose_files([path])
            self.click('Send')
            self.app.sees_message(os.path.basename(path), re.compile('Sent|Delivered|Read'))
        assert self.app.quit() == 0
        server.stop()


def main():
    parser = argparse.ArgumentParser()
    for option in ('app', 'server', 'schemas', 'machine', 'languages', 'people', 'out'):
        parser.add_argument('--' + option, required=True)
    parser.add_argument('--prepare', action='store_true')
    parser.add_argument('--only', default='')
    parser.add_argument('--language')
    parser.add_argument('--scheme')
    parser.add_argument('--contrast', action='store_true')
    parser.add_argument('--text-scale', type=float, default=1)
    options = parser.parse_args()
    options.failures = options.out
    look.choose_font(*SETTINGS)
    # Where no desktop tells of it, this is how large text is to be
    look.run('xprop', '-root', '-f', 'RESOURCE_MANAGER', '8s', '-set', 'RESOURCE_MANAGER', f'Xft.dpi: {96 * options.text_scale:g}\n')
    os.environ['CHAT_LOCALE_DIR'] = options.languages
    if options.language:
        os.environ['LANGUAGE'] = options.language
    if options.scheme:
        os.environ['ADW_DEBUG_COLOR_SCHEME'] = options.scheme
    if options.contrast:
        os.environ['ADW_DEBUG_HIGH_CONTRAST'] = '1'
    one = Look(options)
    try:
        one.world.notifications()
        atspi.xdotool('mousemove', 0, 0)        # no tooltip comes by chance
        if options.prepare:
            one.prepare()
            return 0
        one.run()
    finally:
        one.world.close()
        if one.shots and not options.prepare and not one.only:
            one.sheet()
    for missing in one.missing:
        print(f'{os.path.basename(options.out)}: not reached: {missing}', file=sys.stderr)
    print(f'{os.path.basename(options.out)}: {len(one.shots)} pictures in {options.out}')
    return 1 if one.missing else 0


sys.exit(main())
