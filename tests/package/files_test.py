#!/usr/bin/env python3
"""What the package is made from, as far as it can be held without making it: the unit's hardening, the list of what the program is made
of, and that versions agree."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"


class Unit(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_exposure_is_low(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = shutil.copy(PACKAGING / "debian/callboard.service", folder)
            told = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", unit], capture_output=True, text=True)
        found = re.search(r"exposure level for callboard.service: ([0-9.]+)", told.stdout)
        self.assertTrue(found, told.stdout + told.stderr)
        self.assertLessEqual(float(found[1]), 2.0, told.stdout)

    def test_it_is_told_and_watched(self):
        unit = (PACKAGING / "debian/callboard.service").read_text()
        for line in ("Type=notify", "WatchdogSec=60", "User=callboard", "StateDirectory=callboard", "ExecReload=/bin/kill -HUP $MAINPID"):
            self.assertIn(line, unit.splitlines())


class Versions(unittest.TestCase):
    def test_the_changelog_of_the_package_begins_with_the_version_of_the_program(self):
        version = re.search(r"project\(callboard VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertTrue((PACKAGING / "debian/changelog").read_text().startswith(f"callboard ({version}-"))

    @unittest.skipUnless("CALLBOARD" in os.environ, "no program to ask")
    def test_the_configuration_it_comes_with_is_correct(self):
        checked = subprocess.run([os.environ["CALLBOARD"], "check", PACKAGING / "callboard.toml"], capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stderr)


class MadeOf(unittest.TestCase):
    def test_every_part_has_a_version_and_a_licence(self):
        more = ["--program", os.environ["CALLBOARD"]] if "CALLBOARD" in os.environ else []
        made = subprocess.run([ROOT / "tools/sbom.py", *more], capture_output=True, text=True, env={**os.environ, "TZ": "UTC"})
        self.assertEqual(made.returncode, 0, made.stderr)
        document = json.loads(made.stdout)
        self.assertEqual(document["spdxVersion"], "SPDX-2.3")
        packages = {one["SPDXID"]: one for one in document["packages"]}
        self.assertEqual(len(packages), len(document["packages"]), "each is there once")
        names = {one["name"] for one in packages.values()}
        self.assertLessEqual({"callboard", "libsqlite3-dev", "libssl-dev", "zlib1g-dev", "preact", "vite"}, names)
        if more:
            self.assertLessEqual({"libsqlite3-0", "libssl3", "libstdc++6"}, names)
        for one in packages.values():
            self.assertTrue(one["versionInfo"], one)
            self.assertRegex(one["SPDXID"], r"^SPDXRef-[A-Za-z0-9.-]+$")
        unknown = sorted(one["name"] for one in packages.values() if one["licenseDeclared"] == "NOASSERTION")
        self.assertLessEqual(set(unknown), {"libc6", "libgcc-s1", "libstdc++6"}, "every licence is known, but those of the compiler's own")
        for relation in document["relationships"]:
            for end in (relation["spdxElementId"], relation["relatedSpdxElement"]):
                self.assertIn(end, {*packages, "SPDXRef-DOCUMENT"})


if __name__ == "__main__":
    unittest.main()
