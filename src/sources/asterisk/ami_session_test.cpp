#include "sources/asterisk/ami_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sources/asterisk/ami_action.hpp"
#include "sources/asterisk/ami_frame_for_test.hpp"

namespace callboard {
namespace {

using namespace std::chrono_literals;
using testing::ami_bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kBanner = "Asterisk Call Manager/11.0.0\r\n";

/// A session and the Asterisk that it talks to, in one thread, with a clock that stands still.
class Dialogue : public ::testing::Test {
  protected:
    void say(std::string_view bytes) {
        session_.take(bytes, now_,
                      time_from_nanoseconds(1'780'000'000'000'000'000 + (now_ - start_).count()));
        tick();
    }
    void frame(std::string_view lines) { say(ami_bytes(lines)); }
    void pass(std::chrono::milliseconds by) {
        now_ += by;
        tick();
    }
    void tick() {
        session_.on_time(now_, time_from_nanoseconds(1'780'000'000'000'000'000 + (now_ - start_).count()));
        const std::string bytes = session_.take_output();
        AmiStream stream;
        stream.feed(bytes);
        AmiFrame action;
        while (stream.next(action)) asked_.push_back(action);
        while (auto news = session_.next()) news_.push_back(*std::move(news));
    }

    /// What was asked since the last call: names of the actions.
    std::vector<std::string> asked() {
        std::vector<std::string> names;
        for (const auto& action : std::exchange(asked_, {})) {
            names.emplace_back(action.get("Action"));
            last_[names.back()] = std::string(action.get("ActionID"));
            actions_.push_back(action);
        }
        return names;
    }
    std::string id_of(const std::string& action) { return last_[action]; }
    /// What it brought since the last call, in short: `Newchannel`, `<`, `+CoreShowChannel`, `>`.
    std::vector<std::string> brought() {
        std::vector<std::string> all;
        for (const auto& news : std::exchange(news_, {})) {
            const std::string event(news.frame.event());
            switch (news.kind) {
                case AmiNews::Kind::event:
                    all.push_back(event);
                    break;
                case AmiNews::Kind::snapshot_begins:
                    all.push_back("<");
                    break;
                case AmiNews::Kind::listed:
                    all.push_back("+" + event);
                    break;
                case AmiNews::Kind::snapshot_ends:
                    all.push_back(">" + news.failure);
                    break;
            }
        }
        return all;
    }

    void log_in() {
        say(kBanner);
        asked();
        frame("Response: Success\nActionID: " + id_of("Challenge") + "\nChallenge: 123");
        asked();
        frame("Response: Success\nActionID: " + id_of("Login") + "\nMessage: Authentication accepted");
    }
    /// Logged in, and all lists are answered and empty.
    void settle() {
        log_in();
        frame("Event: FullyBooted");
        asked();
        answer_lists();
        brought();
    }
    void answer_lists() {
        for (const char* action : {"CoreShowChannels", "QueueStatus", "PJSIPShowContacts", "SIPpeers"})
            frame("Response: Error\nActionID: " + id_of(action) + "\nMessage: nothing");
    }
    void channel(const std::string& name, const std::string& id, const std::string& state = "4") {
        frame("Event: Newchannel\nChannel: " + name + "\nChannelState: " + state + "\nUniqueid: " + id);
    }
    void answer(const std::string& action_id, const std::string& value) {
        frame("Response: Success\nActionID: " + action_id + "\nVariable: x\nValue: " + value);
    }

    AmiSession::Steady start_{}, now_{};
    AmiSession session_{{"callboard", Secret("s3cret")}, now_};
    std::vector<AmiFrame> asked_, actions_;
    std::map<std::string, std::string> last_;
    std::vector<AmiNews> news_;
};

// Login

TEST_F(Dialogue, AnswersAChallengeWithoutTheSecret) {
    EXPECT_THAT(asked(), IsEmpty()) << "the banner comes first";
    say(kBanner);
    EXPECT_THAT(asked(), ElementsAre("Challenge"));
    EXPECT_EQ(actions_.back().get("AuthType"), "MD5");
    frame("Response: Success\nActionID: " + id_of("Challenge") + "\nChallenge: 840415273");
    EXPECT_THAT(asked(), ElementsAre("Login"));
    const AmiFrame& login = actions_.back();
    EXPECT_EQ(login.get("Username"), "callboard");
    EXPECT_EQ(login.get("AuthType"), "MD5");
    EXPECT_EQ(login.get("Key"), ami_login_key("840415273", "s3cret"));
    EXPECT_EQ(login.get("Events"), "on");
    EXPECT_FALSE(login.has("Secret"));
    EXPECT_FALSE(session_.logged_in());
    frame("Response: Success\nActionID: " + id_of("Login") + "\nMessage: Authentication accepted");
    EXPECT_TRUE(session_.logged_in());
}

TEST_F(Dialogue, SendsTheSecretWhereNoChallengeIsOffered) {
    say(kBanner);
    asked();
    frame("Response: Error\nActionID: " + id_of("Challenge") + "\nMessage: Must specify AuthType");
    EXPECT_THAT(asked(), ElementsAre("Login"));
    EXPECT_EQ(actions_.back().get("Secret"), "s3cret");
    EXPECT_FALSE(actions_.back().has("Key"));
}

TEST_F(Dialogue, SendsTheSecretWhenAChallengeIsNotAnswered) {
    say(kBanner);
    asked();
    pass(2'900ms);
    EXPECT_THAT(asked(), IsEmpty());
    pass(200ms);
    EXPECT_THAT(asked(), ElementsAre("Login"));
}

TEST_F(Dialogue, SaysThatTheSecretIsWrong) {
    say(kBanner);
    asked();
    frame("Response: Success\nActionID: " + id_of("Challenge") + "\nChallenge: 1");
    asked();
    frame("Response: Error\nActionID: " + id_of("Login") + "\nMessage: Authentication failed");
    ASSERT_TRUE(session_.failure());
    EXPECT_EQ(session_.failure()->kind, Error::Kind::denied);
    EXPECT_THAT(session_.failure()->what,
                HasSubstr("refuses the user \"callboard\" (Authentication failed)"));
    EXPECT_THAT(session_.failure()->what, HasSubstr("manager.conf"));
    EXPECT_THAT(session_.failure()->what, Not(HasSubstr("s3cret")));
}

TEST_F(Dialogue, DoesNotTakeAnotherActionsAnswerForTheLogins) {
    say(kBanner);
    asked();
    frame("Response: Error\nActionID: of-somebody-else\nMessage: x");
    EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(Dialogue, TellsNothingFromBeforeTheLogin) {
    say(kBanner);
    frame("Event: Newchannel\nChannel: PJSIP/101-1\nUniqueid: 1.0\nChannelState: 4");
    EXPECT_THAT(brought(), IsEmpty());
}

TEST_F(Dialogue, KnowsThatSomethingElseAnswers) {
    say("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n");
    ASSERT_TRUE(session_.failure());
    EXPECT_EQ(session_.failure()->kind, Error::Kind::invalid);
}

TEST_F(Dialogue, GivesUpOnAServerThatIsSilent) {
    pass(9'900ms);
    EXPECT_FALSE(session_.failure());
    pass(200ms);
    ASSERT_TRUE(session_.failure());
    EXPECT_EQ(session_.failure()->kind, Error::Kind::unavailable);
    EXPECT_THAT(session_.failure()->what, HasSubstr("says nothing"));
}

TEST_F(Dialogue, GivesUpOnALoginThatIsNotAnswered) {
    say(kBanner);
    pass(3'100ms);
    asked();
    pass(10'100ms);
    ASSERT_TRUE(session_.failure());
    EXPECT_THAT(session_.failure()->what, HasSubstr("does not answer the login"));
}

// Lists

TEST_F(Dialogue, AsksForWhatIsUpAsSoonAsAsteriskIsBooted) {
    log_in();
    EXPECT_THAT(asked(), IsEmpty());
    frame("Event: FullyBooted");
    EXPECT_THAT(asked(), ElementsAre("CoreShowChannels", "QueueStatus", "PJSIPShowContacts", "SIPpeers"));
    EXPECT_THAT(brought(), ElementsAre("FullyBooted", "<"));
}

TEST_F(Dialogue, AsksForWhatIsUpWhenNobodySaysThatAsteriskIsBooted) {
    log_in();
    pass(2'100ms);
    EXPECT_THAT(asked(), ElementsAre("CoreShowChannels", "QueueStatus", "PJSIPShowContacts", "SIPpeers"));
}

TEST_F(Dialogue, ListsBetweenABeginningAndAnEndWithEventsInOrder) {
    log_in();
    pass(2'100ms);
    asked();
    const std::string channels = id_of("CoreShowChannels"), queues = id_of("QueueStatus");
    frame("Response: Success\nActionID: " + channels + "\nEventList: start\nMessage: Channels will follow");
    frame("Event: CoreShowChannel\nActionID: " + channels +
          "\nChannel: Local/1@x-0;1\nChannelState: 0\nUniqueid: 1.0");
    frame("Event: Hangup\nUniqueid: 0.9");
    frame("Event: CoreShowChannelsComplete\nActionID: " + channels + "\nEventList: Complete\nListItems: 1");
    frame("Response: Success\nActionID: " + queues + "\nEventList: start\nMessage: Queue status will follow");
    frame("Event: QueueParams\nActionID: " + queues + "\nQueue: sales");
    frame("Event: QueueStatusComplete\nActionID: " + queues + "\nEventList: Complete\nListItems: 1");
    frame("Response: Error\nActionID: " + id_of("PJSIPShowContacts") + "\nMessage: No Contacts found");
    EXPECT_THAT(brought(), ElementsAre("<", "+CoreShowChannel", "Hangup", "+QueueParams"));
    frame("Response: Error\nActionID: " + id_of("SIPpeers") +
          "\nMessage: Invalid/unknown command: SIPpeers.");
    EXPECT_THAT(brought(), ElementsAre(">"));
}

TEST_F(Dialogue, SaysWhenAListIsNotWhole) {
    log_in();
    pass(2'100ms);
    asked();
    frame("Event: CoreShowChannelsComplete\nActionID: " + id_of("CoreShowChannels") +
          "\nEventList: Complete\nListItems: 3");
    for (const char* action : {"QueueStatus", "PJSIPShowContacts", "SIPpeers"})
        frame("Response: Error\nActionID: " + id_of(action) + "\nMessage: nothing");
    EXPECT_THAT(brought(), ElementsAre("<", ">CoreShowChannels brought 0 of 3 entries"));
}

TEST_F(Dialogue, SaysWhenTheListOfChannelsIsForbidden) {
    log_in();
    pass(2'100ms);
    asked();
    answer_lists();
    EXPECT_THAT(brought(), ElementsAre("<", ">CoreShowChannels failed: nothing"));
}

TEST_F(Dialogue, SaysWhenAListIsNotAnswered) {
    log_in();
    pass(2'100ms);
    asked();
    for (const char* action : {"CoreShowChannels", "PJSIPShowContacts", "SIPpeers"})
        frame("Event: Complete\nActionID: " + id_of(action) + "\nEventList: Complete");
    EXPECT_THAT(brought(), ElementsAre("<"));
    pass(9'900ms);
    EXPECT_THAT(brought(), IsEmpty());
    pass(200ms);
    EXPECT_THAT(brought(), ElementsAre(">QueueStatus was not answered"));
    frame("Event: QueueStatusComplete\nActionID: " + id_of("QueueStatus") + "\nEventList: Complete");
    EXPECT_THAT(brought(), Not(::testing::Contains(">"))) << "a late answer ends nothing twice";
}

TEST_F(Dialogue, AsksAgainEveryMinute) {
    settle();
    asked();
    for (int second = 0; second < 57; ++second) {
        pass(1s);
        frame("Event: DeviceStateChange");
    }
    EXPECT_THAT(asked(), IsEmpty());
    pass(4s);
    EXPECT_THAT(asked(), ElementsAre("CoreShowChannels", "QueueStatus", "PJSIPShowContacts", "SIPpeers"));
}

// Facts of channels

TEST_F(Dialogue, ANewChannelWaitsForItsCallIdAndPresentation) {
    settle();
    channel("PJSIP/101-00000000", "1.0");
    ASSERT_THAT(asked(), ElementsAre("Getvar", "Getvar"));
    EXPECT_EQ(actions_[actions_.size() - 2].get("Variable"), "CHANNEL(pjsip,call-id)");
    EXPECT_EQ(actions_[actions_.size() - 2].get("Channel"), "PJSIP/101-00000000");
    EXPECT_EQ(actions_.back().get("Variable"), "CALLERID(num-pres)");
    const std::string call_id(actions_[actions_.size() - 2].get("ActionID")),
        presentation(actions_.back().get("ActionID"));
    frame("Event: Newstate\nUniqueid: 1.0");
    EXPECT_THAT(brought(), IsEmpty()) << "what comes after it waits too";
    answer(call_id, "abc@127.0.0.1");
    EXPECT_THAT(brought(), IsEmpty());
    answer(presentation, "prohib_not_screened");
    ASSERT_EQ(news_.size(), 2U);
    EXPECT_EQ(news_[0].frame.channel_variable("CHANNEL(pjsip,call-id)"), "abc@127.0.0.1");
    EXPECT_EQ(news_[0].frame.channel_variable("CALLERID(num-pres)"), "prohib_not_screened");
    EXPECT_THAT(brought(), ElementsAre("Newchannel", "Newstate"));
}

TEST_F(Dialogue, AsksOnlyForWhatItDoesNotKnow) {
    settle();
    channel("PJSIP/102-00000001", "1.1", "0");
    EXPECT_THAT(asked(), ElementsAre("Getvar")) << "who is called withholds nothing";
    channel("DAHDI/1-1", "1.2");
    EXPECT_THAT(asked(), ElementsAre("Getvar")) << "no SIP behind it";
    channel("Local/103@x-00000000;1", "1.3", "0");
    channel("Local/103@x-00000000;2", "1.4", "4");
    EXPECT_THAT(asked(), IsEmpty());
    frame(
        "Event: Newchannel\nChannel: PJSIP/101-00000002\nChannelState: 4\nUniqueid: 1.5\n"
        "ChanVariable: CHANNEL(pjsip,call-id)=a\nChanVariable: CALLERID(num-pres)=allowed");
    EXPECT_THAT(asked(), IsEmpty()) << "channelvars of manager.conf say it";
}

TEST_F(Dialogue, AChannelWaitsNoLongerThanItsPatience) {
    settle();
    channel("PJSIP/101-00000000", "1.0");
    pass(90ms);
    EXPECT_THAT(brought(), IsEmpty());
    pass(20ms);
    EXPECT_THAT(brought(), ElementsAre("Newchannel"));
}

TEST_F(Dialogue, StopsAskingWhenNobodyAnswers) {
    settle();
    for (int i = 0; i < 3; ++i) {
        channel("PJSIP/101-0000000" + std::to_string(i), "1." + std::to_string(i), "0");
        EXPECT_THAT(asked(), ElementsAre("Getvar"));
        pass(110ms);
    }
    channel("PJSIP/101-00000009", "1.9", "0");
    EXPECT_THAT(asked(), IsEmpty());
    EXPECT_THAT(brought(), ElementsAre("Newchannel", "Newchannel", "Newchannel", "Newchannel"));
}

TEST_F(Dialogue, StopsAskingWhenItMayNot) {
    settle();
    channel("PJSIP/101-00000000", "1.0", "0");
    asked();
    frame("Response: Error\nActionID: " + id_of("Getvar") + "\nMessage: Permission denied");
    EXPECT_THAT(brought(), ElementsAre("Newchannel"));
    channel("PJSIP/101-00000001", "1.1", "0");
    EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(Dialogue, GoesOnAskingWhenAChannelIsGoneAlready) {
    settle();
    for (int i = 0; i < 5; ++i) {
        channel("PJSIP/101-0000000" + std::to_string(i), "1." + std::to_string(i), "0");
        ASSERT_THAT(asked(), ElementsAre("Getvar"));
        frame("Response: Error\nActionID: " + id_of("Getvar") + "\nMessage: No such channel");
    }
    EXPECT_THAT(brought(), ElementsAre("Newchannel", "Newchannel", "Newchannel", "Newchannel", "Newchannel"));
}

TEST_F(Dialogue, ListedChannelsAreAskedAboutOnce) {
    log_in();
    pass(2'100ms);
    asked();
    const std::string entry =
        "\nChannel: PJSIP/101-00000000\nChannelState: 6\nApplication: Dial\nUniqueid: 1.0";
    frame("Event: CoreShowChannel\nActionID: " + id_of("CoreShowChannels") + entry);
    EXPECT_THAT(asked(), ElementsAre("Getvar", "Getvar"));
    pass(110ms);
    EXPECT_THAT(brought(), ElementsAre("<", "+CoreShowChannel"));
    frame("Event: CoreShowChannel\nActionID: " + id_of("CoreShowChannels") + entry);
    EXPECT_THAT(asked(), IsEmpty());
    EXPECT_THAT(brought(), ElementsAre("+CoreShowChannel"));
}

TEST_F(Dialogue, AFloodOfChannelsIsHeldToABound) {
    settle();
    std::string bytes;
    for (int i = 0; i < 20'000; ++i)
        bytes += ami_bytes("Event: Newchannel\nChannel: PJSIP/101-" + std::to_string(i) +
                           "\nChannelState: 0\nUniqueid: 1." + std::to_string(i));
    say(bytes);
    EXPECT_LE(asked().size(), AmiSession::kMostQuestions);
    EXPECT_GE(brought().size(), 20'000 - AmiSession::kMostHeld);
    pass(110ms);
    brought();
    EXPECT_FALSE(session_.failure());
}

// Its life

TEST_F(Dialogue, PingsASilentConnectionAndGivesItUp) {
    settle();
    asked();
    pass(14'900ms);
    EXPECT_THAT(asked(), IsEmpty());
    pass(200ms);
    EXPECT_THAT(asked(), ElementsAre("Ping"));
    frame("Response: Success\nActionID: " + id_of("Ping") + "\nPing: Pong\nTimestamp: 1.0");
    EXPECT_THAT(brought(), IsEmpty());
    pass(15'100ms);
    EXPECT_THAT(asked(), ElementsAre("Ping"));
    pass(14'000ms);
    EXPECT_FALSE(session_.failure());
    pass(1'000ms);
    ASSERT_TRUE(session_.failure());
    EXPECT_EQ(session_.failure()->kind, Error::Kind::unavailable);
    EXPECT_THAT(session_.failure()->what, HasSubstr("silent"));
}

TEST_F(Dialogue, HearsThatAsteriskGoesDown) {
    settle();
    EXPECT_FALSE(session_.shutting_down());
    frame("Event: Shutdown\nShutdown: Cleanly\nRestart: False");
    EXPECT_TRUE(session_.shutting_down());
}

TEST_F(Dialogue, ReadsTheSameFromAnyPieces) {
    settle();
    const std::string bytes = ami_bytes("Event: Newchannel\nChannel: Local/1@x-0;1\nUniqueid: 1.0") +
                              ami_bytes("Event: Hangup\nUniqueid: 1.0\nCause: 16");
    for (const char byte : bytes) say(std::string_view(&byte, 1));
    EXPECT_THAT(brought(), ElementsAre("Newchannel", "Hangup"));
}

}  // namespace
}  // namespace callboard
