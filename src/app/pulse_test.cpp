#include "app/pulse.hpp"

#include <gmock/gmock.h>

#include <utility>

namespace callboard {
namespace {

/// A thread that answers when the test lets it.
struct Asked {
    std::vector<std::function<void()>> waiting;
    bool takes = true;

    Pulse::Ask ask() {
        return [this](std::function<void()> answered) {
            if (takes) waiting.push_back(std::move(answered));
            return takes;
        };
    }
    void answer() {
        for (auto& answered : std::exchange(waiting, {})) answered();
    }
};

TEST(Pulse, BeatsWhileEveryThreadAnswers) {
    Asked one;
    Asked two;
    Pulse pulse({one.ask(), two.ask()});
    EXPECT_FALSE(pulse.beats()) << "nothing is known yet";
    for (int i = 0; i < 3; ++i) {
        one.answer();
        two.answer();
        EXPECT_TRUE(pulse.beats());
    }
}

TEST(Pulse, AThreadThatHangsIsNoPulseUntilItGoesOn) {
    Asked one;
    Asked hangs;
    Pulse pulse({one.ask(), hangs.ask()});
    pulse.beats();
    for (int i = 0; i < 3; ++i) {
        one.answer();
        EXPECT_FALSE(pulse.beats());
        EXPECT_EQ(hangs.waiting.size(), 1U) << "it is asked once";
    }
    one.answer();
    hangs.answer();
    EXPECT_TRUE(pulse.beats());
}

TEST(Pulse, AThreadThatCannotBeAskedIsNoPulseAndIsAskedAgain) {
    Asked one;
    one.takes = false;
    Pulse pulse({one.ask()});
    pulse.beats();
    EXPECT_FALSE(pulse.beats());
    one.takes = true;
    EXPECT_TRUE(pulse.beats()) << "up to now nothing was left unanswered";
    EXPECT_FALSE(pulse.beats());
    one.answer();
    EXPECT_TRUE(pulse.beats());
}

TEST(Pulse, AnAnswerAfterTheEndIsNoHarm) {
    Asked one;
    {
        Pulse pulse({one.ask()});
        pulse.beats();
    }
    one.answer();
    EXPECT_TRUE(one.waiting.empty());
}

}  // namespace
}  // namespace callboard
