#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "app/config.hpp"
#include "app/line_file.hpp"
#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "delivery/audit.hpp"

namespace callboard {

/// One line of the log, with its end: a JSON object with `time`, `act`, `peer`, `who`, `account` and `place`
/// (null where there is none), and what belongs to the act, always in the same order. Pure.
std::string audit_line(const Actor& actor, const Act& act, Time now);

/// An audit in a file, a line for each act; docs/privacy.md lists them. Thread-safe.
class AuditLog final : public Audit {
  public:
    /// As LineFile::open(). `clock` and `metrics` must outlive the log.
    static Result<std::unique_ptr<AuditLog>> open(std::filesystem::path file, const Clock& clock,
                                                  Metrics& metrics);

    void note(const Actor& actor, const Act& act) override;
    /// As LineFile::reopen().
    Result<void> reopen() { return file_->reopen(); }

  private:
    AuditLog(std::unique_ptr<LineFile> file, const Clock& clock);

    const std::unique_ptr<LineFile> file_;
    const Clock& clock_;
};

/// Tells the audit log, when the configuration has one, what a command has done for `account` (empty: not for
/// one alone) and the user who runs it. That it cannot be written is said on stderr and stops nothing.
void note_command(const Config& config, const std::string& account, const Act& act);

}  // namespace callboard
