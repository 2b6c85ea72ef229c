#include "delivery/session/session_record.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace callboard {
namespace {

constexpr std::size_t kIdLength = 12;
constexpr std::string_view kIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::uint64_t kForm = 1;  // of packed(), so that a later one can tell
constexpr std::uint64_t kReplaced = 1, kBereft = 2;

/// Numbers as eight bytes, texts with their length in front.
class Packer {
  public:
    void put(std::uint64_t value) {
        for (int shift = 56; shift >= 0; shift -= 8) bytes_ += static_cast<char>(value >> shift & 0xFF);
    }
    void put(Time time) { put(static_cast<std::uint64_t>(nanoseconds_since_epoch(time))); }
    void put(std::string_view text) {
        put(text.size());
        bytes_ += text;
    }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

class Unpacker {
  public:
    explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

    std::uint64_t number() {
        const std::string_view eight = bytes(8);
        std::uint64_t value = 0;
        for (const char c : eight) value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    Time time() { return time_from_nanoseconds(static_cast<std::int64_t>(number())); }
    std::string text() { return std::string(bytes(number())); }
    std::size_t left() const { return rest_.size(); }
    /// Nothing was missing.
    bool whole() const { return whole_; }

  private:
    std::string_view bytes(std::uint64_t count) {
        whole_ = whole_ && count <= rest_.size();
        if (!whole_) return {};
        const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
        rest_.remove_prefix(taken.size());
        return taken;
    }
    std::string_view rest_;
    bool whole_ = true;
};

}  // namespace

Sequence SessionRecord::place() const {
    Sequence first = std::numeric_limits<Sequence>::max();
    for (const Subscription& one : *subscriptions) first = std::min(first, one.start);
    return subscriptions->empty() ? acknowledged : std::max(acknowledged, first);
}

std::string session_json(const SessionRecord& session, const TimeZone& zone) {
    return fmt::format(R"({{"id":"{}","creation":"{}","lastUpdate":"{}","lastConnection":"{}"}})", session.id,
                       zone.rfc3339(session.creation), zone.rfc3339(session.last_update),
                       zone.rfc3339(session.last_connection));
}

std::string packed(const SessionRecord& session) {
    Packer to;
    to.put(kForm);
    to.put(session.id);
    to.put(session.creation);
    to.put(session.last_update);
    to.put(session.last_connection);
    to.put(session.epoch);
    to.put(session.acknowledged);
    to.put((session.replaced ? kReplaced : 0) | (session.bereft ? kBereft : 0));
    to.put(session.address);
    to.put(session.subscriptions->size());
    for (const Subscription& one : *session.subscriptions) {
        to.put(one.token);
        to.put(one.start);
    }
    return to.take();
}

std::optional<SessionRecord> unpacked(std::string_view bytes) {
    Unpacker from(bytes);
    if (from.number() != kForm) return std::nullopt;
    SessionRecord session;
    session.id = from.text();
    session.creation = from.time();
    session.last_update = from.time();
    session.last_connection = from.time();
    session.epoch = from.number();
    session.acknowledged = from.number();
    const std::uint64_t flags = from.number();
    session.replaced = (flags & kReplaced) != 0;
    session.bereft = (flags & kBereft) != 0;
    session.address = from.text();
    const std::uint64_t count = from.number();
    Subscriptions subscriptions;
    for (std::uint64_t i = 0; i < count && from.whole(); ++i) {
        Subscription one;
        one.token = from.text();
        one.start = from.number();
        subscriptions.push_back(std::move(one));
    }
    if (!from.whole() || from.left() > 0 || (flags & ~(kReplaced | kBereft)) != 0) return std::nullopt;
    session.subscriptions = std::make_shared<const Subscriptions>(std::move(subscriptions));
    return session;
}

std::string random_session_id() {
    std::string id;
    while (id.size() < kIdLength) {
        std::array<unsigned char, 2 * kIdLength> bytes{};
        if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return {};
        for (const unsigned char byte : bytes)
            // The rest of the 256 would make some characters likelier than others.
            if (byte < 256 / kIdAlphabet.size() * kIdAlphabet.size() && id.size() < kIdLength)
                id += kIdAlphabet[byte % kIdAlphabet.size()];
    }
    return id;
}

}  // namespace callboard
