#!/usr/bin/env python3
"""The alerts and the dashboard of packaging/ name nothing that a running server does not have, and the manual page and the
completion of the shell name every command and option."""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest
import urllib.request

from office import CALLBOARD, ROOT, Office, free_port, run, wait_for

PACKAGING = ROOT / "packaging"
NAME = re.compile(r"\b(?:callboard|process)_[a-z_]+\b")
PARTS = ("_bucket", "_sum", "_count")


def base_name(name, known):
    """A histogram is named by its parts."""
    for part in PARTS:
        if name not in known and name.endswith(part) and name.removesuffix(part) in known:
            return name.removesuffix(part)
    return name


class Metrics(Office):
    def known(self):
        """Names of a demo, and of a server with every kind of source."""
        port = free_port()
        demo = subprocess.Popen([CALLBOARD, "demo", "--listen", f"127.0.0.1:{port}", "--speed", "50"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(demo.wait)
        self.addCleanup(demo.send_signal, signal.SIGTERM)

        def text(base):
            with urllib.request.urlopen(f"{base}/metrics", timeout=5) as answer:
                return answer.read().decode()
        wait_for(lambda: "callboard_events_total{" in text(f"http://127.0.0.1:{port}"), "events of the demo")
        self.config = self.write(more=f'[[source]]\nname = "pbx"\nkind = "freeswitch"\naddress = "127.0.0.1:{free_port()}"\npassword = "p"\n')
        self.serve()
        return set(re.findall(r"^# TYPE (\S+)", text(f"http://127.0.0.1:{port}") + text(self.base), re.M))

    def test_alerts_and_dashboard_name_what_there_is(self):
        known = self.known()
        dashboard = json.loads((PACKAGING / "grafana/callboard.json").read_text())
        queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
        queries += [variable["query"]["query"] for variable in dashboard["templating"]["list"] if variable["type"] == "query"]
        alerts = re.findall(r"^ +expr: (.*)$", (PACKAGING / "prometheus/alerts.yml").read_text(), re.M)
        self.assertGreater(len(queries), 14)
        self.assertGreater(len(alerts), 8)
        for query in queries + alerts:
            named = {base_name(name, known) for name in NAME.findall(query)} - {"callboard"}
            self.assertTrue(named or "up{" in query, query)
            self.assertLessEqual(named, known, query)

    def test_the_dashboard_is_what_its_list_makes(self):
        kept = (PACKAGING / "grafana/callboard.json").read_text()
        sys.path.insert(0, str(PACKAGING / "grafana"))
        sys.dont_write_bytecode = True
        import make_dashboard
        self.assertEqual(kept, json.dumps(make_dashboard.DASHBOARD, indent=2) + "\n")

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_prometheus_takes_the_alerts(self):
        checked = subprocess.run(["promtool", "check", "rules", PACKAGING / "prometheus/alerts.yml"], capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


class Manual(unittest.TestCase):
    def commands(self, *above):
        """Each command with its options, as --help has them."""
        text = run(*above, "--help").stdout
        own = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]*)", text))
        yield above, own
        for name in re.findall(r"^  ([a-z]+) +\S", text.split("Subcommands:")[1], re.M) if "Subcommands:" in text else []:
            yield from self.commands(*above, name)

    def test_page_and_completion_know_every_command_and_option(self):
        page = (PACKAGING / "callboard.1").read_text()
        completion = (PACKAGING / "callboard.completion").read_text()
        found = list(self.commands())
        self.assertGreater(len(found), 12)
        for command, options in found:
            for name in command:
                self.assertRegex(page, rf"\.(Cm|It Cm) .*\b{name}\b")
                self.assertRegex(completion, rf"\b{name}\b")
            for option in options:
                self.assertIn(f"Fl {option[1:]}", page)
                self.assertIn(option, completion)

    @unittest.skipUnless(shutil.which("bash") and pathlib.Path("/usr/share/bash-completion/bash_completion").exists(), "no bash-completion")
    def test_the_shell_completes(self):
        def completed(*words):
            script = (f"source /usr/share/bash-completion/bash_completion; source {PACKAGING}/callboard.completion\n"
                      f"COMP_WORDS=(callboard {' '.join(words)} ''); COMP_CWORD={len(words) + 1}\n"
                      f"COMP_LINE=\"callboard {' '.join(words)} \"; COMP_POINT=${{#COMP_LINE}}; _callboard; echo \"${{COMPREPLY[@]}}\"")
            return subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=20).stdout.split()
        self.assertIn("doctor", completed())
        self.assertIn("--replace", completed("restore"))
        for option in ("--each-service", "--masked"):
            self.assertIn(option, completed("token", "create"))
        self.assertEqual(completed("--log-level"), ["debug", "info", "warn", "error", "off"])


if __name__ == "__main__":
    unittest.main()
