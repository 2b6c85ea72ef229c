#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace callboard {

/// Where systemd listens (NOTIFY_SOCKET of sd_notify(3)): a path, or a name of the abstract namespace with
/// `@` in front. Does nothing when there is none, so that a server in a terminal needs no other code.
class ServiceNotice {
  public:
    /// Of this process's environment.
    static ServiceNotice from_environment();
    explicit ServiceNotice(std::string socket) : socket_(std::move(socket)) {}

    bool wanted() const { return !socket_.empty(); }

    /// Everything is up, or up again after reloading().
    Result<void> ready(std::string_view status) const;
    /// The configuration is being read again; `now` is the time of CLOCK_MONOTONIC.
    Result<void> reloading(std::chrono::steady_clock::time_point now) const;
    Result<void> stopping() const;
    /// The watchdog is fed.
    Result<void> alive() const;

    /// Sends `message`, lines of `NAME=value`. Error `unavailable`: systemd cannot be reached.
    Result<void> send(std::string_view message) const;

  private:
    std::string socket_;
};

/// How often the watchdog wants to be fed at least: WATCHDOG_USEC, when it is meant for the process `process`
/// (WATCHDOG_PID). Nothing when it is off, or the text is no number. Pure.
std::optional<std::chrono::microseconds> watchdog_interval(const char* usec, const char* pid, long process);

}  // namespace callboard
