#!/usr/bin/env python3
"""The receivers of docs/receivers against the real program and against what is forged, old or repeated."""
import os
import pathlib
import shutil
import subprocess
import time
import unittest

from receiver import LINE, SECRET, Receiver, Telling, wait_for
from office import free_port

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs/receivers"


class Receivers(Telling):
    def start(self, *command, log):
        port = free_port()
        environment = {**os.environ, "CALLBOARD_SECRET": SECRET, "PORT": str(port), "CALLBOARD_SEEN": str(self.dir)}
        with open(log, "w") as out:
            process = subprocess.Popen([word.replace("PORT", str(port)) for word in command], env=environment, stdout=out, stderr=out)
        self.addCleanup(lambda: (process.kill(), process.wait()))
        return port

    def send(self, port, *arguments, secret=SECRET):
        sent = subprocess.run([FOLDER / "send.sh", f"http://127.0.0.1:{port}/", *map(str, arguments)], capture_output=True, text=True,
                              env={**os.environ, "CALLBOARD_SECRET": secret, "no_proxy": "*"}, timeout=20)
        return sent.stdout.strip()

    def expect_good(self, port, log):
        lines = lambda: [line for line in pathlib.Path(log).read_text().splitlines() if f"start_ringing {LINE}" in line
                         or "start_ringing 0033972000001" in line]
        wait_for(lambda: self.send(port, "one") == "204", "the receiver to listen")
        self.assertEqual(self.send(port, "one"), "204", "a repeat is taken")
        self.assertEqual(len(lines()), 1, "and left out")
        self.assertEqual(self.send(port, "two", secret="forged"), "401")
        self.assertEqual(self.send(port, "three", int(time.time()) - 3600), "401")
        self.assertEqual(self.send(port, "four", "x"), "401")
        # Now what Callboard sends, with two secrets of which this receiver knows the old one.
        self.configure([{"name": "crm", "url": f"http://127.0.0.1:{port}/", "events": ["start_ringing"],
                         "secret": "the new one", "previous_secret": SECRET}])
        server = self.serve()
        self.tell_call(1)
        self.assertEqual(self.attempts(1)[0]["result"], "delivered")
        wait_for(lambda: len(lines()) == 2, "the event to be printed")
        self.assertIn("0033612345678", lines()[1])
        server.stop()

    def test_python(self):
        log = self.dir / "python"
        self.expect_good(self.start("python3", str(FOLDER / "receive.py"), log=log), log)

    @unittest.skipUnless(shutil.which("node"), "Node is not installed")
    def test_node(self):
        log = self.dir / "node"
        self.expect_good(self.start("node", str(FOLDER / "receive.mjs"), log=log), log)

    @unittest.skipUnless(shutil.which("php"), "PHP is not installed")
    def test_php(self):
        log = self.dir / "php"
        self.expect_good(self.start("php", "-S", "127.0.0.1:PORT", str(FOLDER / "receive.php"), log=log), log)

    @unittest.skipUnless(shutil.which("jq"), "jq is not installed")
    def test_cgi(self):
        log = self.dir / "cgi"
        log.touch()

        def run(request, _handler):
            environment = {"PATH": os.environ["PATH"], "CALLBOARD_SECRET": SECRET, "CALLBOARD_LOG": str(log),
                           "CONTENT_LENGTH": str(len(request.body)),
                           **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in request.headers.items()}}
            done = subprocess.run([FOLDER / "receive.cgi"], input=request.body, env=environment, capture_output=True, timeout=20)
            return int(done.stdout.split(b" ")[1])
        receiver = Receiver(run)
        self.addCleanup(receiver.close)
        self.expect_good(receiver.port, log)


if __name__ == "__main__":
    unittest.main()
