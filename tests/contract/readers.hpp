#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/contract/world.hpp"
#include "tests/support/http_client.hpp"

namespace callboard::test {

/// What one read of a transport brought.
struct Batch {
    std::vector<std::string> calls;  ///< Call-IDs in the order in which they came
    std::string message;             ///< what the server had to say beside events
    bool refused = false;            ///< the token is not good any more
};

/// What the contract asks of a reader, beside reading:
///   kNatives: it is told native events;
///   kServerKeepsPlace: its cursor names a session, which stands where its client is and cannot go back;
///   kMayRepeat: what a lost connection brought last may be told again;
///   place(): the sequence up to which it has everything, as the server knows it;
///   leave(): goes away; what it had received and nobody had read.

/// A client of version 1 of the event service that does as it should: the last Session goes back.
class PollingReader {
  public:
    static constexpr bool kNatives = false, kServerKeepsPlace = false, kMayRepeat = false;

    PollingReader(World& world, std::string token, std::string cursor = {});
    /// Asks, without waiting for the answer.
    void ask();
    /// The answer to ask(), which it does first when it was not done. Nothing: none came in time.
    std::optional<Batch> read(std::chrono::milliseconds within = HttpClient::kPatience);
    const std::string& cursor() const { return cursor_; }
    Sequence place() const;
    Batch leave() { return {}; }

  private:
    World& world_;
    std::string token_, cursor_;
    std::optional<HttpClient> client_;
    bool asked_ = false;
};

/// A client of server-sent events.
class StreamReader {
  public:
    static constexpr bool kNatives = true, kServerKeepsPlace = false, kMayRepeat = false;

    StreamReader(World& world, std::string token, std::string cursor = {}, std::string_view query = {},
                 int receive_buffer = 0);
    void ask() {}
    /// The next block that says something. Blocks that only move the cursor are taken on the way.
    std::optional<Batch> read(std::chrono::milliseconds within = HttpClient::kPatience);
    const std::string& cursor() const { return cursor_; }
    Sequence place() const;
    Batch leave() { return {}; }
    int status() const { return status_; }

  private:
    const CursorSeal& seal_;
    std::string cursor_;
    HttpClient client_;
    int status_ = 0;
};

/// Reads until `count` calls were told or nothing more comes; messages are joined.
template <typename Reader>
Batch read_calls(Reader& reader, std::size_t count) {
    Batch all;
    while (all.calls.size() < count) {
        const auto batch = reader.read();
        if (!batch) break;
        all.calls.insert(all.calls.end(), batch->calls.begin(), batch->calls.end());
        all.message += batch->message;
        if (batch->refused) break;
    }
    return all;
}

/// `from`, …, `to` as Call-IDs.
std::vector<std::string> calls(int from, int to);

}  // namespace callboard::test
