#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/api_keys.hpp"
#include "api/ovh/clients.hpp"
#include "api/token_store.hpp"
#include "api/token_writer.hpp"
#include "delivery/audit_for_test.hpp"
#include "delivery/longpoll/long_poll.hpp"
#include "delivery/session/session_service.hpp"
#include "delivery/sse/event_stream.hpp"
#include "delivery/websocket/web_socket.hpp"
#include "hub/hub.hpp"
#include "journal/sqlite_journal.hpp"
#include "net/http_server.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/two_accounts.hpp"

namespace callboard::test {

/// The system's clock, moved by hand where a test needs days.
class MovedClock final : public Clock {
  public:
    Time now() const override { return system_.now() + Duration(moved_.load()); }
    std::chrono::steady_clock::time_point steady() const override {
        return system_.steady() + Duration(passed_.load());
    }
    /// Somebody sets the calendar.
    void move(Duration by) { moved_ += by.count(); }
    /// Time passes, for timers and deadlines as well.
    void pass(Duration time) {
        passed_ += time.count();
        moved_ += time.count();
    }

  private:
    SystemClock system_;
    std::atomic<std::int64_t> moved_{0}, passed_{0};
};

/// Tokens that a test makes and ends.
class KnownTokens final : public TokenAuthority {
  public:
    void allow(std::string token, Grant grant);
    void end(std::string_view token);

    std::optional<Grant> find(std::string_view token, Time now) const override;
    std::uint64_t generation() const override;

    /// Tokens that clients make through the API are known too. Null: no more.
    void also(const TokenStore* store) { store_ = store; }

  private:
    std::atomic<const TokenStore*> store_{nullptr};
    mutable std::mutex mutex_;
    std::map<std::string, Grant, std::less<>> grants_;
    std::atomic<std::uint64_t> generation_{1};
};

/// A server in this process: journal, hub and the transports behind real sockets. Can be stopped and started
/// on the same data.
///
/// The tokens ALPHA and BETA open the accounts, ALICE a line. The API has the key KEY and the client of
/// kApplication.
class World : public TwoAccounts {
  public:
    struct Settings {
        std::chrono::milliseconds poll_timeout{30'000};
        std::chrono::milliseconds heartbeat{30'000};
        std::size_t tail = 65'536;  ///< events that the hub keeps in memory
        std::size_t most_backlog = 1 << 20;
        unsigned reactors = 2;
        Sessions::Settings sessions = {};
        WebSocket::Settings web_socket = {};  ///< its ping and backlog are those above
        std::function<bool(std::string_view account, std::string_view number)> look_up = {};
    };
    static constexpr const char* kApplication = "7kbG7Bk7S9Nt7ZSV";
    static constexpr const char* kApplicationSecret = "EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF";
    static constexpr const char* kConsumer = "MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1";
    static constexpr const char* kPublicUrl = "https://calls.example/board";

    World() : World(Settings{}) {}
    explicit World(Settings settings);
    virtual ~World();

    virtual void start();
    /// As SIGTERM does: waiting clients are answered.
    virtual void stop();

    /// Events of `line`, each with the next Call-ID `1`, `2`, …; returns when they are in the journal.
    void tell(std::string_view line, int count = 1, bool native = false);
    virtual void tell(std::vector<Event> events);
    Event event(std::string_view name, std::string_view line, std::string call_id) const;
    int told() const { return told_; }

    std::uint16_t port() const;
    Hub& hub();
    Sessions& sessions();
    /// Leaves the server as kill -9 would find it: what is on the disk now is what the next start() finds.
    void crash();
    const CursorSeal& seal() const { return seal_; }
    /// Sum over all labels of a figure as `/metrics` shows it.
    double figure(std::string_view name, std::string_view label = {}) const;

    KnownTokens tokens;
    MovedClock clock;
    NotedActs audit;
    /// What the key and the client of the API may call.
    std::vector<AccessRule> allowed{{"*", "/*"}};

  private:
    struct Running;
    const Settings settings_;
    const TemporaryDirectory directory_;
    std::filesystem::path data_ = directory_.path() / "data";
    const CursorSeal seal_{Secret("a key of thirty-two bytes exactly")};
    Metrics metrics_;
    std::unique_ptr<Running> running_;
    int told_ = 0;
};

}  // namespace callboard::test
