#!/usr/bin/env python3
"""Commands that need no server: what they print, and how they exit."""
import os
import re
import stat
import unittest

from office import LINES, ROOT, TRACES, Office, run


class CommandLine(unittest.TestCase):
    def test_version(self):
        for arguments in (["version"], ["--version"]):
            shown = run(*arguments)
            self.assertEqual(shown.returncode, 0)
            self.assertRegex(shown.stdout, r"^callboard \d+\.\d+\.\d+\n$")

    def test_help_names_every_command(self):
        shown = run("--help")
        self.assertEqual(shown.returncode, 0)
        for command in ("serve", "demo", "check", "token", "watch", "replay", "version"):
            self.assertIn(f"  {command} ", shown.stdout)

    def test_wrong_arguments(self):
        for arguments in ([], ["dance"], ["serve"], ["check"], ["token"], ["token", "create"], ["demo", "--speed", "0"],
                          ["replay", "x"], ["watch"], ["serve", "--config"], ["version", "--log-level", "loud"]):
            with self.subTest(arguments=arguments):
                refused = run(*arguments)
                self.assertEqual(refused.returncode, 1)
                self.assertTrue(refused.stderr)
                self.assertEqual(refused.stdout, "")


class Check(Office):
    def test_good(self):
        for file in (self.config, ROOT / "docs/callboard.toml"):
            checked = run("check", file)
            self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, f"{file}: ok\n", ""))

    def test_every_error_at_once(self):
        self.config.write_text('datadir = "x"\n[http]\npoll_timeout = "2m"\n[[source]]\nname = "s"\nkind = "hep"\n')
        checked = run("check", self.config)
        self.assertEqual(checked.returncode, 1)
        self.assertEqual(checked.stdout, "")
        self.assertEqual(checked.stderr.splitlines(), [
            f"{self.config}:1: data_dir: is missing; it is a text in quotes",
            f'{self.config}:1: datadir: is not a key that this place has; did you mean "data_dir"?',
            f"{self.config}:3: http.poll_timeout: has to be from 1s to 59s",
            f"{self.config}:4: source.listen: is missing; it is a text in quotes",
        ])

    def test_no_file(self):
        checked = run("check", self.dir / "none.toml")
        self.assertEqual(checked.returncode, 1)
        self.assertIn("none.toml:1: the file cannot be opened", checked.stderr)

    def test_serve_says_the_same(self):
        self.config.write_text("data_dir = 7\n")
        for command in (["check", self.config], ["serve", "--config", self.config],
                        ["token", "list", "--config", self.config]):
            refused = run(*command)
            self.assertEqual((refused.returncode, refused.stderr),
                             (1, f"{self.config}:1: data_dir: has to be a text in quotes\n"))


class Token(Office):
    def test_create_prints_the_token_alone(self):
        made = run("token", "create", "--config", self.config, "--account", "office")
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        self.assertRegex(made.stdout, r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\n$")

    def test_data_dir_is_its_owners_alone(self):
        self.token()
        for path, mode in ((self.dir / "data", 0o700), (self.dir / "data/key", 0o600)):
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), mode, path)

    def test_list_shows_places_and_first_characters(self):
        whole = self.token()
        of_line = self.token("--service", LINES["101"], "--expiration", "1 day")
        listed = run("token", "list", "--config", self.config)
        self.assertEqual(listed.returncode, 0)
        first, second = [line.split("\t") for line in listed.stdout.splitlines()]
        self.assertEqual(first, ["office", "all services", "never", whole[:4] + "…"])
        self.assertEqual((second[0], second[1], second[3]), ("office", LINES["101"], of_line[:4] + "…"))
        self.assertTrue(re.match(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", second[2]), second[2])
        shown = run("token", "list", "--show", "--config", self.config).stdout
        self.assertIn(whole, shown)
        self.assertIn(of_line, shown)

    def test_one_token_a_place(self):
        first, second = self.token(), self.token()
        self.assertNotEqual(first, second)
        shown = run("token", "list", "--show", "--config", self.config).stdout
        self.assertNotIn(first, shown)
        self.assertIn(second, shown)

    def test_one_for_each_service(self):
        made = run("token", "create", "--config", self.config, "--account", "office", "--each-service", "--expiration", "1 day")
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        lines = [line.split("\t") for line in made.stdout.splitlines()]
        self.assertEqual([number for number, _ in lines], list(LINES.values()))
        shown = run("token", "list", "--show", "--config", self.config).stdout
        for number, token in lines:
            self.assertRegex(token, r"^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$")
            self.assertRegex(shown, rf"office\t{number}\t.*\t{token}\n")
        for wrong in (["--account", "none", "--each-service"], ["--account", "office", "--each-service", "--service", LINES["101"]]):
            refused = run("token", "create", "--config", self.config, *wrong)
            self.assertEqual((refused.returncode, refused.stdout), (1, ""))
            self.assertTrue(refused.stderr)

    def test_a_masked_one_is_beside_the_other(self):
        plain = self.token()
        masked, again = self.token("--masked"), self.token("--masked")
        listed = run("token", "list", "--show", "--config", self.config).stdout
        self.assertEqual(listed, f"office\tall services\tnever\t{plain}\noffice\tall services, masked\tnever\t{again}\n")
        self.assertNotIn(masked, listed)
        made = run("token", "create", "--config", self.config, "--account", "office", "--each-service", "--masked")
        self.assertEqual(made.returncode, 0, made.stderr)
        listed = run("token", "list", "--config", self.config).stdout
        for number in LINES.values():
            self.assertIn(f"office\t{number}, masked\tnever\t", listed)

    def test_revoke(self):
        token = self.token()
        self.assertEqual(run("token", "revoke", token, "--config", self.config).returncode, 0)
        self.assertEqual(run("token", "list", "--config", self.config).stdout, "")
        again = run("token", "revoke", token, "--config", self.config)
        self.assertEqual(again.returncode, 1)
        self.assertIn("no such token", again.stderr)
        self.assertNotIn(token, again.stderr)

    def test_place_and_lifetime_have_to_be_right(self):
        for arguments, sentence in (
                (["--account", "none"], 'has no account "none"'),
                (["--account", "office", "--service", "0033999999999"], 'has no service "0033999999999"'),
                (["--account", "office", "--expiration", "soon"], "--expiration")):
            with self.subTest(arguments=arguments):
                refused = run("token", "create", "--config", self.config, *arguments)
                self.assertEqual((refused.returncode, refused.stdout), (1, ""))
                self.assertIn(sentence, refused.stderr)

    def test_data_dir_that_cannot_be(self):
        (self.dir / "file").write_text("")
        for place in (self.dir / "file", self.dir / "file/below", "/proc/callboard"):
            with self.subTest(place=place):
                config = self.write(data=place)
                for command in (["token", "list", "--config", config], ["serve", "--config", config]):
                    refused = run(*command)
                    self.assertEqual(refused.returncode, 2)
                    self.assertIn(f"data_dir {place}", refused.stderr)
                    self.assertEqual(len(refused.stderr.splitlines()), 1, refused.stderr)


class Replay(Office):
    def test_wrong_files(self):
        (self.dir / "text.hep").write_text("no recording at all")
        (self.dir / "empty.hep").write_text("")
        for file in ("none.hep", "text.hep", "empty.hep"):
            with self.subTest(file=file):
                refused = run("replay", self.dir / file, "--to", "udp:127.0.0.1:9")
                self.assertEqual(refused.returncode, 1)
                self.assertIn(file, refused.stderr)

    def test_wrong_addresses(self):
        for to in ("127.0.0.1:9060", "sctp:127.0.0.1:9060", "udp:127.0.0.1"):
            with self.subTest(to=to):
                refused = run("replay", TRACES / "k-busy.hep", "--to", to)
                self.assertEqual(refused.returncode, 1)
                self.assertIn("--to", refused.stderr)

    def test_nobody_listens(self):
        for to in (f"udp:127.0.0.1:{self.hep}", f"tcp:127.0.0.1:{self.http}"):
            with self.subTest(to=to):
                refused = run("replay", TRACES / "k-busy.hep", "--to", to, "--speed", 100)
                self.assertEqual(refused.returncode, 2)
                self.assertIn(to, refused.stderr)

    def test_old_versions_have_no_frame_on_tcp(self):
        import socket
        with socket.create_server(("127.0.0.1", 0)) as listener:
            to = f"tcp:127.0.0.1:{listener.getsockname()[1]}"
            refused = run("replay", TRACES / "k-hep2-answered.hep", "--to", to, "--speed", 100)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("udp:", refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
