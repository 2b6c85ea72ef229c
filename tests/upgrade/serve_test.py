#!/usr/bin/env python3
"""A server starts on the data_dir of every release, and knows its tokens."""
import json
import pathlib
import shutil
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from office import ROOT, Office  # noqa: E402


class Upgrade(Office):
    def test_every_release(self):
        releases = sorted((ROOT / "tests/fixtures").iterdir())
        self.assertTrue(releases)
        for release in releases:
            with self.subTest(release=release.name):
                shutil.rmtree(self.dir / "data", ignore_errors=True)
                shutil.copytree(release, self.dir / "data")
                (self.dir / "data").chmod(0o700)
                holds = json.loads((release / "holds.json").read_text())
                server = self.serve()
                with urllib.request.urlopen(f"{self.base}/api/snapshot?token={holds['tokens']['account']}", timeout=10) as answer:
                    self.assertEqual(len(json.load(answer)["lines"]), 3)
                self.assertGreaterEqual(server.metric("callboard_journal_sequence"), holds["last"])
                self.assertEqual(server.stop(), 0)
                for word in ("damaged", "moved to", "cannot"):
                    self.assertNotIn(word, self.log())


if __name__ == "__main__":
    unittest.main()
