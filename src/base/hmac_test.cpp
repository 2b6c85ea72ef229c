#include "base/hmac.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace callboard {
namespace {

std::string hex(const HmacSha256::Code& code) {
    std::string out;
    for (const unsigned char byte : code) out += fmt::format("{:02x}", byte);
    return out;
}

/// RFC 4231 §4.
TEST(HmacSha256, KnowsThePublishedVectors) {
    EXPECT_EQ(hex(HmacSha256(Secret(std::string(20, '\x0b')))("Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex(HmacSha256(Secret("Jefe"))("what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(HmacSha256(Secret(std::string(20, '\xaa')))(std::string(50, '\xdd'))),
              "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    EXPECT_EQ(hex(HmacSha256(Secret(std::string(131, '\xaa')))(
                  "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(hex(HmacSha256(Secret(std::string(131, '\xaa')))(
                  "This is a test using a larger than block-size key and a larger than block-size data. The "
                  "key needs to be hashed before being used by the HMAC algorithm.")),
              "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacSha256, IsTheSameEachTime) {
    const HmacSha256 hmac(Secret("key"));
    const auto first = hmac("message");
    hmac("another");
    EXPECT_EQ(hmac("message"), first);
    EXPECT_NE(hmac("message "), first);
}

}  // namespace
}  // namespace callboard
