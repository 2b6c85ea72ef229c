#include "core/whereabouts.hpp"

#include <algorithm>
#include <cstring>

namespace callboard {
namespace {

constexpr std::size_t kMostMirrors = 1'024;

/// `user@host:port` of a URI without its parameters, which registrars add to.
std::string contact_key(const SipUri& uri) {
    std::string key(uri.user);
    key.append(1, '@').append(uri.host);
    if (uri.port != 0 && uri.port != 5060) key.append(1, ':').append(std::to_string(uri.port));
    return key;
}

/// The same from the text of a URI, for what came out of a Contact header.
std::string contact_key(std::string_view text) {
    const std::size_t colon = text.find(':');
    std::string_view rest = text.substr(colon == std::string_view::npos ? 0 : colon + 1);
    rest = rest.substr(0, rest.find(';'));
    if (rest.ends_with(":5060")) rest.remove_suffix(5);
    return std::string(rest.find('@') == std::string_view::npos ? "@" : "") + std::string(rest);
}

bool is_address_known(const SipEndpoint& endpoint) {
    return endpoint.address != SipEndpoint{}.address && endpoint.port != 0;
}

}  // namespace

std::size_t SipEndpointHash::operator()(const SipEndpoint& endpoint) const {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::memcpy(&low, endpoint.address.data(), 8);
    std::memcpy(&high, endpoint.address.data() + 8, 8);
    return static_cast<std::size_t>((low * 31 + high + endpoint.port) * 0x9E3779B97F4A7C15ULL >> 7);
}

void Whereabouts::see(const SipMessage& message) {
    learn_mirror(message);
    if (message.request && message.method == SipMethod::register_) learn_server(message.destination);
    if (message.via_count >= 2) learn_server(message.request ? message.source : message.destination);
}

void Whereabouts::learn_mirror(const SipMessage& message) {
    if (!is_address_known(message.source) || !is_address_known(message.destination)) return;
    if (mirrors_.size() >= kMostMirrors && !mirrors_.contains(message.capture_id)) return;
    auto& ends = mirrors_[message.capture_id].ends;
    const auto is_end = [&message](const SipEndpoint& end) {
        return end == message.source || end == message.destination;
    };
    if (ends.size() == 1 && is_end(ends[0])) return;
    if (std::none_of(ends.begin(), ends.end(), is_end))
        ends = {message.source, message.destination};
    else
        ends.erase(std::remove_if(ends.begin(), ends.end(), [&](const auto& end) { return !is_end(end); }),
                   ends.end());
}

void Whereabouts::learn_server(const SipEndpoint& endpoint) {
    if (!is_address_known(endpoint) || !servers_.insert(endpoint).second) return;
    server_order_.push_back(endpoint);
    if (server_order_.size() > kMostServers) {
        servers_.erase(server_order_.front());
        server_order_.pop_front();
    }
}

bool Whereabouts::is_server(const SipEndpoint& endpoint, std::uint32_t capture_id) const {
    if (servers_.contains(endpoint)) return true;
    const auto mirror = mirrors_.find(capture_id);
    return mirror != mirrors_.end() && mirror->second.ends.size() == 1 && mirror->second.ends[0] == endpoint;
}

void Whereabouts::bind(std::string_view line, const SipEndpoint& phone, std::string_view contact_uri,
                       Time until) {
    auto& bindings = bindings_.try_emplace(std::string(line)).first->second;
    std::string key = contact_key(contact_uri);
    const auto same = std::find_if(bindings.begin(), bindings.end(),
                                   [&key](const Binding& binding) { return binding.contact == key; });
    if (same != bindings.end()) {
        same->phone = phone;
        same->until = until;
        return;
    }
    if (bindings.size() >= kMostBindings) {
        contacts_.erase(bindings.front().contact);
        bindings.erase(bindings.begin());
    }
    contacts_.insert_or_assign(key, std::string(line));
    bindings.push_back({std::move(key), phone, until});
}

void Whereabouts::unbind(std::string_view line, std::string_view contact_uri) {
    const auto found = bindings_.find(line);
    if (found == bindings_.end()) return;
    const std::string key = contact_key(contact_uri);
    std::erase_if(found->second, [&key](const Binding& binding) { return binding.contact == key; });
    contacts_.erase(key);
}

void Whereabouts::unbind_all(std::string_view line) {
    const auto found = bindings_.find(line);
    if (found == bindings_.end()) return;
    for (const auto& binding : found->second) contacts_.erase(binding.contact);
    found->second.clear();
}

bool Whereabouts::lapse(std::string_view line, Time now) {
    const auto found = bindings_.find(line);
    if (found == bindings_.end() || found->second.empty()) return false;
    std::erase_if(found->second, [&](const Binding& binding) {
        if (binding.until > now) return false;
        contacts_.erase(binding.contact);
        return true;
    });
    return found->second.empty();
}

bool Whereabouts::is_bound(std::string_view line, Time now) const {
    const auto found = bindings_.find(line);
    return found != bindings_.end() &&
           std::any_of(found->second.begin(), found->second.end(),
                       [now](const Binding& binding) { return binding.until > now; });
}

bool Whereabouts::is_phone_of(std::string_view line, const SipEndpoint& endpoint,
                              std::uint32_t capture_id) const {
    if (is_server(endpoint, capture_id)) return false;
    const auto found = bindings_.find(line);
    if (found == bindings_.end() || found->second.empty()) return true;
    // The port may differ: a second call of a TCP phone, a device with several sockets.
    return std::any_of(found->second.begin(), found->second.end(), [&endpoint](const Binding& binding) {
        return binding.phone.address == endpoint.address;
    });
}

std::string_view Whereabouts::line_at(const SipUri& contact) const {
    const auto found = contacts_.find(contact_key(contact));
    return found == contacts_.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace callboard
