#!/usr/bin/env python3
"""`callboard serve` with an Asterisk as its source: what clients read while a recording of its manager interface plays."""
import hashlib
import json
import socket
import threading
import time
import unittest
import urllib.error
import urllib.request

from office import TRACES, Office, wait_for

SECRET = "a-secret-of-asterisk"
QUEUES = {"sales": "0033123456800", "support": "0033123456801"}
AGENTS = {extension: f"0033123456{extension}" for extension in ("201", "202", "203")}


class Asterisk:
    """A manager interface that lets its user in and then plays a recording, `speed` times as fast as it was."""

    def __init__(self, recording, speed=4):
        self.reads = []
        data = (TRACES / f"{recording}.ami").read_bytes()
        for line in (TRACES / f"{recording}.ami.idx").read_text().splitlines():
            at, offset, length = map(int, line.split())
            self.reads.append((at / 1e9, data[offset:offset + length]))
        self.speed, self.asked = speed, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.go = threading.Event()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.converse, args=(connection,), daemon=True).start()

    def converse(self, connection):
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"Asterisk Call Manager/11.0.0\r\n")
            action = {}
            for line in lines:
                key, _, value = line.decode().rstrip("\r\n").partition(": ")
                if key:
                    action[key] = value
                    continue
                self.answer(connection, action)
                action = {}

    def answer(self, connection, action):
        self.asked.append(action)
        reply = lambda *lines: connection.sendall(("\r\n".join([*lines, f"ActionID: {action['ActionID']}"]) + "\r\n\r\n").encode())
        name = action["Action"]
        if name == "Challenge":
            reply("Response: Success", "Challenge: 4711")
        elif name == "Login":
            if action.get("Key") != hashlib.md5(("4711" + SECRET).encode()).hexdigest():
                return reply("Response: Error", "Message: Authentication failed")
            reply("Response: Success", "Message: Authentication accepted")
            threading.Thread(target=self.play, args=(connection,), daemon=True).start()
        elif name in ("CoreShowChannels", "QueueStatus"):
            reply("Response: Success", "EventList: start")
            reply(f"Event: {name}Complete", "EventList: Complete", "ListItems: 0")
        elif name == "Getvar" and "call-id" in action["Variable"]:
            reply("Response: Success", f"Variable: {action['Variable']}", f"Value: sip-{action['Channel']}")
        else:
            reply("Response: Error", "Message: nothing of the kind")

    def play(self, connection):
        self.go.wait(30)
        begun, first = time.monotonic(), self.reads[0][0]
        for at, data in self.reads:
            time.sleep(max(0, (at - first) / self.speed - (time.monotonic() - begun)))
            try:
                connection.sendall(data)
            except OSError:
                return


class AsteriskOffice(Office):
    def write(self, name="callboard.toml", port=1, secret=SECRET, **_):
        def services(kind, numbers):
            return "".join(f'[[account.service]]\nnumber = "{number}"\ntype = "{kind}"\naliases = ["{alias}"]\n'
                           for alias, number in numbers.items())
        path = self.dir / name
        path.write_text(f'data_dir = "{self.dir / "data"}"\n[http]\nlisten = ["127.0.0.1:{self.http}"]\npoll_timeout = "2s"\n'
                        f'[[account]]\nid = "office"\n{services("sipCirpack", AGENTS)}{services("easyHunting", QUEUES)}'
                        f'[[source]]\nname = "pbx"\nkind = "asterisk"\naddress = "127.0.0.1:{port}"\nusername = "callboard"\n'
                        f'secret = "{secret}"\n')
        return path

    def test_a_queue_call_reaches_the_client(self):
        asterisk = Asterisk("a-queue-noanswer-then-second", speed=2)
        self.config = self.write(port=asterisk.port)
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        asterisk.go.set()
        client.thread.join(10)
        events = client.until(lambda events: any(event["Event"] == "end_calling" for event in events), within=30)
        told = [event["Event"] + " " + event["Ressource"][-3:] for event in events
                if not event["Event"].startswith("agent-st") and event["Event"] != "registered"]
        self.assertEqual(told, [
            "member-queue-start 800", "members-count 800", "agent-offering 800", "start_ringing 201", "bridge-agent-fail 800",
            "end_ringing 201", "agent-offering 800", "start_ringing 202", "end_ringing 202", "start_calling 202",
            "bridge-agent-start 800", "members-count 800", "bridge-agent-end 800", "member-queue-end 800", "end_calling 202"])
        calling = next(event for event in events if event["Event"] == "start_calling")
        self.assertEqual(calling["Data"]["CallId"], "sip-PJSIP/202-00000002")
        self.assertEqual(calling["Data"]["Calling"], "0033612345678")
        started = next(event for event in events if event["Event"] == "bridge-agent-start")
        self.assertEqual(started["Service"], "queues")
        self.assertRegex(started["Data"]["QueueAgent"], r"^agent_0033123456202_\d+$")
        self.assertNotIn(SECRET, self.log())
        self.assertNotIn(SECRET, json.dumps(asterisk.asked))

    def test_a_wrong_secret_is_said_plainly(self):
        asterisk = Asterisk("a-hold")
        self.config = self.write(port=asterisk.port, secret="a-wrong-one")
        try:
            self.serve()
        except AssertionError:
            pass  # not ready: its only source is down

        def health():
            try:
                with urllib.request.urlopen(f"{self.base}/readyz", timeout=2) as answer:
                    return answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.read().decode()
        wait_for(lambda: "refuses the user" in health(), "the source to say what is wrong")
        self.assertIn("manager.conf", health())
        self.assertIn("refuses the user", self.log())
        self.assertNotIn("a-wrong-one", self.log() + health())


if __name__ == "__main__":
    unittest.main()
