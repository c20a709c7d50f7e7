#!/usr/bin/python3
# summary.py LOG: the lowest, the middle and the highest of every figure, as tables in Markdown
# SPDX-License-Identifier: GPL-3.0-or-later
import statistics
import sys

# scenario: (what is counted, its figures with their headings)
TABLES = {
    'pairs': [('cpu_us', 'CPU-µs a message'), ('per_s', 'messages/s'), ('server_cpu_pct', 'server CPU %'),
              ('generator_cpu_pct', 'generator CPU %'), ('p50_ms', 'p50 ms'), ('p99_ms', 'p99 ms')],
    'pairsidle': [('cpu_us', 'CPU-µs a message'), ('per_s', 'messages/s'), ('server_cpu_pct', 'server CPU %'),
                  ('generator_cpu_pct', 'generator CPU %'), ('p50_ms', 'p50 ms'), ('p99_ms', 'p99 ms')],
    'fanout': [('cpu_us', 'CPU-µs a delivery'), ('per_s', 'deliveries/s'), ('server_cpu_pct', 'server CPU %'),
               ('generator_cpu_pct', 'generator CPU %'), ('p50_ms', 'p50 ms'), ('p99_ms', 'p99 ms')],
    'idle': [('kib_each', 'KiB PSS each'), ('login_cpu_ms', 'log-in CPU-ms'), ('idle_cpu_pct', 'CPU % while idle'),
             ('pss_kb', 'server PSS KiB')],
    'pairstls': [('cpu_us', 'CPU-µs a message'), ('per_s', 'messages/s'), ('server_cpu_pct', 'server CPU %'),
                 ('generator_cpu_pct', 'generator CPU %'), ('p50_ms', 'p50 ms'), ('p99_ms', 'p99 ms')],
    'fanouttls': [('cpu_us', 'CPU-µs a delivery'), ('per_s', 'deliveries/s'), ('server_cpu_pct', 'server CPU %'),
                  ('generator_cpu_pct', 'generator CPU %'), ('p50_ms', 'p50 ms'), ('p99_ms', 'p99 ms')],
    'idletls': [('kib_each', 'KiB PSS each'), ('login_cpu_ms', 'log-in CPU-ms'), ('idle_cpu_pct', 'CPU % while idle'),
                ('pss_kb', 'server PSS KiB')],
    'newest': [('p50_ms', 'p50 ms'), ('p99_ms', 'p99 ms'), ('cpu_ms', 'CPU-ms a page')],
    'older': [('p50_ms', 'p50 ms'), ('p99_ms', 'p99 ms'), ('cpu_ms', 'CPU-ms a page')],
    'start': [('map_ms', 'first window ms'), ('cpu_at_map_s', 'CPU-s until then'), ('cpu_s', 'CPU-s after 5 s'),
              ('rss_mb', 'RSS MB'), ('pss_mb', 'PSS MB')],
    'open': [('first_frame_ms', 'first frame ms'), ('cpu_ms', 'CPU-ms'), ('loaded', 'messages loaded')],
    'scroll': [('cpu_ms', 'CPU-ms a step'), ('frame_p50_ms', 'frame p50 ms'), ('frame_p99_ms', 'frame p99 ms'),
               ('frame_max_ms', 'frame max ms'), ('steps', 'steps'), ('loaded', 'messages loaded'), ('rss_mb', 'RSS MB'),
               ('kept_mb', 'pixels kept MB'), ('decoders_cpu_ms', 'decoders\' CPU-ms a step')],
}


def text(value):
    return f'{value:,.0f}' if abs(value) >= 100 else f'{value:.1f}' if abs(value) >= 10 else f'{value:.3g}'


def cell(values):
    if not values:
        return '-'
    low, middle, high = text(min(values)), text(statistics.median(values)), text(max(values))
    return f'**{middle}**' if low == high else f'{low} / **{middle}** / {high}'


def main():
    runs = {}
    for line in open(sys.argv[1], encoding='utf-8'):
        words = line.split()
        if len(words) < 3 or words[1] not in TABLES:
            continue
        figures = dict(w.split('=', 1) for w in words[2:] if '=' in w)
        if figures.get('failures', '0') != '0':
            print(f'left out, for it failed: {line.strip()}', file=sys.stderr)
            continue
        runs.setdefault(words[1], {}).setdefault(words[0], []).append(figures)
    for scenario, columns in TABLES.items():
        if scenario not in runs:
            continue
        print(f'### {scenario}\n')
        print('| | runs | ' + ' | '.join(heading for _, heading in columns) + ' |')
        print('|---' * (len(columns) + 2) + '|')
        for peer, rows in runs[scenario].items():
            cells = [cell([float(r[key]) for r in rows if r.get(key, '-') != '-']) for key, _ in columns]
            print(f'| {peer} | {len(rows)} | ' + ' | '.join(cells) + ' |')
        print()


main()
