# world.py: the programs of a scenario, its steps, and what a failed step leaves behind
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs within tests/lib/session.sh. A scenario is a function that takes a World; each of its steps is a test line:

    with world.step('signs in'):
        ...

A step that fails writes a picture of the screen and the accessible tree of each app, and ends the scenario.
"""

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, *(os.path.join(HERE, '..', '..', folder) for folder in ('conformance', 'lib'))]
import api_client  # noqa: E402
from machine import Machine  # noqa: E402
from tap import Tap  # noqa: E402

import atspi  # noqa: E402
from pages import Chat  # noqa: E402


class Abandon(Exception):
    """A step failed; the rest of the scenario makes no sense."""


class App(Chat):
    """One running app of one profile."""

    def __init__(self, world, profile, server=None, insecure=True, extra=(), machine=None, window=True):
        self.world, self.profile = world, profile
        self.log_path = os.path.join(world.run, f'{profile}.log')
        command = [world.program, '--profile', profile]
        if server:
            command += ['--server', server]
        if insecure:
            command.append('--insecure')
        environment = dict(os.environ, **world.environment_of(profile))
        if machine:
            environment.update(machine.environment)
        preloads = [environment.get('LD_PRELOAD'), os.environ.get('CHAT_TEST_PRELOAD')]
        environment['LD_PRELOAD'] = ':'.join(one for one in preloads if one)
        self.log = open(self.log_path, 'ab')
        self.process = subprocess.Popen([*command, *extra], stdout=self.log, stderr=self.log, env=environment, stdin=subprocess.DEVNULL)
        self.pid = self.process.pid
        world.apps.append(self)
        if not window:
            return
        self.node = atspi.wait(self._find, f'the app of {profile}', 30)
        atspi.wait(lambda: atspi.windows_of(self.pid), f'the window of {profile}', 30)

    def _find(self):
        if self.process.poll() is not None:
            raise SystemError(f'the app ended with {self.process.returncode}; {self.tail()}')
        desktop = atspi.Atspi.get_desktop(0)
        return next((one for one in atspi.children(desktop) if one.get_process_id() == self.pid), None)

    def alive(self):
        return self.process.poll() is None

    def tail(self, size=3000):
        self.log.flush()
        with open(self.log_path, 'rb') as log:
            return log.read()[-size:].decode(errors='replace')

    def quit(self):
        """Quits by the keyboard, as a person does; the exit status."""
        self.focus_window()
        atspi.press('ctrl+q')
        return self.ended()

    def ended(self, patience=20):
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f'the app of {self.profile} does not end') from None
        finally:
            if self.process.poll() is not None and self in self.world.apps:
                self.world.apps.remove(self)
        return code

    def kill(self):
        if self.alive():
            self.process.kill()
            self.process.wait()
        if self in self.world.apps:
            self.world.apps.remove(self)


class Foreign:
    """A process that somebody else has started; what it ended with is not known."""

    def __init__(self, pid):
        self.pid, self.returncode = pid, None

    def poll(self):
        if self.returncode is None and not os.path.exists(f'/proc/{self.pid}'):
            self.returncode = 0
        return self.returncode

    def wait(self, patience=None):
        atspi.wait(lambda: self.poll() is not None, f'the process {self.pid} to end', patience or 20)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class Activated(App):
    """An app that the bus has started, under the name of its profile."""

    def __init__(self, world, profile, pid):
        self.world, self.profile = world, profile
        self.log_path = os.path.join(world.run, f'{profile}.log')
        self.log = open(self.log_path, 'ab')
        self.process = Foreign(pid)
        self.pid = pid
        world.apps.append(self)

    def meet(self):
        """Its window is there."""
        self.node = atspi.wait(self._find, f'the app of {self.profile}', 30)
        atspi.wait(lambda: atspi.windows_of(self.pid), f'the window of {self.profile}', 30)
        return self


class World:
    def __init__(self, tap, scenario, options):
        self.tap, self.scenario = tap, scenario
        self.program, self.server_program, self.schemas = options.app, options.server, options.schemas
        self.failures, self.machine_library, self.broken = options.failures, options.machine, getattr(options, 'broken', None)
        self.run = os.environ['RUNDIR']
        self.apps, self.servers, self.others = [], [], []
        self.start = time.monotonic()

    # The programs
    def server(self, tls=False, listen='127.0.0.1:0', data=None, extra=()):
        server = api_client.Server([self.server_program], tls=tls, listen=listen, data=data, extra=extra)
        self.servers.append(server)
        return server

    def api_server(self, log=None):
        """The other implementation, which knows the API alone."""
        program = os.path.join(HERE, '..', '..', 'conformance', 'api_server.py')
        server = api_client.Server([sys.executable, program], api_only=True, extra=['--log', log] if log else [])
        self.servers.append(server)
        return server

    def again(self, server, tls=False):
        """A server that ended starts again, on its port and its data."""
        data = server.data
        server.own_data = False
        server.clean()
        self.servers.remove(server)
        new = self.server(tls=tls, listen='%s:%d' % server.address, data=data)
        new.own_data = True
        return new

    def app(self, profile, server, **options):
        address = server if isinstance(server, str) or server is None else '%s:%d' % server.address
        return App(self, profile, address, **options)

    def machine(self):
        """Whose disk can be made to fail; for app(machine=…)."""
        return Machine(self.machine_library)

    def second_start(self, profile, *options):
        """Of a program that runs already: its exit status, and what it says."""
        end = subprocess.run([self.program, '--profile', profile, *options], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL,
                             env=dict(os.environ, GSETTINGS_SCHEMA_DIR=self.schemas))
        return end.returncode, end.stderr

    def notifications(self):
        log = os.path.join(self.run, 'notifications.log')
        if not self.others:
            self.others.append(subprocess.Popen([sys.executable, os.path.join(HERE, 'notifications.py'), log]))
            atspi.wait(lambda: os.path.exists(log) and 'ready' in open(log).read(), 'the notification service')
        return log

    def shell(self):
        """GNOME's shell, as far as it shows notifications. Returns: its log."""
        log = os.path.join(self.run, 'shell.log')
        self.others.append(subprocess.Popen([sys.executable, os.path.join(HERE, 'notifications.py'), log, 'shell']))
        atspi.wait(lambda: os.path.exists(log) and 'ready' in open(log).read(), 'the shell')
        return log

    def environment_of(self, profile):
        decoder = os.path.join(os.path.dirname(os.path.abspath(self.program)), 'decoder', 'com.example.Chat.Decoder')
        return {'G_DEBUG': 'fatal-warnings', 'GSETTINGS_SCHEMA_DIR': self.schemas, 'CHAT_DECODER': decoder, 'SECRET_BACKEND': 'file',
                'SECRET_FILE_TEST_PATH': os.path.join(self.run, f'{profile}.keyring'), 'SECRET_FILE_TEST_PASSWORD': 'tests'}

    # The steps
    @contextlib.contextmanager
    def step(self, name):
        line = f'{self.scenario}: {name}'
        try:
            yield
            dead = [app for app in self.apps if not app.alive()]
            if dead:
                raise SystemError('; '.join(f'the app of {app.profile} ended with {app.process.returncode}: {app.tail()}' for app in dead))
        except Abandon:
            raise
        except Exception as error:
            self.tap.ok(False, line, ''.join(traceback.format_exception(error)[-6:]) + self.evidence(name))
            raise Abandon(name) from error
        self.tap.ok(True, line)

    def evidence(self, name):
        folder = os.path.join(self.failures, re.sub(r'\W+', '-', self.scenario))
        os.makedirs(folder, exist_ok=True)
        base = os.path.join(folder, re.sub(r'\W+', '-', name)[:60])
        paths = []
        if subprocess.run(['import', '-window', 'root', base + '.png'], capture_output=True).returncode == 0:
            paths.append(base + '.png')
        for app in self.apps:
            path = f'{base}.{app.profile}.tree.txt'
            with open(path, 'w', encoding='utf-8') as file:
                try:
                    file.write('\n'.join(atspi.dump(app.node)) if app.alive() else f'ended with {app.process.returncode}')
                except Exception as error:
                    file.write(f'no tree: {error}')
                file.write('\n\n--- log ---\n' + app.tail())
            paths.append(path)
        for server in self.servers:
            if server.tail().strip():
                path = f'{base}.server.txt'
                with open(path, 'w', encoding='utf-8') as file:
                    file.write(server.tail())
                paths.append(path)
        return 'left behind:\n' + '\n'.join(paths)

    def close(self):
        for app in list(self.apps):
            if app.alive():
                app.process.send_signal(signal.SIGTERM)
                try:
                    app.process.wait(5)
                except subprocess.TimeoutExpired:
                    app.process.kill()
                    app.process.wait()
        for server in self.servers:
            server.clean()
        for process in self.others:
            process.terminate()
            process.wait()


def main(*scenarios):
    parser = argparse.ArgumentParser()
    parser.add_argument('--app', required=True)
    parser.add_argument('--server', required=True)
    parser.add_argument('--schemas', required=True)
    parser.add_argument('--failures', required=True)
    parser.add_argument('--machine', help='libchat-machine.so')
    parser.add_argument('--broken', help='chat-broken-window')
    parser.add_argument('only', nargs='*')
    options = parser.parse_args()
    tap = Tap()
    for scenario in scenarios:
        name = scenario.__name__.replace('_', ' ')
        if options.only and scenario.__name__ not in options.only:
            continue
        world = World(tap, name, options)
        try:
            world.notifications()
            scenario(world)
        except Abandon:
            pass
        except Exception as error:
            tap.ok(False, f'{name}: outside of its steps', ''.join(traceback.format_exception(error)) + world.evidence('outside'))
        finally:
            world.close()
        print(f'# {name}: {time.monotonic() - world.start:.1f} s', flush=True)
    tap.finish()
