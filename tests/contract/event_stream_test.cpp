// What only server-sent events do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/readers.hpp"

namespace callboard::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

std::string begin(World& world) { return world.seal().seal({world.hub().epoch(), 0}); }

TEST(EventStream, BeginsWithWhereItStands) {
    World world;
    world.tell(World::kAlice, 3);
    HttpClient client(world.port());
    client.send_get("/api/events?token=ALPHA");
    const auto head = client.head();
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->headers.at("content-type"), "text/event-stream");
    EXPECT_FALSE(head->headers.contains("access-control-allow-origin"));
    const auto first = client.until("\n\n");
    ASSERT_TRUE(first);
    EXPECT_EQ(*first, "retry: 2000\nid: " + world.seal().seal({world.hub().epoch(), 3}));
}

TEST(EventStream, TellsEventsInTheFormOfVersion2) {
    World world;
    world.tell(World::kAlice);
    HttpClient client(world.port());
    client.send_get("/api/events?after=" + begin(world), "Authorization: bearer ALPHA\r\n");
    client.until("\n\n");
    const auto event = client.until("\n\n");
    ASSERT_TRUE(event);
    EXPECT_THAT(*event, ::testing::StartsWith("id: " + world.seal().seal({world.hub().epoch(), 1}) +
                                              "\ndata: {\"event\":"));
    EXPECT_THAT(*event, HasSubstr(R"("token":"ALPHA")"));
}

TEST(EventStream, FiltersByServiceAndEvent) {
    World world;
    for (const char* line : {World::kAlice, World::kBob, World::kAlice}) world.tell(line);
    world.tell(World::kAlice, 1, true);
    const auto only = [&](std::string_view query, std::size_t count) {
        StreamReader reader(world, "ALPHA", begin(world), query);
        auto read = read_calls(reader, count).calls;
        world.tell(World::kAlice);  // live now: the filter holds there too
        const auto next = reader.read(milliseconds(count == 0 ? 100 : 10'000));
        if (next) read.insert(read.end(), next->calls.begin(), next->calls.end());
        return read;
    };
    EXPECT_EQ(only(std::string("&service=") + World::kAlice, 3),
              (std::vector<std::string>{"1", "3", "4", "5"}));
    EXPECT_EQ(
        only(std::string("&service=") + World::kBob + "%20,%20" + World::kAlice + "&event=start_ringing", 4),
        (std::vector<std::string>{"1", "2", "3", "5", "6"}));
    EXPECT_EQ(only("&event=end_calling", 0), std::vector<std::string>{});
}

TEST(EventStream, TellsNativeEvents) {
    World world;
    StreamReader reader(world, "ALPHA", begin(world));
    world.tell(World::kAlice, 2, true);
    EXPECT_EQ(read_calls(reader, 2).calls, calls(1, 2));
}

TEST(EventStream, BeatsSoThatALostLinkIsNoticed) {
    World world({.heartbeat = milliseconds(50)});
    HttpClient client(world.port());
    client.send_get("/api/events?token=ALPHA");
    client.head();
    client.until("\n\n");
    for (int i = 0; i < 3; ++i) {
        const auto beat = client.until("\n\n");
        ASSERT_TRUE(beat);
        EXPECT_THAT(*beat, ::testing::StartsWith(":\nid: "));
    }
}

TEST(EventStream, SaysThatItEndsWithTheServer) {
    World world;
    HttpClient client(world.port());
    client.send_get("/api/events?token=ALPHA");
    client.head();
    client.until("\n\n");
    world.stop();
    const auto end = client.until("\n\n");
    ASSERT_TRUE(end);
    EXPECT_THAT(*end, ::testing::StartsWith("event: end\ndata: {\"message\":"));
    EXPECT_TRUE(client.closed_by_server());
}

TEST(EventStream, SharesABurstAmongReadersBehindAndInFront) {
    World world({.tail = 500, .most_backlog = 4 << 10});
    std::vector<std::unique_ptr<StreamReader>> readers;
    for (int i = 0; i < 30; ++i)
        readers.push_back(std::make_unique<StreamReader>(world, i % 2 == 0 ? "ALPHA" : "ALICE", begin(world),
                                                         "", i % 3 == 0 ? 4'096 : 0));
    for (int i = 0; i < 30; ++i) world.tell(World::kAlice, 100);
    for (auto& reader : readers) ASSERT_EQ(read_calls(*reader, 3'000).calls, calls(1, 3'000));
}

TEST(EventStream, CountsItsReaders) {
    World world;
    {
        StreamReader one(world, "ALPHA"), two(world, "ALICE");
        while (world.figure("callboard_subscribers", "sse") < 2) std::this_thread::yield();
        world.tell(World::kAlice);
        read_calls(one, 1);
        read_calls(two, 1);
        // Counted when it is written, which a reader may see first.
        while (world.figure("callboard_deliveries_total", "sse") < 2) std::this_thread::yield();
        EXPECT_EQ(world.figure("callboard_deliveries_total", "sse"), 2);
    }
    while (world.figure("callboard_subscribers", "sse") > 0) std::this_thread::yield();
}

}  // namespace
}  // namespace callboard::test
