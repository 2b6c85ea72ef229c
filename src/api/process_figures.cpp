#include "api/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>

namespace callboard {
namespace {

std::optional<std::int64_t> resident_bytes() {
    std::ifstream in("/proc/self/statm");
    std::int64_t total = 0;
    std::int64_t resident = 0;
    if (!(in >> total >> resident)) return std::nullopt;
    return resident * ::sysconf(_SC_PAGESIZE);
}

std::optional<std::int64_t> open_descriptors() {
    std::error_code error;
    std::int64_t count = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
         at.increment(error))
        ++count;
    if (error) return std::nullopt;
    return count - 1;  // the one that listed them
}

/// proc(5): field 22 of /proc/self/stat, in ticks after the machine's start (`btime` of /proc/stat).
std::optional<std::int64_t> start_seconds() {
    std::ifstream stat("/proc/self/stat");
    const std::string line(std::istreambuf_iterator<char>(stat), {});
    const std::size_t name_end = line.rfind(')');  // the program's name may hold blanks
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields(line.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 22; ++field) fields >> skipped;
    std::int64_t ticks = 0;
    if (!(fields >> ticks)) return std::nullopt;
    std::ifstream machine("/proc/stat");
    std::int64_t booted = 0;
    for (std::string word; machine >> word;)
        if (word == "btime" && machine >> booted) return booted + ticks / ::sysconf(_SC_CLK_TCK);
    return std::nullopt;
}

}  // namespace

void set_process_figures(Metrics& metrics) {
    if (const auto bytes = resident_bytes())
        metrics.gauge("process_resident_memory_bytes", "Memory in use, bytes.").set(*bytes);
    if (const auto count = open_descriptors())
        metrics.gauge("process_open_fds", "Open file descriptors.").set(*count);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        metrics.gauge("process_max_fds", "Most file descriptors that may be open.")
            .set(static_cast<std::int64_t>(limit.rlim_cur));
    static const auto started = start_seconds();
    if (started)
        metrics.gauge("process_start_time_seconds", "Start of the process, seconds since the epoch.")
            .set(*started);
}

}  // namespace callboard
