"""What tests of the history share: an office that is told events through the API, and asked for its calls."""
import json
import urllib.request

from office import LINES, Office, wait_for

KEY = '[[api.key]]\nname = "tests"\nkey = "KEY"\nallow = ["POST /api/ingest"]\n'


class Calls(Office):
    """With KEY in the configuration."""

    def post(self, events):
        request = urllib.request.Request(self.base + "/api/ingest", json.dumps(events).encode(), {"Authorization": "Bearer KEY"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def event(self, name, call, calling="0612345678"):
        return {"event": name, "service": "sip", "ressource": LINES["101"],
                "data": {"CallId": call, "Calling": calling, "Called": LINES["101"], "Dialed": LINES["101"]}}

    def missed(self, numbers, **parties):
        """Calls of these numbers that nobody took, told in few requests."""
        for begin in range(0, len(numbers), 250):
            self.post([self.event(name, f"call-{number}", **parties) for number in numbers[begin:begin + 250]
                       for name in ("start_ringing", "end_ringing")])

    def get(self, path, token):
        request = urllib.request.Request(self.base + path, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read().decode()

    def calls(self, token, query=""):
        return [json.loads(line) for line in self.get(f"/api/calls.jsonl?{query}", token).splitlines()]

    def wait_for_rows(self, token, count):
        wait_for(lambda: len(self.calls(token)) == count, f"{count} rows in the history")
