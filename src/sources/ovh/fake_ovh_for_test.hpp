#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/http_server.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {

/// An event service that does what a test tells it, also what it should not. A question that nobody told it
/// an answer for is held.
class FakeOvh {
  public:
    using Answer = std::function<void(Reactor&, const Exchange&)>;

    FakeOvh() {
        HttpServer::Settings settings;
        settings.listen = {"127.0.0.1:0"};
        auto server = HttpServer::listen(
            {&reactor_}, settings,
            [this](Reactor& reactor, const HttpRequest& request, Exchange exchange) {
                asked(reactor, std::string(request.method) + " " + std::string(request.target), exchange);
            },
            metrics_);
        server_ = *std::move(server);
        url_ = "http://" + server_->addresses().at(0);
        thread_ = std::thread([this] { reactor_.run(); });
    }
    ~FakeOvh() {
        server_->stop(std::chrono::milliseconds(50));
        reactor_.stop();
        thread_.join();
    }
    const std::string& url() const { return url_; }

    /// To the next question that has no answer yet, also one that is held already.
    void answer(Answer answer) {
        reactor_.post([this, answer = std::move(answer)] {
            answers_.push_back(answer);
            match();
        });
    }
    void answer(int status, const std::string& body) {
        answer([status, body](Reactor&, const Exchange& exchange) {
            exchange->respond(HttpResponse{status, {{"Content-Type", "application/json"}}, body});
        });
    }
    using LaterReceipt = std::future<std::shared_ptr<const Receipt>>;
    /// The same with 200, and what becomes of it.
    LaterReceipt answer_for_receipt(const std::string& body) {
        const auto receipt = std::make_shared<std::promise<std::shared_ptr<const Receipt>>>();
        answer([receipt, body](Reactor&, const Exchange& exchange) {
            receipt->set_value(exchange->respond_for_receipt(
                response_bytes(HttpResponse{200, {{"Content-Type", "application/json"}}, body})));
        });
        return receipt->get_future();
    }
    /// Whether the client, which has closed its connection, had the answer. One that came too late for it
    /// goes to nobody else.
    bool arrived(LaterReceipt& later) {
        std::promise<bool> told;
        reactor_.post([&] {
            const bool answered = later.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
            const auto receipt = answered ? later.get() : nullptr;
            answers_.clear();
            told.set_value(receipt && receipt->arrived());
        });
        return told.get_future().get();
    }
    /// Part of an answer, then the end of the connection.
    void answer_half(const std::string& body) {
        answer([body](Reactor& reactor, const Exchange& exchange) {
            exchange->begin_stream(HttpResponse{200, {{"Content-Length", "100000"}}, {}});
            exchange->write(std::make_shared<const std::string>(body));
            reactor.after(std::chrono::milliseconds(20), [exchange] { exchange->abort(); });
        });
    }
    /// The next question that was asked, with its method; nothing when none was in time.
    std::optional<std::string> question() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, HttpClient::kPatience, [this] { return !questions_.empty(); }))
            return std::nullopt;
        auto first = std::move(questions_.front());
        questions_.pop_front();
        return first;
    }
    /// Whether no question is held any more, because all were answered or whoever asked has gone.
    bool nobody_waits() {
        std::promise<bool> told;
        reactor_.post([&] {
            std::erase_if(held_, [](const Exchange& one) { return one->gone(); });
            told.set_value(held_.empty());
        });
        return told.get_future().get();
    }
    std::size_t unread_questions() {
        const std::lock_guard lock(mutex_);
        return questions_.size();
    }

  private:
    void asked(Reactor&, std::string question, const Exchange& exchange) {
        std::erase_if(held_, [](const Exchange& one) { return one->gone(); });
        held_.push_back(exchange);
        {
            const std::lock_guard lock(mutex_);
            questions_.push_back(std::move(question));
            changed_.notify_all();
        }
        match();
    }
    void match() {
        while (!held_.empty() && !answers_.empty()) {
            const auto exchange = std::move(held_.front());
            held_.pop_front();
            if (exchange->gone()) continue;
            const auto answer = std::move(answers_.front());
            answers_.pop_front();
            answer(reactor_, exchange);
        }
    }

    SystemClock clock_;
    Metrics metrics_;
    Reactor reactor_{clock_};
    std::unique_ptr<HttpServer> server_;
    std::string url_;
    // Of the reactor's thread.
    std::deque<Exchange> held_;
    std::deque<Answer> answers_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> questions_;
    std::thread thread_;
};

}  // namespace callboard::test
