#!/usr/bin/env python3
"""The history of a real server: it is killed, stopped and robbed of its file, and every call is there once."""
import csv
import http.client
import io
import json
import socket
import threading
import time
import unittest
import urllib.request

from calls import KEY, Calls
from office import LINES, run, wait_for


class History(Calls):
    def test_kill_in_the_middle_loses_and_doubles_no_row(self):
        self.config = self.write(more=KEY)
        token, server = self.token(), self.serve()
        acknowledged, stop = [], threading.Event()

        def caller():
            for number in range(100_000):
                if stop.is_set():
                    return
                call = f"call-{number}"
                try:
                    self.post([self.event("start_ringing", call), self.event("end_ringing", call)])
                    acknowledged.append(call)
                except OSError:  # the server is dead: the call may be known or not
                    time.sleep(0.05)

        thread = threading.Thread(target=caller)
        thread.start()
        self.addCleanup(stop.set)
        for _ in range(3):
            before = len(acknowledged)
            wait_for(lambda: len(acknowledged) > before + 50, "calls to be taken in")
            server.kill()
            server = self.serve()
        stop.set()
        thread.join()
        wait_for(lambda: set(acknowledged) <= {row["call_id"] for row in self.calls(token)}, "the history to catch up")
        rows = [row["call_id"] for row in self.calls(token)]
        self.assertEqual(len(rows), len(set(rows)), "none twice")
        self.assertEqual({row["outcome"] for row in self.calls(token)}, {"missed"})
        found = self.calls(token, "number=%2B33%206%2012%2034%2056%2078")
        self.assertEqual(len(found), len(rows))

    def test_recorded_call_as_row_figure_and_csv(self):
        token, server = self.token(), self.serve()
        self.replay("k-answered-caller-hangs")
        wait_for(lambda: len(self.calls(token, "outcome=answered")) == 2, "both sides of the call")
        caller, called = sorted(self.calls(token, "outcome=answered"), key=lambda row: row["line"])
        self.assertEqual([caller["direction"], called["direction"]], ["out", "in"])
        self.assertGreater(called["talked_s"], 0)
        figures = json.loads(self.get(f"/api/statistics?by=line&key={LINES['102']}", token))
        self.assertEqual([row["answered"] for row in figures["rows"]], [1])
        self.assertEqual(figures["time_zone"], "Europe/Paris")
        rows = list(csv.DictReader(io.StringIO(self.get("/api/calls.csv?line=102", token))))
        self.assertEqual([row["outcome"] for row in rows], ["answered"])
        board = json.loads(self.get(f"/api/snapshot?at={called['answered']}", token))
        self.assertIn(called["call_id"], [call["call_id"] for call in board["calls"]])
        self.assertEqual(server.stop(), 0)

    def test_lost_file_is_made_again_from_the_journal(self):
        self.config = self.write(more=KEY)
        token, server = self.token(), self.serve()
        self.missed(range(300))
        self.wait_for_rows(token, 300)
        before = self.calls(token)
        self.assertEqual(server.stop(), 0)
        for file in (self.dir / "data").glob("history.db*"):
            file.unlink()
        self.serve()
        self.wait_for_rows(token, 300)
        self.assertEqual(self.calls(token), before, "the same rows under the same names")

    def test_damaged_file_is_moved_aside_and_made_again(self):
        self.config = self.write(more=KEY)
        token, server = self.token(), self.serve()
        self.missed(range(10))
        self.wait_for_rows(token, 10)
        self.assertEqual(server.stop(), 0)
        file = self.dir / "data/history.db"
        file.write_bytes(b"no database at all" * 1_000)
        self.serve()
        self.wait_for_rows(token, 10)
        self.assertTrue(file.with_suffix(".db.damaged").exists())
        self.assertIn("made again from what the journal has", self.log())

    def test_stops_in_time_while_it_catches_up_and_goes_on_there(self):
        self.config = self.write(more=KEY)
        token, server = self.token(), self.serve()
        self.missed(range(20_000))
        server.kill()
        for file in (self.dir / "data").glob("history.db*"):
            file.unlink()
        for _ in range(2):
            self.assertEqual(self.serve().stop(within=5), 0)
        self.serve()
        self.wait_for_rows(token, 20_000)
        self.assertEqual(len({row["call_id"] for row in self.calls(token)}), 20_000)

    def test_export_that_is_cut_off_is_not_taken_for_the_whole(self):
        self.config = self.write(more=KEY)
        token, server = self.token(), self.serve()
        self.missed(range(40_000))
        self.wait_for_rows(token, 40_000)
        for end in ("kill", "stop"):
            with socket.create_connection(("127.0.0.1", self.http)) as raw:
                raw.sendall(f"GET /api/calls.jsonl HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
                answer = http.client.HTTPResponse(raw)
                answer.begin()
                self.assertEqual(answer.status, 200)
                self.assertTrue(answer.read(1_000))
                getattr(server, end)()
                with self.assertRaises((http.client.HTTPException, OSError)):
                    answer.read()
            server = self.serve()
            self.assertEqual(len(self.calls(token)), 40_000)

    def test_tick_of_a_callback_outlives_a_crash_and_a_new_attempt_ends_it(self):
        self.config = self.write(more=KEY)
        token, server = self.token(), self.serve()
        callbacks = lambda: json.loads(self.get("/api/callbacks", token))["callbacks"]
        self.missed(range(2))
        wait_for(lambda: [entry["attempts"] for entry in callbacks()] == [2], "the caller to be listed")
        entry = callbacks()[0]
        self.assertEqual((entry["number"], entry["line"], entry["done"]), ("0033612345678", LINES["101"], None))
        request = urllib.request.Request(f"{self.base}/api/callbacks/{entry['id']}/done", b'{"by":"Zo\u00eb"}',
                                         {"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            self.assertEqual(json.load(answer)["done"]["by"], "Zo\u00eb")
        server.kill()
        self.serve()
        self.assertEqual(callbacks()[0]["done"]["by"], "Zo\u00eb")
        self.missed(range(2, 3))
        wait_for(lambda: callbacks()[0]["done"] is None, "the new attempt to be listed")
        self.assertEqual(callbacks()[0]["attempts"], 1, "what was seen to is seen to")
        self.post([self.event("start_ringing", "a"), self.event("end_ringing", "a"), self.event("start_calling", "a")])
        wait_for(lambda: callbacks() == [], "who was spoken with to be left out")

    def test_backup_has_the_history(self):
        self.config = self.write(more=KEY)
        token, server = self.token(), self.serve()
        self.missed(range(500))
        self.wait_for_rows(token, 500)
        made = run("backup", "--config", self.config, "--to", self.dir / "copy", within=60)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.missed(range(500, 600))
        self.wait_for_rows(token, 600)
        self.assertEqual(server.stop(), 0)
        done = run("restore", "--config", self.config, "--from", self.dir / "copy", "--replace", within=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.serve()
        self.assertEqual(len(self.calls(token)), 500)
        self.missed(range(600, 700))
        self.wait_for_rows(token, 600)
        self.assertEqual(len({row["call_id"] for row in self.calls(token)}), 600)


if __name__ == "__main__":
    unittest.main()
