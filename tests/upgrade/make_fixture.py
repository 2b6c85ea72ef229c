#!/usr/bin/env python3
"""Writes tests/fixtures/VERSION: what this version of the program leaves in a data_dir, and what is in it. Run once for each release:
every later version has to open it (upgrade_test.cpp, serve_test.py)."""
import json
import pathlib
import shutil
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from office import LINES, ROOT, Client, Office, run  # noqa: E402

KEY = "a-key-of-the-fixture"


class Fixture(Office):
    def ask(self, method, path, body=None, **headers):
        with urllib.request.urlopen(urllib.request.Request(self.base + path, body, headers, method=method), timeout=30) as answer:
            return answer.read().decode()

    def runTest(self):
        self.config = self.write(timeout="1s", more=f'[[api.key]]\nname = "k"\nkey = "{KEY}"\nallow = ["* /*"]\n'
                                 '[[account]]\nid = "hall"\n[[account.service]]\nnumber = "0033123456300"\ntype = "easyHunting"\n')
        tokens = {"account": self.token(), "line": self.token("--service", LINES["102"])}
        server = self.serve()
        place = "/1.0/telephony/hall/easyHunting/0033123456300/hunting/agent/42/eventToken"
        tokens["agent"] = json.loads(self.ask("POST", place, b'{"expiration":"unlimited"}', Authorization=f"Bearer {KEY}"))
        client = Client(self.base, tokens["account"])
        client.session = begin = json.loads(self.ask("GET", f"/api/snapshot?token={tokens['account']}"))["cursor"]
        session = json.loads(self.ask("POST", "/v2/session"))["id"]
        for token in (tokens["account"], tokens["line"]):
            self.ask("POST", f"/v2/session/{session}/subscribe/{token}")
        self.replay("k-hold")
        client.until(lambda events: sum(event["Event"] == "end_calling" for event in events) >= 2)
        self.assertTrue(client.events)
        told = [{"event": event["Event"], "ressource": event["Ressource"], "data": event["Data"]} for event in client.events]
        middle = client.session
        queue = [{"event": "member-queue-start", "service": "queues", "ressource": "0033123456300", "data": {"Queue": "0033123456300", "note": "é\n\"<&"}}]
        self.ask("POST", "/api/ingest", json.dumps(queue).encode(), Authorization=f"Bearer {KEY}")
        last = int(server.metric("callboard_journal_sequence"))
        self.assertEqual(server.stop(), 0)
        version = run("version").stdout.split()[1]
        target = ROOT / "tests/fixtures" / version
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for name in ("journal.db", "tokens.db", "sessions.db", "key"):
            shutil.copyfile(self.dir / "data" / name, target / name)
        (target / "holds.json").write_text(json.dumps({"tokens": tokens, "session": session, "begin": begin, "middle": middle, "last": last,
                                                       "told": told}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    import unittest
    unittest.main(argv=sys.argv[:1] + ["Fixture"])
