#include "delivery/websocket/compression.hpp"

#include <zlib.h>

#include <array>
#include <new>
#include <optional>
#include <set>

#include "base/text.hpp"

namespace callboard::websocket {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr int kRaw = -15;  // without zlib's own head and checksum, a window of 32 KB
constexpr int kMemoryLevel = 8;
constexpr std::string_view kEmptyBlock("\0\0\xFF\xFF", 4);  // what a sync flush ends with, and no message has

/// What stands before `separator`, trimmed; it and the separator leave `rest`.
std::string_view take(std::string_view& rest, char separator) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = trimmed(rest.substr(0, end), kBlanks);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

bool is_window(std::string_view value) {
    const auto bits = number_in<unsigned>(value);
    return bits && *bits >= 8 && *bits <= 15;
}

/// One parameter of an offer.
bool can_be_met(std::string_view parameter) {
    const bool has_value = parameter.find('=') != std::string_view::npos;
    const std::string_view name = take(parameter, '=');
    if (name == "client_max_window_bits") return !has_value || is_window(trimmed(parameter, "\""));
    return !has_value && (name == "server_no_context_takeover" || name == "client_no_context_takeover");
}

bool can_be_met_whole(std::string_view offer) {
    if (!equals_ignoring_case(take(offer, ';'), "permessage-deflate")) return false;
    std::set<std::string_view> names;
    while (!offer.empty()) {
        std::string_view parameter = take(offer, ';');
        if (!can_be_met(parameter)) return false;
        if (!names.insert(take(parameter, '=')).second) return false;  // twice
    }
    return true;
}

class Deflater {
  public:
    Deflater() {
        if (deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, kRaw, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc();
    }
    ~Deflater() { deflateEnd(&stream_); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    std::string operator()(std::string_view message) {
        deflateReset(&stream_);
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data()));
        stream_.avail_in = static_cast<uInt>(message.size());
        std::string out;
        std::array<char, 4096> part;  // NOLINT(cppcoreguidelines-pro-type-member-init): written by deflate()
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(part.data());
            stream_.avail_out = static_cast<uInt>(part.size());
            deflate(&stream_, Z_SYNC_FLUSH);
            out.append(part.data(), part.size() - stream_.avail_out);
        } while (stream_.avail_out == 0);
        if (out.ends_with(kEmptyBlock)) out.resize(out.size() - kEmptyBlock.size());
        return out;
    }

  private:
    z_stream stream_{};
};

}  // namespace

bool offers_compression(std::string_view extensions) {
    while (!extensions.empty())
        if (can_be_met_whole(take(extensions, ','))) return true;
    return false;
}

std::string deflated(std::string_view message) {
    thread_local Deflater deflater;  // 256 KB, of the threads that compress
    return deflater(message);
}

}  // namespace callboard::websocket
