#!/usr/bin/env python3
"""What `callboard serve` does when its disk is full, refuses writing, or gives back something else than was written: it
acknowledges nothing that it cannot keep, says so, and goes on by itself when the disk is well again.

Disks of their own are mounted for it, which takes root; otherwise the tests are skipped.
"""
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from office import LINES, Client, Office, run, wait_for  # noqa: E402

LINE = LINES["101"]
KEY = "a-key-of-the-disk-test"
API_KEY = f'[[api.key]]\nname = "poster"\nkey = "{KEY}"\nallow = ["POST /api/ingest"]\n'


def tool(*command):
    subprocess.run(list(map(str, command)), check=True, capture_output=True)


class Disk(Office):
    """An office whose data_dir is on a disk of its own."""

    def setUp(self):
        super().setUp()
        self.disk = self.dir / "disk"
        self.disk.mkdir()
        self.config = self.write(data=self.disk / "data", more=API_KEY)
        self.journal = self.disk / "data/journal.db"
        self.told = {}  # what was acknowledged: id by sequence
        self.posted = 0

    def mounted(self, *command):
        try:
            tool("mount", *command, self.disk)
        except (OSError, subprocess.CalledProcessError) as error:
            self.skipTest(f"may not mount a disk of its own: {getattr(error, 'stderr', error)}")
        self.addCleanup(tool, "umount", "--lazy", self.disk)

    def serve(self):
        self.server = super().serve()
        return self.server

    def post(self, events=5, more=""):
        """Status and answer of one post; what is acknowledged is remembered."""
        ids = [f"posted-{self.posted + i}" for i in range(events)]
        self.posted += events
        body = json.dumps([{"event": "registered", "service": "sip", "ressource": LINE, "data": {"CallId": one, "more": more}}
                           for one in ids]).encode()
        request = urllib.request.Request(f"{self.base}/api/ingest", body, {"Authorization": f"Bearer {KEY}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                status, answer = response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                status, answer = error.code, json.load(error)
        if status == 200:
            self.assertEqual(answer["accepted"], events)
            numbers = range(answer["first"], answer["last"] + 1)
            self.assertEqual(len(numbers), events)
            for number, one in zip(numbers, ids):
                self.assertNotIn(number, self.told, "a number was given twice")
                self.told[number] = one
        return status, answer

    def until_refused(self, **options):
        wait_for(lambda: self.post(**options)[0] == 503, "a post to be refused", within=60)

    def until_taken(self):
        wait_for(lambda: self.post()[0] == 200, "a post to be taken again", within=30)

    def readiness(self):
        try:
            with urllib.request.urlopen(f"{self.base}/readyz", timeout=10) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def assert_not_ready(self, *words):
        status, body = self.readiness()
        self.assertEqual((status, body["ready"], body["journal"]["ok"]), (503, False, False))
        for word in words:
            self.assertIn(word, body["journal"]["detail"])
            self.assertIn(word, self.log())
        self.assertIn("the journal takes no events", self.log())

    def assert_ready(self):
        self.assertEqual(self.readiness()[0], 200)
        self.assertEqual(self.readiness()[1]["journal"], {"ok": True, "detail": ""})
        self.assertIn("the journal takes events again", self.log())

    def reader(self):
        """A client that has its first Session."""
        client = Client(self.base, self.token())
        with urllib.request.urlopen(f"{self.base}/api/snapshot?token={client.token}", timeout=10) as snapshot:
            client.session = json.load(snapshot)["cursor"]
        return client

    def assert_nothing_lost(self, client):
        """The reader has exactly what was acknowledged, in the order of its numbers."""
        wanted = [self.told[number] for number in sorted(self.told)]
        self.assertEqual([event["Data"]["CallId"] for event in client.until(lambda all: len(all) >= len(wanted))], wanted)
        self.assertEqual(sorted(self.told), list(range(1, len(wanted) + 1)), "numbers go on without a gap")


class Full(Disk):
    def setUp(self):
        super().setUp()
        self.mounted("-t", "tmpfs", "-o", "size=6m", "tmpfs")

    def fill(self):
        """Leaves no byte."""
        with open(self.disk / "filler", "ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 65536)
            except OSError:
                pass

    def test_a_full_disk_takes_nothing_and_is_well_again_when_freed(self):
        self.serve()
        client = self.reader()
        self.assertEqual(self.post()[0], 200)
        for _ in range(3):
            self.fill()
            self.until_refused(more="x" * 10000)
            end = time.monotonic() + 0.3  # it tries by itself meanwhile
            while time.monotonic() < end:
                self.assert_not_ready("free space on the disk of data_dir", str(self.journal))
            self.assertEqual(self.post(more="x" * 10000)[0], 503)
            os.remove(self.disk / "filler")
            self.until_taken()
            self.assert_ready()
        self.assert_nothing_lost(client)
        self.assertEqual(self.server.stop(), 0)

    def test_what_readers_ask_for_is_answered_meanwhile(self):
        self.serve()
        client = self.reader()
        self.assertEqual(self.post(events=20)[0], 200)
        self.fill()
        self.until_refused(more="x" * 10000)
        late = Client(self.base, client.token, client.session)
        self.assertEqual([event["Data"]["CallId"] for event in late.until(lambda all: len(all) >= len(self.told))],
                         [self.told[number] for number in sorted(self.told)])

    def test_events_of_a_source_are_late_and_not_lost(self):
        self.serve()
        client = self.reader()
        self.fill()
        self.until_refused(more="x" * 10000)
        self.replay("k-answered-caller-hangs")
        self.assert_not_ready("free space")
        os.remove(self.disk / "filler")
        ended = client.until(lambda all: sum(event["Event"] == "end_calling" for event in all) >= 2)
        self.assertEqual([event["Event"] for event in ended if event["Ressource"] == LINES["102"] and event["Event"] != "registered"],
                         ["start_ringing", "end_ringing", "start_calling", "end_calling"])

    def test_a_crash_while_it_is_full_loses_nothing_that_was_acknowledged(self):
        self.serve()
        client = self.reader()
        self.assertEqual(self.post(events=20)[0], 200)
        self.fill()
        self.until_refused(more="x" * 10000)
        self.server.kill()
        os.remove(self.disk / "filler")
        self.serve()
        self.assertEqual(self.post()[0], 200)
        self.assert_nothing_lost(client)

    def test_a_start_on_a_full_disk_says_what_to_do(self):
        self.token()
        self.fill()
        refused = run("serve", "--config", self.config)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("free space on the disk of data_dir", refused.stderr)


class Refusing(Disk):
    """A disk that is there and does not let itself be written: ext4, whose files can be made immutable while a process has
    them open."""

    def setUp(self):
        super().setUp()
        image = self.dir / "image"
        with open(image, "wb") as file:
            file.truncate(32 << 20)
        try:
            tool("mkfs.ext4", "-q", "-F", image)
        except (OSError, subprocess.CalledProcessError) as error:
            self.skipTest(f"has no ext4: {error}")
        self.mounted("-o", "loop", image)

    def forbid(self, on):
        files = [file for file in (self.journal, self.journal.with_name("journal.db-wal")) if file.exists()]
        tool("chattr", "+i" if on else "-i", *files)

    def test_goes_on_when_it_can_be_written_again(self):
        self.serve()
        client = self.reader()
        self.assertEqual(self.post()[0], 200)
        self.forbid(True)
        self.addCleanup(self.forbid, False)
        self.assertEqual(self.post()[0], 503)
        self.assert_not_ready(str(self.journal), "check the disk")
        self.assertEqual(self.post()[0], 503)
        self.forbid(False)
        self.until_taken()
        self.assert_ready()
        self.assert_nothing_lost(client)

    def test_is_not_ready_although_nothing_comes_in(self):
        self.serve()
        self.assertEqual(self.readiness()[0], 200)
        self.forbid(True)
        self.addCleanup(self.forbid, False)
        wait_for(lambda: self.readiness()[0] == 503, "/readyz to find out by itself")
        self.assert_not_ready(str(self.journal))
        self.forbid(False)
        wait_for(lambda: self.readiness()[0] == 200, "/readyz to find out that it is well again")
        self.assert_ready()

    def test_a_start_on_a_read_only_disk_says_what_to_do(self):
        server = self.serve()
        client = self.reader()
        self.assertEqual(self.post()[0], 200)
        server.kill()
        tool("mount", "-o", "remount,ro", self.disk)
        refused = run("serve", "--config", self.config)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("Read-only file system", refused.stderr)
        tool("mount", "-o", "remount,rw", self.disk)
        self.serve()
        self.assertEqual(self.post()[0], 200)
        self.assert_nothing_lost(client)


class Damaged(Disk):
    """Bytes of the file that are not what was written. Needs no disk of its own."""

    PAGE = 16384

    def fill(self):
        """Batches over many pages, in a file without a log."""
        self.serve()
        client = self.reader()
        for _ in range(60):
            self.assertEqual(self.post(events=3, more="x" * 9000)[0], 200)
        self.assertEqual(self.server.stop(), 0)
        return client

    def pages_of(self, text):
        """Offsets of the pages that have `text` in them."""
        data = self.journal.read_bytes()
        return [at for at in range(0, len(data), self.PAGE) if text in data[at:at + self.PAGE]]

    def overwrite(self, at, bytes_):
        with open(self.journal, "r+b") as file:
            file.seek(at)
            was = file.read(len(bytes_))
            file.seek(at)
            file.write(bytes_)
        return was

    def test_pages_in_the_middle(self):
        """The events on them are gone, and that is said; everything else is told in order, and numbers go on."""
        client = self.fill()
        for page in self.pages_of(b'"posted-90"')[:1] + self.pages_of(b'"posted-120"')[:1]:
            self.overwrite(page + 4096, os.urandom(2048))
        self.serve()
        last = max(self.told)
        self.assertEqual(self.post()[0], 200)
        self.assertEqual(min(number for number in self.told if number > last), last + 1)
        got = [event["Data"]["CallId"] for event in client.until(lambda all: all and all[-1]["Data"]["CallId"] == self.told[max(self.told)])]
        self.assertEqual(got, [one for _, one in sorted(self.told.items()) if one in set(got)], "in order, and each once")
        self.assertGreaterEqual(len(got), len(self.told) - 12)
        self.assertLess(len(got), len(self.told))
        self.assertGreater(self.server.metric("callboard_journal_damaged_batches_total"), 0)
        self.assertIn("is damaged", self.log())

    def test_a_file_that_is_no_database_any_more(self):
        self.fill()
        before = self.journal.read_bytes()
        self.overwrite(0, os.urandom(8192))
        refused = run("serve", "--config", self.config)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("move it away", refused.stderr)
        self.journal.write_bytes(before)
        self.serve()
        self.assertEqual(self.post()[0], 200)

    def test_the_page_that_the_next_batch_goes_to(self):
        """Numbers could be given twice: it does not start before the bytes are right again."""
        client = self.fill()
        self.serve()
        self.assertEqual(self.post()[0], 200)
        self.assertEqual(self.server.stop(), 0)
        page = self.pages_of(self.told[max(self.told)].encode() + b'"')[-1]
        was = self.overwrite(page, os.urandom(64))
        refused = run("serve", "--config", self.config)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("the file is damaged", refused.stderr)
        self.overwrite(page, was)
        self.serve()
        self.assertEqual(self.post()[0], 200)
        self.assert_nothing_lost(client)


if __name__ == "__main__":
    unittest.main(verbosity=2)
