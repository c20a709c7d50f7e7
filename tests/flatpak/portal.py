#!/usr/bin/python3
# portal.py: a desktop's portals, as far as the app in its sandbox asks them, with a record of what was asked
# SPDX-License-Identifier: GPL-3.0-or-later
"""portal.py LOG: one JSON object a line, {"ready"} first. A secret of the app is always the same; who is asked for a file
answers with the one whose path stands in LOG.file."""

import json
import os
import sys

from gi.repository import Gio, GLib

PATH = '/org/freedesktop/portal/desktop'
INTERFACES = Gio.DBusNodeInfo.new_for_xml('''<node>
<interface name="org.freedesktop.portal.Secret">
<method name="RetrieveSecret"><arg type="h" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
<property name="version" type="u" access="read"/></interface>
<interface name="org.freedesktop.portal.FileChooser">
<method name="OpenFile"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
<method name="SaveFile"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
<property name="version" type="u" access="read"/></interface>
<interface name="org.freedesktop.portal.OpenURI">
<method name="OpenURI"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
<property name="version" type="u" access="read"/></interface>
<interface name="org.freedesktop.portal.Inhibit">
<method name="CreateMonitor"><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
<method name="Inhibit"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
<property name="version" type="u" access="read"/></interface>
<interface name="org.freedesktop.portal.Notification">
<method name="AddNotification"><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/></method>
<method name="RemoveNotification"><arg type="s" direction="in"/></method>
<property name="version" type="u" access="read"/></interface>
</node>''')

log = open(sys.argv[1], 'a', buffering=1, encoding='utf-8')


def note(**fields):
    log.write(json.dumps(fields) + '\n')


def respond(connection, sender, options, results):
    """As the specification has it: a request has a path that both sides know, and ends with a signal to whom has asked."""
    path = f'{PATH}/request/{sender[1:].replace(".", "_")}/{options.get("handle_token", "t")}'

    def emit():
        connection.emit_signal(sender, path, 'org.freedesktop.portal.Request', 'Response', GLib.Variant('(ua{sv})', (0, results)))
        return GLib.SOURCE_REMOVE
    GLib.timeout_add(50, emit)
    return GLib.Variant('(o)', (path,))


def on_call(connection, sender, path, interface, method, parameters, invocation):
    kind = interface.rsplit('.', 1)[1]
    given = parameters.unpack()
    if method == 'RetrieveSecret':
        message = invocation.get_message()
        descriptor = message.get_unix_fd_list().get(given[0])
        os.write(descriptor, b'a secret of sixty-four bytes that is the same as at the last time')
        os.close(descriptor)
        note(portal=kind, method=method)
        invocation.return_value(respond(connection, sender, given[1], {}))
    elif method in ('OpenFile', 'SaveFile'):
        with open(sys.argv[1] + '.file', encoding='utf-8') as file:
            uri = Gio.File.new_for_path(file.read().strip()).get_uri()
        note(portal=kind, method=method, title=given[1])
        invocation.return_value(respond(connection, sender, given[2], {'uris': GLib.Variant('as', [uri])}))
    elif method == 'OpenURI':
        note(portal=kind, method=method, uri=given[1])
        invocation.return_value(respond(connection, sender, given[2], {}))
    elif interface.endswith('Inhibit'):
        invocation.return_value(respond(connection, sender, given[-1], {}))
    else:
        note(portal=kind, method=method, id=given[0])
        invocation.return_value(None)


def on_get(connection, sender, path, interface, name):
    return GLib.Variant('u', 3 if interface.endswith('FileChooser') else 1)


def on_acquired(connection, name):
    for interface in INTERFACES.interfaces:
        connection.register_object(PATH, interface, on_call, on_get, None)


Gio.bus_own_name(Gio.BusType.SESSION, 'org.freedesktop.portal.Desktop', Gio.BusNameOwnerFlags.NONE, on_acquired,
                 lambda connection, name: note(ready=True), lambda connection, name: sys.exit('the name is taken'))
GLib.MainLoop().run()
