#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sources/hep/sip_scanner.hpp"

// The headers that say who calls, who was called and why: all optional, and passed over where malformed.
namespace callboard {
namespace {

struct Scanned {
    std::string bytes;
    SipMessage message;
    explicit Scanned(const std::string& headers)
        : bytes(
              "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
              "From: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: c\r\nCSeq: 1 "
              "INVITE\r\n" +
              headers + "\r\n") {
        EXPECT_EQ(text_of(scan_sip(bytes, message)), "ok") << headers;
    }
    const SipMessage* operator->() const { return &message; }
};

std::string uri_of(const std::optional<SipAddress>& address) {
    return address ? std::string(address->uri.text) : "none";
}

TEST(SipIdentity, PrefersTheSipFormOfAnAssertedIdentity) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "none"},
        {"P-Asserted-Identity: <tel:+331>\r\n", "tel:+331"},
        {"P-Asserted-Identity: \"A, B\" <sip:1@h>\r\n", "sip:1@h"},
        {"P-Asserted-Identity: <tel:+331>, <sip:1@h>\r\n", "sip:1@h"},
        {"P-Asserted-Identity: <sip:1@h>, <tel:+331>\r\n", "sip:1@h"},
        {"P-Asserted-Identity: <TEL:+331>\r\np-asserted-identity: <sips:1@h>\r\n", "sips:1@h"},
        {"P-Asserted-Identity: <sip:1@h>\r\nP-Asserted-Identity: <sip:2@h>\r\n", "sip:1@h"},
        {"P-Asserted-Identity: <sip:1@h\r\n", "none"},
        {"P-Asserted-Identity:\r\n", "none"}};
    for (const auto& [headers, uri] : cases)
        EXPECT_EQ(uri_of(Scanned(headers)->asserted_identity), uri) << headers;
}

TEST(SipIdentity, ReadsTheRemotePartyThatCalls) {
    struct Case {
        std::string value, uri;
        bool hidden;
    };
    const std::vector<Case> cases = {
        {"\"A\" <sip:1@h>;party=calling;screen=yes;privacy=off", "sip:1@h", false},
        {"<sip:1@h>", "sip:1@h", false},
        {"<sip:1@h>;party=called", "none", false},
        {"<sip:1@h>;party=called;privacy=full, <sip:2@h>;PARTY=Calling", "sip:2@h", false},
        {"<sip:1@h>;privacy=full", "sip:1@h", true},
        {"<sip:1@h>;privacy=\"name\"", "sip:1@h", true},
        {"<sip:1@h>;privacy=uri;party=calling", "sip:1@h", true},
        {"<sip:1@h>;privacy=none", "sip:1@h", false},
        {"<sip:1@h>, <sip:2@h>;privacy=full", "sip:1@h", false},
        {"rubbish", "none", false}};
    for (const auto& [value, uri, hidden] : cases) {
        const Scanned scanned("Remote-Party-ID: " + value + "\r\n");
        EXPECT_EQ(uri_of(scanned->remote_party), uri) << value;
        EXPECT_EQ(scanned->remote_party_private, hidden) << value;
    }
}

TEST(SipIdentity, ReadsWhetherTheCallerHides) {
    const std::vector<std::pair<std::string, bool>> cases = {
        {"id", true},       {"ID;critical", true},  {"header ; session", true},
        {"user", true},     {"critical, id", true}, {"none", false},
        {"session", false}, {"history", false},     {"", false},
        {"idle", false},    {";;,id", true}};
    for (const auto& [value, hidden] : cases)
        EXPECT_EQ(Scanned("Privacy: " + value + "\r\n")->privacy, hidden) << value;
}

TEST(SipIdentity, TakesTheBottomMostDiversion) {
    EXPECT_EQ(uri_of(Scanned("Diversion: <sip:1@h>;reason=no-answer\r\n")->diversion_last), "sip:1@h");
    EXPECT_EQ(uri_of(Scanned("Diversion: <sip:1@h>;reason=no-answer, \"X\" <sip:2@h>;counter=1\r\n"
                             "DIVERSION: <tel:+33>;reason=unconditional\r\n")
                         ->diversion_last),
              "tel:+33");
    EXPECT_EQ(uri_of(Scanned("Diversion: <sip:1@h>, <<\r\n")->diversion_last), "sip:1@h");
}

TEST(SipIdentity, TakesTheLowestIndexOfTheHistory) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"<sip:1@h>;index=1, <sip:2@h?Reason=SIP%3Bcause%3D302>;index=1.1", "sip:1@h"},
        {"<sip:2@h>;index=1.1, <sip:1@h>;index=1", "sip:1@h"},
        {"<sip:10@h>;index=1.10, <sip:2@h>;index=1.2", "sip:2@h"},
        {"<sip:10@h>;index=10, <sip:2@h>;index=2", "sip:2@h"},
        {"<sip:a@h>;index=1.1.1, <sip:b@h>;index=1.1", "sip:b@h"},
        {"<sip:a@h>;index=1.1, <sip:b@h>;index=1.1.1", "sip:a@h"},
        {"<sip:a@h>, <sip:b@h>;index=1.1", "sip:a@h"},
        {"<sip:a@h>;index=1, <sip:b@h>;index=x", "sip:a@h"},
        {"<sip:a@h>;index=1, <sip:b@h>;index=1", "sip:a@h"}};
    for (const auto& [value, uri] : cases)
        EXPECT_EQ(uri_of(Scanned("History-Info: " + value + "\r\n")->history_first), uri) << value;
    EXPECT_EQ(uri_of(Scanned("History-Info: <sip:2@h>;index=1.1\r\nHistory-Info: <sip:1@h>;index=1\r\n")
                         ->history_first),
              "sip:1@h")
        << "over several headers";
}

TEST(SipIdentity, ReadsWhatAnAttendedTransferReplaces) {
    const Scanned scanned("Replaces: 425928@phone.example.org ;to-tag=7743 ; From-Tag=6472;early-only\r\n");
    EXPECT_EQ(scanned->replaces_call_id, "425928@phone.example.org");
    EXPECT_EQ(scanned->replaces_to_tag, "7743");
    EXPECT_EQ(scanned->replaces_from_tag, "6472");
    const Scanned bare("Replaces: 1@h\r\n");
    EXPECT_EQ(bare->replaces_call_id, "1@h");
    EXPECT_EQ(bare->replaces_to_tag, "");
}

TEST(SipIdentity, KeepsTheHeadersOfReferTo) {
    const std::string uri = "sip:carol@h?Replaces=1%40h%3Bto-tag%3D2%3Bfrom-tag%3D3";
    EXPECT_EQ(Scanned("Refer-To: \"Carol\" <" + uri + ">;x=y\r\n")->refer_to, uri);
    EXPECT_EQ(Scanned("Refer-To: tel:+331\r\n")->refer_to, "tel:+331");
    EXPECT_EQ(Scanned("Refer-To: <<\r\n")->refer_to, "");
}

TEST(SipIdentity, ReadsTimes) {
    const std::vector<std::pair<std::string, std::uint32_t>> cases = {{"0", 0},
                                                                      {"3600", 3600},
                                                                      {"0060", 60},
                                                                      {"4294967295", 4294967295U},
                                                                      {"4294967296", 3600},
                                                                      {"Thu, 01 Dec 1994 16:00:00 GMT", 3600},
                                                                      {"-1", 3600},
                                                                      {"", 3600}};
    for (const auto& [value, seconds] : cases) {
        EXPECT_EQ(Scanned("Expires: " + value + "\r\n")->expires, seconds) << value;
        EXPECT_EQ(Scanned("Session-Expires: " + value + " ;refresher=uas\r\n")->session_expires, seconds)
            << value;
    }
    EXPECT_FALSE(Scanned("")->expires);
    EXPECT_FALSE(Scanned("")->session_expires);
}

TEST(SipIdentity, KeepsTheReasonAsWritten) {
    EXPECT_EQ(Scanned("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n")->reason,
              "SIP;cause=200;text=\"Call completed elsewhere\"");
}

}  // namespace
}  // namespace callboard
