#!/usr/bin/env python3
"""`callboard doctor`: what it finds on a machine that is well, and on one that is not."""
import hashlib
import json
import os
import socket
import subprocess
import threading
import unittest

from office import Office, free_port, run


class Exchange:
    """Listens, and converses with each who comes."""

    def __init__(self, converse):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]

        def serve():
            while True:
                try:
                    connection, _ = self.listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        converse(connection, connection.makefile("rb"))
                    except OSError:
                        pass
        threading.Thread(target=serve, daemon=True).start()


def blocks(lines):
    """Commands and actions, each up to its empty line."""
    block = []
    for line in lines:
        text = line.decode().rstrip("\r\n")
        if text:
            block.append(text)
        elif block:
            yield block
            block = []


def freeswitch(connection, lines):
    connection.sendall(b"Content-Type: auth/request\n\n")
    for block in blocks(lines):
        if block[0].startswith("auth "):
            good = block[0] == "auth ClueCon"
            connection.sendall(b"Content-Type: command/reply\nReply-Text: " + (b"+OK accepted" if good else b"-ERR invalid") + b"\n\n")
        elif block[0].startswith("api"):
            connection.sendall(b"Content-Type: api/response\nContent-Length: 4\n\n+OK\n")
        else:
            connection.sendall(b"Content-Type: command/reply\nReply-Text: +OK\n\n")


def asterisk(connection, lines):
    connection.sendall(b"Asterisk Call Manager/11.0.0\r\n")
    for block in blocks(lines):
        action = dict(line.split(": ", 1) for line in block)
        say = lambda *text: connection.sendall("\r\n".join([*text, f"ActionID: {action['ActionID']}", "", ""]).encode())
        if action["Action"] == "Challenge":
            say("Response: Success", "Challenge: 4711")
        elif action["Action"] == "Login":
            good = action.get("Key") == hashlib.md5(b"4711the-secret").hexdigest() or action.get("Secret") == "the-secret"
            say("Response: Success" if good else "Response: Error", "Message: " + ("Authentication accepted" if good else "Authentication failed"))


class Doctor(Office):
    def doctor(self, code=0):
        """Findings by what they are about."""
        done = run("doctor", "--config", self.config, "--json", within=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["ok"], code == 0)
        for finding in report["findings"]:
            self.assertIn(finding["state"], ("ok", "warning", "problem"))
            self.assertEqual(finding["state"] == "ok", not finding["advice"], finding)
        return {finding["about"]: finding for finding in report["findings"]}

    def source(self, kind, address, password):
        secret = f'username = "callboard"\nsecret = "{password}"' if kind == "asterisk" else f'password = "{password}"'
        return f'[[source]]\nname = "{kind}"\nkind = "{kind}"\naddress = "{address}"\n{secret}\n'

    def test_before_the_first_start(self):
        found = self.doctor()
        self.assertEqual(found["configuration"]["state"], "ok")
        self.assertEqual(found[f"port 127.0.0.1:{self.http}"]["what"], "is free")
        self.assertEqual(found[f"port udp:127.0.0.1:{self.hep}"]["what"], "is free")
        self.assertIn("clock", found)
        self.assertFalse((self.dir / "data").exists(), "looking makes nothing")

    def test_beside_a_server_that_runs(self):
        server = self.serve()
        found = self.doctor()
        self.assertEqual(found[f"data_dir {self.dir}/data"]["what"], "is used by a running callboard")
        self.assertIn("is sound", found["journal"]["what"])
        self.assertEqual(found[f"port 127.0.0.1:{self.http}"]["what"], "is held, as a running callboard does")
        self.assertEqual(found[f"server at 127.0.0.1:{self.http}"]["what"], "is ready")
        self.assertEqual(found["source mirror of the running server"]["what"], "is up")
        self.assertEqual(server.stop(), 0)

    def test_a_line_each_for_people(self):
        done = run("doctor", "--config", self.config)
        self.assertEqual(done.returncode, 0)
        for line in done.stdout.splitlines():
            self.assertRegex(line, r"^(ok      |warning |problem ) \S.*: \S")

    def test_a_configuration_with_mistakes(self):
        self.config.write_text("data_dir = 7\n[htpp]\n")
        done = run("doctor", "--config", self.config)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn(f"{self.config}:1: data_dir: has to be a text", done.stdout)

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", self.http)):
            taken = self.doctor(code=1)[f"port 127.0.0.1:{self.http}"]
        self.assertEqual(taken["state"], "problem")
        self.assertIn("another program listens there", taken["advice"])

    def test_exchanges_that_let_it_in(self):
        self.config = self.write(more=self.source("freeswitch", Exchange(freeswitch).address, "ClueCon")
                                 + self.source("asterisk", Exchange(asterisk).address, "the-secret"))
        found = self.doctor()
        self.assertIn("logged in to FreeSWITCH at 127.0.0.1:", found["source freeswitch"]["what"])
        self.assertIn("logged in to Asterisk at 127.0.0.1:", found["source asterisk"]["what"])

    def test_exchanges_that_do_not(self):
        self.config = self.write(more=self.source("freeswitch", Exchange(freeswitch).address, "wrong-one")
                                 + self.source("asterisk", Exchange(asterisk).address, "wrong-one"))
        found = self.doctor(code=1)
        for name in ("source freeswitch", "source asterisk"):
            self.assertEqual(found[name]["state"], "problem")
            self.assertIn("compare the secret", found[name]["advice"], found[name])
        self.assertNotIn("wrong-one", json.dumps(found))

    def test_an_exchange_that_is_not_there_and_one_that_is_none(self):
        self.config = self.write(more=self.source("freeswitch", f"127.0.0.1:{free_port()}", "x")
                                 + self.source("asterisk", Exchange(lambda connection, _: connection.sendall(b"SSH-2.0-x\r\n")).address, "x"))
        found = self.doctor(code=1)
        for name in ("source freeswitch", "source asterisk"):
            self.assertIn("check that the exchange runs", found[name]["advice"], found[name])

    def test_a_certificate_that_expires(self):
        for days, state in (("400", "ok"), ("3", "warning")):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", days, "-subj",
                            "/CN=localhost", "-keyout", self.dir / "k.pem", "-out", self.dir / "c.pem"], check=True, capture_output=True)
            self.config.write_text(self.write().read_text().replace("[http]", '[http]\ntls_certificate = "c.pem"\ntls_key = "k.pem"'))
            self.assertEqual(self.doctor()[f"certificate {self.dir}/c.pem"]["state"], state)

    def test_a_journal_that_is_damaged(self):
        server = self.serve()
        self.assertEqual(server.stop(), 0)
        journal = self.dir / "data/journal.db"
        size = journal.stat().st_size
        with open(journal, "r+b") as file:
            file.seek(size // 2)
            file.write(os.urandom(size // 2))
        self.assertEqual(self.doctor(code=1)["journal"]["state"], "problem")


if __name__ == "__main__":
    unittest.main()
