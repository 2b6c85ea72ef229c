#include "event/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

namespace callboard {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TimeZone paris() { return *TimeZone::named("Europe/Paris"); }

Service line() {
    Service service;
    service.account = "59000";
    service.number = "0033972000001";
    service.description = "Accueil";
    service.simultaneous_lines = 2;
    service.id = "295000";
    return service;
}

/// The sample of the protocol's description, §3.2.
Event ringing() {
    Event event;
    event.name = "start_ringing";
    event.ressource = "0033972000001";
    LineData data;
    data.billing = "0033972000001";
    data.body = "SIP/2.0 180 Ringing";
    data.call_id = "01234-AB-0a1b2c3d-4e5f6a7b8_sip.example.net";
    data.called = data.dialed = "0033972000001";
    data.calling = "0033612345678";
    data.cseq = "102 INVITE";
    data.ts = time_from_nanoseconds(1'780'000'000'102'000'000);
    data.ts_get = time_from_nanoseconds(1'780'000'000'238'926'800);
    event.data = data;
    return event;
}
constexpr Time kAppended = time_from_nanoseconds(1'780'000'000'255'954'700);

std::string v1(const Record& record, std::string_view token) {
    const Encoded encoded = encode(record, paris());
    return encoded.v1_before + std::string(token) + encoded.v1_after;
}
std::string v2(const Record& record, std::string_view token) {
    const Encoded encoded = encode(record, paris());
    return encoded.v2_before + std::string(token) + encoded.v2_after;
}

TEST(Json, line_event_is_the_sample_of_the_protocol_byte_for_byte) {
    const Record record = record_of(ringing(), line(), kAppended, paris());
    EXPECT_EQ(
        v1(record, "11111111-2222-3333-4444-555555555555"),
        R"({"Event":"start_ringing","Token":"11111111-2222-3333-4444-555555555555","Service":"sip",)"
        R"j("Ressource":"0033972000001","Timestamp":1780000000255954700,"Date":"2026-05-28T22:26:40.255954 (CEST)",)j"
        R"("Data":{"Billing":"0033972000001","Body":"SIP/2.0 180 Ringing",)"
        R"("CallId":"01234-AB-0a1b2c3d-4e5f6a7b8_sip.example.net","Called":"0033972000001",)"
        R"("Calling":"0033612345678","Cseq":"102 INVITE","Datetime":"2026-05-28 22:26:40",)"
        R"("Dialed":"0033972000001","Event":"start_ringing","Protocol":"sip","RelevantInfo":"",)"
        R"("Ts":"1780000000.102","TsGet":1780000000238926800},)"
        R"("Details":{"Description":"Accueil","Id":"295000","IdBillingAccount":"59000",)"
        R"("SimultaneousLine":"2","Type":"sipCirpack"}})");
}

TEST(Json, version_2_differs_in_the_case_of_the_outer_names_alone) {
    const Record record = record_of(ringing(), line(), kAppended, paris());
    const std::string data = record.data;
    EXPECT_EQ(v2(record, "T"),
              R"({"event":"start_ringing","token":"T","service":"sip","ressource":"0033972000001",)"
              R"j("timestamp":1780000000255954700,"date":"2026-05-28T22:26:40.255954 (CEST)","data":)j" +
                  data + R"(,"details":)" + record.details + "}");
    EXPECT_THAT(data, HasSubstr("\"CallId\":"));
}

TEST(Json, queue_event_is_the_sample_of_the_protocol_byte_for_byte) {
    Event event;
    event.name = "member-queue-end";
    event.protocol = Protocol::queues;
    event.ressource = "0033972000002";
    QueueData data;
    // Set out of order: they are written in order.
    data.set("Ts", "1780000100");
    data.set("Queue", "0033972000002");
    data.set("QueueCause", "Terminated");
    data.set("QueueMemberCIDName", "+33612345678");
    data.set("QueueAgent", "agent_0033972000001_4242");
    data.set("Protocol", "sip");
    data.set("Count", "0");
    data.set("Calling", "0033612345678");
    data.set("Agent", "0033972000001");
    data.set("Action", "member-queue-end");
    event.data = data;
    Service queue = line();
    queue.number = "0033972000002";
    queue.description = "Support";
    queue.id = "295001";
    queue.simultaneous_lines = 10;
    queue.type = ServiceType::easy_hunting;
    const Record record = record_of(event, queue, time_from_nanoseconds(1'780'000'100'000'000'000), paris());
    EXPECT_EQ(
        v2(record, "T"),
        R"({"event":"member-queue-end","token":"T","service":"queues","ressource":"0033972000002",)"
        R"j("timestamp":1780000100000000000,"date":"2026-05-28T22:28:20.000000 (CEST)",)j"
        R"("data":{"Action":"member-queue-end","Agent":"0033972000001","Calling":"0033612345678","Count":"0",)"
        R"("Protocol":"sip","Queue":"0033972000002","QueueAgent":"agent_0033972000001_4242",)"
        R"("QueueCause":"Terminated","QueueMemberCIDName":"+33612345678","Ts":"1780000100"},)"
        R"("details":{"Description":"Support","Id":"295001","IdBillingAccount":"59000",)"
        R"("SimultaneousLine":"10","Type":"easyHunting"}})");
}

TEST(Json, record_carries_what_is_kept_beside_the_json) {
    Event event = ringing();
    event.native = true;
    const Record record = record_of(event, line(), kAppended, paris());
    EXPECT_EQ(record.sequence, 0U);
    EXPECT_EQ(record.timestamp, kAppended);
    EXPECT_EQ(record.name, "start_ringing");
    EXPECT_EQ(record.account, "59000");
    EXPECT_EQ(record.ressource, "0033972000001");
    EXPECT_TRUE(record.native);
}

TEST(Json, mgcp_names_itself_inside_and_outside) {
    Event event = ringing();
    event.protocol = Protocol::mgcp;
    Service service = line();
    service.type = ServiceType::mgcp_line;
    const std::string text = v1(record_of(event, service, kAppended, paris()), "T");
    EXPECT_THAT(text, HasSubstr(R"("Service":"mgcp")"));
    EXPECT_THAT(text, HasSubstr(R"("Protocol":"mgcp")"));
    EXPECT_THAT(text, HasSubstr(R"("Type":"mgcpCirpack")"));
}

TEST(Json, ts_is_text_with_three_decimals) {
    const std::pair<std::int64_t, const char*> cases[] = {
        {0, "0.000"},
        {1'000'000, "0.001"},
        {999'999, "0.000"},
        {1'564'687'684'230'000'000, "1564687684.230"},
        {1'425'554'670'102'999'999, "1425554670.102"},
        {1'425'554'670'099'000'000, "1425554670.099"},
        {-1'000'000, "-0.001"},
        {-1'500'000'000, "-1.500"},
    };
    for (const auto& [ns, text] : cases) {
        Event event = ringing();
        std::get<LineData>(event.data).ts = time_from_nanoseconds(ns);
        EXPECT_THAT(data_json(event, paris()), HasSubstr("\"Ts\":\"" + std::string(text) + "\"")) << ns;
    }
}

TEST(Json, billing_account_is_digits_that_stay_the_same) {
    Service service = line();
    service.account = "ba-demo";
    const std::string made = details_json(service);
    // Pinned: clients keep it, so it may not change from one version to the next.
    EXPECT_THAT(made, HasSubstr(R"("IdBillingAccount":"6773848")"));
    service.description = "other";
    EXPECT_THAT(details_json(service), HasSubstr(R"("IdBillingAccount":"6773848")"));
    service.account = "ba-dema";
    EXPECT_THAT(details_json(service), testing::Not(HasSubstr(R"("IdBillingAccount":"6773848")")));
    service.account = "12345678";
    EXPECT_THAT(details_json(service), HasSubstr(R"("IdBillingAccount":"12345678")"));
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST(Json, strings_escape_what_json_must) {
    const std::pair<std::string, std::string> cases[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"a\"b", R"("a\"b")"},
        {"a\\b", R"("a\\b")"},
        {"a\r\n\tb", R"("a\r\n\tb")"},
        {std::string("a\0b", 3), "\"a\\u0000b\""},
        {"\x1f", "\"\\u001f\""},
        {"\x7f/", "\"\x7f/\""},
        {"é€😀", "\"é€😀\""},
    };
    for (const auto& [raw, json] : cases) EXPECT_EQ(json_string(raw), json);
}

TEST(Json, strings_mend_what_is_no_utf_8) {
    const std::pair<std::string, std::string> cases[] = {
        {"a\xff"
         "b",
         "\"a\uFFFD"
         "b\""},
        {"\xc3", "\"\uFFFD\""},                                // ends within a character
        {"\xc3\"", "\"\uFFFD\\\"\""},                          // a quote after it is still a quote
        {"\xc0\xaf", "\"\uFFFD\uFFFD\""},                      // longer than need be
        {"\xed\xa0\x80", "\"\uFFFD\uFFFD\uFFFD\""},            // a surrogate
        {"\xf4\x90\x80\x80", "\"\uFFFD\uFFFD\uFFFD\uFFFD\""},  // beyond the last code point
        {"caf\xe9 é", "\"caf\uFFFD é\""},                      // Latin-1 beside UTF-8
    };
    for (const auto& [raw, json] : cases) EXPECT_EQ(json_string(raw), json);
}

TEST(Json, further_members_of_an_ingest_come_last) {
    Event event = ringing();
    event.extra = R"("ticket":42,"tags":["a","b"])";
    EXPECT_THAT(data_json(event, paris()),
                testing::EndsWith(R"("TsGet":1780000000238926800,"ticket":42,"tags":["a","b"]})"));
    Event empty;
    empty.protocol = Protocol::queues;
    empty.data = QueueData{};
    EXPECT_EQ(data_json(empty, paris()), "{}");
    empty.extra = R"("n":1)";
    EXPECT_EQ(data_json(empty, paris()), R"({"n":1})");
}

TEST(Json, queue_data_finds_what_it_was_given) {
    QueueData data;
    data.set("b", "1");
    data.set("a", "2");
    data.set("b", "3");
    EXPECT_EQ(data.get("a"), "2");
    EXPECT_EQ(data.get("b"), "3");
    EXPECT_EQ(data.get("c"), "");
    EXPECT_EQ(data.members.size(), 2U);
}

}  // namespace
}  // namespace callboard
