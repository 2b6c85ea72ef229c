#include "sources/ingest/ingest.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "event/json.hpp"

namespace callboard {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr Time kNow = time_from_nanoseconds(1'780'000'000'255'954'700);
constexpr const char* kLine = "0033972000001";
constexpr const char* kQueue = "0033972000002";
const std::string kEnvelope = R"("event":"start_ringing","service":"sip","ressource":"0033972000001")";
const std::string kQueueEnvelope =
    R"("event":"members-count","service":"queues","ressource":"0033972000002")";

class Ingest : public ::testing::Test {
  protected:
    static std::vector<Service> services() {
        Service line;
        line.account = "ba-demo";
        line.number = kLine;
        line.aliases = {"1001"};
        Service queue;
        queue.account = "ba-demo";
        queue.number = kQueue;
        queue.type = ServiceType::easy_hunting;
        return {line, queue};
    }

    Result<std::vector<Event>> parse(std::string_view body) { return parse_ingest(body, directory_, kNow); }
    /// The only event of `body`.
    Event one(const std::string& body) {
        auto events = parse(body);
        EXPECT_TRUE(events) << (events ? "" : events.error().what) << "\n" << body;
        if (!events || events->size() != 1) {
            ADD_FAILURE() << "not one event: " << body;
            return {};
        }
        return events->front();
    }
    Event line_event(const std::string& data) { return one("[{" + kEnvelope + ",\"data\":" + data + "}]"); }
    Event queue_event(const std::string& data) {
        return one("[{" + kQueueEnvelope + ",\"data\":" + data + "}]");
    }
    LineData line_data(const std::string& data) { return std::get<LineData>(line_event(data).data); }
    QueueData queue_data(const std::string& data) { return std::get<QueueData>(queue_event(data).data); }
    std::string error_of(std::string_view body) {
        const auto events = parse(body);
        if (events) return "accepted " + std::to_string(events->size());
        EXPECT_EQ(events.error().kind, Error::Kind::invalid);
        return events.error().what;
    }
    std::string line_error(const std::string& data) {
        return error_of("[{" + kEnvelope + ",\"data\":" + data + "}]");
    }
    std::string queue_error(const std::string& data) {
        return error_of("[{" + kQueueEnvelope + ",\"data\":" + data + "}]");
    }

    Directory directory_{{{"ba-demo", "Demo"}}, services()};
};

TEST_F(Ingest, ReadsALineEventOfTheService) {
    const Event event = one(R"json([
        {"event":"start_ringing","token":"11111111-2222-3333-4444-555555555555","service":"sip",
         "ressource":"0033972000001","timestamp":1,"date":"2015-03-05T12:24:30.255954 (CET)",
         "data":{"Billing":"0033972000009","Body":"SIP/2.0 180 Ringing","CallId":"01234-AB_sip.example.net",
                 "Called":"0033972000001","Calling":"0033612345678","Cseq":"102 INVITE",
                 "Datetime":"2026-05-28 22:26:40","Dialed":"0033972000003","Event":"start_ringing",
                 "Protocol":"sip","RelevantInfo":"486 Busy Here","Ts":"1780000000.102",
                 "TsGet":1780000000238926800},
         "details":{"Description":"Accueil"}}])json");
    EXPECT_EQ(event.name, "start_ringing");
    EXPECT_EQ(event.protocol, Protocol::sip);
    EXPECT_EQ(event.ressource, kLine);
    EXPECT_FALSE(event.native);
    EXPECT_EQ(event.extra, "");
    LineData expected;
    expected.billing = "0033972000009";
    expected.body = "SIP/2.0 180 Ringing";
    expected.call_id = "01234-AB_sip.example.net";
    expected.called = "0033972000001";
    expected.calling = "0033612345678";
    expected.cseq = "102 INVITE";
    expected.dialed = "0033972000003";
    expected.relevant_info = "486 Busy Here";
    expected.ts = time_from_nanoseconds(1'780'000'000'102'000'000);
    expected.ts_get = time_from_nanoseconds(1'780'000'000'238'926'800);
    EXPECT_EQ(std::get<LineData>(event.data), expected);
}

TEST_F(Ingest, ReadsAQueueEvent) {
    const QueueData data = queue_data(
        R"({"Action":"members-count","Queue":"0033972000002","Count":2,"QueueSelection":"Single-Queue",
            "QueueAgentBridged":true,"Protocol":"sip","Ts":"1559904796"})");
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"Action", "members-count"},   {"Count", "2"},
        {"Protocol", "sip"},           {"Queue", "0033972000002"},
        {"QueueAgentBridged", "true"}, {"QueueSelection", "Single-Queue"},
        {"Ts", "1559904796"}};
    EXPECT_EQ(data.members, expected);
}

TEST_F(Ingest, MakesWhatIsNotSaid) {
    LineData line;
    line.billing = kLine;
    line.ts = line.ts_get = kNow;
    EXPECT_EQ(line_data("{}"), line);
    const std::vector<std::pair<std::string, std::string>> members = {
        {"Action", "members-count"}, {"Protocol", "sip"}, {"Queue", kQueue}, {"Ts", "1780000000"}};
    EXPECT_EQ(queue_data("{}").members, members);
}

TEST_F(Ingest, AcceptsNoEventsAndKeepsTheOrderOfMany) {
    EXPECT_EQ(parse("[]")->size(), 0U);
    EXPECT_EQ(parse(" \n[ ] \n")->size(), 0U);
    std::string body = "[";
    for (int i = 0; i < 500; ++i)
        body += fmt::format(R"({}{{{},"data":{{"CallId":"{}"}}}})", i > 0 ? "," : "", kEnvelope, i);
    const auto events = parse(body + "]");
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 500U);
    for (std::size_t i = 0; i < 500; ++i)
        EXPECT_EQ(std::get<LineData>((*events)[i].data).call_id, std::to_string(i));
}

TEST_F(Ingest, AcceptsTheMembersInAnyOrder) {
    const Event event = one(
        R"([{"data":{"CallId":"a"},"ressource":"0033972000001","service":"mgcp","event":"end_ringing"}])");
    EXPECT_EQ(event.protocol, Protocol::mgcp);
    EXPECT_EQ(std::get<LineData>(event.data).call_id, "a");
}

TEST_F(Ingest, TakesTimesAsTextOrNumber) {
    const std::vector<std::pair<std::string, std::int64_t>> seconds = {
        {R"("1425554670.102")", 1'425'554'670'102'000'000},
        {"1425554670.102", 1'425'554'670'102'000'000},
        {"1425554670", 1'425'554'670'000'000'000},
        {R"("1425554670.123456789")", 1'425'554'670'123'456'789},
        {R"("1425554670.1234567899")", 1'425'554'670'123'456'789},
        {R"("0")", 0},
        {"9000000000", 9'000'000'000'000'000'000},
    };
    for (const auto& [text, expected] : seconds)
        EXPECT_EQ(nanoseconds_since_epoch(line_data("{\"Ts\":" + text + "}").ts), expected) << text;
    for (const char* text : {"1780000000238926801", R"("1780000000238926801")"})
        EXPECT_EQ(nanoseconds_since_epoch(line_data(fmt::format("{{\"TsGet\":{}}}", text)).ts_get),
                  1'780'000'000'238'926'801)
            << text;
    for (const char* text : {"1559904796", R"("1559904796")", "1559904796.9", R"("1559904796.001")"})
        EXPECT_EQ(queue_data(fmt::format("{{\"Ts\":{}}}", text)).get("Ts"), "1559904796") << text;
}

TEST_F(Ingest, RefusesTimesThatAreNone) {
    for (const char* text : {"-1", R"("-0.5")", R"("")", R"("soon")", "1e9", R"("1.2.3")",
                             R"("1780000000,5")", "9000000001", "true", "null", "[1]", "{}", R"("1 ")"}) {
        EXPECT_EQ(line_error(fmt::format("{{\"Ts\":{}}}", text)),
                  "element 0: \"data.Ts\" must be seconds since 1970")
            << text;
        EXPECT_EQ(queue_error(fmt::format("{{\"Ts\":{}}}", text)),
                  "element 0: \"data.Ts\" must be seconds since 1970")
            << text;
    }
    for (const char* text : {"-1", "1.5", "1e18", R"("x")", "9223372036854775808", "null", "[]"})
        EXPECT_EQ(line_error(fmt::format("{{\"TsGet\":{}}}", text)),
                  "element 0: \"data.TsGet\" must be nanoseconds since 1970")
            << text;
}

TEST_F(Ingest, KeepsFurtherMembersAsTheyAreWritten) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {R"({"zeta":1,"alpha":2})", R"("zeta":1,"alpha":2)"},
        {R"({"price": 1.50 , "big": 12345678901234567890 ,"tiny":-0.0,"power":1E+2})",
         R"("price":1.50,"big":12345678901234567890,"tiny":-0.0,"power":1E+2)"},
        {R"({"a":null,"b":true,"c":false})", R"("a":null,"b":true,"c":false)"},
        {"{\"card\" : {\"name\" :\n \"Ann  B\",\r\n \"tags\":[ 1 , [ ] , {} ] } }",
         R"("card":{"name":"Ann  B","tags":[1,[],{}]})"},
        {R"({"CallId":"x","note":"a\nb \"c\" é","Called":"y"})", R"("note":"a\nb \"c\" é")"},
        {R"({"with \"quotes\"":"x"})", R"("with \"quotes\"":"x")"},
        {R"({"callid":"case counts"})", R"("callid":"case counts")"},
        {R"({"":0})", R"("":0)"},
    };
    for (const auto& [data, extra] : cases) EXPECT_EQ(line_event(data).extra, extra) << data;
    const Event queue =
        queue_event(R"({"Skills":["fr", "en"],"Nothing":null,"Deep":{"a":{"b":1}},"Number":7})");
    EXPECT_EQ(queue.extra, R"("Skills":["fr","en"],"Nothing":null,"Deep":{"a":{"b":1}})");
    EXPECT_EQ(std::get<QueueData>(queue.data).get("Number"), "7");
}

TEST_F(Ingest, IgnoresWhatFollowsFromTheRest) {
    const Event event = one(
        R"([{"event":"registered","service":"sip","ressource":"0033972000001","token":null,"timestamp":"x",
             "date":7,"details":[],"priority":{"not":"of the protocol"},
             "data":{"Event":"other","Protocol":"mgcp","Datetime":0}}])");
    EXPECT_EQ(event.name, "registered");
    EXPECT_EQ(event.extra, "");
}

TEST_F(Ingest, KnowsNativeEventsByTheirNames) {
    for (const auto& [name, native] : {std::pair{"call_failed", true},
                                       {"unregistered", true},
                                       {"end_calling", false},
                                       {"my.own-event_2", false}})
        EXPECT_EQ(one(fmt::format(R"([{{"event":"{}","service":"sip","ressource":"{}","data":{{}}}}])", name,
                                  kLine))
                      .native,
                  native)
            << name;
}

TEST_F(Ingest, UnescapesText) {
    const LineData data = line_data(R"({"Calling":"é\u00e9\ud83d\ude00\/\u0000\t","Body":""})");
    EXPECT_EQ(data.calling, std::string("éé😀/\0\t", 11));
    EXPECT_EQ(line_data(R"({"Call\u0049d":"escaped name"})").call_id, "escaped name");
}

TEST_F(Ingest, NamesIndexAndFieldOfWhatIsWrong) {
    const std::string good = "{" + kEnvelope + R"(,"data":{}})";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {R"({"service":"sip","ressource":"0033972000001","data":{}})", R"("event" is missing)"},
        {R"({"event":"x","ressource":"0033972000001","data":{}})", R"("service" is missing)"},
        {R"({"event":"x","service":"sip","data":{}})", R"("ressource" is missing)"},
        {R"({"event":"x","service":"sip","ressource":"0033972000001"})", R"("data" is missing)"},
        {R"({"Event":"x","Service":"sip","Ressource":"0033972000001","Data":{}})", R"("event" is missing)"},
        {"{}", R"("event" is missing)"},
        {"7", "it must be an object"},
        {"null", "it must be an object"},
        {"[]", "it must be an object"},
        {R"("text")", "it must be an object"},
        {R"({"event":7,"service":"sip","ressource":"0033972000001","data":{}})",
         R"("event" must be a string)"},
        {R"({"event":null,"service":"sip"})", R"("event" must be a string)"},
        {R"({"event":"","service":"sip","ressource":"0033972000001","data":{}})",
         R"("event" must be 1 to 64 letters, digits, "_", "-" or ".")"},
        {R"({"event":"a b","service":"sip","ressource":"0033972000001","data":{}})",
         R"("event" must be 1 to 64 letters, digits, "_", "-" or ".")"},
        {R"({"event":")" + std::string(65, 'e') +
             R"(","service":"sip","ressource":"0033972000001","data":{}})",
         R"("event" must be 1 to 64 letters, digits, "_", "-" or ".")"},
        {R"({"event":"x","service":"SIP","ressource":"0033972000001","data":{}})",
         R"("service" must be "sip", "mgcp" or "queues")"},
        {R"({"event":"x","service":["sip"],"ressource":"0033972000001","data":{}})",
         R"("service" must be a string)"},
        {R"({"event":"x","service":"sip","ressource":33972000001,"data":{}})",
         R"("ressource" must be a string)"},
        {R"({"event":"x","service":"sip","ressource":"0033972000009","data":{}})",
         R"("ressource" is no line or queue of the configuration)"},
        {R"({"event":"x","service":"sip","ressource":"1001","data":{}})",
         R"("ressource" is no line or queue of the configuration)"},
        {R"({"event":"x","service":"sip","ressource":"0033972000002","data":{}})",
         R"("ressource" is a queue, so "service" must be "queues")"},
        {R"({"event":"x","service":"queues","ressource":"0033972000001","data":{}})",
         R"("ressource" is a line, so "service" must be "sip" or "mgcp")"},
        {"{" + kEnvelope + R"(,"data":[]})", R"("data" must be an object)"},
        {"{" + kEnvelope + R"(,"data":"{}"})", R"("data" must be an object)"},
        {"{" + kEnvelope + R"(,"data":null})", R"("data" must be an object)"},
        {"{" + kEnvelope + R"(,"data":{},"data":{}})", R"("data" is there twice)"},
        {"{" + kEnvelope + R"(,"event":"y","data":{}})", R"("event" is there twice)"},
        {"{" + kEnvelope + R"(,"data":{"CallId":"a","CallId":"a"}})", R"("data.CallId" is there twice)"},
        {"{" + kEnvelope + R"(,"data":{"mine":1,"mine":2}})", R"("data.mine" is there twice)"},
        {"{" + kEnvelope + R"(,"data":{"CallId":7}})", R"("data.CallId" must be a string)"},
        {"{" + kEnvelope + R"(,"data":{"Calling":null}})", R"("data.Calling" must be a string)"},
        {"{" + kEnvelope + R"(,"data":{"RelevantInfo":{}}})", R"("data.RelevantInfo" must be a string)"},
    };
    for (const auto& [element, what] : cases) {
        EXPECT_EQ(error_of("[" + element + "]"), "element 0: " + what) << element;
        EXPECT_EQ(error_of("[" + good + "," + good + "," + good + "," + element + "," + good + "]"),
                  "element 3: " + what)
            << element;
    }
}

TEST_F(Ingest, RefusesABodyThatIsNoArrayOfJson) {
    const std::string good = "[{" + kEnvelope + R"(,"data":{"a":1}}])";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "the body is empty; post an array of events"},
        {" \n", "the body is empty; post an array of events"},
        {"{}", "the body must be an array of events"},
        {"{" + kEnvelope + R"(,"data":{}})", "the body must be an array of events"},
        {"\"text\"", "the body must be an array of events"},
        {"null", "the body must be an array of events"},
        {good + "x", "the body is not JSON"},
        {good + good, "the body is not JSON"},
        {"[{" + kEnvelope + R"(,"data":{"a":1,}}])", "the body is not JSON"},
        {"[{" + kEnvelope + R"(,"data":{"a" 1}}])", "the body is not JSON"},
        {"[{" + kEnvelope + R"(,"data":{"extra":{"deep":[1,,2]}}}])", "the body is not JSON"},
        {"[{" + kEnvelope + R"(,"data":{"extra":tru}}])", "the body is not JSON"},
        {"[{" + kEnvelope + R"(,"data":{"a":"\ud800"}}])", "the body is not JSON"},
        {"[{" + kEnvelope + ",\"data\":{\"a\":\"line\nend\"}}]", "the body is not JSON"},
        {"[{" + kEnvelope + R"(,"data":{"a":01}}])",
         "the body has a number that is malformed or out of range"},
        {"[{" + kEnvelope + R"(,"data":{"a":1e999}}])",
         "the body has a number that is malformed or out of range"},
        {"[{" + kEnvelope + R"(,"data":{"a":123456789012345678901}}])",
         "the body has a number that is malformed or out of range"},
        {"[{" + kEnvelope + ",\"data\":{\"a\":\"\xFF\"}}]", "the body is not UTF-8"},
        {"[{" + kEnvelope + ",\"data\":{\"a\":\"\xC3\"}}]", "the body is not UTF-8"},
    };
    for (const auto& [body, what] : cases) EXPECT_THAT(error_of(body), StartsWith(what)) << body;
}

TEST_F(Ingest, RefusesEveryTruncationOfABody) {
    const std::string body = "[{" + kEnvelope +
                             R"(,"data":{"CallId":"x","Ts":"1.5","extra":{"a":[1,2.5,"\u00e9"]}}},{)" +
                             kQueueEnvelope + R"(,"data":{"Count":2}}])";
    ASSERT_TRUE(parse(body));
    for (std::size_t length = 0; length < body.size(); ++length)
        // Memory of its very own length, so that a read behind it is found out.
        EXPECT_FALSE(parse(std::string(body.data(), length))) << length;
}

TEST_F(Ingest, SurvivesAnyDamagedByte) {
    const std::string body =
        "[{" + kEnvelope + R"(,"data":{"CallId":"x","Ts":"1.5","extra":{"a":[1,"é"]}}}])";
    EXPECT_TRUE(rc::check([&] {
        std::string damaged = body;
        for (int i = 0; i < 3; ++i)
            damaged[*rc::gen::inRange<std::size_t>(0, body.size())] = *rc::gen::arbitrary<char>();
        const auto events = parse(damaged);
        RC_ASSERT(events || !events.error().what.empty());
    }));
}

TEST_F(Ingest, BoundsTheBody) {
    const auto nested = [](std::size_t depth) {
        return "[{" + kEnvelope + ",\"data\":{\"deep\":" + std::string(depth, '[') + std::string(depth, ']') +
               "}}]";
    };
    EXPECT_EQ(error_of(nested(1)), "accepted 1");
    EXPECT_EQ(error_of(nested(20)), "accepted 1");
    EXPECT_EQ(error_of(nested(40)), "the body is nested deeper than 32");
    EXPECT_EQ(error_of(std::string(1'000'000, '[') + std::string(1'000'000, ']')),
              "the body is nested deeper than 32");

    EXPECT_EQ(error_of(std::string(IngestLimits::kLongestBody + 1, ' ')),
              "the body is longer than 8 MiB; post it in parts");
    const std::string event = "[{" + kEnvelope + R"(,"data":{}}])";
    EXPECT_EQ(error_of(std::string(IngestLimits::kLongestBody - event.size(), ' ') + event), "accepted 1");
}

TEST_F(Ingest, BoundsTheNumberOfEvents) {
    const std::string event = "{" + kEnvelope + R"(,"data":{}})";
    std::string body = "[" + event;
    for (std::size_t i = 1; i < IngestLimits::kMostEvents; ++i) body += "," + event;
    EXPECT_EQ(error_of(body + "]"), "accepted 10000");
    EXPECT_EQ(error_of(body + "," + event + "]"), "more than 10000 events; post them in parts");
}

TEST_F(Ingest, BoundsTheDataOfAnEvent) {
    const auto members = [](std::size_t count) {
        std::string data = "{";
        for (std::size_t i = 0; i < count; ++i) data += fmt::format("{}\"m{}\":{}", i > 0 ? "," : "", i, i);
        return data + "}";
    };
    EXPECT_EQ(line_error(members(100)), "accepted 1");
    EXPECT_EQ(line_error(members(101)), "element 0: \"data\" has more than 100 members");
    EXPECT_EQ(queue_error(members(101)), "element 0: \"data\" has more than 100 members");
    EXPECT_EQ(line_error("{\"Body\":\"" + std::string(60'000, 'x') + "\"}"), "accepted 1");
    EXPECT_EQ(line_error("{\"Body\":\"" + std::string(70'000, 'x') + "\"}"),
              "element 0: \"data\" is longer than 65536 bytes");
    EXPECT_EQ(line_error("{\"" + std::string(64, 'n') + "\":1}"), "accepted 1");
    EXPECT_EQ(line_error("{\"" + std::string(65, 'n') + "\":1}"),
              "element 0: a member of \"data\" has a name of more than 64 bytes");
}

// What the service tells as version 2 can be posted to it and is the same event.

std::string as_version_2(const Event& event, const Service& service) {
    const TimeZone zone = TimeZone::utc();
    const Encoded encoded = encode(record_of(event, service, kNow, zone), zone);
    return "[" + encoded.v2_before + "T" + encoded.v2_after + "]";
}

rc::Gen<std::string> text() {
    return rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::inRange<char>(0, 127), rc::gen::element('"', '\\', '/', '\n')));
}

rc::Gen<std::string> extra() {
    return rc::gen::element<std::string>(
        "", R"("mine":1.50)", R"("card":{"id":7,"tags":["a",null]},"vip":[true])", R"("note \"x\"":[])");
}

TEST_F(Ingest, ReadsBackEveryLineEventThatTheServiceTells) {
    EXPECT_TRUE(rc::check([&] {
        LineData data;
        for (auto* field : {&data.billing, &data.body, &data.call_id, &data.called, &data.calling, &data.cseq,
                            &data.dialed, &data.relevant_info})
            *field = *text();
        data.ts = time_from_nanoseconds(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000) * 1'000'000);
        data.ts_get = time_from_nanoseconds(*rc::gen::inRange<std::int64_t>(0, INT64_MAX));
        Event event;
        event.name = *rc::gen::element<std::string>("start_ringing", "end_hold", "call_failed", "own-event");
        event.native = event.name == "call_failed";
        event.protocol = *rc::gen::element(Protocol::sip, Protocol::mgcp);
        event.ressource = kLine;
        event.data = data;
        event.extra = *extra();
        RC_ASSERT(one(as_version_2(event, directory_.services()[0])) == event);
    }));
}

TEST_F(Ingest, ReadsBackEveryQueueEventThatTheServiceTells) {
    EXPECT_TRUE(rc::check([&] {
        QueueData data;
        const auto names = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
            "Agent", "Calling", "Count", "QueueAgent", "QueueMemberUUID", "Own"));
        for (const auto& name : names) data.set(name, *text());
        data.set("Action", *text());
        data.set("Protocol", *text());
        data.set("Queue", kQueue);
        data.set("Ts", std::to_string(*rc::gen::inRange<std::int64_t>(0, 9'000'000'000)));
        Event event;
        event.name = "agent-offering";
        event.protocol = Protocol::queues;
        event.ressource = kQueue;
        event.data = data;
        event.extra = *extra();
        // A number that stands alone in a queue's data becomes text, as all of them are.
        if (event.extra == R"("mine":1.50)") event.extra.clear();
        RC_ASSERT(one(as_version_2(event, directory_.services()[1])) == event);
    }));
}

}  // namespace
}  // namespace callboard
