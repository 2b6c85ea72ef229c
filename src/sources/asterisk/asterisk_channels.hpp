#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "event/directory.hpp"
#include "event/exchange_signal.hpp"
#include "sources/asterisk/ami_frame.hpp"
#include "sources/asterisk/asterisk_names.hpp"

namespace callboard {

/// When a frame happened and when it was read.
struct AmiTimes {
    Time captured{}, collected{};
};

/// Turns what Asterisk (13 and later) says of channels into signals: calls, dialling, bridges, hold,
/// transfers, pick-ups, parking, Local channels. Pure. One thread.
class AsteriskChannels {
  public:
    explicit AsteriskChannels(KnowsName knows) : knows_(std::move(knows)) {}

    /// Appends what the event says. An event of something else says nothing.
    void on_event(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out);

    void on_snapshot_begins() { listed_.clear(); }
    /// An entry of CoreShowChannels.
    void on_listed(const AmiFrame& frame, AmiTimes times, std::vector<ExchangeSignal>& out);
    /// `whole`: nothing else is up. Before the snapshot ends for others.
    void on_snapshot_ends(bool whole, AmiTimes times, std::vector<ExchangeSignal>& out);

    /// What is known of the party that a channel's call comes from.
    struct Party {
        std::string number;
        bool withheld = false;
        std::string dialled;  ///< what it dialled first
    };
    /// `frame` fills in what is not known: its `CallerIDNum`, `Exten`.
    Party party(std::string_view id, const AmiFrame& frame) const;
    /// Whether the channel was in the last whole snapshot, or came since.
    bool is_up(std::string_view id) const { return channels_.contains(id); }

    std::size_t size() const { return channels_.size(); }
    static constexpr std::size_t kMost = 50'000;  ///< further ones are told of without memory

  private:
    struct Channel {
        std::string name, linked_id, device, parent;
        ChannelDirection direction = ChannelDirection::unknown;
        bool internal = false;
        bool up = false;
        bool rings = false;
        std::string number;  ///< of the party at this end, to be shown to who is called by it
        bool withheld = false;
        std::string caller;  ///< who calls it, when it is called
        std::string dialled;
        std::string sip_call_id;
    };
    using Handler = void (AsteriskChannels::*)(const AmiFrame&);

    void new_channel(const AmiFrame& frame);
    void new_state(const AmiFrame& frame);
    void new_caller(const AmiFrame& frame);
    void new_connected(const AmiFrame& frame);
    void dial_begin(const AmiFrame& frame);
    void dial_state(const AmiFrame& frame);
    void new_extension(const AmiFrame& frame);
    void var_set(const AmiFrame& frame);
    void bridge_enter(const AmiFrame& frame);
    void bridge_leave(const AmiFrame& frame);
    void hold(const AmiFrame& frame);
    void unhold(const AmiFrame& frame);
    void blind_transfer(const AmiFrame& frame);
    void local_bridge(const AmiFrame& frame);
    void parked(const AmiFrame& frame);
    void renamed(const AmiFrame& frame);
    void hangup(const AmiFrame& frame);

    Channel& known(std::string_view id, const AmiFrame& frame, std::string_view prefix);
    void take_facts(Channel& channel, std::string_view id, const AmiFrame& frame, std::string_view prefix);
    void take_caller_of(Channel& channel, const Channel& parent);
    ExchangeSignal& tell(ExchangeSignalKind kind, std::string_view id, const Channel& channel);
    void ring(std::string_view id, Channel& channel);
    void join_halves();
    static const Handler* handler_of(std::string_view event);

    KnowsName knows_;
    StringMap<Channel> channels_;          // by Uniqueid
    std::array<Channel, 2> unremembered_;  // when there are too many: the last two of them
    std::size_t last_unremembered_ = 0;
    std::string masquerading_;                // Uniqueid of the clone whose name ends with <MASQ>
    std::string masquerade_name_;             // its name before
    std::unordered_set<std::string> listed_;  // by the last snapshot, or made since it began

    // Of the frame that is being read.
    std::vector<ExchangeSignal>* out_ = nullptr;
    AmiTimes times_;
    std::string_view event_;
};

}  // namespace callboard
