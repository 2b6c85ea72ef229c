#!/usr/bin/env python3
"""The history of a real server: it is killed in the middle, and every call is there once."""
import csv
import io
import json
import threading
import time
import unittest
import urllib.request

from office import LINES, Office, wait_for

KEY = '[[api.key]]\nname = "tests"\nkey = "KEY"\nallow = ["POST /api/ingest"]\n'


class History(Office):
    def get(self, path, token):
        request = urllib.request.Request(self.base + path, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read().decode()

    def calls(self, token, query=""):
        return [json.loads(line) for line in self.get(f"/api/calls.jsonl?{query}", token).splitlines()]

    def post(self, events):
        request = urllib.request.Request(self.base + "/api/ingest", json.dumps(events).encode(), {"Authorization": "Bearer KEY"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def test_kill_in_the_middle_loses_and_doubles_no_row(self):
        self.config = self.write(more=KEY)
        token, server = self.token(), self.serve()
        acknowledged, stop = [], threading.Event()

        def event(name, call):
            return {"event": name, "service": "sip", "ressource": LINES["101"],
                    "data": {"CallId": call, "Calling": "0612345678", "Called": LINES["101"], "Dialed": LINES["101"]}}

        def caller():
            for number in range(100_000):
                if stop.is_set():
                    return
                call = f"call-{number}"
                try:
                    self.post([event("start_ringing", call), event("end_ringing", call)])
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


if __name__ == "__main__":
    unittest.main()
