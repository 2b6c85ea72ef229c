#include "history/end_reason.hpp"

#include <gtest/gtest.h>

namespace callboard {
namespace {

TEST(EndReason, IsReadFromWhateverTheExchangeSays) {
    const std::pair<const char*, CallOutcome> reasons[] = {
        {"486 Busy Here", CallOutcome::busy},
        {"600 Busy Everywhere", CallOutcome::busy},
        {"603 Decline", CallOutcome::rejected},
        {"480 Temporarily Unavailable", CallOutcome::missed},
        {"408 Request Timeout", CallOutcome::missed},
        {"487 Request Terminated", CallOutcome::missed},
        {"404 Not Found", CallOutcome::failed},
        {"503 Service Unavailable", CallOutcome::failed},
        {"Q.850;cause=17", CallOutcome::busy},
        {"Q.850;cause=21;text=\"Call Rejected\"", CallOutcome::rejected},
        {"Q.850 ;cause=19", CallOutcome::missed},
        {"Q.850;cause=16", CallOutcome::missed},
        {"Q.850;cause=1", CallOutcome::failed},
        {"Q.850;cause=26", CallOutcome::transferred},
        {"SIP;cause=200;text=\"Call completed elsewhere\"", CallOutcome::transferred},
        {"Call completed elsewhere", CallOutcome::transferred},
        {"USER_BUSY", CallOutcome::busy},
        {"CALL_REJECTED", CallOutcome::rejected},
        {"NO_ANSWER", CallOutcome::missed},
        {"ORIGINATOR_CANCEL", CallOutcome::missed},
        {"", CallOutcome::missed},
        {"something else", CallOutcome::missed},
        {"99999999999999999999", CallOutcome::missed},
    };
    for (const auto& [reason, outcome] : reasons)
        EXPECT_EQ(text_of(outcome_of_unanswered(reason, true)), text_of(outcome)) << reason;
}

TEST(EndReason, WhoCalledGaveUp) {
    for (const char* reason : {"", "487 Request Terminated", "Q.850;cause=16"})
        EXPECT_EQ(outcome_of_unanswered(reason, false), CallOutcome::abandoned) << reason;
    EXPECT_EQ(outcome_of_unanswered("486 Busy Here", false), CallOutcome::busy);
}

TEST(EndReason, OutcomesHaveNames) {
    for (std::size_t i = 0; i < kCallOutcomes; ++i) {
        const auto outcome = static_cast<CallOutcome>(i);
        EXPECT_EQ(call_outcome_from(text_of(outcome)), outcome);
    }
    EXPECT_EQ(call_outcome_from("lost"), std::nullopt);
}

}  // namespace
}  // namespace callboard
