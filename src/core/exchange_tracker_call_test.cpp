#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/exchange_script_test.hpp"

namespace callboard::script {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Alice calls Bob; both have phones of ours. `a` and `b` are their channels.
constexpr std::string_view kAliceRingsBob = R"(
    a created calls device=1001 caller=1001 dialled=1002 sip=sip-a
    b created called parent=a device=1002 caller=1001 dialled=1002
    b ringing sip=sip-b
    a ringing
)";
constexpr std::string_view kBobAnswers = R"(
    b answered
    a answered
    a entered bridge=ab
    b entered bridge=ab
)";
/// Marie, outside, calls Alice over a trunk.
constexpr std::string_view kMarieTalksToAlice = R"(
    t created calls caller=0612345678 dialled=0972000001
    a created called parent=t device=1001 caller=0612345678 dialled=1001 sip=sip-a
    a ringing
    t ringing
    a answered
    t answered
    t entered bridge=ta
    a entered bridge=ta
)";

TEST(ExchangeCall, tells_both_lines_each_under_the_call_id_of_its_own_phone) {
    Listener exchange;
    exchange.hear(kAliceRingsBob);
    exchange.hear(kBobAnswers);
    exchange.hear("b hung_up cause=Q.850;cause=16\n a hung_up cause=Q.850;cause=16");
    EXPECT_THAT(exchange.told_with_call_ids(),
                ElementsAre("bob start_ringing sip-b", "alice start_ringing sip-a", "bob end_ringing sip-b",
                            "bob start_calling sip-b", "alice end_ringing sip-a", "alice start_calling sip-a",
                            "bob end_calling sip-b", "alice end_calling sip-a"));
    EXPECT_EQ(std::get<LineData>(exchange.events()[0].data).body, "ringing");
    EXPECT_EQ(std::get<LineData>(exchange.events().back().data).relevant_info, "Q.850;cause=16");
}

TEST(ExchangeCall, names_parties_by_their_numbers) {
    Listener exchange;
    exchange.hear(kAliceRingsBob);
    exchange.hear(kBobAnswers);
    EXPECT_THAT(exchange.told_with_parties(),
                ElementsAre("bob start_ringing alice > bob (bob)", "alice start_ringing alice > bob (bob)",
                            "bob end_ringing alice > bob (bob)", "bob start_calling alice > bob (bob)",
                            "alice end_ringing alice > bob (bob)", "alice start_calling alice > bob (bob)"));
}

TEST(ExchangeCall, goes_by_the_channel_id_where_no_call_id_is_known_and_stays_with_it) {
    Listener exchange;
    exchange.hear(R"(
        b created called device=1002 caller=0612345678
        b ringing
        b answered sip=late
        b hung_up
    )");
    EXPECT_THAT(exchange.told_with_call_ids(), ElementsAre("bob start_ringing b", "bob end_ringing b",
                                                           "bob start_calling b", "bob end_calling b"));
}

TEST(ExchangeCall, names_what_was_dialled_when_the_dialplan_has_sent_the_call_on) {
    Listener exchange;
    exchange.hear(kMarieTalksToAlice);
    EXPECT_EQ(exchange.told_with_parties().front(), "alice start_ringing marie > alice (alice)");
}

TEST(ExchangeCall, an_outside_number_is_named_as_dialled_whatever_the_carrier_wants) {
    Listener exchange;
    exchange.hear(R"(
        a created calls device=1001 caller=1001 dialled=0612345678
        t created called parent=a caller=0972000001 dialled=9#33612345678
        t ringing
        a ringing
        t answered
        a answered
        a entered bridge=at
        t entered bridge=at
        a hung_up
    )");
    EXPECT_THAT(
        exchange.told_with_parties(),
        ElementsAre("alice start_ringing alice > marie (marie)", "alice end_ringing alice > marie (marie)",
                    "alice start_calling alice > marie (marie)", "alice end_calling alice > marie (marie)"));
}

TEST(ExchangeCall, forwarded_to_an_outside_number_it_has_reached_that) {
    Listener exchange;
    exchange.hear(R"(
        a created calls device=1001 dialled=1002
        t created called parent=a dialled=0612345678
        t ringing
        a ringing
        t answered
        a answered
    )");
    EXPECT_EQ(exchange.told_with_parties().front(), "alice start_ringing alice > bob (bob)");
    EXPECT_EQ(exchange.told_with_parties().back(), "alice start_calling alice > marie (bob)");
}

TEST(ExchangeCall, tells_nothing_in_the_protocol_of_what_never_rang) {
    Listener exchange;
    exchange.hear(R"(
        a created calls device=1001 dialled=1002
        b created called parent=a device=1002 caller=1001
        b hung_up cause=486_Busy_Here
        a hung_up cause=486_Busy_Here
    )");
    EXPECT_THAT(exchange.told_with_reasons(),
                ElementsAre("bob (call_failed) [486 Busy Here]", "alice (call_failed) [486 Busy Here]"));
}

TEST(ExchangeCall, given_up_while_it_rang_it_stops_ringing) {
    Listener exchange;
    exchange.hear(kAliceRingsBob);
    exchange.hear("a hung_up cause=ORIGINATOR_CANCEL\n b hung_up cause=ORIGINATOR_CANCEL");
    EXPECT_THAT(exchange.told(), ElementsAre("bob start_ringing", "alice start_ringing", "alice end_ringing",
                                             "bob end_ringing"));
}

TEST(ExchangeCall, each_thing_once_however_often_it_is_said) {
    Listener exchange;
    for (const auto& part : {kAliceRingsBob, kAliceRingsBob, kBobAnswers, kBobAnswers}) exchange.hear(part);
    exchange.hear("a held\n a held\n a resumed\n a resumed\n a hung_up\n a hung_up\n b hung_up\n b hung_up");
    EXPECT_THAT(exchange.told(),
                ElementsAre("bob start_ringing", "alice start_ringing", "bob end_ringing",
                            "bob start_calling", "alice end_ringing", "alice start_calling",
                            "alice start_hold", "alice end_hold", "alice end_calling", "bob end_calling"));
}

TEST(ExchangeCall, what_comes_after_the_end_tells_nothing) {
    Listener exchange;
    exchange.hear(kAliceRingsBob);
    exchange.hear("a hung_up\n b hung_up");
    exchange.forget();
    exchange.hear(kBobAnswers);
    exchange.hear(kAliceRingsBob);
    exchange.hear("a held");
    EXPECT_THAT(exchange.told(), IsEmpty());
}

TEST(ExchangeCall, the_end_of_a_call_that_nobody_saw_begin_tells_nothing) {
    Listener exchange;
    exchange.hear("a hung_up calls device=1001");
    EXPECT_THAT(exchange.events(), IsEmpty());
    EXPECT_EQ(exchange.tracker().channels(), 0U);
}

TEST(ExchangeCall, a_beginning_that_was_lost_costs_no_more_than_itself) {
    Listener exchange;
    exchange.hear("b ringing called device=1002 caller=0612345678\n b answered\n b hung_up");
    EXPECT_THAT(exchange.told_with_parties(),
                ElementsAre("bob start_ringing marie > bob (bob)", "bob end_ringing marie > bob (bob)",
                            "bob start_calling marie > bob (bob)", "bob end_calling marie > bob (bob)"));
}

// Names that are withheld

TEST(ExchangeWithheld, a_withheld_number_is_nowhere) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 withheld dialled=1001
        a created called parent=t device=1001 caller=0612345678
        a ringing
        a answered
        t answered
        t entered bridge=ta
        a entered bridge=ta
        a hung_up
    )");
    for (const auto& told : exchange.told_with_parties())
        EXPECT_THAT(told, testing::HasSubstr("anonymous > alice")) << told;
}

TEST(ExchangeWithheld, also_on_the_line_that_withholds_it) {
    Listener exchange;
    exchange.hear(R"(
        a created calls device=1001 withheld dialled=1002
        b created called parent=a device=1002 caller=1001
        b ringing
        a ringing
    )");
    EXPECT_THAT(exchange.told_with_parties(), ElementsAre("bob start_ringing anonymous > bob (bob)",
                                                          "alice start_ringing anonymous > bob (bob)"));
}

TEST(ExchangeWithheld, also_when_only_the_phones_own_channel_says_so) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 dialled=1001
        a created called parent=t device=1001 caller=0612345678 withheld
        a ringing
        a answered
        t answered
        t entered bridge=ta
        a entered bridge=ta
        a hung_up
    )");
    for (const auto& told : exchange.told_with_parties())
        EXPECT_THAT(told, testing::HasSubstr("anonymous > alice")) << told;
}

TEST(ExchangeWithheld, words_for_nobody_are_anonymous) {
    for (const std::string word : {"anonymous", "Restricted", "UNAVAILABLE", "unknown", "0000000000"}) {
        Listener exchange;
        exchange.hear("b ringing called device=1002 caller=" + word);
        EXPECT_THAT(exchange.told_with_parties(), ElementsAre("bob start_ringing anonymous > bob (bob)"));
    }
}

// Holds

TEST(ExchangeHold, ends_before_the_call_that_is_hung_up_while_held) {
    Listener exchange;
    exchange.hear(kMarieTalksToAlice);
    exchange.forget();
    exchange.hear("a held\n a hung_up");
    EXPECT_THAT(exchange.told(), ElementsAre("alice start_hold", "alice end_hold", "alice end_calling"));
}

TEST(ExchangeHold, is_of_the_line_that_holds_alone) {
    Listener exchange;
    exchange.hear(kAliceRingsBob);
    exchange.hear(kBobAnswers);
    exchange.forget();
    exchange.hear("b held\n a held\n b resumed\n a resumed");
    EXPECT_THAT(exchange.told(),
                ElementsAre("bob start_hold", "alice start_hold", "bob end_hold", "alice end_hold"));
}

TEST(ExchangeHold, of_a_call_that_is_not_up_tells_nothing) {
    Listener exchange;
    exchange.hear(kAliceRingsBob);
    exchange.forget();
    exchange.hear("a held\n a resumed\n b resumed");
    EXPECT_THAT(exchange.told(), IsEmpty());
}

// Several phones

TEST(ExchangeGroup, one_answers_and_the_others_stop) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 dialled=0199001000
        a created called parent=t device=1001
        b created called parent=t device=1002
        a ringing
        b ringing
        b answered
        t answered
        a hung_up cause=Call_completed_elsewhere
    )");
    EXPECT_THAT(exchange.told_with_reasons(),
                ElementsAre("alice start_ringing", "bob start_ringing", "bob end_ringing",
                            "bob start_calling", "alice end_ringing [Call completed elsewhere]"));
}

TEST(ExchangeGroup, the_caller_is_told_of_the_first_that_rings_then_of_the_one_reached) {
    Listener exchange;
    exchange.hear(R"(
        d created calls device=1004 dialled=7100
        a created called parent=d device=1001
        b created called parent=d device=1002
        b ringing
        a ringing
        d ringing
        a answered
        d answered
    )");
    const auto told = exchange.told_with_parties();
    EXPECT_THAT(told, testing::Contains("dave start_ringing dave > bob (7100)"));
    EXPECT_EQ(told.back(), "dave start_calling dave > alice (7100)");
}

TEST(ExchangeGroup, a_line_with_two_phones_rings_once) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 dialled=1001
        a1 created called parent=t device=1001 sip=one
        a2 created called parent=t device=1001 sip=two
        a1 ringing
        a2 ringing
        a2 answered
        a1 hung_up
        a2 hung_up
    )");
    EXPECT_THAT(exchange.told_with_call_ids(),
                ElementsAre("alice start_ringing one", "alice end_ringing one", "alice start_calling two",
                            "alice end_calling two"));
}

TEST(ExchangeGroup, it_stops_ringing_when_the_last_phone_does) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 dialled=1001
        a1 created called parent=t device=1001 sip=one
        a2 created called parent=t device=1001 sip=two
        a1 ringing
        a2 ringing
        a1 hung_up
    )");
    EXPECT_THAT(exchange.told(), ElementsAre("alice start_ringing"));
    exchange.hear("a2 hung_up");
    EXPECT_THAT(exchange.told_with_call_ids(),
                ElementsAre("alice start_ringing one", "alice end_ringing one"));
}

TEST(ExchangeGroup, two_calls_to_one_line_are_two) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 dialled=1001
        u created calls caller=0698765432 dialled=1001
        a1 created called parent=t device=1001
        a2 created called parent=u device=1001
        a1 ringing
        a2 ringing
    )");
    EXPECT_THAT(exchange.told_with_call_ids(),
                ElementsAre("alice start_ringing a1", "alice start_ringing a2"));
}

// Transfers and pick-ups

TEST(ExchangeTransfer, blind_by_the_callee_names_the_caller_to_the_next) {
    Listener exchange;
    exchange.hear(kMarieTalksToAlice);
    exchange.forget();
    exchange.hear(R"(
        t left bridge=ta
        a hung_up
        c created called parent=t device=1003 caller=0612345678 dialled=1003
        c ringing
        c answered
        t entered bridge=tc
        c entered bridge=tc
        c hung_up
    )");
    EXPECT_THAT(
        exchange.told_with_parties(),
        ElementsAre("alice end_calling marie > alice (alice)", "carol start_ringing marie > carol (alice)",
                    "carol end_ringing marie > carol (alice)", "carol start_calling marie > carol (alice)",
                    "carol end_calling marie > carol (alice)"));
}

TEST(ExchangeTransfer, blind_by_the_caller_makes_the_called_one_the_caller) {
    Listener exchange;
    exchange.hear(kAliceRingsBob);
    exchange.hear(kBobAnswers);
    exchange.forget();
    exchange.hear(R"(
        a left bridge=ab
        b updated caller=1002 dialled=1003
        a hung_up
        c created called parent=b device=1003 caller=1002 dialled=1003
        c ringing
        c answered
        b entered bridge=bc
        c entered bridge=bc
        c hung_up
        b hung_up
    )");
    EXPECT_THAT(
        exchange.told_with_parties(),
        ElementsAre("alice end_calling alice > bob (bob)", "carol start_ringing bob > carol (carol)",
                    "carol end_ringing bob > carol (carol)", "carol start_calling bob > carol (carol)",
                    "carol end_calling bob > carol (carol)", "bob end_calling carol > bob (bob)"));
}

TEST(ExchangeTransfer, attended_joins_the_far_ends_also_when_the_bridge_is_gone_before_the_end) {
    Listener exchange;
    exchange.hear(kMarieTalksToAlice);
    exchange.hear(R"(
        a held
        a2 created calls device=1001 dialled=1002
        b created called parent=a2 device=1002 caller=1001
        b ringing
        b answered
        a2 answered
        a2 entered bridge=a2b
        b entered bridge=a2b
    )");
    exchange.forget();
    exchange.hear(R"(
        a2 left bridge=a2b
        b left bridge=a2b
        a hung_up
        t left bridge=ta
        t entered bridge=tb
        b entered bridge=tb
        a2 hung_up
        t left bridge=tb
        b left bridge=tb
        b hung_up
    )");
    EXPECT_THAT(exchange.told_with_parties(),
                ElementsAre("alice end_hold marie > alice (alice)", "alice end_calling marie > alice (alice)",
                            "alice end_calling alice > bob (bob)", "bob end_calling marie > bob (bob)"));
}

TEST(ExchangeTransfer, a_parked_call_that_is_picked_up_names_the_parked_one) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 dialled=0199001001
        t answered
        b created calls device=1002 dialled=5901
        b answered
        t entered bridge=tb
        b entered bridge=tb
        b hung_up
    )");
    EXPECT_THAT(exchange.told_with_parties(),
                ElementsAre("bob start_calling bob > 5901 (5901)", "bob end_calling bob > marie (5901)"));
}

TEST(ExchangeTransfer, phones_that_change_places_take_what_they_were_told_with_them) {
    // Carol picks up what rings at Bob: her phone goes on in Bob's channel.
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 dialled=1002
        b created called parent=t device=1002 sip=sip-b
        b ringing
        c created calls device=1003 dialled=*8 sip=sip-c
        c answered
        b swapped other=c
        c hung_up cause=Call_completed_elsewhere
        t answered
        t entered bridge=tb
        b entered bridge=tb
        b hung_up
    )");
    EXPECT_THAT(exchange.told_with_parties(),
                ElementsAre("bob start_ringing marie > bob (bob)", "carol start_calling carol > *8 (*8)",
                            "bob end_ringing marie > bob (bob)", "carol end_calling carol > marie (*8)"));
    EXPECT_EQ(std::get<LineData>(exchange.events().back().data).call_id, "sip-c");
}

TEST(ExchangeTransfer, a_call_made_for_a_line_is_told_as_its_phone_sees_it) {
    Listener exchange;
    exchange.hear(R"(
        a created called device=1001 caller=1002 dialled=1001
        a ringing
        a answered
        b created called parent=a device=1002 caller=1001 dialled=1002
        b ringing
        b answered
        a entered bridge=ab
        b entered bridge=ab
        a hung_up
        b hung_up
    )");
    EXPECT_THAT(
        exchange.told_with_parties(),
        ElementsAre("alice start_ringing bob > alice (alice)", "alice end_ringing bob > alice (alice)",
                    "alice start_calling bob > alice (alice)", "bob start_ringing alice > bob (bob)",
                    "bob end_ringing alice > bob (bob)", "bob start_calling alice > bob (bob)",
                    "alice end_calling bob > alice (alice)", "bob end_calling alice > bob (bob)"));
}

// Channels without a phone, numbers without a line

TEST(ExchangeInternal, leads_from_one_channel_to_the_other) {
    Listener exchange;
    exchange.hear(R"(
        t created calls caller=0612345678 dialled=0199001000
        l1 created called internal parent=t dialled=agent
        l2 created calls internal parent=l1 dialled=agent
        b created called parent=l2 device=1002 dialled=1002
        b ringing
        b answered
        l2 entered bridge=lb
        b entered bridge=lb
        t entered bridge=tl
        l1 entered bridge=tl
        b hung_up
    )");
    for (const auto& told : exchange.told_with_parties())
        EXPECT_THAT(told, testing::EndsWith("marie > bob (0033199001000)")) << told;
    EXPECT_EQ(exchange.told().size(), 4U);
}

TEST(ExchangeInternal, a_queue_is_no_line) {
    Listener exchange;
    exchange.hear("q created called device=8001 caller=0612345678\n q ringing\n q answered\n q hung_up");
    EXPECT_THAT(exchange.events(), IsEmpty());
}

TEST(ExchangeInternal, where_another_source_tells_of_lines_nothing_is_told_of_them) {
    Listener exchange({.lines = false});
    exchange.hear(kAliceRingsBob);
    exchange.hear(kBobAnswers);
    exchange.hear("phone registered device=1001");
    EXPECT_THAT(exchange.events(), IsEmpty());
}

// Registrations

TEST(ExchangeRegistration, is_told_as_often_as_it_is_refreshed) {
    Listener exchange;
    exchange.hear("registered device=1001 sip=r1\n registered device=1001 sip=r1");
    EXPECT_THAT(exchange.told_with_call_ids(), ElementsAre("alice registered r1", "alice registered r1"));
    const auto& data = std::get<LineData>(exchange.events()[0].data);
    for (const auto& number : {data.calling, data.called, data.dialed, data.billing})
        EXPECT_EQ(number, "0033972000001");
}

TEST(ExchangeRegistration, its_end_and_what_a_list_shows_are_native_and_told_when_they_are_new) {
    Listener exchange;
    exchange.hear(R"(
        listed-phone device=1001
        listed-phone device=1001
        unregistered device=1001 cause=Registration_expired
        unregistered device=1001
        unregistered device=1002
        registered device=0699999999
    )");
    EXPECT_THAT(exchange.told_with_reasons(),
                ElementsAre("alice (registered)", "alice (unregistered) [Registration expired]"));
}

// Bounds

TEST(ExchangeBounds, ringing_without_an_end_ends) {
    Listener exchange;
    exchange.hear(kAliceRingsBob);
    exchange.forget();
    exchange.wait(std::chrono::minutes(6));
    EXPECT_THAT(exchange.told_with_reasons(),
                ElementsAre("bob end_ringing [No end of the ringing was seen]",
                            "alice end_ringing [No end of the ringing was seen]"));
    exchange.wait(std::chrono::minutes(1));
    EXPECT_EQ(exchange.tracker().channels(), 0U);
}

TEST(ExchangeBounds, a_call_lasts_as_long_as_something_speaks_of_it) {
    Listener exchange;
    exchange.hear(kMarieTalksToAlice);
    exchange.forget();
    for (int hour = 0; hour < 10; ++hour) {
        exchange.wait(std::chrono::hours(1));
        exchange.hear("snapshot\n t listed up\n a listed up\n end");
    }
    EXPECT_THAT(exchange.told(), IsEmpty());
    exchange.wait(std::chrono::hours(5));
    EXPECT_THAT(exchange.told_with_reasons(),
                ElementsAre("alice end_calling [No end was seen before the longest call]"));
}

TEST(ExchangeBounds, too_many_channels_end_the_one_that_is_nearest_to_its_end) {
    Listener exchange({.most_channels = 2});
    exchange.hear(
        "a ringing called device=1001\n b ringing called device=1002\n c ringing called device=1003");
    EXPECT_THAT(exchange.told_with_reasons(),
                ElementsAre("alice start_ringing", "bob start_ringing", "carol start_ringing",
                            "alice end_ringing [Too many calls at once]"));
    EXPECT_EQ(exchange.tracker().channels(), 2U);
}

TEST(ExchangeBounds, a_bridge_and_a_call_of_thousands_are_followed) {
    Listener exchange;
    std::string script = "t created calls caller=0612345678\n";
    for (int i = 0; i < 3'000; ++i)
        script +=
            fmt::format("c{0} answered called parent=t device=100{1}\nc{0} entered bridge=x\n", i, 1 + i % 4);
    exchange.hear(script);
    EXPECT_EQ(exchange.tracker().channels(), 3'001U);
}

TEST(ExchangeBounds, endless_names_are_not_kept) {
    Listener exchange;
    const std::string endless(100'000, 'x');
    exchange.hear(endless + " created device=1001");
    EXPECT_EQ(exchange.tracker().channels(), 0U);
    exchange.hear("a ringing called device=1001 caller=" + endless + " dialled=" + endless);
    ASSERT_EQ(exchange.events().size(), 1U);
    EXPECT_EQ(std::get<LineData>(exchange.events()[0].data).calling.size(), 256U);
}

}  // namespace
}  // namespace callboard::script
