#include "sources/hep/sip_scanner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace callboard {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// The headers that every message has, as `name` and full line, so that a test can leave one out.
std::string headers_without(std::string_view left_out) {
    std::string text;
    for (const auto& [name, line] : std::vector<std::pair<std::string, std::string>>{
             {"Via", "Via: SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK74bf9\r\n"},
             {"From", "From: Alice <sip:alice@example.com>;tag=9fxced76sl\r\n"},
             {"To", "To: Bob <sip:bob@example.com>\r\n"},
             {"Call-ID", "Call-ID: 3848276298220188511@192.0.2.4\r\n"},
             {"CSeq", "CSeq: 2 INVITE\r\n"}})
        if (name != left_out) text += line;
    return text;
}

std::string invite_with(const std::string& headers, std::string_view left_out = "",
                        const std::string& body = "") {
    return "INVITE sip:bob@example.com SIP/2.0\r\n" + headers_without(left_out) + headers + "\r\n" + body;
}

std::string invite_from(const std::string& start_line) {
    return start_line + "\r\n" + headers_without("") + "\r\n";
}

/// Keeps the bytes that the message's views point into.
struct Scanned {
    std::string bytes;
    SipMessage message;
    SipVerdict verdict;
    explicit Scanned(std::string text) : bytes(std::move(text)), verdict(scan_sip(bytes, message)) {}
    const SipMessage* operator->() const { return &message; }
};

std::string_view verdict_of(const std::string& text) { return text_of(Scanned(text).verdict); }

TEST(SipScanner, ReadsWhatARequestSays) {
    const Scanned scanned(invite_with("Contact: <sip:alice@192.0.2.4>\r\n"));
    ASSERT_EQ(text_of(scanned.verdict), "ok");
    EXPECT_TRUE(scanned->request);
    EXPECT_EQ(scanned->start_line, "INVITE sip:bob@example.com SIP/2.0");
    EXPECT_EQ(scanned->method, SipMethod::invite);
    EXPECT_EQ(scanned->request_uri.text, "sip:bob@example.com");
    EXPECT_EQ(scanned->call_id, "3848276298220188511@192.0.2.4");
    EXPECT_EQ(scanned->cseq, 2U);
    EXPECT_EQ(scanned->cseq_text, "2 INVITE");
    EXPECT_EQ(scanned->from.display, "Alice");
    EXPECT_EQ(scanned->from.uri.user, "alice");
    EXPECT_EQ(scanned->from_tag, "9fxced76sl");
    EXPECT_EQ(scanned->to.uri.text, "sip:bob@example.com");
    EXPECT_EQ(scanned->to_tag, "");
    EXPECT_EQ(scanned->via_branch, "z9hG4bK74bf9");
    EXPECT_EQ(scanned->via_sent_by, "192.0.2.4:5060");
    EXPECT_EQ(scanned->via_count, 1);
    ASSERT_EQ(scanned->contacts.size(), 1U);
    EXPECT_EQ(scanned->contacts[0].address.uri.host, "192.0.2.4");
    EXPECT_EQ(scanned->media, MediaDirection::none);
}

TEST(SipScanner, ReadsWhatAResponseSays) {
    const Scanned scanned("SIP/2.0 486 Busy Here\r\n" + headers_without("To") +
                          "To: <sip:bob@example.com>;tag=7\r\n\r\n");
    ASSERT_EQ(text_of(scanned.verdict), "ok");
    EXPECT_FALSE(scanned->request);
    EXPECT_EQ(scanned->status, 486);
    EXPECT_EQ(scanned->reason_phrase, "Busy Here");
    EXPECT_EQ(scanned->method, SipMethod::invite) << "that of CSeq";
    EXPECT_EQ(scanned->to_tag, "7");
}

TEST(SipScanner, KnowsEveryMethod) {
    const std::vector<std::pair<std::string, SipMethod>> methods = {{"INVITE", SipMethod::invite},
                                                                    {"ACK", SipMethod::ack},
                                                                    {"BYE", SipMethod::bye},
                                                                    {"CANCEL", SipMethod::cancel},
                                                                    {"REGISTER", SipMethod::register_},
                                                                    {"OPTIONS", SipMethod::options},
                                                                    {"UPDATE", SipMethod::update},
                                                                    {"REFER", SipMethod::refer},
                                                                    {"NOTIFY", SipMethod::notify},
                                                                    {"SUBSCRIBE", SipMethod::subscribe},
                                                                    {"INFO", SipMethod::info},
                                                                    {"PRACK", SipMethod::prack},
                                                                    {"MESSAGE", SipMethod::message},
                                                                    {"PUBLISH", SipMethod::publish},
                                                                    {"invite", SipMethod::other},
                                                                    {"FLY!%*_+`'~", SipMethod::other}};
    for (const auto& [name, method] : methods) {
        const std::string headers = headers_without("CSeq") + "CSeq: 1 " + name + "\r\n\r\n";
        const Scanned request(name + " sip:bob@example.com SIP/2.0\r\n" + headers);
        EXPECT_EQ(text_of(request.verdict), "ok") << name;
        EXPECT_EQ(request->method, method) << name;
        const Scanned response("SIP/2.0 200 OK\r\n" + headers);
        EXPECT_EQ(response->method, method) << name;
    }
}

TEST(SipScanner, JudgesStartLines) {
    const std::vector<std::pair<std::string, std::string>> lines = {
        {"INVITE sip:bob@example.com sip/2.0", "ok"},
        {"INVITE tel:+33-1-23;phone-context=x SIP/2.0", "ok"},
        {"INVITE urn:service:sos SIP/2.0", "ok"},
        {"INVITE sip:bob@[2001:db8::9]:5070;transport=tcp SIP/2.0", "ok"},
        {"SIP/2.0 180 Ringing", "ok"},
        {"sip/2.0 180 Ringing", "ok"},
        {"SIP/2.0 100 ", "ok"},
        {"SIP/2.0 100", "ok"},
        {"SIP/2.0 699 \xd0\xb4\xd0\xb0, 100% = ?", "ok"},
        {"INVITE  sip:bob@example.com SIP/2.0", "bad_start_line"},
        {"INVITE sip:bob@example.com  SIP/2.0", "bad_start_line"},
        {"INVITE sip:bob@example.com SIP/2.0 ", "bad_start_line"},
        {" INVITE sip:bob@example.com SIP/2.0", "bad_start_line"},
        {"INVITE\tsip:bob@example.com\tSIP/2.0", "bad_start_line"},
        {"INVITE <sip:bob@example.com> SIP/2.0", "bad_start_line"},
        {"INVITE sip:bob@example.com; lr SIP/2.0", "bad_start_line"},
        {"INVITE sip:bob@example.com?Route=x SIP/2.0", "bad_start_line"},
        {"INVITE bob SIP/2.0", "bad_start_line"},
        {"INVITE sip: SIP/2.0", "bad_start_line"},
        {"INVITE sip:bob@example.com", "bad_start_line"},
        {"INVITE", "bad_start_line"},
        {"INV\"ITE sip:bob@example.com SIP/2.0", "bad_start_line"},
        {"GET / HTTP/1.1", "bad_start_line"},
        {"INVITE sip:bob@example.com SIP/7.0", "bad_version"},
        {"SIP/3.0 200 OK", "bad_version"},
        {"SIP/2.0 99 Low", "bad_start_line"},
        {"SIP/2.0 700 High", "bad_start_line"},
        {"SIP/2.0 4294967301 High", "bad_start_line"},
        {"SIP/2.0 200OK", "bad_start_line"},
        {"SIP/2.0 -10 OK", "bad_start_line"},
        {"SIP/2.0  200 OK", "bad_start_line"},
        {"SIP/2.0", "bad_start_line"}};
    for (const auto& [line, verdict] : lines) EXPECT_EQ(verdict_of(invite_from(line)), verdict) << line;
}

TEST(SipScanner, PassesOverWhatStandsBeforeAndBehind) {
    const std::string message = invite_with("Content-Length: 4\r\n", "", "v=0\n");
    EXPECT_EQ(verdict_of("\r\n\r\n" + message), "ok");
    EXPECT_EQ(verdict_of("\n" + message), "ok");
    EXPECT_EQ(verdict_of("\0\0\0\0"s + message), "ok");
    const Scanned doubled(message + "INVITE sip:other@example.com SIP/2.0\r\njunk");
    EXPECT_EQ(text_of(doubled.verdict), "ok");
    EXPECT_EQ(doubled->request_uri.user, "bob");
}

TEST(SipScanner, TakesKeepalivesForWhatTheyAre) {
    for (const std::string& bytes : {""s, "\r\n\r\n"s, "\r\n"s, "\n"s, "\0\0\0\0"s, "\0"s})
        EXPECT_EQ(verdict_of(bytes), "keepalive");
    EXPECT_EQ(verdict_of("jaK"), "bad_start_line");
}

TEST(SipScanner, MissesWhatEveryMessageMustHave) {
    for (const char* name : {"Via", "From", "To", "Call-ID", "CSeq"})
        EXPECT_EQ(verdict_of(invite_with("", name)), "missing_header") << name;
    EXPECT_EQ(verdict_of(invite_with("Call-ID:\r\n", "Call-ID")), "missing_header") << "an empty one is none";
}

TEST(SipScanner, RefusesASecondOfWhatComesOnce) {
    for (const char* line : {"From: <sip:mallory@example.com>;tag=1\r\n", "t: <sip:carol@example.com>\r\n",
                             "i: other\r\n", "CSEQ: 3 INVITE\r\n"})
        EXPECT_EQ(verdict_of(invite_with(line)), "repeated_header") << line;
}

TEST(SipScanner, TakesTheFirstOfOptionalHeaders) {
    const Scanned scanned(invite_with(
        "Expires: 60\r\nExpires: 70\r\nSession-Expires: 90\r\nx: 100\r\nReason: Q.850;cause=16\r\n"
        "Reason: SIP;cause=200\r\nReplaces: a;to-tag=b;from-tag=c\r\nReplaces: d;to-tag=e;from-tag=f\r\n"
        "Refer-To: <sip:1@h>\r\nr: <sip:2@h>\r\nContent-Type: application/sdp\r\nc: text/plain\r\n",
        "", "v=0\r\nm=audio 9 RTP/AVP 0\r\n"));
    EXPECT_EQ(text_of(scanned.verdict), "ok");
    EXPECT_EQ(scanned->expires, 60U);
    EXPECT_EQ(scanned->session_expires, 90U);
    EXPECT_EQ(scanned->reason, "Q.850;cause=16");
    EXPECT_EQ(scanned->replaces_call_id, "a");
    EXPECT_EQ(scanned->refer_to, "sip:1@h");
    EXPECT_EQ(scanned->media, MediaDirection::sendrecv);
}

TEST(SipScanner, ReadsCompactForms) {
    const Scanned scanned(
        "INVITE sip:bob@example.com SIP/2.0\r\nv: SIP/2.0/TLS h;branch=z9hG4bKx\r\nf: <sip:a@h>;tag=1\r\n"
        "t: <sip:b@h>;tag=2\r\ni: abc\r\nCSeq: 1 INVITE\r\nm: <sip:a@192.0.2.1>;expires=5\r\nx: "
        "1800;refresher=uac\r\n"
        "r: <sip:c@h>\r\nc: application/sdp\r\nl: 25\r\ns: hello\r\nk: 100rel\r\n\r\nv=0\r\nm=audio 9 "
        "RTP/AVP 0\r\n");
    ASSERT_EQ(text_of(scanned.verdict), "ok");
    EXPECT_EQ(scanned->via_branch, "z9hG4bKx");
    EXPECT_EQ(scanned->from_tag, "1");
    EXPECT_EQ(scanned->to_tag, "2");
    EXPECT_EQ(scanned->call_id, "abc");
    EXPECT_EQ(scanned->contacts.at(0).expires, 5U);
    EXPECT_EQ(scanned->session_expires, 1800U);
    EXPECT_EQ(scanned->refer_to, "sip:c@h");
    EXPECT_EQ(scanned->media, MediaDirection::sendrecv);
}

TEST(SipScanner, ReadsFoldsAnyCaseAndBlanks) {
    const Scanned scanned(
        "INVITE sip:bob@example.com SIP/2.0\r\nVIA  :  SIP / 2.0\r\n /UDP\r\n\t192.0.2.2;branch =\r\n "
        "z9hG4bK1\r\n"
        "FROM   :\r\n \"J \\\" <x>\" \t <sip:j@h>\r\n  ;\r\n  tag = 98\r\ntO:\r\n sip:v@h ;   tag    = 19\r\n"
        "call-id :  fold@h \t\r\ncseq: 0009\r\n  INVITE\r\nSubject:\r\n :not: a header\r\n\r\n");
    ASSERT_EQ(text_of(scanned.verdict), "ok");
    EXPECT_EQ(scanned->via_sent_by, "192.0.2.2");
    EXPECT_EQ(scanned->via_branch, "z9hG4bK1");
    EXPECT_EQ(scanned->from.display, "J \\\" <x>");
    EXPECT_EQ(scanned->from_tag, "98");
    EXPECT_EQ(scanned->to.uri.text, "sip:v@h");
    EXPECT_EQ(scanned->to_tag, "19");
    EXPECT_EQ(scanned->call_id, "fold@h");
    EXPECT_EQ(scanned->cseq, 9U);
    EXPECT_EQ(scanned->method, SipMethod::invite);
}

TEST(SipScanner, ReadsLoneLineFeeds) {
    std::string text =
        invite_with("c: application/sdp\r\n", "", "v=0\r\nm=audio 9 RTP/AVP 0\r\na=inactive\r\n");
    std::erase(text, '\r');
    const Scanned scanned(text);
    ASSERT_EQ(text_of(scanned.verdict), "ok");
    EXPECT_EQ(scanned->call_id, "3848276298220188511@192.0.2.4");
    EXPECT_EQ(scanned->media, MediaDirection::inactive);
}

TEST(SipScanner, TellsACutMessage) {
    const std::string text = invite_with("Content-Length: 0\r\n");
    EXPECT_EQ(verdict_of(text), "ok");
    EXPECT_EQ(verdict_of(text.substr(0, text.size() - 2)), "truncated") << "no blank line";
    EXPECT_EQ(verdict_of(text.substr(0, text.size() - 8)), "truncated") << "within a header";
    EXPECT_EQ(verdict_of("INVITE sip:bob@example.com SIP/2.0\r\n"), "truncated");
    EXPECT_EQ(verdict_of("INVITE sip:bob@exa"), "bad_start_line");
}

/// Every beginning of a message has a verdict, and none but the whole is accepted.
TEST(SipScanner, AcceptsNoBeginningOfAMessage) {
    const std::string text = invite_with("m: \"Bob\" <sip:b@h>;expires=3\r\nContent-Length: 0\r\n");
    for (std::size_t length = 0; length < text.size(); ++length)
        EXPECT_NE(verdict_of(text.substr(0, length)), "ok") << length;
}

TEST(SipScanner, JudgesCseq) {
    const std::vector<std::pair<std::string, std::string>> values = {
        {"1 INVITE", "ok"},
        {"2147483647 INVITE", "ok"},
        {"0 INVITE", "ok"},
        {"007\t \tINVITE", "ok"},
        {"2147483648 INVITE", "bad_number"},
        {"36893488147419103232 INVITE", "bad_number"},
        {"-1 INVITE", "bad_number"},
        {"+1 INVITE", "bad_number"},
        {"0x1 INVITE", "bad_number"},
        {"INVITE", "bad_number"},
        {"1", "bad_header"},
        {"1 INVITE 2", "bad_header"},
        {"1 BYE", "method_mismatch"},
        {"1 invite", "method_mismatch"}};
    for (const auto& [value, verdict] : values)
        EXPECT_EQ(verdict_of(invite_with("CSeq: " + value + "\r\n", "CSeq")), verdict) << value;
}

TEST(SipScanner, JudgesVia) {
    const std::vector<std::pair<std::string, std::string>> values = {
        {"SIP/2.0/UDP h", "ok"},
        {"SIP/2.0/UNKNOWN h : 5060 ; received = [::1] ; rport", "ok"},
        {"SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1", "ok"},
        {"SIP/2.0/UDP h;x=\"a,;b\";branch=z9", "ok"},
        {"", "bad_header"},
        {"SIP/2.0 h", "bad_header"},
        {"SIP/2.0/UDP", "bad_header"},
        {"SIP/2.0/UDP[2001:db8::1]", "bad_header"},
        {"SIP/2.0/UDP ;branch=z9", "bad_header"},
        {"SIP/2.0/UDP h:5060=\"x\";branch=z9", "bad_header"},
        {"SIP/2.0/UDP h;;branch=z9", "bad_header"},
        {"SIP/2.0/UDP h,", "bad_header"},
        {"SIP/2.0/UDP h;x=\"open", "bad_header"},
        {"SIP/2.0/UDP h;branch=z9 junk", "bad_header"}};
    for (const auto& [value, verdict] : values)
        EXPECT_EQ(verdict_of(invite_with("Via: " + value + "\r\n", "Via")), verdict) << value;
}

TEST(SipScanner, CountsViasAndReadsTheTopmost) {
    const Scanned scanned(
        invite_with("v: SIP/2.0/TCP [2001:db8::1]:5061;rport;Branch=z9hG4bKtop , SIP/2.0/UDP "
                    "b;branch=2\r\nVia: SIP/2.0/UDP c;branch=3\r\n",
                    "Via"));
    ASSERT_EQ(text_of(scanned.verdict), "ok");
    EXPECT_EQ(scanned->via_count, 3);
    EXPECT_EQ(scanned->via_sent_by, "[2001:db8::1]:5061");
    EXPECT_EQ(scanned->via_branch, "z9hG4bKtop");
    EXPECT_EQ(Scanned(invite_with("Via: SIP/2.0/UDP a, SIP/2.0/UDP b;branch=2\r\n", "Via"))->via_branch, "")
        << "that of the second is not the topmost's";
}

TEST(SipScanner, JudgesFromAndTo) {
    const std::vector<std::pair<std::string, std::string>> values = {
        {"sip:a@h", "ok"},
        {"<sip:a@h>", "ok"},
        {"<tel:+33123>;tag=1", "ok"},
        {"\"\" <sip:a@h>;tag=1", "ok"},
        {"\"Bell, Alexander\" <sip:a@h>", "ok"},
        {"\xc3\x89lodie <sip:e@h>;tag=1", "ok"},
        {"Desk (2) <sip:a@h>", "ok"},
        {"*<sip:a@h>", "ok"},
        {"Bell, Alexander <sip:a@h>", "bad_header"},
        {"\"Open <sip:a@h>", "bad_header"},
        {"\"Watson\" < sip:a@h >", "bad_header"},
        {"<sip:a@h", "bad_header"},
        {"<sip:a@h>;tag", "ok"},
        {"<sip:a@h>;tag=", "bad_header"},
        {"<sip:a@h>;", "bad_header"},
        {"<sip:a@h>, <sip:b@h>", "bad_header"},
        {"<sip:a@h> junk", "bad_header"},
        {"sip:a@h?Route=x", "bad_header"},
        {"a@h", "bad_header"},
        {"", "bad_header"}};
    for (const auto& [value, verdict] : values) {
        EXPECT_EQ(verdict_of(invite_with("From: " + value + "\r\n", "From")), verdict) << value;
        EXPECT_EQ(verdict_of(invite_with("To: " + value + "\r\n", "To")), verdict) << value;
    }
}

TEST(SipScanner, ReadsSeveralContacts) {
    const Scanned scanned(
        invite_with("Contact: \"A, B\" <sip:a@h;x=1?p=q>;q=0.5;expires=60, sip:b@h;Expires=\"7\"\r\nm: "
                    "<tel:+1>;expires=never\r\n"
                    "Contact: <sip:c@h>;expires=4294967296\r\n"));
    ASSERT_EQ(text_of(scanned.verdict), "ok");
    ASSERT_EQ(scanned->contacts.size(), 4U);
    EXPECT_EQ(scanned->contacts[0].address.display, "A, B");
    EXPECT_EQ(scanned->contacts[0].expires, 60U);
    EXPECT_EQ(scanned->contacts[1].address.uri.text, "sip:b@h");
    EXPECT_EQ(scanned->contacts[1].expires, 7U);
    EXPECT_EQ(scanned->contacts[2].expires, 3600U) << "no number: an hour (RFC 3261 §20.10)";
    EXPECT_EQ(scanned->contacts[3].expires, 3600U) << "too large for a delta-seconds";
    EXPECT_FALSE(scanned->contact_star);
}

TEST(SipScanner, ReadsTheStarThatRemovesEveryBinding) {
    const Scanned scanned(invite_with("Contact: *\r\nExpires: 0\r\n"));
    EXPECT_TRUE(scanned->contact_star);
    EXPECT_TRUE(scanned->contacts.empty());
    EXPECT_EQ(scanned->expires, 0U);
    EXPECT_EQ(verdict_of(invite_with("Contact: <sip:a@h>;;\r\n")), "bad_header");
    EXPECT_EQ(verdict_of(invite_with("Contact: sip:a@h?Route=x\r\n")), "bad_header");
}

TEST(SipScanner, BoundsTheContactsItKeeps) {
    std::string many = "Contact: <sip:a@h>";
    for (int i = 0; i < 5000; ++i) many += ",<sip:a@h>";
    const Scanned scanned(invite_with(many + "\r\n"));
    EXPECT_EQ(text_of(scanned.verdict), "ok");
    EXPECT_EQ(scanned->contacts.size(), 64U);
}

TEST(SipScanner, JudgesContentLength) {
    const auto with = [](const std::string& lines) { return invite_with(lines, "", "v=0\r\n"); };
    EXPECT_EQ(verdict_of(with("Content-Length: 5\r\n")), "ok");
    EXPECT_EQ(verdict_of(with("Content-Length: 0\r\n")), "ok");
    EXPECT_EQ(verdict_of(with("Content-Length: 5\r\nl: 005\r\n")), "ok") << "twice the same";
    for (const char* value : {"6", "-1", "", "x", "5 5", "99999999999999999999999"})
        EXPECT_EQ(verdict_of(with("Content-Length: "s + value + "\r\n")), "bad_length") << value;
    EXPECT_EQ(verdict_of(with("Content-Length: 5\r\nContent-Length: 4\r\n")), "bad_length");
}

TEST(SipScanner, ReadsOnlyTheBodyThatContentLengthGives) {
    const std::string sdp = "v=0\r\nm=audio 9 RTP/AVP 0\r\n";
    const std::string lines =
        "Content-Type: application/sdp\r\nContent-Length: " + std::to_string(sdp.size()) + "\r\n";
    EXPECT_EQ(Scanned(invite_with(lines, "", sdp + "a=sendonly\r\n"))->media, MediaDirection::sendrecv);
}

TEST(SipScanner, LooksForSdpWhereTheTypeSaysSo) {
    const std::string sdp = "v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\na=sendonly\r\n";
    const std::string parts = "--b\r\nContent-Type: application/sdp\r\n\r\n" + sdp + "--b--\r\n";
    const std::vector<std::tuple<std::string, std::string, MediaDirection>> cases = {
        {"Content-Type: application/sdp\r\n", sdp, MediaDirection::sendonly},
        {"c: Application/SDP ; charset=utf-8\r\n", sdp, MediaDirection::sendonly},
        {"", sdp, MediaDirection::sendonly},
        {"Content-Type: text/plain\r\n", sdp, MediaDirection::none},
        {"Content-Type: multipart/mixed;boundary=b\r\n", parts, MediaDirection::sendonly},
        {"Content-Type: application/sdp\r\n", "", MediaDirection::none}};
    for (const auto& [type, body, direction] : cases) {
        const Scanned scanned(invite_with(type, "", body));
        EXPECT_EQ(scanned->media, direction) << type;
        EXPECT_EQ(scanned->media_connection_zero, direction != MediaDirection::none) << type;
    }
}

TEST(SipScanner, LeavesTheCaptureAloneAndForgetsTheLastMessage) {
    SipMessage message;
    message.captured = Time(std::chrono::nanoseconds(7));
    message.capture_id = 3;
    message.correlation = "c";
    const std::string first =
        invite_with("Contact: <sip:a@h>\r\nExpires: 5\r\nPrivacy: id\r\nReason: SIP\r\n");
    const std::string second = "SIP/2.0 200 OK\r\n" + headers_without("") + "\r\n";
    ASSERT_EQ(scan_sip(first, message), SipVerdict::ok);
    EXPECT_TRUE(message.privacy);
    ASSERT_EQ(scan_sip(second, message), SipVerdict::ok);
    EXPECT_EQ(message.captured, Time(std::chrono::nanoseconds(7)));
    EXPECT_EQ(message.capture_id, 3U);
    EXPECT_EQ(message.correlation, "c");
    EXPECT_FALSE(message.request);
    EXPECT_TRUE(message.request_uri.text.empty());
    EXPECT_TRUE(message.contacts.empty());
    EXPECT_FALSE(message.expires);
    EXPECT_FALSE(message.privacy);
    EXPECT_TRUE(message.reason.empty());
}

TEST(SipScanner, RefusesALineThatIsNoHeader) {
    EXPECT_EQ(verdict_of(invite_with("no colon here\r\n")), "bad_header");
    EXPECT_EQ(verdict_of(invite_with("UnknownHeader: ;;,,;\"<\r\nX-\r\n folded: yes\r\n")), "ok")
        << "what is not read is not judged";
}

TEST(SipScanner, NamesEveryVerdict) {
    for (int i = 0; i <= static_cast<int>(SipVerdict::truncated); ++i)
        EXPECT_FALSE(text_of(static_cast<SipVerdict>(i)).empty());
}

}  // namespace
}  // namespace callboard
