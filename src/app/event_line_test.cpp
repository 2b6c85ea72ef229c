#include "app/event_line.hpp"

#include <gtest/gtest.h>

#include "event/json.hpp"

namespace callboard {
namespace {

std::string at_seconds(Time time) {
    return std::to_string(nanoseconds_since_epoch(time) / 1'000'000'000 % 1000);
}

std::string line(std::string_view json) {
    const auto read = event_line(json, at_seconds);
    return read ? *read : "error: " + read.error().what;
}

std::string as_sent(Event event, const std::string& description = "Reception") {
    Service service;
    service.account = "a";
    service.number = event.ressource;
    service.description = description;
    service.id = "1";
    auto record =
        record_of(event, service, time_from_nanoseconds(1'780'000'007'000'000'000), TimeZone::utc());
    const auto encoded = encode(record, TimeZone::utc());
    return encoded.v2_before + "T" + encoded.v2_after;
}

Event ringing() {
    Event event;
    event.name = "start_ringing";
    event.ressource = "0033123456101";
    LineData data;
    data.calling = "0033612345678";
    data.called = "0033123456101";
    event.data = data;
    return event;
}

TEST(EventLine, SaysWhenWhatWhereAndWho) {
    EXPECT_EQ(line(as_sent(ringing())),
              "7  start_ringing   0033123456101  0033612345678 → 0033123456101  Reception");
}

TEST(EventLine, ARegistrationHasNoOtherSide) {
    Event event = ringing();
    event.name = "registered";
    std::get<LineData>(event.data).calling = "0033123456101";
    EXPECT_EQ(line(as_sent(event)), "7  registered      0033123456101  Reception");
}

TEST(EventLine, AQueueEventHasNoCaller) {
    Event event;
    event.name = "agent-status-change";
    event.protocol = Protocol::queues;
    event.ressource = "0033123456800";
    event.data = QueueData{{{"Action", "agent-status-change"}}};
    EXPECT_EQ(line(as_sent(event, "Support")), "7  agent-status-change  0033123456800  Support");
}

TEST(EventLine, ATerminalIsNotGivenOrders) {
    Event event = ringing();
    std::get<LineData>(event.data).calling = "\x1b[2Jevil\r\n\x7f";
    const auto shown = line(as_sent(event));
    EXPECT_NE(shown.find("?[2Jevil???"), std::string::npos) << shown;
    for (const char c : shown) EXPECT_TRUE(static_cast<unsigned char>(c) >= ' ' && c != 127);
}

TEST(EventLine, WhatIsNoEventIsAnError) {
    for (const auto* text :
         {"", "{", "[]", "{}", R"({"event":"x","data":{}})", R"({"timestamp":"1","data":{}})"})
        EXPECT_TRUE(line(text).starts_with("error: ")) << text;
}

TEST(EventLine, NoticesAreReadOutOfTheirJson) {
    EXPECT_EQ(notice_text(R"({"message":"3 events are gone"})"), "3 events are gone");
    EXPECT_EQ(notice_text("plain"), "plain");
    EXPECT_EQ(notice_text("{}"), "{}");
}

TEST(EventLine, LocalTimeIsATimeOfDay) {
    const auto shown = local_time(time_from_nanoseconds(1'780'000'007'000'000'000));
    ASSERT_EQ(shown.size(), 8U);
    EXPECT_EQ(shown[2], ':');
    EXPECT_EQ(shown.substr(6), "47");  // every zone of today is whole minutes from UTC
}

}  // namespace
}  // namespace callboard
