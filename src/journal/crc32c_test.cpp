#include "journal/crc32c.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>
#include <string>

namespace callboard {
namespace {

struct Vector {
    std::string name;
    std::string bytes;
    std::uint32_t crc;
};

std::string rising() {
    std::string bytes(32, '\0');
    std::iota(bytes.begin(), bytes.end(), '\0');
    return bytes;
}

std::string falling() {
    const std::string bytes = rising();
    return {bytes.rbegin(), bytes.rend()};
}

/// RFC 3720 §B.4, and the check value that every catalogue of CRCs gives.
const Vector kVectors[] = {
    {"nothing", "", 0},
    {"check", "123456789", 0xE3069283},
    {"zeros", std::string(32, '\0'), 0x8A9136AA},
    {"ones", std::string(32, '\xFF'), 0x62A8AB43},
    {"rising", rising(), 0x46DD794E},
    {"falling", falling(), 0x113FDB5C},
};

TEST(Crc32c, IsThatOfTheRfc) {
    for (const Vector& vector : kVectors) {
        EXPECT_EQ(crc32c(vector.bytes), vector.crc) << vector.name;
        EXPECT_EQ(crc32c_portable(vector.bytes), vector.crc) << vector.name;
    }
}

TEST(Crc32c, IsTheSameWithAndWithoutTheInstructionAndInAnyPieces) {
    EXPECT_TRUE(rc::check([](const std::string& front, const std::string& back) {
        const std::uint32_t whole = crc32c(front + back);
        RC_ASSERT(crc32c_portable(front + back) == whole);
        RC_ASSERT(crc32c(back, crc32c(front)) == whole);
        RC_ASSERT(crc32c_portable(back, crc32c_portable(front)) == whole);
    }));
}

}  // namespace
}  // namespace callboard
