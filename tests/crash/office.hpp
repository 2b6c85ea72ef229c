#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temporary_directory.hpp"

namespace callboard::test {

/// Numbers that are configured: lines and a queue that a system of its own posts events of, and phones whose
/// calls are mirrored.
std::vector<std::string> posted_lines();
inline constexpr std::string_view kPostedQueue = "0033123452001";
struct Phone {
    std::string number, user;
};
std::vector<Phone> phones();
/// All of them.
std::vector<std::string> all_numbers();

/// An installation in a folder of its own, and `callboard serve` on it as the operating system sees it: a
/// process that can be killed. $CALLBOARD names the program.
class Office {
  public:
    /// `sync` as the configuration has it: `interval` or `always`.
    explicit Office(std::string_view sync);
    /// Kills the server.
    ~Office();
    Office(const Office&) = delete;
    Office& operator=(const Office&) = delete;

    std::uint16_t http_port() const { return http_; }
    std::uint16_t hep_port() const { return hep_; }
    std::filesystem::path data_dir() const { return folder_.path() / "data"; }
    static constexpr std::string_view kApiKey = "a-key-of-the-crash-test";

    /// Made by `callboard token create`. Empty service: the whole account. Throws when that fails.
    std::string make_token(std::string_view service = {}) const;

    /// The process begins; it does not serve yet. Any thread may meet a refused connection now.
    void start();
    /// Waits until /readyz says so. False: it does not, or the process ended.
    bool wait_until_ready(std::chrono::seconds within);
    /// kill -9; returns when nothing of the process is left.
    void kill();
    /// SIGTERM; the exit code, or -1 when it did not end in time or was killed.
    int stop(std::chrono::seconds within);
    /// What all servers have logged.
    std::string log() const;

  private:
    pid_t run(const std::vector<std::string>& arguments, const std::filesystem::path& output,
              int stream) const;

    TemporaryDirectory folder_;
    std::uint16_t http_, hep_;
    pid_t server_ = -1;
};

}  // namespace callboard::test
