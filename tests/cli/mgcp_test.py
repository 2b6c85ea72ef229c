#!/usr/bin/env python3
"""A recorded conversation of MGCP goes through the whole server: HEP in, events of the event service out."""
import socket
import struct
import unittest

from office import Office, run, wait_for

ALICE, BOB, MARIE = "0033972000001", "0033972000002", "0033612345678"
AGENT, GATEWAY = ("10.0.0.1", 2727), ("10.0.1.1", 2427)


def hep(sender, receiver, text, milliseconds):
    """A HEP3 packet with protocol type MGCP."""
    def chunk(number, value):
        return struct.pack("!HHH", 0, number, len(value) + 6) + value
    chunks = b"".join([
        chunk(1, b"\x02"), chunk(2, b"\x11"), chunk(3, socket.inet_aton(sender[0])), chunk(4, socket.inet_aton(receiver[0])),
        chunk(7, struct.pack("!H", sender[1])), chunk(8, struct.pack("!H", receiver[1])),
        chunk(9, struct.pack("!I", 1_780_000_000 + milliseconds // 1000)),
        chunk(10, struct.pack("!I", milliseconds % 1000 * 1000)), chunk(11, b"\x08"), chunk(12, struct.pack("!I", 7)),
        chunk(15, text.encode())])
    return b"HEP3" + struct.pack("!H", len(chunks) + 6) + chunks


class Recording:
    """A `.hep` file as it grows (src/sources/hep/recording.hpp)."""

    def __init__(self):
        self.bytes, self.now, self.transaction = b"", 0, 1000

    def add(self, sender, receiver, text, after=20):
        self.now += after
        packet = hep(sender, receiver, text, self.now)
        self.bytes += struct.pack("!QI", 1_780_000_000 * 10**9 + self.now * 10**6, len(packet)) + packet

    def say(self, verb, port, *parameters, code=200, answer=(), after=20):
        """A command and its response."""
        self.transaction += 1
        text = f"{verb} {self.transaction} aaln/{port}@gw1.example MGCP 1.0\r\n" + "".join(f"{line}\r\n" for line in parameters)
        way = (GATEWAY, AGENT) if verb in ("NTFY", "RSIP") else (AGENT, GATEWAY)
        self.add(*way, text, after)
        self.add(*reversed(way), f"{code} {self.transaction} OK\r\n" + "".join(f"{line}\r\n" for line in answer))

    def save(self, path):
        path.write_bytes(self.bytes)
        return path


def sdp(port):
    return ("", "v=0", "o=- 1 1 IN IP4 10.0.1.1", "s=-", "c=IN IP4 10.0.1.1", "t=0 0", f"m=audio {port} RTP/AVP 0")


def alice_calls_bob(said):
    said.say("NTFY", 1, "X: 1", "O: L/hd,D/1,D/0,D/0,D/2")
    said.say("CRCX", 1, "C: A3C47F21456789F0", "M: recvonly", answer=("I: 11", *sdp(4000)))
    said.say("CRCX", 2, "C: A3C47F21456789F0", "M: sendrecv", "X: 2", "R: L/hd(N)", "S: L/rg", *sdp(4000), answer=("I: 22", *sdp(4010)))
    said.say("MDCX", 1, "C: A3C47F21456789F0", "I: 11", "M: recvonly", "X: 3", "R: L/hu(N)", "S: G/rt", *sdp(4010))
    said.say("NTFY", 2, "X: 2", "O: L/hd", after=400)
    said.say("MDCX", 1, "C: A3C47F21456789F0", "I: 11", "M: sendrecv", "X: 4", "R: L/hu(N), L/hf(N)")


def alice_holds_and_bob_hangs_up(said):
    said.say("NTFY", 1, "X: 4", "O: L/hf", after=400)
    said.say("MDCX", 1, "C: A3C47F21456789F0", "I: 11", "M: inactive")
    said.say("NTFY", 2, "X: 5", "O: L/hu", after=400)
    said.say("DLCX", 2, "C: A3C47F21456789F0", "I: 22", code=250)
    said.say("DLCX", 1, "C: A3C47F21456789F0", "I: 11", code=250)


def told(events, line):
    return [(event["Event"], event["Data"]["Calling"], event["Data"]["Called"]) for event in events if event["Ressource"] == line]


class Mgcp(Office):
    def write(self, name="callboard.toml", **_):
        path = self.dir / name
        path.write_text(f'''data_dir = "{self.dir / "data"}"
threads = 2
[http]
listen = ["127.0.0.1:{self.http}"]
[[account]]
id = "office"
[[account.service]]
number = "{ALICE}"
type = "mgcpCirpack"
aliases = ["1001", "aaln/1@gw1"]
[[account.service]]
number = "{BOB}"
type = "mgcpCirpack"
aliases = ["1002", "aaln/2@gw1.example"]
[[source]]
name = "mirror"
kind = "hep"
listen = "udp:127.0.0.1:{self.hep}"
''')
        return path

    def play(self, said):
        played = run("replay", said.save(self.dir / "said.hep"), "--to", f"udp:127.0.0.1:{self.hep}", "--speed", 10)
        self.assertEqual(played.returncode, 0, played.stderr)

    def both_hung_up(self, events):
        return all(any(event["Event"] == "end_calling" and event["Ressource"] == line for event in events) for line in (ALICE, BOB))

    def test_a_call_with_a_hold_is_told_to_both_lines(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        said = Recording()
        alice_calls_bob(said)
        alice_holds_and_bob_hangs_up(said)
        self.play(said)
        client.thread.join(10)
        events = client.until(self.both_hung_up)
        whole = ["start_ringing", "end_ringing", "start_calling", "end_calling"]
        self.assertEqual(told(events, BOB), [(name, ALICE, BOB) for name in whole])
        self.assertEqual(told(events, ALICE), [(name, ALICE, BOB) for name in whole[:3] + ["start_hold", "end_hold", "end_calling"]])
        event = events[0]
        self.assertEqual((event["Service"], event["Data"]["Protocol"], event["Details"]["Type"]), ("mgcp", "mgcp", "mgcpCirpack"))
        self.assertEqual((event["Data"]["CallId"], event["Data"]["Cseq"]), ("A3C47F21456789F0", "1003 CRCX"))
        self.assertEqual(event["Data"]["Body"], "CRCX 1003 aaln/2@gw1.example MGCP 1.0")
        self.assertEqual(server.metric("callboard_mgcp_messages_total"), 22)
        self.assertEqual(server.metric("callboard_mgcp_errors_total"), 0)
        self.assertEqual(server.metric("callboard_hep_skipped_total"), 0)

    def test_a_call_that_is_up_goes_on_after_a_restart(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        said = Recording()
        alice_calls_bob(said)
        self.play(said)
        client.thread.join(10)
        client.until(lambda all: ("start_calling", ALICE, BOB) in told(all, ALICE))
        wait_for(lambda: server.metric("callboard_events_total") >= 6, "all events to be in the journal")
        server.kill()
        self.serve()
        said.bytes = b""
        alice_holds_and_bob_hangs_up(said)
        self.play(said)
        events = client.until(self.both_hung_up)
        self.assertEqual([name for name, *_ in told(events, ALICE)],
                         ["start_ringing", "end_ringing", "start_calling", "start_hold", "end_hold", "end_calling"])
        self.assertEqual(told(events, BOB)[-1], ("end_calling", ALICE, BOB))

    def test_what_cannot_be_read_is_counted(self):
        server = self.serve()
        said = Recording()
        said.add(AGENT, GATEWAY, "CRCX 1 aaln/1@gw1.example MGCP 1.0\r\nM: sendrecv\r\n")
        said.add(AGENT, GATEWAY, "INVITE sip:1001@example.net SIP/2.0\r\n\r\n")
        self.play(said)
        wait_for(lambda: server.metric("callboard_mgcp_errors_total") == 2, "both to be counted")
        self.assertEqual(server.metric("callboard_mgcp_messages_total"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
