#include "core/mgcp_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Time kStart = time_from_nanoseconds(1'780'000'000'000'000'000);

TEST(MgcpEndpointNames, mean_lines_of_their_type_by_the_longest_that_fits) {
    const auto service = [](std::string number, ServiceType type, std::vector<std::string> aliases) {
        Service made;
        made.number = std::move(number);
        made.type = type;
        made.aliases = std::move(aliases);
        return made;
    };
    const Directory directory({}, {service("1", ServiceType::mgcp_line, {"AALN/1@gw1", "aaln/1@[10.0.0.7]"}),
                                   service("2", ServiceType::mgcp_line, {"aaln/1@gw1.example"}),
                                   service("3", ServiceType::sip_line, {"aaln/3@gw1"}),
                                   service("4", ServiceType::easy_hunting, {"aaln/4@gw1"})});
    const MgcpEndpoints endpoints(directory);
    EXPECT_EQ(endpoints.line_of("aaln/1@gw1"), "1");
    EXPECT_EQ(endpoints.line_of("aaln/1@gw1.elsewhere"), "1");
    EXPECT_EQ(endpoints.line_of("aaln/1@gw1.example"), "2");
    EXPECT_EQ(endpoints.line_of("aaln/1@[10.0.0.7]"), "1");
    for (const char* none : {"aaln/3@gw1", "aaln/4@gw1", "aaln/1@gw", "aaln/1", "", "aaln/1@[10.0.0.8]"})
        EXPECT_EQ(endpoints.line_of(none), "") << none;
}

class MgcpTableTest : public ::testing::Test {
  protected:
    std::vector<std::string> matching(std::string_view pattern) {
        std::vector<std::string> names;
        for (const MgcpStation* station : table_.matching(pattern)) names.push_back(station->name);
        return names;
    }
    /// Two legs of one phone: what is due in 10 s, and what in 20 s.
    std::pair<MgcpLeg&, MgcpLeg&> two_due() {
        MgcpStation& station = table_.add_station("a@gw", "1");
        MgcpLeg& late = table_.add_leg(&station, "1");
        MgcpLeg& soon = table_.add_leg(&station, "1");
        table_.set_deadline(late, kStart + 20s);
        table_.set_deadline(soon, kStart + 10s);
        return {soon, late};
    }
    MgcpTable table_;
};

TEST_F(MgcpTableTest, finds_endpoints_by_pattern) {
    for (const char* name : {"aaln/1@gw", "aaln/2@gw", "ds/1/3@gw", "aaln/1@other"})
        table_.add_station(name, "1");
    EXPECT_THAT(matching("aaln/2@gw"), ElementsAre("aaln/2@gw"));
    EXPECT_THAT(matching("*@gw"), ElementsAre("aaln/1@gw", "aaln/2@gw", "ds/1/3@gw"));
    EXPECT_THAT(matching("aaln/*@gw"), ElementsAre("aaln/1@gw", "aaln/2@gw"));
    EXPECT_THAT(matching("ds/*/3@gw"), ElementsAre("ds/1/3@gw"));
    EXPECT_THAT(matching("ds/*@gw"), ElementsAre("ds/1/3@gw"));
    EXPECT_THAT(matching("*/1@gw"), ElementsAre("aaln/1@gw"));
    EXPECT_THAT(matching("*@nowhere"), IsEmpty());
    EXPECT_THAT(matching("aaln@gw"), IsEmpty());
    table_.forget_idle_stations();
    EXPECT_EQ(table_.stations(), 0U);
}

TEST_F(MgcpTableTest, finds_the_other_end_by_media_and_else_by_the_call) {
    const SipEndpoint agent{.address = {}, .port = 2727};
    MgcpLeg& caller = table_.add_leg(&table_.add_station("a@gw", "1"), "1");
    MgcpLeg& called = table_.add_leg(&table_.add_station("b@gw", "2"), "2");
    MgcpLeg& third = table_.add_leg(&table_.add_station("c@gw", "3"), "3");
    caller.direction = MgcpDirection::outgoing;
    called.direction = MgcpDirection::incoming;
    called.state = LegState::ringing;
    table_.set_call(caller, "A1", agent);
    table_.set_call(called, "a1", agent);
    EXPECT_EQ(table_.other_end(caller), &called);
    EXPECT_EQ(table_.other_end(called), &caller);
    EXPECT_EQ(table_.other_end(third), nullptr);
    table_.set_local(third, third.connections.emplace_back(), "10.0.0.3:4000");
    called.connections.emplace_back().remote = "10.0.0.3:4000";
    EXPECT_EQ(table_.other_end(called), &third);
    table_.erase(third);
    EXPECT_EQ(table_.other_end(called), &caller);
    // The same identifier of another call agent is another call.
    SipEndpoint stranger = agent;
    stranger.address[15] = 9;
    table_.set_call(caller, "A1", stranger);
    EXPECT_EQ(table_.other_end(called), nullptr);
}

TEST_F(MgcpTableTest, a_deleted_connection_shows_nobody_any_more) {
    MgcpLeg& here = table_.add_leg(&table_.add_station("a@gw", "1"), "1");
    MgcpLeg& there = table_.add_leg(&table_.add_station("b@gw", "2"), "2");
    here.connections.emplace_back().remote = "10.0.0.2:4000";
    auto& connection = there.connections.emplace_back();
    connection.id = "FD1";
    table_.set_local(there, connection, "10.0.0.2:4000");
    EXPECT_EQ(table_.other_end(here), &there);
    EXPECT_EQ(table_.erase_connections(there, "other"), 0U);
    EXPECT_EQ(table_.other_end(here), &there);
    EXPECT_EQ(table_.erase_connections(there, "fd1"), 1U);
    EXPECT_THAT(there.connections, IsEmpty());
    EXPECT_EQ(table_.other_end(here), nullptr);
    table_.erase(there);
    EXPECT_EQ(table_.other_end(here), nullptr);
}

TEST_F(MgcpTableTest, names_what_is_due_the_nearest_first) {
    auto [soon, late] = two_due();
    EXPECT_EQ(table_.due(kStart + 9s), nullptr);
    EXPECT_EQ(table_.due(kStart + 30s), &soon);
    table_.set_deadline(soon, kStart + 40s);
    EXPECT_EQ(table_.due(kStart + 30s), &late);
    const std::uint64_t key = late.key;
    table_.erase(late);
    EXPECT_EQ(table_.find(key), nullptr);
    EXPECT_EQ(table_.due(kStart + 30s), nullptr);
    EXPECT_EQ(table_.nearest(), &soon);
}

TEST_F(MgcpTableTest, moves_all_deadlines_together) {
    auto [soon, late] = two_due();
    table_.move_deadlines(1h);
    EXPECT_EQ(table_.due(kStart + 59min), nullptr);
    EXPECT_EQ(table_.due(kStart + 1h + 10s), &soon);
    table_.move_deadlines(-1h);
    EXPECT_EQ(table_.due(kStart + 9s), nullptr);
    EXPECT_EQ(late.deadline, kStart + 20s);
}

TEST_F(MgcpTableTest, gives_adopted_legs_to_the_endpoint_that_speaks_first) {
    MgcpLeg& leg = table_.add_leg(nullptr, "1");
    MgcpLeg& other = table_.add_leg(nullptr, "2");
    leg.state = LegState::calling;
    MgcpStation& station = table_.add_station("a@gw", "1");
    EXPECT_THAT(station.legs, ElementsAre(&leg));
    EXPECT_EQ(leg.station, &station);
    EXPECT_EQ(station.hook, MgcpStation::Hook::off);
    table_.erase(other);
    EXPECT_THAT(table_.add_station("b@gw", "2").legs, IsEmpty());
}

}  // namespace
}  // namespace callboard
