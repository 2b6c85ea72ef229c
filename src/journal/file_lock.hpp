#pragma once

#include <string>
#include <utility>

#include "base/result.hpp"

namespace callboard {

/// A file that says that a process uses what lies beside it (flock(2)). Held until destroyed, and never
/// longer than the process lives.
class FileLock {
  public:
    /// Error: held by another (`unavailable`), or the file cannot be made.
    static Result<FileLock> take(const std::string& path);
    FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

  private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace callboard
