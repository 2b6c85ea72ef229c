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

TEST(PublicAddress, IsAnyonesOnTheInternet) {
    for (const char* text : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
                             "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.0.1", "198.17.255.255",
                             "198.20.0.0", "223.255.255.255", "2001:4860:4860::8888", "2a00:1450::1",
                             "2600::", "2001:200::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"})
        EXPECT_TRUE(is_public(text)) << text;
}

TEST(PublicAddress, IsNoneThatLeadsInside) {
    for (const char* text :
         {"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1",
          "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
          "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
          "239.1.1.1", "240.0.0.1", "255.255.255.255",
          // IPv6: none, this machine, link, site, private, groups, documentation
          "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "3fff::1",
          "100::1",
          // forms that hide an IPv4 address
          "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
          "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1.1.1.1", "2002:7f00:1::1", "2001::1",
          "::ffff:0:1.1.1.1", "5f00::1"})
        EXPECT_FALSE(is_public(text)) << text;
}

TEST(PublicAddress, IsNoText) {
    for (const char* text : {"", "localhost", "1.1.1", "1.1.1.1:80", "[2600::]", "fe80::1%eth0"})
        EXPECT_FALSE(is_public(text)) << text;
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
