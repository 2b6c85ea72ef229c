// Calls that reach several phones, through proxies and exchanges; queues; forwarding and pick-up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sip_conversation_test.hpp"

namespace callboard::conversation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Forks : public testing::Test {
  protected:
    Listener listener_;
    void hear(std::string_view text) { listener_.hear(text); }
};

constexpr std::string_view kTwoDevicesRing = R"(
    alice > proxy INVITE bob
    proxy > bob   INVITE bob
    proxy > bob2  INVITE bob
    bob > proxy   180
    bob2 > proxy  180
    proxy > alice 180
)";

TEST_F(Forks, two_devices_of_a_line_ring_once) {
    hear(kTwoDevicesRing);
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing"));
}

TEST_F(Forks, one_device_answers_the_other_is_called_off) {
    hear(kTwoDevicesRing);
    hear("wait 1s");
    hear(std::string(kTwoDevicesRing) + R"(
        bob2 > proxy  200 ttag=t-bob2
        proxy > alice 200 ttag=t-bob2
        proxy > bob   CANCEL reason=SIP;cause=200;text="Call_completed_elsewhere"
        bob > proxy   487 INVITE ttag=t-bob
        alice > proxy ACK
        +9s alice > proxy BYE ttag=t-bob2
        proxy > bob2  BYE ttag=t-bob2
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing", "alice end_ringing",
                                              "alice start_calling", "bob end_ringing", "bob start_calling",
                                              "alice end_calling", "bob end_calling"));
}

TEST_F(Forks, one_device_busy_while_the_other_rings_on) {
    hear(kTwoDevicesRing);
    hear(std::string(kTwoDevicesRing) + "bob > proxy 486 ttag=t-bob");
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing"));
}

TEST_F(Forks, device_that_lost_the_race_is_sent_off_without_ending_the_call) {
    hear(std::string(kTwoDevicesRing) + R"(
        bob > proxy   200 ttag=t-bob
        proxy > alice 200 ttag=t-bob
        bob2 > proxy  200 ttag=t-bob2
        proxy > bob2  BYE ttag=t-bob2
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing", "alice end_ringing",
                                              "alice start_calling", "bob end_ringing", "bob start_calling"));
}

TEST_F(Forks, line_that_calls_itself_is_told_once) {
    hear(R"(
        bob > proxy   INVITE bob
        proxy > bob2  INVITE bob
        bob2 > proxy  180
        proxy > bob   180
        bob2 > proxy  200
        proxy > bob   200
        bob > proxy   ACK
        +9s bob > proxy BYE
        proxy > bob2  BYE
    )");
    EXPECT_THAT(listener_.told(),
                ElementsAre("bob start_ringing", "bob end_ringing", "bob start_calling", "bob end_calling"));
}

TEST_F(Forks, line_that_calls_itself_and_gives_up_is_told_once) {
    hear(R"(
        bob > proxy   INVITE bob
        proxy > bob2  INVITE bob
        bob2 > proxy  180
        proxy > bob   180
        +5s bob > proxy CANCEL
        proxy > bob2  CANCEL
        bob2 > proxy  487
        proxy > bob   487
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "bob end_ringing"));
}

constexpr std::string_view kGroupRings = R"(
    gw > proxy    INVITE desk from=marie
    proxy > alice INVITE alice
    proxy > bob   INVITE bob
    proxy > carol INVITE carol
    alice > proxy 180
    bob > proxy   180
    carol > proxy 180
    proxy > gw    180
)";

TEST_F(Forks, of_several_lines_each_is_told_its_own) {
    hear(std::string(kGroupRings) + R"(
        carol > proxy 486
        +5s bob > proxy 200 ttag=t-bob
        proxy > gw    200 ttag=t-bob
        proxy > alice CANCEL reason=SIP;cause=200;text="Call_completed_elsewhere"
        alice > proxy 487 INVITE
        +9s bob > proxy BYE ttag=t-bob
    )");
    EXPECT_THAT(listener_.told_with_reasons(),
                ElementsAre("alice start_ringing []", "bob start_ringing []", "carol start_ringing []",
                            "carol end_ringing [486 Busy Here]", "bob end_ringing []", "bob start_calling []",
                            "alice end_ringing [Call completed elsewhere]", "bob end_calling []"));
}

TEST_F(Forks, caller_gives_up_and_all_stop) {
    hear(std::string(kGroupRings) + "+5s gw > proxy CANCEL");
    EXPECT_THAT(listener_.told(),
                ElementsAre("alice start_ringing", "bob start_ringing", "carol start_ringing",
                            "alice end_ringing", "bob end_ringing", "carol end_ringing"));
}

TEST_F(Forks, serial_hunting_rings_one_after_the_other) {
    hear(R"(
        gw > proxy    INVITE desk from=marie
        proxy > alice INVITE alice
        alice > proxy 180
        proxy > gw    180
        +9s proxy > alice CANCEL
        alice > proxy 487 INVITE
        proxy > bob   INVITE bob
        bob > proxy   180
        bob > proxy   200
        proxy > gw    200
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("alice start_ringing", "alice end_ringing", "bob start_ringing",
                                              "bob end_ringing", "bob start_calling"));
}

TEST_F(Forks, a_queue_number_has_no_line_events) {
    hear(std::string(kGroupRings) + "bob > proxy 200 ttag=t-bob");
    for (const auto& event : listener_.events()) EXPECT_NE(name_of(event.ressource), "desk");
    EXPECT_THAT(listener_.told_with_parties().front(), "alice start_ringing marie > alice (desk)")
        << "but it is what was dialled";
}

/// Alice calls Bob through an exchange that makes a dialog for each side.
constexpr std::string_view kExchangeRings = R"(
    a: alice > pbx INVITE bob
    a: pbx > alice 100
    b: pbx > bob   INVITE bob from=alice
    b: bob > pbx   180
    a: pbx > alice 180
)";

class Exchanges : public Forks {};

TEST_F(Exchanges, each_line_is_told_once_under_the_call_id_of_its_own_phone) {
    hear(std::string(kExchangeRings) + R"(
        b: +2s bob > pbx 200
        a: pbx > alice 200
        a: +9s alice > pbx BYE
        b: pbx > bob   BYE
    )");
    EXPECT_THAT(listener_.told_with_call_ids(),
                ElementsAre("bob start_ringing b", "alice start_ringing a", "bob end_ringing b",
                            "bob start_calling b", "alice end_ringing a", "alice start_calling a",
                            "alice end_calling a", "bob end_calling b"));
    for (const auto& text : listener_.told_with_parties())
        EXPECT_THAT(text, testing::EndsWith("alice > bob (bob)"));
}

TEST_F(Exchanges, say_what_was_dialled_on_both_lines) {
    hear(R"(
        a: gw > pbx    INVITE desk from=marie
        b: pbx > bob   INVITE bob from=marie
        b: bob > pbx   180
        a: pbx > gw    200
        b: bob > pbx   200
    )");
    EXPECT_THAT(listener_.told_with_parties(),
                ElementsAre("bob start_ringing marie > bob (desk)", "bob end_ringing marie > bob (desk)",
                            "bob start_calling marie > bob (desk)"));
}

TEST_F(Exchanges, ring_a_group_and_name_who_answered_to_the_caller) {
    hear(R"(
        a: alice > pbx  INVITE desk
        b: pbx > bob    INVITE bob from=alice
        c: pbx > carol  INVITE carol from=alice
        b: bob > pbx    180
        c: carol > pbx  180
        a: pbx > alice  180
        c: +2s carol > pbx 200
        b: pbx > bob    CANCEL
        b: bob > pbx    487 INVITE
        a: pbx > alice  200
    )");
    EXPECT_THAT(
        listener_.told_with_parties(),
        ElementsAre("bob start_ringing alice > bob (desk)", "carol start_ringing alice > carol (desk)",
                    "alice start_ringing alice > bob (desk)", "carol end_ringing alice > carol (desk)",
                    "carol start_calling alice > carol (desk)", "bob end_ringing alice > bob (desk)",
                    "alice end_ringing alice > carol (desk)", "alice start_calling alice > carol (desk)"));
}

TEST_F(Exchanges, ring_two_devices_of_a_line_in_two_dialogs_and_tell_it_once) {
    hear(R"(
        a: alice > pbx INVITE bob
        b: pbx > bob   INVITE bob from=alice
        c: pbx > bob2  INVITE bob from=alice
        b: bob > pbx   180
        c: bob2 > pbx  180
        a: pbx > alice 180
        c: +2s bob2 > pbx 200
        b: pbx > bob   CANCEL
        b: bob > pbx   487 INVITE
        a: pbx > alice 200
        a: +9s alice > pbx BYE
        c: pbx > bob2  BYE
    )");
    EXPECT_THAT(listener_.told(),
                UnorderedElementsAre("bob start_ringing", "bob end_ringing", "bob start_calling",
                                     "bob end_calling", "alice start_ringing", "alice end_ringing",
                                     "alice start_calling", "alice end_calling"));
}

TEST_F(Exchanges, two_callers_of_one_line_are_two_calls) {
    hear(R"(
        a: alice > pbx INVITE bob
        b: pbx > bob   INVITE bob from=alice
        c: carol > pbx INVITE bob
        d: pbx > bob   INVITE bob from=carol
        b: bob > pbx   180
        d: bob > pbx   180
    )");
    EXPECT_THAT(listener_.told_with_call_ids(), ElementsAre("bob start_ringing b", "bob start_ringing d"));
}

TEST_F(Exchanges, a_number_shown_in_clear_beside_a_privacy_mark_stays_anonymous) {
    hear(R"(
        a: gw > pbx  INVITE bob from=anonymous pai=marie private
        b: pbx > bob INVITE bob from=marie
        b: bob > pbx 180
    )");
    EXPECT_THAT(listener_.told_with_parties(), ElementsAre("bob start_ringing anonymous > bob (bob)"));
}

TEST_F(Forks, forwarding_by_302_names_who_is_reached_and_what_was_dialled) {
    hear(R"(
        alice > proxy INVITE bob
        proxy > bob   INVITE bob
        bob > proxy   302
        proxy > bob   ACK
        proxy > carol INVITE carol history=bob
        carol > proxy 180
        proxy > alice 180
        carol > proxy 200
        proxy > alice 200
        carol > proxy BYE
    )");
    EXPECT_THAT(
        listener_.told_with_parties(),
        ElementsAre("bob [call_failed] alice > bob (bob)", "carol start_ringing alice > carol (bob)",
                    "alice start_ringing alice > carol (bob)", "alice end_ringing alice > carol (bob)",
                    "alice start_calling alice > carol (bob)", "carol end_ringing alice > carol (bob)",
                    "carol start_calling alice > carol (bob)", "alice end_calling alice > carol (bob)",
                    "carol end_calling alice > carol (bob)"));
}

TEST_F(Forks, diversion_and_history_say_what_was_dialled) {
    hear(
        "gw > proxy INVITE carol from=marie diversion=bob\n proxy > carol INVITE carol diversion=bob\n"
        "carol > proxy 180");
    hear(
        "b: gw > proxy INVITE carol from=marie history=alice\n b: proxy > carol INVITE carol history=alice\n"
        "b: carol > proxy 180");
    EXPECT_THAT(listener_.told_with_parties(), ElementsAre("carol start_ringing marie > carol (bob)",
                                                           "carol start_ringing marie > carol (alice)"));
}

TEST_F(Exchanges, pick_up_names_the_connected_parties) {
    // Marie rings Bob; Carol dials *81002 and takes the call.
    hear(R"(
        a: gw > pbx    INVITE bob from=marie
        b: pbx > bob   INVITE bob from=marie
        b: bob > pbx   180
        a: pbx > gw    180
        c: +3s carol > pbx INVITE *81002
        c: pbx > carol 200
        b: pbx > bob   CANCEL reason=SIP;cause=200;text="Call_completed_elsewhere"
        b: bob > pbx   487 INVITE
        a: pbx > gw    200
        a: +9s gw > pbx BYE
        c: pbx > carol BYE
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "carol start_calling", "bob end_ringing",
                                              "carol end_calling"));
}

}  // namespace
}  // namespace callboard::conversation
