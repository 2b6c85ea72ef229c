#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::test {

/// An event of this name on each number of a reader tells it that it has everything.
inline constexpr std::string_view kTheEnd = "the_end";

/// A client that keeps its cursor over every death of the server, and notes what it gets. run() on a thread
/// of its own; the rest after that has returned.
class Reader {
  public:
    /// `cursor` is where it begins. `numbers` is how many lines and queues its token covers.
    Reader(std::uint16_t port, std::string token, std::string cursor, std::size_t numbers)
        : port_(port), token_(std::move(token)), cursor_(std::move(cursor)), ends_left_(numbers) {}
    virtual ~Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// Until kTheEnd has come for every number, or it is told to stop.
    virtual void run(std::stop_token stop) = 0;
    virtual std::string_view transport() const = 0;

    bool complete() const { return ends_left_ == 0; }
    /// `Timestamp` of each event, as they came: the journal gives none twice.
    const std::vector<std::int64_t>& timestamps() const { return timestamps_; }
    std::uint64_t connections() const { return connections_; }
    const std::vector<std::string>& complaints() const { return complaints_; }

  protected:
    void note(std::int64_t timestamp, std::string_view name);
    void complain(std::string what);

    std::uint16_t port_;
    std::string token_, cursor_;
    std::uint64_t connections_ = 0;

  private:
    std::size_t ends_left_;
    std::vector<std::int64_t> timestamps_;
    std::vector<std::string> complaints_;
};

/// Version 1: the last Session that it got goes back.
class LongPollReader final : public Reader {
  public:
    using Reader::Reader;
    void run(std::stop_token stop) override;
    std::string_view transport() const override { return "long poll"; }

  private:
    bool take(const std::string& body);
};

/// Server-sent events: the last id goes back.
class EventStreamReader final : public Reader {
  public:
    using Reader::Reader;
    void run(std::stop_token stop) override;
    std::string_view transport() const override { return "event stream"; }

  private:
    bool take(const std::string& frame);
};

}  // namespace callboard::test
