#include "sources/hep/sip_uri.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace callboard {
namespace {

struct Parts {
    std::string text, scheme, user, host;
    int port;
    std::string parameters;
};

TEST(SipUri, CutsAUriIntoItsParts) {
    const std::vector<Parts> uris = {
        {"sip:alice@example.com", "sip", "alice", "example.com", 0, ""},
        {"sip:example.com", "sip", "", "example.com", 0, ""},
        {"SIPS:alice:secret@example.com:5061", "SIPS", "alice", "example.com", 5061, ""},
        {"sip:+33-1;phone-context=x@h;user=phone", "sip", "+33-1;phone-context=x", "h", 0, ";user=phone"},
        {"sip:a@[2001:db8::1]:5070;transport=tcp", "sip", "a", "2001:db8::1", 5070, ";transport=tcp"},
        {"sip:a@[2001:db8::1]", "sip", "a", "2001:db8::1", 0, ""},
        {"sip:h;lr;x=[::1]", "sip", "", "h", 0, ";lr;x=[::1]"},
        {"sip:a@h?Subject=x", "sip", "a", "h", 0, "?Subject=x"},
        {"sip:a?b/c@h", "sip", "a?b/c", "h", 0, ""},
        {"sip:sips%3Auser%40example.com@example.net", "sip", "sips%3Auser%40example.com", "example.net", 0,
         ""},
        {"sip:*86@my_host.local", "sip", "*86", "my_host.local", 0, ""},
        {"sip:\xc3\xa9@h", "sip", "\xc3\xa9", "h", 0, ""},
        {"tel:+33-1-23-45", "tel", "+33-1-23-45", "", 0, ""},
        {"TEL:7042;phone-context=example.com", "TEL", "7042", "", 0, ";phone-context=example.com"},
        {"urn:service:sos", "urn", "", "", 0, ""},
        {"http://example.com/a?b", "http", "", "", 0, ""},
        {"soap.beep://192.0.2.103:3002", "soap.beep", "", "", 0, ""},
        {"nobodyKnowsThisScheme:totallyopaquecontent", "nobodyKnowsThisScheme", "", "", 0, ""}};
    for (const auto& [text, scheme, user, host, port, parameters] : uris) {
        SipUri uri;
        ASSERT_TRUE(parse_uri(text, uri)) << text;
        EXPECT_EQ(uri.text, text);
        EXPECT_EQ(uri.scheme, scheme) << text;
        EXPECT_EQ(uri.user, user) << text;
        EXPECT_EQ(uri.host, host) << text;
        EXPECT_EQ(uri.port, port) << text;
        EXPECT_EQ(uri.parameters, parameters) << text;
    }
}

TEST(SipUri, RefusesWhatIsNone) {
    for (const char* text : {"",
                             "alice",
                             ":alice@h",
                             "1sip:alice@h",
                             "s p:a@h",
                             "sip:",
                             "sip:alice@",
                             "sip:alice@;lr",
                             "sip:a@h:",
                             "sip:a@h:x",
                             "sip:a@h:65536",
                             "sip:a@h:5060x",
                             "sip:a@[::1",
                             "sip:a@[::1]x",
                             "sip:a@[]",
                             "sip:a b@h",
                             "sip:a@h h",
                             "sip:a@h\r\n",
                             "sip:\"a\"@h",
                             "<sip:a@h>",
                             "sip:a@h@i",
                             "tel:",
                             "tel:;phone-context=x",
                             "sip:a\x7f@h"}) {
        SipUri uri;
        EXPECT_FALSE(parse_uri(text, uri)) << text;
    }
}

TEST(SipUri, TellsHeadersInAUri) {
    const std::vector<std::pair<std::string, bool>> uris = {{"sip:a@h?Route=x", true},
                                                            {"sip:a@h;lr?x=y", true},
                                                            {"sip:a?b@h", false},
                                                            {"sip:a@h;lr", false},
                                                            {"sip:h", false}};
    for (const auto& [text, expected] : uris) {
        SipUri uri;
        ASSERT_TRUE(parse_uri(text, uri));
        EXPECT_EQ(has_headers(uri), expected) << text;
    }
}

TEST(SipUri, TakesAddressesFromAList) {
    const std::string text =
        "\"Watson, \\\"T\\\"\"<sip:w@h;lr>;tag=1;q=0.7 ,sip:b@h;expires=2\t,\r\n Mr. X <tel:+1>, "
        "<sip:c@h>;x=\"<,;>\"";
    std::string_view list = text;
    SipAddress address;
    ASSERT_TRUE(take_address(list, address));
    EXPECT_EQ(address.display, "Watson, \\\"T\\\"");
    EXPECT_EQ(address.uri.text, "sip:w@h;lr");
    EXPECT_EQ(address.parameters, ";tag=1;q=0.7");
    ASSERT_TRUE(take_address(list, address));
    EXPECT_EQ(address.display, "");
    EXPECT_EQ(address.uri.text, "sip:b@h");
    EXPECT_EQ(address.parameters, ";expires=2") << "without brackets they are the header's";
    ASSERT_TRUE(take_address(list, address));
    EXPECT_EQ(address.display, "Mr. X");
    EXPECT_EQ(address.uri.user, "+1");
    EXPECT_EQ(address.parameters, "");
    ASSERT_TRUE(take_address(list, address));
    EXPECT_EQ(address.uri.text, "sip:c@h");
    EXPECT_EQ(parameter_of(address.parameters, "x"), "<,;>");
    EXPECT_TRUE(list.empty());
    EXPECT_FALSE(take_address(list, address)) << "nothing is left";
}

TEST(SipUri, ReadsDisplayNames) {
    const std::vector<std::pair<std::string, std::string>> names = {
        {"<sip:a@h>", ""},
        {"\"\"<sip:a@h>", ""},
        {"caller<sip:a@h>", "caller"},
        {"J Q Public <sip:a@h>", "J Q Public"},
        {"token1~` token2'+_ token3*%!.- <sip:a@h>", "token1~` token2'+_ token3*%!.-"},
        {"\"\xd0\xb4\xd0\xb0\" <sip:a@h>", "\xd0\xb4\xd0\xb0"},
        {"\xd0\xb4\xd0\xb0 <sip:a@h>", "\xd0\xb4\xd0\xb0"},
        {"\"a\\\\\" <sip:a@h>", "a\\\\"},
        {"\"<sip:x@y>;tag=1\" <sip:a@h>", "<sip:x@y>;tag=1"},
        {"1001@pbx <sip:a@h>", "1001@pbx"},
        {"Desk (2)\r\n <sip:a@h>", "Desk (2)"}};
    for (const auto& [text, display] : names) {
        std::string_view list = text;
        SipAddress address;
        ASSERT_TRUE(take_address(list, address)) << text;
        EXPECT_EQ(address.display, display);
        EXPECT_EQ(address.uri.text, "sip:a@h") << text;
    }
}

TEST(SipUri, RefusesMalformedAddresses) {
    for (const char* text : {"",
                             " ",
                             ",",
                             "<>",
                             "<sip:a@h",
                             "sip:a@h>",
                             "<sip:a@h>>",
                             "< sip:a@h>",
                             "<sip:a@h >",
                             "\"x <sip:a@h>",
                             "\"x\" sip:a@h",
                             "\"x\\\" <sip:a@h>",
                             "\"x\" y <sip:a@h>",
                             "Bell, A <sip:a@h>",
                             "a;b <sip:a@h>",
                             "<sip:a@h>;;x",
                             "<sip:a@h>;=1",
                             "<sip:a@h>;x=",
                             "<sip:a@h>;x=\"",
                             "<sip:a@h> x",
                             "<sip:a@h>,",
                             "<sip:a@h>, ",
                             "sip:a@h?x=y",
                             "a<b <sip:a@h>"}) {
        std::string_view list = text;
        SipAddress address;
        EXPECT_FALSE(take_address(list, address)) << text;
    }
}

TEST(SipUri, FindsParameters) {
    const std::string_view all = ";tag=1; rport ;\r\n Q = \"a\\\";b\" ;x=[::1]; tag=2;e=a b ;ob";
    EXPECT_EQ(parameter_of(all, "tag"), "1") << "the first";
    EXPECT_EQ(parameter_of(all, "TAG"), "1");
    EXPECT_EQ(parameter_of(all, "rport"), "");
    EXPECT_EQ(parameter_of(all, "q"), "a\\\";b");
    EXPECT_EQ(parameter_of(all, "x"), "[::1]");
    EXPECT_EQ(parameter_of(all, "ob"), "");
    EXPECT_EQ(parameter_of(all, "b"), std::nullopt) << "that is within quotes";
    EXPECT_EQ(parameter_of(all, "ta"), std::nullopt);
    EXPECT_EQ(parameter_of("", "tag"), std::nullopt);
    EXPECT_EQ(parameter_of(";", "tag"), std::nullopt);
    EXPECT_EQ(parameter_of(";x=\"open", "x"), std::nullopt);
}

TEST(SipUri, TakesParametersAndStopsBehindThem) {
    struct Case {
        std::string text, parameters, left;
    };
    const std::vector<Case> cases = {{"", "", ""},
                                     {" ;a", ";a", ""},
                                     {";a ; b = c , next", ";a ; b = c", ", next"},
                                     {";a=\",;\" >", ";a=\",;\"", ">"},
                                     {", next", "", ", next"},
                                     {";a=1 2", ";a=1", "2"}};
    for (const auto& [text, expected, left] : cases) {
        std::string_view rest = text;
        std::string_view parameters;
        ASSERT_TRUE(take_parameters(rest, parameters)) << text;
        EXPECT_EQ(parameters, expected) << text;
        EXPECT_EQ(rest, left) << text;
    }
}

}  // namespace
}  // namespace callboard
