"""An Asterisk on its manager interface. Events have the lines of a recorded one, in its order (tests/traces/a-*.ami)."""
import asyncio
import time

from exchange import Call, Exchange

STATES = {"0": "Down", "4": "Ring", "5": "Ringing", "6": "Up"}


def block(*pairs):
    return ("".join(f"{key}: {value}\r\n" for key, value in pairs) + "\r\n").encode()


class Asterisk(Exchange):
    """Calls come in over a trunk, and Dial() rings a phone."""

    begun = int(time.time())

    def new_call(self, number, phone, line):
        call = Call(number, self.name, phone, line)
        call.trunk, call.called = f"{self.begun}.{2 * number}", f"{self.begun}.{2 * number + 1}"
        call.bridge = f"bridge-{call.id}"
        call.ids.add(call.called)  # when its answer to the question for the Call-ID is late
        return call

    async def converse(self, reader, writer):
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        while True:
            async with asyncio.timeout(self.patience()):
                text = (await reader.readuntil(b"\r\n\r\n")).decode()
            action = dict(line.split(": ", 1) for line in text.split("\r\n") if ": " in line)
            for answer in self.answers(action):
                writer.write(answer)
            await writer.drain()

    def answers(self, action):
        name, id = action["Action"], ("ActionID", action.get("ActionID", ""))
        if name == "Challenge":
            yield block(("Response", "Success"), id, ("Challenge", "840415273"))
        elif name == "Login":
            yield block(("Response", "Success"), id, ("Message", "Authentication accepted"))
            self.listen()
            yield block(("Event", "FullyBooted"), ("Privilege", "system,all"), ("Status", "Fully Booted"))
        elif name == "Ping":
            yield block(("Response", "Success"), id, ("Ping", "Pong"), ("Timestamp", f"{time.time():.6f}"))
        elif name == "Getvar":
            yield self.variable(action, id)
        elif name == "CoreShowChannels":
            yield from self.list(id)
        else:
            yield block(("Response", "Error"), id, ("Message", "Invalid/unknown command"))

    def variable(self, action, id):
        channels = {self.channel(call, called): call for call in self.open for called in (False, True)}
        call = channels.get(action["Channel"])
        if not call:
            return block(("Response", "Error"), id, ("Message", "No such channel"))
        value = "allowed" if "num-pres" in action["Variable"] else call.id if action["Channel"].startswith(f"PJSIP/{call.phone}-") else f"trunk-{call.number}"
        return block(("Response", "Success"), id, ("Variable", action["Variable"]), ("Value", value))

    def list(self, id):
        self.listed.append(time.monotonic())
        yield block(("Response", "Success"), id, ("EventList", "start"), ("Message", "Channels will follow"))
        for call in self.open:
            up = call.state == "up"
            for called, state in ((True, "6" if up else "5"), (False, "6" if up else "4")):
                yield block(("Event", "CoreShowChannel"), id, *self.facts(call, called, state), ("Application", "AppDial" if called else "Dial"),
                            ("ApplicationData", "(Outgoing Line)" if called else f"PJSIP/{call.phone},30"), ("Duration", "00:00:02"),
                            ("BridgeId", call.bridge if up else ""))
        yield block(("Event", "CoreShowChannelsComplete"), id, ("EventList", "Complete"), ("ListItems", 2 * len(self.open)))

    @staticmethod
    def channel(call, called):
        return f"PJSIP/{call.phone}-{2 * call.number + 1:08x}" if called else f"PJSIP/trunk-{2 * call.number:08x}"

    def facts(self, call, called, state, prefix=""):
        """The lines that every event of a channel has."""
        own, other = (call.phone, call.caller) if called else (call.caller, "<unknown>" if state == "4" else call.phone)
        return [(prefix + key, value) for key, value in (
            ("Channel", self.channel(call, called)), ("ChannelState", state), ("ChannelStateDesc", STATES[state]), ("CallerIDNum", own),
            ("CallerIDName", own), ("ConnectedLineNum", other), ("ConnectedLineName", other), ("Language", "en"), ("AccountCode", ""),
            ("Context", "from-outside"), ("Exten", call.phone), ("Priority", "1"), ("Uniqueid", call.called if called else call.trunk),
            ("Linkedid", call.trunk))]

    def event(self, name, *lines):
        return block(("Event", name), ("Privilege", "call,all"), ("Timestamp", f"{time.time():.6f}"), *lines)

    def both(self, call, trunk, called):
        return (*self.facts(call, False, trunk), *self.facts(call, True, called, "Dest"))

    def in_bridge(self, call, channels):
        return (("BridgeUniqueid", call.bridge), ("BridgeType", "basic"), ("BridgeTechnology", "simple_bridge"), ("BridgeNumChannels", channels))

    def of_ring(self, call):
        yield self.event("Newchannel", *self.facts(call, False, "4"))
        yield self.event("Newchannel", *self.facts(call, True, "0"))
        yield self.event("DialBegin", *self.both(call, "4", "0"), ("DialString", call.phone))
        yield self.event("Newstate", *self.facts(call, True, "5"))
        yield self.event("DialState", *self.both(call, "4", "5"), ("DialStatus", "RINGING"))

    def of_answer(self, call):
        yield self.event("Newstate", *self.facts(call, True, "6"))
        yield self.event("DialEnd", *self.both(call, "4", "6"), ("DialStatus", "ANSWER"))
        yield self.event("Newstate", *self.facts(call, False, "6"))
        yield self.event("BridgeCreate", *self.in_bridge(call, 0))
        yield self.event("BridgeEnter", *self.in_bridge(call, 1), *self.facts(call, True, "6"))
        yield self.event("BridgeEnter", *self.in_bridge(call, 2), *self.facts(call, False, "6"))

    def of_end(self, call):
        called, trunk = ("6", "6") if call.answered else ("5", "4")
        if call.answered:
            yield self.event("BridgeLeave", *self.in_bridge(call, 1), *self.facts(call, True, "6"))
            yield self.event("BridgeLeave", *self.in_bridge(call, 0), *self.facts(call, False, "6"))
            yield self.event("BridgeDestroy", *self.in_bridge(call, 0))
        yield self.event("Hangup", *self.facts(call, True, called), ("Cause", "16"), ("Cause-txt", "Normal Clearing"))
        yield self.event("Hangup", *self.facts(call, False, trunk), ("Cause", "16"), ("Cause-txt", "Normal Clearing"))
