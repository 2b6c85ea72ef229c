#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "net/http_server.hpp"
#include "net/socket.hpp"

namespace callboard {

/// A request's target as a log may show it: of every token and session id the first four characters, of
/// `number` and `search` masked numbers and of names nothing, of everything else what was sent, control
/// characters escaped. Pure.
std::string masked_target(std::string_view target);

/// One line of the log, with its end: `2026-11-25T21:27:23.123Z 203.0.113.9 "GET /?token=ABCD…" 200 512
/// 0.001234 -`: time, client, request, status, bytes of the body, seconds, and of the token or key in the
/// Authorization header the first four characters. Pure.
std::string access_line(const HttpAccess& access, Time now);

/// A file with a line for each request. Writing is a thread's of its own: whoever answers requests never
/// waits for the disk, and lines that it cannot keep up with are dropped and counted. Thread-safe.
class AccessLog {
  public:
    /// Appends to `file`, made with mode 0640. Error: it cannot be opened. `clock`, `metrics` must outlive
    /// the log.
    static Result<std::unique_ptr<AccessLog>> open(std::filesystem::path file, const Clock& clock,
                                                   Metrics& metrics);
    ~AccessLog();
    AccessLog(const AccessLog&) = delete;
    AccessLog& operator=(const AccessLog&) = delete;

    void add(const HttpAccess& access);
    /// Opens the file again by its name, as after a rotation. Error: it goes on with the old one.
    Result<void> reopen();

    static constexpr std::size_t kMostWaiting = 4 << 20;  ///< bytes

  private:
    AccessLog(std::filesystem::path file, Descriptor opened, const Clock& clock, Metrics& metrics);
    void run();

    const std::filesystem::path file_;
    const Clock& clock_;
    Counter& dropped_;

    std::mutex mutex_;
    std::condition_variable work_;
    std::string waiting_;
    Descriptor opened_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace callboard
