#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "core/mgcp_leg_events.hpp"
#include "core/mgcp_signals.hpp"
#include "core/mgcp_table.hpp"
#include "core/mgcp_tracker.hpp"
#include "core/state.hpp"

namespace callboard {

/// The rules by which commands move calls. Holds none itself: works on an MgcpTable. One thread.
class MgcpDialogue {
  public:
    MgcpDialogue(MgcpTable& table, Numbering& numbering, const MgcpTracker::Settings& settings)
        : table_(table), numbering_(numbering), settings_(settings) {}

    /// What holds for one message.
    struct Context {
        const Directory& directory;
        const MgcpEndpoints& endpoints;
        std::vector<Event>& out;
    };

    /// What a command says by itself: an NTFY, an RSIP, a DLCX of either side.
    void on_command(const MgcpMessage& command, Context context);
    /// A CRCX, MDCX or RQNT with its final response; of a DLCX the request for events that is in it.
    void on_response(const MgcpMessage& command, const MgcpMessage& response, Context context);
    void on_deadline(MgcpLeg& leg, Time now, Context context);
    void adopt(const Call& told, Time now);
    /// Ends a leg that there is no room for any more, and forgets it.
    void evict(MgcpLeg& leg, Time now, Context context);

  private:
    /// One message at one of our endpoints.
    struct Step {
        MgcpStation& station;
        const MgcpMessage& command;
        MgcpLegEvents events;
        MgcpLegEvents::Cause cause;
    };
    using Wanted = std::function<bool(const MgcpLeg&)>;

    MgcpStation* station_of(std::string_view endpoint, const Context& context);
    static MgcpLeg* newest(MgcpStation& station, const Wanted& wanted);
    MgcpLeg* leg_of(MgcpStation& station, const MgcpMessage& command);
    MgcpLeg& new_leg(Step& step);
    void hear(MgcpLeg& leg, const Step& step);

    // Connections
    void on_created(Step& step, const MgcpMessage& response);
    void on_modified(Step& step, const MgcpMessage& response);
    void connect(Step& step, MgcpLeg& leg, const MgcpMessage& response);
    void on_mode(Step& step, MgcpLeg& leg);
    bool asks_to_hold(const Step& step, const MgcpLeg& leg);
    void on_deleted(Step& step);

    // Notification requests
    void on_request(Step& step);
    void learn_hook(Step& step, const MgcpSignals& signals);
    void on_ring(Step& step, const MgcpSignals& signals);
    void on_call_waiting(Step& step, const MgcpSignals& signals);
    void on_ringback(Step& step);
    void on_refusal_tone(Step& step, std::string_view tone);
    void on_refused_request(Step& step, const MgcpMessage& response);

    // Events of the telephone
    void on_observed(Step& step);
    void off_hook(Step& step);
    void on_hook(Step& step);
    void flash(Step& step);
    void dial(Step& step, std::string_view keys);
    void hook_was_seen(Step& step, MgcpStation::Hook hook);

    // Calls
    void ring(Step& step, MgcpLeg& leg);
    void ring_back(Step& step, MgcpLeg& leg);
    void answer(Step& step, MgcpLeg& leg);
    void take_what_was_awaited(Step& step, MgcpLeg& leg);
    void settle_calls(Step& step);
    bool is_answered(const MgcpStation& station, const MgcpLeg& leg);
    void fail(Step& step, MgcpLeg& leg);
    void end(MgcpLeg& leg, MgcpLegEvents& events, const MgcpLegEvents::Cause& cause);
    void prepare_transfer(Step& step);

    MgcpTable& table_;
    Numbering& numbering_;
    const MgcpTracker::Settings& settings_;
};

}  // namespace callboard
