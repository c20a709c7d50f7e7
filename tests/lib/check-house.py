#!/usr/bin/env python3
# check-house.py: what no compiler checks: the layers, the root, the translation, the data files
# SPDX-License-Identifier: GPL-3.0-or-later
"""check-house.py [SOURCE]: TAP, a line for each rule. Needs no build, only the tools that validate the data."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import languages

ROOT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), '..', '..'))
AT_ROOT = {'app', 'data', 'po', 'tests', 'server-stub', 'meson.build', 'com.example.Chat.desktop', 'README.md', 'LICENSE',
           'meson_options.txt'}

APP_ID = 'com.example.Chat'
# Whose headers each layer may include, by folder; "" is the application itself
LAYERS = {
    'app/protocol': {'app/protocol'},
    'app/net': {'app/net', 'app/protocol'},
    'app/store': {'app/store'},
    'app/model': {'app/model'},
    'app/session': {'app/session', 'app/net', 'app/store', 'app/model'},
    'app/ui': {'app/ui', 'app/session', 'app/model'},
    'app/desktop': {'app/desktop', 'app/ui', 'app/session', 'app/model'},
    'app': {'app', 'app/desktop', 'app/ui', 'app/session', 'app/model', 'app/net', 'app/store', 'app/protocol'},
    'server-stub': {'server-stub', 'app/protocol'},
}
# Who may include the headers of a library
LIBRARIES = {
    r'gtk/|gdk/|gsk/|adwaita|gdk-pixbuf/': {'app/ui', 'app/desktop', 'app'},
    r'libsoup': {'app/net', 'server-stub'},
    r'sqlite3': {'app/store', 'server-stub'},
    r'libsecret': {'app/session'},
    r'libportal': {'app/desktop'},
    r'sodium|gnutls': {'server-stub'},
    r'json-glib': {'app/protocol', 'app/net', 'server-stub'},
}
number = failed = 0


def check(wrong, name):
    """WRONG: a list of what breaks the rule."""
    global number, failed
    number += 1
    failed += bool(wrong)
    print(f'{"not ok" if wrong else "ok"} {number} - {name}')
    for line in wrong[:20]:
        print(f'#   {line}')
    sys.stdout.flush()


def skip(name, why):
    global number
    number += 1
    print(f'ok {number} - {name} # SKIP {why}')


def files():
    """Every file of the project; what git does not know yet counts, what it ignores does not."""
    listed = subprocess.run(['git', '-c', f'safe.directory={ROOT}', '-C', ROOT, 'ls-files', '-co', '--exclude-standard', '-z'],
                            capture_output=True)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split('\0') if name]
    else:
        names = []
        for folder, folders, found in os.walk(ROOT):
            folders[:] = [one for one in folders if not one.startswith(('.git', '_build', '__pycache__'))]
            names += [os.path.relpath(os.path.join(folder, one), ROOT) for one in found]
    return sorted(name for name in names if os.path.isfile(os.path.join(ROOT, name)))


def read(name):
    with open(os.path.join(ROOT, name), encoding='utf-8', errors='replace') as file:
        return file.read()


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, **options)
    return result.returncode, (result.stdout + result.stderr).strip()


def tool(command, name):
    if shutil.which(command):
        return True
    check([f'{command} is not installed'], name)
    return False


def layer_of(name):
    folder = os.path.dirname(name)
    return folder if folder in LAYERS else None


def root(names):
    check(sorted({name.split('/')[0] for name in names if not name.startswith('.')} - AT_ROOT), 'the root holds only what may stand there')
    check([name for name in ('app/run', 'tests/run', 'server-stub/run', '.ci/run') if not os.access(os.path.join(ROOT, name), os.X_OK)],
          'the commands are there and can be run')


def includes(names):
    owner = {os.path.basename(name): layer_of(name) for name in names if name.endswith('.h') and layer_of(name)}
    wrong, libraries, upwards = [], [], []
    for name in names:
        layer = layer_of(name)
        if not layer or not name.endswith(('.c', '.h')):
            continue
        for kind, header in re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)', read(name), re.MULTILINE):
            base = os.path.basename(header)
            if '../' in header:
                upwards.append(f'{name}: {header}')
            if base in owner and owner[base] not in LAYERS[layer]:
                wrong.append(f'{name} includes {base} of {owner[base]}')
            for pattern, allowed in LIBRARIES.items():
                if kind == '<' and re.match(pattern, header) and layer not in allowed:
                    libraries.append(f'{name} includes <{header}>')
    check(wrong, 'no layer includes what it may not know')
    check(libraries, 'no layer includes a library that it may not know')
    check(upwards, 'no include goes through ../')
    newer = re.compile(r'\b(dlsym|adw_message_dialog_new)\s*\(')
    check([f'{name}:{at}' for name in names if name.startswith('app/') and name.endswith('.c') and name != 'app/ui/chat-compat.c'
           for at, line in enumerate(read(name).splitlines(), 1) if newer.search(line)],
          'what is another in newer versions is reached through ui/chat-compat alone (chat_compat_message_dialog_new() for questions)')


def text(names):
    code = [name for name in names if name.endswith(('.c', '.h', '.py', '.sh', '.ui')) or os.path.basename(name) == 'run']
    check([name for name in code if 'SPDX-License-Identifier: GPL-3.0-or-later' not in ''.join(read(name)[:600])],
          'each source file names its licence')
    check([f'{name}: {count}' for name in code if (count := read(name).count('\n')) > 800], 'no source file is longer than 800 lines')
    own = os.path.relpath(os.path.abspath(__file__), ROOT)
    checked = [name for name in names if name != own and not name.endswith(('.png', '.po', '.pot', '.svg'))]
    marks = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X|HA' r'CK)\b')
    check([f'{name}:{at}' for name in checked if name.endswith(('.c', '.h', '.py', '.sh', '.ui', 'meson.build', '/run'))
           for at, line in enumerate(read(name).splitlines(), 1) if marks.search(line)], 'nothing is left for later')
    check([f'{name}: {out}' for name in names if name.endswith('.sh') or os.path.basename(name) == 'run' and 'bash' in read(name)[:40]
           for code, out in [run('bash', '-n', name)] if code], 'shell scripts parse')
    wrong = []
    for name in names:
        if name.endswith('.py'):
            try:
                compile(read(name), name, 'exec')
            except SyntaxError as error:
                wrong.append(f'{name}: {error}')
    check(wrong, 'Python programs parse')


def data(names):
    wrong = []
    for name in names:
        if name.endswith(('.ui', '.xml', '.svg')):
            try:
                ET.parse(os.path.join(ROOT, name))
            except ET.ParseError as error:
                wrong.append(f'{name}: {error}')
    check(wrong, 'each XML file is well-formed')
    if tool('desktop-file-validate', 'the desktop file is valid'):
        code, out = run('desktop-file-validate', 'com.example.Chat.desktop')
        check([out or f'status {code}'] if code or out else [], 'the desktop file is valid')
    if tool('appstreamcli', 'the metainfo is valid'):
        for name in names:
            if name.endswith('.metainfo.xml'):
                # The id was given, and AppStream before 1.0 knows developers by another tag, which later versions do not want
                known = ('cid-contains-uppercase-letter com.example.Chat', 'unknown-tag developer')
                code, out = run('appstreamcli', 'validate', '--pedantic', '--no-net', name)
                wrong = [line for line in out.splitlines() if re.match('[EWIP]: ', line) and not line.endswith(known)]
                check(wrong or out.splitlines() or ['no word'] if code or wrong else [], f'{name} is valid')
    metainfo()
    if any(name.endswith('.gschema.xml') for name in names):
        code, out = run('glib-compile-schemas', '--strict', '--dry-run', 'data')
        check([out] if code else [], 'the settings schema compiles strictly')


def metainfo():
    """What it tells is there."""
    tree = ET.parse(os.path.join(ROOT, f'data/{APP_ID}.metainfo.xml'))
    pictures = [image.text.rsplit('/', 1)[1] for image in tree.iter('image')]
    check([name for name in pictures if not os.path.isfile(os.path.join(ROOT, 'data', 'screenshots', name))] or ([] if pictures else ['none']),
          'each picture of the metainfo is one of data/screenshots')
    newest = next(tree.iter('release')).get('version')
    check([] if re.search(rf"version: '{re.escape(newest)}'", read('meson.build')) else [f'the newest release is {newest}'],
          'the newest release is the version of the project')


def flatpak(names):
    """The manifest asks for no more than the app needs, and builds nothing but this tree."""
    def once(pairs):
        keys = [key for key, _ in pairs]
        wrong.extend(f'{key} stands there twice' for key in set(keys) if keys.count(key) > 1)
        return dict(pairs)
    wrong = []
    try:
        manifest = json.loads(read(f'data/{APP_ID}.json'), object_pairs_hook=once)
    except ValueError as error:
        return check([str(error)], 'the manifest of the flatpak can be read')
    check(wrong, 'the manifest of the flatpak can be read')

    allowed = {'--share=network', '--share=ipc', '--socket=wayland', '--socket=fallback-x11', '--device=dri'}
    wrong = [one for one in manifest.get('finish-args', []) if one not in allowed]
    wrong += [f'{key} in {module.get("name")}' for module in [manifest, *manifest['modules']] for key in ('build-options', 'add-extensions') if key in module]
    check(wrong, 'the flatpak may do no more than it needs')
    sources = [source for module in manifest['modules'] for source in module.get('sources', ['no source'])]
    check([str(one) for one in sources if one.get('type') != 'dir' or one.get('path') != '..'] or ([] if sources else ['no source']),
          'the flatpak is built from this tree alone')

    desktop = dict(line.split('=', 1) for line in read(f'{APP_ID}.desktop').splitlines() if '=' in line)
    told = ET.parse(os.path.join(ROOT, f'data/{APP_ID}.metainfo.xml')).getroot()
    pairs = {'the id': manifest.get('id'), 'the command': manifest.get('command'), 'the icon of the desktop file': desktop.get('Icon'),
             'the program of the desktop file': desktop.get('Exec', '').split()[0], 'the id of the metainfo': told.findtext('id'),
             'what the metainfo launches': (told.findtext('launchable') or '').removesuffix('.desktop')}
    wrong = [f'{what} is {value}' for what, value in pairs.items() if value != APP_ID]
    wrong += [f'{name} is not there' for name in (f'data/icons/hicolor/scalable/apps/{APP_ID}.svg', f'data/icons/hicolor/symbolic/apps/{APP_ID}-symbolic.svg',
                                                 f'data/{APP_ID}.service.in') if name not in names]
    runtime = manifest.get('runtime'), manifest.get('sdk'), manifest.get('runtime-version')
    if runtime[:2] != ('org.gnome.Platform', 'org.gnome.Sdk') or not re.fullmatch(r'[1-9]\d', runtime[2] or '') or f'//{runtime[2]}' not in read('README.md'):
        wrong.append(f'the runtime is {runtime}, and README.md names it')
    check(wrong, 'the names of the flatpak, the desktop file, the metainfo and the icons agree')
    return None


def packaging(names):
    """What a system gets beside the programs; each linter where it is there."""
    pages = [name for name in names if re.search(r'\.[1-8]$', name) and read(name).find('.Dd ') >= 0]
    wrong = [] if pages else ['there is none']
    for name in pages:
        if shutil.which('mandoc'):
            wrong += run('mandoc', '-T', 'lint', '-W', 'warning', name)[1].splitlines()
        elif shutil.which('man'):
            wrong += subprocess.run(['man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', name], cwd=ROOT, text=True, check=False,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                    env=dict(os.environ, MANROFFSEQ='', LC_ALL='C.UTF-8')).stderr.splitlines()
    check(wrong, 'the man pages are clean')
    unit = 'server-stub/com.example.Chat.Server.service.in'
    if not shutil.which('systemd-analyze'):
        return skip('the unit of the server is valid, and shuts in what it runs', 'needs systemd-analyze')
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, 'com.example.Chat.Server.service')
        with open(copy, 'w', encoding='utf-8') as file:
            file.write(read(unit).replace('@bindir@/com.example.Chat.Server', '/bin/true'))
        code, out = run('systemd-analyze', 'verify', '--man=no', copy)
        wrong = [line for line in out.splitlines() if 'com.example.Chat' in line] if code or 'com.example.Chat' in out else []
        # In tenths; systemd's own words begin at 2.0 with "ok"
        code, out = run('systemd-analyze', 'security', '--offline=true', '--no-pager', '--threshold=15', copy)
        if code:
            wrong.append(out.splitlines()[-1] if out else f'status {code}')
    check(wrong, 'the unit of the server is valid, and shuts in what it runs')
    return None


def strip_own(path):
    """A copy of a .ui file with what only the program itself knows taken out: own classes, handlers, bindings."""
    tree = ET.parse(path)
    parents = {child: parent for parent in tree.iter() for child in parent}
    for node in list(tree.iter()):
        if node.tag in ('signal', 'binding') or node.tag == 'property' and (node.get('bind-source') or node.get('bind-property')):
            if node in list(parents[node]):
                parents[node].remove(node)
        elif node.tag == 'object' and node.get('class', '').startswith('Chat'):
            number = node.get('id')
            node.clear()
            node.set('class', 'GtkLabel')
            if number:
                node.set('id', number)
        elif node.tag == 'template' and node.get('parent', '').startswith('Adw'):
            # The tool takes only GTK's own types for the parent of a template, but any for an object.
            node.tag = 'object'
            node.set('class', node.attrib.pop('parent'))
    return tree


def interfaces(names):
    found = [name for name in names if name.endswith('.ui')]
    if not found:
        return check(['there is none'], 'interface files')
    if not tool('gtk4-builder-tool', 'interface files'):
        return None
    if not os.environ.get('DISPLAY') and not os.environ.get('WAYLAND_DISPLAY'):
        return skip('interface files', 'needs a display: run it through tests/lib/session.sh')
    environment = dict(os.environ, LD_PRELOAD='libadwaita-1.so.0')
    with tempfile.TemporaryDirectory() as folder:
        for name in found:
            copy = os.path.join(folder, os.path.basename(name))
            strip_own(os.path.join(ROOT, name)).write(copy, encoding='utf-8', xml_declaration=True)
            code, out = run('gtk4-builder-tool', 'validate', copy, env=environment)
            check(out.splitlines() or [f'status {code}'] if code else [], f'{name} is a valid interface file')
    wrong = []
    for name in found:
        for node in ET.parse(os.path.join(ROOT, name)).iter('property'):
            if node.get('name') in ('label', 'title', 'tooltip-text', 'placeholder-text', 'description', 'subtitle', 'heading', 'body') \
                    and re.search('[a-z]{2}', node.text or '') and node.get('translatable') not in ('yes', 'true', '1', 'no'):
                wrong.append(f'{name}: {node.get("name")} "{node.text}"')
    check(wrong, 'each text of an interface file can be translated')
    return None


def translation(names):
    listed = [line.strip() for line in read('po/POTFILES').splitlines() if line.strip() and not line.startswith('#')]
    check([name for name in listed if name not in names], 'po/POTFILES lists only files that exist')
    call = re.compile(r'(?<![A-Za-z0-9_])(_|N_|C_|NC_|Q_|gettext|ngettext|dgettext|g_dngettext|g_dpgettext2)\s?\(\s*"')
    wanted = []
    for name in names:
        if name.startswith('app/') and name.endswith('.c') and call.search(read(name)) \
                or name.endswith('.ui') and 'translatable=' in read(name) \
                or name.endswith(('.desktop', '.metainfo.xml')):
            wanted.append(name)
    check(sorted(set(wanted) - set(listed)), 'po/POTFILES lists every file with texts to translate')
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, 'chat.pot')
        code, out = run('xgettext', '--directory', ROOT, '--files-from', 'po/POTFILES', '--from-code=UTF-8', '--output', template,
                        '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2', '--keyword=g_dngettext:2,3',
                        '--keyword=g_dpgettext2:2c,3', '--add-comments')
        check([out] if code or not os.path.exists(template) else [], 'the texts can be extracted')
        for language in read('po/LINGUAS').split():
            po = f'po/{language}.po'
            check(languages.problems(os.path.join(ROOT, po), template), f'{po} is whole and right')
        check(languages.missed_faults(os.path.join(ROOT, 'po/fr.po'), template), 'each fault of a translation (po/*.po) would be found')


def main():
    names = files()
    for part in (root, includes, text, data, flatpak, packaging, interfaces, translation):
        part(names)
    print(f'1..{number}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
