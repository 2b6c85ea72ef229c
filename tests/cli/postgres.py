"""A PostgreSQL server of Debian's package, alone on a socket in a folder of its own."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

from office import wait_for

PROGRAMS = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))


class Postgres:
    def __init__(self):
        if not PROGRAMS:
            raise RuntimeError("no PostgreSQL here: install the package postgresql")
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="callboard-pg-"))
        # It refuses to run as root.
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.dir, self.user, pwd.getpwnam(self.user).pw_gid)
        subprocess.run([PROGRAMS[-1] / "initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C",
                        "-D", self.dir / "data"], check=True, user=self.user, stdout=subprocess.DEVNULL, cwd=self.dir)
        self.process, self.clients = None, []

    @property
    def url(self):
        return f"postgresql://postgres@/postgres?host={self.dir}"

    def start(self):
        with open(self.dir / "log", "a", encoding="utf8") as log:
            self.process = subprocess.Popen([PROGRAMS[-1] / "postgres", "-F", "-D", self.dir / "data", "-k", self.dir, "-c", "listen_addresses="],
                                            user=self.user, cwd=self.dir, stdout=log, stderr=log)
        wait_for(lambda: self.query("SELECT 1") == "1", "PostgreSQL")

    def stop(self):
        """As a crash of it."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None

    def query(self, sql):
        """Nothing when it cannot be asked."""
        done = subprocess.run([PROGRAMS[-1] / "psql", "-XAtq", "-c", sql, self.url], capture_output=True, text=True, cwd="/", check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    def hold(self, sql):
        """A client that says this and stays."""
        client = subprocess.Popen([PROGRAMS[-1] / "psql", "-XAtq", self.url], stdin=subprocess.PIPE, text=True, cwd="/")
        client.stdin.write(sql + "\n")
        client.stdin.flush()
        self.clients.append(client)

    def remove(self):
        for client in self.clients:
            client.kill()
            client.communicate()
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)
