#!/usr/bin/env python3
"""Restarts, kill -9 and ten thousand at once: every event arrives, in the order of its call, under one id."""
import collections
import random
import threading
import time
import unittest

from receiver import Telling, hang, wait_for


class Crash(Telling):
    def expect_complete(self, receiver, calls, names):
        """Each event of each call arrived; leaving repeats out, in order; and each has one id."""
        order, ids = collections.defaultdict(list), collections.defaultdict(set)
        for request in list(receiver.taken):
            event = request.event()
            call = event["data"]["CallId"]
            ids[call, event["event"]].add(request.id)
            if event["event"] not in order[call]:
                order[call].append(event["event"])
        self.assertEqual(set(order), {str(call) for call in calls})
        for call, told in order.items():
            self.assertEqual(told, list(names), call)
        return ids

    def test_restart_in_mid_attempt(self):
        receiver = self.receiver(hang)
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "events": ["start_ringing"]}])
        server = self.serve()
        self.tell_call(1)
        wait_for(lambda: receiver.received, "the attempt to begin")
        self.assertEqual(server.stop(), 0)
        receiver.behaviour = lambda request, handler: 200
        self.serve()
        self.assertEqual(receiver.wait(1)[0].id, receiver.received[0].id)

    def test_kill_in_mid_attempt(self):
        receiver = self.receiver(hang)
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "events": ["start_ringing"]}])
        server = self.serve()
        self.tell_call(1)
        wait_for(lambda: receiver.received, "the attempt to begin")
        server.kill()
        receiver.behaviour = lambda request, handler: 200
        self.serve()
        self.assertEqual(receiver.wait(1)[0].id, receiver.received[0].id)

    def test_what_came_while_nobody_delivered_is_told(self):
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "events": ["start_ringing"]}])
        server = self.serve()
        self.tell_call(1)
        receiver.wait(1)
        self.tell([self.call_event("start_ringing", call) for call in range(2, 500)])
        server.kill()
        self.serve()
        receiver.wait(499)
        self.expect_complete(receiver, range(1, 500), ["start_ringing"])

    def test_kills_at_any_moment_lose_and_skip_nothing(self):
        names = ["start_ringing", "end_ringing", "start_calling", "end_calling"]
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "events": names + ["call.ended"]}])
        server = self.serve()
        told = 0
        for _ in range(8):
            self.tell([self.call_event(name, call) for name in names for call in range(told, told + 100)])
            told += 100
            time.sleep(random.uniform(0, 0.3))
            server.kill()
            server = self.serve()
        wait_for(lambda: len({(one.event()["data"]["CallId"], one.event()["event"]) for one in list(receiver.taken)}) == told * 5,
                 f"{told * 5} events", within=110)
        self.expect_complete(receiver, range(told), names + ["call.ended"])

    def test_lifecycle_over_a_kill(self):
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "events": ["call.ended", "call.missed"]}])
        server = self.serve()
        self.tell_call("talks", ["start_ringing", "end_ringing", "start_calling"])
        self.tell_call("rings", ["start_ringing", "end_ringing"])
        server.kill()
        self.serve()
        self.tell_call("talks", ["end_calling"])
        receiver.wait(2)
        told = {request.event()["data"]["CallId"]: request.event() for request in receiver.taken}
        self.assertEqual(told["rings"]["event"], "call.missed")
        self.assertEqual(told["talks"]["event"], "call.ended")
        self.assertGreater(told["talks"]["data"]["TalkSeconds"], 0)
        self.assertEqual(len(receiver.taken), 2)

    def test_ten_thousand_due_at_once(self):
        works = threading.Event()
        receiver = self.receiver(lambda request, handler: 200 if works.is_set() else 503)
        names = ["start_ringing", "end_ringing", "start_calling", "end_calling"]
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "events": names}])
        self.serve()
        for first in range(0, 2_500, 500):
            self.tell([self.call_event(name, call) for name in names for call in range(first, first + 500)])
        wait_for(lambda: self.webhook()["waiting"] >= 10_000, "all to wait")
        self.assertEqual(self.webhook()["state"], "paused")
        works.set()
        receiver.wait(10_000, within=150)
        self.expect_complete(receiver, range(2_500), names)
        self.assertEqual(len(receiver.taken), 10_000, "none twice, as nothing broke")
        wait_for(lambda: self.webhook()["waiting"] == 0, "nothing to wait")


if __name__ == "__main__":
    unittest.main()
