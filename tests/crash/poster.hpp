#pragma once

#include <cstdint>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "event/event.hpp"

namespace callboard::test {

/// What was posted in one call of `POST /api/ingest`, and what the answer said.
struct Batch {
    std::vector<std::string> events;  ///< `start_ringing posted-1-7-0`: name and id, unique
    Sequence first = 0, last = 0;     ///< 0: no answer came, so nobody knows
    bool refused = false;             ///< the answer was that nothing was kept
};

/// A system of one's own on one connection, that tells calls of the posted lines, or callers of the queue. It
/// posts the next batch when the last is answered or its connection has broken, and never the same twice.
class Poster {
  public:
    Poster(std::uint16_t port, unsigned number, bool of_queue, std::uint64_t seed);

    /// Until told to stop.
    void run(std::stop_token stop);
    /// Posts one event named `name` for each of `numbers` and waits for the answer. False: it was not good.
    static bool post_one_each(std::uint16_t port, std::string_view name,
                              const std::vector<std::string>& numbers);

    /// After run() has returned.
    const std::vector<Batch>& batches() const { return batches_; }
    const std::vector<std::string>& complaints() const { return complaints_; }

  private:
    struct Open {
        std::string number, id;
    };
    void tell(const std::string& name, const Open& of, std::string_view more = {});
    void make_batch();
    bool understand(const struct HttpAnswer& answer);

    std::uint16_t port_;
    unsigned number_;
    bool of_queue_;
    std::mt19937_64 random_;
    std::vector<std::string> lines_;
    std::vector<Open> open_;
    std::string body_;
    std::vector<Batch> batches_;
    std::vector<std::string> complaints_;
};

}  // namespace callboard::test
