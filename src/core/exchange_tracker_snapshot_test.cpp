#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/exchange_script_test.hpp"

namespace callboard::script {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kTalk = R"(
    snapshot
    end
    a created calls device=1001 dialled=1002
    b created called parent=a device=1002
    b ringing
    b answered
    a answered
    a entered bridge=ab
    b entered bridge=ab
)";

TEST(ExchangeSnapshot, what_is_up_before_we_listen_is_told_from_now_on) {
    Listener exchange;
    exchange.hear(R"(
        snapshot
        a listed calls device=1001 dialled=1002 caller=1001 bridge=x up
        b listed called device=1002 parent=a dialled=1002 bridge=x up holding
        c listed called device=1003 caller=0612345678 rings
        d listed calls device=1004 dialled=1001
        end
    )");
    EXPECT_THAT(
        exchange.told_with_reasons(),
        ElementsAre("alice start_calling [Already in progress]", "bob start_calling [Already in progress]",
                    "bob start_hold", "carol start_ringing [Already in progress]"));
    EXPECT_EQ(exchange.tracker().corrections(), 0U) << "a first list corrects nothing";
    exchange.forget();
    exchange.hear(
        "snapshot\n a listed up\n b listed up\n c listed rings\n d listed\n end\n b hung_up\n a hung_up");
    EXPECT_THAT(exchange.told_with_parties(),
                ElementsAre("bob end_hold alice > bob (bob)", "bob end_calling alice > bob (bob)",
                            "alice end_calling alice > bob (bob)"));
}

TEST(ExchangeSnapshot, a_call_that_is_not_listed_any_more_ends_and_says_why) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.forget();
    exchange.hear("snapshot\n a listed up");
    EXPECT_THAT(exchange.told(), IsEmpty());
    exchange.hear("end");
    EXPECT_THAT(exchange.told_with_reasons(),
                ElementsAre("bob end_calling [The exchange does not list the call any more]"));
    EXPECT_EQ(exchange.tracker().corrections(), 1U);
}

TEST(ExchangeSnapshot, ends_what_it_does_not_list_also_when_the_clock_was_set_back) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.hear("queue member-queue-start in=8001 caller=0612345678 QueueMemberUUID=m");
    exchange.forget();
    exchange.set_calendar(-std::chrono::hours(1));
    exchange.hear("snapshot\n c created called device=1003\n c ringing\n end");
    EXPECT_THAT(exchange.told(), ElementsAre("carol start_ringing", "alice end_calling", "bob end_calling"))
        << "and not what came while it was read";
    EXPECT_THAT(exchange.queue_told(), Contains("desk member-queue-end"));
}

/// Two devices of one line ring before their caller is known, who shows that they are one call.
constexpr std::string_view kTwoDevices = R"(
    b ringing called parent=a device=1002
    c ringing called parent=a device=1002
    a updated calls device=1001
)";

TEST(ExchangeSnapshot, devices_that_were_told_before_they_were_seen_to_be_one_call_end_each) {
    Listener exchange;
    exchange.hear(kTwoDevices);
    exchange.hear("b hung_up\n c hung_up");
    EXPECT_THAT(exchange.told_with_call_ids(), ElementsAre("bob start_ringing b", "bob start_ringing c",
                                                           "bob end_ringing b", "bob end_ringing c"));
}

TEST(ExchangeSnapshot, one_of_them_that_is_answered_ends_its_own_ringing) {
    Listener exchange;
    exchange.hear(kTwoDevices);
    exchange.hear("c answered\n b hung_up\n c hung_up");
    EXPECT_THAT(exchange.told_with_call_ids(),
                ElementsAre("bob start_ringing b", "bob start_ringing c", "bob end_ringing c",
                            "bob start_calling c", "bob end_ringing b", "bob end_calling c"));
}

TEST(ExchangeSnapshot, one_of_them_that_is_answered_late_ends_its_ringing_too) {
    Listener exchange;
    exchange.hear(R"(
        b answered called parent=a device=1002
        c ringing called parent=a device=1002
        a updated calls device=1001
        c answered
        c hung_up
        b hung_up
    )");
    EXPECT_THAT(exchange.told_with_call_ids(), ElementsAre("bob start_calling b", "bob start_ringing c",
                                                           "bob end_ringing c", "bob end_calling b"));
}

TEST(ExchangeSnapshot, a_device_that_rings_while_another_talks_ends_no_ringing_when_it_is_answered_later) {
    Listener exchange;
    exchange.hear(R"(
        a created calls device=1001
        b answered called parent=a device=1002
        c ringing called parent=a device=1002
        b hung_up
        c answered
        c hung_up
    )");
    EXPECT_THAT(exchange.told_with_call_ids(), ElementsAre("bob start_calling b", "bob end_calling b",
                                                           "bob start_calling c", "bob end_calling c"));
}

TEST(ExchangeSnapshot, a_list_that_is_not_whole_ends_nothing) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.forget();
    exchange.hear("snapshot\n end cause=no_list");
    EXPECT_THAT(exchange.told(), IsEmpty());
}

TEST(ExchangeSnapshot, a_call_that_begins_while_the_list_is_made_is_not_in_it_and_lives) {
    Listener exchange;
    exchange.hear("snapshot\n a created calls device=1001\n a ringing\n end");
    EXPECT_THAT(exchange.told(), ElementsAre("alice start_ringing"));
}

TEST(ExchangeSnapshot, a_call_that_ended_while_the_list_was_made_stays_ended) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.hear("snapshot\n a hung_up\n b hung_up");
    exchange.forget();
    exchange.hear("a listed up\n b listed up\n end");
    EXPECT_THAT(exchange.told(), IsEmpty());
}

TEST(ExchangeSnapshot, missed_signals_are_made_up_for_and_counted) {
    Listener exchange;
    exchange.hear("snapshot\n end\n b created called device=1002 caller=0612345678\n b ringing");
    exchange.hear(
        "snapshot\n b listed up\n c listed called device=1003 caller=0612345678 up\n end\n b answered");
    EXPECT_THAT(
        exchange.told_with_reasons(),
        ElementsAre("bob start_ringing", "bob end_ringing [Already in progress]",
                    "bob start_calling [Already in progress]", "carol start_calling [Already in progress]"));
    EXPECT_EQ(exchange.tracker().corrections(), 2U);
}

TEST(ExchangeSnapshot, an_older_list_takes_nothing_back) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.forget();
    exchange.hear("snapshot\n a listed\n b listed rings\n end");
    EXPECT_THAT(exchange.told(), IsEmpty());
}

TEST(ExchangeGone, for_a_minute_its_calls_end) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.hear("queue member-queue-start in=8001 caller=0612345678 QueueMemberUUID=m");
    exchange.forget();
    exchange.hear("gone\n wait 59s\n gone");
    EXPECT_THAT(exchange.events(), IsEmpty());
    exchange.hear("wait 1s");
    EXPECT_THAT(exchange.told_with_reasons(),
                ElementsAre("alice end_calling [The exchange has been out of reach for too long]",
                            "bob end_calling [The exchange has been out of reach for too long]"));
    EXPECT_THAT(exchange.queue_told({"QueueCause", "QueueCancelReason"}),
                ElementsAre("desk member-queue-end QueueCause=Cancel QueueCancelReason=NONE"));
    EXPECT_EQ(exchange.tracker().corrections(), 3U);
    exchange.forget();
    exchange.hear("wait 10min");
    EXPECT_THAT(exchange.events(), IsEmpty());
}

TEST(ExchangeGone, and_back_in_time_its_calls_go_on) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.forget();
    exchange.hear("gone\n wait 50s\n snapshot\n wait 15s\n a listed up\n b listed up\n end\n wait 2min");
    EXPECT_THAT(exchange.told(), IsEmpty());
    EXPECT_EQ(exchange.tracker().corrections(), 0U);
}

TEST(ExchangeGone, one_that_comes_and_goes_is_not_back) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.forget();
    exchange.hear("gone\n wait 25s\n snapshot\n gone\n wait 25s\n snapshot\n gone\n wait 10s");
    EXPECT_THAT(exchange.told(), ElementsAre("alice end_calling", "bob end_calling"));
}

TEST(ExchangeGone, and_back_without_them_they_end_at_once) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.forget();
    exchange.hear("gone\n wait 5s\n snapshot\n end");
    EXPECT_THAT(exchange.told(), ElementsAre("alice end_calling", "bob end_calling"));
    EXPECT_EQ(exchange.tracker().corrections(), 2U);
}

// When somebody sets the calendar

TEST(ExchangeCalendar, set_on_ends_nothing_that_would_have_gone_on) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.hear("c created called device=1003\n c ringing\n gone");
    exchange.forget();
    exchange.set_calendar(std::chrono::hours(5));
    exchange.hear("wait 30s\n snapshot\n a listed up\n b listed up\n c listed rings\n end\n c answered");
    EXPECT_THAT(exchange.told(), ElementsAre("carol end_ringing", "carol start_calling"));
}

TEST(ExchangeCalendar, set_back_lets_nothing_go_on_for_longer) {
    Listener exchange;
    exchange.hear("c created called device=1003\n c ringing");
    exchange.set_calendar(-std::chrono::hours(5));
    exchange.hear("wait 299s");
    EXPECT_THAT(exchange.told(), ElementsAre("carol start_ringing"));
    exchange.hear("wait 2s");
    EXPECT_THAT(exchange.told(), ElementsAre("carol start_ringing", "carol end_ringing"));
    exchange.hear(kTalk);
    exchange.forget();
    exchange.hear("gone");
    exchange.set_calendar(-std::chrono::hours(5));
    exchange.hear("wait 61s");
    EXPECT_THAT(exchange.told(), ElementsAre("alice end_calling", "bob end_calling"));
}

// After a restart

/// Alice talks with Marie, and holds her; Bob rings; somebody waits at the desk.
State before() {
    State state;
    const auto call = [&state](const std::string& line, const std::string& id, LineStatus status) {
        Call made;
        made.line = line;
        made.call_id = id;
        made.status = status;
        made.incoming = true;
        made.calling = "0033612345678";
        made.called = made.dialed = line;
        state.lines[line].calls.push_back(made);
    };
    call("0033972000001", "talks", LineStatus::held);
    call("0033972000002", "rings", LineStatus::ringing);
    WaitingCaller caller;
    caller.uuid = "m";
    caller.calling = "0033612345678";
    state.queues["0033972000008"].waiting.push_back(caller);
    return state;
}

/// The same in a list.
constexpr std::string_view kListedAgain = R"(
    a listed called device=1001 sip=talks up holding
    b listed called device=1002 sip=rings rings
    listed-caller in=8001 QueueMemberUUID=m
    end
)";

TEST(ExchangeAdoption, what_is_listed_again_goes_on_without_a_word) {
    Listener exchange;
    exchange.tracker().adopt(before(), exchange.now());
    exchange.hear("snapshot");
    exchange.hear(kListedAgain);
    EXPECT_THAT(exchange.events(), IsEmpty());
    exchange.hear(
        "a resumed\n a hung_up\n b answered\n b hung_up\n"
        "queue member-queue-end in=8001 QueueMemberUUID=m QueueCause=Cancel");
    EXPECT_THAT(exchange.told_with_call_ids(),
                ElementsAre("alice end_hold talks", "alice end_calling talks", "bob end_ringing rings",
                            "bob start_calling rings", "bob end_calling rings"));
    EXPECT_THAT(exchange.queue_told({"Calling"}), ElementsAre("desk member-queue-end Calling=marie"));
}

TEST(ExchangeAdoption, is_recognised_although_its_call_id_comes_late) {
    Listener exchange;
    exchange.tracker().adopt(before(), exchange.now());
    exchange.hear("snapshot\n a created called device=1001\n b created called");
    exchange.hear(kListedAgain);
    EXPECT_THAT(exchange.events(), IsEmpty());
}

TEST(ExchangeAdoption, what_is_not_listed_ends) {
    Listener exchange;
    exchange.tracker().adopt(before(), exchange.now());
    exchange.hear("wait 1s\n snapshot\n end");
    EXPECT_THAT(exchange.told_with_parties(),
                ElementsAre("alice end_hold marie > alice (alice)", "alice end_calling marie > alice (alice)",
                            "bob end_ringing marie > bob (bob)"));
    EXPECT_THAT(exchange.queue_told({"QueueCause"}), ElementsAre("desk member-queue-end QueueCause=Cancel"));
    EXPECT_EQ(exchange.tracker().corrections(), 3U);
}

TEST(ExchangeAdoption, without_an_exchange_it_ends_after_a_minute) {
    Listener exchange;
    exchange.tracker().adopt(before(), exchange.now());
    exchange.hear("wait 59s");
    EXPECT_THAT(exchange.events(), IsEmpty());
    exchange.hear("wait 1s");
    EXPECT_EQ(exchange.events().size(), 4U);
}

TEST(ExchangeAdoption, is_of_queues_alone_where_another_source_tells_of_lines) {
    Listener exchange({.lines = false});
    exchange.tracker().adopt(before(), exchange.now());
    exchange.hear("wait 1s\n snapshot\n end");
    EXPECT_THAT(exchange.told(), IsEmpty());
    EXPECT_EQ(exchange.queue_told().size(), 1U);
}

TEST(ExchangeGone, in_the_middle_of_a_list_the_list_counts_for_nothing) {
    Listener exchange;
    exchange.hear(kTalk);
    exchange.forget();
    exchange.hear("snapshot\n gone\n end");
    EXPECT_THAT(exchange.told(), IsEmpty());
}

}  // namespace
}  // namespace callboard::script
