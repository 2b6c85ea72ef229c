// What an exchange says, from its intake to the journal, while somebody sets the calendar.

#include "hub/exchange_intake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/journal_for_test.hpp"

namespace callboard {
namespace {

using ::testing::ElementsAre;

class ExchangeIntakeTest : public ::testing::Test {
  protected:
    ExchangeIntakeTest() {
        auto opened = place_.open();
        EXPECT_TRUE(opened);
        journal_ = std::move(*opened);
        Service alice;
        alice.account = "office";
        alice.number = "0033123456101";
        alice.aliases = {"1001"};
        const auto directory = std::make_shared<const Directory>(std::vector<Account>{{"office", "Office"}},
                                                                 std::vector<Service>{alice});
        hub_ = std::make_unique<Hub>(*journal_, place_.clock, place_.metrics, directory, TimeZone::utc(),
                                     Hub::Settings{});
        intake_ = std::make_unique<ExchangeIntake>(*hub_, place_.metrics,
                                                   ExchangeIntake::Settings{.source = "pbx", .tracker = {}});
    }

    void hear(ExchangeSignalKind kind, Time collected) {
        ExchangeSignal signal;
        signal.kind = kind;
        signal.collected = collected;
        signal.channel.id = "b";
        signal.channel.direction = ChannelDirection::is_called;
        signal.channel.device = "1001";
        signal.channel.caller = "0612345678";
        intake_->on_signal(signal);
    }
    void pause() { intake_->on_pause(place_.clock.now()); }
    std::vector<std::string> told() {
        EXPECT_TRUE(hub_->start());
        hub_->stop();
        std::vector<std::string> names;
        const auto records = test::read_all(*journal_);
        EXPECT_TRUE(records);
        for (const Record& record : *records) names.push_back(record.name);
        return names;
    }

    test::Place place_;
    std::unique_ptr<SqliteJournal> journal_;
    std::unique_ptr<Hub> hub_;
    std::unique_ptr<ExchangeIntake> intake_;
};

TEST_F(ExchangeIntakeTest, WhatWasKeptBackWhileTheCalendarWasSetEndsNoCall) {
    pause();
    const Time kept_back = place_.clock.now();
    place_.clock.jump(std::chrono::hours(1));
    pause();
    hear(ExchangeSignalKind::created, kept_back);
    hear(ExchangeSignalKind::ringing, kept_back);
    pause();
    hear(ExchangeSignalKind::answered, place_.clock.now());
    pause();
    EXPECT_THAT(told(), ElementsAre("start_ringing", "end_ringing", "start_calling"));
}

}  // namespace
}  // namespace callboard
