#include "sources/hep/mgcp_scanner.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace callboard {
namespace {

/// The verdict on the first message; what it read stays valid, because `text` does.
MgcpVerdict scan(std::string_view text, MgcpMessage& message) { return scan_mgcp(text, message); }
MgcpVerdict verdict(std::string_view text) {
    MgcpMessage message;
    return scan(text, message);
}

// RFC 3435 §3.2.1 and appendix F
TEST(MgcpScanner, reads_a_command) {
    const std::string text =
        "CRCX 1204 aaln/1@rgw-2567.whatever.net MGCP 1.0\r\nC: A3C47F21456789F0\r\nL: p:10, a:PCMU\r\n"
        "M: recvonly\r\nN: ca@ca1.whatever.net:5678\r\nX: 0123456789AD\r\nR: L/hu\r\nS: G/rt\r\nK: "
        "6234-6255\r\n"
        "\r\nv=0\r\no=- 4 9 IN IP4 128.96.41.1\r\ns=-\r\nc=IN IP4 128.96.41.1\r\nt=0 0\r\nm=audio 3456 "
        "RTP/AVP 0\r\n";
    MgcpMessage message;
    ASSERT_EQ(scan(text, message), MgcpVerdict::ok);
    EXPECT_TRUE(message.request);
    EXPECT_EQ(message.verb, MgcpVerb::crcx);
    EXPECT_EQ(message.start_line, "CRCX 1204 aaln/1@rgw-2567.whatever.net MGCP 1.0");
    EXPECT_EQ(message.transaction, 1204U);
    EXPECT_EQ(message.endpoint, "aaln/1@rgw-2567.whatever.net");
    EXPECT_EQ(message.call_id, "A3C47F21456789F0");
    EXPECT_EQ(message.mode, MgcpMode::recvonly);
    EXPECT_EQ(message.request_id, "0123456789AD");
    EXPECT_EQ(message.requested_events, "L/hu");
    EXPECT_EQ(message.signals, "G/rt");
    EXPECT_TRUE(message.asks_for_notification());
    EXPECT_TRUE(message.described);
    EXPECT_EQ(message.media.address, "128.96.41.1");
    EXPECT_EQ(message.media.port, 3456);
}

// §3.3; a second endpoint's description may follow the first
TEST(MgcpScanner, reads_a_response) {
    const std::string text =
        "200 1204 OK then\nI: FDE234C8\nZ: aaln/2@rgw.whatever.net\n\nv=0\nc=IN IP4 10.0.0.1\nm=audio 4000 "
        "RTP/AVP 0\n"
        "\nv=0\nc=IN IP4 10.0.0.2\nm=audio 5000 RTP/AVP 0\n";
    MgcpMessage message;
    ASSERT_EQ(scan(text, message), MgcpVerdict::ok);
    EXPECT_FALSE(message.request);
    EXPECT_EQ(message.code, 200);
    EXPECT_EQ(message.transaction, 1204U);
    EXPECT_EQ(message.commentary, "OK then");
    EXPECT_EQ(message.connection_id, "FDE234C8");
    EXPECT_EQ(message.specific_endpoint, "aaln/2@rgw.whatever.net");
    EXPECT_EQ(message.media.address, "10.0.0.1");
    EXPECT_EQ(message.media.port, 4000);
}

TEST(MgcpScanner, reads_responses_without_anything_more) {
    for (const auto& [text, code] :
         {std::pair("000 1", 0), std::pair("100 1 Pending\r\n", 100), std::pair("515 999999999", 515)}) {
        MgcpMessage message;
        EXPECT_EQ(scan(text, message), MgcpVerdict::ok) << text;
        EXPECT_EQ(message.code, code);
        EXPECT_FALSE(message.described);
        EXPECT_FALSE(message.asks_for_notification());
    }
}

TEST(MgcpScanner, reads_names_in_any_case_and_any_blanks) {
    MgcpMessage message;
    ASSERT_EQ(scan("dlcx   7\taaln/1@gw  mgcp 1.0 NCS 1.0\r\nc:A1\r\ni :  7 \r\ne: 900 - Hardware error\r\n",
                   message),
              MgcpVerdict::ok);
    EXPECT_EQ(message.verb, MgcpVerb::dlcx);
    EXPECT_EQ(message.call_id, "A1");
    EXPECT_EQ(message.connection_id, "7");
    EXPECT_EQ(message.reason, "900 - Hardware error");
    ASSERT_EQ(scan("RSIP 1 *@gw MGCP 1.0\nrm: Forced\n", message), MgcpVerdict::ok);
    EXPECT_EQ(message.restart_method, "Forced");
    EXPECT_EQ(message.reason, "");
}

TEST(MgcpScanner, passes_over_what_it_does_not_know) {
    MgcpMessage message;
    ASSERT_EQ(
        scan("XTRA 7 a@b MGCP 1.0\nX-Flower: Daisy\nL/foo: 7\nI2: 8\nI: 1\nI: 2\nM: loopback\n", message),
        MgcpVerdict::ok);
    EXPECT_EQ(message.verb, MgcpVerb::other);
    EXPECT_EQ(message.connection_id, "1");
    EXPECT_EQ(message.mode, MgcpMode::other);
}

TEST(MgcpScanner, refuses_with_a_reason) {
    const std::vector<std::pair<std::string, MgcpVerdict>> cases = {
        {"\r\n", MgcpVerdict::bad_start_line},
        {"INVITE sip:1001@example.net SIP/2.0\r\n", MgcpVerdict::bad_start_line},
        {"RQNT 1 a@b SIP/2.0", MgcpVerdict::bad_start_line},
        {"RQNT", MgcpVerdict::bad_start_line},
        {"R:NT 1 a@b MGCP 1.0", MgcpVerdict::bad_start_line},
        {"RQNT 1 a@b MGCP 2.0", MgcpVerdict::bad_version},
        {"RQNT 0 a@b MGCP 1.0", MgcpVerdict::bad_transaction},
        {"RQNT 1000000000 a@b MGCP 1.0", MgcpVerdict::bad_transaction},
        {"RQNT x a@b MGCP 1.0", MgcpVerdict::bad_transaction},
        {"200", MgcpVerdict::bad_transaction},
        {"200 -1 OK", MgcpVerdict::bad_transaction},
        {"RQNT 1 aaln/1 MGCP 1.0", MgcpVerdict::bad_endpoint},
        {"RQNT 1 @b MGCP 1.0", MgcpVerdict::bad_endpoint},
        {"RQNT 1 a@ MGCP 1.0", MgcpVerdict::bad_endpoint},
        {"RQNT 1 a@" + std::string(256, 'b') + " MGCP 1.0", MgcpVerdict::bad_endpoint},
        {"RQNT 1 a\x01@b MGCP 1.0", MgcpVerdict::bad_endpoint},
        {"RQNT 1 a@b MGCP 1.0\nno parameter\n", MgcpVerdict::bad_parameter},
        {"RQNT 1 a@b MGCP 1.0\n: 1\n", MgcpVerdict::bad_parameter},
        {"RQNT 1 a@b MGCP 1.0\nX:\n", MgcpVerdict::bad_parameter},
        {"CRCX 1 a@b MGCP 1.0\nC: A 1\n", MgcpVerdict::bad_parameter},
        {"CRCX 1 a@b MGCP 1.0\nC: " + std::string(65, 'A') + "\n", MgcpVerdict::bad_parameter},
        {"RQNT 1 a@b MGCP 1.0\nX: 1\nS: L/ci(1,2\n", MgcpVerdict::bad_event_list},
        {"CRCX 1 a@b MGCP 1.0\nM: recvonly\n", MgcpVerdict::missing_parameter},
        {"NTFY 1 a@b MGCP 1.0\nX: 1\n", MgcpVerdict::missing_parameter},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(verdict(text), expected) << text;
    for (int i = 0; i <= static_cast<int>(MgcpVerdict::missing_parameter); ++i)
        EXPECT_FALSE(text_of(static_cast<MgcpVerdict>(i)).empty());
}

// §3.5.5
TEST(MgcpScanner, takes_piggy_backed_messages_one_by_one) {
    std::string_view text =
        "200 2005 OK\r\n.\r\nDLCX 1244 card23/21@tgw-7.example.net MGCP 1.0\r\nC: A1\r\nI: "
        "7\r\n.\nbad\n.\r\n200 9\r\n";
    MgcpMessage message;
    ASSERT_EQ(scan_mgcp(text, message), MgcpVerdict::ok);
    EXPECT_EQ(message.transaction, 2005U);
    ASSERT_EQ(scan_mgcp(text, message), MgcpVerdict::ok);
    EXPECT_EQ(message.verb, MgcpVerb::dlcx);
    EXPECT_EQ(message.call_id, "A1");
    EXPECT_EQ(scan_mgcp(text, message), MgcpVerdict::bad_start_line);
    ASSERT_EQ(scan_mgcp(text, message), MgcpVerdict::ok);
    EXPECT_EQ(message.transaction, 9U);
    EXPECT_EQ(message.call_id, "");
    EXPECT_TRUE(text.empty());
}

TEST(MgcpScanner, leaves_the_capture_as_it_is) {
    MgcpMessage message;
    message.capture_id = 7;
    message.source.port = 2727;
    message.collected = time_from_nanoseconds(5);
    ASSERT_EQ(scan("200 1 OK", message), MgcpVerdict::ok);
    EXPECT_EQ(message.capture_id, 7U);
    EXPECT_EQ(message.source.port, 2727);
    EXPECT_EQ(message.collected, time_from_nanoseconds(5));
}

/// One to `most` characters of these.
rc::Gen<std::string> some(const std::string& alphabet, std::size_t most) {
    return rc::gen::mapcat(rc::gen::inRange<std::size_t>(1, most + 1), [alphabet](std::size_t length) {
        return rc::gen::container<std::string>(length, rc::gen::elementOf(alphabet));
    });
}

TEST(MgcpScanner, reads_what_was_written) {
    EXPECT_TRUE(rc::check([] {
        const std::string hex = "0123456789abcdefABCDEF";
        const auto verb = static_cast<MgcpVerb>(*rc::gen::inRange(0, static_cast<int>(MgcpVerb::other)));
        const auto transaction = *rc::gen::inRange<std::uint32_t>(1, 1'000'000'000);
        const std::string local = *some("abz019/*$-", 40);
        const std::string domain = *some("abz019.-[]:", 40);
        const std::string call = *some(hex, 32);
        const std::string connection = *some(hex, 32);
        const std::string request = *some(hex, 32);
        const std::string events = *some("LDGhdrg/5*#,@ ", 30);
        const auto mode = *rc::gen::elementOf(
            std::vector<std::pair<std::string, MgcpMode>>{{"sendrecv", MgcpMode::sendrecv},
                                                          {"sendonly", MgcpMode::sendonly},
                                                          {"recvonly", MgcpMode::recvonly},
                                                          {"inactive", MgcpMode::inactive},
                                                          {"confrnce", MgcpMode::confrnce},
                                                          {"netwtest", MgcpMode::other}});
        const std::string line_end = *rc::gen::elementOf(std::vector<std::string>{"\n", "\r\n"});
        const auto port = *rc::gen::inRange<std::uint16_t>(1, 65535);
        std::vector<std::string> parameters = {"C: " + call,       "I:" + connection, "X: " + request,
                                               "M: " + mode.first, "S: " + events,    "O: x" + events};
        for (std::size_t i = parameters.size(); i > 1; --i)
            std::swap(parameters[i - 1], parameters[*rc::gen::inRange<std::size_t>(0, i)]);
        std::string text =
            fmt::format("{} {} {}@{} MGCP 1.0{}", text_of(verb), transaction, local, domain, line_end);
        for (const auto& parameter : parameters) text += parameter + line_end;
        text += fmt::format("{0}v=0{0}c=IN IP4 192.0.2.1{0}m=audio {1} RTP/AVP 0{0}", line_end, port);
        MgcpMessage message;
        RC_ASSERT(scan(text, message) == MgcpVerdict::ok);
        RC_ASSERT(message.verb == verb);
        RC_ASSERT(message.transaction == transaction);
        RC_ASSERT(message.endpoint == local + '@' + domain);
        RC_ASSERT(message.call_id == call);
        RC_ASSERT(message.connection_id == connection);
        RC_ASSERT(message.request_id == request);
        RC_ASSERT(message.mode == mode.second);
        RC_ASSERT(message.media.port == port);
        RC_ASSERT(message.observed_events.front() == 'x');
    }));
}

TEST(MgcpScanner, any_bytes_are_taken_off_and_never_kept) {
    EXPECT_TRUE(rc::check([](const std::string& bytes) {
        for (const std::string& text :
             {bytes, "NTFY 1 a@b MGCP 1.0\nO: " + bytes, "200 1 OK\n" + bytes, bytes + "\n.\n" + bytes}) {
            std::string_view rest = text;
            MgcpMessage message;
            while (!rest.empty()) {
                const std::size_t before = rest.size();
                (void)scan_mgcp(rest, message);
                RC_ASSERT(rest.size() < before);
                for (const std::string_view part : {message.start_line, message.endpoint, message.call_id,
                                                    message.observed_events, message.media.address})
                    RC_ASSERT(part.empty() || (part.data() >= text.data() &&
                                               part.data() + part.size() <= text.data() + text.size()));
            }
        }
    }));
}

}  // namespace
}  // namespace callboard
