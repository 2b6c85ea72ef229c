#include "journal/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace callboard {

Result<FileLock> FileLock::take(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return Error{Error::Kind::unavailable,
                     "cannot make " + path + ": " + std::generic_category().message(errno) +
                         "; make data_dir writable for the user that callboard runs as"};
    FileLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return Error{Error::Kind::unavailable,
                     path +
                         " is held by another process: end the callboard that uses this data_dir, or name "
                         "another data_dir"};
    return lock;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace callboard
