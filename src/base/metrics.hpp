#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// Counts up. Any thread.
class Counter {
  public:
    void add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

/// Goes up and down. Any thread.
class Gauge {
  public:
    void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
    void add(std::int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
    std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::int64_t> value_{0};
};

/// Durations in buckets from 100 µs to 10 s. Any thread.
class Histogram {
  public:
    /// Upper bounds in seconds; one more bucket takes the rest.
    static constexpr std::array<double, 16> kBounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                       0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                                       1.0,    2.5,     5.0,    10.0};
    /// `times`: as many of the same length.
    void observe(double seconds, std::uint64_t times = 1);
    std::uint64_t bucket(std::size_t index) const { return buckets_[index].load(std::memory_order_relaxed); }
    double sum() const { return static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6; }

  private:
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets_{};
    std::atomic<std::uint64_t> sum_us_{0};
};

/// Every figure of the process by name and labels, written as Prometheus text.
///
/// Lives longer than all who count. Looking up takes a lock: look up once, keep the reference (valid as long
/// as the registry). Thread-safe.
class Metrics {
  public:
    using Labels = std::vector<std::pair<std::string, std::string>>;

    /// `help` is taken from the first call for a name.
    Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});

    /// Prometheus text format 0.0.4, families in the order of their names.
    std::string text() const;

  private:
    template <typename T>
    using Series = std::map<std::string, std::unique_ptr<T>>;  // by rendered labels: `{a="b"}` or empty
    struct Family {
        std::string help;
        Series<Counter> counters;
        Series<Gauge> gauges;
        Series<Histogram> histograms;
    };
    Family& family(std::string_view name, std::string_view help);

    mutable std::mutex mutex_;
    std::map<std::string, Family, std::less<>> families_;
};

}  // namespace callboard
