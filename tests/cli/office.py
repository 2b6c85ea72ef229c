"""What the tests of the command line share: a configuration in a folder of its own, a server that runs on it, and the
simplest client of the event service (version 1)."""
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALLBOARD = os.environ.get("CALLBOARD", str(ROOT / "build/dev/src/app/callboard"))
IO = os.environ.get("CALLBOARD_IO", "automatic")  # valgrind does not see what comes through a ring
PATIENCE = float(os.environ.get("CALLBOARD_PATIENCE", 1))  # times what a process may take
TRACES = ROOT / "tests/traces"
LINES = {extension: f"0033123456{extension}" for extension in ("101", "102", "103")}


def run(*arguments, within=20, **options):
    return subprocess.run([CALLBOARD, *map(str, arguments)], capture_output=True, text=True, timeout=within * PATIENCE, **options)


def free_port(kind=socket.SOCK_STREAM):
    """Below the range that the kernel gives to clients, which may take a port between the look and the use."""
    for _ in range(100):
        port = random.randint(10_000, 32_000)
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError("no free port")


def wait_for(condition, what, within=60):
    end = time.monotonic() + within * PATIENCE
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError(f"waited {within} s in vain: {what}")


class Client:
    """Long poll: the last Session goes back."""

    def __init__(self, base, token, session=None):
        self.base, self.token, self.session, self.events = base, token, session, []

    def poll(self, within=30):
        """Status and body of one poll; a good one is remembered."""
        url = f"{self.base}/?token={self.token}" + (f"&session={self.session}" if self.session else "")
        try:
            with urllib.request.urlopen(url, timeout=within) as answer:
                body = json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        self.session = body["Session"] or self.session
        self.events += body["Events"]
        return 200, body

    def waiting(self):
        """A poll in the background: (thread, list that gets its outcome)."""
        outcome = []

        def wait():
            try:
                outcome.append(self.poll())
            except OSError as error:  # the server was killed
                outcome.append((0, {"Message": str(error)}))
        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        return thread, outcome

    def until(self, done, within=20):
        end = time.monotonic() + within
        while not done(self.events) and time.monotonic() < end:
            self.poll()
        return self.events


class Server:
    """`callboard serve` on a configuration."""

    def __init__(self, config, base, log):
        self.base, self.log = base, log
        with open(log, "a") as stderr:
            self.process = subprocess.Popen([CALLBOARD, "serve", "--config", config], stderr=stderr)
        try:
            wait_for(self.ready, "the server to be ready")
        except AssertionError:
            self.kill()
            raise AssertionError("not ready:\n" + pathlib.Path(log).read_text()) from None

    def ready(self):
        with urllib.request.urlopen(f"{self.base}/readyz", timeout=5) as answer:
            return answer.status == 200

    def metric(self, name):
        """Sum over all labels."""
        with urllib.request.urlopen(f"{self.base}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name)

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self, within=5):
        """SIGTERM; the exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(within * PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Office(unittest.TestCase):
    """A folder with a configuration: three lines and a HEP input."""

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="callboard-cli-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.http, self.hep = free_port(), free_port(socket.SOCK_DGRAM)
        self.base = f"http://127.0.0.1:{self.http}"
        self.config = self.write()

    def write(self, name="callboard.toml", lines=LINES, data=None, more="", timeout="30s"):
        services = "".join(f'[[account.service]]\nnumber = "{number}"\ntype = "sipCirpack"\naliases = ["{extension}"]\n'
                           for extension, number in lines.items())
        path = self.dir / name
        path.write_text(f'data_dir = "{data or self.dir / "data"}"\nthreads = 2\n[http]\nlisten = ["127.0.0.1:{self.http}"]\nio = "{IO}"\n'
                        f'poll_timeout = "{timeout}"\n[[account]]\nid = "office"\n{services}'
                        f'[[source]]\nname = "mirror"\nkind = "hep"\nlisten = "udp:127.0.0.1:{self.hep}"\n{more}')
        return path

    def serve(self):
        server = Server(self.config, self.base, self.dir / "log")
        self.addCleanup(server.kill)
        return server

    def log(self):
        return (self.dir / "log").read_text()

    def token(self, *more):
        made = run("token", "create", "--config", self.config, "--account", "office", *more)
        self.assertEqual(made.returncode, 0, made.stderr)
        return made.stdout.strip()

    def replay(self, name, *more):
        played = run("replay", TRACES / f"{name}.hep", "--to", f"udp:127.0.0.1:{self.hep}", "--speed", 20, *more)
        self.assertEqual(played.returncode, 0, played.stderr)

    def waiting_client(self, server, token, session=None):
        """A client whose poll is known to wait."""
        client = Client(self.base, token, session)
        before = server.metric("callboard_subscribers")
        client.thread, client.outcome = client.waiting()
        wait_for(lambda: server.metric("callboard_subscribers") > before, "the poll to wait")
        return client
