#include "sources/hep/hep_stream.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sources/hep/hep_test_packet.hpp"

namespace callboard {
namespace {

using testing::big;
using testing::chunk;
using testing::hep3;
using testing::mirrored;

/// Puts as much of `bytes` as there is room for, at most `most`.
void feed(HepStream& stream, std::string_view& bytes, std::size_t most) {
    const auto room = stream.room();
    const std::size_t count = std::min({bytes.size(), room.size(), most});
    std::copy_n(bytes.begin(), count, room.begin());
    stream.filled(count);
    bytes.remove_prefix(count);
}

void take_all(HepStream& stream, std::vector<std::string>& packets) {
    while (const auto packet = stream.next()) packets.emplace_back(*packet);
}

std::vector<std::string> cut(HepStream& stream, std::string_view bytes, std::size_t slice) {
    std::vector<std::string> packets;
    while (!bytes.empty() && !stream.broken()) {
        feed(stream, bytes, slice);
        take_all(stream, packets);
    }
    return packets;
}

TEST(HepStream, GivesTheSamePacketsHoweverTheStreamIsSliced) {
    const std::vector<std::string> sent = {mirrored("one"), hep3({}), mirrored(std::string(1400, 'x')),
                                           mirrored("four")};
    std::string bytes;
    for (const auto& packet : sent) bytes += packet;
    for (std::size_t slice = 1; slice <= 32; ++slice) {
        HepStream stream;
        EXPECT_EQ(cut(stream, bytes, slice), sent) << "slices of " << slice;
        EXPECT_FALSE(stream.broken());
        EXPECT_FALSE(stream.within_packet());
    }
}

TEST(HepStream, GivesTheSamePacketsForRandomPacketsAndSlices) {
    EXPECT_TRUE(rc::check([] {
        std::vector<std::string> sent;
        std::string bytes;
        const auto sizes =
            *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 9000));
        for (const std::size_t size : sizes) {
            sent.push_back(mirrored(std::string(size, 'p')));
            bytes += sent.back();
        }
        HepStream stream;
        std::string_view rest = bytes;
        std::vector<std::string> packets;
        while (!rest.empty()) {
            feed(stream, rest, *rc::gen::inRange<std::size_t>(1, 70'000));
            take_all(stream, packets);
        }
        RC_ASSERT(packets == sent);
    }));
}

TEST(HepStream, TakesTheLongestPacketThereCanBe) {
    const std::string longest = hep3({chunk(15, std::string(0xFFFF - 12, 'y'))});
    ASSERT_EQ(longest.size(), 0xFFFFU);
    HepStream stream;
    EXPECT_EQ(cut(stream, longest + longest, 1000), (std::vector{longest, longest}));
}

TEST(HepStream, AlwaysHasRoomUntilThePacketIsWhole) {
    const std::string longest = hep3({chunk(15, std::string(0xFFFF - 12, 'y'))});
    HepStream stream;
    std::string_view rest = longest;
    while (rest.size() > 1) {
        ASSERT_FALSE(stream.room().empty());
        feed(stream, rest, rest.size() - 1);
        ASSERT_FALSE(stream.next());
        ASSERT_TRUE(stream.within_packet());
    }
    feed(stream, rest, 1);
    EXPECT_EQ(stream.next(), longest);
}

TEST(HepStream, GarbageBreaksIt) {
    struct Case {
        const char* what;
        std::string bytes;
    };
    const std::vector<Case> cases = {
        {"another protocol", "GET / HTTP/1.1\r\n\r\n"},
        {"a magic that ends wrong", "HEP2"},
        {"the first byte alone", "x"},
        {"HEP 2, which has no length", std::string("\x02\x10\x02\x11", 4)},
        {"a length below that of the header", "HEP3" + big(5, 2)},
        {"length zero", "HEP3" + big(0, 2)},
    };
    for (const auto& [what, bytes] : cases) {
        HepStream stream;
        EXPECT_TRUE(cut(stream, bytes, 1).empty()) << what;
        EXPECT_TRUE(stream.broken()) << what;
    }
}

TEST(HepStream, GivesWhatCameBeforeTheGarbageAndNothingAfter) {
    HepStream stream;
    const std::string good = mirrored("good");
    EXPECT_EQ(cut(stream, good + "rubbish" + good, 4096), std::vector{good});
    EXPECT_TRUE(stream.broken());
    EXPECT_FALSE(stream.next());
}

TEST(HepStream, WaitsWithinTheHeader) {
    const std::string packet = mirrored("x");
    for (std::size_t begun = 0; begun < packet.size(); ++begun) {
        HepStream stream;
        EXPECT_TRUE(cut(stream, std::string_view(packet).substr(0, begun), 4096).empty());
        EXPECT_FALSE(stream.broken()) << begun;
        EXPECT_EQ(stream.within_packet(), begun > 0);
    }
}

}  // namespace
}  // namespace callboard
