#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sources/hep/sip_scanner.hpp"

// Every message of RFC 4475 and what one who only listens makes of it.
namespace callboard {
namespace {

/// What the RFC asks for, as far as it concerns one who neither answers nor forwards.
enum class Judgement {
    well_formed,  ///< the RFC: every element accepts it
    refused,      ///< the RFC: reject it; the flaw is in something that is read
    not_read,     ///< the RFC: reject it; the flaw is in something that is not read, so it does not show
    above,  ///< the RFC: well formed; an endpoint may answer with an error, which is then seen in its answer
};

struct Torture {
    std::string name, section;
    Judgement judgement;
    std::string verdict, why;
};

const std::vector<Torture>& messages() {
    using enum Judgement;
    static const std::vector<Torture> all = {
        {"wsinv", "3.1.1.1", well_formed, "ok", "folds and blanks wherever they may stand"},
        {"intmeth", "3.1.1.2", well_formed, "ok",
         "every character that may stand in a token, a URI, a quoted string"},
        {"esc01", "3.1.1.3", well_formed, "ok", "escapes in user parts stay as written"},
        {"escnull", "3.1.1.4", well_formed, "ok", "an escaped NUL is a character"},
        {"esc02", "3.1.1.5", well_formed, "ok", "a percent sign in a method or a header name is no escape"},
        {"lwsdisp", "3.1.1.6", well_formed, "ok", "no blank between display name and bracket"},
        {"longreq", "3.1.1.7", well_formed, "ok", "long values, 34 Via"},
        {"dblreq", "3.1.1.8", well_formed, "ok", "what follows the body is noise"},
        {"semiuri", "3.1.1.9", well_formed, "ok", "a semicolon in the user part"},
        {"transports", "3.1.1.10", well_formed, "ok", "transports that nobody knows"},
        {"mpart01", "3.1.1.11", well_formed, "ok", "a binary body with NULs"},
        {"unreason", "3.1.1.12", well_formed, "ok", "a reason phrase in Cyrillic"},
        {"noreason", "3.1.1.13", well_formed, "ok", "an empty reason phrase"},

        {"badinv01", "3.1.2.1", refused, "bad_header", "empty parameters and values in Via"},
        {"clerr", "3.1.2.2", refused, "bad_length", "Content-Length beyond the datagram: it was cut"},
        {"ncl", "3.1.2.3", refused, "bad_length", "negative Content-Length"},
        {"scalar02", "3.1.2.4", refused, "bad_number",
         "CSeq over 2**31; its other large numbers would not matter"},
        {"scalarlg", "3.1.2.5", refused, "bad_number", "CSeq over 2**31"},
        {"quotbal", "3.1.2.6", refused, "bad_header", "a display name that does not end"},
        {"ltgtruri", "3.1.2.7", refused, "bad_start_line", "brackets around the Request-URI"},
        {"lwsruri", "3.1.2.8", refused, "bad_start_line", "a blank in the Request-URI"},
        {"lwsstart", "3.1.2.9", refused, "bad_start_line", "two blanks between the words of the start line"},
        {"trws", "3.1.2.10", refused, "bad_start_line", "blanks at the end of the start line"},
        {"escruri", "3.1.2.11", refused, "bad_start_line", "headers in the Request-URI"},
        {"baddate", "3.1.2.12", not_read, "ok", "the zone of Date; an endpoint may accept it as well"},
        {"regbadct", "3.1.2.13", refused, "bad_header", "a Contact URI with headers and without brackets"},
        {"badaspec", "3.1.2.14", refused, "bad_header", "blanks within the brackets"},
        {"baddn", "3.1.2.15", refused, "bad_header", "a comma in a display name without quotes"},
        {"badvers", "3.1.2.16", refused, "bad_version", "SIP/7.0"},
        {"mismatch01", "3.1.2.17", refused, "method_mismatch", "CSeq names another method"},
        {"mismatch02", "3.1.2.18", refused, "method_mismatch",
         "CSeq names another method than an unknown one"},
        {"bigcode", "3.1.2.19", refused, "bad_start_line", "a status beyond 699"},

        {"badbranch", "3.2.1", above, "ok",
         "a branch of the cookie alone: the tracker takes no two for the same"},

        {"insuf", "3.3.1", refused, "missing_header", "no Call-ID, From, To"},
        {"unkscm", "3.3.2", above, "ok", "416: a scheme that nobody knows"},
        {"novelsc", "3.3.3", above, "ok", "416: a scheme that is no telephony"},
        {"unksm2", "3.3.4", above, "ok", "400: From and To with such schemes"},
        {"bext01", "3.3.5", above, "ok", "420: Require"},
        {"invut", "3.3.6", above, "ok", "415: a body of unknown type"},
        {"regaut01", "3.3.7", above, "ok", "401: an unknown scheme of authorization"},
        {"multi01", "3.3.8", refused, "repeated_header", "CSeq, Call-ID, From and To twice"},
        {"mcl01", "3.3.9", refused, "bad_length", "two different Content-Length"},
        {"bcast", "3.3.10", above, "ok",
         "dropped for its second Via, which only who sent the request can judge"},
        {"zeromf", "3.3.11", above, "ok", "483: no hop is left"},
        {"cparam01", "3.3.12", above, "ok", "the unknown parameter is the Contact's"},
        {"cparam02", "3.3.13", above, "ok", "the unknown parameter is the URI's"},
        {"regescrt", "3.3.14", above, "ok", "headers in a Contact's URI"},
        {"sdp01", "3.3.15", above, "ok", "406: a type that nobody knows is asked for"},
        {"inv2543", "3.4.1", well_formed, "ok", "RFC 2543: no tag, no branch, no Max-Forwards"}};
    return all;
}

std::filesystem::path folder() { return std::filesystem::path(CALLBOARD_SOURCE_DIR) / "tests/rfc4475"; }

std::string bytes_of(const std::string& name) {
    std::ifstream file(folder() / (name + ".dat"), std::ios::binary);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Rfc4475, JudgesEveryMessage) {
    for (const auto& [name, section, judgement, verdict, why] : messages()) {
        SipMessage message;
        const std::string bytes = bytes_of(name);
        EXPECT_EQ(text_of(scan_sip(bytes, message)), verdict) << name << " (" << section << "): " << why;
        EXPECT_EQ(judgement == Judgement::refused, verdict != "ok") << name;
    }
}

TEST(Rfc4475, HasAJudgementForEveryFile) {
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder())) {
        if (file.path().extension() != ".dat") continue;
        ++files;
        const auto name = file.path().stem().string();
        EXPECT_EQ(std::ranges::count(messages(), name, &Torture::name), 1) << name;
    }
    EXPECT_EQ(files, messages().size());
    EXPECT_EQ(files, 49U);
}

/// What the well-formed ones say, where reading it is the torture.
struct Read {
    std::string bytes;
    SipMessage message;
    explicit Read(const std::string& name) : bytes(bytes_of(name)) {
        EXPECT_EQ(text_of(scan_sip(bytes, message)), "ok") << name;
    }
    const SipMessage* operator->() const { return &message; }
};

TEST(Rfc4475, ReadsTheTortuousInvite) {
    const Read wsinv("wsinv");
    EXPECT_EQ(wsinv->method, SipMethod::invite);
    EXPECT_EQ(wsinv->to_tag, "1918181833n");
    EXPECT_EQ(wsinv->from.display, "J Rosenberg \\\\\\\"");
    EXPECT_EQ(wsinv->from.uri.text, "sip:jdrosen@example.com");
    EXPECT_EQ(wsinv->from_tag, "98asjd8");
    EXPECT_EQ(wsinv->call_id, "wsinv.ndaksdj@192.0.2.1");
    EXPECT_EQ(wsinv->cseq, 9U);
    EXPECT_EQ(wsinv->via_count, 3);
    EXPECT_EQ(wsinv->via_sent_by, "192.0.2.2");
    EXPECT_EQ(wsinv->via_branch, "390skdjuw");
    ASSERT_EQ(wsinv->contacts.size(), 1U);
    EXPECT_EQ(wsinv->contacts[0].address.display, "Quoted string \\\"\\\"");
    EXPECT_EQ(wsinv->media, MediaDirection::sendrecv);
    EXPECT_FALSE(wsinv->media_connection_zero);
}

TEST(Rfc4475, ReadsUnusualCharacters) {
    const Read intmeth("intmeth");
    EXPECT_EQ(intmeth->method, SipMethod::other);
    EXPECT_EQ(intmeth->request_uri.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    EXPECT_EQ(intmeth->request_uri.host, "example.com");
    EXPECT_EQ(intmeth->to.display, std::string_view("BEL:\\\a NUL:\\\0 DEL:\\\x7f", 20));
    EXPECT_EQ(intmeth->from.display, "token1~` token2'+_ token3*%!.-");
    EXPECT_EQ(intmeth->from_tag, "_token~1'+`*%!-.");
    EXPECT_EQ(intmeth->call_id, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
    EXPECT_EQ(intmeth->cseq, 139122385U);
    EXPECT_EQ(intmeth->via_branch, "z9hG4bK-.!%66*_+`'~");
}

TEST(Rfc4475, LeavesEscapesAsWritten) {
    EXPECT_EQ(Read("esc01")->request_uri.user, "sips%3Auser%40example.com");
    EXPECT_EQ(Read("esc01")->contacts.at(0).address.uri.user, "cal%6Cer");
    EXPECT_EQ(Read("esc02")->method, SipMethod::other) << "RE%47IST%45R is not REGISTER";
    EXPECT_EQ(Read("esc02")->contacts.size(), 2U) << "C%6Fntact is not Contact";
    EXPECT_EQ(Read("semiuri")->request_uri.user, "user;par=u%40example.net");
    EXPECT_EQ(Read("escnull")->contacts.size(), 2U);
}

TEST(Rfc4475, ReadsWhatElseTheValidOnesSay) {
    EXPECT_EQ(Read("lwsdisp")->from.display, "caller");
    EXPECT_EQ(Read("longreq")->via_count, 34);
    EXPECT_EQ(Read("longreq")->via_sent_by, "sip33.example.com");
    EXPECT_EQ(Read("longreq")->from_tag.size(), 155U);
    EXPECT_EQ(Read("dblreq")->method, SipMethod::register_);
    EXPECT_EQ(Read("dblreq")->media, MediaDirection::none) << "the description belongs to the noise";
    EXPECT_EQ(Read("transports")->via_count, 5);
    EXPECT_EQ(Read("mpart01")->method, SipMethod::message);
    EXPECT_EQ(Read("unreason")->status, 200);
    EXPECT_EQ(Read("noreason")->reason_phrase, "");
    EXPECT_EQ(Read("cparam01")->contacts.at(0).address.uri.text, "sip:+19725552222@gw1.example.net");
    EXPECT_EQ(Read("cparam01")->contacts.at(0).address.parameters, ";unknownparam");
    EXPECT_EQ(Read("cparam02")->contacts.at(0).address.uri.parameters, ";unknownparam");
    EXPECT_EQ(Read("regescrt")->contacts.at(0).address.uri.user, "user");
    EXPECT_EQ(Read("inv2543")->from_tag, "");
    EXPECT_EQ(Read("inv2543")->media, MediaDirection::sendrecv)
        << "without Content-Length the datagram ends it";
}

/// On a stream or over a lossy mirror any message may come cut: never a crash, never a message from half of
/// one.
TEST(Rfc4475, RefusesEveryMessageCutWithinItsHeaders) {
    for (const auto& torture : messages()) {
        const std::string bytes = bytes_of(torture.name);
        const std::size_t end = bytes.find("\r\n\r\n") + 3;
        for (std::size_t length = 0; length < end; ++length) {
            SipMessage message;
            const std::string cut = bytes.substr(0, length);
            EXPECT_NE(scan_sip(cut, message), SipVerdict::ok) << torture.name << " " << length;
        }
    }
}

}  // namespace
}  // namespace callboard
