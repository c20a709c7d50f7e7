#!/usr/bin/python3
# start.py XWAIT LABEL COMMAND...: one start of a program in this X session: the time to its first window, CPU and memory
# SPDX-License-Identifier: GPL-3.0-or-later
import os
import select
import subprocess
import sys
import time

AT_S = 5        # memory and CPU are read so long after the start
PATIENCE_S = 60
TICKS = os.sysconf('SC_CLK_TCK')


def cpu(pid):
    with open(f'/proc/{pid}/stat', encoding='utf-8', errors='replace') as file:
        fields = file.read().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid):
    rss = pss = 0
    with open(f'/proc/{pid}/smaps_rollup', encoding='utf-8') as file:
        for line in file:
            if line.startswith('Rss:'):
                rss = int(line.split()[1])
            elif line.startswith('Pss:'):
                pss = int(line.split()[1])
    return rss / 1024, pss / 1024


def main():
    xwait, label, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    with subprocess.Popen([xwait], stdout=subprocess.PIPE, text=True) as windows:
        windows.stdout.readline()
        begin = time.monotonic_ns()
        app = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not select.select([windows.stdout], [], [], PATIENCE_S)[0]:
            print(f'{label}: no window within {PATIENCE_S} s', file=sys.stderr)
            app.kill()
            windows.terminate()
            return 1
        line = windows.stdout.readline().split()
        at_map = cpu(app.pid)
        time.sleep(max(0, AT_S - (time.monotonic_ns() - begin) / 1e9))
        if app.poll() is not None:
            print(f'{label}: ended with {app.returncode}', file=sys.stderr)
            return 1
        rss, pss = memory(app.pid)
        print(f'{label} start map_ms={(int(line[0]) - begin) / 1e6:.0f} window={line[1]} cpu_at_map_s={at_map:.2f} '
              f'cpu_s={cpu(app.pid):.2f} rss_mb={rss:.1f} pss_mb={pss:.1f}', flush=True)
        app.terminate()
        app.wait()
        windows.terminate()
    return 0


sys.exit(main())
