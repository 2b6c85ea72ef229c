// What every transport promises: each event that its token covers once, in order, from any cursor on,
// whatever happens to token, client or server meanwhile; also of a server that reads another one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/chained_world.hpp"
#include "tests/contract/readers.hpp"
#include "tests/contract/session_readers.hpp"

namespace callboard::test {
namespace {

using ::testing::HasSubstr;

/// A transport, and where the events come from.
template <typename ItsReader, typename ItsPlace>
struct Way {
    using Reader = ItsReader;
    using Place = ItsPlace;
};
using OverV1 = ChainOf<OvhSession::Version::v1>;
using OverV2 = ChainOf<OvhSession::Version::v2>;

template <typename Way>
class Contract : public ::testing::Test {};
using Ways =
    ::testing::Types<Way<PollingReader, World>, Way<StreamReader, World>, Way<SessionPollReader, World>,
                     Way<WebSocketReader, World>, Way<CompressedWebSocketReader, World>,
                     Way<PollingReader, OverV1>, Way<StreamReader, OverV1>, Way<SessionPollReader, OverV1>,
                     Way<WebSocketReader, OverV1>, Way<PollingReader, OverV2>, Way<StreamReader, OverV2>,
                     Way<SessionPollReader, OverV2>, Way<WebSocketReader, OverV2>>;
TYPED_TEST_SUITE(Contract, Ways);

/// A cursor that stands at the present.
std::string now(World& world) { return world.seal().seal({world.hub().epoch(), world.hub().last()}); }

/// Whether a client has come to wait for events.
bool somebody_waits(const World& world) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (world.figure("callboard_subscribers") == 0) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

TYPED_TEST(Contract, TellsEachEventOnceInOrder) {
    typename TypeParam::Place world;
    typename TypeParam::Reader reader(world, "ALPHA", now(world));
    for (const int count : {1, 1, 7, 30, 1, 200, 3}) {
        world.tell(world.told() % 2 == 0 ? World::kAlice : World::kBob, count);
        const int first = world.told() - count + 1;
        EXPECT_EQ(read_calls(reader, static_cast<std::size_t>(count)).calls, calls(first, world.told()));
    }
}

TYPED_TEST(Contract, WakesWhoWaits) {
    typename TypeParam::Place world;
    typename TypeParam::Reader reader(world, "ALPHA", now(world));
    for (int i = 1; i <= 20; ++i) {
        reader.ask();
        world.tell(World::kAlice);
        EXPECT_EQ(read_calls(reader, 1).calls, calls(i, i));
    }
}

TYPED_TEST(Contract, TellsWhatTheTokenCoversAndNothingElse) {
    typename TypeParam::Place world;
    const std::string begin = now(world);
    typename TypeParam::Reader account(world, "ALPHA", begin), line(world, "ALICE", begin),
        other(world, "BETA", begin);
    world.tell(World::kCarol);
    world.tell(World::kBob);
    world.tell(World::kAlice);
    world.tell(World::kCarol);
    EXPECT_EQ(read_calls(account, 2).calls, calls(2, 3));
    EXPECT_EQ(read_calls(line, 1).calls, calls(3, 3));
    EXPECT_EQ(read_calls(other, 2).calls, (std::vector<std::string>{"1", "4"}));
}

TYPED_TEST(Contract, BeginsNowWithoutACursor) {
    typename TypeParam::Place world;
    world.tell(World::kAlice, 5);
    for (const char* cursor : {"", "undefined", "Xk3fQ0aP7b2z"}) {
        typename TypeParam::Reader reader(world, "ALPHA", cursor);
        reader.ask();
        ASSERT_TRUE(somebody_waits(world)) << cursor;
        world.tell(World::kAlice);
        EXPECT_EQ(read_calls(reader, 1).calls, calls(world.told(), world.told())) << cursor;
    }
}

/// Who carries its own place can go back; a session stands where its client is.
TYPED_TEST(Contract, ACursorYieldsWhatComesAfterIt) {
    typename TypeParam::Place world;
    typename TypeParam::Reader reader(world, "ALPHA", now(world));
    world.tell(World::kAlice, 3);
    read_calls(reader, 3);
    const std::string middle = reader.cursor();
    world.tell(World::kAlice, 4);
    EXPECT_EQ(read_calls(reader, 4).calls, calls(4, 7));
    if constexpr (TypeParam::Reader::kServerKeepsPlace) {
        reader.ask();
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (reader.place() < 7 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
        world.tell(World::kAlice);
        typename TypeParam::Reader again(world, "ALPHA", middle);
        auto told = read_calls(reader, 1).calls;  // of the two, one is told
        if (told.empty()) told = read_calls(again, 1).calls;
        EXPECT_EQ(told, calls(8, 8));
    } else {
        typename TypeParam::Reader again(world, "ALPHA", middle);
        EXPECT_EQ(read_calls(again, 4).calls, calls(4, 7));
    }
}

TYPED_TEST(Contract, CursorMovesPastEventsOfOthers) {
    typename TypeParam::Place world(
        {.poll_timeout = std::chrono::milliseconds(100), .heartbeat = std::chrono::milliseconds(100)});
    typename TypeParam::Reader reader(world, "BETA", now(world));
    const auto before = reader.place();
    reader.ask();
    world.tell(World::kAlice, 50);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (reader.place() != world.hub().last() && std::chrono::steady_clock::now() < deadline)
        reader.read(std::chrono::milliseconds(400));
    EXPECT_EQ(reader.place(), world.hub().last());
    EXPECT_NE(reader.place(), before);
}

TYPED_TEST(Contract, EndsWithItsToken) {
    typename TypeParam::Place world;
    typename TypeParam::Reader reader(world, "ALPHA", now(world));
    world.tell(World::kAlice);
    read_calls(reader, 1);
    typename TypeParam::Reader other(world, "ALICE", now(world));
    reader.ask();
    other.ask();
    world.tokens.end("ALPHA");
    const auto last = reader.read();
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->refused);
    world.tell(World::kAlice);
    EXPECT_EQ(read_calls(other, 1).calls, calls(2, 2));
}

TYPED_TEST(Contract, EndsWhenItsTokenExpires) {
    typename TypeParam::Place world;
    world.tokens.allow("BRIEF", {"alpha", "", world.clock.now() + std::chrono::hours(1)});
    typename TypeParam::Reader reader(world, "BRIEF", now(world));
    world.tell(World::kAlice);
    read_calls(reader, 1);
    reader.ask();
    // A session that nobody reads would have expired with its token.
    ASSERT_TRUE(somebody_waits(world));
    world.clock.move(std::chrono::hours(2));
    const auto last = reader.read();
    ASSERT_TRUE(last);
    EXPECT_TRUE(last->refused);
}

TYPED_TEST(Contract, RefusesAWrongToken) {
    typename TypeParam::Place world;
    typename TypeParam::Reader reader(world, "WRONG");
    const auto answer = reader.read();
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->refused);
}

TYPED_TEST(Contract, ResumesOverARestartInMidWait) {
    typename TypeParam::Place world;
    std::string cursor = now(world);
    for (int round = 0; round < 5; ++round) {
        typename TypeParam::Reader reader(world, "ALPHA", cursor);
        const int first = world.told() + 1;
        world.tell(World::kAlice, 3);
        EXPECT_EQ(read_calls(reader, 3).calls, calls(first, first + 2));
        reader.ask();
        world.tell(World::kBob, 2);
        world.stop();
        auto rest = read_calls(reader, 2);  // what it was told before the end
        cursor = reader.cursor();
        world.start();
        typename TypeParam::Reader resumed(world, "ALPHA", cursor);
        for (auto& call : read_calls(resumed, 2 - rest.calls.size()).calls) rest.calls.push_back(call);
        EXPECT_EQ(rest.calls, calls(first + 3, first + 4));
        cursor = resumed.cursor();
    }
}

TYPED_TEST(Contract, AnswersThoseWhoWaitWhenItStops) {
    typename TypeParam::Place world;
    typename TypeParam::Reader reader(world, "ALPHA", now(world));
    world.tell(World::kAlice);
    read_calls(reader, 1);
    reader.ask();
    world.stop();
    const auto last = reader.read();
    ASSERT_TRUE(last);
    EXPECT_FALSE(last->refused);
    EXPECT_FALSE(last->message.empty());
}

TYPED_TEST(Contract, ReadsLongPastsFromDisk) {
    typename TypeParam::Place world({.tail = 100});
    const std::string begin = now(world);
    for (int i = 0; i < 7; ++i) world.tell(i % 2 == 0 ? World::kAlice : World::kCarol, 500);
    ASSERT_FALSE(world.hub().in_memory(0));
    typename TypeParam::Reader reader(world, "ALPHA", begin);
    std::vector<std::string> wanted;
    for (int i = 0; i < 7; i += 2)
        for (auto& call : calls(i * 500 + 1, i * 500 + 500)) wanted.push_back(call);
    EXPECT_EQ(read_calls(reader, wanted.size()).calls, wanted);
    reader.ask();
    world.tell(World::kAlice);
    EXPECT_EQ(read_calls(reader, 1).calls, calls(3'501, 3'501));
}

TYPED_TEST(Contract, KeepsAnswersBounded) {
    typename TypeParam::Place world;
    const std::string begin = now(world);
    world.tell(World::kAlice, 2'500);
    typename TypeParam::Reader reader(world, "ALPHA", begin);
    std::size_t read = 0;
    while (read < 2'500) {
        const auto batch = reader.read();
        ASSERT_TRUE(batch);
        EXPECT_LE(batch->calls.size(), 1'000U);
        read += batch->calls.size();
    }
    EXPECT_EQ(read, 2'500U);
}

TYPED_TEST(Contract, SaysWhatRetentionTook) {
    typename TypeParam::Place world;
    typename TypeParam::Reader before(world, "ALPHA", now(world));
    for (int i = 0; i < 10; ++i) world.tell(World::kAlice);
    read_calls(before, 3);
    const std::string old = before.cursor();
    world.clock.move(std::chrono::hours(24 * 91));
    world.tell(World::kAlice, 2);
    world.stop();
    world.start();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (world.hub().first() < 11 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_EQ(world.hub().first(), 11U);

    typename TypeParam::Reader reader(world, "ALPHA", world.seal().seal({world.hub().epoch(), 3}));
    const Batch batch = read_calls(reader, 2);
    EXPECT_EQ(batch.calls, calls(11, 12));
    EXPECT_THAT(batch.message, HasSubstr("7 events are gone"));
}

TYPED_TEST(Contract, SaysWhenTheJournalWasReplaced) {
    typename TypeParam::Place world;
    world.tell(World::kAlice, 3);
    typename TypeParam::Reader reader(world, "ALPHA", world.seal().seal({world.hub().epoch() + 1, 2'000}));
    const Batch batch = read_calls(reader, 3);
    EXPECT_EQ(batch.calls, calls(1, 3));
    EXPECT_THAT(batch.message, HasSubstr("replaced"));
}

TYPED_TEST(Contract, SlowReadersDelayNobodyAndLoseNothing) {
    typename TypeParam::Place world({.tail = 2'000, .most_backlog = 64 << 10});
    const std::string begin = now(world);
    typename TypeParam::Reader slow(world, "ALPHA", begin), quick(world, "ALPHA", begin);
    slow.ask();
    for (int i = 0; i < 20; ++i) {
        world.tell(World::kAlice, 1'000);
        EXPECT_EQ(read_calls(quick, 1'000).calls, calls(i * 1'000 + 1, i * 1'000 + 1'000));
    }
    EXPECT_EQ(read_calls(slow, 20'000).calls, calls(1, 20'000));
}

TYPED_TEST(Contract, ManyReadersOfManyTokensAllGetEverything) {
    typename TypeParam::Place world;
    const std::string begin = now(world);
    std::vector<std::unique_ptr<typename TypeParam::Reader>> readers;
    for (int i = 0; i < 150; ++i) {
        const std::string token = "T" + std::to_string(i % 50);
        if (i < 50) world.tokens.allow(token, {"alpha", i % 2 == 0 ? "" : World::kAlice, {}});
        readers.push_back(std::make_unique<typename TypeParam::Reader>(world, token, begin));
    }
    for (int round = 0; round < 5; ++round) {
        for (auto& reader : readers) reader->ask();
        world.tell(World::kAlice, 3);
        for (auto& reader : readers)
            ASSERT_EQ(read_calls(*reader, 3).calls, calls(world.told() - 2, world.told()));
    }
}

}  // namespace
}  // namespace callboard::test
