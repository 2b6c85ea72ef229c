#include "app/recorded_exchange.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "app/demo_office.hpp"
#include "app/demo_recordings.hpp"
#include "app/wiring.hpp"
#include "tests/support/http_client.hpp"

namespace callboard {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kScript =
    "@answer QueueStatus\nEvent: QueueParams\nQueue: sales\n\nEvent: QueueMember\nQueue: sales\n"
    "@answer show channels\n{\"row_count\":0}\n@begin 1\n@event 0\nEvent: Hangup\nUniqueid: 1.2\n";

class Voices : public testing::Test {
  protected:
    const ExchangeScript script_ = *ExchangeScript::read(kScript);
};

TEST_F(Voices, OfFreeswitchGreetsAnswersAndTells) {
    const auto voice = freeswitch_voice(script_);
    EXPECT_EQ(voice->greeting(), "Content-Type: auth/request\n\n");
    EXPECT_EQ(voice->take("auth x\n", false), "");
    EXPECT_THAT(voice->take("\nevent plain ALL\n\n", false), HasSubstr("Reply-Text: +OK"));
    EXPECT_FALSE(voice->was_listed());
    EXPECT_EQ(voice->take("api show channels as json\n\n", false),
              "Content-Type: api/response\nContent-Length: 16\n\n{\"row_count\":0}\n");
    EXPECT_TRUE(voice->was_listed());
    EXPECT_FALSE(voice->was_listed());
    EXPECT_THAT(voice->take("api show channels\n\n", true), HasSubstr("-ERR not while"));
    EXPECT_THAT(voice->take("api nonsense\n\n", false), HasSubstr("-ERR Command not found!"));
    EXPECT_EQ(voice->event("A: b\n", {}, 0), "Content-Length: 6\nContent-Type: text/event-plain\n\nA: b\n\n");
}

TEST_F(Voices, OfAsteriskGreetsAnswersAndTells) {
    const auto voice = asterisk_voice(script_);
    EXPECT_THAT(voice->greeting(), StartsWith("Asterisk Call Manager/"));
    EXPECT_THAT(voice->take("Action: Challenge\r\nActionID: 1\r\n\r\n", false), HasSubstr("Challenge: "));
    EXPECT_THAT(voice->take("action: Login\r\nactionid: 2\r\n\r\n", false),
                HasSubstr("ActionID: 2\r\nMessage: Authentication accepted"));
    EXPECT_THAT(voice->take("Action: Ping\r\nActionID: 3\r\n\r\n", false), HasSubstr("Ping: Pong"));
    EXPECT_THAT(voice->take("Action: Getvar\r\nActionID: 4\r\n\r\n", false), HasSubstr("Response: Error"));
    EXPECT_FALSE(voice->was_listed());
    EXPECT_EQ(voice->take("Action: QueueStatus\r\nActionID: 5\r\n\r\n", false),
              "Response: Success\r\nActionID: 5\r\nMessage: List will follow\r\nEventList: start\r\n\r\n"
              "Event: QueueParams\r\nQueue: sales\r\nActionID: 5\r\n\r\n"
              "Event: QueueMember\r\nQueue: sales\r\nActionID: 5\r\n\r\n"
              "Event: QueueStatusComplete\r\nActionID: 5\r\nEventList: Complete\r\nListItems: 2\r\n\r\n");
    EXPECT_TRUE(voice->was_listed());
    EXPECT_THAT(voice->take("Action: QueueStatus\r\nActionID: 6\r\n\r\n", true),
                HasSubstr("Response: Error"));
    EXPECT_EQ(voice->event("Event: Hangup\n", {}, 0), "Event: Hangup\r\n\r\n");
}

TEST_F(Voices, DoNotKeepACommandWithoutEnd) {
    for (const auto& voice : {freeswitch_voice(script_), asterisk_voice(script_)}) {
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(voice->take(std::string(ExchangeVoice::kLongestCommand, 'x'), false), "");
        EXPECT_EQ(voice->take("\r\n\r\n\n\n", false).empty(), false);
    }
}

TEST(RecordedExchange, NeedsSomethingToSay) {
    const SystemClock clock;
    EXPECT_FALSE(RecordedExchange::start("nothing", freeswitch_voice, clock, {}));
    const auto silent = RecordedExchange::start("@answer a\nb\n", freeswitch_voice, clock, {});
    ASSERT_FALSE(silent);
    EXPECT_THAT(silent.error().what, HasSubstr("no conversation"));
}

/// The demo's exchanges through the real inputs, to a client: fifty times as fast, so a few seconds.
TEST(RecordedExchange, FillsTheQueuesOfTheDemo) {
    const SystemClock clock;
    const fs::path place = fs::path(testing::TempDir()) / "callboard-recorded-exchange";
    const auto start = [&](std::string_view name, RecordedExchange::MakeVoice make_voice) {
        return RecordedExchange::start(demo_recording(name), make_voice, clock,
                                       {.speed = 50, .between = std::chrono::milliseconds(10)});
    };
    const auto freeswitch = start("freeswitch.exchange", freeswitch_voice);
    const auto asterisk = start("asterisk.exchange", asterisk_voice);
    ASSERT_TRUE(freeswitch && asterisk);
    {
        auto config = demo_config("127.0.0.1:0", place / "data");
        config.threads = 1;
        config.http.poll_timeout = std::chrono::milliseconds(100);
        connect_exchanges(config, (*freeswitch)->address(), (*asterisk)->address());
        const auto running = Installation::start(config, clock);
        ASSERT_TRUE(running) << running.error().what;
        const auto token = (*running)->tokens().create(kDemoAccount, "", std::nullopt)->text;
        test::HttpClient client(parse_address((*running)->http_addresses()[0])->port());
        std::string told;
        const auto misses = [&told](std::string_view what) { return told.find(what) == std::string::npos; };
        const auto queue = [](std::string_view number) { return fmt::format(R"("Ressource":"{}")", number); };
        const std::vector<std::string> wanted = {"member-queue-start",   queue("0033123456800"),
                                                 queue("0033123456801"), queue("0033123456810"),
                                                 queue("0033123456812"), "member-queue-end"};
        for (int i = 0; i < 300 && std::any_of(wanted.begin(), wanted.end(), misses); ++i)
            told += client.get("/?token=" + token)->body;
        for (const auto& one : wanted) EXPECT_THAT(told, HasSubstr(one));
        EXPECT_THAT(told, Not(HasSubstr("start_ringing"))) << "lines are the mirror's";
        EXPECT_THAT(client.get("/metrics")->body, HasSubstr("callboard_source_up{source=\"freeswitch\"} 1"));
    }
    fs::remove_all(place);
}

}  // namespace
}  // namespace callboard
