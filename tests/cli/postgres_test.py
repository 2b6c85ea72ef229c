#!/usr/bin/env python3
"""The history of a real server in a real PostgreSQL, which goes away and comes back."""
import unittest
import urllib.error

from calls import KEY, Calls
from office import run, wait_for
from postgres import Postgres

CALLER, OTHER = "0033612345678", "0033698765432"


class History(Calls):
    def setUp(self):
        super().setUp()
        self.database = Postgres()
        self.addCleanup(self.database.remove)
        self.config = self.write(more=KEY + f'[history]\nurl = "{self.database.url}"\n')

    def test_goes_on_when_the_database_comes_back(self):
        token, server = self.token(), self.serve()  # without a database
        self.missed(range(100), calling=CALLER)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.get("/api/calls", token)
        self.assertEqual(refused.exception.code, 503)
        refused.exception.close()
        self.database.start()
        self.wait_for_rows(token, 100)
        self.database.stop()
        self.missed(range(100, 150), calling=OTHER)
        self.database.start()
        self.wait_for_rows(token, 150)
        server.kill()
        server = self.serve()
        self.missed(range(150, 160), calling=CALLER)
        self.wait_for_rows(token, 160)
        self.assertEqual(len({row["call_id"] for row in self.calls(token)}), 160)
        self.assertEqual(len(self.calls(token, f"number={OTHER}")), 50)
        self.assertEqual(self.database.query("SELECT count(*) FROM callboard_call WHERE calling = '0033698765432'"), "50")
        self.assertFalse((self.dir / "data" / "history.db").exists())
        self.assertEqual(server.stop(), 0)

    def test_ends_in_time_with_a_database_that_hangs(self):
        self.database.start()
        token, server = self.token(), self.serve()
        self.missed([1], calling=CALLER)
        self.wait_for_rows(token, 1)
        # Nobody gets at the table any more.
        self.database.hold("BEGIN; LOCK TABLE callboard_call;")
        wait_for(lambda: self.database.query("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'") != "0", "the lock")
        self.missed([2], calling=CALLER)
        self.assertEqual(server.stop(), 0)  # within 5 s, or it says so

    def test_the_doctor_and_the_erasure_know_it(self):
        done = run("doctor", "--config", self.config, within=60)
        self.assertRegex(done.stdout, r"history.*the database")
        self.database.start()
        self.assertRegex(run("doctor", "--config", self.config, within=60).stdout, r"history.*can be read")
        token, server = self.token(), self.serve()
        self.missed(range(10), calling=CALLER)
        self.missed(range(10, 15), calling=OTHER)
        self.wait_for_rows(token, 15)
        self.assertEqual(server.stop(), 0)
        done = run("erase", "--config", self.config, CALLER, within=60)
        self.assertIn("10 calls of the history", done.stdout + done.stderr)
        self.assertEqual(self.database.query(f"SELECT count(*) FROM callboard_call WHERE calling = '{CALLER}'"), "0")
        self.assertEqual(self.database.query("SELECT count(*) FROM callboard_call WHERE calling = 'anonymous'"), "10")


if __name__ == "__main__":
    unittest.main()
