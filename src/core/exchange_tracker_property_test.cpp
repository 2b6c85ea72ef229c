// What holds whatever an exchange says, drawn at random.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

#include "core/exchange_script_test.hpp"

namespace callboard::script {
namespace {

/// Every `$` is the number of the call, so that calls share neither channels nor bridges nor places in
/// queues.
const std::vector<std::string>& stories() {
    static const std::vector<std::string> kStories = {
        // answered
        R"(a$ created calls device=1001 dialled=1002
           b$ created called parent=a$ device=1002
           b$ ringing
           a$ ringing
           b$ answered
           a$ answered
           a$ entered bridge=x$
           b$ entered bridge=x$
           b$ held
           b$ hung_up
           a$ hung_up)",
        // given up
        R"(t$ created calls caller=0612345678 dialled=1003
           c$ created called parent=t$ device=1003
           c$ ringing
           c$ hung_up
           t$ hung_up)",
        // from a queue, transferred
        R"(t$ created calls caller=0698765432 dialled=8001
           t$ answered
           queue member-queue-start in=8001 channel=t$ QueueMemberUUID=m$
           b$ created called parent=t$ device=1002
           b$ ringing
           b$ answered
           queue bridge-agent-start in=8001 agent=1002 channel=t$ QueueMemberUUID=m$
           t$ entered bridge=x$
           b$ entered bridge=x$
           queue member-queue-end in=8001 agent=1002 channel=t$ QueueMemberUUID=m$ QueueCause=Terminated
           t$ left bridge=x$
           b$ hung_up
           d$ created called parent=t$ device=1004
           d$ ringing
           d$ answered
           t$ entered bridge=y$
           d$ entered bridge=y$
           t$ hung_up
           d$ hung_up)",
        // busy
        R"(a$ created calls device=1001 dialled=1004
           d$ created called parent=a$ device=1004
           d$ hung_up cause=486
           a$ hung_up cause=486)",
    };
    return kStories;
}

std::vector<Line> story(std::size_t which, std::size_t number) {
    std::string text = stories()[which];
    for (auto at = text.find('$'); at != std::string::npos; at = text.find('$', at))
        text.replace(at, 1, std::to_string(number));
    return read(text);
}

/// Line events by Call-ID, queue events by place in the queue; counts of whole queues left out.
std::map<std::string, std::vector<std::string>> by_call(const std::vector<Event>& events) {
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& event : events) {
        if (const auto* line = std::get_if<LineData>(&event.data)) {
            out[line->call_id].push_back(fmt::format("{} {} {} {} {}", event.ressource, event.name,
                                                     line->calling, line->called, line->dialed));
        } else if (!event.native) {
            const auto& data = std::get<QueueData>(event.data);
            out[std::string(data.get("QueueMemberUUID"))].push_back(
                fmt::format("{} {} {}", event.name, data.get("Calling"), data.get("QueueAgent")));
        }
    }
    return out;
}

TEST(ExchangeProperty, independent_calls_do_not_change_each_other) {
    EXPECT_TRUE(rc::check([] {
        const auto chosen = *rc::gen::container<std::vector<std::size_t>>(
            5, rc::gen::inRange<std::size_t>(0, stories().size()));
        std::vector<std::vector<Line>> calls;
        std::map<std::string, std::vector<std::string>> alone;
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            calls.push_back(story(chosen[i], i));
            Listener exchange;
            exchange.hear(calls.back());
            alone.merge(by_call(exchange.events()));
        }
        Listener together;
        std::vector<std::size_t> at(calls.size(), 0);
        for (std::set<std::size_t> open{0, 1, 2, 3, 4}; !open.empty();) {
            const auto next = *rc::gen::elementOf(std::vector<std::size_t>(open.begin(), open.end()));
            together.hear(calls[next][at[next]++]);
            if (at[next] == calls[next].size()) open.erase(next);
        }
        RC_ASSERT(by_call(together.events()) == alone);
    }));
}

/// The order that holds for one line in one call.
class Order {
  public:
    void take(const std::vector<Event>& events) {
        for (const auto& event : events)
            if (const auto* data = std::get_if<LineData>(&event.data)) {
                RC_ASSERT(event.ressource.starts_with("0033972"));
                RC_ASSERT(!data->calling.empty() && !data->called.empty() && !data->dialed.empty());
                RC_ASSERT(!data->call_id.empty());
                if (!event.native) step(states_[event.ressource + ' ' + data->call_id], event.name);
            }
    }
    bool all_over() const {
        return std::all_of(states_.begin(), states_.end(), [](const auto& one) {
            return !one.second.ringing && !one.second.calling && !one.second.held;
        });
    }

  private:
    struct Told {
        bool ringing = false, calling = false, held = false;
    };
    static void step(Told& told, const std::string& name) {
        if (name == "start_ringing") RC_ASSERT(!std::exchange(told.ringing, true) && !told.calling);
        if (name == "end_ringing") RC_ASSERT(std::exchange(told.ringing, false));
        if (name == "start_calling") RC_ASSERT(!std::exchange(told.calling, true) && !told.ringing);
        if (name == "end_calling") RC_ASSERT(std::exchange(told.calling, false) && !told.held);
        if (name == "start_hold") RC_ASSERT(told.calling && !std::exchange(told.held, true));
        if (name == "end_hold") RC_ASSERT(std::exchange(told.held, false));
    }
    std::map<std::string, Told> states_;
};

/// Lines that make sense one by one and not together. Without two devices of one line: they ring under the
/// other's Call-ID, so their steps are not in one order.
std::string any_line() {
    static const std::vector<std::string> kKinds = {"created", "ringing", "answered",  "entered",
                                                    "left",    "held",    "resumed",   "updated",
                                                    "hung_up", "listed",  "redirected"};
    const int channel = *rc::gen::inRange(0, 8);
    switch (*rc::gen::inRange(0, 12)) {
        case 0:
            return "wait " + std::to_string(*rc::gen::inRange(1, 400)) + "s";
        case 1:
            return *rc::gen::element<std::string>("gone", "snapshot", "end", "end cause=x");
        default:
            break;
    }
    std::string line = fmt::format("c{} {}", channel, *rc::gen::elementOf(kKinds));
    line += channel % 2 == 0 ? " calls" : fmt::format(" called parent=c{}", *rc::gen::inRange(0, 8));
    line += fmt::format(" device={} dialled={} bridge=x{}", 1001 + channel % 4,
                        1001 + *rc::gen::inRange(0, 6), *rc::gen::inRange(0, 3));
    line += fmt::format(" caller={}", *rc::gen::element<std::string>("1001", "0612345678", "anonymous"));
    for (const char* flag : {" up", " rings", " holding", " withheld"})
        if (*rc::gen::inRange(0, 3) == 0) line += flag;
    return line;
}

TEST(ExchangeProperty, whatever_is_said_each_line_is_told_in_order_and_to_the_end) {
    EXPECT_TRUE(rc::check([] {
        Listener exchange({.memory = std::chrono::hours(1'000)});
        Order order;
        const int count = *rc::gen::inRange(1, 80);
        for (int i = 0; i < count; ++i) {
            exchange.hear(any_line());
            order.take(exchange.events());
            exchange.forget();
        }
        exchange.wait(std::chrono::hours(24));
        order.take(exchange.events());
        RC_ASSERT(order.all_over());
    }));
}

TEST(ExchangeProperty, signals_that_are_lost_are_made_up_for_by_the_next_list) {
    EXPECT_TRUE(rc::check([] {
        Listener exchange;
        exchange.hear("snapshot\n end");
        Order order;
        for (std::size_t i = 0; i < 4; ++i)
            for (const auto& line : story(*rc::gen::inRange<std::size_t>(0, stories().size()), i))
                if (*rc::gen::inRange(0, 3) != 0) exchange.hear(line);
        exchange.hear("wait 1s\n snapshot\n end");
        order.take(exchange.events());
        RC_ASSERT(order.all_over());
        std::map<std::string, int> waiting;
        for (const auto& event : exchange.events())
            if (const auto* data = std::get_if<QueueData>(&event.data); data != nullptr && !event.native) {
                if (event.name == "member-queue-start") ++waiting[std::string(data->get("QueueMemberUUID"))];
                if (event.name == "member-queue-end")
                    waiting.erase(std::string(data->get("QueueMemberUUID")));
            }
        RC_ASSERT(waiting.empty());
    }));
}

}  // namespace
}  // namespace callboard::script
