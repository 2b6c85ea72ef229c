#include "app/data_dir.hpp"

#include <fmt/format.h>
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
    return TokenStore::open(tokens(), *std::move(secret), clock);
}

}  // namespace callboard
