#!/usr/bin/env python3
"""pollload notices a lost, a doubled and a swapped event, and is content when nothing is wrong: `limit` spoils one
delivery on purpose.

    pollload_test.py POLLLOAD LIMIT
"""
import json
import subprocess
import sys
import unittest

POLLLOAD, LIMIT = sys.argv[1:3]
PATHS = {"ovh": "/?token={token}", "ws": "/ws?token={token}", "sse": "/sse?token={token}"}


class Pollload(unittest.TestCase):
    def run_against(self, proto, fault):
        limit = subprocess.Popen([LIMIT, "--port", "0", "--fault", fault, "--fault-at", "2000"], stdout=subprocess.PIPE, text=True)
        try:
            port = limit.stdout.readline().split(":")[-1].strip()
            run = subprocess.run([POLLLOAD, "--epoll", "--url", f"http://127.0.0.1:{port}", "--proto", proto, "--sub-path", PATHS[proto],
                                  "--subs", "50", "--tokens", "5", "--pubs", "5", "--window", "4", "--count", "1000", "--duration", "30",
                                  "--warmup", "0", "--settle", "0.1"], capture_output=True, text=True, timeout=60)
            return run.returncode, json.loads(run.stdout)
        finally:
            limit.kill()
            limit.wait()
            limit.stdout.close()

    def test_all(self):
        for proto in PATHS:
            with self.subTest(proto=proto, fault="none"):
                code, seen = self.run_against(proto, "")
                self.assertEqual((code, seen["ok"], seen["published"], seen["delivered"]), (0, "yes", 1000, 10000))
                self.assertEqual((seen["lost"], seen["duplicated"], seen["reordered"]), (0, 0, 0))
            with self.subTest(proto=proto, fault="drop"):
                code, seen = self.run_against(proto, "drop")
                self.assertEqual((code, seen["ok"], seen["lost"], seen["duplicated"], seen["reordered"]), (1, "NO", 1, 0, 0))
            with self.subTest(proto=proto, fault="dup"):
                code, seen = self.run_against(proto, "dup")
                self.assertEqual((code, seen["lost"], seen["duplicated"], seen["reordered"]), (1, 0, 10, 0))  # all readers of the token
            with self.subTest(proto=proto, fault="swap"):
                code, seen = self.run_against(proto, "swap")
                self.assertEqual(code, 1)
                self.assertGreater(seen["reordered"], 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
