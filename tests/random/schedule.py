# schedule.py: what happens in a run, and what goes wrong, all of it from the seed
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan is a list of steps (pause in ms, verb, arguments). The same seed is the same plan; how the programs fare with it depends on
the machine as well."""

import random

WORDS = ('tea', 'Привіт', 'naïve', '🚲🚲', 'so', 'to-morrow', 'a\u0301', 'rather', 'ні', 'the station', '"quoted"', 'back\\slash', '…')
CUTS = ('fin', 'reset')
GENTLE = ('delay', 'dribble')
DAMAGE = ('duplicate', 'drop')      # TCP never does that: only under TLS, which must notice


class Plan:
    def __init__(self, seed, busy=False):
        chance = random.Random(seed)
        self.seed = seed
        self.chance = chance
        self.people = ['anna', 'bob', 'eve'][:chance.choice((2, 3, 3))]
        self.devices = [(person, number) for person in self.people for number in range(chance.choice((2, 2, 3)))]
        self.tls = chance.random() < 0.35
        self.limits = chance.random() < 0.2
        self.short_log = chance.random() < 0.3
        self.pace = 6 if busy else chance.choice((5, 10, 18))
        self.server_kills = busy or chance.random() < 0.7
        self.busy = busy
        self.texts = 0
        self.later = {}             # step -> what then ends or begins again
        self.down = {}              # what does not run: until which step
        self.steps = []
        self.make(chance.randrange(260, 420))

    def make(self, length):
        for at in range(length):
            for verb, *arguments in self.later.pop(at, ()):
                self.steps.append((0, verb, *arguments))
            self.steps.append((self.chance.randrange(2 * self.pace), *self.step(at, length)))
            if self.chance.random() < 0.012:
                self.burst()
        for at in sorted(self.later):
            for verb, *arguments in self.later[at]:
                self.steps.append((0, verb, *arguments))

    def after(self, at, least, most, *what):
        self.later.setdefault(at + self.chance.randrange(least, most), []).append(what)

    def text(self, device):
        self.texts += 1
        words = [self.chance.choice(WORDS) for _ in range(self.chance.choice((0, 1, 2, 5, 12)))]
        if self.chance.random() < 0.03:
            words.append('long ' * self.chance.randrange(100, 1500))
        return f'm{self.texts}-{self.people.index(self.devices[device][0])}{self.devices[device][1]}', ' '.join(words).strip()

    def burst(self):
        """More than a page, as fast as it goes."""
        device = self.chance.randrange(len(self.devices))
        peer = self.peer(device)
        for _ in range(self.chance.choice((10, 30, 70))):
            self.steps.append((0, 'send', device, peer, *self.text(device)))

    def peer(self, device):
        return self.chance.choice([person for person in self.people if person != self.devices[device][0]])

    def step(self, at, length):
        chance = self.chance
        device = chance.randrange(len(self.devices))
        kind = chance.choices(
            ('send', 'edit', 'delete', 'read', 'look', 'fault', 'offline', 'kill', 'quit', 'server', 'connect', 'retry'),
            (46, 10, 5, 10, 7, 9, 2.5, 2.5, 0.7, 2.5 if self.server_kills else 0.3, 2, 2))[0]
        if kind == 'send':
            name, rest = self.text(device)
            return 'send', device, self.peer(device), name, rest
        if kind == 'edit':
            self.texts += 1
            return 'edit', device, self.peer(device), chance.choice((0, 0, 1, 2, 5)), f'e{self.texts} ' + chance.choice(WORDS)
        if kind == 'delete':
            return 'delete', device, self.peer(device), chance.choice((0, 1, 3, 8))
        if kind == 'read':
            return 'read', device, self.peer(device), chance.choice((0, 0, 1, 4))
        if kind == 'look':
            return chance.choice(('open', 'open', 'close', 'older')), device, self.peer(device)
        if kind in ('connect', 'retry'):
            return kind, device
        if kind == 'fault':
            return self.fault(at, device)
        if kind == 'offline':
            self.after(at, 5, 60, 'calm', device)
            return 'offline', device, chance.choice(('refuses', 'silent')), chance.choice(CUTS)
        if kind in ('kill', 'quit'):
            if self.down.get(device, -1) >= at:
                return ('connect', device)
            self.down[device] = at + chance.randrange(1, 40)
            self.later.setdefault(self.down[device], []).append(('start', device))
            return kind, device
        if self.down.get('server', -1) >= at:
            return ('connect', device)
        self.down['server'] = at + chance.randrange(1, 25)
        self.later.setdefault(self.down['server'], []).append(('server-start',))
        return chance.choice(('server-kill', 'server-kill', 'server-kill', 'server-stop')),

    def fault(self, at, device):
        chance = self.chance
        kinds = CUTS * 3 + GENTLE + ('swallow', 'half-open') + (DAMAGE * 2 if self.tls else ())
        kind = chance.choice(kinds)
        direction = chance.choice(('up', 'down'))
        place = chance.choice((0, chance.randrange(60), chance.randrange(700), chance.randrange(6000)))
        count = chance.randrange(1, 60) if kind in DAMAGE else chance.randrange(1, 400)
        ms = chance.choice((0, 0, 1)) if kind == 'dribble' else chance.randrange(1, 250)
        if kind in ('swallow', 'half-open'):
            self.after(at, 10, 80, 'calm', device)
        # Either something befalls what is open, or the connection that is made next
        return chance.choice(('strike', 'strike', 'arm')), device, kind, direction, place, count, ms
