// Snapshot and stream together: whenever the snapshot was taken, the stream from its cursor on leads to the
// present, without a gap and without a repeat.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>
#include <set>

#include "tests/contract/readers.hpp"

namespace callboard::test {
namespace {

/// The calls in progress as a client knows them.
struct Board {
    std::set<std::string> ringing;
    std::string cursor;
};

Board snapshot(World& world) {
    HttpClient client(world.port());
    const auto answer = client.get("/api/snapshot", "Authorization: Bearer ALPHA\r\n");
    if (!answer || answer->status != 200) throw std::runtime_error("no snapshot");
    simdjson::dom::parser parser;
    const simdjson::dom::element body = parser.parse(answer->body);
    Board board{{}, std::string(std::string_view(body["cursor"]))};
    for (const auto call : simdjson::dom::array(body["calls"].get_array()))
        board.ringing.insert(std::string(std::string_view(call["call_id"])));
    return board;
}

/// Applies the stream until `board` has the last call, and says what did not fit.
std::string follow(World& world, Board& board, const std::string& last) {
    HttpClient client(world.port());
    client.send_get("/api/events?token=ALPHA&after=" + board.cursor);
    client.head();
    while (!board.ringing.contains(last)) {
        const auto block = client.until("\n\n");
        if (!block) return "the stream ended too early";
        const auto data = block->find("\ndata: ");
        if (data == std::string::npos) continue;
        simdjson::dom::parser parser;
        const simdjson::dom::element event = parser.parse(block->substr(data + 7));
        const std::string call{std::string_view(event["data"]["CallId"])};
        const bool rings = std::string_view(event["event"]) == "start_ringing";
        if (rings && !board.ringing.insert(call).second) return "told twice: " + call;
        if (!rings && board.ringing.erase(call) == 0) return "a gap before the end of " + call;
    }
    return {};
}

TEST(Snapshot, JoinsItsStreamWithoutGapOrRepeat) {
    World world({.tail = 64});  // much of it from disk
    std::atomic<bool> enough{false};
    std::thread exchange([&] {
        std::mt19937 dice(42);
        std::vector<std::string> ringing;
        for (int i = 0; !enough; ++i) {
            std::vector<Event> burst;
            for (auto n = dice() % 5 + 1; n > 0; --n) {
                if (ringing.size() < 10 && dice() % 2 == 0) {
                    ringing.push_back("call-" + std::to_string(i) + "-" + std::to_string(n));
                    burst.push_back(world.event(event_name::start_ringing, World::kAlice, ringing.back()));
                } else if (!ringing.empty()) {
                    const auto which = ringing.begin() + static_cast<long>(dice() % ringing.size());
                    burst.push_back(world.event(event_name::end_ringing, World::kAlice, *which));
                    ringing.erase(which);
                }
            }
            if (!burst.empty()) world.tell(std::move(burst));
        }
    });
    std::vector<Board> boards;
    for (int i = 0; i < 60; ++i) boards.push_back(snapshot(world));
    enough = true;
    exchange.join();
    world.tell({world.event(event_name::start_ringing, World::kBob, "last")});
    const Board present = snapshot(world);
    ASSERT_TRUE(present.ringing.contains("last"));
    for (auto& board : boards) {
        ASSERT_EQ(follow(world, board, "last"), "");
        EXPECT_EQ(board.ringing, present.ringing);
    }
}

}  // namespace
}  // namespace callboard::test
