#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "app/line_file.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "net/http_server.hpp"

namespace callboard {

/// A request's target as a log may show it: of every token and session id the first four characters, of
/// `number` and `search` masked numbers and of names nothing, of everything else what was sent, control
/// characters escaped. Pure.
std::string masked_target(std::string_view target);

/// One line of the log, with its end: `2026-11-25T21:27:23.123Z 203.0.113.9 "GET /?token=ABCD…" 200 512
/// 0.001234 -`: time, client, request, status, bytes of the body, seconds, and of the token or key in the
/// Authorization header the first four characters. Pure.
std::string access_line(const HttpAccess& access, Time now);

/// A file with a line for each request. Thread-safe.
class AccessLog {
  public:
    /// As LineFile::open(). `clock` and `metrics` must outlive the log.
    static Result<std::unique_ptr<AccessLog>> open(std::filesystem::path file, const Clock& clock,
                                                   Metrics& metrics);

    void add(const HttpAccess& access);
    /// As LineFile::reopen().
    Result<void> reopen() { return file_->reopen(); }

  private:
    AccessLog(std::unique_ptr<LineFile> file, const Clock& clock);

    const std::unique_ptr<LineFile> file_;
    const Clock& clock_;
};

}  // namespace callboard
