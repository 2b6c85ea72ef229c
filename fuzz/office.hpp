#pragma once

#include <cstdint>
#include <memory>

#include "net/http.hpp"
#include "net/reactor.hpp"
#include "tests/support/two_accounts.hpp"

namespace callboard::fuzz {

/// A whole server but for its sockets: journal and files in a directory of its own, a clock that stands
/// still, and a reactor that turns when it is told to, on the caller's thread.
///
/// The tokens ALPHA, ALICE, BETA, MASKED and AGENT read, KEY may call everything. There are some calls and
/// contacts, a caller to call back, the webhook kWebhook with one delivery and the session kSession, so that
/// every route has something to show.
class Office : public test::TwoAccounts {
  public:
    static constexpr std::int64_t kNow = 1'780'000'000;  ///< seconds since 1970
    static constexpr const char* kSession = "SESSION12345";
    static constexpr const char* kWebhook = "crm";
    static constexpr const char* kPublicUrl = "https://calls.example/board";

    Office();
    ~Office();
    Office(const Office&) = delete;
    Office& operator=(const Office&) = delete;

    Reactor& reactor();
    /// Every route.
    const HttpHandler& handler() const;
    /// Does what the reactor has to do now, and does not wait.
    void turn();
    /// One event of every line and of the queue, for those who wait.
    void tell();
    /// Brings kSession back when a request has removed it.
    void restore_session();

  private:
    struct Running;
    std::unique_ptr<Running> running_;
};

}  // namespace callboard::fuzz
