// What the fold reads back from the journal is what the tracker told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include <string>

#include "event/json.hpp"

namespace callboard {
namespace {

/// Text of valid UTF-8 with all that JSON has to escape.
rc::Gen<std::string> text() {
    static const std::vector<std::string> kPieces = {
        "a", "0033", "\"", "\\", "\n", "\t", std::string(1, '\0'), "\x01", "é", "€", "😀", " ", "/", "u00e9"};
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kPieces)),
                        [](const std::vector<std::string>& pieces) {
                            std::string out;
                            for (const auto& piece : pieces) out += piece;
                            return out;
                        });
}

rc::Gen<Time> millisecond() {
    return rc::gen::map(rc::gen::inRange<std::int64_t>(-1'000'000, 4'000'000'000'000),
                        [](std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); });
}

Event some_line_event() {
    Event event;
    event.name = *rc::gen::element<std::string>("start_ringing", "end_calling", "registered");
    event.protocol = *rc::gen::element(Protocol::sip, Protocol::mgcp);
    event.ressource = *text();
    event.native = *rc::gen::arbitrary<bool>();
    LineData data;
    for (auto* field : {&data.billing, &data.body, &data.call_id, &data.called, &data.calling, &data.cseq,
                        &data.dialed, &data.relevant_info})
        *field = *text();
    data.ts = *millisecond();
    data.ts_get = time_from_nanoseconds(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000'000'000));
    event.data = std::move(data);
    event.extra = *rc::gen::element<std::string>("", R"("a":1)", R"("a":{"b":[null,true]},"c":"d\"")");
    return event;
}

Event some_queue_event() {
    Event event;
    event.name = "members-count";
    event.protocol = Protocol::queues;
    event.ressource = "0033972000002";
    QueueData data;
    for (const auto& name : *rc::gen::container<std::vector<std::string>>(text())) data.set(name, *text());
    event.data = std::move(data);
    event.extra = *rc::gen::element<std::string>("", R"("a":1,"b":[2])");
    return event;
}

class RoundTrip : public testing::Test {
  protected:
    TimeZone zone_ = *TimeZone::named("Europe/Paris");
    Service service_;
};

TEST_F(RoundTrip, of_line_events) {
    EXPECT_TRUE(rc::check([this] {
        const Event event = some_line_event();
        const auto back = event_of(record_of(event, service_, Time{}, zone_));
        RC_ASSERT(back.has_value());
        RC_ASSERT(*back == event);
    }));
}

TEST_F(RoundTrip, of_queue_events) {
    EXPECT_TRUE(rc::check([this] {
        const Event event = some_queue_event();
        const auto back = event_of(record_of(event, service_, Time{}, zone_));
        RC_ASSERT(back.has_value());
        RC_ASSERT(*back == event);
    }));
}

TEST_F(RoundTrip, both_forms_are_json_whatever_the_bytes) {
    EXPECT_TRUE(
        rc::check([this](const std::string& call_id, const std::string& ressource, const std::string& info) {
            Event event;
            event.name = "start_ringing";
            event.ressource = ressource;
            LineData data;
            data.call_id = call_id;
            data.relevant_info = info;
            event.data = data;
            const Encoded encoded = encode(record_of(event, service_, Time{}, zone_), zone_);
            for (const auto& text :
                 {encoded.v1_before + "T" + encoded.v1_after, encoded.v2_before + "T" + encoded.v2_after}) {
                simdjson::dom::parser parser;
                simdjson::dom::element parsed;
                RC_ASSERT(parser.parse(text).get(parsed) == simdjson::SUCCESS);
            }
        }));
}

TEST_F(RoundTrip, damaged_data_is_an_error_that_names_the_event) {
    for (const char* data : {"", "{", "[]", "null", "{\"a\":}", "\xff"}) {
        Record record;
        record.sequence = 4711;
        record.data = data;
        const auto back = event_of(record);
        ASSERT_FALSE(back) << data;
        EXPECT_EQ(back.error().kind, Error::Kind::corrupt);
        EXPECT_THAT(back.error().what, testing::HasSubstr("4711"));
    }
}

TEST_F(RoundTrip, members_of_another_type_are_kept_as_they_came) {
    Record record;
    record.name = "start_ringing";
    record.data = R"({"Calling":17,"Ts":1425554670.102,"TsGet":"soon","Called":"0033972000001"})";
    const auto back = event_of(record);
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<LineData>(back->data).called, "0033972000001");
    EXPECT_EQ(std::get<LineData>(back->data).calling, "");
    EXPECT_EQ(back->extra, R"("Calling":17,"Ts":1425554670.102,"TsGet":"soon")");
}

TEST_F(RoundTrip, ts_is_read_with_any_number_of_decimals) {
    const std::pair<const char*, std::int64_t> cases[] = {{"1564687684", 1'564'687'684'000'000'000},
                                                          {"1564687684.2", 1'564'687'684'200'000'000},
                                                          {"1.0000000019", 1'000'000'001},
                                                          {"-0.500", -500'000'000}};
    for (const auto& [text, ns] : cases) {
        Record record;
        record.data = "{\"Ts\":\"" + std::string(text) + "\"}";
        const auto back = event_of(record);
        ASSERT_TRUE(back);
        EXPECT_EQ(nanoseconds_since_epoch(std::get<LineData>(back->data).ts), ns) << text;
    }
    for (const char* text : {"", "soon", "1.x", "1,5", "99999999999999999999", "10000000000"}) {
        Record record;
        record.data = "{\"Ts\":\"" + std::string(text) + "\"}";
        const auto back = event_of(record);
        ASSERT_TRUE(back);
        EXPECT_EQ(std::get<LineData>(back->data).ts, Time{}) << text;
    }
}

}  // namespace
}  // namespace callboard
