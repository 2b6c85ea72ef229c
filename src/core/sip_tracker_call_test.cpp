// Calls between two parties: what each line is told, in which order, with which names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sip_conversation_test.hpp"

namespace callboard::conversation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Alice has called Bob through the proxy and his phone rings.
constexpr std::string_view kRinging = R"(
    alice > proxy  INVITE bob
    proxy > alice  100
    proxy > bob    INVITE bob
    bob > proxy    180
    proxy > alice  180
)";
constexpr std::string_view kAnswer = R"(
    +3s bob > proxy 200
    proxy > alice  200
    alice > proxy  ACK
    proxy > bob    ACK
)";

TEST(SipTracker, tells_an_answered_call_to_both_lines) {
    Listener listener;
    listener.hear(kRinging);
    EXPECT_THAT(listener.told(), ElementsAre("bob start_ringing", "alice start_ringing"));
}

class Calls : public testing::Test {
  protected:
    Listener listener_;
    void hear(std::string text) { listener_.hear(text); }
    static std::string ringing_and(std::string_view more) { return std::string(kRinging).append(more); }
    static std::string answered_and(std::string_view more) {
        return std::string(kRinging).append(kAnswer).append(more);
    }
};

TEST_F(Calls, caller_hangs_up) {
    hear(answered_and(R"(
        +60s alice > proxy BYE
        proxy > bob    BYE
        bob > proxy    200 BYE
        proxy > alice  200 BYE
    )"));
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing", "alice end_ringing",
                                              "alice start_calling", "bob end_ringing", "bob start_calling",
                                              "alice end_calling", "bob end_calling"));
}

TEST_F(Calls, callee_hangs_up) {
    hear(answered_and("+60s bob > proxy BYE\n proxy > alice BYE"));
    EXPECT_THAT(listener_.told(), testing::Contains("alice end_calling"));
    EXPECT_THAT(listener_.told(), testing::Contains("bob end_calling"));
    EXPECT_EQ(listener_.events().size(), 8U);
}

TEST_F(Calls, name_the_same_parties_and_call_on_both_lines) {
    hear(answered_and("+60s bob > proxy BYE"));
    for (const auto& text : listener_.told_with_parties())
        EXPECT_THAT(text, testing::EndsWith("alice > bob (bob)"));
    for (const auto& event : listener_.events()) {
        const auto& data = std::get<LineData>(event.data);
        EXPECT_EQ(data.call_id, "a");
        EXPECT_EQ(data.billing, event.ressource);
        EXPECT_EQ(event.protocol, Protocol::sip);
    }
}

TEST_F(Calls, carry_the_message_that_tells_them) {
    hear(ringing_and(""));
    const Event& event = listener_.events().front();
    const auto& data = std::get<LineData>(event.data);
    EXPECT_EQ(data.body, "SIP/2.0 180 Ringing");
    EXPECT_EQ(data.cseq, "1 INVITE");
    EXPECT_EQ(data.relevant_info, "");
    EXPECT_EQ(data.ts_get - data.ts, std::chrono::milliseconds(1)) << "captured, then collected";
}

TEST_F(Calls, early_media_is_ringing) {
    hear(R"(
        alice > proxy INVITE marie
        proxy > gw    INVITE marie
        gw > proxy    183 media=sendrecv
        proxy > alice 183 media=sendrecv
        +5s gw > proxy 200
        proxy > alice 200
        +5s alice > proxy BYE
    )");
    EXPECT_THAT(
        listener_.told_with_parties(),
        ElementsAre("alice start_ringing alice > marie (marie)", "alice end_ringing alice > marie (marie)",
                    "alice start_calling alice > marie (marie)", "alice end_calling alice > marie (marie)"));
}

TEST_F(Calls, each_ring_is_told_once_however_many_provisionals) {
    hear(R"(
        alice > proxy INVITE marie
        proxy > gw    INVITE marie
        gw > proxy    183
        proxy > alice 183
        gw > proxy    180
        proxy > alice 180
        +20s gw > proxy 180
        proxy > alice 180
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("alice start_ringing"));
}

TEST_F(Calls, trying_is_not_ringing) {
    hear("alice > proxy INVITE bob\n proxy > alice 100\n proxy > bob INVITE bob\n bob > proxy 100");
    EXPECT_THAT(listener_.told(), IsEmpty());
}

TEST_F(Calls, answered_without_ringing) {
    hear("alice > proxy INVITE marie\n proxy > gw INVITE marie\n gw > proxy 200\n proxy > alice 200");
    EXPECT_THAT(listener_.told(), ElementsAre("alice start_calling"));
}

TEST_F(Calls, busy_after_ringing_says_why) {
    hear(ringing_and("+2s bob > proxy 486\n proxy > bob ACK\n proxy > alice 486\n alice > proxy ACK"));
    EXPECT_THAT(listener_.told_with_reasons(),
                ElementsAre("bob start_ringing []", "alice start_ringing []",
                            "bob end_ringing [486 Busy Here]", "alice end_ringing [486 Busy Here]"));
}

TEST_F(Calls, busy_at_once_is_told_to_history_alone) {
    hear(R"(
        alice > proxy INVITE bob
        proxy > bob   INVITE bob
        bob > proxy   486
        proxy > alice 486
        alice > proxy ACK
    )");
    EXPECT_THAT(listener_.told_with_reasons(),
                ElementsAre("bob [call_failed] [486 Busy Here]", "alice [call_failed] [486 Busy Here]"));
}

TEST_F(Calls, nobody_there_is_told_to_history_alone) {
    hear("alice > proxy INVITE 4711\n proxy > alice 404");
    EXPECT_THAT(listener_.told_with_reasons(), ElementsAre("alice [call_failed] [404 Not Found]"));
}

TEST_F(Calls, given_up_before_ringing_is_told_to_history_alone) {
    hear(R"(
        alice > proxy INVITE bob
        proxy > bob   INVITE bob
        alice > proxy CANCEL
        proxy > bob   CANCEL
        bob > proxy   487 INVITE
        proxy > alice 487 INVITE
    )");
    EXPECT_THAT(listener_.told(), testing::Each(testing::HasSubstr("[call_failed]")));
    EXPECT_THAT(listener_.told(), testing::UnorderedElementsAre("alice [call_failed]", "bob [call_failed]"));
}

TEST_F(Calls, caller_gives_up) {
    hear(ringing_and(R"(
        +4s alice > proxy CANCEL
        proxy > alice 200 CANCEL
        proxy > bob   CANCEL
        bob > proxy   200 CANCEL
        bob > proxy   487 INVITE
        proxy > alice 487 INVITE
        alice > proxy ACK
    )"));
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing", "alice end_ringing",
                                              "bob end_ringing"));
    EXPECT_EQ(std::get<LineData>(listener_.events().back().data).body, "CANCEL sip:1002@proxy SIP/2.0");
}

TEST_F(Calls, cancel_that_crosses_the_answer_ends_the_ringing_then_the_call_goes_on) {
    hear(ringing_and(R"(
        +4s alice > proxy CANCEL
        bob > proxy   200 INVITE
        proxy > alice 200 INVITE
        alice > proxy ACK
        +1s alice > proxy BYE
        proxy > bob   BYE
    )"));
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing", "alice end_ringing",
                                              "bob end_ringing", "alice start_calling", "bob start_calling",
                                              "alice end_calling", "bob end_calling"));
}

TEST_F(Calls, nobody_answers) {
    hear(ringing_and("+30s proxy > bob CANCEL\n bob > proxy 487 INVITE\n proxy > alice 480 INVITE"));
    EXPECT_THAT(listener_.told_with_reasons(),
                ElementsAre("bob start_ringing []", "alice start_ringing []", "bob end_ringing []",
                            "alice end_ringing [480 Temporarily Unavailable]"));
}

TEST_F(Calls, a_cancel_elsewhere_says_so) {
    hear(ringing_and("proxy > bob CANCEL reason=SIP;cause=200;text=\"Call_completed_elsewhere\""));
    EXPECT_EQ(listener_.told_with_reasons().back(), "bob end_ringing [Call completed elsewhere]");
}

TEST_F(Calls, a_bye_says_its_cause) {
    hear(answered_and("bob > proxy BYE reason=Q.850;cause=16;text=\"Normal_Clearing\""));
    EXPECT_EQ(listener_.told_with_reasons().back(), "bob end_calling [Q.850;cause=16]");
}

TEST_F(Calls, challenge_and_credentials_are_one_call) {
    hear(R"(
        alice > proxy INVITE bob
        proxy > alice 407
        alice > proxy ACK
        alice > proxy INVITE bob cseq=2
        proxy > bob   INVITE bob cseq=2
        bob > proxy   180
        proxy > alice 180
        bob > proxy   200
        proxy > alice 200
        +9s alice > proxy BYE
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing", "alice end_ringing",
                                              "alice start_calling", "bob end_ringing", "bob start_calling",
                                              "alice end_calling", "bob end_calling"));
    EXPECT_EQ(std::get<LineData>(listener_.events().front().data).cseq, "2 INVITE");
}

TEST_F(Calls, challenged_twice) {
    hear(R"(
        alice > proxy INVITE bob
        proxy > alice 401
        alice > proxy INVITE bob cseq=2
        proxy > alice 401 cseq=2
        alice > proxy INVITE bob cseq=3
        proxy > bob   INVITE bob cseq=3
        bob > proxy   180
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing"));
}

TEST_F(Calls, challenge_that_is_never_met_is_a_failed_call) {
    hear("alice > proxy INVITE bob\n proxy > alice 407\n alice > proxy ACK\n wait 33s\n wait 60s");
    EXPECT_THAT(listener_.told(), ElementsAre("alice [call_failed]"));
    EXPECT_EQ(listener_.tracker().dialogs(), 0U);
}

TEST_F(Calls, request_pending_changes_nothing) {
    hear(answered_and(R"(
        alice > proxy INVITE media=sendonly
        proxy > alice 491
        alice > proxy ACK
        +2s alice > proxy BYE
    )"));
    EXPECT_EQ(listener_.told().size(), 8U) << "no hold was told";
    EXPECT_EQ(listener_.told().back(), "bob end_calling");
}

TEST_F(Calls, from_outside_to_a_line) {
    hear(R"(
        gw > proxy  INVITE bob from=marie
        proxy > bob INVITE bob
        bob > proxy 180
        proxy > gw  180
        bob > proxy 200
        proxy > gw  200
        +9s gw > proxy BYE
        proxy > bob BYE
    )");
    EXPECT_THAT(listener_.told_with_parties(),
                ElementsAre("bob start_ringing marie > bob (bob)", "bob end_ringing marie > bob (bob)",
                            "bob start_calling marie > bob (bob)", "bob end_calling marie > bob (bob)"));
}

TEST_F(Calls, that_concern_no_line_tell_nothing) {
    hear(R"(
        gw > proxy INVITE pierre from=marie
        proxy > gw INVITE pierre
        gw > proxy 180
        proxy > gw 200
        gw > proxy BYE
    )");
    EXPECT_THAT(listener_.told(), IsEmpty());
}

TEST_F(Calls, two_at_once_on_one_line_are_told_apart) {
    hear(std::string(kRinging) + R"(
        b: gw > proxy  INVITE bob from=marie
        b: proxy > bob INVITE bob
        b: bob > proxy 180
        b: gw > proxy  CANCEL
        bob > proxy    200
    )");
    EXPECT_THAT(listener_.told_with_call_ids(),
                ElementsAre("bob start_ringing a", "alice start_ringing a", "bob start_ringing b",
                            "bob end_ringing b", "alice end_ringing a", "alice start_calling a",
                            "bob end_ringing a", "bob start_calling a"));
}

TEST_F(Calls, a_call_id_may_be_used_again_for_another_call) {
    hear(ringing_and("+1s bob > proxy 486\n proxy > alice 486"));
    listener_.forget();
    hear(R"(
        +5s alice > proxy INVITE bob ftag=again cseq=7
        proxy > bob INVITE bob ftag=again cseq=7
        bob > proxy 180 ftag=again cseq=7
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing", "alice start_ringing"));
}

}  // namespace
}  // namespace callboard::conversation
