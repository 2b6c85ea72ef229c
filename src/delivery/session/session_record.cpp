#include "delivery/session/session_record.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "delivery/packing.hpp"

namespace callboard {
namespace {

constexpr std::size_t kIdLength = 12;
constexpr std::string_view kIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::uint64_t kForm = 1;  // of packed(), so that a later one can tell
constexpr std::uint64_t kReplaced = 1, kBereft = 2;

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
