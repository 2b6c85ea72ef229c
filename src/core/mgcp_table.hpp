#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/mgcp_call.hpp"
#include "event/directory.hpp"

namespace callboard {

/// Which line of type mgcpCirpack an endpoint is, by the aliases of the directory, whatever the case: its
/// whole name (`aaln/1@gateway.example`), else its local name and the first label of its domain
/// (`aaln/1@gateway`).
class MgcpEndpoints {
  public:
    explicit MgcpEndpoints(const Directory& directory);
    /// The line's number; empty when it is none of ours. `endpoint` in lower case.
    std::string_view line_of(std::string_view endpoint) const;

  private:
    StringMap<std::string> lines_;
};

/// The endpoints and legs that are remembered, by name, call, media and deadline. One thread.
class MgcpTable {
  public:
    static constexpr std::size_t kMostLegsOfStation = 16;

    MgcpStation* find(std::string_view name);
    /// Precondition: the name is not in the table. Takes along what was adopted of its line.
    MgcpStation& add_station(std::string_view name, std::string_view line);
    /// Those whose name the pattern means: `*` stands for all from its term on (RFC 3435 §2.1.2).
    std::vector<MgcpStation*> matching(std::string_view pattern);
    std::size_t stations() const { return stations_.size(); }
    /// Makes room: forgets endpoints without a call.
    void forget_idle_stations();

    MgcpLeg& add_leg(MgcpStation* station, std::string_view line);
    void erase(MgcpLeg& leg);
    /// Null when it is forgotten.
    MgcpLeg* find(std::uint64_t key);
    std::size_t legs() const { return legs_.size(); }

    /// Names the leg's call: from now on it is found by it.
    void set_call(MgcpLeg& leg, std::string_view call_id, const SipEndpoint& agent);
    /// Where media of one of its connections is received here.
    void set_local(MgcpLeg& leg, MgcpConnection& connection, std::string place);
    /// Deletes the connection of that id, whatever the case, and those whose id is not known. How many.
    std::size_t erase_connections(MgcpLeg& leg, std::string_view id);
    /// The other legs with the same call.
    std::vector<MgcpLeg*> same_call(const MgcpLeg& leg);
    /// The leg of ours that media or the call's identifier shows at the other end; null when there is none.
    MgcpLeg* other_end(const MgcpLeg& leg);

    void set_deadline(MgcpLeg& leg, Time deadline);
    /// All of them, on by so much or back.
    void move_deadlines(Duration by);
    /// A leg whose deadline has come; null when there is none.
    MgcpLeg* due(Time now);
    /// The leg whose deadline is nearest; null when there is none.
    MgcpLeg* nearest();

  private:
    void forget_call(MgcpLeg& leg);
    void forget_local(MgcpLeg& leg, const std::string& place);

    using Name = std::pair<std::string, std::string>;  // domain, local name: a gateway's stand together
    static Name name_of(std::string_view endpoint);

    std::map<Name, std::unique_ptr<MgcpStation>> stations_;
    std::unordered_map<std::uint64_t, std::unique_ptr<MgcpLeg>> legs_;
    StringMap<std::vector<MgcpLeg*>> adopted_;  // by line, until the endpoint speaks
    StringMap<std::vector<MgcpLeg*>> by_call_;
    StringMap<MgcpLeg*> by_local_;
    std::set<std::pair<Time, std::uint64_t>> deadlines_;
    std::uint64_t last_key_ = 0;
};

}  // namespace callboard
