#include "delivery/webhook/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include "event/json.hpp"

namespace callboard::webhook {
namespace {

constexpr Time kNow = time_from_nanoseconds(1'780'000'000'255'954'700);

Record line_record() {
    Service service;
    service.account = "ba-demo";
    service.number = service.description = "0033972000001";
    service.id = "1";
    Event event;
    event.name = "start_ringing";
    event.ressource = service.number;
    LineData data;
    data.calling = "0033612345678";
    data.called = data.billing = service.number;
    data.dialed = "0033972000009";
    data.call_id = "call-1";
    event.data = data;
    Record record = record_of(event, service, kNow, TimeZone::utc());
    record.sequence = 42;
    return record;
}

Record queue_record(std::string data) {
    Record record;
    record.sequence = 43;
    record.timestamp = kNow;
    record.protocol = Protocol::queues;
    record.name = "agent-offering";
    record.ressource = "0033972000002";
    record.data = std::move(data);
    record.details = "{}";
    return record;
}

TEST(Message, SaysWhatPlaceholdersStandFor) {
    const Message made = message_of(line_record(), TimeZone::utc());
    EXPECT_EQ(made.sequence, 42U);
    EXPECT_EQ(made.event, "start_ringing");
    EXPECT_EQ(made.calling, "0033612345678");
    EXPECT_EQ(made.called, "0033972000001");
    EXPECT_EQ(made.dialed, "0033972000009");
    EXPECT_EQ(made.call_id, "call-1");
    EXPECT_EQ(made.queue, "");
    EXPECT_EQ(made.agent, "");
}

TEST(Message, ItsBodyIsTheEventInVersionTwo) {
    const Message made = message_of(line_record(), TimeZone::utc());
    simdjson::dom::parser parser;
    simdjson::dom::object body;
    ASSERT_EQ(parser.parse(made.body).get(body), simdjson::SUCCESS) << made.body;
    std::vector<std::string> names;
    for (const auto member : body) names.emplace_back(member.key);
    EXPECT_THAT(names, testing::ElementsAre("event", "token", "service", "ressource", "timestamp", "date",
                                            "data", "details"));
    std::string_view token = "unread";
    ASSERT_EQ(body["token"].get(token), simdjson::SUCCESS);
    EXPECT_EQ(token, "");
    std::string_view calling;
    ASSERT_EQ(body["data"]["Calling"].get(calling), simdjson::SUCCESS);
    EXPECT_EQ(calling, "0033612345678");
}

TEST(Message, AQueuesIsAboutItsCaller) {
    const Message made = message_of(
        queue_record(R"({"Agent":"0033972000001","Calling":"0033612345678","Queue":"0033972000002",)"
                     R"("QueueAgent":"agent_0033972000001_4242","QueueMemberUUID":"member-1"})"),
        TimeZone::utc());
    EXPECT_EQ(made.calling, "0033612345678");
    EXPECT_EQ(made.called, "0033972000002");
    EXPECT_EQ(made.dialed, "0033972000002");
    EXPECT_EQ(made.queue, "0033972000002");
    EXPECT_EQ(made.agent, "0033972000001");
    EXPECT_EQ(made.call_id, "member-1");
    const Message other =
        message_of(queue_record(R"({"QueueAgent":"agent_0033972000001_4242"})"), TimeZone::utc());
    EXPECT_EQ(other.agent, "agent_0033972000001_4242");
    EXPECT_EQ(other.queue, "0033972000002");
}

TEST(Message, DamagedDataLeavesPlaceholdersEmpty) {
    const Message made = message_of(queue_record("{damaged"), TimeZone::utc());
    EXPECT_EQ(made.event, "agent-offering");
    EXPECT_EQ(made.calling, "");
}

TEST(Message, SubjectIsTheCallElseTheAgentElseTheNumber) {
    Message a, b;
    a.call_id = b.call_id = "1";
    b.agent = "x";
    b.queue = "q";
    EXPECT_EQ(subject_of(a), subject_of(b));
    b.call_id = "2";
    EXPECT_NE(subject_of(a), subject_of(b));
    a.call_id = b.call_id = "";
    a.agent = "x";
    EXPECT_EQ(subject_of(a), subject_of(b)) << "whatever queue";
    a.agent = b.agent = "";
    a.called = "q";
    EXPECT_EQ(subject_of(a), subject_of(b));
    Message call, agent;
    call.call_id = agent.agent = "same";
    EXPECT_NE(subject_of(call), subject_of(agent));
    EXPECT_EQ(subject_of(call), 0x67CDE6CD6969C1F5U) << "the same in every process and version";
}

TEST(Message, IsReadBackAsItWasPacked) {
    const bool held = rc::check([](std::uint64_t sequence, const std::vector<std::string>& texts) {
        Message made;
        made.sequence = sequence;
        const auto text = [&](std::size_t i) { return i < texts.size() ? texts[i] : std::string(); };
        made.event = text(0);
        made.calling = text(1);
        made.called = text(2);
        made.dialed = text(3);
        made.queue = text(4);
        made.agent = text(5);
        made.call_id = text(6);
        made.body = text(7);
        const std::string bytes = packed(made);
        RC_ASSERT(unpacked(bytes) == made);
        RC_ASSERT(!unpacked(std::string_view(bytes).substr(0, bytes.size() - 1)));
        RC_ASSERT(!unpacked(bytes + "x"));
    });
    EXPECT_TRUE(held);
    EXPECT_FALSE(unpacked(""));
}

TEST(Message, ATestIsOfNoCall) {
    const Message made = test_message("0033972000001", kNow, TimeZone::utc());
    EXPECT_EQ(made.event, "webhook.test");
    EXPECT_EQ(made.sequence, 0U);
    EXPECT_EQ(made.called, "0033972000001");
    EXPECT_THAT(made.body, testing::HasSubstr(R"("event":"webhook.test")"));
}

}  // namespace
}  // namespace callboard::webhook
