#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/metrics.hpp"
#include "base/result.hpp"
#include "net/socket.hpp"

namespace callboard {

/// A file that lines are appended to. Writing is a thread's of its own: whoever has something to say never
/// waits for the disk, and lines that it cannot keep up with, or that a full one does not take, are dropped
/// and counted. Thread-safe.
class LineFile {
  public:
    /// Appends to `file`, made with mode 0640. `name` is what errors call it: `the access log`. Error: it
    /// cannot be opened. `dropped` must outlive it.
    static Result<std::unique_ptr<LineFile>> open(std::filesystem::path file, std::string name,
                                                  Counter& dropped);
    /// Writes what waits, and ends the thread.
    ~LineFile();
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;

    /// `line`: with its end.
    void add(std::string_view line);
    /// Opens the file again by its name, as after a rotation. Error: it goes on with the old one.
    Result<void> reopen();

    static constexpr std::size_t kMostWaiting = 4 << 20;  ///< bytes

  private:
    LineFile(std::filesystem::path file, std::string name, Descriptor opened, Counter& dropped);
    void run();

    const std::filesystem::path file_;
    const std::string name_;
    Counter& dropped_;

    std::mutex mutex_;
    std::condition_variable work_;
    std::string waiting_;
    Descriptor opened_;
    bool stopping_ = false;
    std::thread thread_;
};

/// Appends one line, with its end, to a file that a server may have open, and waits for it. What root makes
/// belongs to the owner of the folder, who has to write on; nothing that the owner could have linked from
/// elsewhere is written to. `name`: as of LineFile::open(). Error: it cannot be opened or written.
Result<void> append_line(const std::filesystem::path& file, std::string_view name, std::string_view line);

}  // namespace callboard
