#!/usr/bin/env python3
"""Clients of version 2 of the event service, over real connections, through crashes of the server."""
import http.client
import json
import signal
import unittest

from office import Office


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
        session = Session(self.http, token)
        server.signal(signal.SIGKILL)  # at once behind the subscription
        server.process.wait()
        server = self.serve()
        self.replay("k-classic-answered")
        while session.poll():
            pass
        seen = [name(event) for event in session.events]
        self.assertGreater(len(seen), 4)
        self.assertEqual(len(set(seen)), len(seen))

        self.replay("k-classic-answered")
        server.signal(signal.SIGKILL)  # before anybody read these
        server.process.wait()
        server = self.serve()
        session.events.clear()
        while session.poll():
            pass
        again = [name(event) for event in session.events]
        fresh = [event for event in again if event not in seen]
        self.assertEqual(again[-len(fresh):], fresh)  # at worst what was read just before comes again, in front
        self.assertEqual([event[:2] for event in fresh], [event[:2] for event in seen])
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
