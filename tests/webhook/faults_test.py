#!/usr/bin/env python3
"""What a receiver can do wrong, and what comes of it: nothing is lost, nobody else is held up, and it is shown."""
import socket
import time
import unittest

from receiver import LINE, QUEUE, SECRET, Received, Telling, certificate, close_half_way, hang, wait_for


class Fine(Telling):
    def test_posts_the_event_signed(self):
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/e?c=*CALLID*"}])
        self.serve()
        self.tell_call("call 1/2")
        request = receiver.wait(1)[0]
        self.assertEqual((request.method, request.target), ("POST", "/e?c=call%201%2F2"))
        self.assertEqual(request.headers["Content-Type"], "application/json")
        self.assertTrue(request.is_signed())
        self.assertFalse(request.is_signed("another"))
        event = request.event()
        self.assertEqual((event["event"], event["ressource"], event["data"]["CallId"], event["token"]),
                         ("start_ringing", LINE, "call 1/2", ""))
        entry = self.attempts(1)[0]
        self.assertEqual((entry["result"], entry["status"], entry["attempt"], entry["answer"], entry["error"]),
                         ("delivered", 200, 1, "said 200", None))
        self.assertEqual(entry["callboard_id"], request.id)
        self.assertEqual(entry["request"], f"POST http://127.0.0.1:{receiver.port}/e?c=call%201%2F2")

    def test_gets_with_every_placeholder(self):
        receiver = self.receiver()
        url = (f"http://127.0.0.1:{receiver.port}/?from=*CALLING*&to=*CALLED*&d=*DIALED*&e=*EVENT*&q=*QUEUE*&a=*AGENT*"
               "&c=*CALLID*&again=*CALLING*")
        self.configure([{"name": "crm", "url": url, "method": "GET", "secret": None,
                         "events": ["start_ringing", "agent-offering"]}])
        self.serve()
        self.tell([self.call_event("start_ringing", 7), self.call_event("end_ringing", 7),
                   {"event": "agent-offering", "service": "queues", "ressource": QUEUE,
                    "data": {"QueueMemberUUID": "m1", "QueueAgent": "agent_x_1", "Calling": "0033600000000"}}])
        line, queue = sorted(receiver.wait(2), key=lambda one: one.query["e"], reverse=True)
        self.assertEqual(line.query, {"from": "0033612345678", "to": LINE, "d": LINE, "e": "start_ringing", "q": "", "a": "",
                                      "c": "7", "again": "0033612345678"})
        self.assertEqual(queue.query, {"from": "0033600000000", "to": QUEUE, "d": QUEUE, "e": "agent-offering", "q": QUEUE,
                                       "a": "agent_x_1", "c": "m1", "again": "0033600000000"})
        self.assertEqual(line.body, b"")
        self.assertNotIn("Callboard-Signature", line.headers)

    def test_signs_twice_while_secrets_change(self):
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "previous_secret": "the old one"}])
        self.serve()
        self.tell_call(1)
        request = receiver.wait(1)[0]
        self.assertTrue(request.is_signed(SECRET) and request.is_signed("the old one"))

    def test_tells_what_became_of_calls_and_queues(self):
        receiver = self.receiver()
        names = ["call.missed", "call.ended", "queue.abandoned", "threshold.crossed"]
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "events": names}])
        self.serve()
        member = lambda name, uuid, **more: {"event": name, "service": "queues", "ressource": QUEUE,
                                             "data": {"QueueMemberUUID": uuid, "Calling": "0033600000000", **more}}
        self.tell([self.call_event("start_ringing", "missed"), self.call_event("end_ringing", "missed"),
                   self.call_event("start_ringing", "ended"), self.call_event("end_ringing", "ended"),
                   self.call_event("start_calling", "ended"), self.call_event("end_calling", "ended"),
                   member("member-queue-start", "m1"), member("member-queue-start", "m2"),
                   member("member-queue-end", "m1", QueueCause="Cancel", QueueMemberJoinedTime="1780000000",
                          QueueMemberLeavingTime="1780000042")])
        told = [request.event() for request in receiver.wait(5)]
        by_name = {(one["event"], one["data"].get("Direction")): one["data"] for one in told}
        self.assertEqual(len(told), 5, by_name)
        self.assertEqual(by_name["call.missed", "in"]["CallId"], "missed")
        self.assertFalse(by_name["call.missed", "in"]["Answered"])
        ended = by_name["call.ended", "in"]
        self.assertEqual((ended["CallId"], ended["Answered"]), ("ended", True))
        self.assertGreaterEqual(ended["TalkSeconds"], 0)
        self.assertEqual(by_name["queue.abandoned", None]["WaitSeconds"], 42)
        self.assertEqual(by_name["threshold.crossed", "above"]["Value"], 2)
        self.assertEqual(by_name["threshold.crossed", "below"]["Value"], 1)


class Faulty(Telling):
    def retried(self, behaviour, error, status=None, certified=None):
        """One event to a receiver that fails at first; the log's first entry."""
        fails = [True]
        receiver = self.receiver(lambda request, handler: behaviour(request, handler) if fails[0] else 200)
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/"}])
        self.serve()
        self.tell_call(1)
        failed = self.attempts(1)[0]
        self.assertEqual((failed["result"], failed["status"], failed["attempt"]), ("retrying", status, 1))
        self.assertIn(error, failed["error"])
        shown = self.webhook()
        self.assertEqual((shown["waiting"], shown["last_error"]), (1, failed["error"]))
        self.assertIsNotNone(shown["failing_since"])
        fails[0] = False
        taken = receiver.wait(1)
        self.assertEqual(taken[0].id, receiver.received[0].id, "the same delivery")
        self.assertEqual(self.attempts(2)[0]["attempt"], 2)
        wait_for(lambda: self.webhook()["failing_since"] is None, "the webhook to be well again")
        return failed

    def test_500(self):
        failed = self.retried(lambda request, handler: 500, "answered 500", 500)
        self.assertEqual(failed["answer"], "said 500")

    def test_hanging(self):
        failed = self.retried(hang, "")
        self.assertGreater(failed["duration_ms"], 9_000)
        self.assertLess(failed["duration_ms"], 20_000)

    def test_closing_half_way(self):
        self.retried(close_half_way, "")

    def test_redirect_is_not_followed(self):
        self.retried(lambda request, handler: 302, "redirect", 302)

    def test_nobody_listens(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{port}/"}])
        self.serve()
        self.tell_call(1)
        self.assertEqual(self.attempts(1)[0]["status"], None)
        receiver = self.receiver(port=port)
        receiver.wait(1)

    def test_name_that_does_not_exist(self):
        self.configure([{"name": "crm", "url": "http://no-such-host.invalid/"}])
        self.serve()
        self.tell_call(1)
        failed = self.attempts(1)[0]
        self.assertEqual(failed["result"], "retrying")
        self.assertIn("no-such-host.invalid", failed["error"])

    def test_certificate_of_nobody(self):
        receiver = self.receiver(certificate=certificate(self.dir))
        self.configure([{"name": "crm", "url": f"https://127.0.0.1:{receiver.port}/"}])
        self.serve()
        self.tell_call(1)
        failed = self.attempts(1)[0]
        self.assertEqual((failed["result"], failed["status"]), ("retrying", None))
        self.assertIn("certificate", failed["error"])
        self.assertEqual(receiver.received, [])

    def test_certificate_of_an_authority_that_is_named(self):
        receiver = self.receiver(certificate=certificate(self.dir))
        self.configure([{"name": "crm", "url": f"https://127.0.0.1:{receiver.port}/"}], more='authorities = "receiver.pem"\n')
        self.serve()
        self.tell_call(1)
        receiver.wait(1)

    def test_410_stops_it(self):
        receiver = self.receiver(lambda request, handler: 410)
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/"}])
        server = self.serve()
        self.tell_call(1)
        self.assertEqual(self.attempts(1)[0]["result"], "gone")
        self.assertEqual(self.webhook()["state"], "stopped")
        self.tell_call(2)
        server.stop()
        self.serve()
        self.tell_call(3)
        self.assertEqual(self.webhook()["state"], "stopped", "over a restart too")
        receiver.behaviour = lambda request, handler: 200
        status, shown = self.call_api("POST", "/api/webhooks/crm/resume")
        self.assertEqual((status, shown["state"]), (200, "active"))
        self.tell_call(4)
        self.assertEqual(receiver.wait(1)[0].event()["data"]["CallId"], "4")
        self.assertEqual(len(receiver.received), 2)

    def test_private_addresses_are_refused(self):
        receiver = self.receiver()
        port = receiver.port
        urls = [f"http://127.0.0.1:{port}/", f"http://localhost:{port}/", f"http://[::1]:{port}/", f"http://[::ffff:127.0.0.1]:{port}/",
                f"http://0.0.0.0:{port}/", f"http://2130706433:{port}/", f"http://10.255.255.1:{port}/",
                "http://169.254.169.254/latest/meta-data/", f"http://[fd00::1]:{port}/", f"http://[64:ff9b::7f00:1]:{port}/"]
        self.configure([{"name": f"w{i}", "url": url} for i, url in enumerate(urls)], allow_private=["somewhere.else"])
        self.serve()
        self.tell_call(1)
        for i, url in enumerate(urls):
            with self.subTest(url):
                failed = self.attempts(1, f"w{i}")[0]
                self.assertEqual(failed["result"], "retrying")
                self.assertIn("not allowed", failed["error"])
        self.assertEqual(receiver.received, [])

    def test_private_names_are_allowed_by_name(self):
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://LocalHost:{receiver.port}/"}], allow_private=["localhost"])
        self.serve()
        self.tell_call(1)
        receiver.wait(1)

    def test_redirect_to_a_private_address_leads_nowhere(self):
        secret = self.receiver()
        receiver = self.receiver(lambda request, handler: 307)
        receiver.location = f"http://127.0.0.1:{secret.port}/"
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/"}])
        self.serve()
        self.tell_call(1)
        self.assertIn("307", self.attempts(1)[0]["error"])
        self.assertEqual(secret.received, [])


class Company(Telling):
    def test_a_hanging_receiver_holds_up_no_other(self):
        slow, quick = self.receiver(hang), self.receiver()
        self.configure([{"name": f"slow{i}", "url": f"http://127.0.0.1:{slow.port}/{i}"} for i in range(10)] +
                       [{"name": "quick", "url": f"http://127.0.0.1:{quick.port}/"}])
        self.serve()
        self.tell([self.call_event("start_ringing", i) for i in range(200)])
        quick.wait(200)
        self.assertEqual(slow.taken, [])
        at_slow = [request.path for request in slow.received]
        self.assertEqual(set(at_slow), {f"/{i}" for i in range(10)}, "each of them was asked")

    def test_a_failing_receiver_is_paused_and_resumes_by_itself(self):
        works = []
        receiver = self.receiver(lambda request, handler: 200 if works else 503)
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/"}])
        self.serve()
        self.tell([self.call_event("start_ringing", i) for i in range(50)])
        wait_for(lambda: self.webhook()["state"] == "paused", "the webhook to be paused")
        self.assertEqual(self.webhook()["waiting"], 50)
        self.assertLess(len(receiver.received), 10, "it is not hammered")
        works.append(True)
        receiver.wait(50)
        shown = self.webhook()
        self.assertEqual((shown["state"], shown["failing_since"], shown["last_error"]), ("active", None, None))

    def test_order_of_each_call_holds_through_failures(self):
        seen = set()

        def every_third_fails(request, _handler):
            if request.id in seen or int(request.id.rsplit("-", 1)[1]) % 3:
                return 200
            seen.add(request.id)
            return 500
        receiver = self.receiver(every_third_fails)
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/"}])
        self.serve()
        names = ["start_ringing", "end_ringing", "start_calling", "start_hold", "end_hold", "end_calling"]
        self.tell([self.call_event(name, call) for name in names for call in range(5)])
        receiver.wait(5 * (len(names) + 1), within=110)  # and call.ended
        for call in range(5):
            order = [request.event()["event"] for request in receiver.taken if request.event()["data"]["CallId"] == str(call)]
            self.assertEqual(order, names + ["call.ended"])


if __name__ == "__main__":
    unittest.main()
