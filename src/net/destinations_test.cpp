#include "net/destinations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callboard {
namespace {

TEST(Destinations, ArePublicUnlessNamed) {
    const Destinations none;
    EXPECT_TRUE(none.allows("93.184.216.34"));
    EXPECT_TRUE(none.allows("2606:2800:220:1::1"));
    for (const char* inner :
         {"127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "::1",
          "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "nonsense"})
        EXPECT_FALSE(none.allows(inner)) << inner;
}

TEST(Destinations, TakeAddressesAndBlocks) {
    const Destinations some({"127.0.0.1", "10.0.0.0/8", "fd00::/8"});
    EXPECT_TRUE(some.allows("127.0.0.1"));
    EXPECT_FALSE(some.allows("127.0.0.2"));
    EXPECT_TRUE(some.allows("::ffff:10.0.0.1"));
    EXPECT_TRUE(some.allows("fd12::1"));
    EXPECT_FALSE(some.names("127.0.0.1")) << "an address is checked as one";
}

TEST(Destinations, TakeNames) {
    const Destinations some({"CRM.internal"});
    EXPECT_TRUE(some.names("crm.internal"));
    EXPECT_FALSE(some.names("other.internal"));
    EXPECT_FALSE(some.names("x.crm.internal"));
    EXPECT_FALSE(some.allows("10.0.0.1")) << "an address is none's because a name is allowed";
}

TEST(Destinations, SayWhatIsNone) {
    for (const char* good : {"crm.internal", "localhost", "127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"})
        EXPECT_EQ(Destinations::wrong(good), std::nullopt) << good;
    for (const char* bad : {"", "http://crm", "crm:80", "10.0.0.0/33", "300.1.2.3", "a b", "*"})
        EXPECT_NE(Destinations::wrong(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace callboard
