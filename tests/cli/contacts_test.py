#!/usr/bin/env python3
"""`callboard contacts`: names come in from CSV, go out as CSV, and are gone when they are forgotten."""
import json
import subprocess
import unittest
import urllib.parse
import urllib.request

from office import CALLBOARD, Office, run

CSV = "\ufeffnumber;name;company\r\n06 12 34 56 78;Hélène Dupont;ACME\r\n+33698765432;\"Dupré; Jean\";\r\n101;Bob;\r\n"
EXPORT = 'number,name\r\n0033612345678,Hélène Dupont\r\n0033698765432,"Dupré; Jean"\r\n'


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
        url = f"{self.base}/api/contacts?number={urllib.parse.quote(','.join(numbers))}"
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"}), timeout=20) as answer:
            return json.load(answer)["names"]

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

    def test_many_rows_that_are_wrong_are_counted(self):
        said, complained = self.import_csv("number,name\n" + "x,y\n" * 500 + "0612345678,Jean\n")
        self.assertEqual(said, "1 contacts imported, 500 rows passed over\n")
        self.assertEqual(complained.count("no number"), 100)
        self.assertIn("400 more rows", complained)

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
