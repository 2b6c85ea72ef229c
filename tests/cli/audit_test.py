#!/usr/bin/env python3
"""`[audit] log`: who read calls or listened, through the server and by commands, a line of JSON each."""
import json
import os
import pwd
import signal
import subprocess
import unittest
import urllib.request

from office import CALLBOARD, Client, Office, run, wait_for

FIRST = ["time", "act", "peer", "who", "account", "place"]


class Audit(Office):
    def setUp(self):
        super().setUp()
        self.audit = self.dir / "audit.log"
        self.config = self.write(more=f'[audit]\nlog = "{self.audit}"\n')
        self.tokens = []

    def lines(self, act=None):
        text = self.audit.read_text() if self.audit.exists() else ""
        for token in self.tokens:
            self.assertNotIn(token, text)
        self.assertNotIn("612345678", text)
        lines = [json.loads(line) for line in text.splitlines()]
        for line in lines:
            self.assertEqual(list(line)[:6], FIRST)
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        return [line for line in lines if act in (None, line["act"])]

    def token(self, *more):
        self.tokens.append(super().token(*more))
        return self.tokens[-1]

    def get(self, path, token):
        request = urllib.request.Request(self.base + path, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.headers, answer.read().decode()

    def test_what_a_client_reads(self):
        token, server = self.token(), self.serve()
        who = token[:4] + "…"
        self.get("/api/calls?number=06%2012%2034%2056%2078", token)
        headers, _ = self.get("/api/calls.csv?number=%2B33612345678", token)
        self.assertEqual(headers["Callboard-Rows"], "0")
        client = Client(self.base, token)
        client.waiting()
        wait_for(lambda: self.lines("listen.begin"), "the listener")
        self.assertEqual(server.stop(), 0)
        read, = self.lines("history.read")
        self.assertEqual({key: read[key] for key in FIRST[2:]}, {"peer": "127.0.0.1", "who": who, "account": "office", "place": None})
        self.assertEqual((read["what"], read["asked"], read["rows"], read["masked"]), ("calls", {"number": "0033612****78"}, 0, False))
        exported, = self.lines("history.export")
        self.assertEqual((exported["form"], exported["asked"], exported["whole"]), ("csv", {"number": "0033612****78"}, True))
        begun, = self.lines("listen.begin")
        ended, = self.lines("listen.end")
        self.assertEqual((begun["transport"], begun["who"], ended["who"], ended["events"]), ("longpoll", who, who, 0))

    def test_what_commands_do(self):
        user = pwd.getpwuid(os.getuid()).pw_name
        token = self.token("--masked")
        contacts = self.dir / "contacts.csv"
        contacts.write_text("number,name\n0612345678,Jean Dupont\n")
        for arguments in (["token", "list"], ["contacts", "import", contacts], ["contacts", "export"], ["token", "revoke", token]):
            done = run(*arguments[:2], "--config", self.config, *arguments[2:])
            self.assertEqual(done.returncode, 0, done.stderr)
        self.serve().stop()
        for arguments in (["erase", "--config", self.config, "0612345678"], ["contacts", "clear", "--config", self.config],
                          ["backup", "--config", self.config, "--to", self.dir / "copy"]):
            done = run(*arguments, within=60)
            self.assertEqual(done.returncode, 0, done.stderr)
        lines = self.lines()
        self.assertEqual([line["act"] for line in lines], ["token.create", "token.list", "contacts.import", "contacts.export", "token.delete", "erase",
                                                           "contacts.clear", "backup"])
        self.assertEqual({(line["peer"], line["who"]) for line in lines}, {("local", user)})
        self.assertEqual((lines[0]["token"], lines[0]["masked"], lines[0]["account"]), (token[:4] + "…", True, "office"))
        self.assertEqual(lines[2]["imported"], 1)
        self.assertEqual((lines[5]["number"], lines[5]["contacts"]), ("0033612****78", 1))

    def test_it_goes_on_after_a_rotation(self):
        token, server = self.token(), self.serve()
        self.audit.rename(self.dir / "audit.log.1")
        server.signal(signal.SIGHUP)
        wait_for(self.audit.exists, "the new file")
        self.get("/api/calls", token)
        wait_for(lambda: self.lines("history.read"), "the line")

    def test_a_full_disk_stops_nobody(self):
        self.config = self.write(more='[audit]\nlog = "/dev/full"\n')
        made = run("token", "create", "--config", self.config, "--account", "office")
        self.assertEqual(made.returncode, 0)
        self.assertIn("the audit log /dev/full cannot be written", made.stderr)
        server = self.serve()
        self.get("/api/calls", made.stdout.strip())
        wait_for(lambda: server.metric("callboard_audit_log_dropped_total") == 1, "the line to be counted")
        self.assertEqual(server.stop(), 0)

    def test_without_it_nothing_is_kept(self):
        self.config = self.write()
        token = self.token()
        self.serve()
        self.get("/api/calls", token)
        self.assertFalse(self.audit.exists())

    def test_files_are_their_owners_alone(self):
        self.token()
        self.serve()
        run("backup", "--config", self.config, "--to", self.dir / "copy", within=60)
        contacts = subprocess.run([CALLBOARD, "contacts", "export", "--config", self.config], capture_output=True, timeout=20)
        self.assertEqual(contacts.returncode, 0, contacts)
        files = [path for folder in ("data", "copy") for path in (self.dir / folder).glob("*.db*")]
        self.assertLessEqual({"journal.db", "history.db", "contacts.db", "tokens.db"}, {path.name for path in files})
        for path in files:
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)


if __name__ == "__main__":
    unittest.main()
