#include "sources/ovh/ovh_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "event/json.hpp"
#include "sources/ovh/ovh_for_test.hpp"

namespace callboard {
namespace {

using test::kLine;
using test::kNow;
using test::kQueue;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kRinging =
    R"json({"Event":"start_ringing","Token":"11111111-2222-3333-4444-555555555555","Service":"sip",
"Ressource":"0033972000001","Timestamp":1780000000255954700,"Date":"2026-05-28T22:26:40.255954 (CEST)",
"Data":{"Billing":"0033972000001","Body":"SIP/2.0 180 Ringing","CallId":"01234-AB_sip.example.net",
"Called":"0033972000001","Calling":"0033612345678","Cseq":"102 INVITE","Datetime":"2026-05-28 22:26:40",
"Dialed":"0033972000001","Event":"start_ringing","Protocol":"sip","RelevantInfo":"","Ts":"1780000000.102",
"TsGet":1780000000238926800,"NewMember":{"a":[1.50]}},
"Details":{"Description":"Accueil","Id":"295000","IdBillingAccount":"59000","SimultaneousLine":"2",
"Type":"sipCirpack"}})json";

OvhAnswer v1(std::string_view body) {
    auto answer = parse_ovh_v1(body, test::directory(), kNow);
    EXPECT_TRUE(answer) << answer.error().what;
    return answer ? *answer : OvhAnswer{};
}
OvhAnswer v2(std::string_view body) {
    auto answer = parse_ovh_v2(body, test::directory(), kNow);
    EXPECT_TRUE(answer) << answer.error().what;
    return answer ? *answer : OvhAnswer{};
}

TEST(OvhAnswer, HasWhatVersion1Tells) {
    const auto answer = v1(R"({"Session":"Xk3f","Message":"","Events":[)" + kRinging + "]}");
    EXPECT_EQ(answer.session, "Xk3f");
    EXPECT_EQ(answer.message, "");
    ASSERT_THAT(answer.events, SizeIs(1));
    EXPECT_EQ(answer.events[0].timestamp, 1'780'000'000'255'954'700);
    const Event& event = answer.events[0].event;
    EXPECT_EQ(event.name, "start_ringing");
    EXPECT_EQ(event.protocol, Protocol::sip);
    EXPECT_EQ(event.ressource, kLine);
    EXPECT_FALSE(event.native);
    const auto& line = std::get<LineData>(event.data);
    EXPECT_EQ(line.call_id, "01234-AB_sip.example.net");
    EXPECT_EQ(line.calling, "0033612345678");
    EXPECT_EQ(nanoseconds_since_epoch(line.ts), 1'780'000'000'102'000'000);
    EXPECT_EQ(nanoseconds_since_epoch(line.ts_get), 1'780'000'000'238'926'800);
    EXPECT_EQ(event.extra, R"("NewMember":{"a":[1.50]})") << "what we do not know is kept as it was written";
}

TEST(OvhAnswer, HasWhatVersion2Tells) {
    const auto answer = v2(
        R"json([{"event":"member-queue-end","token":"t","service":"queues","ressource":"0033972000002",
        "timestamp":1780000100000000000,"date":"2026-05-28T22:28:20.000000 (CEST)",
        "data":{"Action":"member-queue-end","Agent":"0033972000001","Queue":"0033972000002","QueueCause":"Terminated",
        "QueueHangupCause":"SUCCESS","Ts":"1780000100"},"details":{}}])json");
    ASSERT_THAT(answer.events, SizeIs(1));
    EXPECT_EQ(answer.events[0].timestamp, 1'780'000'100'000'000'000);
    const Event& event = answer.events[0].event;
    EXPECT_EQ(event.protocol, Protocol::queues);
    EXPECT_EQ(event.ressource, kQueue);
    const auto& queue = std::get<QueueData>(event.data);
    EXPECT_EQ(queue.get("QueueCause"), "Terminated");
    EXPECT_EQ(queue.get("Ts"), "1780000100");
}

TEST(OvhAnswer, MayHaveNoEvents) {
    EXPECT_EQ(v1(R"({"Session":"s","Message":"Timeout, please reconnect","Events":[]})").message,
              kOvhTimeout);
    EXPECT_EQ(v1(R"({"Session":"s","Events":null})").session, "s");
    EXPECT_EQ(v1(R"({"Session":null,"Message":null,"Events":[]})").session, "");
    EXPECT_EQ(v1(R"({"Session":"s"})").session, "s");
    for (const char* body :
         {"[]", " [ ] ", "null", "Timeout, please reconnect", "Timeout, please reconnect\n"})
        EXPECT_THAT(v2(body).events, IsEmpty()) << body;
}

TEST(OvhAnswer, OneWrongEventSpoilsNoOther) {
    const auto answer =
        v1(R"({"Session":"s","Events":[1,{},null,{"Event":"x","Service":"sip","Ressource":1,"Data":{}},)"
           R"({"Event":"a b","Service":"sip","Ressource":"0033972000001","Data":{}},)" +
           kRinging + R"(,{"Event":"x","Service":"sip","Ressource":"0033972000001","Data":[]}]})");
    EXPECT_THAT(answer.events, SizeIs(1));
    EXPECT_THAT(answer.unreadable, SizeIs(6));
}

TEST(OvhAnswer, NamesNumbersThatAreNotOurs) {
    const auto answer = v1(
        R"({"Session":"s","Events":[{"Event":"x","Service":"sip","Ressource":"0033972999999","Data":{}}]})");
    EXPECT_THAT(answer.events, IsEmpty());
    EXPECT_THAT(answer.unknown, ElementsAre("0033972999999"));
}

TEST(OvhAnswer, LeavesOutWhatTheServiceDoesNotTell) {
    for (const char* name : {"call_failed", "unregistered"}) {
        const auto answer = v1(std::string(R"({"Session":"s","Events":[{"Event":")") + name +
                               R"(","Service":"sip","Ressource":"0033972000001","Data":{}}]})");
        EXPECT_THAT(answer.events, IsEmpty());
        EXPECT_THAT(answer.unreadable, SizeIs(1));
    }
}

TEST(OvhAnswer, TellsWhatIsNone) {
    for (const char* body : {"", " ", "{", "[]", "1", "\"x\"", "<html>", "{}", R"({"session":"s"})",
                             R"({"Session":1,"Events":[]})", R"({"Session":"s","Events":{}})",
                             R"({"Session":"s","Message":[],"Events":[]})", "{\"Session\":\"\xff\"}",
                             R"({"Session":"s","Events":[]} x)"}) {
        const auto answer = parse_ovh_v1(body, test::directory(), kNow);
        ASSERT_FALSE(answer) << body;
        EXPECT_EQ(answer.error().kind, Error::Kind::invalid);
        EXPECT_THAT(answer.error().what, HasSubstr("none of the event service"));
    }
    for (const char* body : {"", "{}", "1", "timeout", "[", "[1,]", "<html>"})
        EXPECT_FALSE(parse_ovh_v2(body, test::directory(), kNow)) << body;
    EXPECT_FALSE(parse_ovh_v1(
        R"({"Session":")" + std::string(OvhAnswer::kLongestSession + 1, 'x') + R"(","Events":[]})",
        test::directory(), kNow));
    EXPECT_FALSE(parse_ovh_v2(std::string(1'000, '[') + std::string(1'000, ']'), test::directory(), kNow));
    EXPECT_FALSE(parse_ovh_v2(std::string(OvhAnswer::kLongest + 1, ' '), test::directory(), kNow));
}

TEST(OvhAnswer, KnowsASession) {
    EXPECT_EQ(*parse_ovh_session(R"({"id":"BkfFH11M1cf7","creation":"2026"})"), "BkfFH11M1cf7");
    for (const char* body : {"", "{}", "[]", R"({"id":1})", R"({"id":""})", R"({"id":"a/b"})",
                             R"({"id":"a?b"})", R"({"id":"../x"})", R"({"id":"a\nb"})"})
        EXPECT_FALSE(parse_ovh_session(body)) << body;
}

TEST(OvhAnswer, SaysWhyInOneLine) {
    EXPECT_EQ(ovh_reason(R"({"Session":"","Message":"revoked","Events":[]})"), "revoked");
    EXPECT_EQ(ovh_reason(R"({"message":"no"})"), "no");
    EXPECT_EQ(ovh_reason("Session not found\n"), "Session not found");
    EXPECT_EQ(ovh_reason("a\r\nb\x1b[31m"), "a  b [31m");
    EXPECT_EQ(ovh_reason(""), "no reason given");
    EXPECT_EQ(ovh_reason(std::string(1'000, 'x')).size(), 200U);
}

/// A record as this program serves it.
Record record(const std::string& call_id, const std::string& info, std::int64_t ts) {
    Event event;
    event.name = event_name::end_ringing;
    event.ressource = kLine;
    LineData line;
    line.billing = line.called = kLine;
    line.call_id = call_id;
    line.relevant_info = info;
    line.ts = line.ts_get = time_from_nanoseconds(ts * 1'000'000);
    event.data = line;
    return record_of(event, *test::directory().by_number(kLine), kNow, *TimeZone::named("Europe/Paris"));
}

RC_GTEST_PROP(OvhAnswer, WhatWeServeIsReadBackTheSame,
              (const std::vector<std::pair<std::string, std::string>>& calls)) {
    const auto zone = *TimeZone::named("Europe/Paris");
    std::string first = R"({"Session":"s","Message":"","Events":[)", second = "[";
    std::vector<std::string> served;
    for (const auto& [call_id, info] : calls) {
        const auto one = record(call_id, info, static_cast<std::int64_t>(1'780'000'000'000 + served.size()));
        const auto encoded = encode(one, zone);
        if (!served.empty()) first += ',', second += ',';
        first += encoded.v1_before + "T" + encoded.v1_after;
        second += encoded.v2_before + "T" + encoded.v2_after;
        served.push_back(one.data);
    }
    for (const auto& answer : {parse_ovh_v1(first + "]}", test::directory(), kNow),
                               parse_ovh_v2(second + "]", test::directory(), kNow)}) {
        RC_ASSERT(answer.has_value());
        std::vector<std::string> read;
        for (const auto& told : answer->events) {
            RC_ASSERT(told.timestamp == nanoseconds_since_epoch(kNow));
            read.push_back(data_json(told.event, zone));
        }
        RC_ASSERT(read == served);
    }
}

}  // namespace
}  // namespace callboard
