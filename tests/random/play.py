# play.py: one run, from its seed to what was wrong at its end
# SPDX-License-Identifier: GPL-3.0-or-later

import os
import sqlite3
import sys
import time

import judge
from schedule import Plan
from world import PASSWORD, Trouble, World

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'conformance'))
from api_client import Client  # noqa: E402

QUIET = 40          # seconds until all are at rest after nothing goes wrong any more; many times what it takes
LOOK = 0.1


class Run:
    def __init__(self, seed, folder, programs, switches='', patience=1, busy=False, quiet=QUIET):
        self.plan = Plan(seed, busy)
        self.folder = folder
        self.patience = patience
        self.quiet = quiet * patience
        self.trace = open(os.path.join(folder, 'trace'), 'w', encoding='utf-8')
        self.orders = []
        self.began = time.monotonic()
        self.note('seed', seed, self.plan.devices, 'tls' if self.plan.tls else 'plain', 'limits' if self.plan.limits else 'no limits',
                  'short log' if self.plan.short_log else 'long log')
        self.world = World(self.plan, folder, programs, switches, patience)

    def note(self, *words):
        print(f'{time.monotonic() - self.began:8.3f}', *words, file=self.trace, flush=True)

    def ask(self, client, kind, wanted, **fields):
        """Asks until it is done: a server that is switched to do wrong may not know at once what it has just answered."""
        answer = None
        for _ in range(40):
            client.send(kind, **fields)
            answer = client.until_type(kind.replace('REQUEST_', 'RESPONSE_'))
            if answer.get('status') == wanted:
                return
            time.sleep(0.025)
        raise Trouble(f'{kind} was answered with {answer}')

    def prepare(self):
        clients = []
        for person in self.plan.people:
            client = Client(self.world.address, tls=self.plan.tls)
            self.ask(client, 'REQUEST_SIGNUP', 'SINGUP_OK', login=person, **{'pass': PASSWORD})
            self.ask(client, 'REQUEST_LOGIN', 'LOGIN_OK', login=person, **{'pass': PASSWORD})
            clients.append(client)
        for at, client in enumerate(clients):
            for peer in self.plan.people[at + 1:]:
                self.ask(client, 'CREATE_ROOM', None, username=self.plan.people[at], customer=peer)
        for client in clients:
            client.close()
            Client.everyone.remove(client)
        for number in range(len(self.plan.devices)):
            self.world.start(number)

    def perform(self):
        for at, (pause, verb, *arguments) in enumerate(self.plan.steps):
            time.sleep(pause / 1000)
            self.note(f'{at}:', verb, *(f'{word!s:.60}' for word in arguments))
            if verb == 'send':
                device, room, name, rest = arguments
                if self.world.devices[device] is not None:
                    self.orders.append((device, room, name, f'{name} {rest}'.rstrip()))
            self.world.do(verb, *arguments)
            if at % 20 == 0:
                self.world.check_alive()

    def stores(self):
        return [judge.Store(os.path.join(self.folder, f'{person}-{number}')) for person, number in self.plan.devices]

    def differences(self, whole):
        """What is not yet as it must be at rest."""
        self.world.check_alive()
        found = []
        asked = []
        for number, device in enumerate(self.world.devices):
            asked.append(len(device.lines))
            self.world.tell(number, 'status')
        for number, device in enumerate(self.world.devices):
            line, _ = device.wait_for('status\t', asked[number], 20 * self.patience)
            _, state, _, written, _ = line.split('\t')
            if state != '2':
                found.append(f'{device.name}: is not on line (state {state})')
            if written != '1':
                found.append(f'{device.name}: has something to write or to tell')
        # Who looks into a file that is just being opened may be in the way: a device that is on line has its store
        if found:
            return found
        try:
            truth = judge.Truth(self.world.data)
            for (person, number), store in zip(self.plan.devices, self.stores()):
                found += [f'{person}-{number}: {one}' for one in judge.compare(truth, store, person, whole)]
                found += [f'{person}-{number}: {one}' for one in judge.compare_marks(truth, store, person)]
        except (sqlite3.Error, ValueError) as error:
            found.append(f'a store can not be read: {error!r}')
        return found

    def rest(self, what, whole):
        """Waits until all is as it must be; else what is not."""
        start = time.monotonic()
        while True:
            found = self.differences(whole)
            took = time.monotonic() - start
            if not found:
                self.note(what, f'at rest after {took:.2f} s')
                return [], took
            if took > self.quiet:
                return [f'{what}: {one}' for one in found], took
            time.sleep(LOOK)

    def look_at_all(self):
        since = [len(device.lines) for device in self.world.devices]
        for number in range(len(self.world.devices)):
            self.world.tell(number, 'page')
        for device, at in zip(self.world.devices, since):
            device.wait_for('paged', at, max(QUIET, self.quiet))

    def screens(self):
        found = []
        truth = judge.Truth(self.world.data)
        for number, (device, (person, _)) in enumerate(zip(self.world.devices, self.plan.devices)):
            since = len(device.lines)
            self.world.tell(number, 'dump')
            _, until = device.wait_for('dumped', since, 20 * self.patience)
            found += [f'on the screen of {device.name}: {one}' for one in judge.compare_screen(truth, person, device.lines[since:until - 1])]
        return found

    def judge_tale(self):
        history = [[line for life in lives for line in life.lines] for lives in self.world.history]
        self.tale = judge.Tale(history, self.orders)
        return self.tale.judge(judge.Truth(self.world.data), self.stores())

    def verdict(self):
        """What was wrong, and how long it took until all was at rest."""
        self.note('healed')
        self.world.heal()
        found, first = self.rest('after the storm', whole=False)
        if found:
            return self.judge_tale() + found, first
        self.look_at_all()
        found, second = self.rest('after a look at everything', whole=True)
        if found:
            return self.judge_tale() + found, first + second
        found = self.judge_tale() + self.screens()
        truth = judge.Truth(self.world.data)
        for person in self.plan.people:
            found += [f'a new client of {person}: {one}' for one in
                      judge.compare_client(truth, person, self.world.address, self.plan.tls, PASSWORD)]
        return found, first + second

    def whole(self):
        found, took, summary = [], 0.0, ''
        try:
            self.prepare()
            self.perform()
            found, took = self.verdict()
        except Trouble as trouble:
            found = [str(trouble)]
        if not found and not self.tale.sent:
            found = ['nothing was sent at all: nothing was proved']
        if not found:
            count = self.world.count
            struck = self.world.struck()
            messages = len(self.tale.sent)
            summary = (f'{len(self.plan.devices)} devices{" with TLS" if self.plan.tls else ""}{" and a short log" if self.plan.short_log else ""}, {len(self.plan.steps)} operations, {messages} messages, '
                       f'{sum(struck.values())} faults, {count["kill"]}+{count["server-kill"]} killed, at rest after {took:.1f} s')
            self.totals = {'operations': len(self.plan.steps), 'messages': messages, 'faults': sum(struck.values()),
                           'devices killed': count['kill'], 'server killed': count['server-kill'], 'restarts': count['quit'] + count['server-stop'],
                           'slowest rest': took, **{f'fault {kind}': number for kind, number in struck.items()}}
        else:
            for one in found:
                self.note('WRONG', one)
        return found, summary

    def close(self):
        try:
            self.world.close()
        finally:
            self.trace.close()
