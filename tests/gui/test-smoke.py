#!/usr/bin/python3
# test-smoke.py: the main paths through the app, written with dogtail alone
# SPDX-License-Identifier: GPL-3.0-or-later
"""Beside the scenarios, which speak of people and rooms through lib/pages.py, this one speaks of controls, and needs to
know nothing but dogtail: Node.findChild() asks again until the node is there, and fails after 15 s. What is not shown may stay
in the tree of GTK 4.8, so a search is for Matching, a predicate that looks at the size as well.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
from atspi import Matching, predicate, tree, wait  # noqa: E402
from world import main  # noqa: E402

PASSWORD = 'correct horse'
BUTTONS = ('push button', 'button', 'toggle button')
LINES = ('text', 'entry', 'password text')
ITEMS = ('menu item',)


class OfProcess(predicate.Predicate):
    """An application by its process: two may have one name."""

    def __init__(self, pid):
        self.pid = pid

    def satisfiedByNode(self, node):
        return node.roleName == 'application' and node.get_process_id() == self.pid

    def describeSearchResult(self):
        return f'application of process {self.pid}'


class Able(Matching):
    """One that is shown, sensitive, and has an action."""

    def __init__(self, action, wanted=None, roles=None):
        super().__init__(wanted, roles)
        self.action = action

    def satisfiedByNode(self, node):
        return super().satisfiedByNode(node) and node.sensitive and self.action in node.actions

    def describeSearchResult(self):
        return f'{super().describeSearchResult()} that can {self.action}'


def starting(words):
    """A name that begins so; that of a button may begin with its underlined letter, and say itself twice."""
    return re.compile('^' + '_?'.join(map(re.escape, ['', *words])))


def line(app, wanted):
    """The part of a line that takes text: the line itself, or what is within a row of a form."""
    node = app.findChild(Matching(wanted, LINES))
    return node if 'EditableText' in node.get_interfaces() else node.findChild(TakesText())


class TakesText(predicate.Predicate):
    def satisfiedByNode(self, node):
        return 'EditableText' in node.get_interfaces()

    def describeSearchResult(self):
        return 'editable text'


def written(node):
    """What stands in it; Node.text asks GTK 4.8 in a way that gives nothing."""
    text = node.queryText()
    return text.getText(0, text.characterCount)


def do(app, action, wanted=None, roles=None):
    """Does an action of the last node that can: of two buttons of one name the one below the form."""
    wait(lambda: app.findChildren(Able(action, wanted, roles)), f'{wanted!r} to be able to {action}')[-1].doActionNamed(action)


def gone(app, wanted, roles=None):
    wait(lambda: not app.findChildren(Matching(wanted, roles)), f'{wanted!r} to go')


def send(app, text):
    composer = line(app, starting('Message'))
    composer.text = text
    do(app, 'click', re.compile('^(Send|Save)$'), BUTTONS)
    wait(lambda: written(composer) == '', 'the composer to be empty')


def choose(app, wanted):
    do(app, 'click', wanted, ITEMS)


def smoke(world):
    server = world.server()
    boris = server.person('boris')
    for login in ('anna', 'clara', 'claudia'):
        server.person(login, PASSWORD)
    room = boris.room('anna')
    boris.say(room, 'Hello from Boris')

    with world.step('the window opens with the page to sign in'):
        pid = world.app('smoke', server).pid
        app = tree.root.findChild(OfProcess(pid), recursive=False)
        frame = app.findChild(Matching(None, 'frame'), recursive=False)
        assert frame.name == 'Chat', frame.name
    with world.step('signs in'):
        line(app, 'User Name').text = 'anna'
        line(app, 'Password').text = PASSWORD
        do(app, 'click', 'Sign In', BUTTONS)
        app.findChild(Matching('Find a conversation', LINES))
        gone(app, 'User Name', LINES)
    with world.step('the room is shown, with its last message and how many are unread'):
        row = app.findChild(Able('row.open', re.compile('^boris, 1 unread.*Hello from Boris')))
    with world.step('opens it'):
        row.doActionNamed('row.open')
        app.findChild(Matching(starting('boris – Chat'), 'frame'), recursive=False)
        app.findChild(Able('message.menu', re.compile('boris: Hello from Boris')))
        wait(lambda: 'unread' not in app.findChild(Able('row.open', starting('boris'))).name, 'the room to be read')
    with world.step('sends a message, which the server has'):
        send(app, 'A first word')
        app.findChild(Able('message.menu', re.compile('A first word.*Sent')))
        pushed = boris.until_type('READ_MSG')
        assert (pushed['message'], pushed['sender'], pushed['room_id']) == ('A first word', 'anna', room), pushed
    with world.step('edits it'):
        do(app, 'message.menu', re.compile('A first word'))
        choose(app, starting('Edit'))
        wait(lambda: written(line(app, starting('Message'))) == 'A first word', 'the text in the composer')
        send(app, 'A better word')
        app.findChild(Able('message.menu', re.compile('A better word.*[Ee]dited')))
        gone(app, re.compile('A first word'))
        assert boris.until_type('EDIT_MSG')['new_msg'] == 'A better word'
    with world.step('deletes it, after being asked'):
        do(app, 'message.menu', re.compile('A better word'))
        choose(app, starting('Delete'))
        do(app, 'click', starting('Delete'), BUTTONS)
        gone(app, re.compile('A better word'))
        assert boris.until_type('DELETE_MSG')['id'] == pushed['message_id']
    with world.step('begins a conversation with a person found by searching'):
        do(app, 'click', starting('New conversation'), BUTTONS)
        name = line(app, 'Name of the person')
        name.text = 'cla'
        app.findChild(Able('row.open', 'clara'))
        name.text = 'clau'
        gone(app, 'clara')
        do(app, 'row.open', 'claudia')
        app.findChild(Matching(starting('claudia – Chat'), 'frame'), recursive=False)
        gone(app, 'Name of the person', LINES)
        send(app, 'Hello Claudia')
        app.findChild(Able('row.open', re.compile('^claudia.*Hello Claudia')))
    with world.step('signs out'):
        do(app, 'click', starting('Main menu'), BUTTONS)
        choose(app, starting('Sign Out'))
        do(app, 'click', starting('Sign Out'), BUTTONS)
        app.findChild(Matching('User Name', LINES))
        gone(app, 'Find a conversation', LINES)


main(smoke)
