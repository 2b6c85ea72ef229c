// What holds for every order of messages, drawn at random.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <random>

#include "core/sip_conversation_test.hpp"

namespace callboard::conversation {
namespace {

const std::vector<std::string>& stories() {
    static const std::vector<std::string> kStories = {
        // answered
        "alice > proxy INVITE bob\n proxy > bob INVITE bob\n bob > proxy 180\n proxy > alice 180\n"
        "+2s bob > proxy 200\n proxy > alice 200\n alice > proxy ACK\n +2s bob > proxy BYE\n proxy > alice "
        "BYE",
        // busy
        "carol > proxy INVITE bob\n proxy > bob INVITE bob\n bob > proxy 180\n proxy > carol 180\n"
        "+2s bob > proxy 486\n proxy > carol 486\n carol > proxy ACK",
        // given up
        "gw > proxy INVITE dave from=marie\n proxy > dave INVITE dave\n dave > proxy 180\n proxy > gw 180\n"
        "+2s gw > proxy CANCEL\n proxy > dave CANCEL\n dave > proxy 487 INVITE\n proxy > gw 487 INVITE",
        // held, hung up while held
        "dave > proxy INVITE pierre\n proxy > gw INVITE pierre\n gw > proxy 183\n proxy > dave 183\n"
        "+2s gw > proxy 200\n proxy > dave 200\n dave > proxy ACK\n +2s dave > proxy INVITE media=sendonly\n"
        "proxy > dave 200 INVITE\n +2s gw > proxy BYE\n proxy > dave BYE",
    };
    return kStories;
}

std::map<std::string, std::vector<std::string>> by_call(const Listener& listener) {
    std::map<std::string, std::vector<std::string>> out;
    const auto told = listener.told_with_parties();
    for (std::size_t i = 0; i < told.size(); ++i)
        out[std::get<LineData>(listener.events()[i].data).call_id].push_back(told[i]);
    return out;
}

TEST(Property, independent_calls_do_not_change_each_other) {
    EXPECT_TRUE(rc::check([] {
        const auto chosen = *rc::gen::container<std::vector<std::size_t>>(
            5, rc::gen::inRange<std::size_t>(0, stories().size()));
        std::vector<std::vector<Step>> calls;
        std::map<std::string, std::vector<std::string>> alone;
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            calls.push_back(ladder(stories()[chosen[i]], fmt::format("{}-", i)));
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
            together.hear({calls[next][at[next]++]});
        }
        RC_ASSERT(by_call(together) == alone);
    }));
}

/// The steps at their own times, each moved by up to `most_ms`, and one in `copies_of` a second time up to a
/// second later.
std::vector<Step> disturbed(const std::vector<Step>& steps, std::uint64_t seed, int most_ms,
                            unsigned copies_of) {
    std::mt19937_64 random(seed);
    std::multimap<Duration, std::shared_ptr<const Said>> at;
    Duration now{};
    for (const auto& step : steps) {
        now += step.after;
        const auto delay = [&](int most) {
            return std::chrono::milliseconds(most == 0 ? 0 : random() % static_cast<unsigned>(most));
        };
        at.emplace(now + delay(most_ms), step.said);
        if (copies_of > 0 && random() % copies_of == 0) at.emplace(now + delay(1000), step.said);
    }
    std::vector<Step> out;
    Duration last{};
    for (const auto& [time, said] : at) {
        out.push_back({time - last, said});
        last = time;
    }
    return out;
}

TEST(Property, copies_at_any_later_time_change_nothing) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        for (const auto& story : stories()) {
            Listener clean;
            clean.hear(ladder(story));
            Listener listener;
            listener.hear(disturbed(ladder(story), seed, 0, 2));
            RC_ASSERT(listener.told_with_parties() == clean.told_with_parties());
        }
    }));
}

/// With one message per step of the call, moved by less than the call's own pace, the same things are told.
TEST(Property, disorder_within_the_window_changes_nothing_that_is_told) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        for (const auto& story : stories()) {
            Listener clean;
            clean.hear(ladder(story));
            clean.wait(std::chrono::seconds(1));
            auto expected = clean.told();
            Listener listener;
            listener.hear(disturbed(ladder(story), seed, 190, 3));
            listener.wait(std::chrono::seconds(1));
            auto told = listener.told();
            std::sort(expected.begin(), expected.end());
            std::sort(told.begin(), told.end());
            RC_ASSERT(told == expected);
        }
    }));
}

/// Whatever is said, each line's events of one call pair up: ringing begins before it ends, and so on.
class Pairing {
  public:
    void hear(const Event& event) {
        const auto& data = std::get<LineData>(event.data);
        State& state = states_[event.ressource + ' ' + data.call_id];
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
    std::map<std::string, State> states_;
};

/// Any message between any two hosts in one of a few calls.
std::string some_line(std::mt19937_64& random) {
    static const std::vector<std::string> kHosts = {"alice", "bob", "bob2", "carol", "proxy", "pbx", "gw"};
    static const std::vector<std::string> kWhat = {"INVITE bob",
                                                   "INVITE carol",
                                                   "INVITE",
                                                   "INVITE media=sendonly",
                                                   "INVITE media=sendrecv",
                                                   "ACK",
                                                   "BYE",
                                                   "CANCEL",
                                                   "180",
                                                   "183",
                                                   "200 INVITE",
                                                   "200 INVITE",
                                                   "486 INVITE",
                                                   "407 INVITE",
                                                   "487 INVITE",
                                                   "UPDATE media=inactive",
                                                   "200 UPDATE",
                                                   "REFER carol refer=b",
                                                   "202 REFER",
                                                   "REGISTER expires=60",
                                                   "200 REGISTER",
                                                   "200 BYE",
                                                   "302 INVITE",
                                                   "INVITE desk",
                                                   "REGISTER expires=0"};
    static const std::vector<std::string> kMore = {"",
                                                   "",
                                                   "",
                                                   " cseq=1",
                                                   " cseq=2",
                                                   " branch=x",
                                                   " branch=y",
                                                   " vias=1",
                                                   " vias=3",
                                                   " ttag=t-bob",
                                                   " ftag=t-bob",
                                                   " mirror=9",
                                                   " from=anonymous",
                                                   " session=90"};
    const auto any = [&random](const auto& of) -> const std::string& { return of[random() % of.size()]; };
    return fmt::format("{}: +{}ms {} > {} {}{}{}\n", "abc"[random() % 3],
                       random() % 100 == 0 ? 40'000 : random() % 50, any(kHosts), any(kHosts), any(kWhat),
                       any(kMore), any(kMore));
}

TEST(Property, no_soup_of_messages_breaks_the_pairs_or_is_remembered_for_ever) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        std::mt19937_64 random(seed);
        std::string text;
        for (int i = 0; i < 300; ++i) text += some_line(random);
        SipTracker::Settings settings;
        settings.most_dialogs = 2;
        Listener listener(random() % 2 == 0, random() % 4 == 0 ? settings : SipTracker::Settings{});
        listener.hear(text);
        for (int i = 0; i < 20; ++i) listener.wait(std::chrono::minutes(30));
        Pairing pairing;
        for (const auto& event : listener.events()) pairing.hear(event);
        RC_ASSERT(pairing.is_quiet());
        RC_ASSERT(listener.tracker().dialogs() == 0U);
    }));
}

}  // namespace
}  // namespace callboard::conversation
