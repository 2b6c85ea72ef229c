#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/http_server.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {

/// A real server on any port, its reactors on threads of their own, with each way to move bytes.
class HttpServerTest : public testing::TestWithParam<Reactor::Moving> {
  protected:
    void serve(HttpHandler handler, HttpServer::Settings settings = {}, std::size_t threads = 1) {
        settings.listen = {"127.0.0.1:0"};
        std::vector<Reactor*> all;
        for (std::size_t i = 0; i < threads; ++i) {
            reactors_.push_back(std::make_unique<Reactor>(clock_, GetParam()));
            all.push_back(reactors_.back().get());
        }
        auto server = HttpServer::listen(all, settings, std::move(handler), metrics_);
        ASSERT_TRUE(server) << server.error().what;
        server_ = *std::move(server);
        for (auto* reactor : all) threads_.emplace_back([reactor] { reactor->run(); });
        const auto address = parse_address(server_->addresses().at(0));
        ASSERT_TRUE(address);
        port_ = address->port();
    }
    /// Answers with what it was asked.
    static void echo(Reactor&, const HttpRequest& request, const Exchange& exchange) {
        HttpResponse response{200, {{"Content-Type", "text/plain"}}, {}};
        response.body.append(request.method).append(" ").append(request.path).append("?");
        response.body.append(request.query).append(" ").append(request.body);
        exchange->respond(response);
    }
    void TearDown() override {
        if (server_) server_->stop(std::chrono::milliseconds(100));
        for (const auto& reactor : reactors_) reactor->stop();
        for (auto& thread : threads_) thread.join();
        server_.reset();
    }
    bool eventually(const std::function<bool()>& holds) const {
        const auto deadline = clock_.steady() + std::chrono::seconds(10);
        while (!holds()) {
            if (clock_.steady() > deadline) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return true;
    }
    std::int64_t connections() { return metrics_.gauge("callboard_http_connections", "").value(); }

    SystemClock clock_;
    Metrics metrics_;
    std::vector<std::unique_ptr<Reactor>> reactors_;
    std::unique_ptr<HttpServer> server_;
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;
};

inline const auto kMovings = testing::Values(Reactor::Moving::epoll, Reactor::Moving::io_uring);
inline const auto kNameOfMoving = [](const testing::TestParamInfo<Reactor::Moving>& moving) {
    return moving.param == Reactor::Moving::epoll ? "epoll" : "io_uring";
};

}  // namespace callboard::test
