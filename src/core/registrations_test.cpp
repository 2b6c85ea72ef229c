#include "core/registrations.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sip_conversation_test.hpp"

namespace callboard::conversation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RegisterRequests : public testing::Test {
  protected:
    Listener listener_{false};
    void hear(std::string_view text) { listener_.hear(text); }
};

TEST_F(RegisterRequests, accepted_is_registered) {
    hear("alice > pbx REGISTER expires=3600\n pbx > alice 200 REGISTER");
    EXPECT_THAT(listener_.told_with_parties(), ElementsAre("alice registered alice > alice (alice)"));
    const auto& data = std::get<LineData>(listener_.events().front().data);
    EXPECT_EQ(data.call_id, "a");
    EXPECT_EQ(data.cseq, "1 REGISTER");
    EXPECT_EQ(data.body, "SIP/2.0 200 OK");
    EXPECT_EQ(data.billing, "0033972000001");
}

TEST_F(RegisterRequests, each_refresh_is_told_and_each_copy_is_not) {
    hear(R"(
        alice > pbx REGISTER expires=3600
        again
        pbx > alice 200 REGISTER
        again
        +30min alice > pbx REGISTER expires=3600
        pbx > alice 200 REGISTER
        +1s pbx > alice 200 REGISTER
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("alice registered", "alice registered"));
}

TEST_F(RegisterRequests, the_answer_may_be_seen_first) {
    hear("pbx > alice 200 REGISTER from=alice to=alice cseq=1\n alice > pbx REGISTER cseq=1");
    EXPECT_THAT(listener_.told(), ElementsAre("alice registered"));
}

TEST_F(RegisterRequests, challenge_and_refusal_tell_nothing) {
    hear("alice > pbx REGISTER\n pbx > alice 401 REGISTER\n bob > pbx REGISTER\n pbx > bob 503 REGISTER");
    EXPECT_THAT(listener_.told(), IsEmpty());
}

TEST_F(RegisterRequests, through_a_proxy_is_one) {
    hear(R"(
        alice > proxy REGISTER expires=60 cseq=5
        proxy > pbx   REGISTER expires=60 cseq=5 vias=2 from=alice contact=alice
        pbx > proxy   200 REGISTER
        proxy > alice 200 REGISTER
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("alice registered"));
}

TEST_F(RegisterRequests, removal_is_told_natively_when_nothing_is_left) {
    hear(R"(
        alice > pbx REGISTER expires=3600
        pbx > alice 200 REGISTER
        alice > pbx REGISTER expires=0
        pbx > alice 200 REGISTER
        alice > pbx REGISTER expires=0
        pbx > alice 200 REGISTER
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("alice registered", "alice [unregistered]"));
}

TEST_F(RegisterRequests, a_star_removes_all_devices) {
    hear(R"(
        bob > pbx     REGISTER expires=3600
        pbx > bob     200 REGISTER
        b: bob2 > pbx REGISTER expires=3600 from=bob
        b: pbx > bob2 200 REGISTER
        bob > pbx     REGISTER expires=0
        pbx > bob     200 REGISTER
    )");
    EXPECT_THAT(listener_.told(), ElementsAre("bob registered", "bob registered"))
        << "the other device is still there";
    hear("c: bob > pbx REGISTER star expires=0\n c: pbx > bob 200 REGISTER");
    EXPECT_EQ(listener_.told().back(), "bob [unregistered]");
}

TEST_F(RegisterRequests, that_lapse_are_told_natively_once) {
    hear(
        "alice > pbx REGISTER expires=60\n pbx > alice 200 REGISTER\n wait 50s\n"
        "alice > pbx REGISTER expires=60\n pbx > alice 200 REGISTER\n wait 50s");
    EXPECT_THAT(listener_.told(), ElementsAre("alice registered", "alice registered"));
    listener_.wait(std::chrono::seconds(30));
    listener_.wait(std::chrono::seconds(300));
    EXPECT_THAT(listener_.told_with_reasons(), ElementsAre("alice registered []", "alice registered []",
                                                           "alice [unregistered] [Registration expired]"));
}

TEST_F(RegisterRequests, of_queues_and_strangers_tell_nothing) {
    hear(
        "gw > pbx REGISTER from=desk contact=gw\n pbx > gw 200 REGISTER\n"
        "b: gw > pbx REGISTER from=marie contact=gw\n b: pbx > gw 200 REGISTER");
    EXPECT_THAT(listener_.told(), IsEmpty());
}

TEST_F(RegisterRequests, show_where_the_phone_is) {
    // Bob's number is spoken of by an exchange at an unknown address; his phone has shown itself elsewhere.
    hear("bob > proxy REGISTER expires=60\n proxy > bob 200 REGISTER");
    listener_.forget();
    hear("x: gw > bob2 INVITE bob from=pierre\n x: bob2 > gw 180");
    EXPECT_THAT(listener_.told(), IsEmpty()) << "that was not his phone";
    hear("y: proxy > bob INVITE bob from=pierre\n y: bob > proxy 180");
    EXPECT_THAT(listener_.told(), ElementsAre("bob start_ringing"));
}

}  // namespace
}  // namespace callboard::conversation
