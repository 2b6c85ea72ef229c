#include "net/http_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace callboard {
namespace {

using Progress = HttpParser::Progress;
using testing::ElementsAre;
using testing::Pair;
using namespace std::string_literals;

constexpr HttpParser::Limits kLimits{16 << 10, 64 << 10, 100};

/// Everything that a parser makes of some bytes, as text.
std::string read_in_slices(std::string_view bytes, std::size_t slice) {
    HttpParser parser(kLimits);
    std::string story;
    const auto tell = [&](Progress progress) {
        while (progress == Progress::complete) {
            const auto& request = parser.request();
            story.append(request.method).append(" ").append(request.target);
            for (const auto& [name, value] : request.headers)
                story.append(" [").append(name).append("=").append(value).append("]");
            story.append(request.keep_alive ? " stays" : " closes");
            story.append(" {").append(request.body).append("}\n");
            progress = parser.next();
        }
        if (progress == Progress::refused) story += "refused " + std::to_string(parser.status());
        return progress != Progress::refused;
    };
    while (!bytes.empty()) {
        if (!tell(parser.feed(bytes.substr(0, slice)))) break;
        bytes.remove_prefix(std::min(slice, bytes.size()));
    }
    return story;
}

struct Case {
    const char* name;
    std::string bytes, story;
};

std::vector<Case> good_requests() {
    return {
        {"the least", "GET / HTTP/1.1\r\n\r\n", "GET / stays {}\n"},
        {"headers", "GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept:  */* \t\r\nEmpty:\r\n\r\n",
         "GET /a?b=c [Host=x] [Accept=*/*] [Empty=] stays {}\n"},
        {"a body", "POST /i HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
         "POST /i [Content-Length=5] stays {hello}\n"},
        {"a body that looks like a head",
         "POST /i HTTP/1.1\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n",
         "POST /i [Content-Length=18] stays {GET / HTTP/1.1\r\n\r\n}\n"},
        {"no body although its length is told", "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
         "GET / [Content-Length=0] stays {}\n"},
        {"lengths that agree", "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab",
         "POST / [Content-Length=2] [Content-Length=2] stays {ab}\n"},
        {"chunks", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
         "POST / [Transfer-Encoding=chunked] stays {hello!}\n"},
        {"chunks with extensions and trailers, then another request",
         "POST / HTTP/1.1\r\ntransfer-encoding: CHUNKED\r\n\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nA: b\r\nC: "
         "d\r\n\r\n"
         "GET /2 HTTP/1.1\r\n\r\n",
         "POST / [transfer-encoding=CHUNKED] stays {0123456789}\nGET /2 stays {}\n"},
        {"three in a row, with blank lines between",
         "\r\nGET /1 HTTP/1.1\r\n\r\n\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 1\r\n\r\nxGET /3 "
         "HTTP/1.1\r\n\r\n",
         "GET /1 stays {}\nPOST /2 [Content-Length=1] stays {x}\nGET /3 stays {}\n"},
        {"the connection ends with it", "GET / HTTP/1.1\r\nConnection: keep-alive, Close\r\n\r\n",
         "GET / [Connection=keep-alive, Close] closes {}\n"},
        {"version 1.0", "GET / HTTP/1.0\r\n\r\n", "GET / closes {}\n"},
        {"version 1.0 that stays", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
         "GET / [Connection=Keep-Alive] stays {}\n"},
        {"the absolute form", "GET http://host:80/p?q HTTP/1.1\r\n\r\n", "GET /p?q stays {}\n"},
        {"the absolute form without a path", "GET http://host HTTP/1.1\r\n\r\n", "GET / stays {}\n"},
        {"a path with a URL inside", "GET /go?to=http://x/ HTTP/1.1\r\n\r\n",
         "GET /go?to=http://x/ stays {}\n"},
        {"the asterisk form", "OPTIONS * HTTP/1.1\r\n\r\n", "OPTIONS * stays {}\n"},
        {"bytes beyond ASCII in a value", "GET / HTTP/1.1\r\nX: caf\xC3\xA9\r\n\r\n",
         "GET / [X=caf\xC3\xA9] stays {}\n"},
    };
}

std::vector<Case> wrong_bodies() {
    return {
        {"length and chunks",
         "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "refused 400"},
        {"chunks and length",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
         "refused 400"},
        {"lengths that differ", "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
         "refused 400"},
        {"a list of lengths", "POST / HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\nabc", "refused 400"},
        {"a negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "refused 400"},
        {"a length with a sign", "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", "refused 400"},
        {"a length in hexadecimal", "POST / HTTP/1.1\r\nContent-Length: 0x1\r\n\r\na", "refused 400"},
        {"no length at all", "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", "refused 400"},
        {"a length beyond 64 bits", "POST / HTTP/1.1\r\nContent-Length: 18446744073709551617\r\n\r\n",
         "refused 400"},
        {"too long a body", "POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", "refused 413"},
        {"another coding", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "refused 501"},
        {"chunked twice",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "refused 400"},
        {"chunks in version 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "refused 400"},
        {"a chunk without a size", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n\r\n",
         "refused 400"},
        {"a chunk of a size that is none",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5g\r\nhello\r\n", "refused 400"},
        {"a chunk of a negative size", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n",
         "refused 400"},
        {"a chunk with a blank before its size",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n", "refused 400"},
        {"a chunk whose size overflows",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "refused 400"},
        {"a chunk of the greatest size",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "refused 413"},
        {"a chunk longer than its size",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n", "refused 400"},
        {"a bare line feed in an extension",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;a\nb\r\nhi\r\n0\r\n\r\n", "refused 400"},
        {"a trailer that is no field",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nGET / HTTP/1.1\r\n\r\n", "refused 400"},
        {"an endless chunk header",
         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(300, 'x') + "\r\na\r\n",
         "refused 400"},
    };
}

std::vector<Case> wrong_heads() {
    return {
        {"a folded header", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "refused 400"},
        {"a header without a colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", "refused 400"},
        {"a blank before the colon", "GET / HTTP/1.1\r\nContent-Length : 5\r\n\r\n", "refused 400"},
        {"a header without a name", "GET / HTTP/1.1\r\n: x\r\n\r\n", "refused 400"},
        {"NUL in a value", "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n"s, "refused 400"},
        {"NUL in the target", "GET /\0 HTTP/1.1\r\n\r\n"s, "refused 400"},
        {"a bare CR in a value", "GET / HTTP/1.1\r\nA: b\rContent-Length: 1\r\n\r\n", "refused 400"},
        {"a bare LF in a value", "GET / HTTP/1.1\r\nA: b\nContent-Length: 1\r\n\r\n", "refused 400"},
        {"a byte beyond ASCII in the target", "GET /\xC3\xA9 HTTP/1.1\r\n\r\n", "refused 400"},
        {"no version", "GET /\r\n\r\n", "refused 400"},
        {"two blanks", "GET  / HTTP/1.1\r\n\r\n", "refused 400"},
        {"a blank in the target", "GET /a b HTTP/1.1\r\n\r\n", "refused 400"},
        {"no method", " / HTTP/1.1\r\n\r\n", "refused 400"},
        {"a relative target", "GET index.html HTTP/1.1\r\n\r\n", "refused 400"},
        {"another protocol", "GET / SIP/2.0\r\n\r\n", "refused 400"},
        {"a newer version", "GET / HTTP/2.0\r\n\r\n", "refused 505"},
        {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "refused 505"},
        {"a TLS handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\r\n\r\n"s, "refused 400"},
        {"what follows a wrong request is not read", "GET /\r\n\r\nGET /2 HTTP/1.1\r\n\r\n", "refused 400"},
        {"a wrong request behind a right one", "GET /1 HTTP/1.1\r\n\r\nnonsense\r\n\r\n",
         "GET /1 stays {}\nrefused 400"},
    };
}

std::vector<Case> too_much() {
    return {
        {"a target that is too long", "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n",
         "refused 414"},
        {"headers that are too long", "GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n",
         "refused 431"},
        {"too many headers",
         [] {
             std::string many = "GET / HTTP/1.1\r\n";
             for (int i = 0; i < 101; ++i) many += "A: b\r\n";
             return many + "\r\n";
         }(),
         "refused 431"},
        {"endless trailers",
         [] {
             std::string many = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
             for (int i = 0; i < 4'000; ++i) many += "A: b\r\n";
             return many + "\r\n";
         }(),
         "refused 431"},
    };
}

std::vector<Case> cases() {
    std::vector<Case> all;
    for (auto& some : {good_requests(), wrong_bodies(), wrong_heads(), too_much()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

TEST(HttpParser, ReadsTheSameInEverySlicing) {
    for (const Case& c : cases()) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(read_in_slices(c.bytes, c.bytes.size()), c.story);
        for (std::size_t slice = 1; slice <= 32; ++slice)
            ASSERT_EQ(read_in_slices(c.bytes, slice), c.story) << "in slices of " << slice;
    }
}

TEST(HttpParser, AHeadOfExactlyTheLimitIsTakenInEverySlicing) {
    const std::string line = "GET / HTTP/1.1\r\nA: ";
    const std::string fits = line + std::string(kLimits.head - line.size(), 'a') + "\r\n\r\n";
    const std::string exceeds = line + std::string(kLimits.head - line.size() + 1, 'a') + "\r\n\r\n";
    for (const std::size_t slice : {std::size_t{1}, std::size_t{7}, std::size_t{4'096}, fits.size() + 9}) {
        SCOPED_TRACE(slice);
        EXPECT_THAT(read_in_slices(fits, slice), testing::EndsWith("stays {}\n"));
        EXPECT_EQ(read_in_slices(exceeds, slice), "refused 431");
    }
}

TEST(HttpParser, TakesABodyUpToTheLimitHoweverItIsCut) {
    const std::string body(kLimits.body, 'b');
    EXPECT_THAT(read_in_slices("POST / HTTP/1.1\r\nContent-Length: 65536\r\n\r\n" + body, 1'000),
                testing::EndsWith("{" + body + "}\n"));
    std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += 64) chunked += "40\r\n" + body.substr(at, 64) + "\r\n";
    EXPECT_THAT(read_in_slices(chunked + "0\r\n\r\n", 1'000), testing::EndsWith("{" + body + "}\n"));
    EXPECT_EQ(read_in_slices(chunked + "1\r\nx\r\n0\r\n\r\n", 1'000), "refused 413");
}

TEST(HttpParser, TinyChunksDoNotFillTheMemory) {
    HttpParser parser(kLimits);
    ASSERT_EQ(parser.feed("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), Progress::more);
    const std::string chunk = "1;" + std::string(200, 'x') + "\r\na\r\n";
    for (int i = 0; i < 10'000; ++i) {
        ASSERT_EQ(parser.feed(chunk), Progress::more);
        ASSERT_LT(parser.buffered(), 1'000U);
    }
    ASSERT_EQ(parser.feed("0\r\n\r\n"), Progress::complete);
    EXPECT_EQ(parser.request().body, std::string(10'000, 'a'));
    EXPECT_EQ(parser.request().method, "POST");
}

TEST(HttpParser, AWholeRequestStaysReadableWhileMoreComesIn) {
    HttpParser parser(kLimits);
    ASSERT_EQ(parser.feed("POST /first HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"),
              Progress::complete);
    for (int i = 0; i < 1'000; ++i)
        ASSERT_EQ(parser.feed("GET /later HTTP/1.1\r\nX: " + std::string(50, 'x') + "\r\n\r\n"),
                  Progress::complete);
    EXPECT_EQ(parser.request().target, "/first");
    EXPECT_EQ(parser.request().body, "hi");
    EXPECT_THAT(parser.request().headers, ElementsAre(Pair("Host", "h"), Pair("Content-Length", "2")));
    int later = 0;
    while (parser.next() == Progress::complete && parser.request().target == "/later") ++later;
    EXPECT_EQ(later, 1'000);
    EXPECT_TRUE(parser.idle());
}

TEST(HttpParser, AsksForTheBodyOnce) {
    HttpParser parser(kLimits);
    EXPECT_EQ(parser.feed("POST / HTTP/1.1\r\nExpect: 100-Continue\r\n"), Progress::more);
    EXPECT_FALSE(parser.wants_continue()) << "the head is not complete";
    EXPECT_EQ(parser.feed("Content-Length: 2\r\n\r\n"), Progress::more);
    EXPECT_TRUE(parser.wants_continue());
    EXPECT_FALSE(parser.wants_continue());
    EXPECT_EQ(parser.feed("hi"), Progress::complete);
    EXPECT_FALSE(parser.wants_continue());
}

TEST(HttpParser, DoesNotAskForABodyThatIsThere) {
    HttpParser parser(kLimits);
    EXPECT_EQ(parser.feed("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"),
              Progress::complete);
    EXPECT_FALSE(parser.wants_continue());
    parser.next();
    EXPECT_EQ(parser.feed("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"),
              Progress::more);
    EXPECT_FALSE(parser.wants_continue()) << "version 1.0 knows no interim answers";
}

TEST(HttpParser, AnIdleConnectionKeepsNothing) {
    HttpParser parser(kLimits);
    EXPECT_TRUE(parser.idle());
    parser.feed("GET / HTTP/1.1\r\n\r\n");
    EXPECT_EQ(parser.next(), Progress::more);
    EXPECT_TRUE(parser.idle());

    EXPECT_EQ(parser.feed("GET /again HTTP/1.1\r\n\r\n"), Progress::complete);
    EXPECT_EQ(parser.request().target, "/again");
}

TEST(HttpParser, NoBytesHarmIt) {
    EXPECT_TRUE(rc::check("whatever comes, in whatever slices, is read the same", [] {
        const auto words =
            *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
                "GET ", "/", " HTTP/1.1", "\r\n", "\r", "\n", ":", "Content-Length: ", "3",
                "Transfer-Encoding: chunked", "0", "a", "\r\n\r\n", ";", " ", "\0"s, "Expect: 100-continue",
                "Connection: close", "\xFF"}));
        std::string bytes;
        for (const auto& word : words) bytes += word;
        const auto slice = *rc::gen::inRange<std::size_t>(1, 12);
        RC_ASSERT(read_in_slices(bytes, slice) == read_in_slices(bytes, bytes.size() + 1));
    }));
}

TEST(HttpParser, TellsAClientThatTakesNoChunks) {
    for (const auto& [version, is_old] : {std::pair{"1.0", true}, {"1.1", false}}) {
        HttpParser parser(kLimits);
        const std::string request = std::string("GET / HTTP/") + version + "\r\n\r\n";
        parser.feed(request);
        EXPECT_EQ(parser.request().http_1_0, is_old) << version;
    }
}

}  // namespace
}  // namespace callboard
