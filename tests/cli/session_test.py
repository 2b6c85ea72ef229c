#!/usr/bin/env python3
"""Clients of version 2 of the event service, over real connections, through crashes of the server."""
import http.client
import json
import signal
import unittest

from office import Client, Office, wait_for


class Session:
    """Polls a session, one connection a request."""

    def __init__(self, port, token):
        self.port, self.events = port, []
        self.id = json.loads(self.ask("POST", "/v2/session")[1])["id"]
        status, text = self.ask("POST", f"/v2/session/{self.id}/subscribe/{token}")
        assert (status, text) == (200, f"Successfully subscribed on token {token}"), text

    def ask(self, method, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def poll(self):
        """How many events came."""
        status, body = self.ask("GET", f"/v2/session/{self.id}/events/poll")
        assert status == 200, body
        found = json.loads(body) if body.startswith("[") else []
        self.events += found
        return len(found)


def name(event):
    return event["event"], event["ressource"], event["timestamp"]


class Crash(Office):
    def setUp(self):
        super().setUp()
        self.config = self.write(timeout="1s")

    def test_session_survives_kill(self):
        token, server = self.token(), self.serve()
        witness = Client(self.base, token)  # of version 1: it carries its place itself
        witness.poll()
        session = Session(self.http, token)
        server.signal(signal.SIGKILL)  # at once behind the subscription
        server.process.wait()
        server = self.serve()
        self.replay("k-classic-answered")
        while session.poll():
            pass
        seen = [name(event) for event in session.events]

        kept = server.metric("callboard_journal_sequence")
        self.replay("k-cancel")
        wait_for(lambda: server.metric("callboard_journal_sequence") > kept, "more in the journal")
        server.signal(signal.SIGKILL)  # before anybody read these
        server.process.wait()
        server = self.serve()
        session.events.clear()
        while session.poll():
            pass
        again = [name(event) for event in session.events]
        while witness.poll()[1]["Events"]:
            pass
        everything = [(event["Event"], event["Ressource"], event["Timestamp"]) for event in witness.events]
        # At worst what was read just before the end comes again, in front of the rest.
        fresh = everything[len(seen):]
        self.assertEqual(everything[:len(seen)], seen)
        self.assertEqual(again[-len(fresh):], fresh)
        self.assertEqual(again, everything[-len(again):])
        self.assertEqual(server.stop(), 0)

    def test_session_survives_a_stop_without_a_repeat(self):
        token, server = self.token(), self.serve()
        session = Session(self.http, token)
        self.replay("k-classic-answered")
        while session.poll():
            pass
        seen = [name(event) for event in session.events]
        self.assertEqual(server.stop(), 0)
        server = self.serve()
        self.assertEqual(session.poll(), 0)
        self.replay("k-classic-answered")
        while session.poll():
            pass
        self.assertEqual(len(session.events), 2 * len(seen))
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
