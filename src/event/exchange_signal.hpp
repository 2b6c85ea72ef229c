#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "event/event.hpp"

namespace callboard {

/// What an exchange (FreeSWITCH, Asterisk) says of its channels, queues and registrations, in words that are
/// no exchange's own. Sources make these; the tracker in `core` turns them into events.
///
/// Names and numbers are raw, as the exchange writes them: the tracker alone knows which line or queue they
/// mean. A text that is empty was not said, and leaves what is known as it is.

/// What happened. Behind each: what must be given besides the times; more is welcome.
enum class ExchangeSignalKind : std::uint8_t {
    // Of one channel, which is one phone's or trunk's end of a call. `channel.id` is always given. The first
    // signal of a channel that is not known makes it known, whatever its kind, so a lost one costs little.
    created,         ///< it exists
    ringing,         ///< its phone rings; or, when it called in, it hears ringing or early media
    answered,        ///< it is up, as its phone saw it (200 OK sent or received)
    entered_bridge,  ///< `bridge`: it hears who else is in this bridge; it has left any other
    left_bridge,     ///< `bridge`, or empty for whichever it is in
    held,            ///< its own phone put the call on hold; not for a hold that the exchange itself made
    resumed,         ///< its own phone took it back
    updated,         ///< facts of the channel changed: caller, connected party, device …
    redirected,  ///< it was sent on: whom it reached or rang so far does not count any more; what was dialled
                 ///< does
    swapped,     ///< the phones behind it and `other` changed places (a masquerade, a pick-up): each channel
                 ///< goes
                 ///< on in its bridge, with the other's device, direction, Call-ID and what its line was told
    hung_up,     ///< it is over: `cause`

    // Of a queue.
    queue_action,   ///< `queue`
    caller_listed,  ///< during a snapshot: a caller waits or talks; `queue` as of member-queue-start
    agent_listed,   ///< during a snapshot: `queue.agent` serves `queue.queue`; status and state

    // Of a registration: `channel.device`, and `channel.sip_call_id` if it is known.
    registered,       ///< a binding was added or refreshed
    unregistered,     ///< the last binding is gone: `cause` says how, when not by the phone's own wish
    register_listed,  ///< during a snapshot: has a binding; tells nothing in version 1 and 2

    // Of the exchange.
    gone,             ///< the connection is lost: nothing is known from now on
    snapshot_begins,  ///< what follows up to snapshot_ends is all that is up (live signals may be in between)
    channel_listed,   ///< during a snapshot: is up; `channel.up` says whether it was answered, `bridge`
    snapshot_ends,    ///< `cause` not empty: the list is not whole and nothing may be ended for its sake
};

/// Who began the call that a channel is an end of, seen from the phone or trunk at this end.
enum class ChannelDirection : std::uint8_t {
    unknown,
    calls,      ///< the phone called the exchange
    is_called,  ///< the exchange calls the phone
};

/// Facts of a channel.
struct ExchangeChannel {
    std::string id;         ///< unique as long as the exchange lives
    std::string linked_id;  ///< the same for all channels of one call; empty: none is known
    std::string parent;     ///< the channel for whose call the exchange made this one
    std::string device;  ///< extension, user or number whose phone is at this end (`1001`); of a trunk none
    ChannelDirection direction = ChannelDirection::unknown;
    std::string caller;     ///< number of the party that this call comes from, of the original caller
    bool withheld = false;  ///< that number is shown to nobody
    std::string dialled;    ///< what the caller dialled first, as this channel shows it
    std::string connected;  ///< number of the party that it is connected with, when the exchange says so
    bool connected_withheld = false;
    std::string sip_call_id;  ///< of the dialog between this phone and the exchange
    bool up = false;          ///< answered; of channel_listed alone
    bool ringing = false;     ///< rings; of channel_listed alone
    bool held = false;        ///< its own phone holds the call; of channel_listed alone
    bool internal = false;  ///< no phone is behind it: a Local or loopback channel that the exchange made to
                            ///< join parts of itself. Never told of, but leads from one channel to the other
    friend bool operator==(const ExchangeChannel&, const ExchangeChannel&) = default;
};

/// Something about a queue. `fields` has the exchange's own, already under their names of the OVH protocol
/// §4.2 (`QueueMemberUUID`, `QueueAgentCalledTime` …); the tracker adds Action, Queue, Agent, QueueAgent,
/// Calling, Count when it is not there, Protocol and Ts.
struct ExchangeQueueAction {
    std::string action;  ///< `member-queue-start`, `agent-status-change` …
    std::string queue;   ///< name, extension or number; empty: an agent's status or state, in all his queues
    std::string agent;   ///< as the exchange names him, `1001@default`; empty: none
    std::string agent_device;  ///< extension or user of his phone, when it is known
    std::string caller;        ///< number of the caller
    bool caller_withheld = false;
    std::string caller_channel;  ///< channel of the waiting caller, when it is known
    std::string agent_channel;   ///< channel to the agent's phone, when it is known
    QueueData fields;
    friend bool operator==(const ExchangeQueueAction&, const ExchangeQueueAction&) = default;
};

/// One thing that an exchange said. A value; owns its text.
struct ExchangeSignal {
    ExchangeSignalKind kind = ExchangeSignalKind::updated;
    Time captured{};   ///< the exchange's time
    Time collected{};  ///< when we read it
    std::string name;  ///< of the exchange's own event, `CHANNEL_ANSWER`: becomes `Body`
    ExchangeChannel channel;
    std::string other;   ///< id of a second channel, for `swapped`
    std::string bridge;  ///< id; a source whose exchange joins pairs makes one up of both channels
    std::string cause;   ///< why, for people: `USER_BUSY`, `Q.850;cause=17` …; becomes `RelevantInfo`
    ExchangeQueueAction queue;
};

}  // namespace callboard
