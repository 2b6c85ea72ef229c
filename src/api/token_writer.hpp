#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "api/token_store.hpp"
#include "base/work_queue.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// Makes and ends tokens on a thread of its own, so that no client waits for the disk of another.
class TokenWriter {
  public:
    /// `store`, and every reactor that calls name, must outlive the writer.
    explicit TokenWriter(TokenStore& store);
    /// Ends the thread; what has not begun is dropped.
    ~TokenWriter();
    TokenWriter(const TokenWriter&) = delete;
    TokenWriter& operator=(const TokenWriter&) = delete;

    /// As TokenStore::create(); `done` runs on `reactor`. False: too many wait. Any thread.
    bool create(TokenPlace place, std::optional<Duration> lifetime, Reactor& reactor,
                std::function<void(const Result<Token>&)> done);
    /// Ends the token of a place. The same; false in the result: it has none.
    bool revoke(TokenPlace place, Reactor& reactor, std::function<void(const Result<bool>&)> done);

    static constexpr std::size_t kMostWaiting = 1'000;

  private:
    void run();

    TokenStore& store_;
    WorkQueue<std::function<void()>> waiting_{kMostWaiting};
    std::thread thread_;
};

}  // namespace callboard
