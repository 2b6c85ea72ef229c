#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/mgcp_table.hpp"
#include "event/directory.hpp"
#include "event/event.hpp"
#include "event/numbering.hpp"

namespace callboard {

/// What an MGCP leg goes through, told as events: each step once, and none without the step before it, also
/// where a call rings several endpoints of one line. Appends to the vector that it was made with.
class MgcpLegEvents {
  public:
    MgcpLegEvents(MgcpTable& table, const Directory& directory, Numbering& numbering, std::vector<Event>& out)
        : table_(table), directory_(directory), numbering_(numbering), out_(out) {}

    /// What an event is told from: a command, or a timer that has come.
    struct Cause {
        std::string_view body;  ///< command line; empty for a timer
        std::string cseq;       ///< `1201 RQNT`
        Time captured{}, collected{};
        std::string relevant_info{};
    };
    /// `concluding` is the message that says so: the command itself, or the response to it.
    static Cause cause_of(const MgcpMessage& command, const MgcpMessage& concluding,
                          std::string relevant_info = {});
    static Cause cause_of(Time now, std::string relevant_info);

    void ring(MgcpLeg& leg, const Cause& cause);
    /// Also after `stopped`: who lifted just before the ringing was stopped.
    void answer(MgcpLeg& leg, const Cause& cause);
    void stop_ringing(MgcpLeg& leg, const Cause& cause);
    void hang_up(MgcpLeg& leg, const Cause& cause);
    void hold(MgcpLeg& leg, bool held, const Cause& cause);
    /// The native `call_failed`, for a call that never rang.
    void fail(MgcpLeg& leg, const Cause& cause);

    /// Who is at the other end, as it is named in events.
    std::string party_of(MgcpLeg& leg);

  private:
    void tell(std::string_view name, MgcpLeg& leg, const Cause& cause);
    /// The line of ours at the other end, now or when it was last known.
    const std::string& other_line(MgcpLeg& leg);
    std::string dialed(MgcpLeg& leg);
    std::string named(std::string_view party);
    /// Another endpoint of the line that this call rings or talks at as well, telling of it or not; null:
    /// none.
    MgcpLeg* twin_of(const MgcpLeg& leg, bool quiet);

    MgcpTable& table_;
    const Directory& directory_;
    Numbering& numbering_;
    std::vector<Event>& out_;
};

}  // namespace callboard
