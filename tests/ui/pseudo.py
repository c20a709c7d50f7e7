#!/usr/bin/python3
# pseudo.py: runs a test in a language that nobody speaks: accents on every letter, brackets around every text, 40 % longer
# SPDX-License-Identifier: GPL-3.0-or-later
#
#   pseudo.py COMMAND [ARGUMENT]...
#
# Its texts are made of those in the sources, so that what is new is in it. What is left in plain letters was not translated; what has
# no closing bracket was cut off.
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LANGUAGE = 'xa'
LOCALE = '/usr/lib/locale/C.utf8'
LETTERS = str.maketrans('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
                        'ÀƁÇÐÉƑĜĤÎĴĶĻṀÑÖƤǪŔŠŢÛṼŴẊÝŽàƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýž')
# What the program puts in itself: directives of printf and of g_date_time_format
DIRECTIVE = re.compile(r'(%(?:\d+\$)?[-_0^#+ ]?\d*(?:\.\d+)?(?:hh|h|ll|l|z|j)?[a-zA-Z%]|\\.)')
FILLER = 'öñé ţŵö ţĥŕéé ƒöûŕ ƒîṽé šîẋ šéṽéñ éîĝĥţ ñîñé ţéñ '


def strange(text):
    """TEXT as it stands in a .po file, without its quotes"""
    parts = DIRECTIVE.split(text)
    letters = sum(len(part) for part in parts[0::2])
    words = ''.join(part if i % 2 else part.translate(LETTERS) for i, part in enumerate(parts))
    # Dates and separators are as long as they are
    if not any(part.upper() != part.lower() for part in parts[0::2]):
        return f'⟦{words}⟧'
    longer = (FILLER * (letters // len(FILLER) + 1))[:max(2, letters * 2 // 5)].strip()
    # What ends in a line break has to go on doing so
    end = re.search(r'(?:\\n)*$', words).group()
    return f'⟦{words[:len(words) - len(end)]} {longer}⟧{end}'


def translate(template):
    """The entries of the template, with a translation"""
    for entry in re.split(r'\n\n+', template)[1:]:
        ids, field = {}, None
        for line in entry.splitlines():
            found = re.match(r'(msgid|msgid_plural|msgctxt) "(.*)"$', line)
            if found:
                field = found.group(1)
                ids[field] = found.group(2)
            elif line.startswith('"') and field:
                ids[field] += line[1:-1]
            elif line.startswith('msgstr'):
                field = None
        if 'msgid' not in ids:
            continue
        lines = [f'{name} "{ids[name]}"' for name in ('msgctxt', 'msgid', 'msgid_plural') if name in ids]
        if 'msgid_plural' in ids:
            lines += [f'msgstr[0] "{strange(ids["msgid"])}"', f'msgstr[1] "{strange(ids["msgid_plural"])}"']
        else:
            lines.append(f'msgstr "{strange(ids["msgid"])}"')
        yield '\n'.join(lines) + '\n\n'


def locale_for(folder):
    """Settings of a locale that looks at LANGUAGE: newer C libraries translate nothing in one that is called C.UTF-8"""
    language = {'LANGUAGE': LANGUAGE, 'LC_ALL': 'C.UTF-8'}
    if not os.path.isdir(LOCALE):
        return language
    os.symlink(LOCALE, os.path.join(folder, f'{LANGUAGE}.UTF-8'))
    return dict(language, LOCPATH=folder, LC_ALL=f'{LANGUAGE}.UTF-8')


def main():
    with tempfile.TemporaryDirectory(prefix='chat-pseudo-') as folder:
        messages = os.path.join(folder, LANGUAGE, 'LC_MESSAGES')
        template, po = os.path.join(folder, 'chat.pot'), os.path.join(folder, 'chat.po')
        os.makedirs(messages)
        subprocess.run([os.path.join(TOP, 'po', 'check'), '--template', template], check=True)
        with open(template, encoding='utf-8') as file, open(po, 'w', encoding='utf-8') as out:
            out.write('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
                      '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n')
            out.writelines(translate(file.read()))
        subprocess.run(['msgfmt', '--check-format', '-o', os.path.join(messages, 'chat.mo'), po], check=True)
        return subprocess.run(sys.argv[1:], env=dict(os.environ, CHAT_LOCALE_DIR=folder, **locale_for(folder)), check=False).returncode


sys.exit(main())
