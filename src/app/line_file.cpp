#include "app/line_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace callboard {
namespace {

Descriptor opened(const std::filesystem::path& file, int more = 0) {
    return Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | more, 0640));
}

Error not_opened(const std::filesystem::path& file, std::string_view name) {
    return {Error::Kind::unavailable,
            fmt::format("{} {} cannot be opened: {}; make its folder writable for callboard's user", name,
                        file.string(), system_error(errno))};
}

/// Returns what of `text` was not written.
std::string_view write_all(const Descriptor& to, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(to.get(), text.data(), text.size());
        if (written <= 0) break;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return text;
}

/// For root, who may write anywhere: whether this file is one of the folder's own, and belongs to its owner
/// from now on.
bool is_left_to_owner(const Descriptor& to, const std::filesystem::path& file) {
    struct stat folder {};
    struct stat status {};
    const auto parent = file.has_parent_path() ? file.parent_path() : ".";
    if (::fstat(to.get(), &status) != 0 || ::stat(parent.c_str(), &folder) != 0) return false;
    if (S_ISREG(status.st_mode) && status.st_nlink != 1) return false;
    return folder.st_uid == 0 || status.st_uid != 0 || ::fchown(to.get(), folder.st_uid, folder.st_gid) == 0;
}

}  // namespace

LineFile::LineFile(std::filesystem::path file, std::string name, Descriptor opened, Counter& dropped)
    : file_(std::move(file)),
      name_(std::move(name)),
      dropped_(dropped),
      opened_(std::move(opened)),
      thread_([this] { run(); }) {}

Result<std::unique_ptr<LineFile>> LineFile::open(std::filesystem::path file, std::string name,
                                                 Counter& dropped) {
    Descriptor first = opened(file);
    if (!first) return not_opened(file, name);
    return std::unique_ptr<LineFile>(
        new LineFile(std::move(file), std::move(name), std::move(first), dropped));
}

LineFile::~LineFile() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
}

void LineFile::add(std::string_view line) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() + line.size() > kMostWaiting) return dropped_.add();
        first = waiting_.empty();
        waiting_ += line;
    }
    if (first) work_.notify_one();
}

Result<void> LineFile::reopen() {
    Descriptor again = opened(file_);
    if (!again) return not_opened(file_, name_);
    const std::lock_guard lock(mutex_);
    opened_ = std::move(again);
    return {};
}

void LineFile::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_ || !waiting_.empty()) {
        work_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        const std::string lines = std::exchange(waiting_, {});
        // A copy, so that reopen() may close the other meanwhile.
        const Descriptor to(::fcntl(opened_.get(), F_DUPFD_CLOEXEC, 0));
        lock.unlock();
        const std::string_view left = write_all(to, lines);
        if (!left.empty())
            dropped_.add(static_cast<std::uint64_t>(std::count(left.begin(), left.end(), '\n')));
        lock.lock();
    }
}

Result<void> append_line(const std::filesystem::path& file, std::string_view name, std::string_view line) {
    const bool is_root = ::geteuid() == 0;
    const Descriptor to = opened(file, is_root ? O_NOFOLLOW : 0);
    if (!to) return not_opened(file, name);
    if (is_root && !is_left_to_owner(to, file))
        return Error{Error::Kind::unavailable,
                     fmt::format("{} {} is not written to: it is linked from elsewhere, or cannot be given "
                                 "to the owner of its folder",
                                 name, file.string())};
    if (!write_all(to, line).empty())
        return Error{Error::Kind::unavailable,
                     fmt::format("{} {} cannot be written: {}", name, file.string(), system_error(errno))};
    return {};
}

}  // namespace callboard
