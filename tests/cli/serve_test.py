#!/usr/bin/env python3
"""`callboard serve` as its operator meets it: signals, reloads, tokens of a running server, crashes, and what keeps it from
starting."""
import json
import os
import signal
import socket
import stat
import time
import unittest
import urllib.error
import urllib.request

from office import LINES, Office, run, wait_for


def names(events, line):
    return [event["Event"] for event in events if event["Ressource"] == line]


def both_hung_up(events):
    return sum(event["Event"] == "end_calling" for event in events) >= 2


class Start(Office):
    def refused(self, config=None):
        refused = run("serve", "--config", config or self.config)
        self.assertEqual(refused.returncode, 2)
        self.assertEqual(len([line for line in refused.stderr.splitlines() if line.startswith("callboard: ")]), 1, refused.stderr)
        return refused.stderr

    def test_http_port_taken(self):
        with socket.create_server(("127.0.0.1", self.http)):
            self.assertIn(f"127.0.0.1:{self.http}: another program listens there", self.refused())

    def test_hep_port_taken(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", self.hep))
            self.assertIn(f"127.0.0.1:{self.hep}", self.refused())

    def test_two_servers_on_one_data_dir(self):
        self.serve()
        http, self.http, self.hep = self.http, self.http + 1, self.hep + 1
        second = self.write("second.toml")
        self.assertIn("is held by another process", self.refused(second))
        with urllib.request.urlopen(f"http://127.0.0.1:{http}/healthz", timeout=5) as answer:
            self.assertEqual(answer.status, 200)

    def test_key_that_is_damaged(self):
        self.token()
        (self.dir / "data/key").write_text("short")
        self.assertIn("has not 32 bytes", self.refused())

    def test_data_dir_is_made_for_its_owner_alone(self):
        self.serve()
        self.assertEqual(stat.S_IMODE(os.stat(self.dir / "data").st_mode), 0o700)

    def test_log_is_a_line_a_fact(self):
        server = self.serve()
        self.assertEqual(server.stop(), 0)
        for line in self.log().splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d (info|warning) \S.*$")
        self.assertIn(f"http: listening on 127.0.0.1:{self.http}", self.log())
        self.assertIn(f"127.0.0.1:{self.hep}", self.log())
        self.assertTrue(self.log().rstrip().endswith("stopped"))


class Stop(Office):
    def test_pending_polls_are_answered(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                token, server = self.token(), self.serve()
                client = self.waiting_client(server, token)
                begun = time.monotonic()
                server.signal(number)
                self.assertEqual(server.process.wait(5), 0)
                self.assertLess(time.monotonic() - begun, 5)
                client.thread.join(5)
                status, body = client.outcome[0]
                self.assertEqual((status, body["Events"]), (200, []))
                self.assertTrue(body["Session"])

    def test_open_streams_and_idle_connections_do_not_delay(self):
        token, server = self.token(), self.serve()
        stream = urllib.request.urlopen(f"{self.base}/api/events?token={token}", timeout=20)
        idle = socket.create_connection(("127.0.0.1", self.http))
        self.addCleanup(idle.close)
        self.addCleanup(stream.close)
        half = socket.create_connection(("127.0.0.1", self.http))
        half.send(b"GET / HT")
        self.addCleanup(half.close)
        self.assertEqual(server.stop(), 0)
        self.assertIn(b"event: end", stream.read())


class Resume(Office):
    def test_crash_between_two_polls_leaves_no_gap_and_no_repeat(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        self.replay("k-answered-caller-hangs")
        client.thread.join(10)
        before = client.until(lambda all: "start_ringing" in names(all, LINES["102"]))
        wait_for(lambda: server.metric("callboard_events_total") >= 8, "all events to be in the journal")
        server.kill()
        server = self.serve()
        events = client.until(both_hung_up)
        self.assertEqual(len(before), len(set(map(json.dumps, before))))
        whole = ["start_ringing", "end_ringing", "start_calling", "end_calling"]
        for line in ("101", "102"):
            self.assertEqual([name for name in names(events, LINES[line]) if name != "registered"], whole)

    def test_no_event_is_lost_by_an_orderly_restart(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        self.replay("k-answered-caller-hangs")
        self.assertEqual(server.stop(), 0)
        client.thread.join(5)
        self.serve()
        events = client.until(lambda all: "start_ringing" in names(all, LINES["102"]))
        self.assertEqual(names(events, LINES["102"]).count("start_ringing"), 1)


class Reload(Office):
    def post(self, key):
        event = {"event": "registered", "service": "sip", "ressource": "0033123456109", "data": {}}
        request = urllib.request.Request(f"{self.base}/api/ingest", json.dumps([event]).encode(),
                                         {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def reloaded(self, server, sentence):
        before = self.log().count(sentence)
        server.signal(signal.SIGHUP)
        wait_for(lambda: self.log().count(sentence) > before, f"'{sentence}' in the log")

    def test_lines_and_keys_of_the_new_file_are_in_force(self):
        token, server = self.token(), self.serve()
        self.assertIn(self.post("a-key-of-the-crm"), (401, 403))
        client = self.waiting_client(server, token)
        key = '[[api.key]]\nname = "crm"\nkey = "a-key-of-the-crm"\nallow = ["POST /api/ingest"]\n'
        self.write(lines={**LINES, "109": "0033123456109"}, more=key)
        self.reloaded(server, "reload: 4 services of 1 accounts, 1 API keys in force")
        self.assertEqual(self.post("a-key-of-the-crm"), 200)
        client.thread.join(5)
        self.assertEqual(names(client.events, "0033123456109"), ["registered"])

    def test_calls_reach_a_line_that_came_with_a_reload(self):
        self.config = self.write(lines={"101": LINES["101"]})
        token, server = self.token(), self.serve()
        self.write()
        self.reloaded(server, "reload: 3 services")
        client = self.waiting_client(server, token)
        self.replay("k-answered-caller-hangs")
        client.thread.join(10)
        self.assertIn("start_ringing", names(client.until(both_hung_up), LINES["102"]))

    def rest(self, method, path, body=None, **headers):
        """Status and answer of a call of OVH's API."""
        request = urllib.request.Request(self.base + path, body and json.dumps(body).encode(), headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def test_clients_of_the_api_are_those_of_the_new_file(self):
        server = self.serve()
        known = {"X-Ovh-Application": "an-application"}
        self.assertEqual(self.rest("GET", "/1.0/telephony", **known)[1]["errorCode"], "INVALID_KEY")
        self.write(more='[[api.client]]\napplication_key = "an-application"\napplication_secret = "s"\nconsumer_key = "c"\n'
                        'allow = ["* /*"]\n')
        self.reloaded(server, "reload: 3 services of 1 accounts, 1 API keys in force")
        self.assertEqual(self.rest("GET", "/1.0/telephony", **known)[1]["errorCode"], "MISSING_CREDENTIAL")
        self.assertEqual(self.rest("GET", "/1.0/telephony", **known, **{"X-Ovh-Consumer": "c"})[1]["errorCode"], "QUERY_TIME_OUT")
        self.assertNotIn("an-application", self.log())

    def test_tokens_of_the_api_are_those_of_the_command(self):
        self.write(more='[[api.key]]\nname = "crm"\nkey = "a-key-of-the-crm"\nallow = ["* /telephony/*"]\n'
                        '[[account]]\nid = "hall"\n[[account.service]]\nnumber = "0033123456300"\ntype = "cloudHunting"\n')
        server = self.serve()
        key = {"Authorization": "Bearer a-key-of-the-crm"}
        made = {}
        for place in ("", "/service/0033123456300", "/ovhPabx/0033123456300/hunting", "/ovhPabx/0033123456300/hunting/agent/42"):
            status, made[place] = self.rest("POST", f"/1.0/telephony/hall{place}/eventToken", {"expiration": "30 days"}, **key)
            self.assertEqual(status, 200, made[place])
        listed = run("token", "list", "--config", self.config, "--show").stdout
        rows = [line.split("\t") for line in listed.splitlines()]
        self.assertEqual([(row[0], row[1], row[3]) for row in rows], [
            ("hall", "all services", made[""]),
            ("hall", "0033123456300", made["/service/0033123456300"]),
            ("hall", "0033123456300 ovhPabx", made["/ovhPabx/0033123456300/hunting"]),
            ("hall", "0033123456300 ovhPabx agent 42", made["/ovhPabx/0033123456300/hunting/agent/42"])])
        token = run("token", "create", "--config", self.config, "--account", "hall").stdout.strip()
        self.assertEqual(self.rest("GET", "/v1/telephony/hall/eventToken", **key), (200, {"token": token}))
        self.assertEqual(self.rest("DELETE", "/telephony/hall/eventToken/", **key), (200, None))
        self.assertNotIn(token, run("token", "list", "--config", self.config, "--show").stdout)
        self.assertEqual(server.stop(), 0)
        for token in made.values():
            self.assertNotIn(token, self.log())

    def test_a_bad_file_changes_nothing_and_says_why(self):
        token, server = self.token(), self.serve()
        self.config.write_text("data_dir = 7\n[htpp]\n")
        self.reloaded(server, "nothing is changed")
        self.assertIn(f"{self.config}:1: data_dir: has to be a text in quotes", self.log())
        self.assertIn(f"{self.config}:2: htpp: is not a key", self.log())
        client = self.waiting_client(server, token)
        self.replay("k-answered-caller-hangs")
        client.thread.join(10)
        self.assertTrue(client.until(both_hung_up))
        self.assertEqual(server.stop(), 0)

    def test_what_needs_a_restart_is_said(self):
        server = self.serve()
        self.write(timeout="5s")
        self.reloaded(server, "what else was changed needs a restart")


class Tokens(Office):
    def test_a_new_token_is_in_force_at_once(self):
        server = self.serve()
        for line in LINES.values():
            client = self.waiting_client(server, self.token("--service", line))
            self.assertEqual(client.outcome, [])

    def test_revoking_ends_a_poll_that_waits(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        self.assertEqual(run("token", "revoke", token, "--config", self.config).returncode, 0)
        client.thread.join(5)
        status, body = client.outcome[0]
        self.assertEqual(status, 403)
        self.assertEqual((body["Session"], body["Events"]), ("", []))
        self.assertTrue(body["Message"])
        self.assertEqual(client.poll()[0], 403)

    def test_a_token_of_one_line_hears_that_line_alone(self):
        token = self.token("--service", LINES["102"])
        server = self.serve()
        client = self.waiting_client(server, token)
        self.replay("k-answered-caller-hangs")
        client.thread.join(10)
        events = client.until(lambda all: "end_calling" in names(all, LINES["102"]))
        self.assertEqual({event["Ressource"] for event in events}, {LINES["102"]})

    def test_another_one_for_the_same_place_ends_the_first(self):
        token, server = self.token(), self.serve()
        client = self.waiting_client(server, token)
        self.token()
        client.thread.join(5)
        self.assertEqual(client.outcome[0][0], 403)


if __name__ == "__main__":
    unittest.main(verbosity=2)
