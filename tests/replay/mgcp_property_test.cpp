// What holds for every order of messages, drawn at random.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <random>
#include <regex>

#include "mgcp_script.hpp"
#include "mgcp_stories.hpp"

namespace callboard::mgcp_script {
namespace {

using CallKey = std::pair<std::string, std::string>;  // line and CallId

std::map<CallKey, std::vector<std::string>> by_call(const Listener& listener) {
    std::map<CallKey, std::vector<std::string>> out;
    const auto told = listener.told_with_parties();
    for (std::size_t i = 0; i < told.size(); ++i) {
        const auto& event = listener.events()[i];
        out[{event.ressource, std::get<LineData>(event.data).call_id}].push_back(told[i]);
    }
    return out;
}

/// The story in the k-th part of the town, where gateways, media and calls have names of their own.
std::vector<Said> in_part(const std::string& story, int k) {
    std::string moved = std::regex_replace(story, std::regex("gw([12])"), fmt::format("gw{}$1", k));
    moved = std::regex_replace(moved, std::regex("10\\.0\\."), fmt::format("10.{}.", k));
    moved = std::regex_replace(moved, std::regex("C: "), fmt::format("C: {}F", k));
    return read(moved, "", 1000 * (k + 1));
}

TEST(MgcpProperty, independent_calls_do_not_change_each_other) {
    const auto all = stories();
    EXPECT_TRUE(rc::check([&all] {
        std::vector<std::vector<Said>> calls;
        std::map<CallKey, std::vector<std::string>> alone;
        for (int k = 1; k <= 4; ++k) {
            calls.push_back(in_part(all[*rc::gen::inRange<std::size_t>(0, all.size())], k));
            Listener listener;
            listener.hear(calls.back());
            alone.merge(by_call(listener));
        }
        Listener together;
        std::vector<std::size_t> at(calls.size(), 0);
        while (true) {
            std::vector<std::size_t> open;
            for (std::size_t i = 0; i < calls.size(); ++i)
                if (at[i] < calls[i].size()) open.push_back(i);
            if (open.empty()) break;
            const std::size_t next = open[*rc::gen::inRange<std::size_t>(0, open.size())];
            Said said = calls[next][at[next]++];
            said.after = std::chrono::milliseconds(20);
            together.hear({said});
        }
        RC_ASSERT(by_call(together) == alone);
    }));
}

/// The datagrams at their own times, each moved by up to `most_ms`, and one in two a second time up to a
/// second later.
std::vector<Said> disturbed(const std::vector<Said>& said, std::uint64_t seed, unsigned most_ms) {
    std::mt19937_64 random(seed);
    std::multimap<Duration, Said> at;
    Duration now{};
    for (const auto& one : said) {
        now += one.after;
        at.emplace(now + std::chrono::milliseconds(most_ms == 0 ? 0 : random() % most_ms), one);
        if (random() % 2 == 0) at.emplace(now + std::chrono::milliseconds(random() % 1000), one);
    }
    std::vector<Said> out;
    Duration last{};
    for (auto& [time, one] : at) {
        out.push_back(one);
        out.back().after = time - last;
        last = time;
    }
    return out;
}

TEST(MgcpProperty, copies_at_any_later_time_change_nothing) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        for (const auto& story : stories()) {
            Listener clean;
            clean.hear(story);
            Listener listener;
            listener.hear(disturbed(read(story), seed, 0));
            RC_ASSERT(listener.told_with_parties() == clean.told_with_parties());
        }
    }));
}

/// A retransmission whose first copy the mirror lost is as good as the first.
TEST(MgcpProperty, losing_all_but_one_of_the_copies_changes_nothing) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        for (const auto& story : stories()) {
            std::mt19937_64 random(seed);
            Listener clean;
            clean.hear(story);
            auto said = read(story);
            for (auto& one : said) one.after += std::chrono::milliseconds(random() % 2 == 0 ? 0 : 90);
            Listener listener;
            listener.hear(said);
            RC_ASSERT(listener.told_with_parties() == clean.told_with_parties());
        }
    }));
}

/// Whatever is said, each line's events of one call pair up.
class Pairing {
  public:
    void hear(const Event& event) {
        if (event.native) return;
        const auto& data = std::get<LineData>(event.data);
        State& state = states_[{event.ressource, data.call_id}];
        if (event.name == "start_ringing") RC_ASSERT(state.ringing++ < 2);
        if (event.name == "end_ringing") RC_ASSERT(state.ringing-- > 0);
        if (event.name == "start_calling") RC_ASSERT(state.calling++ < 2);
        if (event.name == "start_hold") RC_ASSERT(state.calling > 0 && state.held++ < 2);
        if (event.name == "end_hold") RC_ASSERT(state.held-- > 0);
        if (event.name == "end_calling") {
            RC_ASSERT(state.calling-- > 0);
            RC_ASSERT(state.held <= state.calling);
        }
    }
    bool is_quiet() const {
        return std::all_of(states_.begin(), states_.end(), [](const auto& one) {
            return one.second.ringing == 0 && one.second.calling == 0 && one.second.held == 0;
        });
    }

  private:
    struct State {
        int ringing = 0, calling = 0, held = 0;  // two at most: both ends of a call can be one line
    };
    std::map<CallKey, State> states_;
};

std::string some_line(std::mt19937_64& random) {
    static const std::vector<std::string> kCommands = {
        "ca > gw{0} CRCX aaln/{1} | C: B{2} | M: sendrecv | X: {2} | S: L/rg | sdp=10.0.0.{1}:400{2} => 200 "
        "| I: {2}",
        "ca > gw{0} CRCX aaln/{1} | C: B{2} | M: recvonly => 200 | I: {2} | sdp=10.0.0.{0}:400{2}",
        "ca > gw{0} MDCX aaln/{1} | C: B{2} | I: {2} | M: sendrecv | sdp=10.0.0.{0}:400{2} => 200",
        "ca > gw{0} MDCX aaln/{1} | C: B{2} | M: inactive => 200",
        "ca > gw{0} MDCX aaln/{1} | I: {2} | M: sendonly => 200",
        "ca > gw{0} DLCX aaln/{1} | C: B{2} => 250",
        "ca > gw{0} DLCX aaln/{1} | I: {2} => 250",
        "ca > gw{0} DLCX *@gw{0}.example => 250",
        "ca > gw{0} RQNT aaln/{1} | X: {2} | R: L/hd(N) | S: L/rg => 200",
        "ca > gw{0} RQNT aaln/{1} | X: {2} | R: L/hd(N) | S: L/rg => 401",
        "ca > gw{0} RQNT aaln/{1} | X: {2} | R: L/hu(N) | S: L/wt => 200",
        "ca > gw{0} RQNT aaln/{1} | X: {2} | R: L/hu(N) | S: G/rt => 200",
        "ca > gw{0} RQNT aaln/{1} | X: {2} | R: L/hu(N) | S: L/bz => 200",
        "ca > gw{0} RQNT aaln/{1} | X: {2} | R: L/hu(N) | S: L/dl => 200",
        "ca > gw{0} RQNT aaln/{1} | X: {2} | R: L/hd(N) => 200",
        "ca > gw{0} RQNT aaln/{1} | X: {2} | R: L/hu(N) => 200",
        "gw{0} > ca NTFY aaln/{1} | X: {2} | O: L/hd => 200",
        "gw{0} > ca NTFY aaln/{1} | X: {2} | O: L/hd,D/1,D/0,D/0,D/{1} => 200",
        "gw{0} > ca NTFY aaln/{1} | X: {2} | O: L/hu => 200",
        "gw{0} > ca NTFY aaln/{1} | X: {2} | O: L/hf => 200",
        "gw{0} > ca NTFY aaln/{1} | X: {2} | O: L/oc(L/rg) => 200",
        "gw{0} > ca RSIP aaln/*@gw{0}.example | RM: forced => 200",
    };
    const int pause = random() % 100 == 0 ? 70'000 : static_cast<int>(random() % 400);
    return fmt::format("+{}ms ", pause) +
           fmt::format(fmt::runtime(kCommands[random() % kCommands.size()]), random() % 3 + 1,
                       random() % 2 + 1, random() % 3) +
           '\n';
}

TEST(MgcpProperty, no_soup_of_messages_breaks_the_pairs_or_is_remembered_for_ever) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        std::mt19937_64 random(seed);
        std::string text;
        for (int i = 0; i < 200; ++i) text += some_line(random);
        MgcpTracker::Settings settings;
        if (random() % 3 == 0) settings.most_calls = 2;
        Listener listener(settings);
        listener.hear(disturbed(read(text), seed, random() % 2 == 0 ? 300 : 0));
        for (int i = 0; i < 20; ++i) listener.wait(std::chrono::minutes(30));
        Pairing pairing;
        for (const auto& event : listener.events()) pairing.hear(event);
        RC_ASSERT(pairing.is_quiet());
        RC_ASSERT(listener.tracker().calls() == 0U);
        RC_ASSERT(listener.tracker().transactions() == 0U);
    }));
}

}  // namespace
}  // namespace callboard::mgcp_script
