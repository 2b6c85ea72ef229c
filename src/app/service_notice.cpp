#include "app/service_notice.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/text.hpp"
#include "net/socket.hpp"

namespace callboard {
namespace {

/// One line: a line break would begin another field.
std::string on_one_line(std::string_view text) {
    std::string line(text);
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

}  // namespace

ServiceNotice ServiceNotice::from_environment() {
    const char* socket = std::getenv("NOTIFY_SOCKET");
    return ServiceNotice(socket == nullptr ? "" : socket);
}

Result<void> ServiceNotice::ready(std::string_view status) const {
    return send(fmt::format("READY=1\nSTATUS={}", on_one_line(status)));
}

Result<void> ServiceNotice::reloading(std::chrono::steady_clock::time_point now) const {
    const auto since = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
    return send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", since.count()));
}

Result<void> ServiceNotice::stopping() const { return send("STOPPING=1"); }
Result<void> ServiceNotice::alive() const { return send("WATCHDOG=1"); }

Result<void> ServiceNotice::send(std::string_view message) const {
    if (!wanted()) return {};
    const auto failed = [this](const std::string& why) {
        return Error{Error::Kind::unavailable,
                     fmt::format("systemd cannot be told at NOTIFY_SOCKET={}: {}; start callboard by its "
                                 "unit, or without that variable",
                                 socket_, why)};
    };
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if ((socket_[0] != '/' && socket_[0] != '@') || socket_.size() >= sizeof address.sun_path)
        return failed("this is no path of a socket");
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (socket_[0] == '@') address.sun_path[0] = '\0';
    const Descriptor sender(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!sender) return failed(system_error(errno));
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    if (::sendto(sender.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address), length) < 0)
        return failed(system_error(errno));
    return {};
}

std::optional<std::chrono::microseconds> watchdog_interval(const char* usec, const char* pid, long process) {
    if (usec == nullptr) return std::nullopt;
    const auto interval = number_in<std::int64_t>(usec);
    if (!interval || *interval <= 0) return std::nullopt;
    if (pid != nullptr && number_in<long>(pid) != process) return std::nullopt;
    return std::chrono::microseconds(*interval);
}

}  // namespace callboard
