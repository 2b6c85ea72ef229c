#!/usr/bin/env python3
"""What plays and what follows: demo, replay and watch."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

from office import CALLBOARD, LINES, TRACES, Client, Office, free_port, run, wait_for


class Lines:
    """What a process prints on stdout, line by line as it comes."""

    def __init__(self, *arguments, **options):
        self.process = subprocess.Popen([CALLBOARD, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        self.lines, self.errors = [], []
        self.threads = [threading.Thread(target=self.collect, args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def collect(stream, into):
        for line in stream:
            into.append(line.rstrip("\n"))

    def until(self, pattern, lines=None, within=15):
        lines = self.lines if lines is None else lines
        return wait_for(lambda: next((line for line in lines if re.search(pattern, line)), None), pattern, within)

    def stop(self, number=signal.SIGINT, within=6):
        self.process.send_signal(number)
        return self.process.wait(within)

    def close(self):
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join(5)
        self.process.stdout.close()
        self.process.stderr.close()


class Demo(unittest.TestCase):
    def start(self, *arguments, **options):
        demo = Lines("demo", *arguments, **options)
        self.addCleanup(demo.close)
        return demo

    def test_prints_lines_that_work_as_they_are(self):
        port = free_port()
        demo = self.start("--listen", f"127.0.0.1:{port}", "--speed", 2)
        page = demo.until("^http")
        curl = demo.until("^curl")
        found = re.fullmatch(rf"http://127\.0\.0\.1:{port}/demo/cti#token=([0-9A-F-]{{36}})", page)
        self.assertTrue(found, page)
        token = found.group(1)
        self.assertEqual(curl, f"curl 'http://127.0.0.1:{port}/?token={token}'")
        with urllib.request.urlopen(page.split("#")[0], timeout=5) as answer:
            self.assertIn("text/html", answer.headers["Content-Type"])
        answer = json.loads(subprocess.run(["sh", "-c", curl + " -s"], capture_output=True, timeout=20, check=True).stdout)
        client = Client(f"http://127.0.0.1:{port}", token, answer["Session"])
        events = answer["Events"] + client.until(lambda all: any(one["Event"] == "start_ringing" for one in all), within=5)
        ringing = next(one for one in events if one["Event"] == "start_ringing")
        self.assertIn(ringing["Ressource"], ringing["Data"].values())
        self.assertLess(abs(time.time() - ringing["Timestamp"] / 1e9), 20)
        self.assertLess(abs(time.time() - float(ringing["Data"]["Ts"])), 20)

    def test_plays_for_ever_and_every_round_is_other_calls(self):
        port = free_port()
        demo = self.start("--listen", f"127.0.0.1:{port}", "--speed", 100)
        token = demo.until("^http").split("=")[1]
        client = Client(f"http://127.0.0.1:{port}", token)
        def first_call_of_rounds(events):
            return {one["Data"]["CallId"] for one in events if one["Event"] == "start_ringing" and one["Ressource"] == LINES["102"]
                    and one["Data"]["CallId"][:-4] == prefix(events)}
        def prefix(events):
            return next((one["Data"]["CallId"][:-4] for one in events if one["Event"] == "start_ringing"
                         and one["Ressource"] == LINES["102"]), None)
        events = client.until(lambda all: len(first_call_of_rounds(all)) >= 2, within=30)
        self.assertGreaterEqual(len(first_call_of_rounds(events)), 2)
        told = {one["Event"] for one in events}
        self.assertLessEqual({"registered", "start_ringing", "end_ringing", "start_calling", "end_calling", "start_hold", "end_hold"}, told)

    def test_temporary_data_goes_at_the_end(self):
        with tempfile.TemporaryDirectory() as place:
            for number in (signal.SIGINT, signal.SIGTERM):
                demo = self.start("--listen", f"127.0.0.1:{free_port()}", env={**os.environ, "TMPDIR": place})
                demo.until("^curl")
                self.assertEqual(len(os.listdir(place)), 1)
                self.assertEqual(demo.stop(number), 0)
                self.assertEqual(os.listdir(place), [])

    def test_data_that_is_named_is_kept_with_its_token(self):
        with tempfile.TemporaryDirectory() as place:
            tokens = []
            for _ in range(2):
                demo = self.start("--listen", f"127.0.0.1:{free_port()}", "--data", f"{place}/kept")
                tokens.append(demo.until("^http").split("=")[1])
                self.assertEqual(demo.stop(), 0)
            self.assertEqual(tokens[0], tokens[1])
            self.assertTrue((pathlib.Path(place) / "kept/journal.db").exists())

    def test_port_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            refused = run("demo", "--listen", f"127.0.0.1:{other.getsockname()[1]}")
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("another program listens there", refused.stderr)
        self.assertIn("--listen", refused.stderr)

    def test_wrong_address(self):
        refused = run("demo", "--listen", "8080")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("--listen", refused.stderr)

    def test_data_that_cannot_be(self):
        refused = run("demo", "--listen", f"127.0.0.1:{free_port()}", "--data", "/proc/callboard")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--data", refused.stderr)


class Replay(Office):
    def test_what_is_recorded_becomes_events_under_its_own_names(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        self.replay("k-answered-caller-hangs")
        client.thread.join(10)
        events = client.until(lambda all: sum(one["Event"] == "end_calling" for one in all) == 2)
        recorded = (TRACES / "k-answered-caller-hangs.hep").read_bytes()
        for event in events:
            self.assertIn(event["Data"]["CallId"].encode(), recorded)

    def test_tcp(self):
        self.config.write_text(self.config.read_text().replace("udp:", "tcp:"))
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        played = run("replay", TRACES / "k-hold.hep", "--to", f"tcp:127.0.0.1:{self.hep}", "--speed", 20)
        self.assertEqual(played.returncode, 0, played.stderr)
        client.thread.join(10)
        events = client.until(lambda all: any(one["Event"] == "end_hold" for one in all))
        self.assertIn("start_hold", [one["Event"] for one in events])

    def test_own_timing(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
            collector.bind(("127.0.0.1", 0))
            collector.settimeout(10)
            player = Lines("replay", TRACES / "k-busy.hep", "--to", f"udp:127.0.0.1:{collector.getsockname()[1]}", "--speed", 5)
            self.addCleanup(player.close)
            collector.recv(65536)
            first = time.monotonic()
            for _ in range(28):
                collector.recv(65536)
            taken = time.monotonic() - first
        self.assertEqual(player.process.wait(5), 0)
        self.assertGreater(taken, 1.0)  # 5.7 s were recorded; never early

    def test_loop_makes_other_calls_until_it_is_ended(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        player = Lines("replay", TRACES / "k-cancel.hep", "--to", f"udp:127.0.0.1:{self.hep}", "--speed", 100, "--loop")
        self.addCleanup(player.close)
        client.thread.join(10)

        def rounds(events):
            return {one["Data"]["CallId"][-4:] for one in events if one["Event"] == "start_ringing"}
        self.assertGreaterEqual(len(rounds(client.until(lambda all: len(rounds(all)) >= 3))), 3)
        self.assertEqual(player.stop(), 0)


class Watch(Office):
    def watching(self, server, *arguments):
        before = server.metric("callboard_subscribers")
        watch = Lines("watch", *arguments)
        self.addCleanup(watch.close)
        wait_for(lambda: server.metric("callboard_subscribers") > before, "the watch to be connected")
        return watch

    def test_readable_lines(self):
        token, server = self.token(), self.serve()
        watch = self.watching(server, self.base, "--token", token)
        self.replay("k-answered-caller-hangs")
        line = watch.until("end_calling")
        self.assertRegex(line, rf"^\d\d:\d\d:\d\d  end_calling     {LINES['101'][:-1]}\d  {LINES['101']} → {LINES['102']}  ")
        self.assertEqual(watch.stop(), 0)
        self.assertEqual(watch.errors, [])

    def test_json_is_one_event_a_line(self):
        token, server = self.token(), self.serve()
        watch = self.watching(server, f"{self.base}/demo/cti#token={token}", "--json")
        self.replay("k-answered-caller-hangs")
        watch.until("end_calling")
        events = [json.loads(line) for line in watch.lines]
        self.assertLessEqual({"event", "token", "service", "ressource", "timestamp", "date", "data", "details"}, set(events[0]))
        self.assertEqual(watch.stop(signal.SIGTERM), 0)

    def test_goes_on_after_a_restart_without_gap_or_repeat(self):
        token, server = self.token(), self.serve()
        watch = self.watching(server, self.base, "--token", token, "--json")
        self.replay("k-answered-caller-hangs")
        watch.until("end_calling")
        self.assertEqual(server.stop(), 0)
        watch.until("callboard: ", watch.errors)
        server = self.serve()
        self.replay("k-cancel")
        wait_for(lambda: sum("end_ringing" in line for line in watch.lines) >= 3, "the events of the second call")
        told = [(one["timestamp"], one["event"], one["ressource"]) for one in map(json.loads, watch.lines)]
        self.assertEqual(len(told), len(set(told)))
        self.assertEqual(told, sorted(told, key=lambda one: one[0]))

    def test_wrong_token(self):
        self.serve()
        for arguments in (["--token", "WRONG"], []):
            refused = run("watch", self.base, *arguments)
            self.assertEqual((refused.returncode, refused.stdout), (1, ""))
            self.assertIn("token", refused.stderr)
            self.assertEqual(len(refused.stderr.splitlines()), 1)

    def test_a_token_that_is_revoked_ends_it(self):
        token, server = self.token(), self.serve()
        watch = self.watching(server, self.base, "--token", token)
        run("token", "revoke", token, "--config", self.config)
        self.assertEqual(watch.process.wait(15), 1)
        watch.until("revoked or expired", watch.errors)

    def test_wrong_addresses(self):
        for url, code in (("127.0.0.1:8080", 1), (f"https://127.0.0.1:{self.http}", 2), ("http://127.0.0.1:x", 1),
                          (f"http://127.0.0.1:{self.http}", 2)):
            with self.subTest(url=url):
                refused = run("watch", url, "--token", "T")
                self.assertEqual(refused.returncode, code, refused.stderr)
                self.assertTrue(refused.stderr.startswith("callboard: "))

    def test_ends_quietly_when_its_reader_goes(self):
        token, server = self.token(), self.serve()
        before = server.metric("callboard_subscribers")
        watch = subprocess.Popen([CALLBOARD, "watch", self.base, "--token", token], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(watch.stderr.close)
        wait_for(lambda: server.metric("callboard_subscribers") > before, "the watch to be connected")
        watch.stdout.close()
        self.replay("k-cancel")
        self.assertEqual(watch.wait(10), 0)
        self.assertEqual(watch.stderr.read(), b"")


if __name__ == "__main__":
    unittest.main(verbosity=2)
