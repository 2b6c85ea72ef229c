#include "sources/asterisk/asterisk_registrations.hpp"

#include <charconv>

namespace callboard {
namespace {

constexpr std::string_view kPeers = "SIP/";  // what SIPpeers lists

ExchangeSignal signal_of(ExchangeSignalKind kind, std::string_view device, std::string_view name,
                         AmiTimes times) {
    ExchangeSignal signal;
    signal.kind = kind;
    signal.captured = times.captured;
    signal.collected = times.collected;
    signal.name = name;
    signal.channel.device = device;
    return signal;
}

std::int64_t seconds_in(std::string_view text) {
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
}

/// `101;@6d73e170…` and `101@@6d73e170…` are the object names of a contact of 101.
std::string_view owner_of(const AmiFrame& frame) {
    if (const std::string_view endpoint = frame.get("Endpoint"); !endpoint.empty()) return endpoint;
    const std::string_view name = frame.get("ObjectName");
    return name.substr(0, name.find_first_of(";@"));
}

}  // namespace

void AsteriskRegistrations::on_event(const AmiFrame& frame, AmiTimes times,
                                     std::vector<ExchangeSignal>& out) {
    const std::string_view event = frame.event();
    if (event == "ContactStatus") contact_status(frame, times, out);
    if (event == "PeerStatus") peer_status(frame, times, out);
}

/// Null: there are too many.
AsteriskRegistrations::Contact* AsteriskRegistrations::remember(std::string_view device,
                                                                std::string_view uri) {
    const auto known = devices_.find(device);
    if (known != devices_.end())
        if (const auto contact = known->second.find(uri); contact != known->second.end())
            return &contact->second;
    if (contacts_ >= kMostContacts) return nullptr;
    ++contacts_;
    Contact& contact = devices_[std::string(device)][std::string(uri)];
    contact.listed = true;  // in a snapshot that is under way it counts as listed
    return &contact;
}

void AsteriskRegistrations::forget(std::string_view device, std::string_view uri, const AmiFrame& frame,
                                   AmiTimes times, std::vector<ExchangeSignal>& out) {
    if (const auto known = devices_.find(device); known != devices_.end()) {
        if (const auto contact = known->second.find(uri); contact != known->second.end()) {
            known->second.erase(contact);
            --contacts_;
        }
        if (!known->second.empty()) return;
        devices_.erase(known);
    }
    out.push_back(signal_of(ExchangeSignalKind::unregistered, device, frame.event(), times));
    out.back().cause = frame.get("Cause");
}

void AsteriskRegistrations::contact_status(const AmiFrame& frame, AmiTimes times,
                                           std::vector<ExchangeSignal>& out) {
    const std::string_view endpoint = frame.get("EndpointName");
    const std::string_view device = endpoint.empty() ? frame.get("AOR") : endpoint;
    const std::string_view uri = frame.get("URI"), status = frame.get("ContactStatus");
    if (device.empty() || uri.empty()) return;
    if (status == "Removed") return forget(device, uri, frame, times, out);
    const auto known = devices_.find(device);
    const bool fresh = known == devices_.end() || !known->second.contains(uri);
    const bool added = status == "NonQualified" || status == "Created" || status == "Unqualified";
    remember(device, uri);
    if ((fresh && added) || status == "Updated")
        out.push_back(signal_of(ExchangeSignalKind::registered, device, frame.event(), times));
}

void AsteriskRegistrations::peer_status(const AmiFrame& frame, AmiTimes times,
                                        std::vector<ExchangeSignal>& out) {
    const std::string_view peer = frame.get("Peer"), status = frame.get("PeerStatus");
    // Of a PJSIP endpoint ContactStatus says more.
    if (frame.get("ChannelType") == "PJSIP" || peer.empty()) return;
    const std::string_view device = peer.substr(peer.find('/') + 1);
    if (status == "Registered") {
        remember(device, peer);
        out.push_back(signal_of(ExchangeSignalKind::registered, device, frame.event(), times));
    } else if (status == "Unregistered") {
        forget(device, peer, frame, times, out);
    }
}

void AsteriskRegistrations::on_snapshot_begins() {
    contacts_listed_ = peers_listed_ = false;
    for (auto& [device, contacts] : devices_)
        for (auto& [uri, contact] : contacts) contact.listed = false;
}

void AsteriskRegistrations::on_listed(const AmiFrame& frame, AmiTimes times,
                                      std::vector<ExchangeSignal>& out) {
    const bool peer = frame.event() == "PeerEntry";
    if (peer && (frame.get("Dynamic") != "yes" || frame.get("IPaddress") == "-none-")) return;
    const std::string peer_uri =
        std::string(frame.get("Channeltype")).append("/").append(frame.get("ObjectName"));
    const std::string_view device = peer ? frame.get("ObjectName") : owner_of(frame);
    const std::string_view uri = peer ? std::string_view(peer_uri) : frame.get("Uri");
    if (device.empty() || uri.empty()) return;
    (peer ? peers_listed_ : contacts_listed_) = true;
    const auto known = devices_.find(device);
    const bool fresh = known == devices_.end() || !known->second.contains(uri);
    Contact* contact = remember(device, uri);
    const std::int64_t expires = seconds_in(frame.get("ExpirationTime"));
    const bool later = contact != nullptr && contact->expires != 0 && expires > contact->expires;
    if (contact != nullptr) {
        contact->listed = true;
        if (expires > 0) contact->expires = expires;
    }
    // Missed in the minute before this list, or refreshed in it.
    const auto kind = later || (fresh && listed_before_) ? ExchangeSignalKind::registered
                                                         : ExchangeSignalKind::register_listed;
    out.push_back(signal_of(kind, device, frame.event(), times));
    out.back().channel.sip_call_id = frame.get("CallId");
}

/// A list without an entry may be one that this user must not see: it takes nothing away.
void AsteriskRegistrations::on_snapshot_ends(bool whole, AmiTimes times, std::vector<ExchangeSignal>& out) {
    if (!whole) return;
    const auto gone = [this](const auto& entry) {
        const bool peer = entry.first.starts_with(kPeers);
        const bool contact = entry.first.starts_with("sip");
        return !entry.second.listed && ((peer && peers_listed_) || (contact && contacts_listed_));
    };
    for (auto device = devices_.begin(); device != devices_.end();) {
        contacts_ -= std::erase_if(device->second, gone);
        if (!device->second.empty()) {
            ++device;
            continue;
        }
        out.push_back(
            signal_of(ExchangeSignalKind::unregistered, device->first, "ContactListComplete", times));
        device = devices_.erase(device);
    }
    listed_before_ = true;
}

}  // namespace callboard
