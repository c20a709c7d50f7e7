#!/usr/bin/env python3
# test-session.py: the app's session against a hostile server
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-session.py --probe PROBE [--instrumented] [SCENARIO]...

Each scenario of scenarios.py against a session without windows. What is proven of each: it does not crash and warns of nothing, its main
loop stands still for no longer than STALL_MS, it stays within PEAK_MIB, what the person is told is what is expected, and once the server
behaves, it is connected again and messages go both ways. The figures stand in the output.
"""

import argparse
import concurrent.futures
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'conformance')]
from hostile_server import Server  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402
from tap import Tap  # noqa: E402

STALL_MS = 2000         # on a machine that does other things as well
PEAK_MIB = 150
WAITING = 2000 + 130    # events for the store: CHAT_SESSION_MAX_WAITING, and what is read at once
WAITING_MIB = 8 + 2
PATIENCE = 60


class Probe:
    def __init__(self, program, server, home):
        environment = dict(os.environ, G_DEBUG='fatal-warnings', LC_ALL='C.UTF-8', HOME=home, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home,
                           XDG_CACHE_HOME=home, XDG_RUNTIME_DIR=home, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent')
        self.errors = tempfile.TemporaryFile('w+', encoding='utf-8', errors='replace')
        self.process = subprocess.Popen([program, '--server', '%s:%d' % server.address[:2], '--login', 'anna', '--pass', 'a good one',
                                         '--dir', os.path.join(home, 'profile')], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, text=True, env=environment)
        self.lines = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip('\n'))
        self.lines.put(None)

    def read(self, seconds=PATIENCE):
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            return '(nothing)'
        return line if line is not None else f'(ended with {self.process.wait()})'

    def ask(self, word):
        try:
            self.process.stdin.write(word + '\n')
            self.process.stdin.flush()
        except OSError:
            pass
        return self.read() if word in ('report', 'recover') else None

    def end(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return 'none: it did not end'

    def said(self):
        self.errors.seek(0)
        return self.errors.read()


def lacks(scenario, report):
    """What is still missing of what is to become of it, in words."""
    banners = [line for line in report['told'] if line.startswith('banner')]
    if scenario.expect == 'left' and not banners:
        return 'the connection is not given up'
    if scenario.expect == 'online' and (report['state'] != 2 or banners):
        return 'the connection is gone'
    if scenario.tells and not any(scenario.tells in line for line in report['told']):
        return f'nobody is told: {scenario.tells}'
    return scenario.check(report)


def run(program, kind, home):
    """Returns: what was found out about one scenario."""
    scenario = kind()
    server = Server(scenario)
    probe = Probe(program, server, home)
    result = {'name': kind.name, 'faults': []}
    try:
        result['signed in'] = probe.read()
        if not server.attack_over.wait(scenario.seconds + PATIENCE):
            result['faults'].append('the attack did not end')
        if scenario.opens:
            probe.ask('open')
            time.sleep(0.3)         # no effect to wait for: it is to show that nothing happens
        until = time.monotonic() + PATIENCE
        while True:
            line = probe.ask('report')
            try:
                result['report'] = json.loads(line)
            except ValueError:
                result['faults'].append(f'no report but {line}')
                return result
            if not lacks(scenario, result['report']) or time.monotonic() > until:
                break
            time.sleep(0.05)
        server.turn_honest()
        start = time.monotonic()
        result['recovered'] = probe.ask('recover')
        result['recovery'] = time.monotonic() - start
        line = probe.ask('report')
        try:
            result['after'] = json.loads(line)
        except ValueError:
            result['faults'].append(f'no report afterwards but {line}')
    finally:
        result['status'] = probe.end()
        result['said'] = probe.said()
        result['sent'] = server.sent
        server.close()
    return result


def judge(tap, kind, result, factor):
    name, faults = kind.name, result['faults']
    report, after = result.get('report'), result.get('after')
    tap.ok(result['status'] == 0 and not faults and 'WARNING' not in result['said'] and 'CRITICAL' not in result['said'],
           f'{name}: no crash, no warning', f'status {result["status"]} {faults}\n{result["said"][-3000:]}')
    if not report or not after:
        return None
    stall, peak = after['stall_ms'], after['peak_kib'] / 1024
    tap.ok(stall < STALL_MS * factor, f'{name}: it stays responsive', f'the longest stall was {stall:.0f} ms')
    if factor == 1:
        tap.ok(0 < peak < PEAK_MIB, f'{name}: its memory is bounded', f'{peak:.0f} MiB')
    tap.ok(after['waiting'] <= WAITING and after['waiting_kib'] <= WAITING_MIB * 1024, f'{name}: what waits for the disk is bounded',
           f'{after["waiting"]} events, {after["waiting_kib"]} KiB')
    missing = lacks(kind(), report)
    tap.ok(missing is None, f'{name}: what is to become of it', f'{missing}\n{report}')
    tap.ok(result['recovered'].startswith('recovered'), f'{name}: an honest server works again', result['recovered'] + '\n' + result['said'][-1500:])
    return stall, peak


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--probe', required=True)
    parser.add_argument('--instrumented', action='store_true', help='it is slow, and its memory is not its own')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('scenario', nargs='*')
    options = parser.parse_args()
    tap = Tap()
    kinds = [SCENARIOS[name] for name in options.scenario] or list(SCENARIOS.values())
    factor = 5 if options.instrumented else 1
    rows = []

    def work(kind):
        with tempfile.TemporaryDirectory(prefix='chat-hostile-') as home:
            return run(options.probe, kind, home)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for kind, future in [(kind, pool.submit(work, kind)) for kind in kinds]:
            try:
                result = future.result()
            except Exception as error:      # the test itself failed
                tap.ok(False, f'{kind.name}: ran to its end', repr(error))
                continue
            figures = judge(tap, kind, result, factor)
            if figures:
                told = result['report']['told'] or ['nothing']
                rows.append((kind.name, *figures, result['after']['waiting'], result['sent'] / 2 ** 20, result['recovery'], ' / '.join(told)))
    print('# scenario            stall ms  peak MiB  waiting  sent MiB  back s  what the person is told')
    for name, stall, peak, waiting, sent, recovery, told in rows:
        print(f'# {name:18} {stall:9.0f} {peak:9.0f} {waiting:8d} {sent:9.1f} {recovery:7.2f}  {told[:160]}')
    tap.finish()


if __name__ == '__main__':
    main()
