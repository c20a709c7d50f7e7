#!/usr/bin/python3
"""media.py SERVER WORK [MIB] [RUNS]: files over HTTP, by our server and by nginx, fetched by curl; and what chat waits meanwhile

SERVER is the program, WORK an empty folder, MIB the size of the file. nginx serves the same bytes from the same disk with the same certificate,
as Debian sets it up (sendfile, one worker). CPU is that of the server's processes, user and system, for each GiB. Each line of the
output is a result. Everything listens on 127.0.0.1.
"""
# SPDX-License-Identifier: GPL-3.0-or-later

import hashlib
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time

SERVER, WORK = sys.argv[1:3]
MIB = int(sys.argv[3]) if len(sys.argv) > 3 else 256
RUNS = int(sys.argv[4]) if len(sys.argv) > 4 else 3
PARALLEL = 10
SIZE = MIB << 20
TICK = os.sysconf("SC_CLK_TCK")


def tell(**values):
    print("media " + " ".join(f"{name}={value}" for name, value in values.items()), flush=True)


def cpu_of(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def peak_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))


class Chat:
    """A connection that asks one thing after another"""

    def __init__(self, port, tls):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        self.file = self.socket.makefile("rb")

    def ask(self, **request):
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(self.file.readline())


def log_in(port, tls, name):
    chat = Chat(port, tls)
    chat.ask(type="REQUEST_SIGNUP", login=name, **{"pass": "a password"})
    answer = chat.ask(type="REQUEST_LOGIN", login=name, features=["media"], **{"pass": "a password"})
    assert answer["status"] == "LOGIN_OK", answer
    return chat


def curl(*arguments):
    result = subprocess.run(["curl", "--silent", "--show-error", "--insecure", "--fail", *arguments], check=True, capture_output=True)
    return result.stdout.decode()


def upload(chat, path, sha256, name):
    answer = chat.ask(type="MEDIA_UPLOAD", name=name, size=SIZE, media_type="application/octet-stream", sha256=sha256)
    assert "url" in answer, answer
    headers = curl("--upload-file", path, "--dump-header", "-", "--output", os.devnull, answer["url"])
    return next(line.split(": ", 1)[1].strip() for line in headers.splitlines() if line.lower().startswith("location:"))


def together(function, arguments):
    threads = [threading.Thread(target=function, args=argument) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def fetch(url):
    curl("--output", os.devnull, url)


def measure(peer, what, pids, n, function):
    before, start = cpu_of(pids), time.monotonic()
    function()
    seconds = time.monotonic() - start
    cpu = cpu_of(pids) - before
    gib = n * SIZE / (1 << 30)
    tell(peer=peer, what=what, mib_per_s=f"{gib * 1024 / seconds:.0f}", cpu_s_per_gib=f"{cpu / gib:.3f}", peak_mib=f"{peak_of(pids[-1]):.0f}")


def latency(chat, room, seconds, until=None):
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end and (until is None or until()):
        start = time.monotonic()
        answer = chat.ask(type="SND_MSG", username="ann", room_id=room, message="hello", msg_type="TEXT")
        assert answer["status"] == "SUCCESS", answer
        times.append((time.monotonic() - start) * 1000)
        time.sleep(0.005)
    times.sort()
    return times


def tell_latency(what, times):
    tell(peer="server", what=what, n=len(times), p50_ms=f"{times[len(times) // 2]:.2f}", p99_ms=f"{times[len(times) * 99 // 100]:.2f}",
         max_ms=f"{times[-1]:.2f}")


def start_nginx(tls, data, path):
    folder = os.path.join(WORK, "nginx")
    os.makedirs(folder, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secure = f"ssl_certificate {data}/tls-cert.pem; ssl_certificate_key {data}/tls-key.pem; ssl_protocols TLSv1.2 TLSv1.3;" if tls else ""
    config = os.path.join(folder, "nginx.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write(f"""worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
{'user root;' if os.getuid() == 0 else ''}
events {{ worker_connections 768; }}
http {{ sendfile on; tcp_nopush on; access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
server {{ listen 127.0.0.1:{port}{' ssl' if tls else ''}; {secure} root {os.path.dirname(path)}; }} }}
""")
    process = subprocess.Popen(["nginx", "-c", config], stderr=subprocess.DEVNULL)
    url = f"http{'s' if tls else ''}://127.0.0.1:{port}/{os.path.basename(path)}"
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    children = subprocess.run(["ps", "--ppid", str(process.pid), "-o", "pid="], check=True, capture_output=True).stdout.split()
    return process, [process.pid] + [int(child) for child in children], url


def run(tls):
    label = "-tls" if tls else ""
    data = os.path.join(WORK, "data" + label)
    path = os.path.join(WORK, "file")
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        for _ in range(MIB):
            block = os.urandom(1 << 20)
            digest.update(block)
            file.write(block)
    sha256 = digest.hexdigest()
    arguments = ["--listen", "127.0.0.1:0", "--test-hash-cost", "--no-rate-limit", "--media-quota", "1T", "--data", data]
    server = subprocess.Popen([SERVER, *arguments, *([] if tls else ["--insecure"])], stdout=subprocess.PIPE)
    nginx = None
    try:
        port = int(server.stdout.readline().decode().rsplit(":", 1)[1])
        chat = log_in(port, tls, "ann")
        log_in(port, tls, "bob")
        room = chat.ask(type="CREATE_ROOM", username="ann", customer="bob")["id"]
        tell_latency("latency-alone" + label, latency(chat, room, 5))
        url = None
        for _ in range(RUNS):
            def put():
                nonlocal url
                url = upload(chat, path, sha256, "file")
            measure("server", "put" + label, [server.pid], 1, put)
        nginx, pids, nginx_url = start_nginx(tls, data, path)
        for _ in range(RUNS):
            for peer, ids, address in (("server", [server.pid], url), ("nginx", pids, nginx_url)):
                measure(peer, "get" + label, ids, 1, lambda address=address: fetch(address))
                measure(peer, f"get-{PARALLEL}-at-once{label}", ids, PARALLEL,
                        lambda address=address: together(fetch, [(address,)] * PARALLEL))

        # Five come and five go, for as long as chat is measured
        going = True

        def transfer(is_upload):
            own = log_in(port, tls, "carl") if is_upload else None
            while going:
                if is_upload:
                    upload(own, path, sha256, "file")
                else:
                    fetch(url)

        threads = [threading.Thread(target=transfer, args=(i % 2 == 0,)) for i in range(PARALLEL)]
        for thread in threads:
            thread.start()
        tell_latency(f"latency-beside-{PARALLEL}{label}", latency(chat, room, 10))
        going = False
        for thread in threads:
            thread.join()
    finally:
        for process in (server, nginx):
            if process is not None:
                process.terminate()
                process.wait()
        os.unlink(path)


for with_tls in (False, True):
    run(with_tls)
