#include "api/token_writer.hpp"

#include <utility>

namespace callboard {

TokenWriter::TokenWriter(TokenStore& store) : store_(store), thread_([this] { run(); }) {}

TokenWriter::~TokenWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_all();
    thread_.join();
}

bool TokenWriter::create(TokenPlace place, std::optional<Duration> lifetime, Reactor& reactor,
                         std::function<void(const Result<Token>&)> done) {
    return submit([this, place = std::move(place), lifetime, &reactor, done = std::move(done)] {
        reactor.post([done, made = store_.create(place, lifetime)] { done(made); });
    });
}

bool TokenWriter::revoke(TokenPlace place, Reactor& reactor, std::function<void(const Result<bool>&)> done) {
    return submit([this, place = std::move(place), &reactor, done = std::move(done)] {
        const auto token = store_.of_place(place);
        const Result<bool> revoked = token ? store_.revoke(token->text) : Result<bool>(false);
        reactor.post([done, revoked] { done(revoked); });
    });
}

bool TokenWriter::submit(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || waiting_.size() >= kMostWaiting) return false;
        waiting_.push_back(std::move(work));
    }
    work_.notify_one();
    return true;
}

void TokenWriter::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        const auto work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

}  // namespace callboard
