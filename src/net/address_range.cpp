#include "net/address_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.hpp"

namespace callboard {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Address {
    Bytes bytes{};
    bool v4 = false;
};

std::optional<Address> address_of(std::string_view text) {
    const std::string terminated(text);
    Address address;
    if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
    if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + 12) != 1) return std::nullopt;
    std::fill_n(address.bytes.begin(), 10, std::uint8_t{0});
    address.bytes[10] = address.bytes[11] = 0xFF;
    address.v4 = true;
    return address;
}

}  // namespace

Result<AddressRange> AddressRange::parse(std::string_view text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const auto address = address_of(text.substr(0, slash));
    const auto wrong = [text] {
        return Error{
            Error::Kind::invalid,
            "\"" + std::string(text) + "\" is no address; write it as 127.0.0.1, 10.0.0.0/8 or fd00::/8"};
    };
    if (!address) return wrong();
    const unsigned most = address->v4 ? 32 : 128;
    unsigned bits = most;
    if (slash < text.size()) {
        const auto given = number_in<unsigned>(text.substr(slash + 1));
        if (!given || *given > most) return wrong();
        bits = *given;
    }
    AddressRange range;
    range.prefix_ = address->bytes;
    range.bits_ = bits + (128 - most);
    return range;
}

bool AddressRange::contains(std::string_view text) const {
    const auto address = address_of(text);
    if (!address) return false;
    const std::size_t whole = bits_ / 8;
    if (!std::equal(prefix_.begin(), prefix_.begin() + static_cast<std::ptrdiff_t>(whole),
                    address->bytes.begin()))
        return false;
    const unsigned rest = bits_ % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xFF << (8 - rest));
    return ((prefix_[whole] ^ address->bytes[whole]) & mask) == 0;
}

bool contains(const std::vector<AddressRange>& ranges, std::string_view address) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [address](const AddressRange& range) { return range.contains(address); });
}

bool is_loopback(std::string_view address) {
    static const AddressRange kV4 = *AddressRange::parse("127.0.0.0/8");
    return address == "::1" || kV4.contains(address);
}

bool is_public(std::string_view text) {
    const auto ranges = [](std::initializer_list<std::string_view> texts) {
        std::vector<AddressRange> parsed;
        for (const auto range : texts) parsed.push_back(*AddressRange::parse(range));
        return parsed;
    };
    static const std::vector<AddressRange> kSpecialV4 =
        ranges({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
                "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"});
    // Of 2000::/3, the only block given out: Teredo and other protocols, documentation, 6to4, documentation.
    static const std::vector<AddressRange> kSpecialV6 =
        ranges({"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"});
    static const AddressRange kGlobalV6 = *AddressRange::parse("2000::/3");
    static const AddressRange kV4 = *AddressRange::parse("0.0.0.0/0");
    static const AddressRange kTranslated =
        *AddressRange::parse("64:ff9b::/96");  // RFC 6052: IPv4 behind NAT64

    auto address = address_of(text);
    if (!address) return false;
    if (kTranslated.contains(text)) {
        std::fill_n(address->bytes.begin(), 10, std::uint8_t{0});
        address->bytes[10] = address->bytes[11] = 0xFF;
    }
    std::array<char, INET6_ADDRSTRLEN> plain{};
    inet_ntop(AF_INET6, address->bytes.data(), plain.data(), plain.size());
    if (kV4.contains(plain.data())) return !callboard::contains(kSpecialV4, plain.data());
    return kGlobalV6.contains(plain.data()) && !callboard::contains(kSpecialV6, plain.data());
}

std::string_view client_behind(const std::vector<AddressRange>& proxies, std::string_view peer,
                               std::string_view forwarded_for) {
    std::string_view client = peer;
    while (!forwarded_for.empty() && contains(proxies, client)) {
        const std::size_t comma = forwarded_for.rfind(',');
        const std::string_view last =
            trimmed(comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1), " ");
        if (!address_of(last)) break;
        client = last;
        forwarded_for = comma == std::string_view::npos ? std::string_view() : forwarded_for.substr(0, comma);
    }
    return client;
}

}  // namespace callboard
