// What was seen twice, too late, or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/state.hpp"
#include "mgcp_script.hpp"
#include "mgcp_stories.hpp"

namespace callboard::mgcp_script {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

/// Each datagram of the text once more behind it.
std::vector<Said> doubled(const std::vector<Said>& said, Duration later) {
    std::vector<Said> out;
    for (const auto& one : said) {
        out.push_back(one);
        out.push_back(one);
        out.back().after = later;
    }
    return out;
}

TEST(MgcpCopies, by_retransmission_or_a_second_mirror_change_nothing) {
    for (const auto& story : stories()) {
        Listener once;
        once.hear(story);
        Listener twice;
        twice.hear(doubled(read(story), 3ms));
        EXPECT_EQ(twice.told_with_parties(), once.told_with_parties()) << story;
    }
}

// RFC 3435 §3.5.1: a command is repeated until it is answered, with a provisional response in between
// (§3.5.6).
TEST(MgcpCopies, of_a_command_that_is_answered_late_tell_once) {
    Listener listener;
    listener.hear(R"(
        ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv | X: 1 | R: L/hd(N) | S: L/rg
        +400ms ca > gw1 CRCX #1000 aaln/1 | C: B1 | M: sendrecv | X: 1 | R: L/hd(N) | S: L/rg
        gw1 > ca 100 1000
        +900ms ca > gw1 CRCX #1000 aaln/1 | C: B1 | M: sendrecv | X: 1 | R: L/hd(N) | S: L/rg
        gw1 > ca 200 1000 | I: 1
        again
        ca > gw1 000 1000)");
    EXPECT_THAT(listener.told_with_call_ids(), ElementsAre("alice start_ringing B1"));
}

TEST(MgcpCopies, that_mirrors_on_both_sides_of_a_translator_see_differently_tell_once) {
    Listener listener;
    auto said = read(kInternalCall);
    std::vector<Said> both;
    for (const auto& one : said) {
        both.push_back(one);
        both.push_back(one);
        both.back().after = 2ms;
        if (both.back().from == "gw1") both.back().from = "nat";
        if (both.back().to == "gw1") both.back().to = "nat";
    }
    Listener once;
    once.hear(said);
    listener.hear(both);
    EXPECT_EQ(listener.told_with_parties(), once.told_with_parties());
}

// RFC 3435 §3.5.5: several messages in one datagram, separated by a line with a dot.
TEST(MgcpCopies, that_travel_together_are_read_one_by_one) {
    Listener listener;
    listener.hear(std::vector<Said>{
        {10ms, "ca", "gw1",
         "CRCX 1 aaln/1@gw1.example MGCP 1.0\r\nC: B1\r\nM: sendrecv\r\n\r\nv=0\r\nc=IN IP4 192.0.2.1\r\n"
         "m=audio 5000 RTP/AVP 0\r\n.\r\nRQNT 2 aaln/1@gw1.example MGCP 1.0\r\nX: 1\r\nR: L/hd(N)\r\nS: "
         "L/rg\r\n"},
        {10ms, "gw1", "ca",
         "200 1 OK\nI: 7\n.\n200 2 OK\nK: 1\n.\nNTFY 9 aaln/1@gw1.example MGCP 1.0\nX: 1\nO: L/hd\n"}});
    EXPECT_THAT(listener.told(),
                ElementsAre("alice start_ringing", "alice end_ringing", "alice start_calling"));
}

TEST(MgcpDisorder, of_neighbours_changes_nothing_that_is_told) {
    for (const auto& story : stories()) {
        const auto said = read(story);
        Listener clean;
        clean.hear(said);
        for (std::size_t i = 0; i + 1 < said.size(); ++i) {
            if (said[i + 1].after > 100ms) continue;
            auto swapped = said;
            std::swap(swapped[i], swapped[i + 1]);
            std::swap(swapped[i].after, swapped[i + 1].after);
            Listener listener;
            listener.hear(swapped);
            EXPECT_THAT(listener.told(), UnorderedElementsAreArray(clean.told())) << story << said[i].text;
        }
    }
}

TEST(MgcpDisorder, of_ring_and_identifier_waits_for_the_identifier) {
    Listener listener;
    listener.hear(R"(
        ca > gw1 RQNT aaln/1 | X: 1 | R: L/hd(N) | S: L/rg => 200
        +100ms ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv => 200 | I: 1)");
    EXPECT_THAT(listener.told_with_call_ids(), ElementsAre("alice start_ringing B1"));
}

TEST(MgcpDisorder, a_ring_whose_call_has_no_identifier_yet_keeps_the_name_that_it_was_told_under) {
    Listener listener;
    listener.hear(R"(
        ca > gw1 RQNT aaln/1 | X: 1 | R: L/hd(N) | S: L/rg => 200
        +3s gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd => 200
        ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv => 200 | I: 1
        +3s ca > gw1 DLCX aaln/1 | C: B1 => 250)");
    const std::string name = "1000@aaln/1@gw1.example";
    EXPECT_THAT(listener.told_with_call_ids(),
                ElementsAre("alice start_ringing " + name, "alice end_ringing " + name,
                            "alice start_calling " + name, "alice end_calling " + name));
}

TEST(MgcpLoss, of_off_hook_is_made_good_by_the_next_request) {
    Listener listener;
    listener.hear(R"(
        ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv | X: 1 | R: L/hd(N) | S: L/rg => 200 | I: 1
        +4s ca > gw1 RQNT aaln/1 | X: 2 | R: L/hu(N), L/hf(N) => 200
        +4s ca > gw1 RQNT aaln/1 | X: 3 | R: L/hd(N) => 200)");
    EXPECT_THAT(listener.told_with_reasons(),
                ElementsAre("alice start_ringing []", "alice end_ringing []", "alice start_calling []",
                            "alice end_calling [On-hook was not seen]"));
}

TEST(MgcpLoss, of_the_end_is_told_when_nothing_lasts_that_long) {
    Listener ringing;
    ringing.hear("ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv | X: 1 | R: L/hd(N) | S: L/rg => 200 | I: 1");
    ringing.wait(5min - 1s);
    EXPECT_THAT(ringing.told(), ElementsAre("alice start_ringing"));
    ringing.wait(2s);
    EXPECT_EQ(ringing.told_with_reasons().back(), "alice end_ringing [No end of the ringing was seen]");

    Listener talking;
    talking.hear(kIncomingTalking);
    talking.wait(4h + 1s);
    EXPECT_EQ(talking.told_with_reasons().back(),
              "alice end_calling [No end was seen before the longest call]");
    talking.wait(1min);
    EXPECT_EQ(talking.tracker().calls(), 0U);
}

TEST(MgcpLoss, of_a_response_tells_nothing) {
    Listener listener;
    listener.hear("ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv | X: 1 | R: L/hd(N) | S: L/rg");
    listener.wait(1min);
    EXPECT_THAT(listener.told(), IsEmpty());
    EXPECT_EQ(listener.tracker().transactions(), 0U);
}

TEST(MgcpRing, that_the_gateway_ends_is_over) {
    Listener listener;
    listener.hear(R"(
        ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv | X: 1 | R: L/hd(N), L/oc(N) | S: L/rg(to=180000) => 200 | I: 1
        +3min gw1 > ca NTFY aaln/1 | X: 1 | O: L/oc(L/rg) => 200)");
    EXPECT_EQ(listener.told_with_reasons().back(), "alice end_ringing [Rang for as long as it may]");
}

TEST(MgcpRing, stopped_just_as_the_telephone_was_lifted_is_answered) {
    Listener listener;
    listener.hear(R"(
        ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv | X: 1 | R: L/hd(N) | S: L/rg => 200 | I: 1
        +4s ca > gw1 RQNT aaln/1 | X: 2 | R: L/hd(N) => 200
        gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd => 200)");
    EXPECT_THAT(listener.told(),
                ElementsAre("alice start_ringing", "alice end_ringing", "alice start_calling"));
}

TEST(MgcpMidway, what_is_up_is_told_from_then_on) {
    Listener listener;
    listener.hear(R"(
        gw1 > ca NTFY aaln/1 | X: 3 | O: L/hf => 200
        ca > gw1 MDCX aaln/1 | C: B1 | I: 1 | M: inactive => 200
        +5s ca > gw1 MDCX aaln/1 | C: B1 | I: 1 | M: sendrecv => 200
        +5s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hu => 200)");
    EXPECT_THAT(listener.told_with_reasons(),
                ElementsAre("alice start_calling [Already in progress]", "alice start_hold []",
                            "alice end_hold []", "alice end_calling []"));
}

TEST(MgcpMidway, a_lone_end_tells_nothing) {
    Listener listener;
    listener.hear(R"(
        gw1 > ca NTFY aaln/1 | X: 3 | O: L/hu => 200
        ca > gw1 DLCX aaln/1 | C: B1 | I: 1 => 250
        gw1 > ca RSIP *@gw1.example | RM: restart => 200)");
    EXPECT_THAT(listener.told(), IsEmpty());
}

State folded(const std::vector<Event>& events) {
    State state;
    const TimeZone zone = *TimeZone::named("Europe/Paris");
    Sequence sequence = 0;
    for (const auto& event : events)
        apply(state, event, ++sequence, time_from_nanoseconds(1'780'000'000'000'000'000), zone);
    return state;
}

TEST(MgcpRestart, goes_on_with_the_calls_of_mgcp_lines_alone) {
    Listener before;
    before.hear(kTransferByFlash.substr(0, kTransferByFlash.find("+4s gw1 > ca NTFY aaln/1 | X: 4")));
    ASSERT_EQ(before.told().back(), "alice start_hold");
    auto events = before.events();
    Event foreign = events.front();
    foreign.ressource = "0033972000004";
    events.push_back(foreign);
    Listener after;
    after.tracker().adopt(folded(events), after.now());
    EXPECT_EQ(after.tracker().calls(), 2U);
    after.hear(read(R"(
        +4s ca > gw1 MDCX aaln/1 | C: A1 | I: 11 | M: sendrecv => 200
        +4s gw1 > ca NTFY aaln/2 | X: 23 | O: L/hu => 200
        ca > gw1 DLCX aaln/1 | C: A1 => 250)",
                    "", 5000));
    EXPECT_THAT(after.told_with_parties(),
                ElementsAre("alice end_hold alice > bob (bob)", "bob end_calling alice > bob (bob)",
                            "alice end_calling alice > bob (bob)"));
}

TEST(MgcpBounds, the_call_that_would_end_next_gives_way) {
    MgcpTracker::Settings settings;
    settings.most_calls = 1;
    settings.most_endpoints = 2;
    settings.most_transactions = 2;
    Listener listener(settings);
    listener.hear(R"(
        ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv | X: 1 | S: L/rg => 200
        ca > gw1 CRCX aaln/2 | C: B2 | M: sendrecv | X: 1 | S: L/rg => 200
        ca > gw2 CRCX aaln/1 | C: B3 | M: sendrecv | X: 1 | S: L/rg => 200)");
    EXPECT_EQ(listener.tracker().calls(), 1U);
    EXPECT_LE(listener.tracker().transactions(), 2U);
    EXPECT_EQ(listener.told_with_reasons()[2], "alice end_ringing [Too many calls at once]");
}

TEST(MgcpReload, calls_in_progress_stay_and_new_endpoints_count) {
    Listener listener;
    listener.hear(kIncomingTalking);
    Service added;
    added.account = "town";
    added.number = "0033972000007";
    added.type = ServiceType::mgcp_line;
    added.aliases = {"aaln/7@gw1"};
    const std::vector<Service> services = {added};
    listener.tracker().use(std::make_shared<Directory>(std::vector<Account>{{"town", "Town"}}, services));
    listener.hear(read(R"(
        ca > gw1 CRCX aaln/7 | C: B7 | M: sendrecv | X: 1 | R: L/hd(N) | S: L/rg => 200
        gw1 > ca NTFY aaln/1 | X: 2 | O: L/hu => 200)",
                       "", 5000));
    EXPECT_EQ(listener.told().back(), "alice end_calling");
    EXPECT_EQ(listener.told()[3], "0033972000007 start_ringing");
}

}  // namespace
}  // namespace callboard::mgcp_script
