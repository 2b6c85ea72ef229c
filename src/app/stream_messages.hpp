#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace callboard {

/// One message of a stream of server-sent events.
struct StreamMessage {
    std::string event;  ///< `message` when it has no name
    std::string data;
};

/// Cuts the bytes of server-sent events (HTML Living Standard §9.2.6) into messages, resuming at any byte.
/// Pure: no I/O.
class StreamMessages {
  public:
    /// Calls `take` for each message that `bytes` complete. Error: a message is longer than kLongest.
    Result<void> feed(std::string_view bytes, const std::function<void(const StreamMessage&)>& take);

    /// Where to resume: the id of the last message, or of a heartbeat after it. Empty before the first.
    const std::string& last_id() const { return last_id_; }

    /// A new connection begins: forgets what was not complete.
    void restart();

    static constexpr std::size_t kLongest = 4 << 20;

  private:
    void line(std::string_view text, const std::function<void(const StreamMessage&)>& take);

    std::string pending_;  // of a line that is not complete
    StreamMessage message_;
    bool has_data_ = false;
    std::string id_, last_id_;
};

}  // namespace callboard
