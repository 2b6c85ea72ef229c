#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "app/config.hpp"
#include "app/data_dir.hpp"
#include "app/finding.hpp"
#include "base/clock.hpp"

namespace callboard {

/// Everything that a server with this configuration depends on, looked at without changing anything. Takes up
/// to some 15 seconds for each exchange that does not answer.
Findings examine(const Config& config, const Clock& clock);

// What it judges by, each pure.

/// Bytes on the disk of data_dir.
struct DiskSpace {
    std::uint64_t available = 0, capacity = 0;
};
Finding judge_space(const std::filesystem::path& folder, DiskSpace space);

/// What the kernel knows of its clock (adjtimex(2)).
struct ClockFacts {
    bool synchronised = false;
    std::chrono::microseconds error{};  ///< at most
};
/// `newest`: when the last event of the journal was, in which the clock cannot have been behind.
Finding judge_clock(ClockFacts facts, Time now, std::optional<Time> newest);

struct CertificateDates {
    Time begins, ends;
};
Finding judge_certificate(const std::filesystem::path& file, CertificateDates dates, Time now);
/// Of the first certificate of a PEM file.
Result<CertificateDates> certificate_dates(const std::filesystem::path& file);

// Its parts; each looks at the real thing.

/// Whether a server runs on this data_dir.
bool is_running(const DataDir& data);
Findings examine_data_dir(const DataDir& data, bool running, const Clock& clock);
Finding examine_clock(const DataDir& data, const Clock& clock);
Findings examine_ports(const Config& config, bool running);
Findings examine_exchanges(const Config& config, const Clock& clock);
/// Of a history in a database: whether it can be read.
Findings examine_history(const Config& config);
/// Asks a running server whether it is ready. Plain HTTP only.
Findings examine_readiness(const Config& config);

}  // namespace callboard
