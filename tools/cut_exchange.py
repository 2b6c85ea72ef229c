#!/usr/bin/env python3
"""cut_exchange.py: makes demo/*.exchange from the recordings of tests/traces.

What an exchange says in the demo: a few conversations one after the other, without the events that tell of nothing a
queue has to do with. The format is in demo/README.md.
"""
import gzip
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRACES = ROOT / "tests" / "traces"

FREESWITCH = ["queue-basic-caller-hangs", "queue-ringall", "queue-abandon-waiting", "queue-two-callers-one-agent",
              "queue-noanswer-next", "queue-agent-two-queues"]
ASTERISK = "a-callcentre-a"
# Of an Asterisk: what app_queue says, and the channels that it is about.
ASTERISK_EVENTS = {"Newchannel", "Newstate", "Hangup", "DialBegin", "DialEnd", "BridgeEnter", "BridgeLeave",
                   "QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "QueueMemberStatus",
                   "QueueMemberPause", "AgentCalled", "AgentConnect", "AgentComplete", "AgentRingNoAnswer"}


def esl_events(name):
    """(seconds since the epoch, header lines) of mod_callcenter's events."""
    stream = gzip.open(TRACES / "freeswitch" / f"{name}.esl.gz").read()
    at = 0
    while (end := stream.find(b"\n\n", at)) >= 0:
        head = stream[at:end].decode()
        length = re.search(r"Content-Length: (\d+)", head)
        body = stream[end + 2:end + 2 + int(length[1])].decode() if length else ""
        at = end + 2 + (int(length[1]) if length else 0)
        if "Event-Subclass: callcenter%3A%3Ainfo" not in body:
            continue
        lines = [line for line in body.strip("\n").split("\n")
                 if line.startswith(("Event-Name:", "Event-Subclass:", "Event-Date-Timestamp:", "CC-"))]
        yield int(re.search(r"Event-Date-Timestamp: (\d+)", body)[1]) / 1e6, lines


def freeswitch():
    for name in FREESWITCH:
        events = list(esl_events(name))
        yield events[0][0], [(at - events[0][0], lines) for at, lines in events]


def asterisk():
    data = (TRACES / f"{ASTERISK}.ami").read_bytes()
    chunks = [tuple(map(int, line.split("\t"))) for line in (TRACES / f"{ASTERISK}.ami.idx").read_text().splitlines()]
    out, at = [], 0
    for frame in data.split(b"\r\n\r\n"):
        last = at + len(frame) + 3
        time = next((t for t, offset, length in chunks if offset <= last < offset + length), chunks[-1][0])
        at += len(frame) + 4
        lines = frame.decode().split("\r\n")
        if lines[0].removeprefix("Event: ") in ASTERISK_EVENTS:
            out.append((time / 1e9, lines))
    begin = out[0][0]
    yield begin, [(time - begin, lines) for time, lines in out]


def write(name, answers, conversations):
    with open(ROOT / "demo" / f"{name}.exchange", "w", encoding="utf-8") as file:
        for command, lines in answers:
            file.write(f"@answer {command}\n" + "".join(line + "\n" for line in lines))
        for begin, events in conversations:
            file.write(f"@begin {begin:.6f}\n")
            for at, lines in events:
                file.write(f"@event {max(at, 0):.3f}\n" + "".join(line + "\n" for line in lines))


def agent(name, user, status="Available"):
    return f"{name}|single_box||callback|[leg_timeout=5]user/{user}@pbx.test|{status}|Waiting|3|2|4|4|3|0|0|0|0|0|0|0|0|0"


AGENTS = ["1001@default", "1002@default", "1003@default"]
TIERS = [("support@default", who) for who in AGENTS] + [("ringall@default", who) for who in AGENTS] + [("sales@default", "1003@default")]
QUEUES = ["support@default", "sales@default", "ringall@default"]

write("freeswitch", [
    ("show channels as json", ['{"row_count":0}']),
    ("show registrations as json", ['{"row_count":0}']),
    ("callcenter_config agent list",
     ["name|instance_id|uuid|type|contact|status|state|max_no_answer|wrap_up_time|reject_delay_time|busy_delay_time|"
      "no_answer_delay_time|last_bridge_start|last_bridge_end|last_offered_call|last_status_change|no_answer_count|"
      "calls_answered|talk_time|ready_time|external_calls_count"]
     + [agent(name, name.split("@")[0]) for name in AGENTS] + ["+OK"]),
    ("callcenter_config tier list",
     ["queue|agent|state|level|position"] + [f"{queue}|{who}|Ready|1|1" for queue, who in TIERS] + ["+OK"]),
    ("callcenter_config queue list members",
     ["queue|instance_id|uuid|session_uuid|cid_number|cid_name|system_epoch|joined_epoch|rejoined_epoch|bridge_epoch|"
      "abandoned_epoch|base_score|skill_score|serving_agent|serving_system|state|score", "+OK"]),
    ("callcenter_config queue list", ["name|strategy"] + [f"{queue}|longest-idle-agent" for queue in QUEUES] + ["+OK"]),
], freeswitch())

MEMBERS = [("sales", "PJSIP/201", "Grace"), ("sales", "PJSIP/202", "Heidi"), ("support", "PJSIP/201", "Grace"),
           ("support", "PJSIP/202", "Heidi"), ("support", "PJSIP/203", "Rupert")]
status = []
for queue in ("sales", "support"):
    status += ["Event: QueueParams", f"Queue: {queue}", "Max: 0", "Strategy: ringall", "Calls: 0", ""]
    for of, interface, member in MEMBERS:
        if of == queue:
            status += ["Event: QueueMember", f"Queue: {queue}", f"Name: {member}", f"Location: {interface}",
                       f"StateInterface: {interface}", "Membership: static", "Penalty: 0", "CallsTaken: 0",
                       "LastCall: 0", "LastPause: 0", "LoginTime: 0", "InCall: 0", "Status: 1", "Paused: 0",
                       "PausedReason: ", "Wrapuptime: 0", ""]
write("asterisk", [("QueueStatus", status[:-1]), ("CoreShowChannels", []), ("PJSIPShowContacts", []), ("SIPpeers", [])],
      asterisk())
