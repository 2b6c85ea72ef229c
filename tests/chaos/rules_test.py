#!/usr/bin/env python3
"""What the chaos driver judges by can say no."""
import unittest

import load
import readers


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


class Lies(unittest.TestCase):
    def test_a_call_is_a_dialogue(self):
        texts = load.Mirror.call(7, "alice", "bob")
        self.assertEqual([text.split("\r\n")[0].split(" ")[0] for text in texts], ["INVITE", "SIP/2.0", "SIP/2.0", "ACK", "BYE", "SIP/2.0"])
        self.assertTrue(all("Call-ID: mirrored-7\r\n" in text for text in texts))


if __name__ == "__main__":
    unittest.main()
