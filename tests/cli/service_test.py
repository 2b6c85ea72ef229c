#!/usr/bin/env python3
"""`callboard serve` as systemd runs it: what it is told through NOTIFY_SOCKET, and what its journal reads."""
import os
import signal
import socket
import subprocess
import time
import unittest

from office import CALLBOARD, Office


class Service(Office):
    def setUp(self):
        super().setUp()
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.notified.close)
        self.notified.bind(str(self.dir / "notify"))
        self.notified.settimeout(30)

    def start(self, **environment):
        log = open(self.dir / "log", "a+")
        self.addCleanup(log.close)
        status = os.fstat(log.fileno())
        environment = {"NOTIFY_SOCKET": str(self.dir / "notify"), "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}", **environment}
        self.process = subprocess.Popen([CALLBOARD, "serve", "--config", self.config], stderr=log, env={**os.environ, **environment})
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)

    def heard(self, beside="WATCHDOG=1"):
        """The next message that is not `beside`."""
        while (message := self.notified.recv(4096).decode()) == beside:
            pass
        return message

    def test_start_reload_and_stop_are_told(self):
        self.start()
        self.assertEqual(self.heard(), "READY=1\nSTATUS=3 services of 1 accounts")
        before = time.monotonic_ns() // 1000
        self.process.send_signal(signal.SIGHUP)
        reloading = self.heard().split("\nMONOTONIC_USEC=")
        self.assertEqual(reloading[0], "RELOADING=1")
        self.assertTrue(before <= int(reloading[1]) <= time.monotonic_ns() // 1000, reloading)
        self.assertEqual(self.heard(), "READY=1\nSTATUS=3 services of 1 accounts")
        self.config.write_text("nonsense")
        self.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.heard().startswith("RELOADING=1"))
        self.assertEqual(self.heard(), "READY=1\nSTATUS=the last reload failed: see the log")
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.heard(), "STOPPING=1")
        self.assertEqual(self.process.wait(10), 0)

    def test_the_watchdog_is_fed_while_it_is_alive(self):
        self.start(WATCHDOG_USEC="4000000")
        self.heard()
        for _ in range(2):
            self.assertEqual(self.heard(beside=""), "WATCHDOG=1")

    def test_the_watchdog_of_another_process_is_not_fed(self):
        self.start(WATCHDOG_USEC="40000", WATCHDOG_PID="1")
        self.heard()
        self.notified.settimeout(3)
        self.assertRaises(TimeoutError, self.notified.recv, 4096)

    def test_lines_of_the_journal_have_a_priority_and_no_time(self):
        self.start()
        self.heard()
        self.config.write_text("nonsense")
        self.process.send_signal(signal.SIGHUP)
        self.heard(), self.heard()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        lines = self.log().splitlines()
        for line in lines:
            self.assertRegex(line, r"^<[346]>\S")
        self.assertIn(f"<6>http: listening on 127.0.0.1:{self.http}", lines)
        self.assertTrue(any(line.startswith(f"<3>reload: {self.config}:1:") for line in lines), lines)

    def test_why_it_does_not_start_is_an_error_in_the_journal(self):
        with socket.create_server(("127.0.0.1", self.http)):
            self.start()
            self.assertEqual(self.process.wait(30), 2)
        self.assertRegex(self.log().splitlines()[-1], "^<3>callboard: ")

    def test_a_socket_that_nobody_reads_keeps_nothing_from_running(self):
        self.start(NOTIFY_SOCKET="/nowhere", JOURNAL_STREAM="")
        end = time.monotonic() + 30
        while "cannot be told at NOTIFY_SOCKET=/nowhere" not in self.log() and time.monotonic() < end:
            time.sleep(0.02)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(10), 0)
        self.assertIn("cannot be told at NOTIFY_SOCKET=/nowhere", self.log())


if __name__ == "__main__":
    unittest.main()
