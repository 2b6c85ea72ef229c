#include "net/http_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/address_range.hpp"
#include "net/http_server.hpp"
#include "net/tls.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/raw_server.hpp"
#include "tests/support/temporary_directory.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;
using test::RawServer;
using testing::HasSubstr;
using testing::Not;

/// What a request came to. Nothing within ten seconds fails the test.
Result<HttpClient::Answer> taken(std::future<Result<HttpClient::Answer>>& outcome) {
    if (outcome.wait_for(std::chrono::seconds(10)) == std::future_status::ready) return outcome.get();
    ADD_FAILURE() << "no answer";
    return Error{Error::Kind::missing, "no answer"};
}

std::future<Result<HttpClient::Answer>> begun(HttpClient& client, HttpClient::Request request,
                                              HttpClient::Id* id = nullptr) {
    auto promise = std::make_shared<std::promise<Result<HttpClient::Answer>>>();
    auto outcome = promise->get_future();
    const auto sent = client.send(std::move(request), [promise](Result<HttpClient::Answer> answer) {
        promise->set_value(std::move(answer));
    });
    if (id != nullptr) *id = sent;
    return outcome;
}

Result<HttpClient::Answer> ask(HttpClient& client, HttpClient::Request request) {
    auto outcome = begun(client, std::move(request));
    return taken(outcome);
}

/// Our own server on a reactor, which tells what it was sent.
class OwnServer {
  public:
    explicit OwnServer(std::shared_ptr<TlsContext> tls = {}) : tls_(std::move(tls)) {
        HttpServer::Settings settings;
        settings.listen = {"127.0.0.1:0"};
        settings.tls = tls_;
        auto made = HttpServer::listen({&reactor_}, settings, &OwnServer::answer, metrics_);
        server_ = *std::move(made);
        thread_ = std::thread([this] { reactor_.run(); });
        port_ = parse_address(server_->addresses().at(0))->port();
    }
    ~OwnServer() {
        server_->stop(milliseconds(100));
        reactor_.stop();
        thread_.join();
    }
    std::string url(const std::string& path) const {
        return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) + path;
    }
    std::uint16_t port() const { return port_; }

  private:
    static void answer(Reactor&, const HttpRequest& request, const Exchange& exchange) {
        if (request.path == "/away") {
            exchange->respond(HttpResponse{302, {{"Location", "/here"}}, "moved"});
            return;
        }
        HttpResponse response{200, {{"Content-Type", "text/plain"}, {"X-Empty", ""}}, {}};
        response.body.append(request.method).append(" ").append(request.target).append("\n");
        for (const auto& [name, value] : request.headers)
            response.body.append(name).append(": ").append(value).append("\n");
        response.body.append("\n").append(request.body);
        exchange->respond(response);
    }

    SystemClock clock_;
    Metrics metrics_;
    std::shared_ptr<TlsContext> tls_;
    Reactor reactor_{clock_};
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
    std::uint16_t port_ = 0;
};

TEST(HttpClient, GetsWhatItAskedFor) {
    const OwnServer server;
    HttpClient client({});
    const auto answer = ask(client, {.url = server.url("/a?b=c")});
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->header("content-type"), "text/plain");
    EXPECT_EQ(answer->header("x-absent"), "");
    EXPECT_THAT(answer->body, testing::StartsWith("GET /a?b=c\n"));
    EXPECT_THAT(answer->body, HasSubstr("User-Agent: callboard\n"));
}

TEST(HttpClient, SendsWhatItIsGivenAndNothingOfItsOwn) {
    const OwnServer server;
    HttpClient client({.agent = "callboard/1"});
    const auto answer = ask(client, {.method = "POST",
                                     .url = server.url("/"),
                                     .headers = {{"X-Signature", "abc"}, {"X-Empty", ""}},
                                     .body = std::string("a\0b", 3)});
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_THAT(answer->body, testing::StartsWith("POST /\n"));
    EXPECT_THAT(answer->body, HasSubstr("X-Signature: abc\n"));
    EXPECT_THAT(answer->body, HasSubstr("X-Empty: \n"));
    EXPECT_THAT(answer->body, testing::EndsWith(std::string("\n\na\0b", 5)));
    EXPECT_THAT(answer->body, Not(HasSubstr("Content-Type")));
    EXPECT_THAT(answer->body, Not(HasSubstr("Expect")));
    EXPECT_THAT(answer->body, Not(HasSubstr("Accept-Encoding")))
        << "or a small answer could become a large one";
}

TEST(HttpClient, KnowsOtherMethods) {
    const OwnServer server;
    HttpClient client({});
    for (const char* method : {"PUT", "DELETE", "PATCH"}) {
        const auto answer = ask(client, {.method = method, .url = server.url("/x"), .body = "body"});
        ASSERT_TRUE(answer) << answer.error().what;
        EXPECT_THAT(answer->body, testing::StartsWith(std::string(method) + " /x\n"));
        EXPECT_THAT(answer->body, testing::EndsWith("\n\nbody"));
    }
    const auto empty = ask(client, {.method = "POST", .url = server.url("/x")});
    ASSERT_TRUE(empty) << empty.error().what;
    EXPECT_THAT(empty->body, HasSubstr("Content-Length: 0\n"));
}

TEST(HttpClient, UsesAConnectionAgain) {
    RawServer server([&](int fd) {
        do RawServer::say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        while (server.request(fd));
    });
    HttpClient client({});
    for (int i = 0; i < 5; ++i) {
        const auto answer = ask(client, {.url = server.url()});
        ASSERT_TRUE(answer) << answer.error().what;
        EXPECT_EQ(answer->body, "ok");
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, AsksManyAtOnce) {
    const OwnServer server;
    HttpClient client({});
    std::vector<std::future<Result<HttpClient::Answer>>> outcomes;
    for (int i = 0; i < 200; ++i)
        outcomes.push_back(begun(client, {.url = server.url("/" + std::to_string(i))}));
    for (int i = 0; i < 200; ++i) {
        const auto answer = taken(outcomes[static_cast<std::size_t>(i)]);
        ASSERT_TRUE(answer) << answer.error().what;
        EXPECT_THAT(answer->body, testing::StartsWith("GET /" + std::to_string(i) + "\n"));
    }
}

TEST(HttpClient, RefusesMoreThanItMayAskAtOnce) {
    RawServer server([&](int fd) { server.hang(fd); });
    HttpClient client({.most_at_once = 1});
    HttpClient::Id first = 0;
    auto waiting = begun(client, {.url = server.url()}, &first);
    const auto refused = ask(client, {.url = server.url()});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(refused.error().what, HasSubstr("too many"));
    client.cancel(first);
    EXPECT_FALSE(taken(waiting));
}

TEST(HttpClient, GivesUpOnAServerThatHangs) {
    RawServer server([&](int fd) { server.hang(fd); });
    HttpClient client({});
    const auto answer =
        ask(client, {.url = server.url("/?token=secret"), .limits = {.within = milliseconds(50)}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(answer.error().what, HasSubstr("127.0.0.1"));
    EXPECT_THAT(answer.error().what, Not(HasSubstr("secret")));
}

TEST(HttpClient, GivesUpOnAServerThatDripsItsAnswer) {
    RawServer server([&](int fd) {
        RawServer::say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        while (!server.over()) {
            pollfd waiting{fd, POLLRDHUP, 0};
            if (::poll(&waiting, 1, 5) > 0) return;
            RawServer::say(fd, "x");
        }
    });
    HttpClient client({});
    const auto answer = ask(client, {.url = server.url(), .limits = {.within = milliseconds(100)}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Error::Kind::unavailable);
}

TEST(HttpClient, TakesAnAnswerThatComesInPieces) {
    RawServer server([](int fd) {
        for (const char c : std::string_view("HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello"))
            RawServer::say(fd, {&c, 1});
    });
    HttpClient client({});
    const auto answer = ask(client, {.url = server.url()});
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_EQ(answer->body, "hello");
    EXPECT_EQ(answer->header("x-a"), "1");
}

TEST(HttpClient, TellsAnAnswerThatIsCutShort) {
    for (const char* said :
         {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "HTTP/1.1 200 O"}) {
        RawServer server([&](int fd) { RawServer::say(fd, said); });
        HttpClient client({});
        const auto answer = ask(client, {.url = server.url()});
        ASSERT_FALSE(answer) << said;
        EXPECT_EQ(answer.error().kind, Error::Kind::unavailable);
    }
}

TEST(HttpClient, TellsWhatIsNoHttp) {
    RawServer server([](int fd) { RawServer::say(fd, "220 mail.example ESMTP\r\n"); });
    HttpClient client({});
    const auto answer = ask(client, {.url = server.url()});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Error::Kind::unavailable);
}

TEST(HttpClient, TakesNoMoreThanItAllowed) {
    const std::string large(2'000, 'x');
    const std::array<std::string, 3> bodies = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + large,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + large + "\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n" + large,
    };
    for (const auto& said : bodies) {
        RawServer server([&](int fd) { RawServer::say(fd, said); });
        HttpClient client({});
        const auto refused = ask(client, {.url = server.url(), .limits = {.most_body_bytes = 1'999}});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, Error::Kind::invalid);
        EXPECT_THAT(refused.error().what, HasSubstr("larger than allowed"));
        const auto allowed = ask(client, {.url = server.url(), .limits = {.most_body_bytes = 2'000}});
        ASSERT_TRUE(allowed) << allowed.error().what;
        EXPECT_EQ(allowed->body, large);
    }
    RawServer server([&](int fd) {
        RawServer::say(fd, "HTTP/1.1 200 OK\r\nX: " + large + "\r\nContent-Length: 0\r\n\r\n");
    });
    HttpClient client({});
    const auto refused = ask(client, {.url = server.url(), .limits = {.most_header_bytes = 1'000}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Error::Kind::invalid);
}

TEST(HttpClient, FollowsARedirectOnlyWhenAsked) {
    const OwnServer server;
    HttpClient client({});
    const auto told = ask(client, {.url = server.url("/away")});
    ASSERT_TRUE(told) << told.error().what;
    EXPECT_EQ(told->status, 302);
    EXPECT_EQ(told->header("location"), "/here");
    EXPECT_EQ(told->body, "moved");
    const auto followed = ask(client, {.url = server.url("/away"), .limits = {.most_redirects = 1}});
    ASSERT_TRUE(followed) << followed.error().what;
    EXPECT_EQ(followed->status, 200);
    EXPECT_THAT(followed->body, testing::StartsWith("GET /here\n"));
    EXPECT_EQ(followed->header("location"), "") << "headers are those of the last answer";
}

TEST(HttpClient, DoesNotRunInCircles) {
    RawServer server([&](int fd) {
        RawServer::say(fd,
                       "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    HttpClient client({});
    const auto answer = ask(client, {.url = server.url(), .limits = {.most_redirects = 3}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Error::Kind::invalid);
    EXPECT_EQ(server.connections(), 4);
}

TEST(HttpClient, ARedirectLeadsToNoOtherScheme) {
    for (const char* target : {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:1/"}) {
        RawServer server([&](int fd) {
            RawServer::say(fd, std::string("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ") + target +
                                   "\r\n\r\n");
        });
        HttpClient client({});
        const auto answer = ask(client, {.url = server.url(), .limits = {.most_redirects = 3}});
        ASSERT_FALSE(answer) << target;
        EXPECT_EQ(answer.error().kind, Error::Kind::unavailable) << answer.error().what;
    }
}

TEST(HttpClient, TellsWhatCannotBeSent) {
    HttpClient client({});
    const std::array<HttpClient::Request, 9> wrong = {{
        {.url = ""},
        {.url = "nonsense"},
        {.url = "ftp://127.0.0.1/"},
        {.url = "file:///etc/passwd"},
        {.url = "http://"},
        {.method = "GET /x", .url = "http://127.0.0.1/"},
        {.method = "", .url = "http://127.0.0.1/"},
        {.url = "http://127.0.0.1/", .headers = {{"X", "a\r\nY: b"}}},
        {.url = "http://127.0.0.1/", .headers = {{"X: a\r\nY", "b"}}},
    }};
    for (const auto& request : wrong) {
        const auto answer = ask(client, request);
        ASSERT_FALSE(answer) << request.url;
        EXPECT_EQ(answer.error().kind, Error::Kind::invalid) << answer.error().what;
    }
}

TEST(HttpClient, TellsThatNobodyIsThere) {
    auto any = parse_address("127.0.0.1:0");
    const Descriptor taken_port = *bound_socket(*any, SOCK_STREAM, false);  // does not listen
    HttpClient client({});
    const auto refused = ask(
        client, {.url = "http://127.0.0.1:" + std::to_string(local_address(taken_port.get()).port()) + "/"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Error::Kind::unavailable);
    const auto unknown = ask(client, {.url = "http://nobody.invalid/"});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(unknown.error().what, HasSubstr("nobody.invalid"));
}

TEST(HttpClient, ConnectsToAllowedAddressesAlone) {
    const OwnServer server;
    std::mutex mutex;
    std::vector<std::string> seen;
    HttpClient client({.allowed = [&](std::string_view address) {
        const std::lock_guard lock(mutex);
        seen.emplace_back(address);
        return false;
    }});
    const std::string port = std::to_string(server.port());
    for (const std::string host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"}) {
        const auto answer = ask(client, {.url = "http://" + host + ":" + port + "/"});
        ASSERT_FALSE(answer) << host;
        EXPECT_EQ(answer.error().kind, Error::Kind::denied) << answer.error().what;
        EXPECT_THAT(answer.error().what, HasSubstr("not allowed"));
    }
    const std::lock_guard lock(mutex);
    EXPECT_THAT(seen, testing::Contains("127.0.0.1"));
    EXPECT_THAT(seen, testing::Contains("::ffff:127.0.0.1"));
}

TEST(HttpClient, WhatIsPublicIsAskedAfterTheNameIsKnown) {
    const OwnServer server;
    HttpClient client({.allowed = is_public});
    const auto answer = ask(client, {.url = "http://localhost:" + std::to_string(server.port()) + "/"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Error::Kind::denied);
}

TEST(HttpClient, IgnoresProxiesOfTheEnvironment) {
    const OwnServer server;
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);
    ::setenv("all_proxy", "http://127.0.0.1:1", 1);
    HttpClient client({});
    const auto answer = ask(client, {.url = server.url("/")});
    ::unsetenv("http_proxy");
    ::unsetenv("all_proxy");
    EXPECT_TRUE(answer) << answer.error().what;
}

TEST(HttpClient, CancelsWhatHasNoAnswerYet) {
    RawServer server([&](int fd) { server.hang(fd); });
    HttpClient client({});
    HttpClient::Id id = 0;
    auto outcome = begun(client, {.url = server.url()}, &id);
    client.cancel(id);
    const auto answer = taken(outcome);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(answer.error().what, HasSubstr("cancelled"));
    client.cancel(id);
    client.cancel(4711);
}

TEST(HttpClient, OneThatWaitsDelaysNobody) {
    RawServer hanging([&](int fd) { hanging.hang(fd); });
    const OwnServer server;
    HttpClient client({});
    auto waiting = begun(client, {.url = hanging.url()});
    EXPECT_TRUE(ask(client, {.url = server.url("/")}));
    EXPECT_EQ(waiting.wait_for(milliseconds(0)), std::future_status::timeout);
}

TEST(HttpClient, StopsWhileServersHang) {
    RawServer server([&](int fd) { server.hang(fd); });
    auto client = std::make_unique<HttpClient>(HttpClient::Settings{});
    auto outcome = begun(*client, {.url = server.url()});
    client.reset();
    ASSERT_EQ(outcome.wait_for(milliseconds(0)), std::future_status::ready) << "told before it is gone";
    EXPECT_FALSE(outcome.get());
}

TEST(HttpClient, MayBeUsedWithinAnAnswer) {
    const OwnServer server;
    HttpClient client({});
    std::promise<std::string> second;
    client.send({.url = server.url("/first")}, [&](Result<HttpClient::Answer>) {
        client.send({.url = server.url("/second")},
                    [&](Result<HttpClient::Answer> answer) { second.set_value(answer ? answer->body : ""); });
    });
    EXPECT_THAT(second.get_future().get(), testing::StartsWith("GET /second\n"));
}

class HttpClientTls : public testing::Test {
  protected:
    void SetUp() override {
        test::write_certificate("first.example", certificate(), key());
        server_ = std::make_unique<OwnServer>(*TlsContext::load(certificate(), key()));
    }
    std::string certificate() const { return directory_.path() / "crt"; }
    std::string key() const { return directory_.path() / "key"; }

    test::TemporaryDirectory directory_;
    std::unique_ptr<OwnServer> server_;
};

TEST_F(HttpClientTls, TrustsWhomItsAuthoritiesVouchFor) {
    HttpClient client({.authorities = certificate()});
    const auto answer = ask(client, {.url = server_->url("/a")});
    ASSERT_TRUE(answer) << answer.error().what;
    EXPECT_THAT(answer->body, testing::StartsWith("GET /a\n"));
}

TEST_F(HttpClientTls, TrustsNobodyElse) {
    HttpClient system({});
    const auto unknown = ask(system, {.url = server_->url("/a")});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().kind, Error::Kind::denied) << unknown.error().what;
    HttpClient client({.authorities = certificate()});
    const auto another = ask(client, {.url = "https://localhost:" + std::to_string(server_->port()) + "/"});
    ASSERT_FALSE(another);
    EXPECT_EQ(another.error().kind, Error::Kind::denied) << another.error().what;
}

TEST_F(HttpClientTls, TellsAWrongFileOfAuthorities) {
    HttpClient client({.authorities = "/nowhere/ca.pem"});
    const auto answer = ask(client, {.url = server_->url("/a")});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Error::Kind::invalid) << answer.error().what;
}

TEST_F(HttpClientTls, GivesUpOnAServerThatSpeaksNoTls) {
    const OwnServer plain;
    HttpClient client({.authorities = certificate()});
    const auto answer = ask(client, {.url = "https://127.0.0.1:" + std::to_string(plain.port()) + "/",
                                     .limits = {.within = milliseconds(100)}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Error::Kind::unavailable) << answer.error().what;
}

}  // namespace
}  // namespace callboard
