#!/usr/bin/python3
# languages.py: what is wrong with a translation
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   languages.py PO TEMPLATE    says what is wrong with it, and fails if anything is
#
# For check-house.py: problems() of a file, and FAULTS, each of which it has to find.
import gettext
import os
import re
import subprocess
import sys
import tempfile

# The plural forms of the languages (as CLDR has them for whole numbers), in the manner of gettext
PLURALS = {
    'ar': (6, 'n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5'),
    'de': (2, 'n != 1'),
    'es': (2, 'n != 1'),
    'fr': (2, 'n > 1'),
    'uk': (3, 'n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2'),
}
# What g_date_time_format() puts in, and a text that is nothing else
DATE_PARTS = {'a': 'weekday', 'A': 'weekday', 'd': 'day', 'e': 'day', 'b': 'month', 'B': 'month', 'm': 'month', 'Y': 'year',
              'H': 'hour', 'k': 'hour', 'I': 'hour', 'l': 'hour', 'M': 'minute', 'p': 'half', 'P': 'half'}
DATE = re.compile(rf'(?:%-?[{"".join(DATE_PARTS)}]|[^%a-zA-Z])+$')
PRINTF = re.compile(r'%(?:\d+\$)?[-+#0]*\d*(?:\.\d+)?(?:hh|h|ll|l|z|j)?([diouxXeEfgGcsp%])')
# Spaces that do not break stand there in French
FRENCH = re.compile(r' [;:?!»]|« | $')
AS_FAR = 1000


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, LC_ALL='C.UTF-8', LANGUAGE=''), check=False)
    return done.returncode, done.stdout + done.stderr


def parse(text):
    """The entries of a .po file: dictionaries with msgid, msgstr, msgstr[0] and so on"""
    entries, entry, field = [], {}, None
    for line in [*text.splitlines(), '']:
        found = re.match(r'(msg[a-z_]+(?:\[\d\])?) "(.*)"$', line)
        if found:
            field = found.group(1)
            entry[field] = found.group(2)
        elif line.startswith('"') and field:
            entry[field] += line[1:-1]
        elif not line:
            if 'msgid' in entry:
                entries.append(entry)
            entry, field = {}, None
    return entries


def header_of(entries):
    return next((entry['msgstr'] for entry in entries if not entry['msgid']), '')


def plural_rule(text):
    found = re.search(r'nplurals=\s*(\d+);\s*plural=(.*?);(?:\\n|$)', text)
    return (int(found.group(1)), found.group(2)) if found else (0, '')


def plural_problems(header, language):
    count, rule = plural_rule(header)
    if language not in PLURALS:
        return [f'how many plural forms {language} has is not known: add it to PLURALS of {os.path.basename(__file__)}']
    known_count, known = PLURALS[language]
    if count != known_count:
        return [f'{count} plural forms; {language} has {known_count}']
    ours, theirs = gettext.c2py(rule), gettext.c2py(known)
    wrong = [n for n in range(AS_FAR) if ours(n) != theirs(n)]
    return [f'the plural form of {wrong[0]} is not the one that {language} has'] if wrong else []


def entry_problems(entry, language):
    source = entry['msgid']
    for field in [name for name in entry if name.startswith('msgstr')]:
        text = entry[field]
        if not text:
            continue
        if source.endswith(';') and (not text.endswith(';') or ';;' in text or re.search(r'\s;|;\s', text)):
            yield f'a list whose items do not all end in a semicolon: {text}'
        if source.endswith('…') != text.endswith('…'):
            yield f'"…" at the end of one alone: {source} / {text}'
        if source.startswith(' ') != text.startswith(' ') or source.endswith(' ') != text.endswith(' '):
            yield f'another space at an end: "{source}" / "{text}"'
        if DATE.match(source) and '%' in source:
            wanted, given = (sorted(DATE_PARTS.get(letter, letter) for letter in re.findall(r'%[-_0^#]?([a-zA-Z])', words))
                             for words in (source, text))
            if wanted != given:
                yield f'another date: {source} / {text}'
        elif 'msgid_plural' not in entry and sorted(PRINTF.findall(source)) != sorted(PRINTF.findall(text)):
            yield f'other things to fill in: {source} / {text}'
        if language == 'fr' and not source.endswith(' ') and FRENCH.search(text):
            yield f'a space that may break before or after a mark: {text}'


def problems(po, template):
    """What is wrong with a language, as lines; none where it is whole. TEMPLATE: a .pot file of all texts"""
    language = os.path.splitext(os.path.basename(po))[0]
    found = []
    code, out = run('msgfmt', '--check', '--check-accelerators=_', '--statistics', '--output-file', os.devnull, po)
    if code:
        found += [line.replace(os.path.dirname(po) + '/', '') for line in out.splitlines()[:20]]
    elif re.search('fuzzy|untranslated', out):
        found.append(out.strip())
    with open(po, encoding='utf-8') as file:
        entries = parse(file.read())
    with open(template, encoding='utf-8') as file:
        wanted = parse(file.read())
    there = {(entry.get('msgctxt'), entry['msgid'], entry.get('msgid_plural')) for entry in entries
             if all(text for name, text in entry.items() if name.startswith('msgstr'))}
    found += [f'lacks: {entry["msgid"]}' for entry in wanted
              if (entry.get('msgctxt'), entry['msgid'], entry.get('msgid_plural')) not in there]
    header = header_of(entries)
    if f'Language: {language}\\n' not in header or 'charset=UTF-8' not in header:
        found.append('its header does not say its language and UTF-8')
    found += plural_problems(header, language)
    for entry in entries:
        if entry['msgid']:
            found += entry_problems(entry, language)
    return found


def change(pattern, replacement):
    return lambda text: re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE | re.DOTALL)


# What goes wrong in a translation: the name of the fault, and a function that puts it into a .po file (of French)
FAULTS = {
    'a text without a translation': change(r'(msgid "Save"\nmsgstr) "[^"]*"', r'\1 ""'),
    'a text that is not there': change(r'[^\n]*\nmsgid "Save"\nmsgstr "[^"]*"\n', ''),
    'a fuzzy translation': change(r'msgid "Save"\n', '#, fuzzy\nmsgid "Save"\n'),
    'a plural form too few': change(r'msgstr\[1\] "[^"]*"\n', ''),
    'plural forms of another language': change(r'nplurals=2; plural=\([^)]*\)', 'nplurals=2; plural=(n != 1)'),
    'another number of plural forms': change(r'nplurals=2; plural=\([^)]*\)', 'nplurals=1; plural=0'),
    'something to fill in that is missing': change(r'(msgid "Message to %s"\nmsgstr) "[^"]*"', r'\1 "Message"'),
    'a number where there are words': change(r'(msgid "Message to %s"\nmsgstr) "[^"]*"', r'\1 "Message à %d"'),
    'a date of other parts': change(r'(msgid "%-d %b"\nmsgstr) "[^"]*"', r'\1 "%-d %Y"'),
    'keywords without their last semicolon': change(r'(msgid "Chat;[^"]*"\nmsgstr "[^"]*);"', r'\1"'),
    'a menu item without its key': change(r'(msgid "_Copy"\nmsgstr) "[^"]*"', r'\1 "Copier"'),
    'an ellipsis that is missing': change(r'(msgid "_Save As…"\nmsgstr "[^"]*)…"', r'\1"'),
    'a space that may break': change(r'(msgid "Sign Out\?"\nmsgstr) "[^"]*"', r'\1 "Se déconnecter ?"'),
    'a header without its language': change(r'"Language: fr\\n"\n', ''),
}


def missed_faults(po, template):
    """Each of FAULTS that is not found in PO; nothing can be told of one that is wrong as it is"""
    if problems(po, template):
        return []
    with open(po, encoding='utf-8') as file:
        text = file.read()
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, os.path.basename(po))
        for name, spoil in FAULTS.items():
            spoilt = spoil(text)
            with open(copy, 'w', encoding='utf-8') as file:
                file.write(spoilt)
            if spoilt == text:
                missed.append(f'{name}: could not be made')
            elif not problems(copy, template):
                missed.append(name)
    return missed


if __name__ == '__main__':
    lines = problems(sys.argv[1], sys.argv[2])
    print('\n'.join(f'{sys.argv[1]}: {line}' for line in lines), end='\n' if lines else '')
    sys.exit(1 if lines else 0)
