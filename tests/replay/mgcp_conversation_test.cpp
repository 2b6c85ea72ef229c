// Conversations after the text of RFC 3435 and RFC 3660: what each line is told of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/state.hpp"
#include "mgcp_script.hpp"
#include "mgcp_stories.hpp"

namespace callboard::mgcp_script {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<std::string> told(std::string_view text) {
    Listener listener;
    listener.hear(text);
    listener.wait(1s);
    return listener.told_with_parties();
}

TEST(MgcpCall, between_two_lines_of_ours_is_told_to_both) {
    EXPECT_THAT(told(kInternalCall),
                ElementsAre("bob start_ringing alice > bob (bob)", "alice start_ringing alice > bob (bob)",
                            "bob end_ringing alice > bob (bob)", "bob start_calling alice > bob (bob)",
                            "alice end_ringing alice > bob (bob)", "alice start_calling alice > bob (bob)",
                            "alice end_calling alice > bob (bob)", "bob end_calling alice > bob (bob)"));
}

TEST(MgcpCall, carries_the_call_identifier_and_the_command) {
    Listener listener;
    listener.hear(kIncomingAnswered);
    ASSERT_EQ(listener.events().size(), 4U);
    const auto& event = listener.events().front();
    EXPECT_EQ(event.protocol, Protocol::mgcp);
    EXPECT_EQ(event.ressource, "0033972000001");
    const auto& data = std::get<LineData>(event.data);
    EXPECT_EQ(data.call_id, "A3C47F21456789F0");
    EXPECT_EQ(data.billing, "0033972000001");
    EXPECT_EQ(data.body, "RQNT 1001 aaln/1@gw1.example MGCP 1.0");
    EXPECT_EQ(data.cseq, "1001 RQNT");
    EXPECT_EQ(data.ts_get - data.ts, 1ms);
    EXPECT_EQ(std::get<LineData>(listener.events()[2].data).cseq, "1002 NTFY");
    for (const auto& one : listener.told_with_call_ids()) EXPECT_THAT(one, HasSubstr(" A3C47F21456789F0"));
}

TEST(MgcpCall, that_comes_from_outside_and_is_answered) {
    EXPECT_THAT(
        told(kIncomingAnswered),
        ElementsAre("alice start_ringing marie > alice (alice)", "alice end_ringing marie > alice (alice)",
                    "alice start_calling marie > alice (alice)", "alice end_calling marie > alice (alice)"));
}

TEST(MgcpCall, that_comes_from_outside_and_is_missed) {
    EXPECT_THAT(told(kIncomingMissed), ElementsAre("alice start_ringing marie > alice (alice)",
                                                   "alice end_ringing marie > alice (alice)"));
}

TEST(MgcpCall, goes_outside_and_is_answered) {
    EXPECT_THAT(
        told(kOutgoingAnswered),
        ElementsAre("alice start_ringing alice > marie (marie)", "alice end_ringing alice > marie (marie)",
                    "alice start_calling alice > marie (marie)", "alice end_calling alice > marie (marie)"));
}

// RFC 3660 §2.1.1: with a ringback that comes over the connection no signal is asked for.
TEST(MgcpCall, goes_outside_with_a_ringback_of_the_network) {
    EXPECT_THAT(
        told(R"(
        gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd => 200
        ca > gw1 RQNT aaln/1 | X: 2 | R: L/hu(N), L/hf(N), D/[0-9#*T](D) | D: (0[1-9]xxxxxxxx) | S: L/dl => 200
        +5s gw1 > ca NTFY aaln/1 | X: 2 | O: D/0,D/6,D/1,D/2,D/3,D/4,D/5,D/6,D/7,D/8 => 200
        ca > gw1 CRCX aaln/1 | C: B1 | M: recvonly => 200 | I: 21 | sdp=10.0.1.1:4000
        +1s ca > gw1 MDCX aaln/1 | C: B1 | I: 21 | M: recvonly | sdp=192.0.2.7:5000 => 200
        +9s ca > gw1 MDCX aaln/1 | C: B1 | I: 21 | M: sendrecv => 200
        +9s ca > gw1 DLCX aaln/1 | C: B1 | I: 21 => 250 | P: PS=1245, OS=62345)"),
        ElementsAre("alice start_ringing alice > marie (marie)", "alice end_ringing alice > marie (marie)",
                    "alice start_calling alice > marie (marie)", "alice end_calling alice > marie (marie)"));
}

TEST(MgcpCall, to_a_busy_number_tells_nothing_but_the_native_event) {
    Listener listener;
    listener.hear(kOutgoingBusy);
    EXPECT_THAT(listener.told_with_reasons(), ElementsAre("alice [call_failed] [Busy tone]"));
    EXPECT_THAT(listener.told_with_parties(), ElementsAre("alice [call_failed] alice > marie (marie)"));
}

TEST(MgcpCall, refused_before_it_has_an_identifier_fails_under_a_name_of_its_own) {
    Listener listener;
    listener.hear(R"(
        gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd,D/1,D/0,D/0,D/2 => 200
        ca > gw1 RQNT aaln/1 | X: 2 | R: L/hu(N) | S: L/ro => 200
        +3s gw1 > ca NTFY aaln/1 | X: 2 | O: L/hu => 200)");
    EXPECT_THAT(listener.told_with_reasons(), ElementsAre("alice [call_failed] [Reorder tone]"));
    EXPECT_THAT(listener.told_with_call_ids(), ElementsAre("alice [call_failed] 1001@aaln/1@gw1.example"));
}

TEST(MgcpCall, given_up_before_it_rings_tells_nothing_but_the_native_event) {
    Listener listener;
    listener.hear(R"(
        gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd,D/1,D/0,D/0,D/2 => 200
        ca > gw1 CRCX aaln/1 | C: B1 | M: recvonly => 200 | I: 21 | sdp=10.0.1.1:4000
        gw1 > ca NTFY aaln/1 | X: 1 | O: L/hu => 200
        ca > gw1 DLCX aaln/1 | C: B1 => 250)");
    EXPECT_THAT(listener.told_with_reasons(), ElementsAre("alice [call_failed] [Given up by the caller]"));
}

TEST(MgcpCall, to_a_telephone_that_is_off_hook_fails) {
    Listener listener;
    listener.hear(R"(
        ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv => 200 | I: 21 | sdp=10.0.1.1:4000
        ca > gw1 RQNT aaln/1 | X: 9 | R: L/hd(N) | S: L/rg => 401 Phone off hook
        ca > gw1 DLCX aaln/1 | C: B1 => 250)");
    EXPECT_THAT(listener.told_with_reasons(), ElementsAre("alice [call_failed] [401 Phone off hook]"));
}

TEST(MgcpCall, that_the_line_puts_down_or_the_far_end_ends_is_told_once) {
    EXPECT_THAT(
        told(kHangUpByFarEnd),
        ElementsAre("alice start_ringing marie > alice (alice)", "alice end_ringing marie > alice (alice)",
                    "alice start_calling marie > alice (alice)", "alice end_calling marie > alice (alice)"));
    EXPECT_EQ(told(kHangUpByFarEnd), told(kIncomingAnswered));
}

TEST(MgcpHold, by_a_flash_and_back_is_told_to_the_line_that_holds) {
    EXPECT_THAT(told(kHoldAndBack),
                ElementsAre("bob start_ringing alice > bob (bob)", "alice start_ringing alice > bob (bob)",
                            "bob end_ringing alice > bob (bob)", "bob start_calling alice > bob (bob)",
                            "alice end_ringing alice > bob (bob)", "alice start_calling alice > bob (bob)",
                            "alice start_hold alice > bob (bob)", "alice end_hold alice > bob (bob)",
                            "bob end_calling alice > bob (bob)", "alice end_calling alice > bob (bob)"));
}

TEST(MgcpHold, by_the_mode_alone_pairs_up_also_when_the_call_ends) {
    EXPECT_THAT(
        told(R"(
        ca > gw1 CRCX aaln/1 | C: B1 | M: sendrecv | X: 9 | R: L/hd(N) | S: L/rg => 200 | I: 21
        +2s gw1 > ca NTFY aaln/1 | X: 9 | O: L/hd => 200
        +2s ca > gw1 MDCX aaln/1 | C: B1 | I: 21 | M: sendonly => 200
        ca > gw1 MDCX aaln/1 | C: B1 | I: 21 | M: inactive => 200
        +2s ca > gw1 DLCX aaln/1 | C: B1 => 250)"),
        ElementsAre(
            "alice start_ringing anonymous > alice (alice)", "alice end_ringing anonymous > alice (alice)",
            "alice start_calling anonymous > alice (alice)", "alice start_hold anonymous > alice (alice)",
            "alice end_hold anonymous > alice (alice)", "alice end_calling anonymous > alice (alice)"));
}

TEST(MgcpHold, of_a_telephone_put_down_ends_with_the_call_or_after_a_while) {
    const std::string held = std::string(kIncomingTalking) + R"(
        gw1 > ca NTFY aaln/1 | X: 3 | O: L/hf => 200
        ca > gw1 MDCX aaln/1 | C: A3C47F21456789F0 | I: FDE234C8 | M: inactive => 200
        +2s gw1 > ca NTFY aaln/1 | X: 3 | O: L/hu => 200
        )";
    Listener listener;
    listener.hear(held);
    listener.forget();
    listener.wait(59s);
    EXPECT_THAT(listener.told(), IsEmpty());
    listener.wait(2s);
    EXPECT_THAT(listener.told_with_reasons(),
                ElementsAre("alice end_hold []", "alice end_calling [Held by a telephone that is on-hook]"));

    // It rings to be taken back, which is no other call.
    Listener recalled;
    recalled.hear(held + R"(ca > gw1 RQNT aaln/1 | X: 4 | R: L/hd(N) | S: L/rg => 200
        +2s gw1 > ca NTFY aaln/1 | X: 4 | O: L/hd => 200
        ca > gw1 MDCX aaln/1 | C: A3C47F21456789F0 | I: FDE234C8 | M: sendrecv => 200
        wait 2min
        gw1 > ca NTFY aaln/1 | X: 5 | O: L/hu => 200)");
    EXPECT_THAT(recalled.told(),
                ElementsAre("alice start_ringing", "alice end_ringing", "alice start_calling",
                            "alice start_hold", "alice end_hold", "alice end_calling"));
}

TEST(MgcpCall, waiting_is_rung_as_a_tone_and_taken_by_a_flash) {
    EXPECT_THAT(
        told(kCallWaiting),
        ElementsAre(
            "alice start_ringing marie > alice (alice)", "alice end_ringing marie > alice (alice)",
            "alice start_calling marie > alice (alice)", "alice start_ringing 0033698765432 > alice (alice)",
            "alice start_hold marie > alice (alice)", "alice end_ringing 0033698765432 > alice (alice)",
            "alice start_calling 0033698765432 > alice (alice)",
            "alice end_calling 0033698765432 > alice (alice)", "alice end_hold marie > alice (alice)",
            "alice end_calling marie > alice (alice)"));
}

TEST(MgcpCall, waiting_in_vain_rings_and_ends) {
    Listener listener;
    listener.hear(std::string(kIncomingTalking) + R"(
        ca > gw1 CRCX aaln/1 | C: W2 | M: inactive => 200 | I: 31
        ca > gw1 RQNT aaln/1 | X: 7 | R: L/hu(N), L/hf(N) | S: L/wt, L/ci(,P,) => 200
        +5s ca > gw1 RQNT aaln/1 | X: 8 | R: L/hu(N), L/hf(N) | S: L/wt => 200
        +5s ca > gw1 DLCX aaln/1 | C: W2 => 250)");
    EXPECT_THAT(listener.told_with_parties(), ElementsAre("alice start_ringing marie > alice (alice)",
                                                          "alice end_ringing marie > alice (alice)",
                                                          "alice start_calling marie > alice (alice)",
                                                          "alice start_ringing anonymous > alice (alice)",
                                                          "alice end_ringing anonymous > alice (alice)"));
}

TEST(MgcpTransfer, by_a_flash_names_the_parties_that_are_connected_then) {
    EXPECT_THAT(
        told(kTransferByFlash),
        ElementsAre("bob start_ringing alice > bob (bob)", "alice start_ringing alice > bob (bob)",
                    "bob end_ringing alice > bob (bob)", "bob start_calling alice > bob (bob)",
                    "alice end_ringing alice > bob (bob)", "alice start_calling alice > bob (bob)",
                    "alice start_hold alice > bob (bob)", "carol start_ringing alice > carol (carol)",
                    "alice start_ringing alice > carol (carol)", "carol end_ringing alice > carol (carol)",
                    "carol start_calling alice > carol (carol)", "alice end_ringing alice > carol (carol)",
                    "alice start_calling alice > carol (carol)", "alice end_calling alice > carol (carol)",
                    "alice end_hold alice > bob (bob)", "alice end_calling alice > bob (bob)",
                    "carol end_calling bob > carol (carol)", "bob end_calling carol > bob (bob)"));
}

TEST(MgcpParty, withheld_is_anonymous_though_the_caller_is_ours) {
    Listener listener;
    listener.hear(R"(
        gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd,D/1,D/0,D/0,D/2 => 200
        ca > gw1 CRCX aaln/1 | C: B1 | M: recvonly => 200 | I: 21
        ca > gw1 CRCX aaln/2 | C: B1 | M: sendrecv => 200 | I: 22
        ca > gw1 RQNT aaln/2 | X: 9 | R: L/hd(N) | S: L/rg, L/ci(05/28/22/26, P, "Alice") => 200)");
    EXPECT_THAT(listener.told_with_parties(), ElementsAre("bob start_ringing anonymous > bob (bob)"));
}

TEST(MgcpParty, reached_at_a_sip_line_or_queue_is_named_by_its_number) {
    for (const auto& [digits, party] :
         {std::pair("D/1,D/0,D/0,D/4", "dave"), std::pair("D/8,D/0,D/0,D/1,D/#", "desk"),
          std::pair("1004", "dave"), std::pair("L/1,L/0,L/0,L/4", "dave")}) {
        Listener listener;
        listener.hear(std::string("gw1 > ca NTFY aaln/1 | X: 1 | O: L/hd,") + digits + R"( => 200
            ca > gw1 CRCX aaln/1 | C: B1 | M: recvonly => 200 | I: 21
            ca > gw1 RQNT aaln/1 | X: 2 | R: L/hu(N) | S: G/rt@21 => 200)");
        EXPECT_THAT(listener.told_with_parties(),
                    ElementsAre(std::string("alice start_ringing alice > ") + party + " (" + party + ")"));
    }
}

TEST(MgcpEndpoint, that_is_no_mgcp_line_of_ours_tells_nothing) {
    for (const char* endpoint : {"aaln/3", "aaln/9", "aaln/8", "aaln/2@gw1.elsewhere", "ds/ds1-1/6"}) {
        Listener listener;
        listener.hear(std::string("ca > gw1 CRCX ") + endpoint +
                      R"( | C: B1 | M: sendrecv | X: 1 | S: L/rg => 200)");
        EXPECT_THAT(listener.told(), IsEmpty()) << endpoint;
        EXPECT_EQ(listener.tracker().calls(), 0U) << endpoint;
    }
}

TEST(MgcpEndpoint, is_known_in_any_case_by_its_whole_name_or_the_first_label_of_its_domain) {
    for (const auto& [endpoint, line] :
         {std::pair("AALN/1@gw1.anywhere.example", "alice"), std::pair("aaln/1@GW1", "alice"),
          std::pair("aaln/2@GW1.Example", "bob"), std::pair("aaln/1@gw2.example", "carol")}) {
        Listener listener;
        listener.hear(std::string("ca > gw1 CRCX ") + endpoint +
                      " | C: B1 | M: sendrecv | X: 1 | S: L/rg => 200");
        EXPECT_THAT(listener.told(), ElementsAre(std::string(line) + " start_ringing")) << endpoint;
    }
}

// RFC 3435 §2.3.5: `$` leaves the endpoint to the gateway, which names it in Z.
TEST(MgcpEndpoint, chosen_by_the_gateway_is_the_specific_one) {
    Listener listener;
    listener.hear(
        "ca > gw1 CRCX aaln/$ | C: B1 | M: sendrecv | X: 1 | S: L/rg => 200 | I: 1 | Z: aaln/1@gw1.example");
    EXPECT_THAT(listener.told_with_call_ids(), ElementsAre("alice start_ringing B1"));
}

TEST(MgcpLine, with_two_telephones_is_told_each_thing_once) {
    EXPECT_THAT(told(R"(
        ca > gw3 CRCX aaln/1 | C: B1 | M: sendrecv | X: 1 | R: L/hd(N) | S: L/rg => 200 | I: 1
        ca > gw3 CRCX aaln/2 | C: B1 | M: sendrecv | X: 2 | R: L/hd(N) | S: L/rg => 200 | I: 2
        +4s gw3 > ca NTFY aaln/2 | X: 2 | O: L/hd => 200
        ca > gw3 DLCX aaln/1 | C: B1 | X: 3 | R: L/hd(N) => 250
        +4s ca > gw3 DLCX aaln/2 | C: B1 => 250
        ca > gw3 CRCX aaln/1 | C: B2 | M: sendrecv | X: 4 | R: L/hd(N) | S: L/rg => 200 | I: 1
        ca > gw3 CRCX aaln/2 | C: B2 | M: sendrecv | X: 5 | R: L/hd(N) | S: L/rg => 200 | I: 2
        +4s ca > gw3 DLCX aaln/1 | C: B2 => 250
        +4s ca > gw3 DLCX aaln/2 | C: B2 => 250)"),
                ElementsAre("office start_ringing anonymous > office (office)",
                            "office end_ringing anonymous > office (office)",
                            "office start_calling anonymous > office (office)",
                            "office end_calling anonymous > office (office)",
                            "office start_ringing anonymous > office (office)",
                            "office end_ringing anonymous > office (office)"));
}

// RFC 3435 §2.3.12, §4.4.5
TEST(MgcpGateway, restart_ends_its_calls_and_no_others) {
    Listener listener;
    listener.hear(kGatewayRestart);
    EXPECT_THAT(listener.told_with_reasons(),
                ElementsAre("alice start_ringing []", "alice end_ringing []", "alice start_calling []",
                            "carol start_ringing []", "alice end_calling [Gateway restarted]",
                            "carol end_ringing []"));
}

TEST(MgcpGateway, that_says_it_will_restart_or_was_disconnected_ends_nothing) {
    for (const char* method : {"graceful", "disconnected", "cancel-graceful"}) {
        Listener listener;
        listener.hear(std::string(kIncomingTalking) + "+1s gw1 > ca RSIP *@gw1.example | RM: " + method +
                      " => 200");
        EXPECT_EQ(listener.told().size(), 3U) << method;
    }
}

// RFC 3435 §2.3.7, §2.5: a gateway that cannot keep a connection deletes it and says why.
TEST(MgcpGateway, deletes_a_connection_with_its_reason) {
    Listener listener;
    listener.hear(
        std::string(kIncomingTalking) +
        "+1s gw1 > ca DLCX aaln/1 | C: A3C47F21456789F0 | I: FDE234C8 | E: 900 - Hardware error => 200");
    EXPECT_EQ(listener.told_with_reasons().back(), "alice end_calling [900 - Hardware error]");
}

TEST(MgcpCall, goes_on_while_another_connection_of_it_is_left) {
    Listener listener;
    listener.hear(std::string(kIncomingTalking) + R"(
        ca > gw1 CRCX aaln/1 | C: A3C47F21456789F0 | M: sendrecv => 200 | I: 22
        ca > gw1 DLCX aaln/1 | C: A3C47F21456789F0 | I: FDE234C8 => 250
        )");
    EXPECT_EQ(listener.told().size(), 3U);
    listener.hear(read("ca > gw1 DLCX aaln/1 | C: A3C47F21456789F0 | I: 22 => 250", "", 3000));
    EXPECT_EQ(listener.told().back(), "alice end_calling");
}

}  // namespace
}  // namespace callboard::mgcp_script
