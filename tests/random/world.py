# world.py: the programs of a run: the server, the proxy between, the devices
# SPDX-License-Identifier: GPL-3.0-or-later

import glob
import hashlib
import os
import signal
import ssl
import subprocess
import threading
import time

PASSWORD = 'correct horse'


class Trouble(Exception):
    """A program did what none may: the run has failed."""


class Program:
    """One process whose lines are read as they come."""

    def __init__(self, name, command, folder, environment):
        self.name = name
        self.lines = []
        self.came = threading.Condition()
        self.errors = os.path.join(folder, f'{name}.log')
        with open(self.errors, 'ab') as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        with open(f'{self.errors}.out', 'ab', buffering=0) as log:
            for line in self.process.stdout:
                log.write(f'{time.monotonic():.3f} '.encode() + line)
                with self.came:
                    self.lines.append(line.decode(errors='replace').rstrip('\n'))
                    self.came.notify_all()

    def say(self, *words, apart='\t'):
        try:
            self.process.stdin.write((apart.join(str(word) for word in words) + '\n').encode())
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass

    def wait_for(self, start, since=0, patience=30):
        """The first line from the SINCEth on that begins with START; and the number of the one after it."""
        end = time.monotonic() + patience
        with self.came:
            while True:
                for at in range(since, len(self.lines)):
                    if self.lines[at].startswith(start):
                        return self.lines[at], at + 1
                left = end - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self.reader.is_alive()):
                    raise Trouble(f'{self.name} did not say {start!r} within {patience} s (status {self.process.poll()}); {self.tail()}')
                self.came.wait(min(left, 0.2))

    def tail(self):
        with open(self.errors, 'rb') as log:
            return log.read()[-1500:].decode(errors='replace')

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(10)
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass


class World:
    def __init__(self, plan, folder, programs, switches='', patience=1):
        self.plan = plan
        self.folder = folder
        self.device_program, self.server_program, self.proxy_program = programs
        self.patience = patience
        self.environment = dict(os.environ, G_DEBUG='fatal-warnings', HOME=folder, XDG_CONFIG_HOME=folder, XDG_DATA_HOME=folder,
                                XDG_CACHE_HOME=folder, XDG_RUNTIME_DIR=folder, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent', LC_ALL='C.UTF-8')
        switches = ','.join(word for word in (switches, 'short-log' if plan.short_log else '') if word)
        self.server_environment = dict(self.environment, CHAT_TEST_SWITCHES=switches)
        self.data = os.path.join(folder, 'server')
        self.server = self.proxy = None
        self.address = None
        self.count = {'server-kill': 0, 'server-stop': 0, 'kill': 0, 'quit': 0}
        self.devices = [None] * len(plan.devices)
        self.history = [[] for _ in plan.devices]       # the programs of each, one after the other
        self.start_server()
        self.proxy = Program('proxy', [self.proxy_program, '%s:%d' % self.address, str(len(plan.devices))], folder, self.environment)
        ready, self.proxy_said = self.proxy.wait_for('ready')
        self.doors = ready.split()[1:]
        self.fingerprint = []
        if plan.tls:
            with open(glob.glob(os.path.join(self.data, '*cert*.pem'))[0], encoding='ascii') as pem:
                digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.read())).hexdigest().upper()
            self.fingerprint = [':'.join(digest[at:at + 2] for at in range(0, len(digest), 2))]

    # The server
    def start_server(self):
        if self.server is not None:
            return
        command = [self.server_program, '--listen', '127.0.0.1:0', '--data', self.data, '--test-hash-cost']
        command += [] if self.plan.tls else ['--insecure']
        command += [] if self.plan.limits else ['--no-rate-limit']
        self.server = Program('server', command, self.folder, self.server_environment)
        ready, _ = self.server.wait_for('ready', patience=30 * self.patience)
        host, port = ready.split()[1].rsplit(':', 1)
        self.address = host, int(port)
        if self.proxy is not None:
            self.order('*', 'target', '%s:%d' % self.address)

    def end_server(self, how):
        if self.server is None:
            return
        self.alive(self.server)
        self.count[how] += 1
        if how == 'server-stop':
            self.server.process.send_signal(signal.SIGTERM)
            try:
                status = self.server.process.wait(20 * self.patience)
            except subprocess.TimeoutExpired:
                raise Trouble(f'the server did not stop; {self.server.tail()}') from None
            if status != 0:
                raise Trouble(f'the server stopped with {status}; {self.server.tail()}')
        self.server.kill()
        self.server = None

    # The proxy
    def order(self, *words):
        self.proxy.say(*words, apart=' ')
        answer, self.proxy_said = self.proxy.wait_for('', self.proxy_said)
        if not answer.startswith('ok'):
            raise Trouble(f'the proxy does not know {words}: {answer}')
        return answer

    def struck(self):
        total = {}
        for number in range(len(self.devices)):
            for part in self.order(number, 'count').split()[3:]:
                kind, n = part.split('=')
                total[kind] = total.get(kind, 0) + int(n)
        return total

    # The devices
    def start(self, number):
        if self.devices[number] is not None:
            return
        person, which = self.plan.devices[number]
        home = os.path.join(self.folder, f'{person}-{which}')
        os.makedirs(home, mode=0o700, exist_ok=True)
        command = [self.device_program, home, self.doors[number], person, PASSWORD, *self.fingerprint]
        device = Program(f'{person}-{which}', command, self.folder, self.environment)
        self.devices[number] = device
        self.history[number].append(device)
        device.wait_for('started', patience=30 * self.patience)

    def alive(self, program):
        if program.process.poll() is not None:
            raise Trouble(f'{program.name} ended by itself, with {program.process.poll()}; {program.tail()}')

    def end(self, number, how):
        device = self.devices[number]
        if device is None:
            return
        self.alive(device)
        self.count[how] += 1
        if how == 'quit':
            device.say('quit')
            device.wait_for('closed', patience=30 * self.patience)
            status = device.process.wait(30 * self.patience)
            if status != 0:
                raise Trouble(f'{device.name} ended with {status}; {device.tail()}')
        device.kill()
        self.devices[number] = None

    def tell(self, number, *words):
        if self.devices[number] is not None:
            self.devices[number].say(*words)

    # The steps of a plan
    def do(self, verb, *arguments):
        if verb in ('send',):
            device, room, name, rest = arguments
            self.tell(device, 'send', room, f'{name} {rest}'.rstrip())
        elif verb in ('edit', 'delete', 'read', 'open', 'close', 'older', 'connect', 'retry'):
            self.tell(arguments[0], verb, *arguments[1:])
        elif verb in ('strike', 'arm'):
            number, kind, direction, place, count, ms = arguments
            if kind == 'half-open':
                self.order(number, verb, 'swallow', 'up', place)
                self.order(number, verb, 'swallow', 'down', place)
            else:
                self.order(number, verb, kind, direction, place, count, ms)
            if verb == 'arm':
                self.order(number, 'strike', 'reset', 'up', 0)
        elif verb == 'offline':
            number, door, cut = arguments
            self.order(number, 'door', door)
            self.order(number, 'strike', cut, 'up', 0)
        elif verb == 'calm':
            self.order(arguments[0], 'calm')
        elif verb in ('kill', 'quit'):
            self.end(arguments[0], verb)
        elif verb == 'start':
            self.start(arguments[0])
        elif verb in ('server-kill', 'server-stop'):
            self.end_server(verb)
        elif verb == 'server-start':
            self.start_server()
        else:
            raise ValueError(verb)

    def heal(self):
        """Nothing goes wrong any more: everything runs, and the network is a good one."""
        self.start_server()
        self.order('*', 'calm')
        for number in range(len(self.devices)):
            self.start(number)
            self.tell(number, 'connect')

    def check_alive(self):
        for program in [self.server, self.proxy, *self.devices]:
            if program is not None:
                self.alive(program)

    def close(self):
        for program in [*self.devices, self.proxy, self.server]:
            if program is not None:
                program.kill()
