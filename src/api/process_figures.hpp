#pragma once

#include "base/metrics.hpp"

namespace callboard {

/// What the kernel knows of this process, under the names that every Prometheus client uses:
/// `process_resident_memory_bytes`, `process_open_fds`, `process_max_fds`, `process_start_time_seconds`. A
/// figure that cannot be read keeps its value. Thread-safe.
void set_process_figures(Metrics& metrics);

}  // namespace callboard
