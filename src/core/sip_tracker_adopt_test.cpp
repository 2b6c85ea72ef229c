#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/fold_for_test.hpp"
#include "core/sip_conversation_test.hpp"
#include "core/state.hpp"

namespace callboard::conversation {
namespace {

constexpr const char* kAnsweredAndHeld = R"(
    alice > proxy  INVITE bob
    proxy > alice  100
    proxy > bob    INVITE bob
    bob > proxy    180
    proxy > alice  180
    +3s bob > proxy 200
    proxy > alice  200
    alice > proxy  ACK
    proxy > bob    ACK
    +5s alice > proxy INVITE bob media=sendonly
    proxy > bob    INVITE bob media=sendonly
    bob > proxy    200 media=recvonly
    proxy > alice  200 media=recvonly
    +5s bob > proxy BYE
    proxy > alice  BYE
    bob > proxy    200 BYE
)";
constexpr const char* kGivenUp = R"(
    alice > proxy  INVITE bob
    proxy > bob    INVITE bob
    bob > proxy    180
    proxy > alice  180
    +5s alice > proxy CANCEL
    proxy > bob    CANCEL
    bob > proxy    487
    proxy > alice  487
)";
constexpr const char* kRefused = R"(
    alice > proxy  INVITE bob
    proxy > bob    INVITE bob
    bob > proxy    180
    proxy > alice  180
    +5s bob > proxy 486
    proxy > alice  486
)";
constexpr const char* kOutsideCaller = R"(
    gw > proxy     INVITE bob from=marie
    proxy > bob    INVITE bob from=marie
    bob > proxy    180
    proxy > gw     180
    +2s bob > proxy 200
    proxy > gw     200
    gw > proxy     ACK
    +9s gw > proxy BYE
    proxy > bob    BYE
)";

/// What is told when the tracker is made anew behind `cut` messages and adopts what was told before.
std::vector<std::string> told_over_a_restart(std::string_view text, std::size_t cut) {
    const auto steps = ladder(text);
    const std::vector<Step> before(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(cut));
    const std::vector<Step> after(steps.begin() + static_cast<std::ptrdiff_t>(cut), steps.end());
    Listener first;
    first.hear(before);
    test::Fold fold(first.now());
    for (const Event& event : first.events()) fold.tell(event);
    Listener second;
    second.tracker().adopt(fold.state, second.now());
    second.hear(after);
    second.wait(std::chrono::hours(5));
    auto told = first.told();
    for (auto& text_of_event : second.told()) told.push_back(std::move(text_of_event));
    return told;
}

/// The steps of one line in their order.
std::vector<std::string> of_line(const std::vector<std::string>& told, std::string_view line) {
    std::vector<std::string> theirs;
    std::copy_if(told.begin(), told.end(), std::back_inserter(theirs),
                 [line](const std::string& text) { return text.starts_with(line); });
    return theirs;
}

/// A message that was lost with the restart is not told; what was begun is ended, and once.
void expect_paired(const std::vector<std::string>& told, std::string_view line, std::size_t cut) {
    const auto theirs = of_line(told, line);
    const auto count = [&](std::string_view name) {
        return std::count_if(theirs.begin(), theirs.end(),
                             [name](const std::string& text) { return text.ends_with(name); });
    };
    for (const char* phase : {"ringing", "calling", "hold"}) {
        EXPECT_EQ(count(std::string(" start_") + phase), count(std::string(" end_") + phase))
            << phase << " of " << line << " behind " << cut << ": " << testing::PrintToString(theirs);
        EXPECT_LE(count(std::string(" start_") + phase), 1) << phase << " of " << line << " behind " << cut;
    }
}

TEST(SipAdoption, WhatWasBegunBeforeARestartIsEndedBehindItWhereverItFalls) {
    for (const char* text : {kAnsweredAndHeld, kGivenUp, kRefused, kOutsideCaller}) {
        const std::size_t count = ladder(text).size();
        for (std::size_t cut = 0; cut <= count; ++cut)
            for (const char* line : {"alice", "bob"})
                expect_paired(told_over_a_restart(text, cut), line, cut);
    }
}

TEST(SipAdoption, AHangUpBehindARestartIsToldAsWithoutOne) {
    const auto whole = told_over_a_restart(kAnsweredAndHeld, 0);
    for (const std::size_t cut : {9U, 13U}) {
        const auto told = told_over_a_restart(kAnsweredAndHeld, cut);
        EXPECT_EQ(of_line(told, "alice"), of_line(whole, "alice")) << cut;
        EXPECT_EQ(of_line(told, "bob"), of_line(whole, "bob")) << cut;
    }
    EXPECT_EQ(told_over_a_restart(kOutsideCaller, 7), told_over_a_restart(kOutsideCaller, 0));
}

TEST(SipAdoption, ACallThatIsNeverHeardOfAgainEndsByItsTimer) {
    const auto steps = ladder(kAnsweredAndHeld);
    Listener first;
    first.hear(std::vector<Step>(steps.begin(), steps.begin() + 9));
    test::Fold fold(first.now());
    for (const Event& event : first.events()) fold.tell(event);
    Listener second;
    second.tracker().adopt(fold.state, second.now());
    second.wait(std::chrono::hours(3));
    EXPECT_THAT(second.told(), testing::IsEmpty());
    second.wait(std::chrono::hours(2));
    EXPECT_THAT(second.told_with_reasons(),
                testing::UnorderedElementsAre("alice end_calling [No end was seen before the longest call]",
                                              "bob end_calling [No end was seen before the longest call]"));
}

TEST(SipAdoption, PartiesStayThoseThatWereTold) {
    const auto steps = ladder(kOutsideCaller);
    Listener first;
    first.hear(std::vector<Step>(steps.begin(), steps.begin() + 7));
    test::Fold fold(first.now());
    for (const Event& event : first.events()) fold.tell(event);
    Listener second;
    second.tracker().adopt(fold.state, second.now());
    second.hear(std::vector<Step>(steps.begin() + 7, steps.end()));
    EXPECT_THAT(second.told_with_parties(), testing::ElementsAre("bob end_calling marie > bob (bob)"));
}

}  // namespace
}  // namespace callboard::conversation
