#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "event/directory.hpp"
#include "journal/journal.hpp"

namespace callboard::test {

inline constexpr auto kPatience = std::chrono::seconds(20);  // of a test that goes wrong
inline constexpr const char* kLine = "0033123456101";

/// A journal on a disk that does as it is told.
class WilfulJournal final : public Journal {
  public:
    Result<Sequence> append(std::span<Record> group) override {
        ++tries;
        if (on_append) on_append();
        if (hangs) resumed.acquire();
        if (full) return Error{Error::Kind::unavailable, "the disk is full"};
        for (Record& record : group) record.sequence = ++last_;
        return last_.load();
    }
    Result<void> sync() override {
        ++syncs;
        if (sync_hangs) sync_resumed.acquire();
        if (sync_fails) return Error{Error::Kind::unavailable, "cannot sync"};
        return {};
    }
    Result<Sequence> read(Sequence after, std::size_t,
                          const std::function<bool(const Record&)>&) const override {
        return after;
    }
    Result<bool> retire(Time) override { return false; }
    Sequence first() const override { return 1; }
    Sequence last() const override { return last_; }
    Sequence first_at(Time) const override { return last_ + 1; }
    std::uint64_t epoch() const override { return 1; }

    std::function<void()> on_append;  ///< set before the hub starts
    std::atomic<bool> full{false}, hangs{false}, sync_hangs{false}, sync_fails{false};
    std::atomic<int> tries{0}, syncs{0};
    std::binary_semaphore resumed{0}, sync_resumed{0};

  private:
    std::atomic<Sequence> last_{0};
};

/// A clock that the test moves while the hub looks at it.
class SharedClock final : public Clock {
  public:
    Time now() const override {
        return time_from_nanoseconds(1'780'000'000'000'000'000) + Duration(passed_.load());
    }
    std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(passed_.load()));
    }
    void advance(Duration by) { passed_ += by.count(); }

  private:
    std::atomic<std::int64_t> passed_{0};
};

/// One line, kLine.
inline std::shared_ptr<const Directory> one_line() {
    Service service;
    service.account = "office";
    service.number = kLine;
    service.id = "1";
    return std::make_shared<const Directory>(std::vector<Account>{{"office", "Office"}},
                                             std::vector<Service>{service});
}

/// Looks again and again until `seen`, at most kPatience.
inline bool becomes(const std::function<bool()>& seen) {
    for (int i = 0; i < 20'000; ++i) {
        if (seen()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

}  // namespace callboard::test
