// Copies, disorder, loss, and what never comes: each thing is told once all the same.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/sip_conversation_test.hpp"

namespace callboard::conversation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kCall = R"(
    alice > proxy  INVITE bob
    proxy > bob    INVITE bob
    bob > proxy    180
    proxy > alice  180
    +1s bob > proxy 200
    proxy > alice  200
    alice > proxy  ACK
    proxy > bob    ACK
    +1s alice > proxy BYE
    proxy > bob    BYE
    bob > proxy    200 BYE
    proxy > alice  200 BYE
)";
const std::vector<std::string> kTold = {"bob start_ringing",   "alice start_ringing", "alice end_ringing",
                                        "alice start_calling", "bob end_ringing",     "bob start_calling",
                                        "alice end_calling",   "bob end_calling"};

std::vector<Step> each_twice(const std::vector<Step>& steps, Duration later) {
    std::vector<Step> out;
    for (const auto& step : steps) {
        out.push_back(step);
        out.push_back({later, step.said});
    }
    return out;
}

TEST(Disorder, retransmissions_change_nothing) {
    Listener listener;
    listener.hear(each_twice(ladder(kCall), std::chrono::milliseconds(500)));
    EXPECT_EQ(listener.told(), kTold);
}

TEST(Disorder, a_whole_second_copy_within_the_memory_changes_nothing) {
    Listener listener;
    listener.hear(kCall);
    listener.wait(std::chrono::seconds(20));
    listener.hear(kCall);
    EXPECT_EQ(listener.told(), kTold);
}

TEST(Disorder, several_mirrors_change_nothing) {
    Listener listener;
    std::string text;
    for (std::size_t begin = 0; begin < kCall.size();) {
        const std::size_t end = kCall.find('\n', begin);
        const std::string line(kCall.substr(begin, end - begin));
        // The phones' own access points mirror what the proxy mirrors.
        text += line + "\nagain\nagain\n";
        begin = end + 1;
    }
    text.erase(0, std::string_view("\nagain\nagain\n").size());
    listener.hear(text);
    EXPECT_EQ(listener.told(), kTold);
}

TEST(Disorder, only_one_side_of_the_proxy_is_seen) {
    Listener listener;
    listener.hear(
        "alice > proxy INVITE bob\nproxy > alice 180\nproxy > alice 200\nalice > proxy ACK\n"
        "alice > proxy BYE");
    EXPECT_THAT(listener.told(), ElementsAre("alice start_ringing", "alice end_ringing",
                                             "alice start_calling", "alice end_calling"))
        << "Bob's phone was not seen to ring";
    listener.forget();
    listener.hear(
        "b: proxy > bob INVITE bob from=alice\nb: bob > proxy 180\nb: bob > proxy 200\n"
        "b: proxy > bob BYE");
    EXPECT_THAT(listener.told(),
                ElementsAre("bob start_ringing", "bob end_ringing", "bob start_calling", "bob end_calling"));
}

TEST(Disorder, a_response_may_overtake_its_invite) {
    Listener listener;
    listener.hear(R"(
        bob > proxy    180 branch=x from=alice to=bob cseq=1
        +100ms proxy > bob INVITE bob from=alice branch=x cseq=1
    )");
    EXPECT_THAT(listener.told(), ElementsAre("bob start_ringing"));
}

TEST(Disorder, an_answer_may_overtake_the_ringing) {
    Listener listener;
    listener.hear(R"(
        alice > proxy INVITE bob
        proxy > bob   INVITE bob
        bob > proxy   200
        +50ms bob > proxy 180
        proxy > alice 200
        proxy > alice 180
    )");
    EXPECT_THAT(listener.told(), testing::UnorderedElementsAre("alice start_calling", "bob start_calling"));
}

TEST(Disorder, a_lost_answer_shows_in_its_ack) {
    Listener listener;
    listener.hear(R"(
        alice > proxy INVITE bob
        proxy > bob   INVITE bob
        bob > proxy   180
        proxy > alice 180
        alice > proxy ACK branch=own
        wait 300ms
    )");
    EXPECT_THAT(listener.told(), ElementsAre("bob start_ringing", "alice start_ringing", "alice end_ringing",
                                             "alice start_calling", "bob end_ringing", "bob start_calling"));
}

TEST(Disorder, a_lost_bye_ends_the_call_after_the_session_timer) {
    Listener listener;
    listener.hear(R"(
        gw > proxy  INVITE bob from=marie
        proxy > bob INVITE bob
        bob > proxy 180
        bob > proxy 200 session=1800
        proxy > gw  200 session=1800
        wait 20min
    )");
    EXPECT_EQ(listener.told().back(), "bob start_calling");
    listener.wait(std::chrono::minutes(11));
    EXPECT_EQ(listener.told_with_reasons().back(), "bob end_calling [Session timer expired]");
}

TEST(Disorder, a_session_that_is_refreshed_goes_on) {
    Listener listener;
    std::string text = R"(
        gw > proxy  INVITE bob from=marie
        proxy > bob INVITE bob
        bob > proxy 200 session=1800
    )";
    for (int i = 0; i < 5; ++i)
        text += "wait 15min\n gw > proxy UPDATE session=1800\n proxy > gw 200 UPDATE\n";
    Listener refreshed;
    refreshed.hear(text);
    EXPECT_THAT(refreshed.told(), ElementsAre("bob start_calling"));
}

TEST(Disorder, a_call_without_end_ends_after_the_longest_call) {
    SipTracker::Settings settings;
    settings.longest_call = std::chrono::hours(2);
    Listener listener(true, settings);
    listener.hear(kCall.substr(0, kCall.find("+1s alice")));
    listener.wait(std::chrono::minutes(119));
    EXPECT_EQ(listener.events().size(), 6U);
    listener.wait(std::chrono::minutes(2));
    EXPECT_EQ(listener.told_with_reasons().back(),
              "bob end_calling [No end was seen before the longest call]");
    EXPECT_EQ(listener.told(), kTold);
}

TEST(Disorder, ringing_without_end_ends_after_the_longest_ringing) {
    Listener listener;
    listener.hear("alice > proxy INVITE bob\nproxy > bob INVITE bob\nbob > proxy 180\nwait 4min");
    EXPECT_THAT(listener.told(), ElementsAre("bob start_ringing", "alice start_ringing"));
    listener.wait(std::chrono::minutes(2));
    EXPECT_THAT(listener.told_with_reasons(),
                ElementsAre("bob start_ringing []", "alice start_ringing []",
                            "alice end_ringing [No end of the ringing was seen]",
                            "bob end_ringing [No end of the ringing was seen]"));
}

TEST(Disorder, everything_is_forgotten_in_the_end) {
    Listener listener;
    listener.hear(kCall);
    listener.hear("x: bob > proxy BYE\n y: bob > proxy 180 from=alice to=bob\n z: alice > proxy CANCEL bob");
    EXPECT_GT(listener.tracker().dialogs(), 0U);
    for (int i = 0; i < 10; ++i) listener.wait(std::chrono::minutes(5));
    EXPECT_EQ(listener.tracker().dialogs(), 0U);
}

TEST(Midway, an_answer_whose_invite_was_not_seen_is_told_once_and_marked) {
    Listener listener;
    listener.hear("bob > proxy 200 INVITE from=alice to=bob\n again\n proxy > bob ACK\n wait 1s");
    EXPECT_THAT(listener.told_with_reasons(), ElementsAre("bob start_calling [Already in progress]"));
    listener.hear("wait 1s");
    EXPECT_EQ(listener.events().size(), 1U);
}

TEST(Midway, a_lone_bye_tells_nothing) {
    Listener listener;
    listener.hear("alice > proxy BYE bob\n proxy > alice 200 BYE\n wait 1min");
    EXPECT_THAT(listener.told(), IsEmpty());
    EXPECT_EQ(listener.tracker().dialogs(), 0U);
}

TEST(Midway, a_lone_cancel_or_ack_tells_nothing) {
    Listener listener;
    listener.hear("alice > proxy CANCEL bob\n b: alice > proxy ACK bob\n wait 1min\n wait 1min");
    EXPECT_THAT(listener.told(), IsEmpty());
    EXPECT_EQ(listener.tracker().dialogs(), 0U);
}

TEST(Midway, a_re_invite_of_an_unknown_call_tells_nothing) {
    Listener listener;
    listener.hear("alice > proxy INVITE ttag=x media=sendonly\n wait 1min");
    EXPECT_THAT(listener.told(), IsEmpty());
}

TEST(Bounds, the_oldest_dialogs_are_ended_when_there_are_too_many) {
    SipTracker::Settings settings;
    settings.most_dialogs = 100;
    Listener listener(true, settings);
    for (int i = 0; i < 150; ++i)
        listener.hear(ladder("gw > proxy INVITE bob from=marie\nproxy > bob INVITE bob\nbob > proxy 180",
                             fmt::format("{}-", i)));
    EXPECT_EQ(listener.tracker().dialogs(), 100U);
    const auto told = listener.told_with_reasons();
    EXPECT_EQ(std::count(told.begin(), told.end(), "bob start_ringing []"), 150);
    EXPECT_EQ(std::count(told.begin(), told.end(), "bob end_ringing [Too many calls at once]"), 50);
    EXPECT_EQ(std::get<LineData>(listener.events()[100].data).call_id, "0-a") << "the oldest first";
}

TEST(Bounds, one_call_id_cannot_grow_without_end) {
    Listener listener;
    std::string text = "alice > proxy INVITE bob\n";
    for (int i = 0; i < 5000; ++i)
        text += fmt::format(
            "proxy > bob INVITE bob branch=b{0}\nproxy > bob 180 branch=c{0}\n"
            "alice > proxy UPDATE cseq={1} media=sendonly\n",
            i, i + 2);
    listener.hear(text);
    EXPECT_EQ(listener.tracker().dialogs(), 1U);
    EXPECT_LE(listener.events().size(), 4U);
}

}  // namespace
}  // namespace callboard::conversation
