#include "delivery/key_file.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "net/socket.hpp"

namespace callboard {
namespace {

constexpr std::size_t kSize = 32;

Error failed(const std::filesystem::path& path, const std::string& what) {
    return {Error::Kind::unavailable, path.string() + ": " + what + ": " + system_error(errno)};
}

}  // namespace

Result<Secret> load_or_create_key(const std::filesystem::path& path) {
    std::array<unsigned char, kSize + 1> bytes{};
    if (const Descriptor existing(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); existing) {
        const ssize_t count = ::read(existing.get(), bytes.data(), bytes.size());
        if (count < 0) return failed(path, "the key cannot be read");
        if (count != static_cast<ssize_t>(kSize))
            return Error{
                Error::Kind::corrupt,
                path.string() +
                    ": the key has not 32 bytes; restore it from a backup, or remove it and all tokens"};
        return Secret(std::string(bytes.begin(), bytes.begin() + kSize));
    }
    if (errno != ENOENT) return failed(path, "the key cannot be opened");
    if (RAND_bytes(bytes.data(), kSize) != 1)
        return Error{Error::Kind::unavailable, "the system has no random bytes"};
    // Written beside and linked into place: another process that starts now finds a whole key or none.
    const std::filesystem::path beside = path.string() + "." + std::to_string(::getpid());
    {
        const Descriptor made(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!made || ::write(made.get(), bytes.data(), kSize) != static_cast<ssize_t>(kSize) ||
            ::fsync(made.get()) != 0)
            return failed(path, "the key cannot be written");
    }
    const bool linked = ::link(beside.c_str(), path.c_str()) == 0;
    const int error = errno;
    ::unlink(beside.c_str());
    if (!linked && error == EEXIST) return load_or_create_key(path);
    if (!linked)
        return Error{Error::Kind::unavailable,
                     path.string() + ": the key cannot be put in place: " + system_error(error)};
    return Secret(std::string(bytes.begin(), bytes.begin() + kSize));
}

}  // namespace callboard
