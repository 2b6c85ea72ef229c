// How an answer fared, and requests that are handled before earlier ones are answered.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <thread>

#include "net/http.hpp"
#include "net/http_server_for_test.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;
using test::HttpClient;
using test::HttpServerTest;
using test::kMovings;
using test::kNameOfMoving;

/// Answers every request with a receipt, which the test looks at on the reactor's thread.
class ReceiptTest : public HttpServerTest {
  protected:
    void serve_with_receipts(std::size_t size) {
        serve([this, size](Reactor&, const HttpRequest&, const Exchange& exchange) {
            receipt_ = exchange->respond_for_receipt(response_bytes({200, {}, std::string(size, 'x')}));
        });
    }
    bool arrived() {
        std::promise<bool> known;
        reactors_[0]->post([&] { known.set_value(receipt_ && receipt_->arrived()); });
        return known.get_future().get();
    }
    std::shared_ptr<const Receipt> receipt_;  // of the reactor's thread
};

TEST_P(ReceiptTest, AnAnswerThatWasReadArrived) {
    serve_with_receipts(100);
    {
        HttpClient client(port_);
        ASSERT_TRUE(client.get("/"));
        EXPECT_TRUE(eventually([this] { return arrived(); }));
    }
    EXPECT_TRUE(eventually([this] { return connections() == 0; }));
    EXPECT_TRUE(arrived());
}

TEST_P(ReceiptTest, AnAnswerThatNobodyTookDidNotArrive) {
    serve_with_receipts(64 << 20);
    {
        HttpClient client(port_);
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_TRUE(client.head());
        EXPECT_FALSE(arrived());
    }
    EXPECT_TRUE(eventually([this] { return connections() == 0; }));
    EXPECT_FALSE(arrived());
}

TEST_P(ReceiptTest, AnAnswerToAClientThatResetTheConnectionDidNotArrive) {
    serve_with_receipts(100);
    {
        HttpClient client(port_);
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_TRUE(
            eventually([this] { return arrived(); }));  // in the client's kernel, unread by the client
    }
    EXPECT_TRUE(eventually([this] { return connections() == 0; }));
    EXPECT_FALSE(arrived());
}

TEST_P(ReceiptTest, AnAnswerOnAConnectionThatEndsWithItArrived) {
    serve_with_receipts(100);
    HttpClient client(port_);
    ASSERT_TRUE(client.get("/", "Connection: close\r\n"));
    EXPECT_TRUE(client.closed_by_server());
    EXPECT_TRUE(eventually([this] { return connections() == 0; }));
    EXPECT_TRUE(arrived());
}

TEST_P(ReceiptTest, AnAnswerThatTheServerEndedWithArrived) {
    std::promise<Exchange> asked;
    serve([&](Reactor&, const HttpRequest&, const Exchange& exchange) { asked.set_value(exchange); });
    HttpClient client(port_);
    client.send_get("/");
    const Exchange exchange = asked.get_future().get();
    std::thread stopping([this] { server_->stop(std::chrono::seconds(10)); });
    reactors_[0]->post([this, exchange] {
        receipt_ = exchange->respond_for_receipt(response_bytes({200, {}, "x"}));
    });
    stopping.join();  // the client reads nothing meanwhile
    EXPECT_TRUE(arrived());
    EXPECT_EQ(client.answer()->body, "x");
}

/// Handles posts as they come and answers them when the test says so.
class GoOnTest : public HttpServerTest {
  protected:
    void serve_posts() {
        serve([this](Reactor&, const HttpRequest& request, const Exchange& exchange) {
            if (request.method != "POST") return exchange->respond({200, {}, "a page"});
            if (request.body == "wrong") return exchange->respond({400, {}, "wrong"});
            exchange->go_on();
            const std::lock_guard lock(mutex_);
            asked_.emplace_back(request.body, exchange);
        });
    }
    static std::string post(std::string_view body) {
        return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
               std::string(body);
    }
    std::size_t asked() {
        const std::lock_guard lock(mutex_);
        return asked_.size();
    }
    void answer(std::size_t index) {
        reactors_[0]->post([this, index] {
            std::unique_lock lock(mutex_);
            const auto [body, exchange] = asked_[index];
            lock.unlock();  // answering may bring in the next request
            exchange->respond({200, {}, "answer to " + body});
        });
    }

    std::mutex mutex_;
    std::vector<std::pair<std::string, Exchange>> asked_;
};

TEST_P(GoOnTest, AnswersComeInTheOrderOfTheRequests) {
    serve_posts();
    HttpClient client(port_);
    client.send(post("one") + post("two") + post("wrong") + post("three") +
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + post("four"));
    ASSERT_TRUE(eventually([this] { return asked() == 3; })) << "all posts before the page";
    answer(2);
    answer(1);
    EXPECT_FALSE(client.answer(milliseconds(20)));
    answer(0);
    EXPECT_EQ(client.answer()->body, "answer to one");
    EXPECT_EQ(client.answer()->body, "answer to two");
    EXPECT_EQ(client.answer()->status, 400);
    EXPECT_EQ(client.answer()->body, "answer to three");
    EXPECT_EQ(client.answer()->body, "a page");
    ASSERT_TRUE(eventually([this] { return asked() == 4; }));
    answer(3);
    EXPECT_EQ(client.answer()->body, "answer to four");
}

TEST_P(GoOnTest, TakesNoMoreAheadThanItMay) {
    serve_posts();
    HttpClient client(port_);
    std::string all;
    for (int i = 0; i < 200; ++i) all += post(std::to_string(i));
    client.send(all);
    std::size_t answered = 0;
    while (answered < 200) {
        ASSERT_TRUE(eventually([&] { return asked() > answered; }));
        EXPECT_LE(asked() - answered, 64U);
        answer(answered);
        ASSERT_EQ(client.answer()->body, "answer to " + std::to_string(answered));
        ++answered;
    }
}

TEST_P(GoOnTest, TheLastRequestEndsTheConnectionBehindAllAnswers) {
    serve_posts();
    HttpClient client(port_);
    client.send(post("one") +
                "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\ntwo");
    ASSERT_TRUE(eventually([this] { return asked() == 2; }));
    answer(1);
    answer(0);
    EXPECT_EQ(client.answer()->body, "answer to one");
    EXPECT_EQ(client.answer()->body, "answer to two");
    EXPECT_TRUE(client.closed_by_server());
}

TEST_P(GoOnTest, WhoGoesAwayIsAnsweredHarmlessly) {
    serve_posts();
    {
        HttpClient client(port_);
        client.send(post("one") + post("two"));
        ASSERT_TRUE(eventually([this] { return asked() == 2; }));
    }
    ASSERT_TRUE(eventually([this] { return connections() == 0; }));
    answer(1);
    answer(0);
    HttpClient client(port_);
    EXPECT_EQ(client.get("/")->body, "a page");
}

INSTANTIATE_TEST_SUITE_P(Moving, ReceiptTest, kMovings, kNameOfMoving);
INSTANTIATE_TEST_SUITE_P(Moving, GoOnTest, kMovings, kNameOfMoving);

}  // namespace
}  // namespace callboard
