#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/sip_call.hpp"
#include "event/directory.hpp"

namespace callboard {

/// The calls that are remembered, by Call-ID, by key, by caller and by deadline. One thread.
class CallTable {
  public:
    SipCall* find(std::string_view call_id);
    SipCall* find(std::uint64_t key);
    /// Precondition: the Call-ID is not in the table.
    SipCall& add(std::string_view call_id, Time now);
    void erase(SipCall& call);
    std::size_t size() const { return by_call_id_.size(); }
    /// Of the queue of deadlines: for the test that it stays in proportion to size().
    std::size_t queued() const { return deadlines_.size(); }

    /// Sets when the call is over without a word; due() names it then, or earlier if kept messages are to be
    /// read.
    void set_deadline(SipCall& call, Time deadline);
    /// All of them, on by so much or back.
    void move_deadlines(Duration by);
    /// Has due() name the call when its nearest time has come.
    void schedule(SipCall& call);
    /// A call whose time has come, or null. Call until it is null; who handles it schedules it again or
    /// erases it.
    SipCall* due(Time now);
    /// The call whose deadline is nearest; null when there is none. For making room.
    SipCall* nearest();

    /// Makes the call findable as the origin of calls that an exchange makes for it.
    void index_caller(SipCall& call);
    void unindex_caller(SipCall& call);

    /// The call of the same caller that an exchange made `call` for (a back-to-back agent makes a second
    /// dialog with its own Call-ID): begun before, not over, and not reaching a phone of ours itself. Of
    /// several the one whose dialled number is `line`, then the one that came to the same exchange, then the
    /// latest. Null when there is none. `name` is given each that comes into question before its parties are
    /// looked at.
    SipCall* origin_of(
        const SipCall& call, std::string_view line,
        const std::function<void(SipCall&)>& name = [](SipCall&) {});

    /// Notes that an exchange made `call` for `origin`.
    void set_origin(SipCall& call, const SipCall& origin);
    /// The latest call that an exchange made for `origin` and that is up; null when there is none.
    SipCall* made_for(const SipCall& origin);

    struct DialogLeg {
        SipCall* call;
        Leg* leg;
    };
    /// The legs of the same line in other dialogs that an exchange made for the same call, one for each of
    /// the line's devices, and the other end of a call in which the line calls itself. Two dialogs with one
    /// device are two calls, and not among them. Precondition: the call is in this table.
    std::vector<DialogLeg> other_devices(const SipCall& call, const Leg& leg);

  private:
    struct Deadline {
        Time time;
        std::uint64_t key;
        friend auto operator<=>(const Deadline&, const Deadline&) = default;
    };

    bool is_stale(const Deadline& entry);
    void queue(SipCall& call);
    void drop_first();
    void correct_first();
    void forget_stale();

    std::unordered_map<std::string_view, std::unique_ptr<SipCall>> by_call_id_;  // the call's own
    std::unordered_map<std::uint64_t, SipCall*> by_key_;
    // By what is the same however the caller is written; different callers may share it.
    std::unordered_map<std::size_t, std::vector<std::uint64_t>> by_caller_;
    std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> by_origin_;
    std::vector<Deadline> deadlines_;  // a heap, nearest first
    std::uint64_t last_key_ = 0;
};

}  // namespace callboard
