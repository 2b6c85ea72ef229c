#include "app/http_stream.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

namespace callboard {
namespace {

using Outcome = HttpStream::Outcome;
using std::chrono::milliseconds;

TEST(ServerUrl, IsReadAsPeopleWriteIt) {
    struct Case {
        const char *url, *address, *path, *token;
    };
    for (const auto& one :
         {Case{"http://127.0.0.1:8080", "127.0.0.1:8080", "", ""},
          Case{"http://127.0.0.1:8080/", "127.0.0.1:8080", "", ""},
          Case{"http://calls.example", "calls.example:80", "", ""}, Case{"http://[::1]", "[::1]:80", "", ""},
          Case{"http://[::1]:8080/board/", "[::1]:8080", "/board", ""},
          Case{"http://h:1/demo/cti#token=AB-1", "h:1", "", "AB-1"},
          Case{"http://h:1/board/demo/cti#token=AB-1", "h:1", "/board", "AB-1"},
          Case{"http://h:1/?token=AB%2D1&session=x", "h:1", "", "AB-1"},
          Case{"https://calls.example/board", "calls.example:443", "/board", ""},
          Case{"https://h:8443/?token=T", "h:8443", "", "T"}}) {
        const auto url = ServerUrl::parse(one.url);
        ASSERT_TRUE(url) << one.url;
        EXPECT_EQ(url->address, one.address);
        EXPECT_EQ(url->path, one.path);
        EXPECT_EQ(url->token, one.token);
        EXPECT_EQ(url->tls, std::string_view(one.url).starts_with("https:"));
    }
    for (const auto* wrong : {"", "127.0.0.1:8080", "ftp://h"})
        EXPECT_FALSE(ServerUrl::parse(wrong)) << wrong;
}

/// A server that takes one connection, reads the request and says what it is told to.
class OneAnswer {
  public:
    explicit OneAnswer(std::vector<std::string> parts) {
        auto bound = bound_socket(*parse_address("127.0.0.1:0"), SOCK_STREAM, false);
        listener_ = *std::move(bound);
        ::listen(listener_.get(), 1);
        ::fcntl(listener_.get(), F_SETFL, 0);
        url.address = local_address(listener_.get()).text();
        ::pipe2(interrupt.data(), O_CLOEXEC);
        thread_ = std::thread([this, parts = std::move(parts)] {
            const Descriptor client(::accept(listener_.get(), nullptr, nullptr));
            while (request.find("\r\n\r\n") == std::string::npos) {
                std::array<char, 512> bytes{};
                const auto count = ::recv(client.get(), bytes.data(), bytes.size(), 0);
                if (count <= 0) return;
                request.append(bytes.data(), static_cast<std::size_t>(count));
            }
            for (const auto& part : parts) ::send(client.get(), part.data(), part.size(), MSG_NOSIGNAL);
            std::array<char, 1> rest{};
            if (hold) ::recv(client.get(), rest.data(), 1, 0);
        });
    }
    ~OneAnswer() {
        thread_.join();
        ::close(interrupt[0]);
        ::close(interrupt[1]);
    }

    ServerUrl url;
    std::string request;
    std::array<int, 2> interrupt{};
    std::atomic<bool> hold{false};

  private:
    Descriptor listener_;
    std::thread thread_;
};

std::string all_of(HttpStream& stream) {
    std::string bytes;
    for (;;) {
        auto part = stream.read(milliseconds(5'000));
        if (part.outcome != Outcome::bytes) return bytes;
        bytes += part.bytes;
    }
}

TEST(HttpStream, AsksAndReadsToTheEnd) {
    std::string body;
    std::string request;
    {
        OneAnswer server({"HTTP/1.1 200 OK\r\nContent-Type: text/event-st", "ream\r\n\r\ndata: 1", "\n\n"});
        server.url.path = "/board";
        auto stream =
            HttpStream::get(server.url, "/api/events", {{"Authorization", "Bearer T"}}, server.interrupt[0]);
        ASSERT_TRUE(stream);
        EXPECT_EQ(stream->status(), 200);
        body = all_of(*stream);
        request = server.request;
        EXPECT_EQ(request.substr(0, request.find("\r\n")), "GET /board/api/events HTTP/1.0");
        EXPECT_NE(request.find("\r\nHost: " + server.url.address + "\r\n"), std::string::npos);
        EXPECT_NE(request.find("\r\nAuthorization: Bearer T\r\n"), std::string::npos);
    }
    EXPECT_EQ(body, "data: 1\n\n");
}

TEST(HttpStream, TellsSilenceFromInterruption) {
    OneAnswer server({"HTTP/1.1 200 OK\r\n\r\n"});
    server.hold = true;
    auto stream = HttpStream::get(server.url, "/", {}, server.interrupt[0]);
    ASSERT_TRUE(stream);
    EXPECT_EQ(stream->read(milliseconds(10)).outcome, Outcome::silent);
    ASSERT_EQ(::write(server.interrupt[1], "x", 1), 1);
    EXPECT_EQ(stream->read(milliseconds(10'000)).outcome, Outcome::interrupted);
}

TEST(HttpStream, WhatIsNoHttpIsAnError) {
    for (const auto* answer :
         {"220 mail.example ESMTP\r\n\r\n", "HTTP/1.1 nothing\r\n\r\n", "HTTP/1.1 200", ""}) {
        OneAnswer server({answer});
        const auto stream = HttpStream::get(server.url, "/", {}, server.interrupt[0]);
        ASSERT_FALSE(stream) << answer;
        EXPECT_EQ(stream.error().kind, Error::Kind::unavailable);
        EXPECT_NE(stream.error().what.find(server.url.address), std::string::npos);
    }
}

TEST(HttpStream, NobodyThereIsAnError) {
    std::string address;
    {
        const auto free = bound_socket(*parse_address("127.0.0.1:0"), SOCK_STREAM, false);
        address = local_address(free->get()).text();
    }
    const auto stream = HttpStream::get({address, "", "", false, ""}, "/", {}, -1);
    ASSERT_FALSE(stream);
    EXPECT_NE(stream.error().what.find("is the server running there?"), std::string::npos);
}

}  // namespace
}  // namespace callboard
