#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "event/directory.hpp"
#include "event/sip_message.hpp"

namespace callboard {

struct SipEndpointHash {
    std::size_t operator()(const SipEndpoint& endpoint) const;
};

/// What traffic has shown of where phones and servers are: which address a line's phone has (from its
/// REGISTERs), and which addresses belong to proxies and exchanges. It answers the one question that all else
/// hangs on: is this end of a message the line's own phone, or an exchange that speaks of the line? One
/// thread.
class Whereabouts {
  public:
    /// Learns from every message who is a server: who is sent REGISTERs, who passes messages on (a request
    /// with two Vias or more comes from a proxy, such a response goes to one), who is one end of all that a
    /// mirror shows.
    void see(const SipMessage& message);

    /// A registration of `line` was accepted: the phone is where the REGISTER came from and where its Contact
    /// points.
    void bind(std::string_view line, const SipEndpoint& phone, std::string_view contact_uri, Time until);
    void unbind(std::string_view line, std::string_view contact_uri);
    void unbind_all(std::string_view line);
    /// Forgets the bindings of the line that are over at `now`. Whether that left it without any.
    bool lapse(std::string_view line, Time now);
    /// Whether the line has a binding that holds at `now`.
    bool is_bound(std::string_view line, Time now) const;

    /// Whether `endpoint` is a phone of `line`: where the line registered from, or, when no registration of
    /// the line is known, any address that is no server's.
    bool is_phone_of(std::string_view line, const SipEndpoint& endpoint, std::uint32_t capture_id) const;

    /// The line whose registered Contact is this URI (user, host and port); empty when there is none.
    std::string_view line_at(const SipUri& contact) const;

    static constexpr std::size_t kMostServers = 4'096;
    static constexpr std::size_t kMostBindings = 16;  ///< of one line

  private:
    struct Binding {
        std::string contact;  // user@host:port
        SipEndpoint phone;
        Time until{};
    };
    /// The ends that all messages of a mirror had in common so far: the mirror's own host, once others spoke
    /// to it.
    struct Mirror {
        std::vector<SipEndpoint> ends;
    };
    bool is_server(const SipEndpoint& endpoint, std::uint32_t capture_id) const;
    void learn_server(const SipEndpoint& endpoint);
    void learn_mirror(const SipMessage& message);

    std::unordered_set<SipEndpoint, SipEndpointHash> servers_;
    std::deque<SipEndpoint> server_order_;
    std::unordered_map<std::uint32_t, Mirror> mirrors_;
    StringMap<std::vector<Binding>> bindings_;  // by line
    StringMap<std::string> contacts_;           // user@host:port to line
};

}  // namespace callboard
