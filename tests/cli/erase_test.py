#!/usr/bin/env python3
"""`callboard erase`: a caller's number leaves every file, and nothing else changes."""
import json
import unittest
import urllib.request

from calls import KEY, Calls
from office import LINES, run, wait_for

CALLER = "0033612345678"
OTHER = "0033698765432"
WEBHOOK = """
[[webhook]]
name = "crm"
account = "office"
events = ["start_ringing"]
url = "http://127.0.0.1:9/never?from=*CALLING*"
[webhooks]
allow_private = ["127.0.0.1"]
"""


class Erase(Calls):
    def call(self, number, calling):
        return [{"event": name, "service": "sip", "ressource": LINES["101"],
                 "data": {"CallId": f"call-{number}@host", "Calling": calling, "Called": LINES["101"], "Dialed": LINES["101"],
                          "Body": f"INVITE sip:101@pbx from <sip:+{calling[2:]}@host>", "Note": "call 06 12 34 56 78 back"}}
                for name in ("start_ringing", "end_ringing")]

    def erase(self, number, code=0):
        done = run("erase", "--config", self.config, number, within=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def files(self):
        """Everything in the data directory but the key."""
        return b"".join(path.read_bytes() for path in sorted((self.dir / "data").rglob("*")) if path.is_file())

    def test_the_number_is_nowhere_and_the_rest_is_as_it_was(self):
        self.config = self.write(more=KEY)
        token, server = self.token(), self.serve()
        for number in range(40):
            self.post(self.call(number, CALLER if number % 4 == 0 else OTHER))
        wait_for(lambda: len(self.calls(token)) == 40, "the history")
        cursor = json.loads(self.get("/api/snapshot", token))["cursor"]
        self.assertIn("no server", run("erase", "--help").stdout)
        self.assertRegex(self.erase("06 12 34 56 78", code=2), "another process|running|runs|open")
        self.assertEqual(server.stop(), 0)
        self.assertIn(CALLER.encode(), self.files())

        self.assertRegex(self.erase("06 12 34 56 78"), rf"{CALLER}: 80 events, 10 calls of the history, 0 deliveries")
        left = self.files()
        for form in (CALLER, "+33612345678", "0612345678", "06 12 34 56 78"):
            self.assertNotIn(form.encode(), left, form)
        self.assertIn(OTHER.encode(), left)
        self.assertRegex(self.erase(CALLER), "0 events, 0 calls of the history, 0 deliveries")

        self.serve()
        self.assertEqual(len(self.calls(token)), 40)
        self.assertEqual(len(self.calls(token, f"number={CALLER}")), 0)
        self.assertEqual(len(self.calls(token, f"number={OTHER}")), 30)
        self.assertEqual(sum(call["calling"] == "anonymous" for call in self.calls(token)), 10)
        self.post(self.call(100, OTHER))
        with urllib.request.urlopen(f"{self.base}/?token={token}&session={cursor}", timeout=20) as answer:
            events = json.load(answer)["Events"]
        self.assertEqual([event["Data"]["CallId"] for event in events], ["call-100@host"] * 2, "a cursor from before goes on")

    def test_deliveries_of_webhooks_go_as_well(self):
        self.config = self.write(more=KEY + WEBHOOK)
        token, server = self.token(), self.serve()
        self.post(self.call(1, CALLER) + self.call(2, OTHER))
        wait_for(lambda: len(self.calls(token)) == 2, "the history")
        wait_for(lambda: server.metric("callboard_webhook_deliveries_total") > 0, "an attempt")
        self.assertEqual(server.stop(), 0)
        deliveries = int(self.erase(CALLER).split(", ")[2].split()[0])
        self.assertGreaterEqual(deliveries, 1)
        self.assertRegex(self.erase(CALLER), ", 0 deliveries")
        self.serve()

    def test_what_is_no_callers_number_is_refused(self):
        self.config = self.write(more=KEY)
        for number, why in (("101", "no number of the public network"), ("alice", "no number"), (LINES["101"], "one of your own services")):
            self.assertIn(why, self.erase(number, code=1))


if __name__ == "__main__":
    unittest.main()
