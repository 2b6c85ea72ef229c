// Hold and resume, transfers, and ends that come while a call is held.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sip_conversation_test.hpp"

namespace callboard::conversation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kUp = R"(
    alice > proxy  INVITE bob
    proxy > bob    INVITE bob
    bob > proxy    180
    proxy > alice  180
    bob > proxy    200
    proxy > alice  200
    alice > proxy  ACK
)";

/// What is told of the call after it was up.
std::vector<std::string> after_up(std::string_view more) {
    Listener listener;
    const std::size_t up = ladder(kUp).size();
    const auto steps = ladder(std::string(kUp).append(more));
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(up);
    listener.hear(std::vector<Step>(steps.begin(), middle));
    listener.forget();
    listener.hear(std::vector<Step>(middle, steps.end()));
    return listener.told();
}

struct Offered {
    const char* offer;
    bool held;
};

TEST(Holds, media_that_is_no_longer_sent_both_ways_is_a_hold) {
    for (const auto& [offer, held] : std::initializer_list<Offered>{{"media=sendonly", true},
                                                                    {"media=inactive", true},
                                                                    {"media=sendrecv zero", true},
                                                                    {"media=sendrecv", false},
                                                                    {"media=recvonly", false},
                                                                    {"", false}}) {
        const auto told =
            after_up("alice > proxy INVITE " + std::string(offer) + "\nproxy > alice 200 INVITE");
        if (held)
            EXPECT_THAT(told, ElementsAre("alice start_hold")) << offer;
        else
            EXPECT_THAT(told, IsEmpty()) << offer;
    }
}

TEST(Holds, hold_and_resume_by_the_caller) {
    EXPECT_THAT(after_up(R"(
        +5s alice > proxy INVITE media=sendonly
        proxy > bob       INVITE media=sendonly
        bob > proxy       200 INVITE media=recvonly
        proxy > alice     200 INVITE media=recvonly
        +5s alice > proxy INVITE media=sendrecv
        proxy > bob       INVITE media=sendrecv
        bob > proxy       200 INVITE media=sendrecv
        proxy > alice     200 INVITE media=sendrecv
    )"),
                ElementsAre("alice start_hold", "alice end_hold"));
}

TEST(Holds, hold_and_resume_by_the_callee) {
    EXPECT_THAT(after_up(R"(
        +5s bob > proxy INVITE media=inactive
        proxy > alice   INVITE media=inactive
        alice > proxy   200 INVITE media=inactive
        proxy > bob     200 INVITE media=inactive
        +5s bob > proxy INVITE media=sendrecv
        proxy > bob     200 INVITE media=sendrecv
    )"),
                ElementsAre("bob start_hold", "bob end_hold"));
}

TEST(Holds, both_sides_hold_each_tells_its_own) {
    EXPECT_THAT(after_up(R"(
        alice > proxy INVITE media=sendonly
        proxy > alice 200 INVITE
        bob > proxy   INVITE media=inactive
        proxy > bob   200 INVITE
        alice > proxy INVITE media=sendrecv
        proxy > alice 200 INVITE
        bob > proxy   INVITE media=sendrecv
        proxy > bob   200 INVITE
    )"),
                ElementsAre("alice start_hold", "bob start_hold", "alice end_hold", "bob end_hold"));
}

TEST(Holds, an_update_holds_as_well) {
    EXPECT_THAT(after_up("alice > proxy UPDATE media=sendonly\n proxy > alice 200 UPDATE"),
                ElementsAre("alice start_hold"));
}

TEST(Holds, an_offer_that_is_refused_holds_nothing) {
    EXPECT_THAT(after_up("alice > proxy INVITE media=sendonly\n proxy > alice 491 INVITE"), IsEmpty());
    EXPECT_THAT(after_up("alice > proxy INVITE media=sendonly\n proxy > alice 503 INVITE"), IsEmpty());
}

TEST(Holds, are_told_once_whatever_is_repeated) {
    EXPECT_THAT(after_up(R"(
        alice > proxy INVITE media=sendonly
        again
        proxy > bob   INVITE media=sendonly
        bob > proxy   200 INVITE
        again
        proxy > alice 200 INVITE
        again
        alice > proxy INVITE media=sendonly
        proxy > alice 200 INVITE
    )"),
                ElementsAre("alice start_hold"));
}

TEST(Holds, the_answer_may_be_seen_before_the_offer) {
    EXPECT_THAT(after_up(R"(
        bob > alice   200 INVITE cseq=2 branch=early media=recvonly
        alice > proxy INVITE media=sendonly
    )"),
                ElementsAre("alice start_hold"));
}

TEST(Holds, a_call_that_ends_while_held_is_resumed_first) {
    EXPECT_THAT(after_up(R"(
        alice > proxy INVITE media=sendonly
        proxy > alice 200 INVITE
        +5s bob > proxy BYE
    )"),
                ElementsAre("alice start_hold", "alice end_hold", "alice end_calling", "bob end_calling"));
}

TEST(Holds, a_call_that_ends_by_a_timer_while_held_is_resumed_first) {
    EXPECT_THAT(after_up("alice > proxy INVITE media=sendonly\n proxy > alice 200 INVITE\n wait 5h"),
                ElementsAre("alice start_hold", "alice end_hold", "alice end_calling", "bob end_calling"));
}

TEST(Holds, blind_transfer_ends_the_transferring_line_at_its_own_bye) {
    // Bob sends Alice to Carol; Alice's phone makes the new call.
    EXPECT_THAT(
        after_up(R"(
        bob > proxy   REFER carol
        proxy > alice REFER carol
        alice > proxy 202 REFER
        bob > proxy   BYE
        proxy > alice BYE
        n: alice > proxy INVITE carol
        n: proxy > carol INVITE carol
        n: carol > proxy 180
        n: proxy > alice 180
        n: carol > proxy 200
        n: proxy > alice 200
        n: carol > proxy BYE
    )"),
        ElementsAre("alice end_calling", "bob end_calling", "carol start_ringing", "alice start_ringing",
                    "alice end_ringing", "alice start_calling", "carol end_ringing", "carol start_calling",
                    "alice end_calling", "carol end_calling"));
}

TEST(Holds, attended_transfer_between_phones_replaces_a_dialog) {
    EXPECT_THAT(
        after_up(R"(
        bob > proxy   INVITE media=sendonly
        proxy > bob   200 INVITE
        b: bob > proxy   INVITE carol
        b: proxy > carol INVITE carol
        b: carol > proxy 180
        b: carol > proxy 200
        b: proxy > bob   200
        bob > proxy   REFER carol refer=b
        proxy > alice REFER carol refer=b
        alice > proxy 202 REFER
        c: alice > proxy INVITE carol replaces=b
        c: proxy > carol INVITE carol replaces=b
        c: carol > proxy 200
        c: proxy > alice 200
        b: carol > proxy BYE
        bob > proxy      BYE
        c: alice > proxy BYE
    )"),
        ElementsAre("bob start_hold", "carol start_ringing", "bob start_ringing", "bob end_ringing",
                    "bob start_calling", "carol end_ringing", "carol start_calling", "alice start_calling",
                    "carol start_calling", "bob end_calling", "carol end_calling", "alice end_calling",
                    "bob end_hold", "bob end_calling", "alice end_calling", "carol end_calling"));
}

class ExchangeTransfers : public testing::Test {
  protected:
    Listener listener_;
};

TEST_F(ExchangeTransfers, attended_names_the_parties_that_are_connected_now) {
    // Marie has called Bob; Bob asks Carol and joins the two.
    listener_.hear(R"(
        a: gw > pbx    INVITE bob from=marie
        b: pbx > bob   INVITE bob from=marie
        b: bob > pbx   180
        b: bob > pbx   200
        a: pbx > gw    200
        c: bob > pbx   INVITE carol
        d: pbx > carol INVITE carol from=bob
        d: carol > pbx 180
        c: pbx > bob   180
        d: carol > pbx 200
        c: pbx > bob   200
        b: bob > pbx   REFER carol refer=c
        b: pbx > bob   202 REFER
        c: pbx > bob   BYE
        b: pbx > bob   BYE
        a: +9s gw > pbx BYE
        d: pbx > carol BYE
    )");
    EXPECT_THAT(listener_.told_with_parties(), testing::Contains("carol start_calling bob > carol (carol)"));
    EXPECT_EQ(listener_.told_with_parties().back(), "carol end_calling marie > carol (carol)");
}

TEST_F(ExchangeTransfers, by_the_calling_side_names_the_parties_that_are_connected_now) {
    // Alice has called Bob, asks Carol, and joins Bob and Carol.
    listener_.hear(R"(
        a: alice > pbx INVITE bob
        b: pbx > bob   INVITE bob from=alice
        b: bob > pbx   180
        a: pbx > alice 180
        b: bob > pbx   200
        a: pbx > alice 200
        c: alice > pbx INVITE carol
        d: pbx > carol INVITE carol from=alice
        d: carol > pbx 180
        c: pbx > alice 180
        d: carol > pbx 200
        c: pbx > alice 200
        a: alice > pbx REFER carol refer=c
        a: pbx > alice 202 REFER
        c: pbx > alice BYE
        a: pbx > alice BYE
        b: +9s bob > pbx BYE
        d: pbx > carol BYE
    )");
    const auto told = listener_.told_with_parties();
    EXPECT_THAT(told, testing::Contains("alice end_calling alice > carol (carol)"));
    EXPECT_THAT(told, testing::Contains("alice end_calling alice > bob (bob)"));
    EXPECT_THAT(told[told.size() - 2], "bob end_calling carol > bob (bob)") << "Bob was called, now by Carol";
    EXPECT_THAT(told[told.size() - 1], "carol end_calling bob > carol (carol)");
}

TEST_F(ExchangeTransfers, to_a_call_that_nobody_knows_changes_nothing) {
    listener_.hear(std::string(kUp) + R"(
        bob > proxy   REFER carol refer=nowhere
        proxy > bob   202 REFER
        bob > proxy   REFER carol refer=a
        proxy > bob   202 REFER
        bob > proxy   BYE
    )");
    EXPECT_EQ(listener_.told_with_parties().back(), "bob end_calling alice > bob (bob)");
}

}  // namespace
}  // namespace callboard::conversation
