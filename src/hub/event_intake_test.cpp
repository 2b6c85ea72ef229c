#include "hub/event_intake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/journal_for_test.hpp"

namespace callboard {
namespace {

using ::testing::ElementsAre;

constexpr const char* kLine = "0033123456101";

std::shared_ptr<const Directory> directory() {
    Service service;
    service.account = "office";
    service.number = kLine;
    service.id = "1";
    return std::make_shared<const Directory>(std::vector<Account>{{"office", "Office"}},
                                             std::vector<Service>{service});
}

Event ringing(std::string call_id, std::string number = kLine) {
    Event event;
    event.name = event_name::start_ringing;
    event.ressource = std::move(number);
    LineData data;
    data.call_id = std::move(call_id);
    event.data = std::move(data);
    return event;
}

class EventIntakeTest : public ::testing::Test {
  protected:
    EventIntakeTest() {
        auto opened = place_.open();
        EXPECT_TRUE(opened);
        journal_ = std::move(*opened);
        hub_ = std::make_unique<Hub>(*journal_, place_.clock, place_.metrics, directory_, TimeZone::utc(),
                                     Hub::Settings{.most_queued = 6, .largest_event = 1'000});
        EXPECT_TRUE(hub_->start());
    }

    const std::shared_ptr<const Directory> directory_ = directory();
    test::Place place_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<Hub> hub_;
};

TEST_F(EventIntakeTest, WhatIsKeptIsInTheJournalAndCanBeRecognised) {
    EventIntake intake(*hub_);
    EXPECT_EQ(intake.directory(), directory_);
    EXPECT_EQ(intake.last(), 0U);
    ASSERT_TRUE(intake.keep({ringing("1"), ringing("2")}, place_.clock.now()));
    EXPECT_EQ(intake.last(), 2U);
    ASSERT_TRUE(intake.keep({ringing("3"), ringing("4", "0033999999999")}, place_.clock.now()));
    EXPECT_EQ(intake.last(), 3U);
    std::vector<std::string> data;
    ASSERT_TRUE(intake.read(1, [&](const Record& record) { data.push_back(record.data); }));
    EXPECT_THAT(data, ElementsAre(intake.data_of(ringing("2")), intake.data_of(ringing("3"))));
    ASSERT_TRUE(intake.read(17, [&](const Record&) { ADD_FAILURE(); })) << "of a journal that was replaced";
}

TEST_F(EventIntakeTest, TellsWhatWasNotKept) {
    EventIntake intake(*hub_);
    const auto full = intake.keep(std::vector<Event>(7, ringing("1")), place_.clock.now());
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().kind, Error::Kind::unavailable);
    const auto large = intake.keep({ringing(std::string(2'000, 'x'))}, place_.clock.now());
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().kind, Error::Kind::invalid);
    hub_->stop();
    const auto stopped = intake.keep({ringing("1")}, place_.clock.now());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, Error::Kind::unavailable);
    EXPECT_EQ(intake.last(), 0U);
}

}  // namespace
}  // namespace callboard
