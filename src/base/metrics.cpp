#include "base/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace callboard {
namespace {

std::string escaped(std::string_view value) {
    std::string out;
    for (char c : value) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

std::string rendered(const Metrics::Labels& labels) {
    if (labels.empty()) return {};
    std::string out = "{";
    for (const auto& [name, value] : labels) {
        if (out.size() > 1) out += ',';
        out += name + "=\"" + escaped(value) + '"';
    }
    return out + '}';
}

template <typename T>
T& series(std::map<std::string, std::unique_ptr<T>>& all, const Metrics::Labels& labels) {
    auto& slot = all[rendered(labels)];
    if (!slot) slot = std::make_unique<T>();
    return *slot;
}

void write_histogram(std::string& out, const std::string& name, const std::string& labels,
                     const Histogram& histogram) {
    const std::string inner = labels.empty() ? "" : labels.substr(1, labels.size() - 2) + ",";
    std::uint64_t total = 0;
    for (std::size_t i = 0; i <= Histogram::kBounds.size(); ++i) {
        total += histogram.bucket(i);
        const std::string bound =
            i < Histogram::kBounds.size() ? fmt::format("{}", Histogram::kBounds[i]) : "+Inf";
        fmt::format_to(std::back_inserter(out), "{}_bucket{{{}le=\"{}\"}} {}\n", name, inner, bound, total);
    }
    fmt::format_to(std::back_inserter(out), "{}_sum{} {:.6f}\n{}_count{} {}\n", name, labels, histogram.sum(),
                   name, labels, total);
}

}  // namespace

void Histogram::observe(double seconds, std::uint64_t times) {
    const auto* bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    buckets_[static_cast<std::size_t>(bound - kBounds.begin())].fetch_add(times, std::memory_order_relaxed);
    sum_us_.fetch_add(
        seconds > 0 ? static_cast<std::uint64_t>(seconds * 1e6 * static_cast<double>(times)) : 0,
        std::memory_order_relaxed);
}

Metrics::Family& Metrics::family(std::string_view name, std::string_view help) {
    auto found = families_.find(name);
    if (found == families_.end()) {
        found = families_.emplace(std::string(name), Family{}).first;
        found->second.help = help;
    }
    return found->second;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    return series(family(name, help).counters, labels);
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    return series(family(name, help).gauges, labels);
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    return series(family(name, help).histograms, labels);
}

std::string Metrics::text() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, family] : families_) {
        const char* type = !family.histograms.empty() ? "histogram"
                           : !family.gauges.empty()   ? "gauge"
                                                      : "counter";
        fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, family.help, name,
                       type);
        for (const auto& [labels, counter] : family.counters)
            fmt::format_to(std::back_inserter(out), "{}{} {}\n", name, labels, counter->value());
        for (const auto& [labels, gauge] : family.gauges)
            fmt::format_to(std::back_inserter(out), "{}{} {}\n", name, labels, gauge->value());
        for (const auto& [labels, histogram] : family.histograms)
            write_histogram(out, name, labels, *histogram);
    }
    return out;
}

}  // namespace callboard
