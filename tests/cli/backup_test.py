#!/usr/bin/env python3
"""`callboard backup` of a server that works, and `callboard restore`: clients go on with what they carry."""
import json
import shutil
import stat
import threading
import time
import unittest
import urllib.request

from office import LINES, Client, Office, run

KEY = "a-key-of-the-backup-test"
API_KEY = f'[[api.key]]\nname = "poster"\nkey = "{KEY}"\nallow = ["POST /api/ingest"]\n'
LINE = LINES["101"]


class Poster:
    """Posts events as fast as they are taken, until it is stopped."""

    def __init__(self, base):
        self.base, self.posted, self.stopped = base, 0, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def post(self, events=50):
        body = json.dumps([{"event": "registered", "service": "sip", "ressource": LINE, "data": {"CallId": str(self.posted + i)}}
                           for i in range(events)]).encode()
        request = urllib.request.Request(f"{self.base}/api/ingest", body, {"Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert json.load(answer)["accepted"] == events
        self.posted += events

    def run(self):
        while not self.stopped.is_set():
            self.post()

    def until(self, count):
        end = time.monotonic() + 60
        while self.posted < count:
            assert time.monotonic() < end, self.posted
            time.sleep(0.01)

    def stop(self):
        self.stopped.set()
        self.thread.join(30)


def ids(events):
    return [int(event["Data"]["CallId"]) for event in events]


class Backup(Office):
    def setUp(self):
        super().setUp()
        self.config = self.write(more=API_KEY, timeout="1s")
        self.copy = self.dir / "backups/today"

    def backup(self, to=None, code=0):
        made = run("backup", "--config", self.config, "--to", to or self.copy, within=60)
        self.assertEqual(made.returncode, code, made.stdout + made.stderr)
        return made

    def restore(self, *more, code=0):
        done = run("restore", "--config", self.config, "--from", self.copy, *more, within=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def client(self, token):
        """A reader with a cursor of now."""
        client = Client(self.base, token)
        with urllib.request.urlopen(f"{self.base}/api/snapshot?token={token}", timeout=10) as snapshot:
            client.session = json.load(snapshot)["cursor"]
        return client

    def read_all(self, client, count):
        return ids(client.until(lambda events: len(events) >= count, within=60))

    def test_the_places_of_sources_are_of_it(self):
        self.assertEqual(self.serve().stop(), 0)
        place = self.dir / "data/ovh-upstream.place"
        place.write_text("how far it has come")
        self.assertIn("ovh-upstream.place", self.backup().stdout)
        place.write_text("something later")
        self.restore("--replace")
        self.assertEqual(place.read_text(), "how far it has come")
        self.assertEqual(stat.S_IMODE(place.stat().st_mode), 0o600)

    def test_a_cursor_from_before_the_backup_works_after_the_restore(self):
        token, server = self.token(), self.serve()
        early, late = self.client(token), self.client(token)
        poster = Poster(self.base)
        poster.until(1_000)
        self.read_all(early, 200)
        seen = len(early.events)
        made = self.backup()
        poster.until(poster.posted + 500)
        poster.stop()
        self.assertEqual(self.read_all(late, poster.posted), list(range(poster.posted)), "the backup has delayed nothing")
        self.assertEqual(server.stop(), 0)

        kept = int(made.stdout.rsplit(" ", 1)[1])
        self.assertGreaterEqual(kept, 1_000)
        self.assertLess(kept, poster.posted)
        shutil.rmtree(self.dir / "data")
        self.assertIn(f"events up to number {kept}", self.restore().stdout)
        server = self.serve()
        poster.post()
        news = list(range(poster.posted - 50, poster.posted))
        # Who had read less than the backup has gets the rest of it, then what is new.
        self.assertEqual(self.read_all(early, kept + 50), list(range(kept)) + news)
        self.assertGreaterEqual(kept, seen)
        # Who had read more than it has gets all that is new, although he knew later numbers than the backup.
        before = len(late.events)
        self.assertEqual(self.read_all(late, before + 50)[before:], news)
        self.assertEqual(server.metric("callboard_journal_damaged_batches_total"), 0)
        self.assertNotIn("damaged", self.log())
        self.assertEqual(server.stop(), 0)

    def test_a_session_of_version_2_goes_on(self):
        token, server = self.token(), self.serve()

        def ask(method, path):
            with urllib.request.urlopen(urllib.request.Request(self.base + path, method=method), timeout=30) as answer:
                return answer.read().decode()
        session = json.loads(ask("POST", "/v2/session"))["id"]
        ask("POST", f"/v2/session/{session}/subscribe/{token}")
        self.backup()
        self.assertEqual(server.stop(), 0)
        self.restore("--replace")
        self.serve()
        self.replay("k-classic-answered")
        self.assertIn("start_ringing", {event["event"] for event in json.loads(ask("GET", f"/v2/session/{session}/events/poll"))})

    def test_everything_is_private_and_whole(self):
        self.token()
        self.serve()
        self.backup()
        self.assertEqual(stat.S_IMODE(self.copy.stat().st_mode), 0o700)
        names = {path.name: stat.S_IMODE(path.stat().st_mode) for path in self.copy.iterdir()}
        self.assertEqual(names, {name: 0o600 for name in ("key", "journal.db", "tokens.db", "sessions.db", "webhooks.db", "history.db", "contacts.db")})
        self.assertEqual([path.name for path in self.copy.parent.iterdir()], ["today"], "nothing unfinished is left")

    def test_nothing_is_overwritten(self):
        self.token()
        server = self.serve()
        self.backup()
        self.assertIn("name a folder that is new or empty", self.backup(code=2).stderr)
        self.assertIn("is held by another process", self.restore("--replace", code=2).stderr)
        self.assertEqual(server.stop(), 0)
        self.assertIn("give --replace", self.restore(code=1).stderr)
        self.restore("--replace")
        aside = [path for path in (self.dir / "data").iterdir() if path.name.startswith("replaced-")]
        self.assertEqual(len(aside), 1)
        self.assertTrue((aside[0] / "journal.db").exists())

    def test_what_is_no_backup_changes_nothing(self):
        token, server = self.token(), self.serve()
        self.backup()
        self.assertEqual(server.stop(), 0)
        before = (self.dir / "data/key").read_bytes()
        (self.copy / "key").write_bytes(b"x" * 32)
        self.assertIn("was made with another key", self.restore("--replace", code=2).stderr)
        (self.copy / "journal.db").write_text("x" * 9000)
        self.assertIn("journal.db", self.restore("--replace", code=2).stderr)
        (self.copy / "journal.db").unlink()
        self.assertIn("has no journal.db", self.restore("--replace", code=1).stderr)
        self.assertEqual((self.dir / "data/key").read_bytes(), before)
        self.assertFalse([path for path in (self.dir / "data").iterdir() if path.is_dir()])
        self.serve()
        self.assertEqual(Client(self.base, token).poll()[0], 200)

    def test_there_is_nothing_to_back_up(self):
        self.assertIn("cannot be read", self.backup(code=2).stderr)
        self.assertFalse(self.copy.exists())


if __name__ == "__main__":
    unittest.main()
