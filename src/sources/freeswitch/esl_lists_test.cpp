#include "sources/freeswitch/esl_lists.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Time kNow = Time(std::chrono::seconds(1'780'000'000));

TEST(EslTable, reads_rows_by_their_columns) {
    const auto table = EslTable::read("name|status|state\n1001@default|Available|Waiting\nshort\nx|y\n+OK\n");
    ASSERT_TRUE(table);
    ASSERT_EQ(table->rows(), 2U);
    EXPECT_EQ(table->get(0, "status"), "Available");
    EXPECT_EQ(table->get(0, "none"), "");
    EXPECT_EQ(table->get(1, "state"), "") << "a short row";
}

TEST(EslTable, a_row_that_is_too_long_has_nothing_in_a_column_that_is_not_there) {
    const auto table = EslTable::read("name|status\n1001@default|Available|x\n");
    ASSERT_TRUE(table);
    EXPECT_EQ(table->get(0, "status"), "Available");
    EXPECT_EQ(table->get(0, "state"), "");
}

TEST(EslTable, an_answer_without_rows_is_none) {
    for (const char* answer : {"", "+OK", "+OK\n", "name|status\n+OK\n"})
        EXPECT_EQ(EslTable::read(answer)->rows(), 0U) << answer;
}

TEST(EslTable, an_error_is_told_in_freeswitchs_words) {
    const auto wrong = EslTable::read("-ERR callcenter_config Command not found!\n");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().what, "FreeSWITCH answered \"-ERR callcenter_config Command not found!\"");
}

constexpr std::string_view kChannels = R"({"row_count":6,"rows":[
    {"uuid":"a","direction":"inbound","name":"sofia/internal/1001@pbx","state":"CS_EXECUTE","callstate":"ACTIVE",
     "cid_num":"changed","initial_cid_num":"1001","dest":"7001","initial_dest":"1002","presence_id":"1001@pbx","call_uuid":"a"},
    {"uuid":"b","direction":"outbound","name":"sofia/internal/1002@10.0.0.1","state":"CS_EXCHANGE_MEDIA","callstate":"HELD",
     "cid_num":"1001","dest":"1002","presence_id":"1002@pbx","call_uuid":"a"},
    {"uuid":"c","direction":"outbound","name":"sofia/internal/1003@10.0.0.2","state":"CS_CONSUME_MEDIA","callstate":"RINGING",
     "cid_num":"06","dest":"1003","presence_id":"1003@pbx","call_uuid":"t"},
    {"uuid":"t","direction":"inbound","name":"sofia/external/06@carrier","state":"CS_EXECUTE","callstate":"RINGING",
     "cid_num":"06","dest":"1003","presence_id":"","call_uuid":"t"},
    {"uuid":"l","direction":"outbound","name":"loopback/x-a","state":"CS_EXECUTE","callstate":"ACTIVE","call_uuid":"l"},
    {"uuid":"gone","direction":"inbound","name":"sofia/internal/1005@pbx","state":"CS_REPORTING","callstate":"HANGUP"}]})";

TEST(ListedChannels, say_what_is_up_what_rings_and_who_is_joined) {
    const auto channels = read_channels(kChannels, kNow);
    ASSERT_TRUE(channels);
    ASSERT_EQ(channels->size(), 5U);
    const auto& a = (*channels)[0];
    EXPECT_EQ(a.signal.kind, ExchangeSignalKind::channel_listed);
    EXPECT_EQ(a.signal.channel.direction, ChannelDirection::calls);
    EXPECT_EQ(a.signal.channel.device, "1001");
    EXPECT_EQ(a.signal.channel.caller, "1001");
    EXPECT_EQ(a.signal.channel.dialled, "1002");
    EXPECT_TRUE(a.signal.channel.up);
    EXPECT_FALSE(a.signal.channel.held);
    EXPECT_TRUE(a.has_phone);
    const auto& b = (*channels)[1];
    EXPECT_EQ(b.signal.channel.parent, "a");
    EXPECT_TRUE(b.signal.channel.up && b.signal.channel.held);
    EXPECT_EQ(a.signal.bridge, "a");
    EXPECT_EQ(b.signal.bridge, "a");
    const auto& c = (*channels)[2];
    EXPECT_TRUE(c.signal.channel.ringing);
    EXPECT_FALSE(c.signal.channel.up);
    EXPECT_EQ(c.signal.bridge, "");
    const auto& t = (*channels)[3];
    EXPECT_FALSE(t.signal.channel.ringing) << "that a call came in does not mean that something rings";
    EXPECT_FALSE(t.has_phone);
    const auto& l = (*channels)[4];
    EXPECT_TRUE(l.signal.channel.internal);
    EXPECT_EQ(l.signal.bridge, "") << "alone";
}

TEST(ListedChannels, none_is_a_list_and_anything_else_is_not) {
    EXPECT_TRUE(read_channels(R"({"row_count":0})", kNow)->empty());
    for (const char* wrong : {"", "-ERR no", "[]", "{}", R"({"row_count":2})", R"({"row_count":1,"rows":5})"})
        EXPECT_FALSE(read_channels(wrong, kNow)) << wrong;
    EXPECT_TRUE(read_channels(R"({"row_count":2,"rows":[5,{"uuid":7},{}]})", kNow)->empty());
}

TEST(ListedRegistrations, have_user_and_contact) {
    const auto list = read_registrations(
        R"({"row_count":1,"rows":[{"reg_user":"1001","realm":"pbx","url":"sofia/internal/sip:1001@10.0.0.1"}]})");
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), 1U);
    EXPECT_EQ((*list)[0].user, "1001");
    EXPECT_EQ((*list)[0].contact, "sofia/internal/sip:1001@10.0.0.1");
    EXPECT_FALSE(read_registrations("-ERR"));
}

TEST(ListedCaller, waits_or_talks_but_has_not_given_up) {
    const auto members = EslTable::read(
        "queue|uuid|session_uuid|cid_number|cid_name|joined_epoch|serving_agent|state\n"
        "q|w|sw|0612345678|Marie|1780000000||Waiting\nq|n|sn|06|x|0|1001@default|Answered\nq|g|sg|06|x|1||"
        "Abandoned\n"
        "q||s|06|x|1||Waiting\n+OK\n");
    ASSERT_TRUE(members);
    const auto waits = listed_caller(*members, 0, "support@default", kNow);
    ASSERT_TRUE(waits);
    EXPECT_EQ(waits->queue.queue, "support@default");
    EXPECT_EQ(waits->queue.caller, "0612345678");
    EXPECT_EQ(waits->queue.caller_channel, "sw");
    EXPECT_EQ(waits->queue.agent, "");
    std::vector<std::string> fields;
    for (const auto& [name, value] : waits->queue.fields.members) fields.push_back(name + '=' + value);
    EXPECT_THAT(fields, ElementsAre("QueueMemberCIDName=Marie", "QueueMemberCIDNumber=0612345678",
                                    "QueueMemberJoinedTime=1780000000", "QueueMemberSessionUUID=sw",
                                    "QueueMemberUUID=w"));
    EXPECT_EQ(listed_caller(*members, 1, "q", kNow)->queue.agent, "1001@default");
    EXPECT_FALSE(listed_caller(*members, 2, "q", kNow));
    EXPECT_FALSE(listed_caller(*members, 3, "q", kNow));
}

}  // namespace
}  // namespace callboard
