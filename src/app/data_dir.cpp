#include "app/data_dir.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "delivery/key_file.hpp"
#include "net/socket.hpp"

namespace callboard {

Result<void> DataDir::prepare() const {
    namespace fs = std::filesystem;
    const auto unusable = [this](const std::string& why) {
        return Error{
            Error::Kind::unavailable,
            fmt::format("data_dir {}: {}; name a directory that this user may write to", path.string(), why)};
    };
    std::error_code failed;
    if (fs::create_directories(path, failed))
        fs::permissions(path, fs::perms::owner_all, failed);
    else if (!failed && !fs::is_directory(path))
        return unusable("is no directory");
    if (failed) return unusable("cannot be made: " + failed.message());
    if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) return unusable(system_error(errno));
    return {};
}

Result<std::unique_ptr<TokenStore>> DataDir::open_tokens(const Clock& clock) const {
    if (auto ready = prepare(); !ready) return ready.error();
    auto secret = load_or_create_key(key());
    if (!secret) return secret.error();
    auto opened = TokenStore::open(tokens(), *std::move(secret), clock);
    give_to_owner();
    return opened;
}

void DataDir::give_to_owner() const {
    struct stat folder {};
    if (::geteuid() != 0 || ::stat(path.c_str(), &folder) != 0 || folder.st_uid == 0) return;
    std::error_code failed;
    for (std::filesystem::directory_iterator at(path, failed), end; !failed && at != end;
         at.increment(failed)) {
        // Not what the owner could have linked here from elsewhere.
        struct stat entry {};
        if (::lstat(at->path().c_str(), &entry) != 0 || entry.st_uid != 0) continue;
        if (!S_ISDIR(entry.st_mode) && !(S_ISREG(entry.st_mode) && entry.st_nlink == 1)) continue;
        if (::lchown(at->path().c_str(), folder.st_uid, folder.st_gid) != 0)
            spdlog::warn("data_dir: {} cannot be given to the owner of the folder: {}", at->path().string(),
                         system_error(errno));
    }
}

}  // namespace callboard
