#include "net/address_range.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace callboard {
namespace {

AddressRange range(std::string_view text) {
    const auto parsed = AddressRange::parse(text);
    EXPECT_TRUE(parsed) << text;
    return *parsed;
}

TEST(AddressRange, HoldsWhatItsPrefixSays) {
    EXPECT_TRUE(range("10.0.0.0/8").contains("10.255.0.1"));
    EXPECT_FALSE(range("10.0.0.0/8").contains("11.0.0.1"));
    EXPECT_TRUE(range("192.168.16.0/20").contains("192.168.31.255"));
    EXPECT_FALSE(range("192.168.16.0/20").contains("192.168.32.0"));
    EXPECT_TRUE(range("127.0.0.1").contains("127.0.0.1"));
    EXPECT_FALSE(range("127.0.0.1").contains("127.0.0.2"));
    EXPECT_TRUE(range("0.0.0.0/0").contains("203.0.113.9"));
    EXPECT_FALSE(range("0.0.0.0/0").contains("2001:db8::1"));
    EXPECT_TRUE(range("::/0").contains("2001:db8::1"));
    EXPECT_TRUE(range("2001:db8::/33").contains("2001:db8:7fff::1"));
    EXPECT_FALSE(range("2001:db8::/33").contains("2001:db8:8000::1"));
    EXPECT_TRUE(range("10.0.0.0/8").contains("::ffff:10.1.2.3")) << "IPv4 that came over IPv6";
}

TEST(AddressRange, NoAddressIsInNone) {
    for (const char* text : {"", "localhost", "10.0.0", "10.0.0.1:80", "unknown"})
        EXPECT_FALSE(range("0.0.0.0/0").contains(text)) << text;
}

TEST(AddressRange, SaysWhatIsNoRange) {
    for (const char* text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "fd00::/129", "proxy"}) {
        const auto parsed = AddressRange::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_NE(parsed.error().what.find("write it as"), std::string::npos);
    }
}

TEST(Loopback, IsThisMachine) {
    for (const char* text : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"})
        EXPECT_TRUE(is_loopback(text)) << text;
    for (const char* text : {"128.0.0.1", "::2", "", "localhost"}) EXPECT_FALSE(is_loopback(text)) << text;
}

TEST(ClientBehind, BelievesTrustedProxiesAlone) {
    const std::vector<AddressRange> proxies = {range("127.0.0.1"), range("10.0.0.0/8")};
    EXPECT_EQ(client_behind(proxies, "127.0.0.1", "203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(client_behind(proxies, "192.0.2.1", "203.0.113.9"), "192.0.2.1")
        << "a stranger may write anything";
    EXPECT_EQ(client_behind({}, "127.0.0.1", "203.0.113.9"), "127.0.0.1");
    EXPECT_EQ(client_behind(proxies, "127.0.0.1", ""), "127.0.0.1");
}

TEST(ClientBehind, TakesTheLastThatIsNoProxy) {
    const std::vector<AddressRange> proxies = {range("127.0.0.1"), range("10.0.0.0/8")};
    EXPECT_EQ(client_behind(proxies, "127.0.0.1", "1.1.1.1, 203.0.113.9 , 10.4.4.4"), "203.0.113.9");
    EXPECT_EQ(client_behind(proxies, "127.0.0.1", "10.1.1.1,10.4.4.4"), "10.1.1.1")
        << "all are ours: the first";
    EXPECT_EQ(client_behind(proxies, "127.0.0.1", "203.0.113.9, nonsense"), "127.0.0.1");
    EXPECT_EQ(client_behind(proxies, "127.0.0.1", "203.0.113.9,"), "127.0.0.1");
}

}  // namespace
}  // namespace callboard
