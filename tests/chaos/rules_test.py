#!/usr/bin/env python3
"""What the chaos driver judges by can say no."""
import asyncio
import contextlib
import io
import os
import pathlib
import tempfile
import types
import unittest

import checks
import deadline
import exchange
import http_client
import load
import readers
import report
from event_socket import Freeswitch
from manager import Asterisk


class AgainstTheTruth(unittest.TestCase):
    truth = [f"{number} start_ringing line call-{number}" for number in range(5)]

    def wrong(self, *told):
        return readers.against(self.truth, [None if number is None else self.truth[number] for number in told])

    def test_everything_once_in_order_is_right(self):
        self.assertIsNone(self.wrong(0, 1, 2, 3, 4))
        self.assertIsNone(readers.against([], []))

    def test_a_gap_a_repeat_and_a_missing_end_are_wrong(self):
        self.assertIn("missing before", self.wrong(0, 2, 3, 4))
        self.assertIn("came again", self.wrong(0, 1, 1, 2, 3, 4))
        self.assertIn("came again", self.wrong(0, 1, 0, 1, 2, 3, 4))
        self.assertIn("last 2 are missing", self.wrong(0, 1, 2))
        self.assertIn("in no journal", readers.against(self.truth, ["9 start_ringing line other"]))

    def test_a_lost_connection_excuses_a_repeat_but_no_gap(self):
        self.assertIsNone(self.wrong(0, 1, 2, None, 1, 2, 3, 4))
        self.assertIsNone(self.wrong(0, 1, None, 2, 3, None, None, 4))
        self.assertIn("missing before", self.wrong(0, 1, None, 3, 4))
        self.assertIn("came again", self.wrong(0, 1, 2, None, 1, 1, 2, 3, 4))


class Promises(unittest.TestCase):
    def broken(self, acknowledged=(), unanswered=(), refused=()):
        poster = load.Poster(1, "line", 1, 1)
        poster.acknowledged, poster.unanswered, poster.refused = map(list, (acknowledged, unanswered, refused))
        return list(load.broken_promises([poster], ["1 start_ringing line a", "2 end_ringing line a"]))

    def test_kept(self):
        self.assertEqual(self.broken([["start_ringing a", "end_ringing a"]], [["start_ringing b"]], [["start_ringing c"]]), [])

    def test_broken(self):
        self.assertEqual(len(self.broken(acknowledged=[["start_ringing b"]])), 1)
        self.assertEqual(len(self.broken(unanswered=[["start_ringing a", "start_ringing b"]])), 1)
        self.assertEqual(len(self.broken(refused=[["start_ringing a"]])), 1)


class Deadline(unittest.TestCase):
    def test_a_story_without_an_end_says_where_it_stands(self):
        with tempfile.TemporaryDirectory() as folder:
            world = types.SimpleNamespace(complaints=[], faults=["kill"], folder=pathlib.Path(folder), missing_webhooks={("end_calling", "a")},
                                          server=types.SimpleNamespace(pid=os.getpid()), truth=checks.Truth(["1 start_ringing line a"]),
                                          readers=[readers.LongPoll(1, "t", "c")])
            world.readers[0].line = "line"
            world.expect = lambda holds, otherwise: holds or world.complaints.append(otherwise)
            (world.folder / "log").write_text("the server's words")
            with contextlib.redirect_stdout(io.StringIO()) as said:
                asyncio.run(deadline.within(asyncio.Event().wait(), 0.05, world))
        self.assertEqual(len(world.complaints), 1)
        for part in ("faults: kill", "1 readers wait for 1 start_ringing line a", "1 webhooks are missing", "the story", "locks.py", "thread", "the server's words"):
            self.assertIn(part, said.getvalue())

    def test_a_story_that_ends_says_nothing_and_its_error_goes_on(self):
        async def fails():
            raise OSError("no")
        with self.assertRaises(OSError):
            asyncio.run(deadline.within(fails(), 5, types.SimpleNamespace()))


class Cancelling(unittest.TestCase):
    def test_who_is_to_stop_stops_even_if_the_answer_comes_at_the_same_time(self):
        async def story():
            stream = asyncio.StreamReader()
            task = asyncio.create_task(http_client.Connection(stream, None).head())
            await asyncio.sleep(0)
            stream.feed_data(b"HTTP/1.1 200 OK\r\n\r\n")
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
        asyncio.run(story())


class Figures(unittest.TestCase):
    def test_a_delivery_counts_where_it_was_sent(self):
        phases = report.Phases()
        for at, name in ((0, report.CALM), (10, "kill"), (20, "other"), (30, "kill")):
            phases.begin(name, at)
        reader = readers.LongPoll(1, "t", "c")
        reader.sent.extend([1, 35, 12, 25])
        reader.delays.extend([0.1, 0.3, 0.3, 0.1])
        delays = phases.delays([reader])
        self.assertEqual(delays, {report.CALM: [0.1], "kill": [0.3, 0.3], "other": [0.1]})
        self.assertEqual(report.ratios(delays), {"kill": 3.0, "other": 1.0})
        self.assertAlmostEqual(report.ratios(delays, {"kill": [0.1, 0.1]})["kill"], 2.0)


class Exchanges(unittest.TestCase):
    """One call, of which everything was told to somebody who heard it, at 100 s, 101 s and 102 s."""

    def setUp(self):
        self.exchange = exchange.Exchange("pbx", ("", 0), contextlib.nullcontext, {"201": "line"}, 1, 1)
        self.listening = exchange.Listening()
        self.listening.acknowledged = 200
        self.call = exchange.Call(1, "pbx", "201", "line")
        self.call.steps = [("start_ringing", 100, self.listening), ("end_ringing", 101, self.listening), ("start_calling", 101, self.listening),
                           ("end_calling", 102, self.listening)]
        self.call.ended = 102
        self.exchange.calls = [self.call]

    def wrong(self, *told, deaths=()):
        truth = [f"{at} {name} line pbx-1" for at, name in enumerate(told)]
        return " ".join(exchange.wrong_with(self.exchange, truth, deaths))

    def test_what_was_told_has_to_be_there_in_order_and_once(self):
        self.assertEqual(self.wrong(*exchange.ORDER), "")
        self.assertIn("told start_ringing of", self.wrong())
        self.assertIn("a ghost", self.wrong(*exchange.ORDER[:3]))
        self.assertIn("was told as", self.wrong(*exchange.ORDER, "end_calling"))
        self.assertIn("was told as", self.wrong("start_calling", "start_ringing", "end_ringing", "end_calling"))
        self.assertIn("never had", " ".join(exchange.wrong_with(self.exchange, ["1 start_ringing line other-1"], ())))

    def test_what_nobody_heard_may_be_missing(self):
        self.listening.acknowledged = 101
        self.assertEqual(self.wrong(), "")
        self.listening.acknowledged = 200
        self.assertEqual(self.wrong(deaths=[103]), "")

    def test_the_end_of_a_ringing_that_nobody_heard_is_not_told(self):
        self.call.steps[0] = ("start_ringing", 100, None)
        self.assertEqual(self.wrong("start_calling", "end_calling"), "")
        self.assertIn("told start_calling", self.wrong("end_calling"))

    def test_a_call_that_ended_unheard_is_a_ghost_until_it_is_told(self):
        self.call.steps = [("start_ringing", 100, self.listening), ("end_ringing", 150, None)]
        self.call.ended = 150
        self.assertIn("a ghost", self.wrong("start_ringing"))
        self.assertEqual(self.wrong("start_ringing", "end_ringing"), "")

    def test_but_not_one_whose_exchange_was_not_heard_between_the_death_of_the_server_and_its_end(self):
        self.call.steps = [("start_ringing", 100, self.listening), ("end_ringing", 150, None)]
        self.call.ended = 150
        self.exchange.listed = [120, 160]
        self.assertEqual(self.wrong("start_ringing", deaths=[140]), "")
        self.exchange.listed = [120, 145, 160]
        self.assertIn("a ghost", self.wrong("start_ringing", deaths=[140]))

    def test_lists_have_what_is_in_progress(self):
        for kind, pieces in ((Freeswitch, lambda one: one.api("show channels as json").count('"uuid"')),
                             (Asterisk, lambda one: sum(b"Event: CoreShowChannel\r" in part for part in one.list(("ActionID", "1"))))):
            one = kind("pbx", ("", 0), contextlib.nullcontext, {"201": "line"}, 1, 1)
            self.assertEqual(pieces(one), 0)
            while len(one.open) < 4:
                one.step()
            self.assertEqual(pieces(one), 8)  # two channels of each call


class Lies(unittest.TestCase):
    def test_a_call_is_a_dialogue(self):
        texts = load.Mirror.call(7, "alice", "bob")
        self.assertEqual([text.split("\r\n")[0].split(" ")[0] for text in texts], ["INVITE", "SIP/2.0", "SIP/2.0", "ACK", "BYE", "SIP/2.0"])
        self.assertTrue(all("Call-ID: mirrored-7\r\n" in text for text in texts))


if __name__ == "__main__":
    unittest.main()
