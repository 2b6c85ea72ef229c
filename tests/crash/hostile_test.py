#!/usr/bin/env python3
"""`callboard serve` in bad company: noise on its HEP ports, clients that send too much, too little, too slowly or nonsense.
Those who behave are served as if nobody else were there, and the others are told what was wrong.

CALLBOARD_HOSTILE_SEED chooses other noise.
"""
import contextlib
import json
import os
import pathlib
import random
import socket
import struct
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from office import LINES, Office, free_port, wait_for  # noqa: E402

KEY = "a-key-of-the-hostile-test"
SEED = int(os.environ.get("CALLBOARD_HOSTILE_SEED", "20261125"))
WHOLE_CALL = ["start_ringing", "end_ringing", "start_calling", "end_calling"]


class Company(Office):
    def setUp(self):
        super().setUp()
        self.hep_tcp = free_port()
        self.config = self.write(more=f'[[source]]\nname = "stream"\nkind = "hep"\nlisten = "tcp:127.0.0.1:{self.hep_tcp}"\n'
                                      f'[[api.key]]\nname = "poster"\nkey = "{KEY}"\nallow = ["POST /api/ingest"]\n')
        self.random = random.Random(SEED)

    def connect(self, data=b"", within=30):
        """A connection that has sent `data`."""
        connection = socket.create_connection(("127.0.0.1", self.http), timeout=within)
        self.addCleanup(connection.close)
        connection.sendall(data)
        return connection

    def get(self, path):
        try:
            with urllib.request.urlopen(self.base + path, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def post(self, body, key=KEY):
        request = urllib.request.Request(f"{self.base}/api/ingest", body, {"Authorization": f"Bearer {key}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def assert_whole_call(self, events):
        for line in ("101", "102"):
            names = [event["Event"] for event in events if event["Ressource"] == LINES[line]]
            self.assertEqual([name for name in names if name != "registered"], WHOLE_CALL, line)


def both_hung_up(events):
    return sum(event["Event"] == "end_calling" for event in events) >= 2


class Noise(Company):
    """On the ports that anyone in reach of the exchange can send to."""

    def chunk(self, kind, value, length=None):
        return struct.pack("!HHH", 0, kind, len(value) + 6 if length is None else length) + value

    def packet(self, payload):
        chunks = (self.chunk(1, b"\x02") + self.chunk(2, b"\x11") + self.chunk(3, b"\xc0\x0a\x02\x01") + self.chunk(4, b"\xc0\x0a\x02\x02") +
                  self.chunk(7, b"\x13\xc4") + self.chunk(8, b"\x13\xc4") + self.chunk(9, struct.pack("!I", int(time.time()))) +
                  self.chunk(10, b"\0\0\0\0") + self.chunk(11, b"\x01") + self.chunk(12, b"\0\0\x07\xd1") + self.chunk(15, payload))
        return b"HEP3" + struct.pack("!H", len(chunks) + 6) + chunks

    def bytes(self, most):
        return self.random.randbytes(self.random.randrange(most))

    def noise(self):
        """One of the many ways to be no good."""
        sip = (b"INVITE sip:102@pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:101@pbx.example>;tag=a\r\n"
               b"To: <sip:102@pbx.example>\r\nCall-ID: noise\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n")
        whole = self.packet(sip)
        flipped = bytearray(whole)
        for _ in range(self.random.randrange(1, 30)):
            flipped[self.random.randrange(6, 80)] = self.random.randrange(256)
        return self.random.choice([
            lambda: self.bytes(2000),
            lambda: b"HEP3" + self.bytes(2000),
            lambda: b"HEP3" + struct.pack("!H", self.random.randrange(65536)) + self.bytes(300),
            lambda: b"HEP3\x00\x0c" + self.chunk(15, b"", self.random.randrange(65536)),
            lambda: b"\x02\x10" + self.bytes(100),
            lambda: bytes(flipped),
            lambda: whole[:self.random.randrange(len(whole))],
            lambda: self.packet(self.bytes(1500)),
            lambda: self.packet(sip[:self.random.randrange(len(sip) - 4)]),
            lambda: self.packet(b"SIP/2.0 " + self.bytes(400)),
            lambda: self.packet(b"INVITE sip:102@pbx.example SIP/2.0\r\nCall-ID: \xff\r\n\r\n"),
        ])()

    @contextlib.contextmanager
    def while_sending(self, send):
        stop = threading.Event()

        def keep_on():
            while not stop.is_set():
                send()
                time.sleep(0.001)
        thread = threading.Thread(target=keep_on, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def test_on_the_udp_port_real_calls_are_told_all_the_same(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            with self.while_sending(lambda: sender.sendto(self.noise(), ("127.0.0.1", self.hep))):
                wait_for(lambda: server.metric("callboard_hep_errors_total") > 50, "noise to be heard", within=60)
                self.replay("k-answered-caller-hangs")
                client.thread.join(20)
                events = client.until(both_hung_up)
        self.assert_whole_call([event for event in events if event["Data"]["CallId"] != "noise"])
        wait_for(lambda: server.metric("callboard_sip_errors_total") > 50, "messages that are none to be counted", within=60)
        self.assertIn("SIP messages could not be read", self.log())
        self.assertIn("HEP packets could not be taken", self.log())
        self.assertLess(len(self.log().splitlines()), 100, "noise does not fill the log")
        self.assertEqual(server.stop(), 0)

    def test_on_the_tcp_port_each_connection_answers_for_itself(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)

        def send():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.hep_tcp), timeout=10) as connection:
                for _ in range(self.random.randrange(1, 20)):
                    connection.sendall(self.noise())
        with self.while_sending(send):
            wait_for(lambda: server.metric("callboard_hep_errors_total") > 20, "noise to be heard", within=60)
            self.replay("k-answered-caller-hangs")
            client.thread.join(20)
            events = client.until(both_hung_up)
        self.assert_whole_call([event for event in events if event["Data"]["CallId"] != "noise"])
        self.assertEqual(server.stop(), 0)

    def test_nonsense_on_a_tcp_connection_ends_it(self):
        self.serve()
        with socket.create_connection(("127.0.0.1", self.hep_tcp), timeout=30) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertEqual(connection.recv(100), b"")


class TooMuch(Company):
    def refusal(self, data):
        """Status of what is sent whole although it is refused on the way."""
        connection = self.connect()
        connection.settimeout(30)
        with contextlib.suppress(OSError):  # it may be closed before all is sent
            connection.sendall(data)
        answer = b""
        with contextlib.suppress(OSError):
            while more := connection.recv(65536):
                answer += more
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None

    def test_requests_of_megabytes_are_refused_with_their_reason(self):
        server = self.serve()
        before = server.metric("process_resident_memory_bytes")
        large = b"x" * (10 << 20)
        for status, data in ((431, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Large: " + large + b"\r\n\r\n"),
                             (414, b"GET /" + large + b" HTTP/1.1\r\n\r\n"),
                             (431, b"GET /healthz HTTP/1.1\r\n" + b"X: y\r\n" * 200_000 + b"\r\n"),
                             (413, b"POST /api/ingest HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n" + large),
                             (413, b"POST /api/ingest HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n" + large),
                             (400, b"POST /api/ingest HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
                             (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100 + b"\r\n\r\n"),
                             (400, b"GET /healthz\x00 HTTP/1.1\r\n\r\n"),
                             (505, b"GET / HTTP/9.9\r\n\r\n")):
            with self.subTest(request=data[:60]):
                self.assertEqual(self.refusal(data), status)
        self.assertEqual(self.get("/healthz")[0], 200)
        self.assertLess(server.metric("process_resident_memory_bytes") - before, 64 << 20)


class TooLittle(Company):
    def test_a_thousand_connections_that_say_nothing_or_half_delay_nobody(self):
        token, server = self.token(), self.serve()
        halves = [b"", b"G", b"GET / HT", b"GET /?token=" + token.encode() + b" HTTP/1.1\r\nHost: local",
                  b"POST /api/ingest HTTP/1.1\r\nContent-Length: 100\r\n\r\n[", b"\r\n\r\n"]
        for i in range(1000):
            self.connect(halves[i % len(halves)])
        wait_for(lambda: server.metric("callboard_http_connections") >= 1000, "all to be connected", within=60)
        client = self.waiting_client(server, token)
        self.replay("k-answered-caller-hangs")
        client.thread.join(20)
        self.assert_whole_call(client.until(both_hung_up))
        self.assertEqual(server.stop(), 0)

    def test_a_request_that_comes_byte_by_byte_is_given_up(self):
        """15 s after its first byte, however steadily it comes; others are served meanwhile."""
        self.serve()
        slow = self.connect()
        slow.settimeout(0.2)
        answer, sent, end = b"", 0, time.monotonic() + 60
        for byte in b"GET /?token=" + b"x" * 10_000:
            if answer or time.monotonic() > end:
                break
            with contextlib.suppress(OSError):
                slow.sendall(bytes([byte]))
                sent += 1
            with contextlib.suppress(TimeoutError):
                answer = slow.recv(1000)
            self.assertEqual(self.get("/healthz")[0], 200)
        self.assertTrue(answer.startswith(b"HTTP/1.1 408 "), answer)
        self.assertGreater(sent, 20)


class Nonsense(Company):
    def test_tokens_of_any_shape_are_refused_alike(self):
        token, server = self.token(), self.serve()
        for wrong in ("x", "x" * 8000, "%00", "%ff%fe", "%0d%0aX-Injected:%201", "..%2f..%2fkey", "'%20OR%201=1--", token[:-1], token + "0",
                      token.lower(), "%F0%9F%93%9E"):
            with self.subTest(token=wrong[:40]):
                status, body = self.get(f"/?token={wrong}")
                self.assertEqual(status, 403)
                answer = json.loads(body)
                self.assertEqual((answer["Session"], answer["Events"]), ("", []))
                self.assertTrue(answer["Message"])
                self.assertNotIn(wrong if len(wrong) > 3 else "\0", self.log())
        for path in ("/api/snapshot", "/api/events"):
            self.assertEqual(self.get(f"{path}?token=%00{'x' * 5000}")[0], 403)
        client = self.waiting_client(server, token)
        self.replay("k-answered-caller-hangs")
        client.thread.join(20)
        self.assert_whole_call(client.until(both_hung_up))

    def test_sessions_of_any_shape_count_as_none(self):
        token, server = self.token(), self.serve()
        for session in ("x", "A" * 32, "%00", "x" * 8000):
            with self.subTest(session=session[:40]):
                self.assertEqual(self.waiting_client(server, token, session).outcome, [])

    def event(self, **changed):
        return {"event": "registered", "service": "sip", "ressource": LINES["101"], "data": {}, **changed}

    def test_one_bad_element_keeps_the_whole_array_out(self):
        server = self.serve()
        good = [self.event() for _ in range(20)]
        for wrong, words in (({}, ("element 7", "missing")),
                             (self.event(event=7), ("element 7", "event")),
                             (self.event(service="smoke"), ("element 7", "service")),
                             (self.event(ressource="0033999999999"), ("element 7", "ressource")),
                             (self.event(data=[]), ("element 7", "data")),
                             (self.event(data={"Ts": "yesterday"}), ("element 7", "Ts")),
                             ("x", ("element 7", "object")),
                             (None, ("element 7", "object"))):
            with self.subTest(element=wrong):
                status, answer = self.post(json.dumps(good[:7] + [wrong] + good[7:]).encode())
                self.assertEqual(status, 400)
                for word in words:
                    self.assertIn(word, answer["message"])
        self.assertEqual(server.metric("callboard_journal_sequence"), 0)
        status, answer = self.post(json.dumps(good).encode())
        self.assertEqual((status, answer), (200, {"accepted": 20, "first": 1, "last": 20}))

    def test_bodies_that_are_no_array_of_events(self):
        server = self.serve()
        for body in (b"", b"{}", b"null", b"[", b"[" * 100_000, b"[1,", b"\xff\xfe[]", b"[]]", b'[{"event":"\\ud800"}]', b"[" + b"9" * 100_000 + b"]"):
            with self.subTest(body=body[:20]):
                status, answer = self.post(body)
                self.assertEqual(status, 400)
                self.assertTrue(answer["message"])
        self.assertEqual(self.post(b"[]")[0], 200)
        self.assertEqual(self.post(b"[]", key="wrong")[0], 401)
        self.assertEqual(server.metric("callboard_journal_sequence"), 0)


if __name__ == "__main__":
    print("seed", SEED, flush=True)
    unittest.main(verbosity=2)
