#!/usr/bin/env python3
"""`callboard contacts`: names come in from CSV, go out as CSV, and are gone when they are forgotten."""
import http.server
import json
import os
import re
import subprocess
import threading
import unittest
import urllib.parse
import urllib.request

from office import CALLBOARD, Office, run, wait_for

CSV = "\ufeffnumber;name;company\r\n06 12 34 56 78;Hélène Dupont;ACME\r\n+33698765432;\"Dupré; Jean\";\r\n101;Bob;\r\n"
EXPORT = 'number,name\r\n0033612345678,Hélène Dupont\r\n0033698765432,"Dupré; Jean"\r\n'


class Crm(http.server.ThreadingHTTPServer):
    """Knows one caller, and who asked with what."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append((self.path, self.headers["Authorization"]))
            known = self.path == "/name?phone=%2B33612345678"
            body = json.dumps({"data": [{"name": "Zoé Lefèvre"}] if known else []}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def configuration(self):
        return (f'[contacts]\nlookup = "http://127.0.0.1:{self.server_port}/name?phone=*E164*"\nlookup_field = "data.name"\n'
                'lookup_header = "Authorization: Bearer SESAME"\nallow_private = ["127.0.0.1"]\n')


def read_terminal(terminal):
    """Empty at the end, which Linux tells as an error."""
    try:
        return terminal.read(65_536)
    except OSError:
        return b""


class Contacts(Office):
    def contacts(self, *arguments, code=0, **options):
        done = subprocess.run([CALLBOARD, "contacts", arguments[0], "--config", self.config, *arguments[1:]],
                              capture_output=True, timeout=60, **options)
        self.assertEqual(done.returncode, code, done)
        return done.stdout.decode(), done.stderr.decode()

    def import_csv(self, text=CSV, *more, code=0):
        file = self.dir / "contacts.csv"
        file.write_bytes(text.encode())
        return self.contacts("import", str(file), *more, code=code)

    def names(self, token, *numbers):
        return self.answer(token, *numbers)["names"]

    def answer(self, token, *numbers):
        url = f"{self.base}/api/contacts?number={urllib.parse.quote(','.join(numbers))}"
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"}), timeout=20) as answer:
            return json.load(answer)

    def test_what_comes_in_goes_out(self):
        said, complained = self.import_csv()
        self.assertEqual(said, "2 contacts imported, 1 rows passed over\n")
        self.assertRegex(complained, r"contacts\.csv:4: this is no number of the public network")
        self.assertEqual(self.contacts("export")[0], EXPORT)
        self.assertEqual(self.contacts("clear")[0], "2 contacts forgotten\n")
        self.assertEqual(self.contacts("export")[0], "number,name\r\n")
        again = self.contacts("import", "-", input=EXPORT.encode())[0]
        self.assertEqual(again, "2 contacts imported, 0 rows passed over\n")
        self.assertEqual(self.contacts("export")[0], EXPORT)

    def test_a_running_server_knows_at_once(self):
        token = self.token()
        self.serve()
        self.assertEqual(self.names(token, "0612345678"), {})
        self.import_csv()
        self.assertEqual(self.names(token, "0612345678", "0698765432"), {"0612345678": "Hélène Dupont", "0698765432": "Dupré; Jean"})
        self.import_csv("number,name\n0612345678,Hélène Martin\n", "--account", "office")
        self.assertEqual(self.names(token, "0612345678"), {"0612345678": "Hélène Martin"}, "the account's own goes first")
        self.contacts("clear", "--account", "office")
        self.assertEqual(self.names(token, "0612345678"), {"0612345678": "Hélène Dupont"})
        self.contacts("clear", "--all")
        self.assertEqual(self.names(token, "0612345678"), {})

    def test_a_crm_is_asked_for_those_whom_nobody_imported(self):
        crm = Crm()
        self.addCleanup(crm.server_close)
        self.addCleanup(crm.shutdown)
        self.write(more=crm.configuration())
        token = self.token()
        server = self.serve()
        first = self.answer(token, "06 12 34 56 78", "0698765432", "101")
        self.assertEqual(first, {"names": {}, "pending": ["06 12 34 56 78", "0698765432"], "empty": False})
        wait_for(lambda: self.names(token, "06 12 34 56 78") == {"06 12 34 56 78": "Zoé Lefèvre"}, "the name")
        wait_for(lambda: "pending" not in self.answer(token, "0698765432"), "nobody")
        self.assertEqual(sorted(crm.asked), [("/name?phone=%2B33612345678", "Bearer SESAME"), ("/name?phone=%2B33698765432", "Bearer SESAME")])
        self.assertEqual(server.metric("callboard_contact_lookups_total"), 2)
        self.import_csv()
        self.assertEqual(self.names(token, "0612345678"), {"0612345678": "Hélène Dupont"}, "who was imported goes first")
        self.assertNotIn("Zoé", self.contacts("export")[0])
        server.stop()
        self.assertNotRegex(self.log(), "SESAME|612345678")
        self.assertIn(", 2 contacts\n", run("erase", "--config", self.config, "0612345678", within=60).stdout)
        left = b"".join(path.read_bytes() for path in (self.dir / "data").rglob("*") if path.is_file())
        self.assertNotIn("Zoé".encode(), left)

    def test_many_rows_that_are_wrong_are_counted(self):
        said, complained = self.import_csv("number,name\n" + "x,y\n" * 500 + "0612345678,Jean\n")
        self.assertEqual(said, "1 contacts imported, 500 rows passed over\n")
        self.assertEqual(complained.count("no number"), 100)
        self.assertIn("400 more rows", complained)

    def test_whoever_looks_sees_how_far_an_import_is(self):
        file = self.dir / "contacts.csv"
        file.write_text("number,name\n" + "".join(f"06{i:08},Caller {i}\n" for i in range(25_000)))
        ours, theirs = os.openpty()
        with open(ours, "rb", buffering=0) as terminal:
            done = subprocess.run([CALLBOARD, "contacts", "import", "--config", self.config, file], stdout=subprocess.PIPE, stderr=theirs, timeout=120)
            os.close(theirs)
            shown = b"".join(iter(lambda: read_terminal(terminal), b"")).decode()
        self.assertEqual(done.stdout.decode(), "25000 contacts imported, 0 rows passed over\n")
        counts = [int(count) for count in re.findall(r"\r(\d+) contacts", shown)]
        self.assertEqual(counts, sorted(set(counts)))
        self.assertGreater(len(counts), 2, "it is told while it goes on")
        self.assertEqual(counts[-1], 25_000)

    def test_what_cannot_be_done_is_said(self):
        self.assertIn("number,name", self.import_csv("0612345678,Jean\n", code=1)[1])
        self.assertIn("cannot be opened", self.contacts("import", str(self.dir / "none.csv"), code=1)[1])
        self.assertIn("no account", self.import_csv(CSV, "--account", "shop", code=1)[1])
        self.assertIn("excludes", self.contacts("clear", "--all", "--account", "office", code=1)[1])
        self.assertIn("cannot be read", self.contacts("import", str(self.dir), code=2)[1])

    def test_an_erased_number_has_no_name(self):
        self.import_csv()
        self.serve().stop()
        erased = run("erase", "--config", self.config, "06 12 34 56 78", within=60)
        self.assertEqual(erased.returncode, 0, erased.stderr)
        self.assertIn(", 1 contacts\n", erased.stdout)
        left = b"".join(path.read_bytes() for path in (self.dir / "data").rglob("*") if path.is_file())
        self.assertNotIn("Dupont".encode(), left)
        self.assertIn("Jean".encode(), left)
        self.assertIn(", 0 contacts\n", run("erase", "--config", self.config, "06 12 34 56 78", within=60).stdout)

    def test_a_backup_has_the_contacts(self):
        self.import_csv()
        self.serve().stop()
        self.assertIn("contacts.db", run("backup", "--config", self.config, "--to", self.dir / "copy").stdout)
        self.contacts("clear", "--all")
        self.assertEqual(run("restore", "--config", self.config, "--from", self.dir / "copy", "--replace").returncode, 0)
        self.assertEqual(self.contacts("export")[0], EXPORT)


if __name__ == "__main__":
    unittest.main()
