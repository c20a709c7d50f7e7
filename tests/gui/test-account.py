#!/usr/bin/python3
# test-account.py: what others are told, the change of the password, and signing another device out
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))
from world import main  # noqa: E402

PASSWORD = 'correct horse'
NEW_PASSWORD = 'battery staple'


def picture(name):
    """For whoever wants to look: CHAT_PICTURES names a folder."""
    folder = os.environ.get('CHAT_PICTURES')
    if folder:
        subprocess.run(['import', '-window', 'root', os.path.join(folder, name + '.png')], check=False)


def account(world):
    server = world.server()
    server.person('anna')
    with world.step('signs in on two devices'):
        phone = world.app('phone', server)
        phone.fill_sign_in('anna', PASSWORD)
        phone.submit()
        phone.on_rooms_page()
        laptop = world.app('laptop', server)
        laptop.fill_sign_in('anna', PASSWORD)
        laptop.submit()
        laptop.on_rooms_page()
    with world.step('a second start with another server says why nobody is asked to sign in there'):
        status, words = world.second_start('laptop', '--server', 'other.example.com')
        assert status == 1 and 'anna' in words and 'other.example.com' in words, (status, words)
        status, words = world.second_start('laptop', '--server', '%s:%d' % server.address)
        assert status == 0 and 'anna' not in words, (status, words)
    with world.step('what is switched off on one is switched off on the other'):
        laptop.open_preferences('Privacy')
        laptop.switch('Typing', False)
        picture('1-privacy')
        laptop.no_nameless()
        phone.open_preferences('Privacy')
        phone.switched('Typing', False)
        phone.switched('Read Receipts', True)
        phone.close_preferences()
    with world.step('both stand among the devices'):
        laptop.choose_preferences('Account')
        laptop.sees('This device')
        laptop.other_devices(1)
        laptop.focus_window('Preferences')
        picture('2-devices')
        laptop.no_nameless()
    with world.step('a wrong password is said beside its field'):
        laptop.change_password('not the one', NEW_PASSWORD)
        laptop.sees('The password is not right')
        picture('3-wrong-password')
        laptop.no_nameless()
    with world.step('changes the password; this device stays, the other is told why it does not'):
        laptop.write_passwords(PASSWORD, NEW_PASSWORD)
        laptop.sees_no_window('Change Password')
        laptop.other_devices(0)
        laptop.focus_window('Preferences')
        picture('4-changed')
        phone.sees('You were signed out')
        phone.focus_window()
        picture('5-signed-out')
    with world.step('signs in again there, with the new one'):
        phone.focus_window()
        phone.sign_in_again(NEW_PASSWORD)
        phone.on_rooms_page()
        phone.gone_words('You were signed out')
    with world.step('signs the other device out by keys, after being asked, and sees it leave'):
        laptop.focus_window('Preferences')
        laptop.other_devices(1)
        laptop.sign_out_device_by_keys()
        laptop.other_devices(0)
        laptop.focused_in('Preferences')
        laptop.focus_window('Preferences')
        picture('6-one-left')
        phone.sees('You were signed out')
    with world.step('signs out here, after being asked, too'):
        laptop.sign_out_in_preferences()
        laptop.on_sign_in_page()
    with world.step('quits in good order'):
        assert laptop.quit() == 0


main(account)
