#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sources/asterisk/ami_frame_for_test.hpp"
#include "sources/asterisk/asterisk_queues.hpp"

namespace callboard::testing {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

/// A queue `sales` with the agents 201 and 202, and what app_queue says of it.
class AsteriskQueuesTest : public ::testing::Test {
  protected:
    void event(const std::string& name, const std::string& lines) {
        const AmiFrame frame = ami("Event: " + name + "\n" + lines);
        channels_.on_event(frame, {now_, now_}, ignored_);
        queues_.on_event(frame, {now_, now_}, signals_);
    }
    void pass(Duration by) {
        for (const Time end = now_ + by; now_ < end;) {
            now_ += 100ms;
            queues_.on_time(now_, signals_);
        }
    }

    static std::string caller(const std::string& id) {
        return "Channel: PJSIP/gw-" + id +
               "\nChannelState: 6\nCallerIDNum: 0612345678\nCallerIDName: Marie\nExten: 8001\n"
               "Uniqueid: " +
               id + "\nLinkedid: " + id + "\n";
    }
    static std::string agent(const std::string& extension, const std::string& id) {
        return "DestChannel: PJSIP/" + extension + "-" + id + "\nDestUniqueid: " + id + "\n";
    }
    static std::string member(const std::string& extension) {
        return "Queue: sales\nInterface: PJSIP/" + extension + "\nMemberName: Agent " + extension + "\n";
    }

    void join(const std::string& id = "1.0", int count = 1) {
        event("Newchannel", "Channel: PJSIP/gw-" + id +
                                "\nChannelState: 4\nCallerIDNum: 0612345678\nExten: +33123456800\n"
                                "Uniqueid: " +
                                id + "\nLinkedid: " + id);
        event("QueueCallerJoin", caller(id) + "Queue: sales\nPosition: 1\nCount: " + std::to_string(count));
    }
    void call(const std::string& extension, const std::string& id, const std::string& of = "1.0") {
        event("AgentCalled", caller(of) + agent(extension, id) + member(extension));
    }
    void dial_end(const std::string& extension, const std::string& id, const std::string& status,
                  const std::string& of = "1.0") {
        event("DialEnd", caller(of) + agent(extension, id) + "DialStatus: " + status);
    }
    void leave(const std::string& id = "1.0", int count = 0) {
        event("QueueCallerLeave", caller(id) + "Queue: sales\nCount: " + std::to_string(count));
    }
    void connect(const std::string& extension, const std::string& id, const std::string& of = "1.0") {
        event("AgentConnect",
              caller(of) + agent(extension, id) + member(extension) + "HoldTime: 4\nRingTime: 2");
    }
    void complete(const std::string& extension, const std::string& id, const std::string& of = "1.0") {
        event("AgentComplete", (of.empty() ? "" : caller(of)) + (id.empty() ? "" : agent(extension, id)) +
                                   member(extension) + "HoldTime: 4\nTalkTime: 3\nReason: caller");
    }
    void hang_up(const std::string& id, const std::string& cause = "16") {
        event("Hangup", "Channel: PJSIP/x-" + id + "\nUniqueid: " + id + "\nCause: " + cause);
    }
    void request_hangup(const std::string& id, const std::string& cause = "") {
        event("HangupRequest",
              "Channel: PJSIP/x-" + id + "\nUniqueid: " + id + (cause.empty() ? "" : "\nCause: " + cause));
    }
    /// The caller talks to 201.
    void talk() {
        join();
        call("201", "1.1");
        now_ += 2s;
        dial_end("201", "1.1", "ANSWER");
        leave();
        connect("201", "1.1");
        told();
    }

    /// What was told since the last call, in short: action, agent, what matters.
    std::vector<std::string> told() {
        std::vector<std::string> all;
        for (const auto& signal : std::exchange(signals_, {})) {
            const auto& queue = signal.queue;
            std::string text = signal.kind == ExchangeSignalKind::caller_listed  ? "caller_listed"
                               : signal.kind == ExchangeSignalKind::agent_listed ? "agent_listed"
                                                                                 : queue.action;
            for (const auto* detail : {"QueueHangupCause", "QueueCause", "QueueCancelReason",
                                       "QueueAgentState", "QueueAgentStatus", "Count"})
                if (const auto value = queue.fields.get(detail); !value.empty())
                    text.append(" ").append(value);
            if (!queue.agent.empty()) text += " @" + queue.agent;
            all.push_back(std::move(text));
            last_[queue.action] = signal;
        }
        return all;
    }
    const QueueData& fields(const std::string& action) { return last_[action].queue.fields; }
    static std::vector<std::string> names(const QueueData& data) {
        std::vector<std::string> names;
        for (const auto& [name, value] : data.members) names.push_back(name);
        return names;
    }

    Time now_ = time_from_nanoseconds(1'780'000'000'500'000'000);
    std::set<std::string, std::less<>> ours_{"201", "202", "203"};
    KnowsName knows_ = [this](std::string_view name) { return ours_.contains(name); };
    AsteriskChannels channels_{knows_};
    AsteriskQueues queues_{channels_, knows_};
    std::vector<ExchangeSignal> signals_, ignored_;
    std::map<std::string, ExchangeSignal> last_;
};

}  // namespace callboard::testing
