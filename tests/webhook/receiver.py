"""A receiver of webhooks that misbehaves as it is told, and an installation that tells it things."""
import hashlib
import hmac
import http.server
import json
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from office import LINES, Office, wait_for  # noqa: E402

KEY = "a-key-for-the-tests"
SECRET = "a secret of the receiver"
LINE = LINES["101"]
QUEUE = "0033123456300"


class Received:
    """One request as it came."""

    def __init__(self, handler, body):
        self.at = time.monotonic()
        self.method, self.target, self.headers, self.body = handler.command, handler.path, handler.headers, body
        parts = urllib.parse.urlsplit(handler.path)
        self.path, self.query = parts.path, dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        self.id = handler.headers.get("Callboard-Id")

    def event(self):
        return json.loads(self.body)

    def is_signed(self, secret=SECRET):
        text = f"{self.id}.{self.headers['Callboard-Timestamp']}.".encode() + self.body
        wanted = "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
        return wanted in self.headers["Callboard-Signature"].split(",")


class Receiver:
    """An HTTP server on loopback. `behaviour(request, handler)` answers and returns a status, or does something else to the
    connection and returns None. What is answered with 2xx is in `taken`."""

    def __init__(self, behaviour=lambda request, handler: 200, certificate=None, port=0):
        self.behaviour, self.received, self.taken, self.lock = behaviour, [], [], threading.Lock()
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                request = Received(self, self.rfile.read(length))
                with owner.lock:
                    owner.received.append(request)
                status = owner.behaviour(request, self)
                if status is None:
                    self.close_connection = True
                    return
                if 200 <= status < 300:
                    with owner.lock:
                        owner.taken.append(request)
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", owner.location)
                body = b"said %d" % status
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads, request_queue_size, allow_reuse_address = True, 128, True

            def handle_error(self, *_):
                pass  # the other end has gone: that is what these tests are about

        self.server = Server(("127.0.0.1", port), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.location = f"http://127.0.0.1:{self.port}/redirected"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def wait(self, count, within=60):
        wait_for(lambda: len(self.taken) >= count, f"{count} deliveries; {len(self.taken)} came, of {len(self.received)}", within)
        return self.taken


def hang(_request, handler):
    """Says nothing until the other end gives up."""
    handler.connection.settimeout(60)
    try:
        handler.connection.recv(1)
    except OSError:
        pass


def close_half_way(_request, handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly the beg")
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def certificate(folder, name="127.0.0.1"):
    """Signed by itself."""
    key, cert = folder / "receiver.key", folder / "receiver.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{name}", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    return cert, key


class Telling(Office):
    """A running installation with webhooks, told of calls through its ingest."""

    def receiver(self, *arguments, **options):
        made = Receiver(*arguments, **options)
        self.addCleanup(made.close)
        return made

    def configure(self, webhooks, allow_private=("127.0.0.1",), more=""):
        """`webhooks`: dictionaries of what differs from a POST of everything of the account."""
        text = (f'[[account.service]]\nnumber = "{QUEUE}"\ntype = "easyHunting"\nthreshold_waiting = 2\n'
                f'[[api.key]]\nname = "tests"\nkey = "{KEY}"\nallow = ["* /api/*"]\n'
                f'[webhooks]\nallow_private = {json.dumps(list(allow_private))}\n{more}')
        lines = self.write().read_text()
        for webhook in webhooks:
            values = {"account": "office", "events": ["*"], "method": "POST", "secret": SECRET, **webhook}
            text += "[[webhook]]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items() if value)
        # The queue belongs to the account, before the inputs.
        head, source, tail = lines.partition("[[source]]")
        queue, rest = text.split("[[api.key]]", 1)
        self.config.write_text(head + queue + source + tail + "[[api.key]]" + rest)

    def call_api(self, method, path, body=None, key=KEY):
        request = urllib.request.Request(self.base + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Authorization": f"Bearer {key}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def tell(self, events):
        status, answer = self.call_api("POST", "/api/ingest", events)
        self.assertEqual(status, 200, answer)
        return answer

    def call_event(self, name, call, line=LINE, service="sip"):
        return {"event": name, "service": service, "ressource": line,
                "data": {"CallId": str(call), "Calling": "0033612345678", "Called": line, "Dialed": line}}

    def tell_call(self, call, names=("start_ringing",)):
        return self.tell([self.call_event(name, call) for name in names])

    def webhook(self, name="crm"):
        status, answer = self.call_api("GET", "/api/webhooks")
        self.assertEqual(status, 200)
        return next(one for one in answer["webhooks"] if one["name"] == name)

    def deliveries(self, webhook="crm", more=""):
        status, answer = self.call_api("GET", f"/api/webhooks/{webhook}/deliveries?limit=1000{more}")
        self.assertEqual(status, 200, answer)
        return answer["deliveries"]

    def attempts(self, count, webhook="crm", within=60):
        wait_for(lambda: len(self.deliveries(webhook)) >= count, f"{count} attempts in the log of {webhook}", within)
        return self.deliveries(webhook)
