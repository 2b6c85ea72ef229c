#include "api/token_writer.hpp"

#include <utility>

namespace callboard {

TokenWriter::TokenWriter(TokenStore& store) : store_(store), thread_([this] { run(); }) {}

TokenWriter::~TokenWriter() {
    waiting_.stop();
    thread_.join();
}

bool TokenWriter::create(TokenPlace place, std::optional<Duration> lifetime, Reactor& reactor,
                         std::function<void(const Result<Token>&)> done) {
    return waiting_.push([this, place = std::move(place), lifetime, &reactor, done = std::move(done)] {
        reactor.post([done, made = store_.create(place, lifetime)] { done(made); });
    });
}

bool TokenWriter::revoke(TokenPlace place, Reactor& reactor, std::function<void(const Result<bool>&)> done) {
    return waiting_.push([this, place = std::move(place), &reactor, done = std::move(done)] {
        const auto token = store_.of_place(place);
        const Result<bool> revoked = token ? store_.revoke(token->text) : Result<bool>(false);
        reactor.post([done, revoked] { done(revoked); });
    });
}

void TokenWriter::run() {
    while (const auto work = waiting_.next()) (*work)();
}

}  // namespace callboard
