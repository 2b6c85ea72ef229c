#include "net/http_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "net/http_server_for_test.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;
using test::HttpClient;
using test::HttpServerTest;
using test::kMovings;
using test::kNameOfMoving;
using testing::HasSubstr;

TEST_P(HttpServerTest, AnswersOneAfterTheOtherOnOneConnection) {
    serve(echo);
    HttpClient client(port_);
    for (int i = 0; i < 3; ++i) {
        const auto answer = client.get("/a/" + std::to_string(i) + "?q=1#fragment");
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 200);
        EXPECT_EQ(answer->body, "GET /a/" + std::to_string(i) + "?q=1 ");
    }
    const auto posted = client.post("/b", "the body");
    ASSERT_TRUE(posted);
    EXPECT_EQ(posted->body, "POST /b? the body");
    EXPECT_EQ(connections(), 1);
    EXPECT_EQ(metrics_.counter("callboard_http_requests_total", "").value(), 4U);
}

TEST_P(HttpServerTest, AnswersPipelinedRequestsInOrder) {
    serve(echo);
    HttpClient client(port_);
    std::string all;
    for (int i = 0; i < 5'000; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n";
    std::thread sender([&] { EXPECT_TRUE(client.send(all)); });
    for (int i = 0; i < 5'000; ++i) {
        const auto answer = client.answer();
        ASSERT_TRUE(answer) << i;
        ASSERT_EQ(answer->body, "GET /" + std::to_string(i) + "? ");
    }
    sender.join();
}

TEST_P(HttpServerTest, RequestsBehindOneThatWaitsAreAnsweredAfterIt) {
    std::vector<Exchange> waiting;  // of the reactor's thread
    std::atomic<int> asked{0};
    serve([&](Reactor& reactor, const HttpRequest& request, Exchange exchange) {
        ++asked;
        if (request.path != "/later") return echo(reactor, request, exchange);
        waiting.push_back(std::move(exchange));
    });
    HttpClient client(port_);
    client.send_get("/later");
    ASSERT_TRUE(eventually([&] { return asked == 1; }));
    // They come in pieces while the first waits: the parser's buffer moves under the second.
    client.send("POST /second HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody");
    for (int i = 0; i < 200; ++i)
        client.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nX: " + std::string(50, 'x') + "\r\n\r\n");
    reactors_[0]->post([&] {
        for (const auto& exchange : waiting) exchange->respond(HttpResponse{200, {}, "first"});
        waiting.clear();
    });
    EXPECT_EQ(client.answer()->body, "first");
    EXPECT_EQ(client.answer()->body, "POST /second? body");
    for (int i = 0; i < 200; ++i) ASSERT_EQ(client.answer()->body, "GET /" + std::to_string(i) + "? ");
}

TEST_P(HttpServerTest, WhoReadsNothingIsNotAnsweredForEver) {
    std::atomic<int> answered{0};
    const std::string large(64 << 10, 'x');
    serve([&](Reactor&, const HttpRequest&, const Exchange& exchange) {
        ++answered;
        exchange->respond(HttpResponse{200, {}, large});
    });
    HttpClient client(port_, 4'096);
    std::string all;
    for (int i = 0; i < 300; ++i) all += "GET / HTTP/1.1\r\n\r\n";
    std::thread sender([&] { client.send(all); });
    int before = -1;
    ASSERT_TRUE(eventually([&] {
        std::this_thread::sleep_for(milliseconds(50));
        return std::exchange(before, answered.load()) == answered && before > 0;
    }));
    EXPECT_LT(answered, 150) << "answers pile up in memory";
    for (int i = 0; i < 300; ++i) ASSERT_EQ(client.answer()->body.size(), large.size()) << i;
    sender.join();
}

TEST_P(HttpServerTest, HeadHasTheHeadAlone) {
    const auto shared = response_bytes({200, {}, "shared"});
    serve([&](Reactor& reactor, const HttpRequest& request, const Exchange& exchange) {
        if (request.path == "/shared") return exchange->respond(shared);
        echo(reactor, request, exchange);
    });
    HttpClient client(port_);
    for (const char* path : {"/own", "/shared"}) {
        client.send("HEAD " + std::string(path) + " HTTP/1.1\r\n\r\n");
        const auto head = client.head();
        ASSERT_TRUE(head);
        EXPECT_NE(head->headers.at("content-length"), "0");
    }
    EXPECT_EQ(client.get("/shared")->body, "shared") << "no body is left over";
}

TEST_P(HttpServerTest, ClosesWhenTheClientAsksForIt) {
    serve(echo);
    HttpClient client(port_);
    const auto answer = client.get("/", "Connection: close\r\n");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->headers.at("connection"), "close");
    EXPECT_TRUE(client.closed_by_server());
    HttpClient old(port_);
    old.send("GET / HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.answer()->body, "GET /? ");
    EXPECT_TRUE(old.closed_by_server());
    EXPECT_TRUE(eventually([&] { return connections() == 0; }));
}

TEST_P(HttpServerTest, TellsTheClientToGoOn) {
    serve(echo);
    HttpClient client(port_);
    client.send("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue");
    client.send("hi");
    EXPECT_EQ(client.answer()->body, "POST /? hi");
}

struct RefusedCase {
    const char* name;
    std::string bytes;
    int status;
};

TEST_P(HttpServerTest, SaysWhyItRefusesThenCloses) {
    serve(echo, {.most_body_bytes = 1'000});
    HttpClient bystander(port_);
    ASSERT_TRUE(bystander.get("/"));
    const RefusedCase cases[] = {
        {"no HTTP", "hello\r\n\r\n", 400},
        {"a body without end",
         "POST / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n" + std::string(3 << 20, 'x'), 413},
        {"headers without end", "GET / HTTP/1.1\r\nA: " + std::string(10 << 20, 'x'), 431},
        {"a target without end", "GET /" + std::string(10 << 20, 'x'), 414},
        {"two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
        {"another version", "GET / HTTP/3.0\r\n\r\n", 505},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.name);
        HttpClient client(port_);
        EXPECT_TRUE(client.send(c.bytes)) << "the connection was reset under the answer";
        const auto answer = client.answer();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, c.status);
        EXPECT_THAT(answer->body, HasSubstr("\"message\""));
        EXPECT_TRUE(client.closed_by_server());
    }
    EXPECT_TRUE(bystander.get("/")) << "others are not concerned";
}

TEST_P(HttpServerTest, WhoSendsTooSlowlyIsToldSo) {
    serve(echo, {.request_within = milliseconds(50)});
    HttpClient client(port_);
    client.send("GET / HTTP/1.1\r\nX");
    const auto answer = client.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 408);
    EXPECT_TRUE(client.closed_by_server());
    HttpClient silent(port_);
    EXPECT_TRUE(silent.closed_by_server()) << "without a byte there is nothing to answer";
}

TEST_P(HttpServerTest, IdleConnectionsEnd) {
    serve(echo, {.idle = milliseconds(50)});
    HttpClient client(port_);
    ASSERT_TRUE(client.get("/"));
    EXPECT_TRUE(client.closed_by_server());
    EXPECT_TRUE(eventually([&] { return connections() == 0; }));
}

TEST_P(HttpServerTest, AWaitingAnswerHasNoDeadlineOfTheServer) {
    std::mutex mutex;
    std::vector<Exchange> waiting;
    serve(
        [&](Reactor&, const HttpRequest&, Exchange exchange) {
            const std::lock_guard lock(mutex);
            waiting.push_back(std::move(exchange));
        },
        {.request_within = milliseconds(20), .idle = milliseconds(20), .write_within = milliseconds(20)});
    HttpClient client(port_);
    client.send_get("/");
    EXPECT_FALSE(client.closed_by_server(milliseconds(1'200))) << "two sweeps";
    reactors_[0]->post([&] {
        const std::lock_guard lock(mutex);
        for (const auto& exchange : waiting) exchange->respond(HttpResponse{200, {}, "late"});
    });
    EXPECT_EQ(client.answer()->body, "late");
}

TEST_P(HttpServerTest, SeesThatTheClientIsGone) {
    std::atomic<int> gone{0};
    std::mutex mutex;
    std::vector<Exchange> waiting;
    serve([&](Reactor&, const HttpRequest&, Exchange exchange) {
        exchange->on_gone([&gone] { ++gone; });
        const std::lock_guard lock(mutex);
        waiting.push_back(std::move(exchange));
    });
    {
        HttpClient client(port_);
        client.send_get("/");
        ASSERT_TRUE(eventually([&] {
            const std::lock_guard lock(mutex);
            return waiting.size() == 1;
        }));
        EXPECT_EQ(gone, 0);
    }
    EXPECT_TRUE(eventually([&] { return gone == 1; }));
    std::promise<bool> done;
    reactors_[0]->post([&] {
        Exchange exchange;
        {
            // Let go before the test is told, which ends with it.
            const std::lock_guard lock(mutex);
            exchange = waiting[0];
        }
        const bool was_gone = exchange->gone();
        exchange->respond(HttpResponse{200, {}, "nobody reads this"});  // must do nothing
        exchange->write(std::make_shared<const std::string>("x"));
        exchange->end_stream();
        exchange->abort();
        exchange->connection_mark() = 7;
        done.set_value(was_gone && exchange->backlog() == 0);
    });
    EXPECT_TRUE(done.get_future().get());
    EXPECT_EQ(gone, 1);
    EXPECT_EQ(connections(), 0);
}

TEST_P(HttpServerTest, AClientThatHasSaidAllStillGetsItsAnswer) {
    const std::string large(4 << 20, 'x');
    serve([&](Reactor&, const HttpRequest&, const Exchange& exchange) {
        exchange->respond(HttpResponse{200, {}, large});
    });
    HttpClient client(port_, 4'096);
    client.send_get("/");
    client.end_input();
    EXPECT_EQ(client.answer()->body.size(), large.size());
    EXPECT_TRUE(client.closed_by_server());
}

TEST_P(HttpServerTest, AConnectionRemembersItsMark) {
    serve([](Reactor&, const HttpRequest&, const Exchange& exchange) {
        const auto mark = exchange->connection_mark()++;
        exchange->respond(HttpResponse{200, {}, std::to_string(mark)});
    });
    HttpClient first(port_);
    HttpClient second(port_);
    EXPECT_EQ(first.get("/")->body, "0");
    EXPECT_EQ(first.get("/")->body, "1");
    EXPECT_EQ(second.get("/")->body, "0");
}

TEST_P(HttpServerTest, StreamsUntilItsEnd) {
    serve([](Reactor&, const HttpRequest&, const Exchange& exchange) {
        exchange->begin_stream({200, {{"Content-Type", "text/event-stream"}}, {}});
        for (const char* part : {"one ", "two ", "three"})
            exchange->write(std::make_shared<const std::string>(part));
        exchange->end_stream();
    });
    HttpClient client(port_);
    const auto answer = client.get("/");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->headers.at("content-type"), "text/event-stream");
    EXPECT_EQ(answer->headers.count("content-length"), 0U);
    EXPECT_EQ(answer->body, "one two three");
}

TEST_P(HttpServerTest, ASlowReaderHasABacklogThatDrains) {
    constexpr std::size_t kPart = 1 << 20;
    const auto part = std::make_shared<const std::string>(kPart, 'x');
    std::atomic<std::size_t> backlog{0};
    std::atomic<int> drained{0};
    serve([&](Reactor&, const HttpRequest&, const Exchange& exchange) {
        exchange->begin_stream({200, {}, {}});
        for (int i = 0; i < 8; ++i) exchange->write(part);
        backlog = exchange->backlog();
        exchange->on_drained([&drained, exchange] {
            ++drained;
            exchange->write(std::make_shared<const std::string>("the end"));
            exchange->end_stream();
        });
    });
    HttpClient client(port_, 4'096);
    client.send_get("/");
    ASSERT_TRUE(eventually([&] { return backlog > kPart; }));
    EXPECT_EQ(drained, 0);
    const auto answer = client.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body.size(), 8 * kPart + 7);
    EXPECT_TRUE(answer->body.ends_with("the end"));
    EXPECT_EQ(drained, 1);
}

TEST_P(HttpServerTest, WhoTakesNoByteOfAStreamIsDropped) {
    std::atomic<bool> gone{false};
    const auto part = std::make_shared<const std::string>(16 << 20, 'x');
    serve(
        [&](Reactor&, const HttpRequest&, const Exchange& exchange) {
            exchange->begin_stream({200, {}, {}});
            exchange->on_gone([&gone] { gone = true; });
            exchange->write(part);
        },
        {.write_within = milliseconds(50)});
    HttpClient client(port_, 4'096);
    client.send_get("/");
    EXPECT_TRUE(eventually([&] { return gone.load(); }));
    EXPECT_EQ(connections(), 0);
    // A ring of the kernel gives them back a moment later.
    EXPECT_TRUE(eventually([&] { return part.use_count() == 1; })) << "its bytes are let go";
}

TEST_P(HttpServerTest, BytesOfAnAnswerAreShared) {
    const auto shared = response_bytes({200, {}, std::string(8 << 20, 's')});
    std::atomic<int> answered{0};
    serve([&](Reactor&, const HttpRequest&, const Exchange& exchange) {
        exchange->respond(shared);
        ++answered;
    });
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<HttpClient>(port_, 4'096));
        clients.back()->send_get("/");
    }
    ASSERT_TRUE(eventually([&] { return answered == 4; }));
    EXPECT_EQ(shared.use_count(), 5) << "each holds the same bytes, none a copy";
    for (const auto& client : clients) EXPECT_EQ(client->answer()->body.size(), std::size_t{8} << 20);
}

TEST_P(HttpServerTest, TakesNoMoreConnectionsThanItMay) {
    serve(echo, {.most_connections = 2});
    HttpClient first(port_);
    HttpClient second(port_);
    ASSERT_TRUE(first.get("/") && second.get("/"));
    HttpClient third(port_);
    EXPECT_TRUE(third.closed_by_server());
    EXPECT_TRUE(first.get("/"));
    EXPECT_EQ(metrics_.counter("callboard_http_refused_total", "").value(), 1U);
}

TEST_P(HttpServerTest, SeveralReactorsShareThePort) {
    std::mutex mutex;
    std::set<Reactor*> used;
    serve(
        [&](Reactor& reactor, const HttpRequest& request, const Exchange& exchange) {
            const std::lock_guard lock(mutex);
            used.insert(&reactor);
            echo(reactor, request, exchange);
        },
        {}, 3);
    for (int i = 0; i < 200; ++i) {
        HttpClient client(port_);
        ASSERT_TRUE(client.get("/"));
    }
    EXPECT_EQ(used.size(), 3U) << "the kernel spreads 200 connections over all";
}

TEST_P(HttpServerTest, StopsWhileOneWaitsAndOneIdles) {
    std::atomic<int> gone{0};
    std::atomic<int> asked{0};
    serve([&](Reactor& reactor, const HttpRequest& request, const Exchange& exchange) {
        ++asked;
        if (request.path == "/") return echo(reactor, request, exchange);
        if (request.path == "/soon") {
            reactor.after(milliseconds(50), [exchange] { exchange->respond(HttpResponse{200, {}, "soon"}); });
            return;
        }
        exchange->on_gone([&gone, exchange] { ++gone; });
    });
    HttpClient idle(port_);
    ASSERT_TRUE(idle.get("/"));
    HttpClient soon(port_);
    soon.send_get("/soon");
    HttpClient never(port_);
    never.send_get("/never");
    ASSERT_TRUE(eventually([&] { return asked == 3; }));
    server_->stop(milliseconds(500));
    EXPECT_TRUE(idle.closed_by_server());
    const auto answer = soon.answer();
    ASSERT_TRUE(answer) << "it had its chance";
    EXPECT_EQ(answer->body, "soon");
    EXPECT_TRUE(never.closed_by_server());
    EXPECT_EQ(gone, 1);
    EXPECT_FALSE(HttpClient(port_).connected());
    EXPECT_EQ(connections(), 0);
    server_->stop(milliseconds(500));  // once more does nothing
}

TEST_P(HttpServerTest, APortThatIsTakenFailsAtOnce) {
    serve(echo);
    Reactor other(clock_);
    const auto taken = HttpServer::listen(
        {&other}, {.listen = {"127.0.0.1:0", "127.0.0.1:" + std::to_string(port_)}}, echo, metrics_);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().kind, Error::Kind::unavailable);
    EXPECT_THAT(taken.error().what, HasSubstr(std::to_string(port_)));
    other.post([&other] { other.stop(); });
    other.run();  // nothing of the server that failed is left to run
    EXPECT_FALSE(HttpServer::listen({&other}, {.listen = {"nonsense"}}, echo, metrics_));
}

TEST_P(HttpServerTest, SpeaksAnotherProtocolAfterAnUpgrade) {
    serve([](Reactor&, const HttpRequest&, const Exchange& exchange) {
        exchange->begin_upgrade({101, {{"Connection", "Upgrade"}, {"Upgrade", "echo"}}, {}},
                                [exchange](std::string_view bytes) {
                                    exchange->write(std::make_shared<const std::string>(bytes));
                                    if (bytes.ends_with("end")) exchange->end_stream();
                                });
    });
    HttpClient client(port_);
    // What comes with the request is part of the other protocol already.
    client.send(
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nGET / early\r\n\r\n");
    EXPECT_EQ(client.until("early\r\n\r\n"),
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nGET / ");
    client.send("the end");
    EXPECT_EQ(client.until("end"), "the ");
    EXPECT_TRUE(client.closed_by_server());
}
TEST_P(HttpServerTest, CountsTheConnectionsOfProxiesClientsByWhatTheProxySays) {
    HttpServer::Settings settings;
    settings.trusted_proxies = {*AddressRange::parse("127.0.0.1")};
    serve(
        [](Reactor&, const HttpRequest& request, const Exchange& exchange) {
            exchange->respond({200, {}, std::string(request.peer)});
        },
        settings);
    HttpClient client(port_);
    EXPECT_EQ(client.get("/", "X-Forwarded-For: 10.0.0.1, 203.0.113.9\r\n")->body, "203.0.113.9");
    EXPECT_EQ(client.get("/")->body, "127.0.0.1");
}

TEST_P(HttpServerTest, TellsALogWhatItAnswered) {
    std::mutex mutex;
    std::vector<std::string> lines;
    HttpServer::Settings settings;
    settings.answered = [&](const HttpAccess& access) {
        const std::lock_guard lock(mutex);
        lines.push_back(std::string(access.peer) + " " + std::string(access.method) + " " +
                        std::string(access.target) + " " + std::to_string(access.status) + " " +
                        std::to_string(access.bytes) + " " + std::string(access.bearer));
    };
    serve(
        [](Reactor&, const HttpRequest& request, const Exchange& exchange) {
            if (request.path == "/shared") return exchange->respond(response_bytes({404, {}, "four"}));
            if (request.path == "/stream") return exchange->begin_stream({200, {}, {}});
            exchange->respond({503, {}, "sorry"});
        },
        settings);
    HttpClient client(port_);
    ASSERT_TRUE(client.get("/own?a=b"));
    ASSERT_TRUE(client.get("/shared", "Authorization: Bearer KEY\r\n"));
    client.send_get("/stream");
    ASSERT_TRUE(client.head());
    const std::lock_guard lock(mutex);
    EXPECT_THAT(lines,
                testing::ElementsAre("127.0.0.1 GET /own?a=b 503 5 ", "127.0.0.1 GET /shared 404 4 KEY",
                                     "127.0.0.1 GET /stream 200 0 "));
}

INSTANTIATE_TEST_SUITE_P(Moving, HttpServerTest, kMovings, kNameOfMoving);

}  // namespace
}  // namespace callboard
