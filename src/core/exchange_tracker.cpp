#include "core/exchange_tracker.hpp"

#include <optional>
#include <utility>

#include "core/exchange_legs.hpp"
#include "core/exchange_queues.hpp"
#include "core/exchange_table.hpp"
#include "event/numbering.hpp"

namespace callboard {
namespace {

constexpr std::string_view kAlreadyUp = "Already in progress";
constexpr std::string_view kNotListed = "The exchange does not list the call any more";
constexpr std::string_view kGone = "The exchange has been out of reach for too long";

/// What is longer is no name or number, and would only fill memory.
constexpr std::size_t kLongestText = 256;

void take(std::string& known, const std::string& said) {
    if (known.empty()) known = said.substr(0, kLongestText);
}

Event registration(std::string_view name, bool native, const std::string& line,
                   const ExchangeSignal& signal) {
    Event event;
    event.name = name;
    event.native = native;
    event.ressource = line;
    LineData data;
    data.billing = data.calling = data.called = data.dialed = line;
    data.body = signal.name;
    data.call_id = signal.channel.sip_call_id;
    data.relevant_info = signal.cause;
    data.ts = signal.captured;
    data.ts_get = signal.collected;
    event.data = std::move(data);
    return event;
}

}  // namespace

class ExchangeTracker::Impl {
  public:
    Impl(std::shared_ptr<const Directory> directory, std::string region, Settings settings)
        : directory_(std::move(directory)), settings_(settings), numbering_(std::move(region)) {}

    void adopt(const State& state, Time now) {
        gone_since_ = now;
        if (settings_.lines)
            for (const auto& [number, line] : state.lines)
                for (const Call& call : line.calls) adopt(call, now);
        for (const auto& [number, queue] : state.queues)
            for (const auto& caller : queue.waiting) queues_.adopt(number, caller.uuid, caller.calling);
    }

    void on_signal(const ExchangeSignal& signal, std::vector<Event>& out) {
        using Kind = ExchangeSignalKind;
        switch (signal.kind) {
            case Kind::queue_action:
                return queues_.on_action(signal, *directory_, out);
            case Kind::caller_listed:
                return correct(queues_.callers(),
                               [&] { queues_.on_caller_listed(signal, *directory_, out); });
            case Kind::agent_listed:
                return queues_.on_agent_listed(signal, *directory_, out);
            case Kind::registered:
            case Kind::unregistered:
            case Kind::register_listed:
                return on_registration(signal, out);
            case Kind::gone:
                if (!gone_since_) gone_since_ = signal.collected;
                in_snapshot_ = false;
                return;
            case Kind::snapshot_begins:
                return begin_snapshot();
            case Kind::snapshot_ends:
                return end_snapshot(signal, out);
            default:
                on_channel(signal, out);
        }
        while (calls_.size() > settings_.most_channels) evict(signal.collected, out);
    }

    void on_time(Time now, std::vector<Event>& out) {
        if (gone_since_ && !in_snapshot_ && now - *gone_since_ >= settings_.gone) {
            gone_since_.reset();
            for (ExchangeCall* call : calls_.all())
                if (!call->over) correct_end(*call, now, kGone, out);
            corrections_ += queues_.end_all(now, *directory_, out);
        }
        while (ExchangeCall* call = calls_.due(now)) {
            if (!call->over)
                end(*call, timer_cause(now,
                                       call->leg.up ? "No end was seen before the longest call"
                                                    : "No end of the ringing was seen",
                                       out));
            else
                calls_.erase(*call);
        }
    }

    void calendar_was_set(Duration by) {
        if (gone_since_) *gone_since_ += by;
        for (ExchangeCall* call : calls_.all()) calls_.set_deadline(*call, call->deadline + by);
    }

    void use(std::shared_ptr<const Directory> directory) { directory_ = std::move(directory); }
    std::size_t channels() const { return calls_.size(); }
    std::uint64_t corrections() const { return corrections_; }

  private:
    using Cause = ExchangeLegs::Cause;

    Cause cause_of(const ExchangeSignal& signal, std::string_view relevant_info, std::vector<Event>& out) {
        return {*directory_, out, signal.name, signal.captured, signal.collected, relevant_info};
    }
    Cause timer_cause(Time now, std::string_view relevant_info, std::vector<Event>& out) {
        return {*directory_, out, {}, now, now, relevant_info};
    }

    /// Runs `step`, and counts it when it changed a number and this is no first list.
    template <typename Step>
    void correct(std::size_t before, Step step) {
        step();
        if (listed_before_ && queues_.callers() != before) ++corrections_;
    }

    void on_channel(const ExchangeSignal& signal, std::vector<Event>& out) {
        if (signal.channel.id.empty() || signal.channel.id.size() > kLongestText) return;
        ExchangeCall* call = calls_.find(signal.channel.id);
        if (call == nullptr) {
            // The end of a channel that nobody knows tells nothing.
            if (signal.kind == ExchangeSignalKind::hung_up) return;
            call = &calls_.add(signal.channel.id, signal.collected + settings_.longest_ringing);
            call->midway = signal.kind != ExchangeSignalKind::created;
        }
        if (call->over) return;
        learn(*call, signal);
        recognise(*call);
        step(*call, signal, out);
        if (!call->over) extend(*call, signal.collected);
    }

    /// Under a name that no exchange gives, until a channel shows that it is the same call.
    static std::string adopted_id(const std::string& line, const std::string& call_id) {
        return "adopted " + line + ' ' + call_id;
    }

    void adopt(const Call& told, Time now) {
        const auto id = adopted_id(told.line, told.call_id);
        if (calls_.find(id) != nullptr || calls_.size() >= settings_.most_channels) return;
        ExchangeCall& call = calls_.add(id, now + settings_.longest_call);
        call.midway = true;
        ExchangeLeg& leg = call.leg;
        leg.line = told.line;
        leg.call_id = told.call_id;
        leg.direction = told.incoming ? ChannelDirection::is_called : ChannelDirection::calls;
        leg.dialled = told.dialed;
        leg.far = told.incoming ? told.calling : told.called;
        leg.up = told.status != LineStatus::ringing;
        leg.state = leg.up ? LegState::calling : LegState::ringing;
        leg.held = told.status == LineStatus::held;
        ++adopted_;
    }

    /// Whether the channel is the same call as one that was adopted: then its line knows already. Asked until
    /// it is told of, because not every first signal says whose it is and under which Call-ID.
    void recognise(ExchangeCall& call) {
        if (adopted_ == 0 || !call.leg.is_ours() || !call.leg.call_id.empty() || call.internal) return;
        const std::string& known_as = call.leg.sip_call_id.empty() ? call.id : call.leg.sip_call_id;
        ExchangeCall* same = calls_.find(adopted_id(call.leg.line, known_as));
        if (same == nullptr || same->over) return;
        const ExchangeLeg& told = same->leg;
        call.leg.call_id = told.call_id;
        call.leg.state = told.state;
        call.leg.up = told.up;
        call.leg.held = told.held;
        call.leg.far = told.far;
        calls_.erase(*same);
        --adopted_;
    }

    /// What a signal says of its channel. The first word counts, because exchanges rewrite numbers as a call
    /// moves on; `updated` and `redirected` say that they mean it.
    void learn(ExchangeCall& call, const ExchangeSignal& signal) {
        const ExchangeChannel& said = signal.channel;
        ExchangeLeg& leg = call.leg;
        const bool updated = signal.kind == ExchangeSignalKind::updated;
        if (said.internal) call.internal = true;
        if (call.parent.empty() && !said.parent.empty() && said.parent.size() <= kLongestText)
            calls_.set_parent(call, said.parent);
        if (leg.direction == ChannelDirection::unknown) leg.direction = said.direction;
        take(leg.device, said.device);
        take(leg.sip_call_id, said.sip_call_id);
        take(leg.dialled, said.dialled);
        if (leg.line.empty() && !leg.device.empty() && settings_.lines) {
            const Service* service = numbering_.resolve(*directory_, leg.device);
            if (service != nullptr && !service->is_queue()) leg.line = service->number;
        }
        if (!said.caller.empty() && (leg.caller.empty() || (updated && !is_itself(leg, said.caller))))
            leg.caller = said.caller.substr(0, kLongestText);
        if (said.withheld) leg.withheld = true;
        if (!said.connected.empty()) {
            leg.connected = said.connected.substr(0, kLongestText);
            leg.connected_withheld = said.connected_withheld;
        }
    }

    /// A phone that is transferred is shown as the caller of what comes next.
    bool is_itself(const ExchangeLeg& leg, const std::string& caller) {
        return leg.direction != ChannelDirection::calls && leg.is_ours() &&
               numbering_.party(*directory_, caller) == leg.line;
    }

    void step(ExchangeCall& call, const ExchangeSignal& signal, std::vector<Event>& out) {
        using Kind = ExchangeSignalKind;
        switch (signal.kind) {
            case Kind::ringing:
                return legs_.ring(call, cause_of(signal, {}, out));
            case Kind::answered:
                return legs_.answer(call, cause_of(signal, {}, out));
            case Kind::entered_bridge:
                if (signal.bridge.size() > 2 * kLongestText) return;
                calls_.set_bridge(call, signal.bridge);
                return legs_.meet(call, *directory_);
            case Kind::left_bridge:
                if (signal.bridge.empty() || signal.bridge == call.bridge) calls_.set_bridge(call, {});
                return;
            case Kind::held:
            case Kind::resumed:
                return legs_.hold(call, signal.kind == Kind::held, cause_of(signal, {}, out));
            case Kind::redirected:
                call.leg.reached.clear();
                call.leg.ringing_line.clear();
                return;
            case Kind::swapped:
                return swap(call, signal);
            case Kind::hung_up:
                return end(call, cause_of(signal, signal.cause, out));
            case Kind::channel_listed:
                return on_listed(call, signal, out);
            default:
                return;
        }
    }

    void swap(ExchangeCall& call, const ExchangeSignal& signal) {
        ExchangeCall* other = signal.other.empty() ? nullptr : calls_.find(signal.other);
        if (other == nullptr || other == &call || other->over) return;
        legs_.detach(call, *directory_);
        legs_.detach(*other, *directory_);
        std::swap(call.leg, other->leg);
        std::swap(call.internal, other->internal);
        for (ExchangeCall* one : {&call, other})
            if (!one->bridge.empty()) legs_.meet(*one, *directory_);
    }

    /// Listed by a snapshot: brings up to date what signals did not.
    void on_listed(ExchangeCall& call, const ExchangeSignal& signal, std::vector<Event>& out) {
        call.listed = true;
        const std::size_t before = out.size();
        const auto cause = cause_of(signal, kAlreadyUp, out);
        if (!signal.bridge.empty() && call.bridge.empty()) {
            calls_.set_bridge(call, signal.bridge);
            legs_.meet(call, *directory_);
        }
        if (signal.channel.up && !call.leg.up)
            legs_.answer(call, cause);
        else if (signal.channel.ringing && !call.leg.up)
            legs_.ring(call, cause);
        if (signal.channel.up && signal.channel.held) legs_.hold(call, true, cause);
        if (listed_before_ && out.size() > before) ++corrections_;
    }

    void begin_snapshot() {
        in_snapshot_ = true;
        for (ExchangeCall* call : calls_.all()) call->listed = false;
        queues_.begin_snapshot();
    }

    void end_snapshot(const ExchangeSignal& signal, std::vector<Event>& out) {
        if (!std::exchange(in_snapshot_, false)) return;
        // Not before: an exchange that comes and goes is not back.
        gone_since_.reset();
        if (!signal.cause.empty()) return;
        for (ExchangeCall* call : calls_.all())
            if (!call->over && !call->listed) correct_end(*call, signal.collected, kNotListed, out);
        corrections_ += queues_.end_snapshot(signal.collected, *directory_, out);
        listed_before_ = true;
    }

    void on_registration(const ExchangeSignal& signal, std::vector<Event>& out) {
        if (!settings_.lines) return;
        const Service* line = numbering_.resolve(*directory_, signal.channel.device);
        if (line == nullptr || line->is_queue()) return;
        const bool known = bound_.contains(line->number);
        if (signal.kind == ExchangeSignalKind::unregistered) {
            bound_.erase(line->number);
            if (known) out.push_back(registration(event_name::unregistered, true, line->number, signal));
            return;
        }
        bound_[line->number] = true;
        const bool listed = signal.kind == ExchangeSignalKind::register_listed;
        if (listed && known) return;
        // What a list shows is no REGISTER that happened: for those who look at states, not for logs of
        // events.
        out.push_back(registration(event_name::registered, listed, line->number, signal));
    }

    void correct_end(ExchangeCall& call, Time now, std::string_view why, std::vector<Event>& out) {
        const std::size_t before = out.size();
        end(call, timer_cause(now, why, out));
        if (out.size() > before) ++corrections_;
    }

    /// The only way for a channel to be over, so that nothing it told is left without its end.
    void end(ExchangeCall& call, const Cause& cause) {
        legs_.hang_up(call, cause);
        calls_.set_bridge(call, {});
        call.over = true;
        if (call.id.starts_with("adopted ")) --adopted_;
        calls_.set_deadline(call, cause.collected + settings_.memory);
    }

    void evict(Time now, std::vector<Event>& out) {
        ExchangeCall* call = calls_.nearest();
        if (!call->over) end(*call, timer_cause(now, "Too many calls at once", out));
        calls_.erase(*call);
    }

    void extend(ExchangeCall& call, Time now) {
        calls_.set_deadline(call, now + (call.leg.up ? settings_.longest_call : settings_.longest_ringing));
    }

    std::shared_ptr<const Directory> directory_;
    const Settings settings_;
    Numbering numbering_;
    ExchangeTable calls_;
    ExchangeLegs legs_{calls_, numbering_};
    ExchangeQueues queues_{calls_, numbering_};
    StringMap<bool> bound_;  // lines with a binding
    std::optional<Time> gone_since_;
    bool in_snapshot_ = false;
    bool listed_before_ = false;  // a whole list was read: from then on a difference is a correction
    std::uint64_t corrections_ = 0;
    std::size_t adopted_ = 0;  // and neither recognised nor over
};

ExchangeTracker::ExchangeTracker(std::shared_ptr<const Directory> directory, std::string region,
                                 Settings settings)
    : impl_(std::make_unique<Impl>(std::move(directory), std::move(region), settings)) {}
ExchangeTracker::~ExchangeTracker() = default;

void ExchangeTracker::adopt(const State& state, Time now) { impl_->adopt(state, now); }
void ExchangeTracker::on_signal(const ExchangeSignal& signal, std::vector<Event>& out) {
    impl_->on_signal(signal, out);
}
void ExchangeTracker::on_time(Time now, std::vector<Event>& out) { impl_->on_time(now, out); }
void ExchangeTracker::calendar_was_set(Duration by) { impl_->calendar_was_set(by); }
void ExchangeTracker::use(std::shared_ptr<const Directory> directory) { impl_->use(std::move(directory)); }
std::size_t ExchangeTracker::channels() const { return impl_->channels(); }
std::uint64_t ExchangeTracker::corrections() const { return impl_->corrections(); }

}  // namespace callboard
