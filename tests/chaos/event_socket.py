"""A FreeSWITCH on its event socket. Events have the headers of a recorded one that Callboard may read, in its order and coding
(tests/traces/freeswitch)."""
import asyncio
import json
import time
import urllib.parse

from exchange import Call, Exchange

DOMAIN = "pbx.example"


class Freeswitch(Exchange):
    """Calls come in over a trunk (the A leg), and ring a phone of the directory (the B leg)."""

    sequence = 0

    async def converse(self, reader, writer):
        writer.write(b"Content-Type: auth/request\n\n")
        while True:
            async with asyncio.timeout(self.patience()):
                command = (await reader.readuntil(b"\n\n")).decode().strip()
            if command.startswith("api "):
                answer = self.api(command.removeprefix("api "))
                writer.write(f"Content-Type: api/response\nContent-Length: {len(answer)}\n\n{answer}".encode())
            elif command.startswith("auth "):
                writer.write(b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
            elif command.startswith("event plain "):
                writer.write(b"Content-Type: command/reply\nReply-Text: +OK event listener enabled plain\n\n")
                self.listen()
            else:
                writer.write(b"Content-Type: command/reply\nReply-Text: -ERR command not found\n\n")
            await writer.drain()

    def api(self, command):
        if command == "show channels as json":
            self.listed.append(time.monotonic())
            rows = [row for call in self.open for row in self.rows(call)]
            return json.dumps({"row_count": len(rows), "rows": rows} if rows else {"row_count": 0}) + "\n"
        if command.startswith("show registrations"):
            return '{"row_count":0}\n'
        if command.startswith("uuid_getvar "):
            legs = {leg: sip for call in self.open for leg, sip in ((f"{call.id}-a", f"trunk-{call.number}"), (f"{call.id}-b", call.id))}
            return legs.get(command.split(" ")[1], "-ERR No such channel!\n")
        if command.startswith("callcenter_config "):
            return "-ERR callcenter_config Command not found!\n"
        return "UP 0 years, 0 days\n"

    @staticmethod
    def rows(call):
        state = "ACTIVE" if call.state == "up" else "RINGING"
        common = {"cid_num": call.caller, "initial_cid_num": call.caller, "dest": call.phone, "callstate": state, "call_uuid": f"{call.id}-a"}
        return ({**common, "uuid": f"{call.id}-a", "direction": "inbound", "name": f"sofia/external/{call.caller}@carrier.example",
                 "state": "CS_EXECUTE", "presence_id": "", "initial_dest": call.line},
                {**common, "uuid": f"{call.id}-b", "direction": "outbound", "name": f"sofia/internal/{call.phone}@192.0.2.9:5060",
                 "state": "CS_EXCHANGE_MEDIA" if call.state == "up" else "CS_CONSUME_MEDIA", "presence_id": f"{call.phone}@{DOMAIN}",
                 "initial_dest": call.phone})

    def event(self, name, call, leg, **more):
        """As it stands on the wire; values are percent-encoded."""
        self.sequence += 1
        inward = leg == "a"
        headers = {
            "Event-Name": name, "Event-Date-Timestamp": int(time.time() * 1e6), "Event-Calling-File": "switch_channel.c",
            "Event-Sequence": self.sequence, "Channel-State": "CS_EXECUTE" if inward else "CS_CONSUME_MEDIA",
            "Channel-Name": f"sofia/external/{call.caller}@carrier.example" if inward else f"sofia/internal/{call.phone}@192.0.2.9:5060",
            "Unique-ID": f"{call.id}-{leg}", "Call-Direction": "inbound" if inward else "outbound",
            **({} if inward else {"Channel-Presence-ID": f"{call.phone}@{DOMAIN}"}),
            "Channel-Call-UUID": f"{call.id}-a", "Caller-Caller-ID-Number": call.caller,
            "Caller-Destination-Number": call.line if inward and name == "CHANNEL_CREATE" else call.phone,
            "Caller-Privacy-Hide-Number": "false", "variable_sip_call_id": f"trunk-{call.number}" if inward else call.id,
            **({"variable_sip_req_user": call.line} if inward else {"variable_originator": f"{call.id}-a", "variable_dialed_user": call.phone}),
            **{key.replace("_", "-"): value for key, value in more.items()}}
        body = "".join(f"{key}: {urllib.parse.quote(str(value), safe=' ,/')}\n" for key, value in headers.items()) + "\n"
        return f"Content-Length: {len(body)}\nContent-Type: text/event-plain\n\n{body}".encode()

    def of_ring(self, call):
        yield self.event("CHANNEL_CREATE", call, "a")
        yield self.event("CHANNEL_CREATE", call, "b")
        yield self.event("CHANNEL_PROGRESS", call, "b")
        yield self.event("CHANNEL_PROGRESS", call, "a")

    def of_answer(self, call):
        yield self.event("CHANNEL_ANSWER", call, "b")
        yield self.event("CHANNEL_ANSWER", call, "a")
        yield self.event("CHANNEL_BRIDGE", call, "a", Bridge_A_Unique_ID=f"{call.id}-a", Bridge_B_Unique_ID=f"{call.id}-b")

    def of_end(self, call):
        cause = {"Hangup_Cause": "NORMAL_CLEARING" if call.answered else "ORIGINATOR_CANCEL"}
        yield self.event("CHANNEL_HANGUP", call, "a", **cause)
        yield self.event("CHANNEL_HANGUP", call, "b", **cause)
        yield self.event("CHANNEL_UNBRIDGE", call, "a", Bridge_A_Unique_ID=f"{call.id}-a", Bridge_B_Unique_ID=f"{call.id}-b", **cause)
        yield self.event("CHANNEL_HANGUP_COMPLETE", call, "a", **cause)
        yield self.event("CHANNEL_HANGUP_COMPLETE", call, "b", **cause)

    def new_call(self, number, phone, line):
        call = Call(number, self.name, phone, line)
        call.ids.add(f"{call.id}-b")  # when nobody says the Call-ID
        return call
