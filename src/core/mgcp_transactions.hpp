#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "core/kept_message.hpp"
#include "event/directory.hpp"
#include "event/mgcp_message.hpp"

namespace callboard {

/// Commands and their responses (RFC 3435 §3.5): each command once, however often it was retransmitted or
/// mirrored, and each with its response, whichever was seen first. One thread.
class MgcpTransactions {
  public:
    struct Settings {
        Duration memory;   ///< how long a transaction is remembered (> T-HIST, 30 s)
        std::size_t most;  ///< the oldest is forgotten when there are more
    };
    struct Concluded {
        KeptMgcpMessage command, response;
    };

    explicit MgcpTransactions(Settings settings) : settings_(settings) {}

    /// Whether the command is seen for the first time. `concluded` is set when its response has been seen
    /// before it.
    bool on_command(const MgcpMessage& command, std::optional<Concluded>& concluded);
    /// The first final response to a command that was seen; else nothing.
    std::optional<Concluded> on_response(const MgcpMessage& response);
    void on_time(Time now);
    std::size_t size() const { return seen_.size() + early_.size(); }

  private:
    struct Transaction {
        std::optional<KeptMgcpMessage> command;  ///< until it is concluded
    };
    struct Remembered {
        Time until{};
        std::string seen, asked;
    };
    struct Early {
        KeptMgcpMessage response;
        Time until{};
    };

    void forget_first();

    Settings settings_;
    StringMap<std::shared_ptr<Transaction>> seen_;   // by transaction, verb and endpoint
    StringMap<std::shared_ptr<Transaction>> asked_;  // by transaction and who asks
    std::deque<Remembered> order_;
    StringMap<Early> early_;  // responses whose command was not seen yet, by the same
    std::deque<std::pair<Time, std::string>> early_order_;
};

}  // namespace callboard
