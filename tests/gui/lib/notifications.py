#!/usr/bin/python3
# notifications.py: a desktop's notification service that keeps a record instead of showing anything
# SPDX-License-Identifier: GPL-3.0-or-later
"""notifications.py LOG: one JSON object a line: {"ready"}, {"id", "summary", "body", ...} or {"close"}.

notifications.py LOG shell: that of GNOME's shell, which knows notifications by the program's own ids, also when the program has ended:
{"add", "app", "title", "body", "action", "target"} or {"remove"}.
"""

import json
import sys

from gi.repository import Gio, GLib

INTERFACE = '''<node><interface name="org.freedesktop.Notifications">
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/>
<arg type="i" direction="in"/><arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal></interface></node>'''

SHELL = '''<node><interface name="org.gtk.Notifications">
<method name="AddNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/></method>
<method name="RemoveNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/></method></interface></node>'''

log = open(sys.argv[1], 'a', buffering=1, encoding='utf-8')
last = 0


def answer(connection, sender, path, interface, method, parameters, invocation):
    global last
    given = parameters.unpack()
    if method == 'GetCapabilities':
        invocation.return_value(GLib.Variant('(as)', (['actions', 'body', 'persistence'],)))
    elif method == 'GetServerInformation':
        invocation.return_value(GLib.Variant('(ssss)', ('record', 'tests', '1', '1.2')))
    elif method == 'Notify':
        if given[1]:
            number = given[1]
        else:
            last += 1
            number = last
        log.write(json.dumps({'id': number, 'replaces': given[1], 'summary': given[3], 'body': given[4], 'actions': given[5]}) + '\n')
        invocation.return_value(GLib.Variant('(u)', (number,)))
    elif method == 'CloseNotification':
        log.write(json.dumps({'close': given[0]}) + '\n')
        invocation.return_value(None)


def answer_shell(connection, sender, path, interface, method, parameters, invocation):
    given = parameters.unpack()
    if method == 'AddNotification':
        app, id, told = given
        log.write(json.dumps({'add': id, 'app': app, 'title': told.get('title'), 'body': told.get('body'),
                              'action': told.get('default-action'), 'target': told.get('default-action-target'),
                              'buttons': told.get('buttons', [])}) + '\n')
    else:
        log.write(json.dumps({'remove': given[1]}) + '\n')
    invocation.return_value(None)


name, xml, handler = (('org.gtk.Notifications', SHELL, answer_shell) if sys.argv[2:] == ['shell']
                      else ('org.freedesktop.Notifications', INTERFACE, answer))


def on_bus(connection, owned):
    connection.register_object('/' + name.replace('.', '/'), Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0], handler, None, None)


Gio.bus_own_name(Gio.BusType.SESSION, name, 0, on_bus,
                 lambda connection, owned: log.write('{"ready": true}\n'), lambda connection, owned: sys.exit('the name is taken'))
GLib.MainLoop().run()
