#!/usr/bin/env python3
"""Real SIP, live: sipp phones call each other through a kamailio that mirrors HEP to `callboard serve`, and a client
of the event service (version 1) reads what happened.

Needs sipp and kamailio (packages sip-tester, kamailio); $CALLBOARD names the binary.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
from office import free_port  # noqa: E402

CALLBOARD = os.environ.get("CALLBOARD", str(HERE.parent.parent / "build/dev/src/app/callboard"))
ALICE, BOB = "0033123456101", "0033123456102"


class Reader:
    """Long poll, as the simplest client does it: the last Session goes back, errors raise."""

    def __init__(self, base, token):
        self.url = f"{base}/?token={token}"
        self.session = None
        self.events = []

    def poll(self, within):
        url = self.url + (f"&session={self.session}" if self.session else "")
        with urllib.request.urlopen(url, timeout=within) as answer:
            body = json.load(answer)
        self.session = body["Session"]
        self.events += body["Events"]

    def until(self, done, within=15):
        end = time.monotonic() + within
        while not done(self.events) and time.monotonic() < end:
            self.poll(end - time.monotonic() + 5)
        return self.events


def story(events, line):
    return [e["Event"] for e in events if e["Ressource"] == line]


class Live(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for program in ("sipp", "kamailio"):
            if not shutil.which(program):
                raise RuntimeError(f"{program} is not installed: ./dev setup")
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="callboard-live-"))
        cls.http, cls.hep, cls.sip = free_port(socket.SOCK_STREAM), free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
        cls.alice, cls.bob = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
        cls.base = f"http://127.0.0.1:{cls.http}"
        cls.processes = []
        cls.start_callboard()
        cls.start_kamailio()

    @classmethod
    def tearDownClass(cls):
        for process in reversed(cls.processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(cls.dir)

    @classmethod
    def start_callboard(cls):
        cls.config = cls.dir / "callboard.toml"
        cls.config.write_text(f"""
data_dir = "{cls.dir}/data"
[http]
listen = ["127.0.0.1:{cls.http}"]
public_url = "{cls.base}"
poll_timeout = "2s"
[[account]]
id = "ba-live"
  [[account.service]]
  number = "{ALICE}"
  description = "Alice"
  type = "sipCirpack"
  aliases = ["101"]
  [[account.service]]
  number = "{BOB}"
  description = "Bob"
  type = "sipCirpack"
  aliases = ["102"]
[[source]]
name = "proxy"
kind = "hep"
listen = "udp:127.0.0.1:{cls.hep}"
""")
        created = subprocess.run([CALLBOARD, "token", "create", "--config", cls.config, "--account", "ba-live"],
                                 capture_output=True, text=True, check=True)
        cls.token = created.stdout.split()[-1]
        with open(cls.dir / "callboard.log", "w") as log:
            cls.processes.append(subprocess.Popen([CALLBOARD, "serve", "--config", cls.config], stdout=log, stderr=log))
        cls.wait_for(lambda: urllib.request.urlopen(f"{cls.base}/readyz", timeout=1).read(), "callboard", "callboard.log")

    @classmethod
    def start_kamailio(cls):
        text = (HERE / "kamailio.cfg.in").read_text().replace("@SIP@", str(cls.sip)).replace("@HEP@", str(cls.hep))
        (cls.dir / "kamailio.cfg").write_text(text)
        (cls.dir / "run").mkdir()
        with open(cls.dir / "kamailio.log", "w") as log:
            cls.processes.append(subprocess.Popen(
                ["kamailio", "-DD", "-E", "-m", "64", "-M", "8", "-f", cls.dir / "kamailio.cfg", "-Y", cls.dir / "run", "-P", cls.dir / "kam.pid"],
                stdout=log, stderr=log))

        def answers():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
                phone.settimeout(0.3)
                phone.connect(("127.0.0.1", cls.sip))
                here = phone.getsockname()[1]
                phone.send((f"OPTIONS sip:ping@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{here};branch=z9hG4bKping{here}\r\n"
                            f"From: <sip:ping@127.0.0.1>;tag=1\r\nTo: <sip:ping@127.0.0.1>\r\nCall-ID: ping{here}\r\nCSeq: 1 OPTIONS\r\n"
                            "Max-Forwards: 5\r\nContent-Length: 0\r\n\r\n").encode())
                return phone.recv(4096).startswith(b"SIP/2.0")
        cls.wait_for(answers, "kamailio", "kamailio.log")

    @classmethod
    def wait_for(cls, ready, what, log, within=20):
        end = time.monotonic() + within
        while time.monotonic() < end:
            try:
                if ready():
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"{what} did not start:\n" + (cls.dir / log).read_text()[-3000:])

    def sipp(self, scenario, port, service, background=False):
        command = ["sipp", "-sf", HERE / "scenarios" / f"{scenario}.xml", "-i", "127.0.0.1", "-p", str(port), "-m", "1", "-s", service,
                   "-nostdin", "-timeout", "15s", "-timeout_error", f"127.0.0.1:{self.sip}"]
        with open(self.dir / f"{scenario}-{service}.log", "w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.dir)
        if background:
            return process
        self.assertEqual(process.wait(25), 0, f"sipp {scenario}: " + (self.dir / f"{scenario}-{service}.log").read_text()[-2000:])
        return process

    def register(self):
        self.sipp("register", self.alice, "101")
        self.sipp("register", self.bob, "102")

    def call(self, caller, callee):
        reader = Reader(self.base, self.token)
        self.sipp("register", self.bob, "102")
        reader.poll(10)  # from now on
        phone = self.sipp(callee, self.bob, "102", background=True)
        time.sleep(0.3)  # sipp has no way to say that it listens
        self.sipp(caller, self.alice, "102")
        self.assertEqual(phone.wait(25), 0)
        return reader

    def test_registration(self):
        reader = Reader(self.base, self.token)
        reader.session = None
        reader.poll(10)
        self.register()
        events = reader.until(lambda all: {e["Ressource"] for e in all if e["Event"] == "registered"} >= {ALICE, BOB})
        registered = [e for e in events if e["Event"] == "registered" and e["Ressource"] == ALICE]
        self.assertEqual(len(registered), 1)
        self.assertEqual([registered[0]["Data"][key] for key in ("Calling", "Called", "Dialed")], [ALICE] * 3)

    def test_answered_call(self):
        reader = self.call("call", "answer")
        whole = ["start_ringing", "end_ringing", "start_calling", "end_calling"]
        events = reader.until(lambda all: story(all, ALICE)[-1:] == ["end_calling"] and story(all, BOB)[-1:] == ["end_calling"])
        events = [e for e in events if e["Event"] != "registered"]
        self.assertEqual(story(events, ALICE), whole)
        self.assertEqual(story(events, BOB), whole)
        self.assertEqual(len({e["Data"]["CallId"] for e in events}), 1)
        for event in events:
            self.assertEqual((event["Data"]["Calling"], event["Data"]["Called"], event["Data"]["Dialed"]), (ALICE, BOB, BOB))
        self.assertEqual(events[0]["Data"]["Body"], "SIP/2.0 180 Ringing")
        self.assertEqual(events[0]["Details"]["Type"], "sipCirpack")

    def test_refused_call(self):
        reader = self.call("call-refused", "refuse")
        events = reader.until(lambda all: story(all, ALICE)[-1:] == ["end_ringing"] and story(all, BOB)[-1:] == ["end_ringing"])
        events = [e for e in events if e["Event"] != "registered"]
        self.assertEqual(story(events, ALICE), ["start_ringing", "end_ringing"])
        self.assertEqual(story(events, BOB), ["start_ringing", "end_ringing"])
        self.assertEqual(events[-1]["Data"]["RelevantInfo"], "486 Busy Here")

    def test_cancelled_call(self):
        reader = self.call("call-cancelled", "cancelled")
        events = reader.until(lambda all: story(all, ALICE)[-1:] == ["end_ringing"] and story(all, BOB)[-1:] == ["end_ringing"])
        events = [e for e in events if e["Event"] != "registered"]
        self.assertEqual(story(events, ALICE), ["start_ringing", "end_ringing"])
        self.assertEqual(story(events, BOB), ["start_ringing", "end_ringing"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
