#include "journal/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace callboard {

Result<void> keep_private(const std::filesystem::path& file) {
    const auto failed = [&file](const char* what) {
        return Error{Error::Kind::unavailable,
                     fmt::format("{}: {}: {}; check that data_dir exists and belongs to callboard's user",
                                 file.string(), what, std::generic_category().message(errno))};
    };
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made >= 0) {
        ::close(made);
        return {};
    }
    if (errno != EEXIST) return failed("the file cannot be made");
    // Not opened here: closing it would let go the locks of another store of this process.
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return failed("the file cannot be used");
    if ((status.st_mode & 0077U) != 0 && ::chmod(file.c_str(), 0600) != 0)
        return failed("the file is open to others, and cannot be made private");
    return {};
}

}  // namespace callboard
