#include "delivery/access.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

Record queue_record(std::string data) {
    Record record;
    record.protocol = Protocol::queues;
    record.account = "ba";
    record.ressource = "0033972000002";
    record.data = std::move(data);
    return record;
}

TEST(Grant, CoversItsAccountOrItsService) {
    const Record record = queue_record("{}");
    EXPECT_TRUE((Grant{"ba", "", {}}.covers(record)));
    EXPECT_TRUE((Grant{"ba", "0033972000002", {}}.covers(record)));
    EXPECT_FALSE((Grant{"ba", "0033972000001", {}}.covers(record)));
    EXPECT_FALSE((Grant{"other", "", {}}.covers(record)));
    EXPECT_FALSE((Grant{"other", "0033972000002", {}}.covers(record)));
}

TEST(Grant, CoversServicesAsItsEvents) {
    Service queue;
    queue.account = "ba";
    queue.number = "0033972000002";
    EXPECT_TRUE((Grant{"ba", "", {}}.covers(queue)));
    EXPECT_TRUE((Grant{"ba", "0033972000002", {}, "4242"}.covers(queue)));
    EXPECT_FALSE((Grant{"ba", "0033972000001", {}}.covers(queue)));
    EXPECT_FALSE((Grant{"other", "", {}}.covers(queue)));
}

TEST(Grant, OfAnAgentCoversWhatConcernsTheAgent) {
    const Grant grant{"ba", "0033972000002", {}, "4242"};
    EXPECT_TRUE(grant.covers(queue_record(R"({"QueueAgent":"agent_0033972000001_4242"})")));
    EXPECT_TRUE(grant.covers(queue_record(R"({"Action":"agent-offering","QueueAgent":"4242","Ts":"1"})")));
    EXPECT_FALSE(grant.covers(queue_record(R"({"Action":"member-queue-start"})")));
    EXPECT_FALSE(grant.covers(queue_record(R"({"QueueAgent":"agent_0033972000001_14242"})")));
    EXPECT_FALSE(grant.covers(queue_record(R"({"QueueAgent":"_4242"})")));
    EXPECT_FALSE(grant.covers(queue_record(R"({"QueueAgent":""})")));

    Record elsewhere = queue_record(R"({"QueueAgent":"agent_0033972000001_4242"})");
    elsewhere.ressource = "0033972000003";
    EXPECT_FALSE(grant.covers(elsewhere));
}

TEST(Grant, AnAgentIsKnownByItsNumberToo) {
    const Grant grant{"ba", "0033972000002", {}, "0033972000001"};
    EXPECT_TRUE(
        grant.covers(queue_record(R"({"Agent":"0033972000001","QueueAgent":"agent_0033972000001_4242"})")));
    EXPECT_FALSE(grant.covers(queue_record(R"({"Calling":"0033972000001"})")));
}

TEST(Grant, ANameInsideAnotherTextIsNoAgent) {
    const Grant grant{"ba", "0033972000002", {}, "4242"};
    EXPECT_FALSE(grant.covers(queue_record(R"({"QueueMemberCIDName":"\"QueueAgent\":\"4242\""})")));
    EXPECT_FALSE(grant.covers(queue_record(R"({"QueueAgent":"\"4242"})")));
}

TEST(Grant, LinesHaveNoAgents) {
    Record record = queue_record(R"({"Agent":"4242"})");
    record.protocol = Protocol::sip;
    EXPECT_FALSE(concerns_agent(record, "4242"));
    EXPECT_FALSE(concerns_agent(queue_record(R"({"QueueAgent":""})"), ""));
}

}  // namespace
}  // namespace callboard
