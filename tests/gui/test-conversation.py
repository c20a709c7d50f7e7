#!/usr/bin/python3
# test-conversation.py: two people, each with the app open, from signing up to signing out
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
from world import main  # noqa: E402

PASSWORD = 'correct horse'


def conversation(world):
    """Over TLS, with a certificate that nobody vouches for, as a first server at home has."""
    server = world.server(tls=True)
    with world.step('the app opens with the page to sign in'):
        anna = world.app('anna', server, insecure=False)
        anna.on_sign_in_page()
        anna.no_nameless()
    with world.step('signs up; the certificate is shown with its fingerprint, and accepted'):
        anna.fill_sign_in('anna', PASSWORD, sign_up=True)
        anna.submit()
        fingerprint = anna.certificate_asked()
        assert fingerprint.count(':') == 31, fingerprint
        anna.no_nameless()
        anna.answer_dialog('Accept')
        anna.on_rooms_page()
        anna.no_nameless()
    with world.step('a second person: a wrong user is told beside the name'):
        boris = world.app('boris', server, insecure=False)
        boris.fill_sign_in('nobody.here', PASSWORD)
        boris.submit()
        boris.certificate_asked()
        boris.answer_dialog('Accept')
        boris.sees_error('This server knows nobody of this name')
    with world.step('signs up with a name that is taken'):
        boris.fill_sign_in('anna', PASSWORD, sign_up=True)
        boris.submit()
        boris.sees_error('This name is taken')
    with world.step('and with a good one'):
        boris.fill_sign_in('boris', PASSWORD, sign_up=True)
        boris.submit()
        boris.on_rooms_page()
    with world.step('finds nobody, then the person, and the room is there in both windows'):
        anna.search_person('xyz')
        anna.sees('Nobody Found')
        anna.no_nameless()
        anna.search_person('bor')
        anna.choose_person('boris')
        anna.in_room('boris')
        boris.sees_room('anna')
    with world.step('a message is sent, and arrives in the other running app'):
        anna.send('Hello Boris! Привіт 👋')
        anna.sees_message('Hello Boris! Привіт 👋', re.compile('Sent|Delivered|Read'))
        boris.sees_room('anna', 'Hello Boris!')
        boris.open_room('anna')
        boris.sees_message('Hello Boris! Привіт 👋')
        boris.no_nameless()
        anna.no_nameless()
    with world.step('and the answer comes back'):
        boris.send('Hello Anna')
        boris.sees_message('Hello Anna', re.compile('Sent|Delivered|Read'))
        anna.sees_message('Hello Anna')
    with world.step('an edit is seen in both windows'):
        anna.edit('Hello Boris! Привіт 👋', 'Hello Borys!')
        anna.sees_message('Hello Borys!', 'dited')
        boris.sees_message('Hello Borys!')
        boris.sees_no_message('Привіт 👋')
    with world.step('one can not edit or delete what another wrote'):
        assert not boris.offers('Hello Borys!', 'Edit'), boris.menu_of('Hello Borys!')
        assert not boris.offers('Hello Borys!', 'Delete'), boris.menu_of('Hello Borys!')
    with world.step('a deletion asks, and is seen in both windows'):
        boris.delete('Hello Anna')
        boris.sees_no_message('Hello Anna')
        anna.sees_no_message('Hello Anna')
        anna.sees_message('Hello Borys!')
    with world.step('quits; starts again, signed in, with the old dialogs'):
        code = anna.quit()
        assert code == 0, code
        anna = world.app('anna', None, insecure=False)
        anna.on_rooms_page()
        anna.sees_room('boris', 'Hello Borys!')
        anna.open_room('boris')
        anna.sees_message('Hello Borys!')
    with world.step('deletes the room after being asked; it goes from both windows'):
        anna.delete_room('boris')
        anna.sees_no_room('boris')
        boris.sees_no_room('anna')
    with world.step('signs out'):
        anna.sign_out()
        anna.on_sign_in_page()
        assert boris.quit() == 0
    with world.step('a wrong password is told beside the password; the right one signs in'):
        anna.fill_sign_in('anna', 'wrong horse', server='%s:%d' % server.address)
        anna.submit()
        anna.sees_error('The password is not right')
        anna.fill_sign_in('anna', PASSWORD)
        anna.submit()
        anna.on_rooms_page()
        anna.sees('No Conversations Yet')
        assert anna.quit() == 0


main(conversation)
