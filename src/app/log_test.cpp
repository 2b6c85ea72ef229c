#include "app/log.hpp"

#include <gmock/gmock.h>

namespace callboard {
namespace {

TEST(Log, TheJournalIsKnownByItsDeviceAndInode) {
    EXPECT_TRUE(is_journal("8:1234", 8, 1234));
    EXPECT_FALSE(is_journal("8:1234", 8, 123));
    EXPECT_FALSE(is_journal("8:1234", 9, 1234));
    EXPECT_FALSE(is_journal("", 0, 0));
    EXPECT_FALSE(is_journal("8:1234 ", 8, 1234));
}

TEST(Log, EveryLevelHasThePriorityOfSyslog) {
    EXPECT_EQ(journal_prefix("critical"), "<2>");
    EXPECT_EQ(journal_prefix("error"), "<3>");
    EXPECT_EQ(journal_prefix("warning"), "<4>");
    EXPECT_EQ(journal_prefix("info"), "<6>");
    EXPECT_EQ(journal_prefix("debug"), "<7>");
    EXPECT_EQ(journal_prefix("off"), "");
}

}  // namespace
}  // namespace callboard
