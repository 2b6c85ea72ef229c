#!/usr/bin/env python3
"""Webhooks through the API and the configuration: who may do what, the log, tests, replays and reloads."""
import signal
import unittest

from receiver import KEY, LINE, SECRET, Telling, wait_for


class Api(Telling):
    def made(self, receiver, **more):
        body = {"name": "made", "account": "office", "events": ["start_ringing"], "method": "POST", "secret": SECRET,
                "url": f"http://127.0.0.1:{receiver.port}/", **more}
        status, answer = self.call_api("POST", "/api/webhooks", body)
        self.assertEqual(status, 201, answer)
        return answer

    def test_made_used_and_removed(self):
        receiver = self.receiver()
        self.configure([])
        server = self.serve()
        self.tell_call("before")
        made = self.made(receiver)
        self.assertEqual({**made, "id": ""}, {
            "id": "", "name": "made", "account": "office", "service": None, "events": ["start_ringing"],
            "url": f"http://127.0.0.1:{receiver.port}/", "method": "POST", "state": "active", "waiting": 0, "failing_since": None,
            "last_error": None, "configured": False})
        self.tell_call("after")
        self.assertEqual(receiver.wait(1)[0].event()["data"]["CallId"], "after", "from now on")
        server.kill()
        self.serve()
        self.assertEqual(self.webhook("made")["id"], made["id"], "it survives")
        self.tell_call("again")
        receiver.wait(2)
        self.assertEqual(self.call_api("DELETE", f"/api/webhooks/{made['id']}"), (204, None))
        self.assertEqual(self.call_api("GET", "/api/webhooks")[1], {"webhooks": []})
        self.assertEqual(self.call_api("DELETE", f"/api/webhooks/{made['id']}")[0], 404)

    def test_shows_no_secret(self):
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "previous_secret": "the old one"}])
        server = self.serve()
        made = self.made(receiver)
        self.tell_call(1)
        receiver.wait(2)
        shown = str(self.call_api("GET", "/api/webhooks")) + str(made) + str(self.deliveries()) + self.log()
        for secret in (SECRET, "the old one"):
            self.assertNotIn(secret, shown)
        server.stop()
        for file in (self.dir / "data").glob("webhooks.db*"):
            content = file.read_bytes()
            for secret in (SECRET, "the old one", "0033612345678"):
                self.assertNotIn(secret.encode(), content, file.name)

    def test_wrong_bodies_are_named(self):
        self.configure([])
        self.serve()
        good = {"name": "x", "account": "office", "events": ["*"], "url": "https://crm.example/"}
        for change, word in [({"name": None}, "name"), ({"account": "nobody"}, "account"), ({"account": None}, "account"),
                             ({"service": LINE}, "account"), ({"account": None, "service": "0033"}, "service"), ({"events": []}, "events"),
                             ({"events": ["a b"]}, "events"), ({"url": "ftp://x"}, "url"), ({"url": None}, "url"),
                             ({"url": "https://h/*CALER*"}, "CALER"), ({"method": "PUT"}, "method"), ({"method": "POST"}, "secret"),
                             ({"colour": "red"}, "colour")]:
            with self.subTest(change):
                status, answer = self.call_api("POST", "/api/webhooks", {**good, **change})
                self.assertEqual(status, 400, answer)
                self.assertIn(word, answer["message"])
        self.assertEqual(self.call_api("POST", "/api/webhooks", [1])[0], 400)
        self.assertEqual(self.call_api("POST", "/api/webhooks", good)[0], 201)
        self.assertEqual(self.call_api("POST", "/api/webhooks", good)[0], 409, "the name is taken")

    def test_who_may_do_what(self):
        self.configure([{"name": "all", "url": "https://crm.invalid/"},
                        {"name": "one", "url": "https://crm.invalid/", "account": None, "service": LINE}])
        self.serve()
        account, service = self.token(), self.token("--service", LINE)
        names = lambda key: [one["name"] for one in self.call_api("GET", "/api/webhooks", key=key)[1]["webhooks"]]
        self.assertEqual(names(KEY), ["all", "one"])
        self.assertEqual(names(account), ["all", "one"])
        self.assertEqual(names(service), ["one"])
        self.assertEqual(self.call_api("GET", f"/api/webhooks/all/deliveries?token={service}", key="")[0], 404)
        self.assertEqual(self.call_api("GET", f"/api/webhooks/one/deliveries?token={service}", key="")[0], 200)
        self.assertEqual(self.call_api("GET", "/api/webhooks", key="wrong")[0], 403)
        for method, path in [("POST", "/api/webhooks"), ("DELETE", "/api/webhooks/one"), ("POST", "/api/webhooks/one/test"),
                             ("POST", "/api/webhooks/one/resume"), ("POST", "/api/webhooks/one/deliveries/1/replay")]:
            self.assertEqual(self.call_api(method, path, {}, key=account)[0], 401, path)
        self.assertEqual(self.call_api("DELETE", "/api/webhooks/one")[0], 409, "it is in the configuration")

    def test_test_and_replay(self):
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/*CALLID*", "events": ["start_ringing"]}])
        self.serve()
        status, tested = self.call_api("POST", "/api/webhooks/crm/test")
        self.assertEqual((status, tested["event"], tested["result"], tested["sequence"]), (200, "webhook.test", "delivered", 0))
        self.assertEqual(receiver.taken[0].event()["event"], "webhook.test")
        self.assertTrue(receiver.taken[0].is_signed())
        self.tell_call("c1")
        receiver.wait(2)
        entry = self.attempts(2)[0]
        status, replayed = self.call_api("POST", f"/api/webhooks/crm/deliveries/{entry['id']}/replay")
        self.assertEqual((status, replayed["result"], replayed["event"]), (200, "delivered", "start_ringing"))
        first, second = receiver.taken[1:3]
        self.assertEqual((first.id, first.body, first.target), (second.id, second.body, second.target))
        self.assertEqual([one["id"] for one in self.deliveries()][0], replayed["id"])
        receiver.behaviour = lambda request, handler: 500
        status, failed = self.call_api("POST", "/api/webhooks/crm/test")
        self.assertEqual((status, failed["result"], failed["status"]), (200, "failed", 500))
        for path in ("nobody/test", "nobody/resume", "crm/deliveries/999/replay", "crm/deliveries/x/replay"):
            self.assertEqual(self.call_api("POST", f"/api/webhooks/{path}")[0], 404, path)

    def test_the_log_has_pages(self):
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "events": ["start_ringing"]}])
        self.serve()
        self.tell([self.call_event("start_ringing", call) for call in range(25)])
        receiver.wait(25)
        self.attempts(25)
        pages, after = [], ""
        while after is not None:
            status, page = self.call_api("GET", f"/api/webhooks/crm/deliveries?limit=10{after and '&after=' + after}")
            self.assertEqual(status, 200)
            pages.append([int(one["id"]) for one in page["deliveries"]])
            after = page["next"]
        self.assertEqual([len(page) for page in pages], [10, 10, 5])
        ids = sum(pages, [])
        self.assertEqual(ids, sorted(set(ids), reverse=True))
        for query in ("limit=0", "limit=1001", "limit=x", "after=x"):
            self.assertEqual(self.call_api("GET", f"/api/webhooks/crm/deliveries?{query}")[0], 400, query)

    def test_a_reload_takes_other_webhooks(self):
        first, second = self.receiver(), self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{first.port}/", "events": ["start_ringing"]},
                        {"name": "old", "url": f"http://127.0.0.1:{first.port}/", "events": ["end_ringing"]}])
        server = self.serve()
        self.tell_call(1)
        first.wait(1)
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{second.port}/", "events": ["start_ringing"]},
                        {"name": "new", "url": f"http://127.0.0.1:{second.port}/new", "events": ["end_ringing"]}])
        server.signal(signal.SIGHUP)
        wait_for(lambda: [one["name"] for one in self.call_api("GET", "/api/webhooks")[1]["webhooks"]] == ["crm", "new"], "the reload")
        self.tell_call(2, ["start_ringing", "end_ringing"])
        second.wait(2)
        self.assertEqual(len(first.taken), 1)
        self.assertEqual({request.path for request in second.taken}, {"/", "/new"})

    def test_metrics_count_what_came_of_attempts(self):
        receiver = self.receiver()
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{receiver.port}/", "events": ["start_ringing"]}])
        server = self.serve()
        self.tell_call(1)
        receiver.wait(1)
        wait_for(lambda: server.metric("callboard_webhook_deliveries_total") == 1, "the metric")


if __name__ == "__main__":
    unittest.main()
