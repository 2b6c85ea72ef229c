#include "sources/ovh/ovh_place.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/hmac.hpp"
#include "base/text.hpp"
#include "net/socket.hpp"
#include "sources/ovh/ovh_answer.hpp"

namespace callboard {
namespace {

constexpr std::string_view kFormat = "callboard ovh place 1";

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

/// The next line, taken from the front of `text`. Nothing: there is no whole one.
std::optional<std::string_view> line_of(std::string_view& text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

}  // namespace

OvhPlaceFile::OvhPlaceFile(std::filesystem::path file, const Secret& conversation) : file_(std::move(file)) {
    for (const unsigned char byte : HmacSha256(conversation)(kFormat)) digest_ += fmt::format("{:02x}", byte);
}

OvhPlace OvhPlaceFile::load() const {
    constexpr std::size_t kLongest = OvhAnswer::kLongestSession + 512;
    std::ifstream in(file_, std::ios::binary);
    std::string text(kLongest, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    std::string_view rest = text;
    if (line_of(rest) != kFormat || line_of(rest) != digest_) return {};
    OvhPlace place;
    const auto after = line_of(rest);
    const auto session = line_of(rest);
    if (!after || !session) return {};
    const auto sequence = number_in<Sequence>(*after);
    if (!sequence) return {};
    place.after = *sequence;
    place.session = *session;
    return place;
}

Result<void> OvhPlaceFile::save(const OvhPlace& place) const {
    const auto failed = [this](const char* what) {
        return Error{Error::Kind::unavailable,
                     fmt::format("{}: {}: {}", file_.string(), what, system_error(errno))};
    };
    if (place.session.find('\n') != std::string::npos)
        return Error{Error::Kind::invalid, file_.string() + ": a session has a line break in it"};
    const std::string made = file_.string() + ".new";
    {
        const Descriptor file(::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!file) return failed("cannot be written");
        const auto text = fmt::format("{}\n{}\n{}\n{}\n", kFormat, digest_, place.after, place.session);
        if (!write_all(file.get(), text) || ::fsync(file.get()) != 0) return failed("cannot be written");
    }
    if (::rename(made.c_str(), file_.c_str()) != 0) return failed("cannot be replaced");
    const Descriptor folder(::open(file_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) ::fsync(folder.get());
    return {};
}

}  // namespace callboard
